from __future__ import annotations

import json

import pytest
import torch

from resnets.errors import FileError
from resnets.networks import build
from resnets.spec import Plateau, Recipe
from resnets.training import Hooks, Store, fit, start_state

TOTAL = 12
RECIPES = {
    "plain": Recipe(lr=0.05),
    "averaged": Recipe(lr=0.05, ema=0.9, nesterov=True, decay_norm_and_bias=False),
    "rmsprop": Recipe(optimizer="rmsprop", lr=0.05, momentum=0.9, eps=1.0, clip=2.0, ema=0.9),
    "plateau": Recipe(lr=0.05, schedule=Plateau(patience=1, factor=0.5), label_smoothing=0.1),
}


class Killed(Exception):  # noqa: N818 - stands for a process that dies
    pass


def train(begin, numbers, recipe, store, *, kill_after=None, until=TOTAL):
    """Train with a checkpoint after every step; die after one of them. Return all summaries."""
    state, summaries = begin(recipe), []
    generation = store.find_latest(lambda error: None)
    if generation is not None:
        content = generation.read_state()
        state.load(generation.files, content, generation.path)
        summaries = content["summaries"]

    def on_epoch(state, summary):
        summaries.append([summary.step, summary.loss, summary.top1_error, summary.lr, summary.n])

    def on_step(state, guard):
        store.save(state.step, state.to_files({"summaries": summaries}))
        if state.step == kill_after:
            raise Killed

    hooks = Hooks(on_step=on_step, on_epoch=on_epoch)
    try:
        fit(state, recipe, numbers, until, seed=9, hooks=hooks)
    except Killed:
        return None
    return summaries, store.read(TOTAL).files


@pytest.mark.parametrize("name", RECIPES)
@pytest.mark.parametrize("kills", [(5,), (1, 6, 11), (2, 3, 4, 9)])
def test_a_resumed_run_is_the_undisturbed_one_byte_for_byte(begin, numbers, tmp_path, name, kills):
    recipe = RECIPES[name]
    expected = train(begin, numbers, recipe, Store(new(tmp_path, "whole"), "run"))
    for kill in kills:
        store = Store(new(tmp_path, "killed"), "run")
        assert train(begin, numbers, recipe, store, kill_after=kill) is None
    summaries, files = train(begin, numbers, recipe, Store(tmp_path / "killed", "run"))
    assert summaries == expected[0]
    for file in ("model.safetensors", "optimizer.safetensors"):
        assert files[file] == expected[1][file]
    states = [json.loads(each["state.json"]) for each in (files, expected[1])]
    for content in states:
        content["tally"].pop("seconds")
    assert states[0] == states[1]


@pytest.mark.parametrize(
    "part",
    ["average.Average.load", "tally.Tally.load", "state.load_optimizer_state", "step.seed_step"],
)
def test_a_planted_defect_is_noticed(begin, numbers, tmp_path, monkeypatch, part):
    """What resumption puts back, and the seed of each step, are left out one by one."""
    monkeypatch.setattr(f"resnets.training.{part}", lambda *args, **kwargs: None)
    with pytest.raises(AssertionError):
        test_a_resumed_run_is_the_undisturbed_one_byte_for_byte(
            begin, numbers, tmp_path, "averaged", (4,)
        )


def new(tmp_path, name):
    (tmp_path / name).mkdir(exist_ok=True)
    return tmp_path / name


def test_a_checkpoint_holds_the_average_and_the_sums(begin, numbers, tmp_path):
    recipe = RECIPES["averaged"]
    state = begin(recipe)
    fit(state, recipe, numbers, 3, seed=0)
    state.tally.add(torch.tensor(0.1), torch.zeros(3, 3), torch.tensor([0, 1, 2]))
    other = begin(recipe)
    files = state.to_files({})
    other.load(files, json.loads(files["state.json"]), "here")
    assert other.average.count == 3
    assert torch.equal(other.result.fc.weight, state.result.fc.weight)
    assert other.tally.to_dict() == state.tally.to_dict()
    assert (other.tally.n, other.step) == (state.tally.n, 3)
    assert other.to_files({}) == files


def test_a_checkpoint_of_another_network_is_refused(begin, tmp_path):
    files = begin(Recipe()).to_files({})
    other = start_state(build(begin(Recipe()).net.spec.replace(num_classes=4)), Recipe())
    before = other.net.fc.weight.clone()
    with pytest.raises(FileError) as caught:
        other.load(files, json.loads(files["state.json"]), "checkpoints/step-00000000")
    assert (caught.value.code, caught.value.exit) == ("E4002", 4)
    assert "state.json" in caught.value.what
    assert torch.equal(other.net.fc.weight, before)
