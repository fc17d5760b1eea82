"""Numbers and decisions in words."""

from __future__ import annotations

import pytest

from resnets.report import numbers
from resnets.report.words import describe_data, describe_machine, describe_recipe, write_command
from resnets.spec import (
    Constant,
    Cosine,
    DataSpec,
    Linear,
    Plateau,
    Recipe,
    Run,
    Spec,
    Steps,
    Warmup,
)

RUN = Run(network=Spec(depths=(1,), widths=(4,)), data=DataSpec(name="folder:a\x1b[2Jb"))


@pytest.mark.parametrize(
    ("schedule", "words"),
    [
        (Steps(milestones=("32000it", "48000it")), "0.1, times 0.1 at 32000it, 48000it"),
        (Cosine(final=0.01), "0.1, half a cosine to 0.01 of it"),
        (Linear(), "0.1, along a line to 0 of it"),
        (Plateau(patience=3), "0.1, times 0.1 after 3 epochs without a lower error"),
        (Constant(), "0.1, constant"),
    ],
)
def test_every_schedule_has_words(schedule: object, words: str) -> None:
    rows = dict(describe_recipe(Recipe(schedule=schedule)))
    assert rows["Learning rate"] == words


def test_a_recipe_in_words() -> None:
    recipe = Recipe(
        length="64000it",
        warmup=Warmup(length="400it", start=0.1),
        decay_norm_and_bias=False,
        label_smoothing=0.1,
        ema=0.999,
        augment="none",
        normalize="pixel-mean",
    )
    rows = dict(describe_recipe(recipe))
    assert rows["Length"] == "64000 iterations"
    assert rows["Warm-up"] == "400 iterations at 0.1 of the rate"
    assert rows["Optimizer"] == "SGD, momentum 0.9"
    assert rows["Weight decay"] == "0.0001 on weights, not batch norm and biases"
    assert rows["Label smoothing"] == "0.1"
    assert rows["Weight average"] == "decay 0.999; it is evaluated"
    assert rows["Augmentation"] == "none"
    assert rows["Normalisation"] == "mean of each pixel"
    climb = recipe.replace(warmup=Warmup(length="20%", kind="linear"), weight_decay=0.0)
    rows = dict(describe_recipe(climb))
    assert rows["Warm-up"] == "20 % of the run from 0.1 of the rate up"
    assert rows["Weight decay"] == "none"


def test_data_in_words() -> None:
    facts = {"fingerprint": "ab12", "counts": {"CMYK": 3, "suffix .txt": 1200}}
    rows = dict(describe_data(RUN, facts, [f"c{i}" for i in range(30)]))
    assert rows["Source"] == "folder:a\\x1b[2Jb"
    assert rows["Fingerprint"] == "ab12"
    assert rows["Classes"].startswith("30: c0, c1, ")
    assert rows["Classes"].endswith("c19 and 10 more")
    assert (rows["CMYK"], rows["Suffix .txt"]) == ("3", "1,200")
    assert "Validation" not in rows


def test_the_machine_in_words() -> None:
    facts = {
        "cpu": "a\x07b",
        "execution": {"channels_last": True, "threads": 2, "compile": False, "measured": []},
        "versions": {"torch": "2.15.0"},
        "command": "resnets train\x1b[2J",
    }
    rows = dict(describe_machine(RUN, facts))
    assert rows["Processor"] == "a\\x07b"
    assert rows["Execution"] == "channels last yes, threads 2, compile no"
    assert rows["torch"] == "2.15.0"
    assert write_command(facts) == "resnets train\\x1b[2J"
    assert write_command({}) == ""


@pytest.mark.parametrize(
    ("write", "value", "text"),
    [
        (numbers.percent, 8.754, "8.75\u202f%"),
        (numbers.percent, None, "–"),
        (numbers.plain, 12, "12"),
        (numbers.plain, 1.5, "1.5"),
        (numbers.count, 269722, "269,722"),
        (numbers.size, 40_813_184, "40.8\u202fM"),
        (numbers.size, 2_520_000_000, "2.52\u202fG"),
        (numbers.size, 9216, "9.22\u202fk"),
        (numbers.size, 640, "640"),
        (numbers.size, None, "–"),
        (numbers.duration, 8.52, "8.52\u202fs"),
        (numbers.duration, 600, "10\u202fmin"),
        (numbers.duration, 7384, "2\u202fh 03\u202fmin"),
        (numbers.figure, 1.1001350, "1.100"),
        (numbers.figure, 0.19204, "0.1920"),
        (numbers.figure, 12345.6, "12,346"),
        (numbers.figure, float("nan"), "–"),
    ],
)
def test_numbers(write: object, value: float | None, text: str) -> None:
    assert write(value) == text  # type: ignore[operator]


def test_augmentation_is_told_in_words() -> None:
    from resnets.report.words import describe_augmentation

    assert describe_augmentation(Recipe(augment="none")) == "none"
    assert describe_augmentation(Recipe(crop="scale", lighting=0.1)) == (
        "crops of images with a shorter side of 256 to 480, for inputs of 224; colour noise of 0.1"
    )
    assert describe_augmentation(Recipe(crop="area", jitter=0.4)) == (
        "crops of random area and shape; brightness, contrast and saturation by up to 0.4"
    )
