"""Batches for training and evaluation, ready on the device."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor

from .augmentation import Renderer, draw_changes, draw_views
from .dataset import Dataset, ResidentImages, Split
from .encoded import EncodedImages
from .geometry import affine
from .loading import Loader
from .order import count_batches, digest_order, order_epoch, share_batch

# Images that are augmented in one go: on a CPU a batch, which its cache holds; on another device
# many, because small steps are bound by launches there.
_CPU_BLOCK, _DEVICE_BLOCK = 1, 4096

Batch = tuple[Tensor, Tensor]


class Feeder:
    """Feeds a data set to a network.

    Pictures in memory live on the device as uint8 and are cropped, mirrored, normalised and cast as
    whole batches; others are decoded by worker processes, and augmented on the device just so.
    What a sample looks like depends on (seed, epoch, sample) alone: not on batch size, device,
    workers, or where the epoch was resumed.

    Args:
        dataset: what is fed.
        batch_size: samples in a training step.
        device: where batches are made.
        seed: seed of order and augmentation.
        augment: do to training images what the source allows.
        channels_last: memory format of the batches.
        workers: processes that decode, for pictures that are not in memory; 0 for none.
        rank, world: number of this process among those that train together, and how many they are;
            each is fed its part of every batch, the first the first one.

    Raises:
        ConfigError: the training split has fewer samples than a batch, or a batch has no equal
            parts for all processes.
    """

    def __init__(
        self,
        dataset: Dataset,
        batch_size: int,
        *,
        device: torch.device | str,
        seed: int,
        augment: bool,
        channels_last: bool,
        workers: int = 0,
        rank: int = 0,
        world: int = 1,
    ) -> None:
        self.dataset, self.batch_size, self.seed = dataset, batch_size, seed
        self.rank, self.world, self.share = rank, world, share_batch(batch_size, world)
        self.augmentation = dataset.augmentation if augment else None
        self.device, self.workers = torch.device(device), workers
        self.renderer = Renderer(dataset.preprocessing, self.device, channels_last)
        self._stores: dict[str, Tensor] = {}
        self._loaders: dict[str, Loader] = {}
        count_batches(len(dataset.train), batch_size)

    @property
    def steps_per_epoch(self) -> int:
        """Full batches in the training split; what is left of an epoch is dropped."""
        return len(self.dataset.train) // self.batch_size

    def order_digest(self, epoch: int) -> str:
        """Return the sha256 of the order in which an epoch visits its samples."""
        return digest_order(order_epoch(self.seed, epoch, len(self.dataset.train)))

    def training(self, epoch: int, first: int = 0) -> Iterator[Batch]:
        """Yield the batches of an epoch.

        Args:
            epoch: number of the epoch, from 0.
            first: step of the epoch to begin with, where training is resumed.

        Yields:
            x (batch, C, H, W) of float32 and y (batch,) of int64, on the device; among several
            processes, this one's part.
        """
        split, size, steps = self.dataset.train, self.share, self.steps_per_epoch - first
        if steps <= 0:
            return
        order = order_epoch(self.seed, epoch, len(split))
        order = order[first * self.batch_size :][: steps * self.batch_size]
        order = order.view(steps, self.world, size)[:, self.rank].flatten()
        views, colours = self._draw(epoch, order)
        labels = split.labels[order].to(self.device)
        block = size
        if isinstance(split.images, ResidentImages):
            images_at_once = _CPU_BLOCK if self.device.type == "cpu" else _DEVICE_BLOCK
            block = max(size, images_at_once // size * size)
        for start, images in self._read("train", order.split(block)):
            part = slice(start, start + block)
            x = self._render(
                images,
                None if views is None else views[part],
                None if colours is None else colours[part],
            )
            y = labels[part]
            yield from zip(x.split(size), y.split(size), strict=True)

    def evaluating(
        self, split_name: str, batch_size: int | None = None
    ) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
        """Yield a split in its own order, every sample exactly once.

        Args:
            split_name: ``train``, ``validation`` or ``test``.
            batch_size: samples in a batch; the last may have fewer. None takes the training's.

        Yields:
            x (n, C, H, W) of float32, y (n,) and sample numbers (n,) of int64, on the device.
        """
        split = self.dataset.split(split_name)
        size = batch_size or self.batch_size
        numbers = torch.arange(len(split))
        labels, numbers_there = split.labels.to(self.device), numbers.to(self.device)
        for start, images in self._read(split_name, numbers.split(size)):
            end = start + len(images)
            yield self.renderer.render(images), labels[start:end], numbers_there[start:end]

    def evaluating_whole(
        self, split_name: str, batch_size: int, side: int
    ) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
        """Yield a split in the pictures' own shapes, every sample exactly once.

        Those of a batch that share a shape come together. Pictures in memory are stored as squares,
        and come as those; so do pictures with a mean for each pixel of the square.

        Args:
            split_name: ``train``, ``validation`` or ``test``.
            batch_size: pictures that are read at a time.
            side: length that shorter sides are resized to, pixels; squares keep theirs.

        Yields:
            As ``evaluating``.
        """
        split, rules = self.dataset.split(split_name), self.dataset.preprocessing
        if not isinstance(split.images, EncodedImages) or len(rules.mean) > rules.channels:
            yield from self.evaluating(split_name, batch_size)
            return
        scale, shift = (part.to(self.device) for part in affine(rules))
        for part in torch.arange(len(split)).split(batch_size):
            groups: dict[torch.Size, list[int]] = {}
            pictures = split.images.read_whole(part, side)
            for position, picture in enumerate(pictures):
                groups.setdefault(picture.shape, []).append(position)
            for positions in groups.values():
                images = torch.stack([pictures[position] for position in positions])
                numbers = part[positions]
                x = torch.addcmul(shift, images.to(self.device).float(), scale)
                yield x, split.labels[numbers].to(self.device), numbers.to(self.device)

    def _draw(self, epoch: int, order: Tensor) -> tuple[Tensor | None, Tensor | None]:
        if self.augmentation is None:
            return None, None
        views = draw_views(self.augmentation, self.seed, epoch, order).to(self.device)
        colours = draw_changes(self.augmentation, self.seed, epoch, order)
        return views, None if colours is None else colours.to(self.device)

    def _render(self, images: Tensor, views: Tensor | None, colours: Tensor | None) -> Tensor:
        if self.augmentation is None or views is None:
            return self.renderer.render(images)
        return self.renderer.augment(images, self.augmentation, views, colours)

    def _read(self, name: str, parts: Sequence[Tensor]) -> Iterator[tuple[int, Tensor]]:
        """Yield where each part starts, and its pictures, (n, S, S, C) on the device."""
        split = self.dataset.split(name)
        starts = [0, *torch.tensor([len(part) for part in parts]).cumsum(0).tolist()]
        if isinstance(split.images, ResidentImages):
            if name not in self._stores:
                self._stores[name] = split.images.stored.to(self.device)
            store = self._stores[name]
            moved = torch.cat(list(parts)).to(self.device).split([len(part) for part in parts])
            for start, part in zip(starts, moved, strict=False):
                yield start, store.index_select(0, part)
            return
        loader = self._load(name, split)
        for start, images in zip(starts, loader.read(parts), strict=False):
            yield start, images.to(self.device, non_blocking=True).permute(0, 2, 3, 1)

    def _load(self, name: str, split: Split) -> Loader:
        if name not in self._loaders:
            pin = self.device.type == "cuda"
            self._loaders[name] = Loader(split, self.workers, pin)
        return self._loaders[name]
