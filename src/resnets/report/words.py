"""What was asked for and what was found, as rows of words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from resnets.errors import escape
from resnets.spec import Recipe, Run

Rows = list[tuple[str, str]]
NORMALISATIONS = {
    "mean-std": "mean and deviation of each channel",
    "pixel-mean": "mean of each pixel",
}


def describe_recipe(recipe: Recipe) -> Rows:
    """Say how a network is trained, one row for each decision."""
    schedule = recipe.schedule
    falls = {
        "steps": lambda s: f"times {s.factor:g} at {', '.join(s.milestones)}",
        "exponential": lambda s: f"times {s.factor:g} every {_length(s.every)}",
        "cosine": lambda s: f"half a cosine to {s.final:g} of it",
        "linear": lambda s: f"along a line to {s.final:g} of it",
        "plateau": lambda s: f"times {s.factor:g} after {s.patience} epochs without a lower error",
        "constant": lambda s: "constant",
    }[schedule.kind](schedule)
    warmup = recipe.warmup
    start = f"{warmup.start:g} of the rate"
    climb = f"from {start} up" if warmup.kind == "linear" else f"at {start}"
    decayed = "all weights" if recipe.decay_norm_and_bias else "weights, not batch norm and biases"
    momentum = f"{'Nesterov ' * recipe.nesterov}momentum {recipe.momentum:g}"
    optimizer = {
        "sgd": f"SGD, {momentum}",
        "rmsprop": f"RMSProp, decay {recipe.decay:g}, ε {recipe.eps:g}, {momentum}",
    }[recipe.optimizer]
    rows = [
        ("Name", recipe.name),
        ("Source", recipe.source or "–"),
        ("Length", _length(recipe.length)),
        ("Batch size", f"{recipe.batch_size}"),
        ("Optimizer", optimizer),
        ("Learning rate", f"{recipe.lr:g}, {falls}"),
        ("Warm-up", f"{_length(warmup.length)} {climb}" if warmup.length[0] != "0" else "none"),
        (
            "Weight decay",
            f"{recipe.weight_decay:g} on {decayed}" if recipe.weight_decay else "none",
        ),
        ("Gradients", f"clipped to a norm of {recipe.clip:g}" if recipe.clip else "not clipped"),
        ("Label smoothing", f"{recipe.label_smoothing:g}" if recipe.label_smoothing else "none"),
        ("Weight average", f"decay {recipe.ema:g}; it is evaluated" if recipe.ema else "none"),
        ("Augmentation", describe_augmentation(recipe)),
        ("Normalisation", NORMALISATIONS[recipe.normalize]),
    ]
    return show(rows)


def describe_augmentation(recipe: Recipe) -> str:
    """Say what happens to training images."""
    if recipe.augment == "none":
        return "none"
    low, high = recipe.scales
    parts = [
        {
            "source": "as the source allows",
            "scale": f"crops of images with a shorter side of {low} to {high}, for inputs of 224",
            "area": "crops of random area and shape",
        }[recipe.crop]
    ]
    if recipe.jitter:
        parts.append(f"brightness, contrast and saturation by up to {recipe.jitter:g}")
    if recipe.lighting:
        parts.append(f"colour noise of {recipe.lighting:g}")
    return "; ".join(parts)


def describe_data(run: Run, facts: Mapping[str, Any], classes: Sequence[str]) -> Rows:
    """Say what a network was trained on."""
    data = run.data
    rows = [
        ("Source", data.name),
        ("Fingerprint", str(facts.get("fingerprint", "–"))),
    ]
    if classes:
        more = f" and {len(classes) - 20:,} more" if len(classes) > 20 else ""
        rows.append(("Classes", f"{len(classes):,}: {', '.join(classes[:20])}{more}"))
    if data.holdout:
        held = f"{data.holdout:,} training samples, by class share, seed {data.split_seed}"
        rows.append(("Validation", held))
    rows += [(_title(key), f"{value:,}") for key, value in facts.get("counts", {}).items()]
    return show(rows)


def describe_machine(run: Run, facts: Mapping[str, Any]) -> Rows:
    """Say what it ran on."""
    rows = [("Seed", str(run.seed)), ("Device", run.device), ("Precision", run.precision)]
    names = {
        "device_name": "Name of the device",
        "cpu": "Processor",
        "cpu_capability": "Instructions",
        "platform": "System",
        "created": "Started",
    }
    rows += [(title, str(facts[key])) for key, title in names.items() if facts.get(key)]
    execution = {k: v for k, v in facts.get("execution", {}).items() if k != "measured"}
    rows.append(("Execution", _flat(execution)))
    rows += [(name, str(version)) for name, version in facts.get("versions", {}).items()]
    return show(rows)


def write_command(facts: Mapping[str, Any]) -> str:
    """Return the command that started the run; empty where it was started from Python."""
    return escape(facts.get("command", ""))


def show(rows: Rows) -> Rows:
    """Make rows with foreign names safe to print."""
    return [(escape(key), escape(value)) for key, value in rows]


def _length(text: str) -> str:
    units = {"it": " iterations", "ep": " epochs", "%": " % of the run"}
    unit = next(unit for unit in units if text.endswith(unit))
    return text.removesuffix(unit) + units[unit]


def _title(key: str) -> str:
    text = key.replace("_", " ")
    return text[:1].upper() + text[1:]


def _flat(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key.replace('_', ' ')} {_flat(v)}" for key, v in value.items())
    if isinstance(value, (list, tuple)):
        return ", ".join(map(_flat, value))
    if isinstance(value, bool) or value is None:
        return {True: "yes", False: "no", None: "–"}[value]
    return str(value)
