"""What a person asks for, on the command line or in a configuration file, before it is a run."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, field_validator, model_validator

from resnets.errors import ConfigError, escape, nearest

from .architecture import NETWORKS
from .codec import decode, locate, read_config
from .data import SOURCES, DataSpec
from .frozen import Count, Flag, Frozen, Positive, reject
from .recipe import Length, Recipe

FORMAT = 1
DEVICES = ("auto", "cpu", "cuda", "cuda:N", "mps")
RESERVED = {"con", "prn", "aux", "nul", *(f"{d}{i}" for d in ("com", "lpt") for i in range(1, 10))}

# Words of other programs, and ours for them.
SYNONYMS = {
    "arch": "model",
    "architecture": "model",
    "network_name": "model",
    "dataset": "data",
    "data_path": "data_dir",
    "data_root": "data_dir",
    "learning_rate": "lr",
    "batch": "batch_size",
    "max_steps": "iterations",
    "steps": "iterations",
    "num_epochs": "epochs",
    "num_workers": "workers",
    "output_dir": "output",
    "img_size": "image_size",
    "pretrained": "init",
    "wd": "weight_decay",
    "dtype": "precision",
}


def check_name(text: str) -> str:
    """Return the path of an output if every system can hold it, and it climbs out of nothing.

    Raises:
        ConfigError: a part is ``..``, longer than 255 bytes, reserved or has control characters.
    """
    parts = Path(text).parts
    rule = "a path of plain names, for example runs/demo"
    last = parts[-1] if parts else ""
    if not last or last == "/":
        raise reject("", text, rule, "it names no folder")
    if ".." in parts:
        raise reject("", text, rule, "it climbs out with ..")
    if any(len(part.encode("utf-8", "surrogateescape")) > 255 for part in parts):
        raise reject("", text[:40] + "…", rule, "a name is longer than 255 bytes")
    if escape(text) != text:
        raise reject("", text, rule, "it holds control characters")
    if last.split(".")[0].lower() in RESERVED:
        raise reject("", text, rule, f"{last} is reserved on some systems")
    return text


def _check_device(text: str) -> str:
    if not re.fullmatch(r"auto|cpu|mps|cuda(:\d+)?", text):
        raise reject("", text, list(DEVICES))
    return text


def guess_field(word: str, fields: Iterable[str]) -> list[str]:
    """List the fields that a wrong word may have meant, nearest first, synonyms included."""
    own = {field: field for field in fields}
    names = {**{word: ours for word, ours in SYNONYMS.items() if ours in own}, **own}
    return list(dict.fromkeys(names[match] for match in nearest(word, list(names))))


def _check_fields(content: Iterable[str], kinds: Iterable[type[Frozen]], prefix: str) -> None:
    fields = list(dict.fromkeys(field for kind in kinds for field in kind.model_fields))
    for key in content:
        if key not in fields:
            guesses = guess_field(key, fields)
            raise ConfigError(
                "E2101",
                "unknown field",
                what=prefix + key,
                where={"field": prefix + key},
                do=[f"did you mean {guess}?" for guess in guesses[:1]]
                + [f"allowed: {', '.join(fields)}"],
            )


Output = Annotated[str, AfterValidator(check_name)]


class Request(Frozen):
    """One field for each option of ``resnets train``, and tables for what no option says.

    Args:
        format: version of this layout.
        model: name of a network in the catalog.
        network: fields of the network that differ from the catalog's.
        data, data_dir: the source, and where its files are looked for first.
        recipe: a recipe's name, or a table of its fields in which ``name`` says what they change.
        epochs, iterations: length of the run, one of the two; None takes the recipe's.
        batch_size, lr, weight_decay: as in ``Recipe``; None takes the recipe's.
        seed: of weights, order, augmentation and masks.
        device: ``auto`` takes the first of CUDA, MPS and CPU that is there.
        precision: ``auto`` takes bf16 where the device has it.
        workers: processes that decode images, for data that does not fit in memory.
        output: the run folder; None names it after model, data and key.
        holdout, split_seed, image_size, bad_images, allow_missing_classes: as in ``DataSpec``.
        test_curve, record_signal, init: as in ``Run``.
        checkpoint_every: distance of two checkpoints; None for one an epoch.
        recompute: spare memory by computing feature maps again in the backward pass.
        tune: try layouts and thread counts first, and keep the fastest in ``run.json``.
        set: assignments ``path=value`` to the resolved run, applied last.
    """

    format: Positive = FORMAT
    model: str = "resnet20"
    network: dict[str, Any] = Field(default_factory=dict)
    data: str = "digits"
    data_dir: str | None = None
    recipe: str | dict[str, Any] = "quick"
    epochs: Positive | None = None
    iterations: Positive | None = None
    batch_size: Positive | None = None
    lr: Annotated[float, Field(gt=0.0, strict=True)] | None = None
    weight_decay: Annotated[float, Field(ge=0.0, strict=True)] | None = None
    seed: Annotated[int, Field(ge=0, lt=2**63, strict=True)] = 0
    device: Annotated[str, AfterValidator(_check_device)] = "auto"
    precision: Literal["auto", "fp32", "bf16"] = "auto"
    workers: Count = 0
    output: Output | None = None
    holdout: Count = 0
    split_seed: Count = 0
    image_size: Annotated[int, Field(ge=1, le=4096, strict=True)] | None = None
    bad_images: Literal["refuse", "skip"] = "refuse"
    allow_missing_classes: Flag = False
    test_curve: Flag = False
    record_signal: Count = 0
    init: str = ""
    checkpoint_every: Length | None = None
    recompute: Flag = False
    tune: Flag = False
    set: tuple[str, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _readable(cls, content: Any) -> Any:
        version = content.get("format", FORMAT)
        if isinstance(version, int) and version > FORMAT:
            raise ConfigError(
                "E2250",
                "the configuration is newer than this program",
                what=f"format = {version}",
                where={"field": "format"},
                why=f"it has format {version}, this version reads up to format {FORMAT}",
                do="update resnets, or write the configuration for this version",
            )
        _check_fields(content, (cls,), "")
        for name, kinds in (("network", NETWORKS), ("recipe", (Recipe,))):
            if isinstance(content.get(name), dict):
                _check_fields(content[name], kinds, f"{name}.")
        return content

    @field_validator("data")
    @classmethod
    def _known_source(cls, value: str) -> str:
        try:
            return DataSpec(name=value).name
        except ConfigError:
            raise reject("", value, list(SOURCES)) from None

    @model_validator(mode="after")
    def _one_length(self) -> Request:
        if self.epochs and self.iterations:
            raise reject("iterations", self.iterations, "epochs or iterations, not both")
        return self

    def recipe_parts(self) -> tuple[str, dict[str, Any]]:
        """Return the recipe's name and the fields that this request changes in it."""
        changes = {"name": self.recipe} if isinstance(self.recipe, str) else dict(self.recipe)
        name = changes.pop("name", "quick")
        if self.epochs or self.iterations:
            changes["length"] = f"{self.epochs}ep" if self.epochs else f"{self.iterations}it"
        given = {k: getattr(self, k) for k in ("batch_size", "lr", "weight_decay")}
        return name, changes | {k: v for k, v in given.items() if v is not None}


def read_request(path: str | Path) -> Request:
    """Read a request from a TOML or JSON file.

    Raises:
        ConfigError: as in ``read_config``, or a field is not allowed; with file and line.
    """
    content = read_config(path)
    try:
        return decode(Request, content)
    except ConfigError as error:
        raise locate(error, path) from None


def slug(text: str) -> str:
    """Turn a source such as ``folder:photos/pets`` into a part of a folder's name."""
    kind, _, path = text.partition(":")
    name = f"{kind}-{Path(path).name}" if path else kind
    return re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-.")[:80]
