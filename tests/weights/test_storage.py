"""Files that several processes write."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from resnets.errors import MachineError
from resnets.weights import take_turns, write_file


def test_writers_of_one_file_take_turns(tmp_path: Path) -> None:
    path = tmp_path / "report.md"

    def write(number: int) -> None:
        for _ in range(25):
            with take_turns(tmp_path):
                write_file(path, str(number) * 10_000)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(4)))
    assert len(set(path.read_text())) == 1
    assert list(tmp_path.iterdir()) == [path]


def test_turns_in_a_folder_that_is_not_there_are_refused(tmp_path: Path) -> None:
    with pytest.raises(MachineError) as caught, take_turns(tmp_path / "none"):
        raise AssertionError("nobody's turn")
    assert caught.value.code == "E5501"
