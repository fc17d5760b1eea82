"""Options that mean the same in every verb, and those of ``train`` by what they are about."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from resnets.spec.frozen import reject


def _option(name: str, text: str, panel: str | None = None, **details: Any) -> Any:
    return typer.Option(name, help=text, rich_help_panel=panel, show_default=False, **details)


def _flag(name: str, text: str, panel: str | None = None) -> Any:
    return _option(name, text, panel, metavar="")


WHAT, HOW, WHERE, OUT = "What is trained", "How", "On what machine", "What is left behind"

Json = Annotated[bool, _flag("--json", "Print one JSON object.")]
DataDir = Annotated[str | None, _option("--data-dir", "Where files are looked for first.")]
Data = Annotated[
    str | None,
    _option("--data", "digits, cifar10, …, folder:PATH or parquet:PATH."),
]
Device = Annotated[
    str | None,
    _option("--device", "auto, cpu, cuda, cuda:N or mps.", metavar="DEVICE"),
]
Weights = Annotated[
    str | None,
    _option(
        "--weights",
        "For a name: a model folder, a file of weights in any known layout, or pretrained, also "
        "pretrained:TAG.",
    ),
]
Mean = Annotated[
    str | None,
    _option("--mean", "Of each channel, 0 to 1: 0.49,0.48,0.45. Default: the model's own."),
]
Std = Annotated[str | None, _option("--std", "Of each channel, as --mean.")]

Subject = Annotated[
    str, typer.Argument(help="A run, a model folder, or a name with --weights.", metavar="RUN")
]
AnalysisOutput = Annotated[
    str | None,
    _option(
        "--output",
        "A new folder for tables and pictures. Default: analysis/<subject>-<analysis>; "
        "with --json none.",
    ),
]
AnalysisSeed = Annotated[int, _option("--seed", "Of every random choice. Default: 0.")]

TrainModel = Annotated[
    str | None,
    _option("--model", "A name of resnets list, or of its families. Default: resnet20.", WHAT),
]
TrainData = Annotated[
    str | None,
    _option("--data", "digits, cifar10, …, folder:PATH, parquet:PATH. Default: digits.", WHAT),
]
TrainDataDir = Annotated[
    str | None, _option("--data-dir", "Where its files are looked for first.", WHAT)
]
Init = Annotated[
    str | None,
    _option("--init", "Start from a run, model folder, weight file, or pretrained[:TAG].", WHAT),
]
ImageSize = Annotated[
    int | None, _option("--image-size", "Side of the input in pixels. Default: the source's.", WHAT)
]
Holdout = Annotated[
    int | None, _option("--holdout", "Training samples kept for validation. Default: 0.", WHAT)
]
BadImages = Annotated[
    str | None, _option("--bad-images", "refuse, or skip and count them. Default: refuse.", WHAT)
]
AllowMissing = Annotated[
    bool | None,
    _flag("--allow-missing-classes", "Accept a class that only training has.", WHAT),
]
RecipeName = Annotated[
    str | None, _option("--recipe", "quick, fine-tune, he2015-cifar, … Default: quick.", HOW)
]
Epochs = Annotated[int | None, _option("--epochs", "Length, instead of the recipe's.", HOW)]
Iterations = Annotated[int | None, _option("--iterations", "The same in steps.", HOW)]
TrainBatchSize = Annotated[int | None, _option("--batch-size", "Images in a step.", HOW)]
LearningRate = Annotated[float | None, _option("--lr", "Learning rate.", HOW)]
WeightDecay = Annotated[float | None, _option("--weight-decay", "Weight decay.", HOW)]
Seed = Annotated[
    int | None, _option("--seed", "Of weights, order, augmentation and masks. Default: 0.", HOW)
]
Set = Annotated[
    list[str] | None,
    _option("--set", "Change any field: network.order=full_preact. Repeatable.", HOW),
]
Config = Annotated[
    str | None, _option("--config", "TOML or JSON with these options; flags override it.", HOW)
]
TestCurve = Annotated[
    bool | None,
    _flag("--test-curve", "Draw the test error by epoch; it selects nothing.", HOW),
]
RecordSignal = Annotated[
    int | None,
    _option("--record-signal", "Images to measure every layer on, by epoch. Default: 0.", HOW),
]
TrainDevice = Annotated[
    str | None, _option("--device", "auto, cpu, cuda, cuda:N or mps. Default: auto.", WHERE)
]
TrainPrecision = Annotated[
    str | None,
    _option("--precision", "auto, fp32 or bf16. Default: auto: bf16 where it is fast.", WHERE),
]
Workers = Annotated[
    int | None, _option("--workers", "Processes that decode large data. Default: 0.", WHERE)
]
Tune = Annotated[
    bool | None, _flag("--tune", "Measure layouts and threads first; keep the fastest.", WHERE)
]
Recompute = Annotated[
    bool | None, _flag("--recompute", "Spare memory: compute maps again going back.", WHERE)
]
Output = Annotated[
    str | None, _option("--output", "The run folder. Default: runs/<model>-<data>-<key>.", OUT)
]
Resume = Annotated[str | None, _option("--resume", "Go on with a run that was stopped.", OUT)]
Exact = Annotated[bool, _flag("--exact", "Resume only where the result is bit-identical.", OUT)]
CheckpointEvery = Annotated[
    str | None, _option("--checkpoint-every", "500it or 2ep. Default: 1ep.", OUT)
]
DryRun = Annotated[
    bool, _flag("--dry-run", "Print the resolved run and its key; write nothing.", OUT)
]
TrainJson = Annotated[bool, _flag("--json", "Print one JSON object.", OUT)]
TrainQuiet = Annotated[bool, _flag("--quiet", "Print no progress.", OUT)]


def parse_numbers(option: str, text: str | None) -> tuple[float, ...] | None:
    """Read numbers with commas between them, ``0.49,0.48,0.45``; None for an option not given.

    Raises:
        ConfigError: a part is no number.
    """
    if text is None:
        return None
    try:
        return tuple(float(part) for part in text.split(","))
    except ValueError:
        rule = "numbers with commas between them, one for each channel: 0.49,0.48,0.45"
        raise reject(option, text, rule) from None
