"""Whether a run folder is what it says: every promise about its files, tried one by one."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from resnets.errors import ResnetsError

if TYPE_CHECKING:
    from resnets.training import Generation, RunFolder, Status, Store


@dataclass(frozen=True)
class Finding:
    """A promise that a run folder does not keep.

    Args:
        file: path within the run folder.
        problem: what is wrong with it.
    """

    file: str
    problem: str


def verify(path: str | Path) -> list[Finding]:
    """Check a run folder: checkpoints, measurements, configuration, and outputs if it finished.

    What a killed process leaves behind is no finding: half-written hidden files, a torn last line,
    a state of ``running``, a summary that lags behind.

    Args:
        path: the run folder; nothing in it is changed.

    Returns:
        What was found; empty if all is well.

    Raises:
        FileError: the folder holds no run.
    """
    from resnets.training import Store, check_run, read_folder

    path = Path(path)
    check_run(path)
    findings = list(_check_links(path))
    try:
        folder = read_folder(path)
    except ResnetsError as error:
        return [*findings, _describe(path, error)]
    if not folder.intact:
        findings.append(Finding("run.json", "it was changed after it was written"))
    store = Store(folder.checkpoints, folder.id)
    generations: dict[int, Generation] = {}
    for step in store.list_steps():
        try:
            generations[step] = store.read(step)
        except ResnetsError as error:
            if store.path(step).exists():  # it may have been removed by the run meanwhile
                findings.append(_describe(path, error))
    if store.list_steps() and not generations:
        findings.append(Finding("checkpoints", "none of them is complete"))
    for generation in generations.values():
        findings += _check_generation(folder, generation)
    findings += _check_journal(folder, generations)
    findings += _check_best(folder, store, generations)
    findings += _check_status(folder, generations)
    return findings


def _check_links(path: Path) -> Iterator[Finding]:
    for entry in sorted(path.rglob("*")):
        if entry.is_symlink():
            yield Finding(str(entry.relative_to(path)), "it is a symbolic link")


def _check_generation(folder: RunFolder, generation: Generation) -> Iterator[Finding]:
    """Check that the tensors are finite, and those of the run's network."""
    from resnets.networks import build
    from resnets.weights import check_finite, load_state, parse_safetensors

    place = generation.path.relative_to(folder.path)
    try:
        model = parse_safetensors(generation.files["model.safetensors"], "model.safetensors")
        moving = parse_safetensors(generation.files["optimizer.safetensors"], "optimizer")
        load_state(build(folder.run.network), model)
        check_finite({**model, **moving})
        if generation.read_state().get("step") != generation.step:
            yield Finding(str(place / "state.json"), "it is the state of another step")
    except ResnetsError as error:
        yield Finding(str(place), f"{error.title}: {error.what} {error.why}".strip())


def _check_journal(folder: RunFolder, generations: dict[int, Generation]) -> Iterator[Finding]:
    from resnets.training.journal import (
        EVENTS,
        METRICS,
        SUMMARY,
        format_summary,
        matches,
        read_records,
    )

    files: dict[str, list[dict[str, Any]]] = {}
    for name in (METRICS, EVENTS):
        try:
            files[name] = read_records(folder.path / name)
        except ResnetsError as error:
            yield _describe(folder.path, error)
            continue
        for generation in generations.values():
            mark = generation.read_state().get("journal", {}).get(name)
            if not matches(folder.path / name, mark):
                yield Finding(name, f"what stood there at {generation.path.name} was changed")
                break
    if METRICS not in files:
        return
    steps = [record.get("step", -1) for record in files[METRICS]]
    if steps != sorted(steps):
        yield Finding(METRICS, "its steps are not in order")
    summary = folder.path / SUMMARY
    text = summary.read_bytes() if summary.is_file() else b""
    if not format_summary(files[METRICS]).encode().startswith(text):
        yield Finding(SUMMARY, f"it is not the table of {METRICS}")


def _check_best(
    folder: RunFolder, store: Store, generations: dict[int, Generation]
) -> Iterator[Finding]:
    from resnets.training import BEST
    from resnets.training.sealed import read_sealed

    file = folder.path / BEST
    if not file.exists():
        states = [generation.read_state() for generation in generations.values()]
        if states and all(state.get("best") for state in states):
            yield Finding(BEST, "it is missing")
        return
    try:
        content, intact = read_sealed(file)
    except ResnetsError as error:
        yield _describe(folder.path, error)
        return
    if not intact:
        yield Finding(BEST, "it was changed after it was written")
    elif content["generation"] not in {store.path(step).name for step in generations}:
        yield Finding(BEST, f"it names {content['generation']}, which is no complete checkpoint")


def _check_status(folder: RunFolder, generations: dict[int, Generation]) -> Iterator[Finding]:
    from resnets.training import STATUS, read_status
    from resnets.training.journal import EVENTS, matches
    from resnets.training.outputs import check_outputs

    status: Status | None = None
    with contextlib.suppress(ResnetsError):
        status = read_status(folder.path)
    if status is None:
        if generations:
            yield Finding(STATUS, "it is missing or was changed; resuming writes it anew")
        return
    if not matches(folder.path / EVENTS, status.journal.get(EVENTS)):
        yield Finding(EVENTS, f"what stood there when {STATUS} was written was changed")
    if status.state == "finished":
        for name in check_outputs(folder.path, status.outputs):
            yield Finding(name, "it is missing, or not what the run wrote")
        if status.step not in generations:
            yield Finding(STATUS, f"it says step {status.step}, which has no complete checkpoint")


def _describe(path: Path, error: ResnetsError) -> Finding:
    file = Path(error.what)
    name = str(file.relative_to(path)) if file.is_relative_to(path) else error.what
    line = f" (line {error.where['line']})" if "line" in error.where else ""
    return Finding(name, f"{error.title}: {error.why}{line}")
