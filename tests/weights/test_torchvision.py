"""Sameness with torchvision: its weights, our outputs and gradients."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
import torchvision
from torch import nn

from resnets.errors import ConfigError
from resnets.networks import build
from resnets.spec import Spec
from resnets.weights.layouts import from_torchvision, to_torchvision

BASIC = Spec(
    depths=(2, 2, 2, 2), widths=(64, 128, 256, 512), stem="7x7", stem_width=64, num_classes=1000
)
BOTTLENECK = BASIC.replace(
    depths=(3, 4, 6, 3), widths=(256, 512, 1024, 2048), kernels=(1, 3, 1), inner=0.25, stride_at=1
)
PAIRS = {
    "resnet18": BASIC,
    "resnet34": BASIC.replace(depths=(3, 4, 6, 3)),
    "resnet50": BOTTLENECK,
    "resnext50_32x4d": BOTTLENECK.replace(inner=0.5, cardinality=32),
    "wide_resnet50_2": BOTTLENECK.replace(inner=0.5),
}


@pytest.mark.parametrize("name", PAIRS)
def test_outputs_and_gradients_equal_torchvisions(name: str) -> None:
    make: Callable[..., nn.Module] = getattr(torchvision.models, name)
    theirs = make(weights=None).double()
    ours = build(PAIRS[name]).double()
    ours.load_state_dict(from_torchvision(theirs.state_dict(), PAIRS[name]))
    x = torch.randn(2, 3, 64, 64, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    for net in (ours, theirs):
        net(x).square().mean().backward()
    gradients = to_torchvision({n: p.grad for n, p in ours.named_parameters()}, PAIRS[name])
    for key, parameter in theirs.named_parameters():
        torch.testing.assert_close(gradients[key], parameter.grad, rtol=1e-10, atol=1e-10)
    torch.testing.assert_close(ours.eval()(x), theirs.eval()(x), rtol=1e-10, atol=1e-10)
    theirs.load_state_dict(to_torchvision(ours.state_dict(), PAIRS[name]), strict=True)


@pytest.mark.parametrize(
    "change", [{"order": "full_preact"}, {"shortcut": "A"}, {"branches": 2}, {"dropout": 0.1}]
)
def test_what_torchvision_cannot_express_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ConfigError, match="torchvision has no such network"):
        to_torchvision({}, BASIC.replace(**change))
