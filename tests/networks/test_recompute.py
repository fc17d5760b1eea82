"""Memory for time: what recomputing keeps, and that nothing else changes."""

from __future__ import annotations

import copy
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.multiprocessing.reductions import StorageWeakRef
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from resnets.networks import LayeredNetwork, build
from resnets.spec import FamilySpec
from resnets.spec.families import VGG, DenseNet, GoogLeNet, PolyNet
from resnets.training.step import flatten_outputs


class Meter(TorchDispatchMode):
    """Watches the bytes of all tensors that operations make while they are alive."""

    def __init__(self) -> None:
        super().__init__()
        self.alive: dict[int, tuple[StorageWeakRef, int]] = {}
        self.peak = 0

    def __torch_dispatch__(
        self, func: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> object:
        result = func(*args, **(kwargs or {}))
        for leaf in tree_leaves(result):
            if isinstance(leaf, Tensor):
                storage = leaf.untyped_storage()
                ref = StorageWeakRef(storage)
                self.alive[ref.cdata] = ref, storage.nbytes()
        self.alive = {k: pair for k, pair in self.alive.items() if not pair[0].expired()}
        self.peak = max(self.peak, sum(size for _, size in self.alive.values()))
        return result


def train(net: LayeredNetwork, x: Tensor) -> dict[str, Tensor]:
    """Go through one step; return buffers and gradients."""
    torch.manual_seed(0)
    sum(logits.square().mean() for logits in flatten_outputs(net(x))).backward()
    return {**dict(net.named_buffers()), **{n: p.grad for n, p in net.named_parameters()}}


def measure(spec: FamilySpec, x: Tensor, recompute: bool) -> int:
    """Return the largest number of bytes that a step holds at once, gradients aside."""
    net = build(spec)
    net.set_grad_checkpointing(recompute)
    with Meter() as meter:
        train(net, x)
    return meter.peak - 4 * sum(p.numel() for p in net.parameters())


def images(size: int, n: int = 4) -> Tensor:
    return torch.randn(n, 3, size, size, generator=torch.Generator().manual_seed(1))


DENSE = DenseNet(depths=(6, 6), growth=4, stem_width=8, num_classes=5, dropout=0.2)
SPECS = {
    "dense": DENSE,
    "dense without bottlenecks": DENSE.replace(bottleneck=0, stem="7x7"),
    "sides": GoogLeNet(stem="small", width=1 / 16, num_classes=5),
    "one side": GoogLeNet(auxiliary=("upper",), stem="small", width=1 / 16, num_classes=5),
    "dropped terms": PolyNet(
        stages=(("2-way",), ("poly-3",), ("mpoly-2",)),
        keep=0.5,
        stem="small",
        width=1 / 16,
        num_classes=5,
    ),
    "plain": VGG(depths=(2, 2), widths=(4, 8), norm=True, hidden=8, side=2, num_classes=5),
}


@pytest.mark.parametrize("segments", [None, 1, 3, 50])
@pytest.mark.parametrize("name", SPECS)
def test_gradients_and_statistics_are_the_same_to_the_bit(name: str, segments: int | None) -> None:
    net = build(SPECS[name], seed=2)
    again = copy.deepcopy(net)
    again.set_grad_checkpointing(segments=segments)
    expected, found = train(net, images(16)), train(again, images(16))
    assert expected.keys() == found.keys()
    assert any("running_mean" in key for key in expected)
    for key, value in expected.items():
        assert torch.equal(found[key], value), key


def test_every_layer_is_computed_twice_and_only_in_training(monkeypatch: Any) -> None:
    net = build(DENSE)
    net.set_grad_checkpointing()
    calls = 0

    def count(module: nn.Module, *_: object) -> None:
        nonlocal calls
        calls += isinstance(module, nn.Conv2d)

    for module in net.modules():
        module.register_forward_pre_hook(count)
    train(net, images(16))
    convolutions = sum(isinstance(module, nn.Conv2d) for module in net.modules())
    assert calls == 2 * convolutions
    calls = 0
    net.eval()(images(16))
    assert calls == convolutions
    calls = 0
    net.set_grad_checkpointing(False)
    train(net.train(), images(16))
    assert calls == convolutions


def test_a_dense_block_needs_memory_by_its_depth_not_by_its_square() -> None:
    short = DenseNet(depths=(12,), growth=8, stem_width=8, num_classes=5)
    long = short.replace(depths=(48,))
    plain = [measure(spec, images(16), False) for spec in (short, long)]
    thrifty = [measure(spec, images(16), True) for spec in (short, long)]
    assert plain[1] > 9 * plain[0]
    assert thrifty[1] < 5 * thrifty[0]
    assert thrifty[1] < plain[1] / 10


@pytest.mark.parametrize(("name", "share"), [("sides", 0.7), ("plain", 0.8)])
def test_other_networks_need_less_too(name: str, share: float) -> None:
    x = images(16, n=16)
    assert measure(SPECS[name], x, True) < share * measure(SPECS[name], x, False)
