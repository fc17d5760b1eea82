"""A training step of a Multi-ResNet with its functions on two devices, beside data parallelism.

    python benchmarks/parallel.py --devices cuda:0 cuda:1
    python benchmarks/parallel.py --devices cpu cpu --rounds 5

The partner is the pre-activation network of as many residual functions, k times as deep, with the
batch divided among the devices: the layout of Abdi & Nahavandi 2016, Table V. Where both devices
are one, the two parts run one after the other: then the column of one device shows what dividing
costs, and a gain over the deeper network is that of fewer, wider layers, not of two devices.
"""

from __future__ import annotations

import argparse
import statistics
from collections.abc import Callable, Sequence

import torch
from interleave import describe_machine, measure
from torch import Tensor, nn

from resnets.catalog import look_up
from resnets.networks import ResidualNetwork, build, spread_branches

PAPER = {
    (2, 128): (413, 462),
    (4, 128): (838, 804),
    (6, 128): (1284, 1158),
    (2, 32): (137, 136),
    (4, 32): (273, 238),
    (6, 32): (402, 341),
}
"""Milliseconds on the two halves of a K80, data parallel and model parallel, by k and batch."""


class Replicas:
    """One network on every device, each with its part of the batch; gradients meet on the first."""

    def __init__(self, net: ResidualNetwork, devices: Sequence[torch.device]) -> None:
        self.nets = [net.to(devices[0])]
        for device in devices[1:]:
            copy = build(net.spec).to(device)
            copy.load_state_dict(net.state_dict())
            self.nets.append(copy)
        self.devices = devices
        self.optimizer = torch.optim.SGD(net.parameters(), 0.01, 0.9)

    def __call__(self, images: Tensor, labels: Tensor) -> None:
        parts = zip(
            images.chunk(len(self.nets)), labels.chunk(len(self.nets)), self.devices, strict=True
        )
        losses = [
            nn.functional.cross_entropy(net(x.to(device)), y.to(device)) / len(self.nets)
            for net, (x, y, device) in zip(self.nets, parts, strict=True)
        ]
        torch.stack([loss.to(self.devices[0]) for loss in losses]).sum().backward()
        for params in zip(*(net.parameters() for net in self.nets), strict=True):
            for other in params[1:]:
                params[0].grad += other.grad.to(self.devices[0])
                other.grad = None
        self.optimizer.step()
        self.optimizer.zero_grad()
        with torch.no_grad():
            for params in zip(*(net.parameters() for net in self.nets), strict=True):
                for other in params[1:]:
                    other.copy_(params[0])


class Spread:
    """One network whose residual functions are divided among the devices."""

    def __init__(self, net: ResidualNetwork, devices: Sequence[torch.device]) -> None:
        self.net, self.device = spread_branches(net, devices), devices[0]
        self.optimizer = torch.optim.SGD(self.net.parameters(), 0.01, 0.9)

    def __call__(self, images: Tensor, labels: Tensor) -> None:
        logits = self.net(images.to(self.device))
        nn.functional.cross_entropy(logits, labels.to(self.device)).backward()
        self.optimizer.step()
        self.optimizer.zero_grad()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--devices", nargs="+", default=["cpu", "cpu"])
    parser.add_argument("--depth", type=int, help="of the Multi-ResNet; 110 on a GPU, else 8")
    parser.add_argument("--functions", type=int, nargs="+", help="2 4 6 on a GPU, else 2 4")
    parser.add_argument("--batch-sizes", type=int, nargs="+", help="128 32 on a GPU, else 32 8")
    parser.add_argument("--rounds", type=int, default=5)
    args = parser.parse_args()
    devices = [torch.device(name) for name in args.devices]
    large = devices[0].type == "cuda"
    depth = args.depth or (110 if large else 8)
    functions = args.functions or ([2, 4, 6] if large else [2, 4])
    batches = args.batch_sizes or ([128, 32] if large else [32, 8])
    print(describe_machine())
    print(f"devices {', '.join(map(str, devices))}; median of {args.rounds} steps, taken in turn")
    if len(set(devices)) < len(devices):
        print("one device twice: parts run one after the other; a gain is not that of two devices")
    print(
        f"{'pre-activation':>14}{'data parallel':>15}{'Multi-ResNet':>14}{'model parallel':>16}"
        f"{'one device':>12}{'batch':>7}{'gain':>8}{'in Table V':>12}"
    )
    for batch in batches:
        for k in functions:
            print(describe(depth, k, batch, devices, args.rounds))


def describe(depth: int, k: int, batch: int, devices: Sequence[torch.device], rounds: int) -> str:
    """Time one row of the table."""
    deep = k * (depth - 2) + 2
    multi = build(look_up(f"multi_resnet{depth}_k{k}_basic").spec)
    partner = build(look_up(f"preresnet{deep}_basic").spec)
    images = torch.randn(batch, 3, 32, 32, device=devices[0])
    labels = torch.randint(10, (batch,), device=devices[0])
    multi.to(devices[0])
    torch.testing.assert_close(
        spread_branches(multi, devices)(images), multi(images), rtol=1e-3, atol=1e-3
    )
    steps: dict[str, Callable[[Tensor, Tensor], None]] = {
        "data": Replicas(partner, devices),
        "model": Spread(multi, devices),
        "one": Spread(multi, devices[:1]),
    }

    def wait(step: Callable[[Tensor, Tensor], None]) -> None:
        step(images, labels)
        for device in devices:
            if device.type == "cuda":
                torch.cuda.synchronize(device)

    seconds = measure({n: lambda step=step: wait(step) for n, step in steps.items()}, rounds)
    data, model, one = (1000 * statistics.median(seconds[name]) for name in steps)
    gain = f"{100 * (data - model) / data:.0f} %"
    known = PAPER.get((k, batch)) if depth == 110 else None
    published = f"{100 * (known[0] - known[1]) / known[0]:.0f} %" if known else "–"
    return (
        f"{deep:>14}{data:>12.0f} ms{f'{depth}, k{k}':>14}{model:>13.0f} ms{one:>9.0f} ms"
        f"{batch:>7}{gain:>8}{published:>12}"
    )


if __name__ == "__main__":
    main()
