"""Several trained networks measured as one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from resnets.errors import ConfigError, escape
from resnets.spec import DataSpec

from .looking import Look, Scene, open_scene
from .targets import is_place

if TYPE_CHECKING:
    from torch import nn

    from resnets.evaluation import Evaluation


@dataclass(frozen=True)
class EnsembleEvaluation:
    """What an ensemble answers, and what its members do alone.

    Args:
        together: figures of the averaged probabilities.
        names: of the members, as they were given.
        members: figures of each, in the same order.
    """

    together: Evaluation
    names: tuple[str, ...]
    members: tuple[Evaluation, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the figures as JSON data: those of the ensemble, with its members."""
        members = [
            {
                "target": name,
                "top1_error": member.top1_error,
                "top5_error": member.top5_error,
                "loss": member.loss,
            }
            for name, member in zip(self.names, self.members, strict=True)
        ]
        return {**self.together.to_dict(), "members": members}


def evaluate_ensemble(
    targets: Sequence[str | Path | nn.Module],
    data: str | DataSpec | None = None,
    *,
    data_dir: str | Path | None = None,
    weights: str | Path | None = None,
    split: str = "test",
    protocol: str = "single",
    precision: str = "fp32",
    device: str | None = None,
    batch_size: int = 256,
) -> EnsembleEvaluation:
    """Measure the average of the class probabilities of several networks.

    Networks may be of any families, depths and input sizes; each is fed as it was trained to be
    fed. They are loaded one after another.

    Args:
        targets: two or more run folders, model folders, networks, or names with ``weights``.
        data: the source; None takes for each network the one that it was trained on, which must
            then be the same.
        weights: for the names among the targets, see ``evaluate``; usually ``pretrained``.
        data_dir, split, protocol, precision, device, batch_size: as in ``evaluate``.

    Returns:
        The figures of the ensemble and of each member.

    Raises:
        ConfigError: there are fewer than two members, or they are for other classes or data.
        DataError, FileError: as ``evaluate``.

    Example:
        >>> found = evaluate_ensemble(["runs/a", "runs/b"])  # doctest: +SKIP
        >>> found.together.top1_error, [member.top1_error for member in found.members]
        ... # doctest: +SKIP

    Source: He et al. 2015, Table 5: six networks of different depths. The paper does not say what
    is averaged; ours are the probabilities, after the average over the views of the protocol.
    """
    from resnets.evaluation import Ensemble

    if len(targets) < 2:
        raise ConfigError(
            "E2852",
            "an ensemble has two members or more",
            what=f"{len(targets)} given",
            do="name several runs, model folders or networks",
        )
    look = Look(data, data_dir, None, split, protocol, precision, device, batch_size)
    names = tuple(_name(target, i) for i, target in enumerate(targets))
    members: list[Evaluation] = []
    first: Scene | None = None
    for name, target in zip(names, targets, strict=True):
        bare = isinstance(target, str) and not is_place(target)
        scene = open_scene(target, replace(look, weights=weights if bare else None))
        if first is None:
            first = scene
            ensemble = Ensemble(scene.dataset.classes, len(scene.dataset.split(split)))
        _check_same(first, scene, names[0], name)
        found = ensemble.add(
            scene.net, scene.batches(), precision=precision, protocol=protocol, crop=scene.crop
        )
        members.append(scene.finish(found))
    notes = dict.fromkeys(note for member in members for note in member.notes)
    together = replace(ensemble.result(), notes=tuple(notes), skipped=members[0].skipped)
    return EnsembleEvaluation(together, names, tuple(members))


def _name(target: str | Path | nn.Module, position: int) -> str:
    if isinstance(target, (str, Path)):
        return str(target)
    return f"network {position + 1}"


def _check_same(first: Scene, scene: Scene, one: str, other: str) -> None:
    """Refuse members that are for other classes, or would be measured on other data.

    Raises:
        ConfigError: both are named.
    """
    ours, theirs = first.dataset, scene.dataset
    split = scene.look.split
    different = ""
    if ours.classes != theirs.classes:
        pairs = zip(ours.classes, theirs.classes, strict=False)
        unlike = next((f": {escape(a)!r} and {escape(b)!r}" for a, b in pairs if a != b), "")
        different = f"{len(ours.classes)} and {len(theirs.classes)} classes{unlike}"
    elif ours.fingerprint != theirs.fingerprint:
        prints = f"{ours.fingerprint[:16]} and {theirs.fingerprint[:16]}"
        different = f"{escape(ours.name)} and {escape(theirs.name)}, fingerprints {prints}"
    elif len(ours.split(split)) != len(theirs.split(split)):
        different = f"{len(ours.split(split)):,} and {len(theirs.split(split)):,} samples"
    if different:
        raise ConfigError(
            "E2853",
            "the members are for different data",
            what=f"{one} and {other}",
            where={"split": split},
            why=different,
            do="name members with the same classes, and the data for all of them:  --data",
        )
