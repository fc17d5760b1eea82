"""Networks written again as three repositories for CIFAR write them, small and plain."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

Options = dict[str, object]


def conv(inputs: int, outputs: int, kernel: int, stride: int = 1) -> nn.Conv2d:
    return nn.Conv2d(inputs, outputs, kernel, stride, padding=kernel // 2, bias=False)


class Block(nn.Module):
    """A unit with two convolutions, or a bottleneck with four times its inner width outside."""

    def __init__(self, inputs: int, width: int, stride: int, options: Options) -> None:
        super().__init__()
        deep = bool(options.get("deep"))
        outputs = width * 4 if deep else width
        self.preact = bool(options.get("preact"))
        self.pads = bool(options.get("pads")) and inputs != outputs
        self.shortcut_name = str(options.get("shortcut", "shortcut"))
        self.count = 3 if deep else 2
        sizes = [inputs, *[width] * (self.count - 1), outputs]
        for i in range(self.count):
            kernel = 3 if not deep or i == 1 else 1
            here = stride if i == (1 if deep else 0) else 1
            setattr(self, f"conv{i + 1}", conv(sizes[i], sizes[i + 1], kernel, here))
            norm = nn.BatchNorm2d(sizes[i] if self.preact else sizes[i + 1])
            setattr(self, f"bn{i + 1}", norm)
        if (stride != 1 or inputs != outputs) and not options.get("pads"):
            parts: list[nn.Module] = [conv(inputs, outputs, 1, stride)]
            parts += [] if self.preact else [nn.BatchNorm2d(outputs)]
            setattr(self, self.shortcut_name, nn.Sequential(*parts))

    def forward(self, x: Tensor) -> Tensor:
        convs = [getattr(self, f"conv{i + 1}") for i in range(self.count)]
        norms = [getattr(self, f"bn{i + 1}") for i in range(self.count)]
        project = getattr(self, self.shortcut_name, None)
        if self.preact:
            head = F.relu(norms[0](x))
            y = convs[0](head)
            for one, norm in zip(convs[1:], norms[1:], strict=True):
                y = one(F.relu(norm(y)))
            return y + (project(head) if project else x)
        y = x
        for i, (one, norm) in enumerate(zip(convs, norms, strict=True)):
            y = norm(one(y)) if i == self.count - 1 else F.relu(norm(one(y)))
        if self.pads:
            side = (y.shape[1] - x.shape[1]) // 2
            x = F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, side, side))
        return F.relu(y + (project(x) if project else x))


class RepositoryNetwork(nn.Module):
    """A network of a repository.

    Args:
        depths, width: units in each stage, and channels of stem and first stage.
        options: ``deep`` for bottlenecks, ``preact``, ``pads`` for option A on both sides,
            ``shortcut`` and ``linear`` for names.
        stem: size of the stem's convolution.
    """

    def __init__(self, depths: tuple[int, ...], width: int, stem: int = 3, **options: object):
        super().__init__()
        self.stages, self.preact = len(depths), bool(options.get("preact"))
        self.linear_name = str(options.get("linear", "linear"))
        self.conv1 = conv(3, width, stem)
        if not self.preact:
            self.bn1 = nn.BatchNorm2d(width)
        inputs = width
        for stage, depth in enumerate(depths):
            blocks = []
            for unit in range(depth):
                stride = 2 if stage and not unit else 1
                blocks.append(Block(inputs, width << stage, stride, options))
                inputs = (width << stage) * (4 if options.get("deep") else 1)
            setattr(self, f"layer{stage + 1}", nn.Sequential(*blocks))
        setattr(self, self.linear_name, nn.Linear(inputs, 10))

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv1(x)
        if not self.preact:
            x = F.relu(self.bn1(x))
        for stage in range(self.stages):
            x = getattr(self, f"layer{stage + 1}")(x)
        return getattr(self, self.linear_name)(x.mean((2, 3)))


@pytest.fixture(scope="session")
def repository() -> Callable[..., nn.Module]:
    """Make a network of a repository, whose every number is random."""

    def make(depths: tuple[int, ...] = (2, 2, 1), width: int = 8, **options: object) -> nn.Module:
        net = RepositoryNetwork(depths, width, **options)  # type: ignore[arg-type]
        generator = torch.Generator().manual_seed(7)
        with torch.no_grad():
            for name, tensor in net.state_dict().items():
                if tensor.is_floating_point():
                    noise = torch.rand(tensor.shape, generator=generator) - 0.5
                    positive = name.endswith("running_var") or ("bn" in name and "weight" in name)
                    tensor.copy_(noise + 1.2 if positive else noise * 0.6)
        return net.eval()

    return make
