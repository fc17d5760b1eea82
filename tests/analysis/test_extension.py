"""Networks made deeper by units that change nothing."""

from __future__ import annotations

import pytest
import torch

from resnets.analysis.extension import extend
from resnets.errors import ConfigError
from resnets.networks import build
from resnets.spec import ORDERS, Add, Gate, Spec
from resnets.spec.families import Perceptron

SMALL = Spec(depths=(1, 2), widths=(4, 8), stem_width=4)


@pytest.mark.parametrize(
    "spec",
    [
        SMALL,
        SMALL.replace(shortcut="none"),
        SMALL.replace(shortcut="A", order="full_preact"),
        SMALL.replace(order="relu_before_addition"),
        SMALL.replace(kernels=(1, 3, 1), inner=0.5, cardinality=2, branches=2),
    ],
    ids=["residual", "plain", "preact", "relu-before", "bottleneck"],
)
def test_the_deeper_network_is_the_same_function(spec):
    net = build(spec, seed=1)
    x = torch.randn(16, 3, 8, 8, generator=torch.Generator().manual_seed(0))
    net.train()(x)  # so that statistics and answers are not those of the start
    before = {name: value.clone() for name, value in net.state_dict().items()}
    deeper = extend(net.eval(), 3)
    assert deeper.spec.depths == (4, 5)
    with torch.no_grad():
        torch.testing.assert_close(deeper(x), net(x), rtol=1e-4, atol=1e-5)
        assert not torch.allclose(net(x), build(deeper.spec).eval()(x), atol=1e-2)
    assert all(torch.equal(before[name], value) for name, value in net.state_dict().items())


@pytest.mark.parametrize(
    "spec",
    [
        SMALL.replace(shortcut="C"),
        SMALL.replace(merge=Gate()),
        SMALL.replace(merge=Add(shortcut=0.5)),
        SMALL.replace(order="bn_after_addition"),
        SMALL.replace(shortcut="none", order=ORDERS["full_preact"]),
        SMALL.replace(shortcut="none", kernels=(1, 3, 1), inner=0.5),
        Perceptron(layers=2, width=8, image_size=8),
    ],
)
def test_units_that_cannot_be_identities_are_refused(spec):
    with pytest.raises(ConfigError) as caught:
        extend(build(spec), 1)
    assert caught.value.code == "E2757"
