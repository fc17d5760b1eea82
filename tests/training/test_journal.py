from __future__ import annotations

import errno
import json
import os

import pytest

from resnets.errors import FileError, MachineError
from resnets.training import START_MARK, Journal, journal
from resnets.training.journal import EVENTS, METRICS, SUMMARY, read_records

RECORDS = [
    {"split": "train", "step": 5, "epoch": 1, "loss": 1.5, "n": 40, "order": "aa"},
    {"split": "validation", "step": 5, "epoch": 1, "loss": 1.25, "top1_error": 40.0, "n": 9},
]


@pytest.fixture
def written(tmp_path) -> Journal:
    """A journal of one epoch."""
    log = Journal(tmp_path)
    log.note("started", step=0)
    for record in RECORDS:
        log.record(record)
    return log


def test_records_are_strict_json_in_order(written):
    lines = (written.folder / METRICS).read_text().splitlines()
    assert [json.loads(line) for line in lines] == RECORDS
    with pytest.raises(ValueError, match="not JSON compliant"):
        written.record({"loss": float("nan")})
    assert read_records(written.folder / METRICS) == RECORDS


def test_the_summary_is_a_table_of_the_records(written):
    written.sync()
    head, train, validation = (written.folder / SUMMARY).read_text().splitlines()
    assert head.startswith("split,step,epoch,loss,top1_error")
    assert train == "train,5,1,1.5,,,,,,40"
    assert validation.startswith("validation,5,1,1.25,40.0")


def test_rewinding_cuts_off_what_came_later(written):
    mark = written.mark()
    before = (written.folder / METRICS).read_bytes()
    written.record({"split": "train", "step": 10, "epoch": 2})
    written.note("noticed")
    assert written.rewind(mark) == []
    assert (written.folder / METRICS).read_bytes() == before
    assert [event["event"] for event in read_records(written.folder / EVENTS)] == [
        "started",
        "noticed",
    ]


def test_rewinding_drops_a_torn_last_line(written):
    mark = written.mark()
    for name in (METRICS, EVENTS):
        with open(written.folder / name, "ab") as file:
            file.write(b'{"split": "trai')
    assert written.rewind(mark) == []
    assert written.mark() == mark


def test_rewinding_to_the_start_empties_the_measurements(written):
    assert written.rewind(START_MARK) == []
    assert (written.folder / METRICS).read_bytes() == b""
    assert Journal(written.folder / "nowhere").mark() == START_MARK


def test_changed_measurements_are_refused_and_a_changed_log_is_told(written):
    mark = written.mark()
    path = written.folder / EVENTS
    path.write_bytes(path.read_bytes().replace(b"started", b"startex"))
    assert written.rewind(mark) == [EVENTS]
    path = written.folder / METRICS
    path.write_bytes(path.read_bytes().replace(b"1.25", b"1.24"))
    with pytest.raises(FileError) as caught:
        written.rewind(mark)
    assert (caught.value.code, caught.value.exit) == ("E4008", 4)
    assert METRICS in caught.value.what


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b'{"loss": NaN}\n', "not finite"),
        (b'{"a": 1, "a": 2}\n', "twice"),
        (b"[1]\n", "no table|not a table"),
        (b"\xff\n", "not UTF-8"),
        (b"{\n", "not valid JSON"),
    ],
)
def test_a_line_that_is_no_record_is_refused_with_its_number(written, line, why):
    with open(written.folder / METRICS, "ab") as file:
        file.write(line + b'{"step": 6}\n')
    with pytest.raises(FileError, match="cannot be used") as caught:
        written.rewind(START_MARK)
    assert caught.value.where["line"] == "3"
    assert any(part in caught.value.why for part in why.split("|"))


def test_a_full_disk_leaves_no_half_line(written, monkeypatch):
    path, real = written.folder / METRICS, open
    before = path.read_bytes()

    class Full:
        def __init__(self, file):
            self.file = file

        def __enter__(self):
            return self

        def __exit__(self, *details):
            self.file.close()

        def tell(self):
            return self.file.tell()

        def write(self, content):
            self.file.write(content[:5])
            self.file.flush()
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(journal, "open", lambda *args: Full(real(*args)), raising=False)
    with pytest.raises(MachineError) as caught:
        written.record({"step": 6})
    assert (caught.value.code, caught.value.exit) == ("E5501", 5)
    assert path.read_bytes() == before
