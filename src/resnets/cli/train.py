"""``resnets train``: from a request to a run folder, or on with one that was stopped."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from resnets.spec import encode, to_json

from . import options as o
from .failure import blank_secrets, crashing_into
from .request import build_request, naming_place, read_given, refuse_changes
from .screen import print_json

if TYPE_CHECKING:
    from resnets.api.training import TrainResult
    from resnets.spec import Run
    from resnets.spec.request import Request


def train(
    context: typer.Context,
    model: o.TrainModel = None,
    data: o.TrainData = None,
    data_dir: o.TrainDataDir = None,
    init: o.Init = None,
    image_size: o.ImageSize = None,
    holdout: o.Holdout = None,
    bad_images: o.BadImages = None,
    allow_missing_classes: o.AllowMissing = None,
    recipe: o.RecipeName = None,
    epochs: o.Epochs = None,
    iterations: o.Iterations = None,
    batch_size: o.TrainBatchSize = None,
    lr: o.LearningRate = None,
    weight_decay: o.WeightDecay = None,
    seed: o.Seed = None,
    set: o.Set = None,
    config: o.Config = None,
    test_curve: o.TestCurve = None,
    record_signal: o.RecordSignal = None,
    device: o.TrainDevice = None,
    precision: o.TrainPrecision = None,
    workers: o.Workers = None,
    tune: o.Tune = None,
    recompute: o.Recompute = None,
    output: o.Output = None,
    resume: o.Resume = None,
    exact: o.Exact = False,
    checkpoint_every: o.CheckpointEvery = None,
    dry_run: o.DryRun = False,
    as_json: o.TrainJson = False,
    quiet: o.TrainQuiet = False,
) -> None:
    """Train a network; without options, resnet20 on real handwritten digits."""
    from resnets.api.resolution import name_output, resolve

    given = read_given(context)
    shown = not (quiet or as_json)
    if resume is not None:
        refuse_changes(given, config, allowed={"data_dir"})
        _finish(_resume(Path(resume), data_dir, exact, shown), as_json)
        return
    request = build_request(given, config)
    with naming_place(given, config):
        run = resolve(request)
        path = Path(request.output or name_output(run))
        if dry_run:
            _print_run(run, path, as_json)
            return
        if not as_json:
            _say_precision(request, run)
        command = blank_secrets(format_command(given, config), os.environ)
        result = _train(run, path, request, command, shown)
    _finish(result, as_json)


def format_command(given: Mapping[str, Any], config: str | None) -> str:
    """Return the command line that repeats this one."""
    words = ["resnets", "train"] + (["--config", config] if config else [])
    for field, value in given.items():
        option = "--" + field.replace("_", "-")
        if value is True:
            words.append(option)
        else:
            for one in value if isinstance(value, (list, tuple)) else [value]:
                words += [option, str(one)]
    return shlex.join(words)


def _train(run: Run, path: Path, request: Request, command: str, shown: bool) -> TrainResult:
    from resnets.api.training import train

    with crashing_into(path):
        return train(
            run,
            path,
            data_dir=request.data_dir,
            workers=request.workers,
            checkpoint_every=request.checkpoint_every or "1ep",
            tune=request.tune,
            recompute=request.recompute,
            progress=shown,
            command=command,
        )


def _resume(path: Path, data_dir: str | None, exact: bool, shown: bool) -> TrainResult:
    from resnets.api.training import resume

    with crashing_into(path):
        return resume(path, data_dir=data_dir, exact=exact, progress=shown)


def _print_run(run: Run, path: Path, as_json: bool) -> None:
    content = {"key": run.key(), "output": str(path), "run": encode(run)}
    print_json(content) if as_json else print(to_json(content), end="")


def _say_precision(request: Request, run: Run) -> None:
    """Say in one line what was chosen for the user; nothing is said about what was asked for."""
    import torch

    from resnets.api.machine import pick_precision

    if request.precision == "auto":
        print(pick_precision("auto", torch.device(run.device))[1], file=sys.stderr)


def _finish(result: TrainResult, as_json: bool) -> None:
    """Print what a finished run is worth, what to do with it, and last where its report is."""
    path, report = result.path, result.path / "report.html"
    names = ("top1_error", "top5_error", "loss", "n")
    splits = {s: {name: found[name] for name in names} for s, found in result.evaluation.items()}
    if as_json:
        about = {"run": str(path), "report": str(report), "exact": result.exact}
        print_json({**about, "evaluation": splits})
        return
    for split, found in splits.items():
        print(
            f"{split} error {found['top1_error']:.2f} % of {found['n']:,} images, "
            f"loss {found['loss']:.4f}"
        )
    print(f"next:  resnets evaluate {path}")
    print(f"       resnets predict {path} PICTURE…")
    print(f"       resnets report {path}")
    print(report)
