"""What a trained network sees in pictures."""

from __future__ import annotations

import glob
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from resnets.errors import DataError
from resnets.spec import ModelConfig
from resnets.spec.frozen import reject

from .machine import pick_device
from .models import restore
from .targets import need_pictures, read_target

if TYPE_CHECKING:
    from torch import Tensor, nn

    from resnets.evaluation import Prediction, Predictions

MODES = ("refuse", "skip")


def predict(
    target: str | Path,
    paths: str | Path | Sequence[str | Path],
    *,
    weights: str | Path | None = None,
    mean: Sequence[float] | None = None,
    std: Sequence[float] | None = None,
    precision: str = "fp32",
    device: str = "cpu",
    batch_size: int = 64,
    bad_images: str = "refuse",
) -> Predictions:
    """Classify pictures with a trained network, fed as in its evaluation.

    Args:
        target: a run folder, a model folder, or a name of the catalog with ``weights``.
        paths: files, folders, which are searched with everything below them, and patterns such as
            ``photos/**/*.jpg``; answers come in this order, those of a folder or pattern by name.
        weights: for a name: a model folder, or a file of weights in any known layout.
        mean, std: of each channel, 0 … 1, instead of those that travel with the model.
        precision: ``fp32``, or ``bf16`` for autocast.
        device: ``auto``, ``cpu``, ``cuda``, ``cuda:N`` or ``mps``.
        batch_size: pictures in a batch.
        bad_images: ``refuse`` stops at a picture that cannot be read, ``skip`` lists it.

    Returns:
        A sequence of ``Prediction``; its ``skipped`` lists what was left out, with reasons.

    Raises:
        DataError: there is no picture, or one cannot be read; it is named.
        FileError: the model is refused.
        ConfigError: an option is not allowed, or nothing says how the network is fed.

    Example:
        >>> for answer in predict("runs/demo", "photos"):  # doctest: +SKIP
        ...     print(answer.path, answer.label, answer.probability)
    """
    from resnets.evaluation import Predictions

    if bad_images not in MODES:
        raise reject("bad_images", bad_images, list(MODES))
    if batch_size < 1:
        raise reject("batch_size", batch_size, "1 or more")
    place = pick_device(device)
    files = find_pictures([paths] if isinstance(paths, (str, Path)) else paths)
    found = read_target(target, weights, mean, std)
    need_pictures(found.config.network)
    config, net = found.config, restore(found.config, found.state).to(place)
    answers: list[Prediction] = []
    skipped: list[tuple[str, str]] = []
    readable = _read(files, config, skipped if bad_images == "skip" else None)
    while batch := list(islice(readable, batch_size)):
        answers += _classify(net, batch, config, str(place), precision)
    return Predictions(tuple(answers), tuple(skipped))


def find_pictures(paths: Iterable[str | Path]) -> list[Path]:
    """List the files that paths name: themselves, those below a folder, those of a pattern.

    Raises:
        DataError: a path names nothing, or a folder or pattern holds no picture.
    """
    found: list[Path] = []
    for path in paths:
        matches = [Path(path)]
        if not Path(path).exists() and glob.has_magic(str(path)):
            matches = sorted(map(Path, glob.glob(str(path), recursive=True)))
        pictures = [picture for match in matches for picture in _list_pictures(match)]
        if not pictures:
            raise DataError(
                "E3305",
                "no pictures there",
                what=path,
                why="no file in it is named as an image" if Path(path).is_dir() else "no match",
                do="name image files, a folder that holds some, or a pattern that matches some",
            )
        found += pictures
    if not found:
        raise DataError("E3305", "no pictures there", do="name an image file or a folder")
    return found


def _list_pictures(path: Path) -> list[Path]:
    from resnets.data.listing import list_folder

    if not path.exists():
        do = "check the path, or put a pattern in quotes"
        raise DataError("E3303", "no such file or folder", what=path, do=do)
    if not path.is_dir():
        return [path]
    return [path / file.name for file in list_folder(path).files]


def _read(
    files: Iterable[Path], config: ModelConfig, skipped: list[tuple[str, str]] | None
) -> Iterator[tuple[Path, Tensor]]:
    """Yield the network's inputs; one that cannot be read goes to ``skipped``, if there is that."""
    from resnets.data import prepare, read_image

    rules = config.preprocessing
    for path in files:
        try:
            image, _ = read_image(path, rules.channels, rules.background)
            yield path, prepare(image, rules)
        except DataError as error:
            if skipped is None:
                error.do = (*error.do, "or leave such pictures out: --bad-images skip")
                raise
            skipped.append((str(path), f"{error.title}: {error.why or error.what}"))


def _classify(
    net: nn.Module,
    batch: Sequence[tuple[Path, Tensor]],
    config: ModelConfig,
    device: str,
    precision: str,
) -> list[Prediction]:
    import torch

    from resnets.evaluation import Prediction
    from resnets.evaluation.prediction import Guess
    from resnets.evaluation.protocols import predict as probabilities_of

    images = torch.stack([image for _, image in batch]).to(device)
    probabilities = probabilities_of(net, images, precision=precision).cpu()
    names = config.classes or tuple(map(str, range(probabilities.shape[1])))
    order = probabilities.argsort(dim=1, descending=True, stable=True)[:, :5]
    answers = []
    for (path, _), row, best in zip(batch, probabilities.tolist(), order.tolist(), strict=True):
        top = tuple(Guess(names[i], row[i]) for i in best)
        answers.append(Prediction(str(path), top[0].label, top[0].probability, top))
    return answers
