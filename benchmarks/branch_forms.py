"""A training step of a Multi-ResNet: the loop over its branches beside the fused form.

python benchmarks/branch_forms.py --branches 5 --rounds 9
"""

from __future__ import annotations

import argparse

import torch
from interleave import compare
from torch import nn

from resnets.networks import ResidualNetwork, build, convert_form
from resnets.spec import Spec


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--branches", type=int, default=5)
    parser.add_argument("--batch-size", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--device", default="cpu")
    args = parser.parse_args()
    spec = Spec(
        depths=(4, 4, 4),
        widths=(64, 128, 256),
        kernels=(1, 3, 1),
        inner=0.25,
        order="full_preact",
        branches=args.branches,
    )
    fused = build(spec).to(args.device, memory_format=torch.channels_last)
    x = torch.randn(args.batch_size, 3, 32, 32, device=args.device)
    x = x.contiguous(memory_format=torch.channels_last)
    y = torch.randint(10, (args.batch_size,), device=args.device)
    loop = convert_form(fused, "loop").to(memory_format=torch.channels_last)
    torch.testing.assert_close(fused(x), loop(x), rtol=1e-3, atol=1e-3)

    def step(net: ResidualNetwork, bf16: bool) -> None:
        with torch.autocast(args.device, torch.bfloat16, enabled=bf16):
            out = net(x)
        nn.functional.cross_entropy(out.float(), y).backward()
        if x.is_cuda:
            torch.cuda.synchronize()

    ways = {
        f"{name}, {precision}": lambda net=net, precision=precision: step(net, precision == "bf16")
        for precision in ("fp32", "bf16")
        for name, net in (("loop", loop), ("fused", fused))
    }
    compare(ways, args.batch_size, "img", args.rounds)


if __name__ == "__main__":
    main()
