"""The command as a user runs it, in this process and in one of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from resnets.cli.main import run


@dataclass(frozen=True)
class Answer:
    """What a command left behind: exit code, stdout and stderr."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one JSON line of stdout."""
        (line,) = self.out.splitlines()
        return json.loads(line)

    @property
    def error(self) -> dict[str, Any]:
        """The one JSON line of stderr."""
        (line,) = self.err.splitlines()
        return json.loads(line)


@pytest.fixture
def resnets(
    capsys: pytest.CaptureFixture[str], tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Answer]:
    """Run the command in an empty folder, in this process."""
    monkeypatch.chdir(tmp_path)

    def call(*words: str) -> Answer:
        code = run([str(word) for word in words])
        captured = capsys.readouterr()
        return Answer(code, captured.out, captured.err)

    return call


def run_python(*words: str, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run a Python process of its own."""
    return subprocess.run(
        [sys.executable, *words], capture_output=True, text=True, timeout=120, **options
    )
