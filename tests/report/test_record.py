"""Reading a run folder."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from resnets.errors import FileError
from resnets.report.record import read_record


def test_a_finished_run_is_read(write_run: Callable[..., Path]) -> None:
    record = read_record(write_run())
    assert record.epochs == 12
    assert record.run.model == "resnet20"
    assert record.network["parameters"] == 269_434
    assert [m["epoch"] for m in record.split("validation")] == list(range(1, 13))
    assert record.mistakes is not None
    assert record.mistakes.shape == (23, 1, 8, 8)


def test_a_run_before_its_first_epoch_is_empty(write_run: Callable[..., Path]) -> None:
    folder = write_run(epochs=0, finished=False)
    for name in ("metrics.jsonl", "network.json", "status.json"):
        (folder / name).unlink()
    record = read_record(folder)
    assert (record.epochs, record.metrics, record.evaluation, record.network) == (0, (), {}, {})
    assert record.status is None
    assert record.mistakes is None


def test_a_repeated_epoch_counts_once_with_its_last_value(write_run: Callable[..., Path]) -> None:
    folder = write_run(epochs=2)
    again = {"split": "train", "step": 28, "epoch": 2, "loss": 9.0}
    with open(folder / "metrics.jsonl", "a") as file:
        file.write(json.dumps(again) + "\n")
    train = read_record(folder).split("train")
    assert len(train) == 2
    assert train[1]["loss"] == 9.0


def test_a_record_that_is_being_written_is_left_out(write_run: Callable[..., Path]) -> None:
    folder = write_run(epochs=3)
    with open(folder / "metrics.jsonl", "a") as file:
        file.write('{"split": "train", "st')
    assert read_record(folder).epochs == 3


@pytest.mark.parametrize(
    "line",
    [
        b'{"split": "train", "step": 1, "epoch": 9, "loss": NaN}',
        b'{"split": "train", "step": 1, "epoch": 9',
        b'{"split": "train", "step": 1, "epoch": 9, "epoch": 9}',
        b'{"split": "train", "step": 1, "epoch": "9"}',
        b'{"split": "train", "step": 1, "epoch": 9, "loss": "low"}',
        b'{"split": "train", "epoch": 9}',
        b'{"split": "holdout", "step": 1, "epoch": 9}',
        b"[]",
        b"\xff",
        b"",
    ],
)
def test_a_bad_line_of_the_metrics_is_named(write_run: Callable[..., Path], line: bytes) -> None:
    folder = write_run(epochs=2)
    with open(folder / "metrics.jsonl", "ab") as file:
        file.write(line + b"\n")
    with pytest.raises(FileError, match=r"metrics\.jsonl") as caught:
        read_record(folder)
    assert caught.value.code == "E4008"
    assert caught.value.where["line"] == "5"


@pytest.mark.parametrize("name", ["run.json", "evaluation.json", "network.json"])
@pytest.mark.parametrize("content", [b"{", b"[]", b"\xff", b'{"a": Infinity}'])
def test_a_damaged_file_is_named(write_run: Callable[..., Path], name: str, content: bytes) -> None:
    folder = write_run(epochs=1)
    (folder / name).write_bytes(content)
    with pytest.raises(FileError, match=name) as caught:
        read_record(folder)
    assert caught.value.code == "E4008"


def test_a_changed_config_is_refused(write_run: Callable[..., Path]) -> None:
    folder = write_run(epochs=1)
    text = (folder / "config.json").read_text()
    (folder / "config.json").write_text(text.replace('"seed": 0', '"seed": 1'))
    with pytest.raises(FileError, match=r"config\.json") as caught:
        read_record(folder)
    assert caught.value.code == "E4009"


def test_a_damaged_status_is_no_error(write_run: Callable[..., Path]) -> None:
    folder = write_run(epochs=1)
    (folder / "status.json").write_bytes(b"\x00garbage")
    assert read_record(folder).status is None


def test_what_is_no_run_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none"):
        with pytest.raises(FileError) as caught:
            read_record(path)
        assert caught.value.code == "E4007"
