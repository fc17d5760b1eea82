from __future__ import annotations

import pytest
import torch

from resnets.errors import MachineError
from resnets.spec import Constant, Plateau, Recipe, Steps
from resnets.training import Hooks, fit
from resnets.training.seeding import keep_generators, seed_step

RECIPE = Recipe(lr=0.05, schedule=Steps(milestones=("6it",)), label_smoothing=0.1, ema=0.9)


def weights(state) -> dict[str, torch.Tensor]:
    return {name: tensor.clone() for name, tensor in state.net.state_dict().items()}


def assert_equal(one, other) -> None:
    assert one.keys() == other.keys()
    for name, tensor in one.items():
        assert torch.equal(tensor, other[name]), name


def test_hooks_are_called_in_order(begin, numbers):
    calls = []
    hooks = Hooks(
        on_start=lambda state: calls.append(("start", state.step)),
        on_step=lambda state, guard: calls.append(("step", state.step)),
        on_epoch=lambda state, summary: calls.append(("epoch", summary.epoch)),
        on_end=lambda state: calls.append(("end", state.step)),
    )
    fit(begin(RECIPE), RECIPE, numbers, 7, seed=0, hooks=hooks)
    steps = [("step", n) for n in range(1, 8)]
    assert calls == [
        ("start", 0),
        *steps[:4],
        ("epoch", 1),
        *steps[4:6],
        ("epoch", 1.4),
        steps[6],
        ("end", 7),
    ]


def test_an_epoch_is_summed_exactly(begin, numbers):
    summaries, batches = [], []
    hooks = Hooks(
        on_epoch=lambda state, summary: summaries.append(summary),
        on_step=lambda state, guard: batches.append(state.tally.n),
    )
    fit(begin(RECIPE), RECIPE, numbers, 10, seed=0, hooks=hooks)
    first, second = summaries
    assert (first.step, first.index, first.n, first.lr) == (5, 0, 40, 0.05)
    assert (second.step, second.index, second.n, second.lr) == (10, 1, 40, 0.005)
    assert batches == [8, 16, 24, 32, 0] * 2
    assert first.top1_error == 100 * round(first.top1_error * 40 / 100) / 40
    assert 0.5 < first.loss < 3
    assert first.seconds > 0


def test_whoever_draws_from_torch_meanwhile_changes_nothing(begin, numbers):
    undisturbed, disturbed = begin(RECIPE), begin(RECIPE)
    fit(undisturbed, RECIPE, numbers, 7, seed=4)
    fit(disturbed, RECIPE, numbers, 7, seed=4, hooks=Hooks(on_step=lambda s, g: torch.rand(3)))
    assert_equal(weights(disturbed), weights(undisturbed))


def test_the_seed_decides_dropout_and_the_caller_keeps_its_generator(begin, numbers):
    torch.manual_seed(7)
    expected = torch.rand(3)
    torch.manual_seed(7)
    one, same, other = begin(RECIPE), begin(RECIPE), begin(RECIPE)
    fit(one, RECIPE, numbers, 3, seed=1)
    assert torch.equal(torch.rand(3), expected)
    fit(same, RECIPE, numbers, 3, seed=1)
    fit(other, RECIPE, numbers, 3, seed=2)
    assert_equal(weights(one), weights(same))
    assert not torch.equal(one.net.fc.weight, other.net.fc.weight)
    ranked = begin(RECIPE)
    fit(ranked, RECIPE, numbers, 3, seed=1, rank=1)
    assert not torch.equal(one.net.fc.weight, ranked.net.fc.weight)


def test_bf16_is_autocast_over_float32_weights(begin, numbers):
    full, half = begin(RECIPE), begin(RECIPE)
    fit(full, RECIPE, numbers, 3, seed=1)
    fit(half, RECIPE, numbers, 3, seed=1, precision="bf16")
    assert half.net.fc.weight.dtype == torch.float32
    assert not torch.equal(full.net.fc.weight, half.net.fc.weight)
    assert torch.allclose(full.net.fc.weight, half.net.fc.weight, atol=0.05)


def test_label_smoothing_changes_the_loss_as_defined(begin, numbers):
    recipe = Recipe(lr=1e-9, schedule=Constant(), label_smoothing=0.3, momentum=0.0)
    losses = []
    hooks = Hooks(on_epoch=lambda state, summary: losses.append(summary.loss))
    fit(begin(recipe), recipe, numbers, 1, seed=5, hooks=hooks)
    images, labels = next(numbers.training(0))
    with keep_generators(torch.device("cpu")):
        seed_step(5, 0, 0, torch.device("cpu"))
        logs = begin(recipe).net(images).log_softmax(1)
    targets = torch.full((8, 3), 0.1).scatter(1, labels[:, None], 0.8)
    assert losses == [pytest.approx(-(targets * logs).sum(1).mean().item(), rel=1e-5)]


def test_a_plateau_goes_by_the_error_that_the_hook_answers(begin, numbers):
    recipe = Recipe(lr=0.1, schedule=Plateau(patience=1, factor=0.5))
    errors, rates = iter([40.0, 50.0, 30.0, 60.0]), []

    def on_epoch(state, summary):
        rates.append(summary.lr)
        return next(errors)

    state = begin(recipe)
    fit(state, recipe, numbers, 20, seed=0, hooks=Hooks(on_epoch=on_epoch))
    assert rates == [0.1, 0.1, 0.05, 0.05]
    assert (state.plateau.scale, state.plateau.lowest) == (0.25, 30.0)


@pytest.mark.parametrize(
    "cause",
    [
        RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes"),
        torch.OutOfMemoryError("CUDA out of memory"),
        MemoryError(),
    ],
)
def test_a_full_memory_names_the_batch_size_and_the_peak(begin, numbers, cause):
    def forward(images):
        raise cause

    with pytest.raises(MachineError) as caught:
        fit(begin(RECIPE), RECIPE, numbers, 3, seed=0, forward=forward)
    assert (caught.value.code, caught.value.exit) == ("E5001", 5)
    assert caught.value.what == "batch size 8"
    assert "MiB" in caught.value.where["peak"]


def test_another_error_of_the_network_stays_itself(begin, numbers):
    def forward(images):
        raise RuntimeError("shapes differ")

    with pytest.raises(RuntimeError, match="shapes differ"):
        fit(begin(RECIPE), RECIPE, numbers, 3, seed=0, forward=forward)


class WithoutLength:
    """A compiled network is asked for nothing but its answers: its truth value raises."""

    def __init__(self, net):
        self.net = net

    def __call__(self, images):
        return self.net(images)

    def __len__(self):
        raise TypeError


def test_a_compiled_form_takes_the_place_of_the_network(begin, numbers):
    plain, compiled = begin(RECIPE), begin(RECIPE)
    fit(plain, RECIPE, numbers, 3, seed=1)
    fit(compiled, RECIPE, numbers, 3, seed=1, forward=WithoutLength(compiled.net))
    assert_equal(weights(plain), weights(compiled))
