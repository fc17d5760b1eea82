"""Units of a trained network deleted and put in another order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from resnets.spec import DataSpec, to_json
from resnets.spec.frozen import reject

from .analysis import Subject, check_output, open_subject
from .limits import check_count, check_list, check_seed
from .looking import SPLITS, check_split
from .machine import pick_precision

if TYPE_CHECKING:
    from torch import Tensor, nn

    from resnets.analysis.lesion import Lesions, Trials

PARTS = ("each", "many", "order")
OnProgress = Callable[[str, float], None]


def lesion(
    target: str | Path | nn.Module,
    data: str | DataSpec | None = None,
    *,
    weights: str | Path | None = None,
    data_dir: str | Path | None = None,
    beside: Sequence[str | Path | nn.Module] = (),
    output: str | Path | None = None,
    parts: Sequence[str] = PARTS,
    most: int = 20,
    repeats: int = 10,
    images: int = 1000,
    reestimate: int = 0,
    split: str = "test",
    precision: str = "auto",
    seed: int = 0,
    device: str | None = None,
    batch_size: int = 250,
    on_progress: OnProgress | None = None,
) -> Lesions:
    """Delete units of a trained network, or change their order, and measure what it then errs.

    A deleted unit leaves its shortcut, with the letters after the sum and a head that both share; a
    unit without a shortcut leaves nothing, if it does not change the shape. The network itself is
    not changed.

    Args:
        target: a run folder, a model folder, a name of the catalog with ``weights``, or a network.
        data, weights, data_dir: as in ``evaluate``.
        beside: other networks with their weights, a plain net or a VGG for contrast: ``each`` is
            measured of them as well, and drawn into the same picture.
        output: a new folder for tables and pictures; None writes nothing.
        parts: ``each`` deletes every unit in turn, ``many`` deletes 1 to ``most`` random ones,
            ``order`` exchanges 1 to ``most`` random pairs of units with equal shapes.
        most: see ``parts``.
        repeats: random draws for each number of units or pairs.
        images: random images for ``many`` and ``order``; ``each`` takes the whole split.
        reestimate: training images on which batch norm's statistics are estimated again for every
            injured network; 0 keeps those of the intact one, as the paper does.
        split: ``test``, ``validation`` or ``train``.
        precision: ``fp32``, ``bf16`` for autocast, or ``auto``: bf16 where it is fast.
        seed: of all draws.
        device, batch_size: as in ``evaluate``.
        on_progress: is told which part is being measured, and how much of it is done, 0 … 1.

    Raises:
        ConfigError: an option is not allowed, the output exists, or no unit can be deleted.
        DataError, FileError: as ``evaluate``.
        DivergedError: the intact network's outputs are not finite.

    Source: Veit, Wilber, Belongie 2016, Section 4, Fig. 3 and 5.
    """
    check_list("beside", beside)
    _check(parts, most, repeats, images, reestimate, split)
    check_count("batch_size", batch_size)
    check_seed(seed)
    if output is not None:
        check_output(output)
    subject = open_subject(
        target,
        data,
        weights=weights,
        data_dir=data_dir,
        seed=seed,
        device=device,
        batch_size=batch_size,
    )
    others = [
        open_subject(
            other, data, data_dir=data_dir, seed=seed, device=device, batch_size=batch_size
        )
        for other in beside
    ]
    for each in (subject, *others):
        check_split(each.dataset, split)
    plan = _Plan(most, repeats, images, reestimate, split, precision, seed, batch_size)
    contrast = [_measure(other, ["each"], plan, on_progress) for other in others]
    found = _measure(subject, parts, plan, on_progress)
    result = replace(found, beside=tuple(contrast))
    if output is not None:
        write_lesions(output, result)
    return result


@dataclass(frozen=True)
class _Plan:
    """What is done to every network; see ``lesion``."""

    most: int
    repeats: int
    images: int
    reestimate: int
    split: str
    precision: str
    seed: int
    batch_size: int


def _measure(
    subject: Subject, parts: Sequence[str], plan: _Plan, on_progress: OnProgress | None
) -> Lesions:
    """Injure one network."""
    from resnets.analysis.lesion import Conditions, Lesions, delete_each, delete_many, reorder

    precision, _ = pick_precision(plan.precision, subject.device)
    calibration = _take_images(subject, plan.reestimate) if plan.reestimate else None
    sample = subject.sample(plan.split, plan.images, plan.seed)
    counts = range(1, plan.most + 1)
    found: dict[str, Trials] = {}
    for part in dict.fromkeys(parts):
        feeder = subject.feeder if part == "each" else sample
        total = len(feeder.dataset.split(plan.split))
        told = _tell(on_progress, f"{subject.name}: {part}", total)
        conditions = Conditions(precision, calibration, told)
        batches = ((x, y) for x, y, _ in feeder.evaluating(plan.split, plan.batch_size))
        if part == "each":
            found[part] = delete_each(subject.net, batches, conditions)
        else:
            measure = delete_many if part == "many" else reorder
            found[part] = measure(
                subject.net, batches, counts, plan.repeats, seed=plan.seed, conditions=conditions
            )
    about = {
        **subject.describe(),
        "split": plan.split,
        "precision": precision,
        "reestimated_on": plan.reestimate,
        "seed": plan.seed,
        "repeats": plan.repeats,
    }
    return Lesions(about, found.get("each"), found.get("many"), found.get("order"))


def write_lesions(path: str | Path, lesions: Lesions) -> None:
    """Write ``lesion.json``, and for every part a table and a picture, to a new folder."""
    from resnets.report.folder import write_folder
    from resnets.report.lesions import draw_lesions, tabulate_lesions

    table = lesions.to_dict()
    pictures = draw_lesions(table)
    write_folder(path, {"lesion.json": to_json(table), **tabulate_lesions(table), **pictures})


def _check(
    parts: Sequence[str], most: int, repeats: int, images: int, reestimate: int, split: str
) -> None:
    check_list("parts", parts)
    for part in parts:
        if part not in PARTS:
            raise reject("parts", part, list(PARTS))
    if not parts:
        raise reject("parts", parts, list(PARTS))
    if split not in SPLITS:
        raise reject("split", split, list(SPLITS))
    for name, value in (("most", most), ("repeats", repeats), ("images", images)):
        check_count(name, value)
    if type(reestimate) is not int or reestimate < 0 or reestimate == 1:
        raise reject("reestimate", reestimate, "0, or 2 images or more")


def _take_images(subject: Subject, count: int) -> Tensor:
    """Return images of the training split, (count, C, H, W), the first of its shuffled order."""
    import torch

    taken: list[Tensor] = []
    for images, _ in subject.feeder.training(epoch=0):
        taken.append(images)
        if sum(map(len, taken)) >= count:
            return torch.cat(taken)[:count]
    raise reject("reestimate", count, f"up to {sum(map(len, taken)):,} training images")


def _tell(on_progress: OnProgress | None, part: str, total: int) -> Callable[[float], None] | None:
    """Return what turns images into the share of a part that is done."""
    if on_progress is None:
        return None
    done = 0.0

    def on_images(images: float) -> None:
        nonlocal done
        done += images
        on_progress(part, done / total)

    return on_images
