"""A trained network measured on data, fed as it was trained to be fed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from resnets.spec import DataSpec

from .looking import Look, open_scene

if TYPE_CHECKING:
    from torch import nn

    from resnets.evaluation import Evaluation


def evaluate(
    target: str | Path | nn.Module,
    data: str | DataSpec | None = None,
    *,
    data_dir: str | Path | None = None,
    weights: str | Path | None = None,
    split: str = "test",
    protocol: str = "single",
    precision: str = "fp32",
    device: str | None = None,
    batch_size: int = 256,
    mean: Sequence[float] | None = None,
    std: Sequence[float] | None = None,
) -> Evaluation:
    """Measure a network on a split, every image once.

    Args:
        target: a run folder, a model folder, a name of the catalog with ``weights``, or a network.
        data: the source; None takes the one that the network was trained on, with its splits.
        data_dir: where the data's files are looked for first; None takes where the run found them.
        weights: for a name: a model folder, or a file of weights in any known layout, whose
            library decides how the network is fed.
        split: ``test``, ``validation`` or ``train``.
        protocol: ``single``; or ``ten-crop`` and ``dense``, which look at the whole stored square;
            or ``single-320``, ``12-crop``, ``144-crop`` and ``multi-scale``, which look at the
            pictures of a folder or table in their own shape, at sizes of their own.
        precision: ``fp32``, or ``bf16`` for autocast.
        device: ``auto``, ``cpu``, ``cuda``, ``cuda:N`` or ``mps``; None takes the CPU, and for a
            network the device that it is on.
        batch_size: images in a batch; the figures do not depend on it but for rounding.
        mean, std: of each channel, 0 … 1, instead of those that travel with the model.

    Returns:
        The figures. Its ``notes`` say what was recognised in a file of weights, how the data was
        split, and whether it is still the data that the network was trained on.

    Raises:
        ConfigError: a name, split or option is not allowed, or nothing says which data to take.
        DataError: the data is refused.
        FileError: the model is refused, or it is for other classes than the data has.

    Source: ``resnets.evaluation.protocols.predict`` says what each protocol does and who defined
    it. Deviation: pictures are first resized to the largest of a protocol's sizes, and the smaller
    ones are made of that.
    """
    from resnets import evaluation

    look = Look(data, data_dir, weights, split, protocol, precision, device, batch_size, mean, std)
    scene = open_scene(target, look)
    result = evaluation.evaluate(
        scene.net,
        scene.batches(),
        scene.dataset.classes,
        precision=precision,
        protocol=protocol,
        crop=scene.crop,
    )
    return scene.finish(result)
