"""A few images to look at a network with: out of a split, or made of noise."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from resnets.data import Dataset, Feeder


@dataclass(frozen=True)
class Samples:
    """Images and labels that can be gone through again and again.

    Args:
        feeder: has them as its test split.
        batch_size: images in a batch.
    """

    feeder: Feeder
    batch_size: int

    def __len__(self) -> int:
        return len(self.feeder.dataset.test)

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        for images, labels, _ in self.feeder.evaluating("test", self.batch_size):
            yield images, labels


def draw_samples(
    dataset: Dataset,
    split: str,
    count: int,
    *,
    device: torch.device,
    seed: int,
    batch_size: int = 128,
) -> Samples:
    """Draw images of a split, without augmentation; all of it where it has no more.

    Args:
        dataset: the data.
        split: ``train``, ``validation`` or ``test``.
        count: how many.
        device: where batches are made.
        seed: of the choice.
        batch_size: images in a batch.
    """
    from resnets.data import Feeder
    from resnets.data.randomness import make_key, sort_randomly

    part = dataset.split(split)
    chosen = sort_randomly(make_key("samples", seed), len(part))[:count].sort().values
    few = replace(dataset, test=part.select(chosen))
    feeder = Feeder(few, 1, device=device, seed=seed, augment=False, channels_last=False)
    return Samples(feeder, batch_size)


def draw_noise(
    shape: tuple[int, ...],
    classes: int,
    count: int,
    *,
    device: torch.device,
    seed: int,
    batch_size: int = 128,
) -> list[tuple[Tensor, Tensor]]:
    """Draw images of independent numbers with mean 0 and variance 1, and labels at random.

    Args:
        shape: of one image.
        classes: number of classes.
        count, device, seed, batch_size: as in ``draw_samples``.
    """
    import torch

    generator = torch.Generator("cpu").manual_seed(seed)
    images = torch.randn(count, *shape, generator=generator).to(device)
    labels = torch.randint(classes, (count,), generator=generator).to(device)
    return list(zip(images.split(batch_size), labels.split(batch_size), strict=True))
