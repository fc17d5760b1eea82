"""y = x + Σ T_i(x) for any T_i, and the neuron as its simplest case."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from resnets.blocks import Aggregated, Unit, neuron
from resnets.errors import ConfigError
from resnets.networks import build
from resnets.spec import Spec


class Times(nn.Module):
    """a · x."""

    def __init__(self, a: float) -> None:
        super().__init__()
        self.a = a

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.a * x


def test_transforms_and_the_input_are_added() -> None:
    x = torch.tensor([[1.0, -2.0], [0.5, 4.0]])
    assert torch.equal(Aggregated([Times(2.0), Times(-5.0), Times(0.25)])(x), -1.75 * x)
    assert torch.equal(Aggregated([Times(2.0), Times(-5.0)], shortcut=False)(x), -3.0 * x)


def test_one_transform_is_a_residual_unit() -> None:
    unit = build(Spec(depths=(1,), widths=(8,), stem_width=8, order="full_preact")).units()[0]
    x = torch.randn(2, 8, 6, 6, generator=torch.Generator().manual_seed(0))
    assert isinstance(unit, Unit)
    assert unit.spec.head_shared
    inner = unit.head(x)
    torch.testing.assert_close(Aggregated([unit.transform])(inner), unit(x))


def test_equal_paths_are_those_of_resnext() -> None:
    spec = Spec(
        depths=(1,),
        widths=(8,),
        stem_width=8,
        kernels=(1, 3, 1),
        cardinality=4,
        form="split",
        order="relu_only_preact",
    )
    transform = build(spec, seed=3).units()[0].transform
    x = torch.randn(2, 8, 5, 5, generator=torch.Generator().manual_seed(1))
    ours = Aggregated(transform.paths, shortcut=False)
    torch.testing.assert_close(transform.tail(ours(transform.head(x))), transform(x))


def test_unlike_inner_networks_learn_together() -> None:
    generator = torch.Generator().manual_seed(0)
    wide = nn.Sequential(nn.Linear(4, 16), nn.Tanh(), nn.Linear(16, 4))
    mix = Aggregated([wide, nn.Linear(4, 4), nn.Identity()])
    x = torch.randn(3, 4, generator=generator)
    linear = mix.transforms[1]
    torch.testing.assert_close(mix(x), 2 * x + wide(x) + linear(x))
    mix(x).sum().backward()
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in mix.parameters())
    assert set(mix.state_dict()) == {
        *(f"transforms.0.{i}.{part}" for i in (0, 2) for part in ("weight", "bias")),
        "transforms.1.weight",
        "transforms.1.bias",
    }


def test_a_neuron_splits_transforms_and_aggregates() -> None:
    weights = [0.5, -2.0, 3.0]
    unit = neuron(weights)
    x = torch.tensor([[1.0, 2.0, 4.0], [-1.0, 0.25, 0.0]])
    assert unit(x).tolist() == [[8.5], [-1.0]]
    split = [transform(x) for transform in unit.transforms]
    assert [part.tolist() for part in split] == [[[0.5], [-0.5]], [[-4.0], [-0.5]], [[12.0], [0.0]]]
    unit(x).sum().backward()
    gradients = [p.grad.item() for p in unit.parameters() if p.grad is not None]
    assert gradients == x.sum(0).tolist()
    assert torch.equal(unit(x), x @ torch.tensor(weights)[:, None])
    assert neuron(torch.tensor(weights))(x[:, None]).shape == (2, 1, 1)


@pytest.mark.parametrize(
    ("transforms", "shortcut", "code", "says"),
    [
        ([], True, "E2130", "transforms is empty"),
        ([nn.Linear(4, 3)], True, "E2131", "transforms.0 answers (2, 3)"),
        ([nn.Linear(4, 3), nn.Linear(4, 1)], False, "E2131", "transforms.1 answers (2, 1)"),
    ],
)
def test_what_cannot_be_added_is_named(
    transforms: list[nn.Module], shortcut: bool, code: str, says: str
) -> None:
    with pytest.raises(ConfigError, match="transforms") as caught:
        Aggregated(transforms, shortcut)(torch.zeros(2, 4))
    assert caught.value.code == code
    assert caught.value.what == says
