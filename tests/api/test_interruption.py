from __future__ import annotations

import math
import os
import signal
from dataclasses import replace

import pytest
import torch

from resnets import training
from resnets.api import continuation, session
from resnets.api.training import resume, train
from resnets.errors import DivergedError, Interrupted, MachineError
from resnets.training import loop, step
from resnets.weights import read_safetensors


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_signal_saves_and_resuming_ends_as_if_nothing_was(
    finished, tmp_path, monkeypatch, number, code, look, small
):
    monkeypatch.setattr(loop, "take_step", interrupted_at(7, number))
    with pytest.raises(Interrupted) as caught:
        train(small, tmp_path / "run", checkpoint_every="4it", progress=False)
    assert caught.value.exit == code
    status = look.table(tmp_path / "run" / "status.json")
    assert (status["state"], status["step"], status["exit"]) == ("interrupted", 7, code)
    monkeypatch.undo()
    assert resume(tmp_path / "run", progress=False).exact
    look.assert_same_result(tmp_path / "run", finished)


def interrupted_at(number_of_step, number):
    def take_step(state, *args, **kwargs):
        step.take_step(state, *args, **kwargs)
        if state.step == number_of_step:
            os.kill(os.getpid(), number)

    return take_step


def test_a_signal_in_the_final_evaluation_stops_it(finished, tmp_path, monkeypatch, look, small):
    real = continuation.finish

    def finish(*args):
        os.kill(os.getpid(), signal.SIGTERM)
        real(*args)

    monkeypatch.setattr(continuation, "finish", finish)
    with pytest.raises(Interrupted):
        train(small, tmp_path / "run", checkpoint_every="4it", progress=False)
    assert not (tmp_path / "run" / "evaluation.json").exists()
    assert look.table(tmp_path / "run" / "status.json")["step"] == 18
    monkeypatch.undo()
    resume(tmp_path / "run", progress=False)
    look.assert_same_result(tmp_path / "run", finished)


def spoiled_at(number_of_step):
    def take_step(state, guard, forward, images, labels, **kwargs):
        factor = math.nan if state.step + 1 == number_of_step else 1.0
        step.take_step(state, guard, lambda x: forward(x) * factor, images, labels, **kwargs)

    return take_step


@pytest.mark.parametrize(("bad", "kept"), [(1, 0), (11, 9), (18, 16)])
def test_a_diverged_run_keeps_what_was_finite(
    finished, tmp_path, monkeypatch, bad, kept, look, small
):
    path = tmp_path / "run"
    monkeypatch.setattr(loop, "take_step", spoiled_at(bad))
    with pytest.raises(DivergedError) as caught:
        train(small, path, checkpoint_every="4it", progress=False)
    error = caught.value
    assert (error.code, error.exit, error.where["step"]) == ("E6001", 6, str(bad))
    assert error.where["last checkpoint"].endswith(f"step-{kept:08d}")
    status = look.table(path / "status.json")
    assert (status["state"], status["step"], status["exit"]) == ("diverged", kept, 6)
    assert status["error"]["code"] == "E6001"
    for file in (path / "checkpoints").rglob("*.safetensors"):
        assert all(torch.isfinite(tensor).all() for tensor in read_safetensors(file).values())
    if kept >= 9:
        assert look.table(path / "best.json")["generation"] == "step-00000009"
    monkeypatch.undo()
    resume(path, progress=False)
    look.assert_same_result(path, finished)


def test_validation_outputs_that_are_not_finite_are_no_best(tmp_path, monkeypatch, look, small):
    real, calls = session.Session.evaluate, []

    def evaluate(self, split, **options):
        calls.append(split)
        if len(calls) == 2:
            raise DivergedError("E6101", "outputs are not finite", what="12 of 200")
        return real(self, split, **options)

    monkeypatch.setattr(session.Session, "evaluate", evaluate)
    train(small, tmp_path / "run", progress=False)
    assert look.table(tmp_path / "run" / "best.json")["generation"] == "step-00000009"
    events = (tmp_path / "run" / "events.jsonl").read_text()
    assert '"event": "not finite", "split": "validation", "step": 18' in events


def test_a_bug_leaves_a_run_that_goes_on(finished, tmp_path, monkeypatch, look, small):
    monkeypatch.setattr(continuation, "finish", lambda session, license: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        train(small, tmp_path / "run", checkpoint_every="4it", progress=False)
    status = look.table(tmp_path / "run" / "status.json")
    assert (status["state"], status["exit"]) == ("failed", 1)
    monkeypatch.undo()
    resume(tmp_path / "run", progress=False)
    look.assert_same_result(tmp_path / "run", finished)


def test_what_tuning_chose_is_frozen(finished, tmp_path, monkeypatch, look, small):
    chosen = replace(
        training.choose(torch.device("cpu")), channels_last=False, measured=(("a", 1.0),)
    )
    monkeypatch.setattr(training, "tune", lambda *args, **options: chosen)
    monkeypatch.setattr(loop, "take_step", interrupted_at(7, signal.SIGTERM))
    with pytest.raises(Interrupted):
        train(small, tmp_path / "run", tune=True, progress=False)
    assert look.table(tmp_path / "run" / "run.json")["execution"] == chosen.to_dict()
    monkeypatch.undo()
    seen = []
    monkeypatch.setattr(
        training, "place", lambda net, execution, device: seen.append(execution) or net
    )
    resume(tmp_path / "run", progress=False)
    assert seen == [chosen]


def test_outputs_that_do_not_read_back_are_an_error(tmp_path, monkeypatch, small):
    monkeypatch.setattr("resnets.api.training.continue_run", lambda *args, **kwargs: None)
    with pytest.raises(MachineError) as caught:
        train(small, tmp_path / "run", progress=False)
    assert (caught.value.code, caught.value.exit) == ("E5006", 5)
