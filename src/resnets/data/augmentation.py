"""Augmentation of whole batches as tensor code; what is drawn depends on seed, epoch and sample.

The views of an epoch are drawn first, on the CPU and in float64, so that every device sees the same
crops. Applying them is arithmetic on the device where the images live.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from resnets.spec import Preprocessing

from .colours import change_colours, draw_colours
from .geometry import affine, crop_center
from .randomness import draw_uniform, make_key

_ATTEMPTS = 10


@dataclass(frozen=True)
class Augmentation:
    """What may happen to a training image of a source.

    Args:
        pad: zeros added on each side before a crop of the old size, pixels.
        flip: mirror left and right, every second time.
        resized_crop: crop a random part and resize it, instead of pad-and-crop.
        scale: least and greatest area of that part, as shares of the stored square.
        ratio: least and greatest width by height of that part.
        shorter_side: least and greatest size of the whole square by that of a crop, instead of the
            area and shape of a part; None for those.
        jitter: greatest change of brightness, contrast and saturation, as a share.
        lighting: standard deviation of the noise along the principal axes of the colours.

    Source: Deep Residual Learning, 4.2 (pad 4, crop, mirror) and 3.4 (shorter side of 256 to 480
    pixels, noise of the colours); ``fb.resnet.torch`` (resized crop: area 8 to 100 %, aspect 3/4
    to 4/3, ten attempts, else the whole; jitter). Deviation: the crop is cut from the stored
    square, not from the original picture, and is made larger where it has fewer pixels.
    """

    pad: int = 0
    flip: bool = False
    resized_crop: bool = False
    scale: tuple[float, float] = (0.08, 1.0)
    ratio: tuple[float, float] = (0.75, 4 / 3)
    shorter_side: tuple[float, float] | None = None
    jitter: float = 0.0
    lighting: float = 0.0

    @property
    def colourful(self) -> bool:
        """Whether colours are changed."""
        return bool(self.jitter or self.lighting)


def draw_views(augmentation: Augmentation, seed: int, epoch: int, samples: Tensor) -> Tensor:
    """Draw how each sample is seen in an epoch.

    Args:
        augmentation: of the source.
        seed: seed of the run.
        epoch: number of the epoch, from 0.
        samples: (n,) of int64, the samples' own numbers.

    Returns:
        For pad-and-crop (n, 3) of int64: row offset, column offset, mirrored or not. For resized
        crops (n, 2, 3) of float32: the affine map from output to stored square, both -1 to 1.
    """
    key = make_key("augmentation", seed, epoch)
    mirrored = draw_uniform(key, samples, 0) < 0.5
    if not augmentation.flip:
        mirrored = torch.zeros_like(mirrored)
    if augmentation.resized_crop:
        width, height = _draw_sizes(augmentation, key, samples)
        return _place_parts(key, samples, mirrored, width, height)
    offsets = [
        (draw_uniform(key, samples, draw) * (2 * augmentation.pad + 1)).long() for draw in (1, 2)
    ]
    return torch.stack([*offsets, mirrored.long()], dim=1)


def draw_changes(
    augmentation: Augmentation, seed: int, epoch: int, samples: Tensor
) -> Tensor | None:
    """Draw what happens to the colours of each sample in an epoch; None for nothing.

    Args:
        augmentation, seed, epoch, samples: as for ``draw_views``.

    Returns:
        (n, 9) of float32, for ``change_colours``.
    """
    if not augmentation.colourful:
        return None
    key = make_key("augmentation", seed, epoch)
    return draw_colours(key, samples, augmentation.jitter, augmentation.lighting)


def _draw_sizes(augmentation: Augmentation, key: int, samples: Tensor) -> tuple[Tensor, Tensor]:
    """Draw width and height of each part, as shares of the stored square."""
    if augmentation.shorter_side is not None:
        low, high = augmentation.shorter_side
        share = 1 / (low + (high - low) * draw_uniform(key, samples, 3 + 2 * _ATTEMPTS))
        return share, share
    low, high = augmentation.scale
    logs = [math.log(ratio) for ratio in augmentation.ratio]
    areas = [low + (high - low) * draw_uniform(key, samples, 3 + i) for i in range(_ATTEMPTS)]
    ratios = [
        torch.exp(logs[0] + (logs[1] - logs[0]) * draw_uniform(key, samples, 3 + _ATTEMPTS + i))
        for i in range(_ATTEMPTS)
    ]
    area, ratio = torch.stack(areas, 1), torch.stack(ratios, 1)
    width, height = (area * ratio).sqrt(), (area / ratio).sqrt()
    fits = (width <= 1) & (height <= 1)
    # The first attempt that fits; argmax answers the first of equal values.
    pick = fits.long().argmax(1, keepdim=True)
    failed = ~fits.any(1)
    width = torch.where(failed, 1.0, width.gather(1, pick)[:, 0])
    height = torch.where(failed, 1.0, height.gather(1, pick)[:, 0])
    return width, height


def _place_parts(
    key: int, samples: Tensor, mirrored: Tensor, width: Tensor, height: Tensor
) -> Tensor:
    # The centre may lie anywhere where the part stays inside.
    left = (2 * draw_uniform(key, samples, 1) - 1) * (1 - width)
    top = (2 * draw_uniform(key, samples, 2) - 1) * (1 - height)
    zero = torch.zeros_like(width)
    rows = [torch.where(mirrored, -width, width), zero, left, zero, height, top]
    return torch.stack(rows, 1).view(-1, 2, 3).float()


class Renderer:
    """Turns stored uint8 squares into normalised inputs, augmented or as evaluation sees them.

    Pad-and-crop pads with zeros of the normalised image: the mean is subtracted first, by the
    pixel's place in the uncropped image, which costs nothing because mean and image are cropped
    alike. The paper's words allow either order.

    Args:
        preprocessing: sizes, mean and std.
        device: where the images live.
        channels_last: memory format of the answers.
    """

    def __init__(
        self, preprocessing: Preprocessing, device: torch.device, channels_last: bool
    ) -> None:
        self.size = preprocessing.image_size
        self.channels_last = channels_last
        # Both by pixel, so that the arithmetic runs along whole images.
        shape = (preprocessing.channels, self.size, self.size)
        self.scale, self.shift = (
            part.expand(shape).permute(1, 2, 0).contiguous().to(device)
            for part in affine(preprocessing)
        )

    def render(self, images: Tensor) -> Tensor:
        """Crop the centre and normalise.

        Args:
            images: (n, S, S, C) of uint8.

        Returns:
            (n, C, size, size) of float32.
        """
        center = crop_center(images.permute(0, 3, 1, 2), self.size).permute(0, 2, 3, 1)
        return self._arrange(torch.addcmul(self.shift, center.float(), self.scale))

    def augment(
        self,
        images: Tensor,
        augmentation: Augmentation,
        views: Tensor,
        colours: Tensor | None = None,
    ) -> Tensor:
        """Apply the views that ``draw_views`` drew, and normalise.

        Colours change in what was cut out and resized, but before anything is padded.

        Args:
            images: (n, S, S, C) of uint8, on the device.
            augmentation: of the source.
            views: one row for each image, on the device.
            colours: what ``draw_changes`` drew, on the device.

        Returns:
            (n, C, size, size) of float32.
        """
        if augmentation.resized_crop:
            return self._resample(images, views, colours)
        if colours is not None:
            images = change_colours(images, colours)
        top, left, mirrored = views.unbind(1)
        picked = torch.arange(len(images), device=images.device)
        if augmentation.flip:
            images = torch.cat([images, images.flip(2)])
            picked = picked + mirrored * len(picked)
        shifts = torch.stack([self.shift, self.shift.flip(1)])
        pixels = self._cut(images, augmentation.pad, picked, top, left)
        shift = self._cut(shifts, augmentation.pad, mirrored, top, left)
        return self._arrange(torch.addcmul(shift, pixels.float(), self.scale))

    def _cut(self, images: Tensor, pad: int, picked: Tensor, top: Tensor, left: Tensor) -> Tensor:
        """Pad images with zeros and cut a window out of each picked one.

        Every row of a window is a run of numbers in memory; copying runs is eight times faster
        than indexing pixels.
        """
        padded = functional.pad(images, (0, 0, pad, pad, pad, pad))
        _, height, width, channels = padded.shape
        begin = ((picked * height + top) * width + left) * channels
        rows = torch.arange(self.size, device=images.device) * (width * channels)
        runs = padded.flatten().unfold(0, self.size * channels, 1)
        cut = runs.index_select(0, (begin[:, None] + rows).flatten())
        return cut.view(-1, self.size, self.size, channels)

    def _resample(self, images: Tensor, views: Tensor, colours: Tensor | None) -> Tensor:
        pixels = images.permute(0, 3, 1, 2).float()
        shape = [*pixels.shape[:2], self.size, self.size]
        grid = functional.affine_grid(views, shape, align_corners=False)
        crops = functional.grid_sample(
            pixels, grid, mode="bilinear", padding_mode="border", align_corners=False
        ).permute(0, 2, 3, 1)
        if colours is not None:
            crops = change_colours(crops, colours)
        return self._arrange(torch.addcmul(self.shift, crops, self.scale))

    def _arrange(self, inputs: Tensor) -> Tensor:
        """View (n, size, size, C) as NCHW, in the memory format that was asked for."""
        inputs = inputs.permute(0, 3, 1, 2)
        layout = torch.channels_last if self.channels_last else torch.contiguous_format
        return inputs.contiguous(memory_format=layout)
