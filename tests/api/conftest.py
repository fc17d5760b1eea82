"""One small finished run, and what is read from run folders."""

from __future__ import annotations

import json
import os
import shutil
import signal
from pathlib import Path
from typing import Any

import pytest

from resnets.errors import Interrupted
from resnets.spec import DataSpec, Recipe, Run, Spec, Steps

SPEC = Spec(depths=(1,), widths=(4,), stem_width=4, in_chans=1, num_classes=10, dropout=0.1)
RECIPE = Recipe(length="2ep", batch_size=128, lr=0.1, schedule=Steps(milestones=("1ep",)), ema=0.5)
SMALL = Run(model="tiny", network=SPEC, recipe=RECIPE, data=DataSpec(holdout=200), seed=1)


class Look:
    """What tests read from run folders."""

    @staticmethod
    def table(path: Path) -> dict[str, Any]:
        return json.loads(path.read_text())

    @staticmethod
    def measurements(path: Path) -> list[dict[str, Any]]:
        """Records of a run without what is a time."""
        records = [json.loads(line) for line in (path / "metrics.jsonl").read_text().splitlines()]
        return [{k: v for k, v in r.items() if "second" not in k} for r in records]

    @staticmethod
    def snapshot(path: Path) -> dict[str, tuple[bytes, int]]:
        files = [file for file in sorted(path.rglob("*")) if file.is_file()]
        return {str(f.relative_to(path)): (f.read_bytes(), f.stat().st_mtime_ns) for f in files}

    @classmethod
    def assert_same_result(cls, path: Path, expected: Path) -> None:
        """Compare two run folders byte by byte, but for times and run ids."""
        assert cls.measurements(path) == cls.measurements(expected)
        assert cls.table(path / "evaluation.json") == cls.table(expected / "evaluation.json")
        names = cls.checkpoints(expected)
        assert cls.checkpoints(path) == names
        files = [f"checkpoints/{n}/{f}.safetensors" for n in names for f in ("model", "optimizer")]
        for file in ["model/model.safetensors", *files]:
            assert (path / file).read_bytes() == (expected / file).read_bytes(), file
        assert not [p for p in path.rglob("*") if p.name.startswith(".")]
        assert cls.table(path / "status.json")["exact"]

    @staticmethod
    def checkpoints(path: Path) -> list[str]:
        return sorted(entry.name for entry in (path / "checkpoints").iterdir())


@pytest.fixture
def look() -> type[Look]:
    return Look


@pytest.fixture
def small() -> Run:
    """A run that takes a quarter of a second."""
    return SMALL


@pytest.fixture(scope="session")
def finished(tmp_path_factory) -> Path:
    """That run, finished, with a checkpoint every four steps; no test changes it."""
    from resnets.api.training import train

    path = tmp_path_factory.mktemp("runs") / "demo"
    options = {"command": "resnets train", "license": "MIT"}
    train(SMALL, path, checkpoint_every="4it", progress=False, **options)
    return path


@pytest.fixture(scope="session")
def stopped(tmp_path_factory) -> Path:
    """The same run, stopped by SIGTERM after step 13; no test changes it."""
    from resnets.api.training import train
    from resnets.training import loop, step

    def take_step(state, *args, **kwargs):
        step.take_step(state, *args, **kwargs)
        if state.step == 13:
            os.kill(os.getpid(), signal.SIGTERM)

    path = tmp_path_factory.mktemp("runs") / "demo"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loop, "take_step", take_step)
        with pytest.raises(Interrupted):
            train(SMALL, path, checkpoint_every="4it", progress=False)
    return path


@pytest.fixture
def halted(stopped, tmp_path) -> Path:
    """The stopped run, to change."""
    return Path(shutil.copytree(stopped, tmp_path / "halted"))


@pytest.fixture
def copied(finished, tmp_path) -> Path:
    """The finished run, to change."""
    return Path(shutil.copytree(finished, tmp_path / "demo"))
