"""A run folder as training leaves it, made in milliseconds."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from sklearn.datasets import load_digits

from resnets.analysis import count
from resnets.evaluation import evaluate
from resnets.spec import Cosine, DataSpec, Recipe, Run, Spec
from resnets.training import (
    Execution,
    Status,
    create_folder,
    describe_environment,
    write_status,
)
from resnets.weights import write_safetensors

Writer = Callable[..., Path]


def evaluation_of_digits(classes: tuple[str, ...], seed: int = 0) -> tuple[Any, torch.Tensor]:
    """Measure answers that are mostly right on 360 digits; return also the mistaken pictures."""
    bunch = load_digits()
    labels = torch.from_numpy(bunch.target[-360:]).long()
    draw = torch.Generator().manual_seed(seed)
    logits = torch.randn(360, len(classes), generator=draw) * 2.1
    logits[torch.arange(360), labels] += 7.5
    batch = (logits, labels, torch.arange(360))
    result = evaluate(torch.nn.Identity(), [batch], classes)
    images = torch.from_numpy((bunch.images[-360:] * 15.9).astype(np.uint8))[:, None]
    return result, images[[mistake.index for mistake in result.mistakes]]


def measurements(epochs: int, rate: float) -> list[dict[str, Any]]:
    records: list[dict[str, Any]] = []
    noise = np.random.default_rng(0)
    for epoch in range(1, epochs + 1):
        left = (1 + np.cos(np.pi * epoch / 12)) / 2
        common = {"step": 14 * epoch, "epoch": epoch}
        train = 0.3 + 88 * np.exp(-0.75 * epoch) + 0.4 * noise.random()
        records.append(
            {
                "split": "train",
                **common,
                "loss": float(train / 28),
                "top1_error": float(train),
                "lr": float(rate * left),
                "images_per_second": 1840 + 30 * epoch % 70,
                "seconds": 0.71,
                "n": 1437,
                "order": f"{epoch:064x}",
            }
        )
        for split, n, more in (("validation", 144, 2.4),):
            error = more + 70 * np.exp(-0.6 * epoch) + 2.2 * noise.random() * left
            records.append(
                {
                    "split": split,
                    **common,
                    "loss": float(error / 26),
                    "top1_error": float(error),
                    "top5_error": float(error / 12),
                    "n": n,
                }
            )
    return records


@pytest.fixture
def write_run(tmp_path: Path) -> Writer:
    """Return a function that writes a run folder and returns its path."""

    def write(
        epochs: int = 12,
        finished: bool = True,
        classes: tuple[str, ...] = tuple("0123456789"),
        notes: tuple[str, ...] = ("split by seed 0, stratified: 1,437 / 360",),
        command: str = "resnets train --model resnet20",
        error: dict[str, Any] | None = None,
        **fields: Any,
    ) -> Path:
        folder = tmp_path / "demo"
        spec = Spec(
            depths=(3, 3, 3),
            widths=(16, 32, 64),
            shortcut="A",
            in_chans=1,
            num_classes=len(classes),
        )
        recipe = Recipe(
            name="quick",
            source="ours; after He et al. 2015, Section 4.2",
            length="12ep",
            schedule=Cosine(),
            nesterov=True,
            label_smoothing=0.1,
        )
        run = Run(
            **{
                "model": "resnet20",
                "network": spec,
                "recipe": recipe,
                "data": DataSpec(holdout=144),
                **fields,
            }
        )
        facts = {
            "command": command,
            "fingerprint": "9d1c6a4f2b7e8035",
            "notes": list(notes),
            "counts": {"grey": 1797},
            **describe_environment(torch.device("cpu")),
        }
        with create_folder(folder, run, Execution(), facts):
            status = Status("finished" if finished else "running", 14 * epochs, error=error)
            write_status(folder, status)
        files = {"network.json": count(spec, 8).to_dict()}
        if finished:
            result, pictures = evaluation_of_digits(classes)
            files["evaluation.json"] = {"test": result.to_dict()}
            write_safetensors(folder / "mistakes.safetensors", {"test": pictures})
        for name, content in files.items():
            (folder / name).write_text(json.dumps(content, allow_nan=False))
        lines = [json.dumps(record, allow_nan=False) for record in measurements(epochs, recipe.lr)]
        (folder / "metrics.jsonl").write_text("".join(line + "\n" for line in lines))
        return folder

    return write
