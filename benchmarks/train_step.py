"""One training step, beside the same network assembled from torchvision's blocks.

    python benchmarks/train_step.py --model resnet20 --batch-size 128 --rounds 15

The peer gets every setting (NCHW and channels_last, float32 and bf16); the numerics of both are
compared before anything is timed.
"""

from __future__ import annotations

import argparse

import torch
from interleave import compare
from torch import Tensor, nn
from torchvision.models.resnet import BasicBlock, Bottleneck

import resnets
from resnets.networks import build
from resnets.spec import Spec
from resnets.weights.layouts import to_torchvision


class Peer(nn.Module):
    """The network as users of torchvision write it: its blocks in stages, its names."""

    def __init__(self, spec: Spec) -> None:
        super().__init__()
        block = Bottleneck if len(spec.kernels) == 3 else BasicBlock
        large = spec.stem == "7x7"
        self.conv1 = nn.Conv2d(
            3, spec.stem_width, 7 if large else 3, 2 if large else 1, 3 if large else 1, bias=False
        )
        self.bn1 = nn.BatchNorm2d(spec.stem_width)
        self.pool = nn.MaxPool2d(3, 2, 1) if large else nn.Identity()
        width, layers = spec.stem_width, []
        for stage, (depth, out) in enumerate(zip(spec.depths, spec.widths, strict=True)):
            units = []
            for i in range(depth):
                stride = 2 if stage and not i else 1
                down = None
                if stride != 1 or width != out:
                    conv = nn.Conv2d(width, out, 1, stride, bias=False)
                    down = nn.Sequential(conv, nn.BatchNorm2d(out))
                units.append(block(width, out // block.expansion, stride, down))
                width = out
            layers.append(nn.Sequential(*units))
        self.layer1, self.layer2, self.layer3, *rest = layers
        self.layer4 = rest[0] if rest else nn.Identity()
        self.fc = nn.Linear(width, spec.num_classes)

    def forward(self, x: Tensor) -> Tensor:
        x = self.pool(torch.relu(self.bn1(self.conv1(x))))
        for layer in (self.layer1, self.layer2, self.layer3, self.layer4):
            x = layer(x)
        return self.fc(x.mean((2, 3)))


class Step:
    """A step of stochastic gradient descent with Nesterov momentum."""

    def __init__(self, net: nn.Module, x: Tensor, y: Tensor, layout: str, bf16: bool) -> None:
        memory = torch.channels_last if layout == "channels_last" else torch.contiguous_format
        self.net, self.y, self.bf16 = net.to(memory_format=memory), y, bf16
        self.x = x.contiguous(memory_format=memory)
        self.optimizer = torch.optim.SGD(net.parameters(), 1e-3, 0.9, nesterov=True, fused=True)

    def __call__(self) -> None:
        with torch.autocast(self.x.device.type, torch.bfloat16, enabled=self.bf16):
            out = self.net(self.x)
        nn.functional.cross_entropy(out.float(), self.y).backward()
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        if self.x.is_cuda:
            torch.cuda.synchronize()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="resnet20")
    parser.add_argument("--batch-size", type=int, default=128)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--device", default="cpu")
    args = parser.parse_args()
    spec = resnets.create_model(args.model).spec.replace(shortcut="B")
    size = spec.natural_size
    x = torch.randn(args.batch_size, 3, size, size, device=args.device)
    y = torch.randint(spec.num_classes, (args.batch_size,), device=args.device)
    ways = {}
    for layout in ("contiguous", "channels_last"):
        for precision in ("fp32", "bf16"):
            ours, peer = build(spec).to(args.device), Peer(spec).to(args.device)
            peer.load_state_dict(to_torchvision(ours.state_dict(), spec), strict=True)
            torch.testing.assert_close(ours(x[:4]), peer(x[:4]))
            for name, net in (("torchvision's blocks", peer), ("resnets", ours)):
                step = Step(net, x, y, layout, precision == "bf16")
                ways[f"{name}, {layout}, {precision}"] = step
    compare(ways, args.batch_size, "img", args.rounds)


if __name__ == "__main__":
    main()
