"""What a network must know of its data before any of it is trained on: classes and channels."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from resnets.spec import DataSpec


@dataclass(frozen=True)
class DataShape:
    """The numbers of a network that its data decides.

    Args:
        classes: outputs of the classifier.
        channels: channels of the input, 1 for grey pictures and 3 for colour.
        image_size: side of the pictures in pixels, which fully connected networks have to know.
    """

    classes: int
    channels: int
    image_size: int


# Sources whose shape is part of their definition: nothing has to be opened or downloaded for it.
SHAPES = {
    "digits": DataShape(10, 1, 8),
    "shapeset": DataShape(9, 1, 32),
    "cifar10": DataShape(10, 3, 32),
    "cifar100": DataShape(100, 3, 32),
    "svhn": DataShape(10, 3, 32),
    "mnist": DataShape(10, 1, 28),
    "fashion-mnist": DataShape(10, 1, 28),
    "imagenet": DataShape(1000, 3, 224),
}


def describe_data(data: DataSpec, data_dir: str | Path | None = None) -> DataShape:
    """Return the shape of a source; a folder or a Parquet file is opened to see it.

    Raises:
        DataError: the source has to be opened and is refused.
    """
    if data.name in SHAPES:
        return SHAPES[data.name]
    from resnets.data import open_dataset

    dataset = open_dataset(data, None if data_dir is None else Path(data_dir))
    preprocessing = dataset.preprocessing
    return DataShape(len(dataset.classes), preprocessing.channels, preprocessing.image_size)


def name_classes(data: DataSpec, data_dir: str | Path | None = None) -> tuple[str, ...]:
    """Return the class names of a source; it is opened only if they are no part of its definition.

    Raises:
        DataError: the source has to be opened and is refused.
    """
    from resnets.data import open_dataset
    from resnets.data.sources.known import KNOWN

    if data.name in KNOWN:
        return KNOWN[data.name].classes
    return open_dataset(data, None if data_dir is None else Path(data_dir)).classes
