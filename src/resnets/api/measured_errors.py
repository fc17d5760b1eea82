"""Errors and losses that a study computes from a trained network."""

from __future__ import annotations

from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING

from resnets.studies.measures import Value

if TYPE_CHECKING:
    from resnets.analysis.lesion import Trials

DirLike = str | Path | None
LESIONS = 10
IMAGES = 1000


def compute_ten_crop_errors(run: Path, argument: str, data_dir: DirLike) -> dict[str, Value]:
    """Errors of the averaged views: four corners, centre, and their mirror images."""
    from .evaluation import evaluate

    found = evaluate(run, data_dir=data_dir, protocol="ten-crop", device="auto")
    return {
        "ten_crop_error": Value(found.top1_error, found.n),
        "ten_crop_top5_error": Value(found.top5_error, found.n),
    }


def compute_stochastic_test_error(run: Path, argument: str, data_dir: DirLike) -> dict[str, Value]:
    """Error of the probabilities averaged over passes with sampled masks.

    Args:
        run: the run folder.
        argument: number of passes.
        data_dir: where the data lies.

    Source: Singh et al. 2016, stochastic inference.
    """
    from resnets.evaluation import evaluate
    from resnets.evaluation.sampling import SampledPasses
    from resnets.training.seeding import keep_generators, seed_step

    from .analysis import open_subject

    subject = open_subject(run, data_dir=data_dir, device="auto")
    device = next(subject.net.parameters()).device
    net = SampledPasses(subject.net, int(argument))
    with keep_generators(device):
        seed_step(0, 0, 0, device)
        found = evaluate(net, subject.feeder.evaluating("test"), subject.dataset.classes)
    return {f"stochastic_test_error:{argument}": Value(found.top1_error, found.n)}


def compute_final_train_loss(run: Path, argument: str, data_dir: DirLike) -> dict[str, Value]:
    """Loss over the whole training split, with running statistics and without augmentation."""
    from .evaluation import evaluate

    found = evaluate(run, data_dir=data_dir, split="train", device="auto")
    return {"final_train_loss": Value(found.loss)}


def compute_extension_change(run: Path, argument: str, data_dir: DirLike) -> dict[str, Value]:
    """Change of the training loss when identity units are put behind each stage.

    Args:
        run: the run folder.
        argument: units behind each stage.
        data_dir: where the data lies.

    Source: He et al. 2015, Section 1.
    """
    from resnets.analysis.extension import extend
    from resnets.evaluation import evaluate

    from .analysis import open_subject

    subject = open_subject(run, data_dir=data_dir, device="auto")
    losses = [
        evaluate(net, subject.feeder.evaluating("train"), subject.dataset.classes).loss
        for net in (subject.net, extend(subject.net, int(argument)))
    ]
    return {f"extension_change:{argument}": Value(abs(losses[1] - losses[0]))}


def compute_lesion_test_error(run: Path, argument: str, data_dir: DirLike) -> dict[str, Value]:
    """Error without some units, a mean over ten random choices, on 1000 test images.

    Args:
        run: the run folder.
        argument: units that are deleted.
        data_dir: where the data lies.

    Source: Veit et al. 2016, Fig. 5 (a).
    """
    from resnets.analysis.lesion import delete_many

    from .analysis import open_subject

    subject = open_subject(run, data_dir=data_dir, device="auto")
    batches = ((x, y) for x, y, _ in subject.sample("test", IMAGES, 0).evaluating("test"))
    found = delete_many(subject.net, batches, [int(argument)], LESIONS)
    return _average(f"lesion_test_error:{argument}", found)


def compute_reordered_test_error(run: Path, argument: str, data_dir: DirLike) -> dict[str, Value]:
    """Error after random exchanges of units, a mean over ten orders, on 1000 test images.

    Args:
        run: the run folder.
        argument: exchanges.
        data_dir: where the data lies.

    Source: Veit et al. 2016, Fig. 5 (b).
    """
    from resnets.analysis.lesion import reorder

    from .analysis import open_subject

    subject = open_subject(run, data_dir=data_dir, device="auto")
    batches = ((x, y) for x, y, _ in subject.sample("test", IMAGES, 0).evaluating("test"))
    found = reorder(subject.net, batches, [int(argument)], LESIONS)
    return _average(f"reordered_test_error:{argument}", found)


def _average(measure: str, found: Trials) -> dict[str, Value]:
    """Return the mean error; nothing where the network has too few units."""
    errors = [trial.error for trial in found.trials]
    return {measure: Value(fmean(errors))} if errors else {}
