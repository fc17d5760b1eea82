"""Every unit of a network deleted in turn: each injured network by itself beside one shared pass.

python benchmarks/lesions.py --model preresnet110 --rounds 5
"""

from __future__ import annotations

import argparse

import torch
from interleave import compare
from torch import Tensor

import resnets
from resnets.analysis.lesion import delete, follow_all
from resnets.analysis.walk import walk


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="preresnet110")
    parser.add_argument("--batch-size", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=5)
    args = parser.parse_args()
    net = resnets.create_model(args.model).eval().to(memory_format=torch.channels_last)
    images = torch.randn(args.batch_size, 3, 32, 32).contiguous(memory_format=torch.channels_last)
    way = walk(net)
    count = len(way.places)
    lesions = [delete(count), *(delete(count, [unit]) for unit in range(count))]

    @torch.inference_mode()
    def apart() -> list[Tensor]:
        return [answer for lesion in lesions for _, answer in follow_all(way, [lesion], images)]

    @torch.inference_mode()
    def together() -> list[Tensor]:
        return [
            answer for _, answer in sorted(follow_all(way, lesions, images), key=lambda a: a[0])
        ]

    for alone, shared in zip(apart(), together(), strict=True):
        assert torch.equal(alone, shared)
    print(f"{args.model}, {count} units, {args.batch_size} images of 32×32 in fp32")
    ways = {"each by itself": apart, "one shared pass": together}
    compare(ways, len(lesions) * args.batch_size, "img", args.rounds)


if __name__ == "__main__":
    main()
