"""The paths through networks, counted, and the gradient that they carry where there are weights."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from resnets.errors import ConfigError
from resnets.spec import DataSpec, FamilySpec, Network, Spec, to_json
from resnets.spec.frozen import reject

from .analysis import check_output, name_subject, open_subject
from .limits import check_count, check_list, check_seed
from .models import read_model_config
from .targets import is_own, is_place, look_up_target, need_spec

if TYPE_CHECKING:
    from torch import Tensor, nn

    from resnets.analysis.paths import PathGradient, Paths, Profile

    from .analysis import Subject

    Target = str | Path | nn.Module

OnProgress = Callable[[str, float], None]


@dataclass(frozen=True)
class Unravelled:
    """Networks as the paths through them.

    Args:
        profiles: of each network.
        about: what each one was measured on, as JSON data; empty where nothing was.
        between: lengths, shortest and longest, of which the share was asked for.
    """

    profiles: tuple[Profile, ...]
    about: tuple[dict[str, Any], ...]
    between: tuple[tuple[int, int], ...] = field(default=())

    def to_dict(self) -> dict[str, Any]:
        """Return the first network as JSON data, and the others under ``beside``."""
        pairs = zip(self.profiles, self.about, strict=True)
        first, *others = ({**about, **profile.to_dict(self.between)} for profile, about in pairs)
        return {"analysis": "paths", **first, "beside": others}


def paths(
    *targets: str | Path | nn.Module | Network,
    data: str | DataSpec | None = None,
    weights: str | Path | None = None,
    data_dir: str | Path | None = None,
    output: str | Path | None = None,
    between: Sequence[tuple[int, int]] = (),
    exact: bool = False,
    images: int = 64,
    repeats: int = 10,
    seed: int = 0,
    device: str | None = None,
    batch_size: int = 32,
    on_progress: OnProgress | None = None,
) -> Unravelled:
    """Count the paths through networks by length, and measure the gradient that they carry.

    Counts need no weights and are exact. Gradients are measured where there are weights and data:
    of runs, model folders, names with ``weights``, and networks that ``load`` answered or that
    come with ``data``.

    Args:
        targets: what ``evaluate`` takes, and names of the catalog without weights or specs;
            several are shown side by side.
        data, weights, data_dir: as in ``evaluate``; weights are for a single name, and data is for
            gradients.
        output: a new folder for tables and pictures; None writes nothing.
        between: lengths, shortest and longest, of which the share is wanted.
        exact: count only.
        images: of the training split, on which gradients are measured.
        repeats: paths that are drawn for each length and batch.
        seed: of images and paths.
        device: as in ``evaluate``.
        batch_size: images in a batch; activations of all units are kept at once.
        on_progress: is told which network is being measured, and how much is done, 0 … 1.

    Raises:
        ConfigError: an option is not allowed, the output exists, or a network has no units.
        DataError, FileError: as ``evaluate``.
        DivergedError: a loss is not finite.

    Example:
        >>> found = paths("preresnet110").to_dict()
        >>> found["mean_length"], found["bulk"]["from"], found["bulk"]["to"]
        (27, 19, 35)

    Source: Veit, Wilber, Belongie 2016, Section 4.4, Fig. 6; Abdi & Nahavandi 2016, Section III.
    """
    measurable = [_can_measure(target, weights, data) for target in targets]
    _check(targets, weights, between)
    for name, value in (("images", images), ("repeats", repeats), ("batch_size", batch_size)):
        check_count(name, value)
    check_seed(seed)
    if not any(measurable):
        _refuse_data(data, data_dir)
    if output is not None:
        check_output(output)
    from resnets.analysis.paths import Profile

    profiles, about = [], []
    for target, can_measure in zip(targets, measurable, strict=True):
        counts = _count(target)
        if not counts.units:
            raise _refuse(target)
        gradients: list[PathGradient] = []
        conditions: dict[str, Any] = {}
        if can_measure and not exact:
            subject = open_subject(
                cast("Target", target),
                data,
                weights=weights,
                data_dir=data_dir,
                seed=seed,
                device=device,
                batch_size=min(batch_size, images),
            )
            gradients = _measure(subject, images, repeats, seed, on_progress)
            conditions = {**subject.describe(), "seed": seed, "repeats": repeats}
        profiles.append(Profile(name_subject(target), counts, tuple(gradients)))
        about.append(conditions)
    result = Unravelled(tuple(profiles), tuple(about), tuple(between))
    if output is not None:
        write_paths(output, result)
    return result


def write_paths(path: str | Path, found: Unravelled) -> None:
    """Write ``paths.json``, a table and a picture to a new folder."""
    from resnets.report.folder import write_folder
    from resnets.report.paths import draw_paths, tabulate_paths

    table = found.to_dict()
    pictures = draw_paths(table)
    write_folder(path, {"paths.json": to_json(table), **tabulate_paths(table), **pictures})


def _count(target: Target | Network) -> Paths:
    from resnets.analysis.paths import count_paths, count_places

    if not is_own(target):
        return count_paths(read_spec(target))
    from resnets.analysis.walk import walk

    return count_places(walk(cast(Any, target)).places)


def _measure(
    subject: Subject, images: int, repeats: int, seed: int, on_progress: OnProgress | None
) -> list[PathGradient]:
    from resnets.analysis.paths.gradients import measure_gradients

    done = 0.0

    def on_share(share: float) -> None:
        nonlocal done
        done += share / -(-images // subject.feeder.batch_size)
        if on_progress is not None:
            on_progress(subject.name, done)

    batches = _take(subject, images)
    return measure_gradients(subject.net, batches, repeats=repeats, seed=seed, on_share=on_share)


def _take(subject: Subject, count: int) -> Iterator[tuple[Tensor, Tensor]]:
    """Yield the first training images of a shuffled order, ``count`` or all there are."""
    for images, labels in subject.feeder.training(epoch=0):
        yield images[:count], labels[:count]
        count -= len(images)
        if count <= 0:
            return


def read_spec(target: Target | Network) -> Network:
    """Return the architecture of a network, run, model folder or name; weights are not read."""
    if isinstance(target, (Spec, FamilySpec)):
        return target
    if not isinstance(target, (str, os.PathLike)):
        return need_spec(target)
    return read_model_config(target).network if is_place(target) else look_up_target(str(target))


def _can_measure(
    target: Target | Network, weights: str | Path | None, data: str | DataSpec | None
) -> bool:
    if isinstance(target, (Spec, FamilySpec)):
        return False
    if isinstance(target, (str, os.PathLike)):
        return weights is not None or is_place(target)
    config = getattr(target, "config", None)  # what ``load`` leaves
    return data is not None or (config is not None and config.data is not None)


def _check(
    targets: Sequence[object],
    weights: str | Path | None,
    between: Sequence[tuple[int, int]],
) -> None:
    if not targets:
        raise reject("targets", targets, "one network or more")
    if weights is not None and len(targets) > 1:
        raise ConfigError(
            "E2655",
            "weights are for a single name",
            what=f"{len(targets)} networks",
            where={"option": "--weights"},
            do="analyse one network at a time, or give run or model folders",
        )
    check_list("between", between)
    for span in between:
        match span:
            case (int(low), int(high)) if 0 <= low <= high:
                continue
            case (int(low), int(high)):
                given: object = f"{low}-{high}"
            case _:
                given = span
        raise reject("between", given, "two lengths, the shorter one first: [(5, 17)]")


def _refuse_data(data: str | DataSpec | None, data_dir: str | Path | None) -> None:
    """Refuse data where there is nothing to measure on it."""
    for option, value in (("--data", data), ("--data-dir", data_dir)):
        if value is not None:
            raise ConfigError(
                "E2657",
                "there is nothing to measure on data",
                what=value,
                where={"option": option},
                why="paths are counted without it, and gradients need weights",
                do="leave it out, or give weights:  a run or model folder, or --weights",
            )


def _refuse(target: object) -> ConfigError:
    return ConfigError(
        "E2652",
        "the network has no units",
        what=name_subject(cast(Any, target)),
        why="paths go from unit to unit",
        do="give a network of resnets list",
    )
