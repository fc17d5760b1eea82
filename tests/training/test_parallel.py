"""Two processes that train together take the steps of one."""

from __future__ import annotations

import copy
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from torch import nn
from torch.nn import functional

from resnets.data import Feeder, open_dataset
from resnets.errors import ConfigError, MachineError
from resnets.networks import build, gather_branches, spread_branches
from resnets.spec import Constant, DataSpec, Keep, Recipe, Spec
from resnets.spec.families import VGG
from resnets.training import Group, Hooks, fit, join_group, refuse_group, replicate, start_state
from resnets.training.parallel import VARIABLES, _may_skip

RECIPE = Recipe(length="5it", batch_size=64, lr=0.05, schedule=Constant())
STEPS = 5
PLAIN = VGG(depths=(1, 1), widths=(4, 8), hidden=0, side=2, in_chans=1)
NORMED = Spec(
    depths=(1, 1), widths=(4, 8), stem_width=4, in_chans=1, branches=2, order="full_preact"
)
DROPPING = NORMED.replace(merge=Keep(residual=0.5))


def feed(group: Group) -> Feeder:
    return Feeder(
        open_dataset(DataSpec()),
        RECIPE.batch_size,
        device="cpu",
        seed=7,
        augment=True,
        channels_last=True,
        rank=group.rank,
        world=group.world,
    )


def train(net: nn.Module, group: Group, hooks: Hooks | None = None) -> dict[str, torch.Tensor]:
    state = start_state(net, RECIPE)
    forward = replicate(net)
    feeder = feed(group)
    fit(state, RECIPE, feeder, STEPS, seed=7, forward=forward, hooks=hooks, rank=group.rank)
    return net.state_dict()


def work(folder: str, task: str) -> None:
    """What each of the two processes does."""
    with join_group(timeout=60) as group:
        if task == "killed":

            def die(state: object, guard: object) -> None:
                if group.rank == 1:
                    os.kill(os.getpid(), signal.SIGKILL)

            train(build(PLAIN, seed=1), group, Hooks(on_step=die))
        # The second process begins with other weights, which must not matter.
        one = train(build(PLAIN, seed=group.rank), group)
        two = train(build(NORMED, seed=group.rank), group)
        spread = spread_branches(build(NORMED, seed=group.rank), ["cpu", "cpu"])
        train(spread, group)
        four = train(build(DROPPING, seed=0), group)
        results = {
            "plain": one, "normed": two, "hybrid": gather_branches(spread).state_dict(),
            "dropping": four,
        }  # fmt: skip
        torch.save(results, Path(folder) / f"{group.rank}.pt")


def launch(folder: Path, task: str) -> list[tuple[int, str]]:
    """Run two processes as torchrun would; returns exit code and stderr of each."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    code = f"import test_parallel as t; t.work({str(folder)!r}, {task!r})"
    running = []
    for rank in range(2):
        numbers = (rank, 2, rank, "127.0.0.1", port)
        variables = dict(zip(VARIABLES, map(str, numbers), strict=True))
        running.append(
            subprocess.Popen(
                [sys.executable, "-c", code],
                env={**os.environ, **variables, "PYTHONPATH": str(Path(__file__).parent)},
                stderr=subprocess.PIPE,
                text=True,
            )
        )
    errors = [process.communicate(timeout=120)[1] for process in running]
    return [(p.returncode, error) for p, error in zip(running, errors, strict=True)]


def take_steps_of_two(net: nn.Module) -> dict[str, torch.Tensor]:
    """Train on both halves of every batch, each normalised by itself, in this one process."""
    state = start_state(net, RECIPE)
    for group in state.optimizer.param_groups:
        group["lr"] = RECIPE.lr
    batches = iter(feed(Group()).training(0))
    for _ in range(STEPS):
        images, labels = next(batches)
        replica = copy.deepcopy(net)
        state.optimizer.zero_grad()
        for each, part in ((net, slice(0, 32)), (replica, slice(32, 64))):
            functional.cross_entropy(each(images[part]), labels[part]).backward()
        for ours, theirs in zip(net.parameters(), replica.parameters(), strict=True):
            ours.grad = (ours.grad + theirs.grad) / 2
        state.optimizer.step()
    return net.state_dict()


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, dict[str, torch.Tensor]]]:
    folder = tmp_path_factory.mktemp("results")
    for code, error in launch(folder, "train"):
        assert code == 0, error
    return [torch.load(folder / f"{rank}.pt", weights_only=True) for rank in range(2)]


def assert_same(found: dict[str, torch.Tensor], expected: dict[str, torch.Tensor]) -> None:
    assert list(found) == list(expected)
    for name, value in expected.items():
        torch.testing.assert_close(found[name], value, rtol=1e-4, atol=2e-6, msg=name)


@pytest.mark.slow
def test_two_processes_take_the_steps_of_one_with_the_whole_batch(results) -> None:
    assert_same(results[0]["plain"], train(build(PLAIN, seed=0), Group()))


@pytest.mark.slow
@pytest.mark.parametrize("way", ["normed", "hybrid"])
def test_batch_norm_is_of_each_process_and_its_statistics_are_the_firsts(results, way) -> None:
    assert_same(results[0][way], take_steps_of_two(build(NORMED, seed=0)))


@pytest.mark.slow
@pytest.mark.parametrize("way", ["plain", "normed", "hybrid", "dropping"])
def test_both_processes_end_with_the_same_weights(results, way: str) -> None:
    for name, value in results[0][way].items():
        if "running" not in name and "tracked" not in name:
            assert torch.equal(value, results[1][way][name]), name


@pytest.mark.slow
def test_a_process_that_is_killed_ends_the_other_with_one_message(tmp_path: Path) -> None:
    (first, message), (second, _) = launch(tmp_path, "killed")
    assert second == -signal.SIGKILL
    assert first != 0
    assert message.count("E5650") == 1
    assert "another process of this training is gone" in message
    assert list(tmp_path.iterdir()) == []


def test_the_parts_of_a_batch_are_the_batch() -> None:
    whole = feed(Group()).training(3, first=2)
    parts = [feed(Group(rank, 4)).training(3, first=2) for rank in range(4)]
    for (x, y), *pieces in zip(whole, *parts, strict=True):
        assert torch.equal(torch.cat([piece[0] for piece in pieces]), x)
        assert torch.equal(torch.cat([piece[1] for piece in pieces]), y)


def test_a_batch_without_equal_parts_is_refused() -> None:
    with pytest.raises(ConfigError, match="3 processes train together") as caught:
        feed(Group(0, 3))
    assert caught.value.code == "E2861"


def test_a_process_without_torchrun_is_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    net = build(PLAIN)
    with join_group() as group:
        assert group == Group(0, 1, 0)
        assert replicate(net) is net


@pytest.mark.parametrize(
    "numbers",
    [("0", "2", None, "h", "1"), ("2", "2", "0", "h", "1"), ("0", "two", "0", "h", "1")],
)
def test_variables_that_number_nothing_are_refused(
    numbers: tuple[str | None, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in zip(VARIABLES, numbers, strict=True):
        monkeypatch.delenv(name, raising=False)
        if value is not None:
            monkeypatch.setenv(name, value)
    with pytest.raises(ConfigError) as caught, join_group():
        pass
    assert caught.value.code == "E2862"


def test_a_verb_for_one_process_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in zip(VARIABLES, ("1", "2", "1", "h", "1"), strict=True):
        monkeypatch.setenv(name, value)
    with pytest.raises(ConfigError, match="train, started 2 times") as caught:
        refuse_group("train")
    assert caught.value.code == "E2863"
    monkeypatch.setenv("RANK", "0")
    monkeypatch.setenv("LOCAL_RANK", "0")
    monkeypatch.setenv("WORLD_SIZE", "1")
    refuse_group("train")


def test_a_port_in_use_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        for name, value in zip(VARIABLES, ("0", "2", "0", "127.0.0.1", port), strict=True):
            monkeypatch.setenv(name, value)
        with pytest.raises(MachineError, match=port) as caught, join_group(timeout=2):
            pass
    assert caught.value.code == "E5651"


def test_a_mistake_of_ours_is_not_taken_for_a_lost_process() -> None:
    with pytest.raises(RuntimeError, match="shapes"), join_group():
        raise RuntimeError("shapes do not fit")


@pytest.mark.parametrize(("spec", "may"), [(NORMED, False), (DROPPING, True)])
def test_functions_that_may_be_left_out_are_known(spec: Spec, may: bool) -> None:
    assert _may_skip(build(spec)) is may
