"""What a finished run leaves, by name, and whether it is still what the run wrote."""

from __future__ import annotations

import hashlib
from collections.abc import Container, Mapping
from pathlib import Path

from resnets.errors import FileError
from resnets.weights import read_file

EVALUATION, MISTAKES, NETWORK, REPORT = (
    "evaluation.json",
    "mistakes.safetensors",
    "network.json",
    "report.html",
)
SOURCES = {"run.json", "config.json"}
"""Outputs that a run was begun with, and that nothing can write again."""
OUTPUTS = (
    "run.json",
    "config.json",
    "metrics.jsonl",
    "events.jsonl",
    "summary.csv",
    "best.json",
    EVALUATION,
    MISTAKES,
    NETWORK,
    "model/config.json",
    "model/model.safetensors",
    "model/README.md",
    "model/MANIFEST.json",
    REPORT,
)


def digest_outputs(folder: Path, names: Container[str] = OUTPUTS) -> dict[str, str]:
    """Return the sha256 of those outputs that are there, by their paths in the folder."""
    return {
        name: hashlib.sha256(read_file(folder / name)).hexdigest()
        for name in OUTPUTS
        if name in names and (folder / name).exists()
    }


def check_outputs(folder: Path, outputs: Mapping[str, str]) -> list[str]:
    """List the outputs of a finished run that are missing or changed."""
    found = digest_outputs(folder, outputs)
    return [name for name, digest in outputs.items() if found.get(name) != digest]


def refuse_outputs(folder: Path, names: list[str]) -> FileError:
    """Return the error for a finished run whose outputs were changed."""
    do = ["restore it from a copy"]
    if names == [REPORT]:
        do = [f"write it again:  resnets report {folder}"]
    if not SOURCES & set(names):
        do += ["or delete status.json and resume: outputs are written again"]
    return FileError(
        "E4010",
        "an output of the finished run is missing or changed",
        what=folder / names[0],
        why=f"of its files {len(names)} are not what status.json lists",
        do=do,
    )
