"""The signal by epoch: recorded while a network is trained, and read back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from resnets.analysis.signal import SignalRecorder, measure_signal, read_signal, record
from resnets.errors import FileError
from resnets.networks import build
from resnets.spec import Recipe, Spec
from resnets.training import EpochSummary, start_state

SPEC = Spec(depths=(1,), widths=(4,), stem_width=4, in_chans=1, num_classes=3)


@pytest.fixture
def batch() -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    images = torch.randn(6, 1, 8, 8, generator=generator)
    return images, torch.randint(0, 3, (6,), generator=generator)


@pytest.fixture
def state():
    return start_state(build(SPEC, seed=3), Recipe(length="2ep", batch_size=8, lr=0.1))


def end_epoch(recorder: SignalRecorder, state, epoch: int) -> None:
    state.step = 5 * epoch
    assert recorder.hooks.on_epoch is not None
    summary = EpochSummary(state.step, epoch, epoch - 1, 1.0, 50.0, 0.1, 1.0, 40)
    recorder.hooks.on_epoch(state, summary)


def test_a_line_before_training_and_one_for_each_epoch(tmp_path: Path, state, batch) -> None:
    recorder = SignalRecorder(tmp_path / "signal.jsonl", [batch], kinds=["unit", "convolution"])
    before = {name: tensor.clone() for name, tensor in state.net.state_dict().items()}
    recorder.hooks.on_start(state)
    end_epoch(recorder, state, 1)
    found = read_signal(recorder.path)
    assert [(line["step"], line["epoch"], line["n"]) for line in found] == [(0, 0.0, 6), (5, 1, 6)]
    measured = measure_signal(state.net, [batch], kinds=["unit", "convolution"], statistics="batch")
    assert found[1] == json.loads(json.dumps(record(measured, 5, 1)))
    assert [layer["kind"] for layer in found[0]["layers"]] == ["convolution"] * 3 + ["unit"]
    assert all(torch.equal(before[k], v) for k, v in state.net.state_dict().items())


def test_a_resumed_run_drops_what_lies_ahead_of_it(tmp_path: Path, state, batch) -> None:
    recorder = SignalRecorder(tmp_path / "signal.jsonl", [batch])
    recorder.hooks.on_start(state)
    for epoch in (1, 2):
        end_epoch(recorder, state, epoch)
    with recorder.path.open("a") as file:
        file.write('{"step": 15, "torn')
    state.step = 5
    recorder.hooks.on_start(state)
    assert [line["step"] for line in read_signal(recorder.path)] == [0, 5]
    assert recorder.path.read_text().endswith("\n")
    end_epoch(recorder, state, 2)
    assert [line["step"] for line in read_signal(recorder.path)] == [0, 5, 10]


def test_a_record_that_was_changed_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "signal.jsonl"
    assert read_signal(path) == []
    path.write_text('{"step": 0, "layers": []}\n{"step": "1", "layers": []}\n')
    with pytest.raises(FileError) as caught:
        read_signal(path)
    assert (caught.value.code, caught.value.where) == ("E4700", {"line": "2"})
