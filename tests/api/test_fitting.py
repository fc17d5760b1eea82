"""Training in memory on tensors, fed as they are."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

import resnets
from resnets.data.order import order_epoch
from resnets.errors import ConfigError, DataError, DivergedError, ResnetsError
from resnets.networks import build
from resnets.spec import Constant, Recipe, Spec
from resnets.spec.families import Highway, Perceptron

VECTOR = Spec(
    depths=(1,),
    widths=(16,),
    stem_width=16,
    stem="1x1",
    kernels=(1, 1),
    dimensions=0,
    in_chans=3,
    num_classes=2,
)
SIGNAL = VECTOR.replace(dimensions=1, stem="3x3", kernels=(3, 3), in_chans=2)
RECIPE = Recipe(length="4ep", batch_size=16, lr=0.05, schedule=Constant())


def make_samples(*shape: int) -> tuple[Tensor, Tensor]:
    """Samples whose first number tells their class by its sign."""
    x = torch.randn(*shape, generator=torch.Generator().manual_seed(0))
    y = (x.flatten(1)[:, 0] > 0).long()
    return x + 2 * (2 * y - 1).view(-1, *[1] * (x.ndim - 1)), y


@pytest.mark.parametrize(
    ("spec", "shape"),
    [
        (VECTOR, (70, 3)),
        (SIGNAL, (70, 2, 9)),
        (SIGNAL.replace(dimensions=2), (70, 2, 8, 8)),
        (Perceptron(layers=1, width=8, image_size=4, in_chans=1, num_classes=2), (70, 1, 4, 4)),
    ],
    ids=["vector", "signal", "picture", "perceptron"],
)
def test_any_kind_of_input_is_learnt(spec: Spec, shape: tuple[int, ...]) -> None:
    samples = make_samples(*shape)
    net = build(spec, seed=1)
    result = resnets.fit(net, samples, recipe=RECIPE, test=samples, classes=("low", "high"))
    assert result.net is net
    assert not net.training
    assert [summary.n for summary in result.history] == [64] * 4
    assert result.history[-1].step == 16
    assert result.history[-1].loss < result.history[0].loss
    assert result.evaluation is not None
    assert result.evaluation.n == 70
    assert result.evaluation.top1_error < 5
    assert result.evaluation.classes == ("low", "high")
    answers = net(samples[0]).argmax(1)
    wrong = 100 * (answers != samples[1]).float().mean().item()
    assert result.evaluation.top1_error == pytest.approx(wrong)


def test_a_step_is_gradient_descent_on_the_samples_as_they_are() -> None:
    x, y = make_samples(16, 3)
    recipe = RECIPE.replace(length="1it", lr=0.1, momentum=0.0, weight_decay=0.0)
    net, by_hand = build(VECTOR, seed=1), build(VECTOR, seed=1)
    resnets.fit(net, (x.double(), y), recipe=recipe)
    order = order_epoch(0, 0, 16)
    nn.functional.cross_entropy(by_hand(x[order]), y[order]).backward()
    for ours, theirs in zip(net.parameters(), by_hand.parameters(), strict=True):
        assert theirs.grad is not None
        torch.testing.assert_close(ours, theirs - 0.1 * theirs.grad)


def test_the_seed_decides_the_order() -> None:
    samples = make_samples(70, 3)
    nets = [
        resnets.fit(build(VECTOR, seed=1), samples, recipe=RECIPE, seed=seed).net.state_dict()
        for seed in (0, 0, 5)
    ]
    name = "stem.conv.weight"
    assert torch.equal(nets[0][name], nets[1][name])
    assert not torch.equal(nets[0][name], nets[2][name])


def test_the_global_generator_is_left_alone() -> None:
    before = torch.get_rng_state()
    resnets.fit(build(VECTOR.replace(dropout=0.5)), make_samples(70, 3), recipe=RECIPE)
    assert torch.equal(torch.get_rng_state(), before)


def test_the_average_is_what_is_kept(tmp_path: Path) -> None:
    net = build(VECTOR, seed=1)
    recipe = RECIPE.replace(ema=0.9)
    result = resnets.fit(net, make_samples(70, 3), recipe=recipe, test=make_samples(30, 3))
    assert result.net is not net
    assert not torch.equal(result.net.fc.weight, net.fc.weight)
    folder = result.save(tmp_path / "model")
    again = resnets.load(folder)
    x = make_samples(5, 3)[0]
    assert torch.equal(again(x), result.net(x))
    assert again.config.measured["test_n"] == 30
    assert again.config.classes == ("0", "1")
    assert again.config.preprocessing.mean == (0.0, 0.0, 0.0)
    assert again.config.preprocessing.std == (1.0, 1.0, 1.0)


def replace_one(change: Callable[[Tensor, Tensor], object]) -> tuple[Tensor, Tensor]:
    x, y = make_samples(70, 3)
    change(x, y)
    return x, y


@pytest.mark.parametrize(
    ("samples", "code", "says"),
    [
        ((torch.zeros(0, 3), torch.zeros(0).long()), "E3410", "inputs (0, 3), labels (0,)"),
        ((torch.zeros(4, 3), torch.zeros(5).long()), "E3410", "labels (5,)"),
        ((torch.zeros(4, 3), torch.zeros(4)), "E3411", "torch.float32"),
        (replace_one(lambda x, y: y[9:11].fill_(2)), "E3302", "label 2"),
        (replace_one(lambda x, y: y[:1].fill_(-1)), "E3302", "0 to 1"),
        (replace_one(lambda x, y: x[7:9, 1].fill_(float("nan"))), "E3412", "sample 7"),
        (replace_one(lambda x, y: x[3].fill_(float("inf"))), "E3412", "1 of 70"),
        ((torch.zeros(4, 3).byte(), torch.zeros(4).long()), "E3412", "torch.uint8"),
    ],
)
def test_bad_samples_are_refused(samples: tuple[Tensor, Tensor], code: str, says: str) -> None:
    for given in ({"train": samples}, {"train": make_samples(70, 3), "test": samples}):
        net = build(VECTOR, seed=1)
        before = net.fc.weight.clone()
        with pytest.raises(DataError) as caught:
            resnets.fit(net, recipe=RECIPE, **given)
        assert caught.value.code == code
        assert says in str(caught.value)
        assert caught.value.where["samples"] == list(given)[-1]
        assert torch.equal(net.fc.weight, before)


@pytest.mark.parametrize(
    ("spec", "shape", "code", "says"),
    [
        (VECTOR, (70, 4), "E2660", "it reads (N, 3)"),
        (VECTOR, (70, 3, 1), "E2660", "it reads (N, 3)"),
        (SIGNAL, (70, 2), "E2660", "it reads (N, 2, L)"),
        (SIGNAL, (70, 2, 0), "E2660", "it reads (N, 2, L)"),
        (SIGNAL.replace(dimensions=2), (70, 2, 9), "E2660", "it reads (N, 2, H, W)"),
        (Perceptron(layers=1, in_chans=1, num_classes=2), (70, 1, 8, 8), "E2660", "(N, 1, 32, 32)"),
        (
            Highway(depths=(1, 1), widths=(4, 4), in_chans=1, num_classes=2),
            (70, 1, 1, 1),
            "E2123",
            "too small",
        ),
        (VECTOR, (15, 3), "E2301", "the training split has 15 samples"),
    ],
)
def test_what_does_not_fit_is_refused(
    spec: Spec, shape: tuple[int, ...], code: str, says: str
) -> None:
    samples = torch.zeros(shape), torch.zeros(shape[0]).long()
    with pytest.raises(ResnetsError) as caught:
        resnets.fit(build(spec), samples, recipe=RECIPE)
    assert caught.value.code == code
    assert says in str(caught.value)


def test_other_refusals() -> None:
    samples = make_samples(70, 3)
    with pytest.raises(ConfigError) as caught:
        resnets.fit(nn.Linear(3, 2), samples, recipe=RECIPE)
    assert caught.value.code == "E2650"
    with pytest.raises(ConfigError, match="classes"):
        resnets.fit(build(VECTOR), samples, recipe=RECIPE, classes=("one", "two", "three"))
    with pytest.raises(ConfigError, match="fp16"):
        resnets.fit(build(VECTOR), samples, recipe=RECIPE, precision="fp16")
    with pytest.raises(DivergedError):
        resnets.fit(build(VECTOR), samples, recipe=RECIPE.replace(lr=1e30))
