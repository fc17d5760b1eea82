"""``digits``: 1,797 real handwritten digits, 8×8 grey, that scikit-learn carries with it."""

from __future__ import annotations

import hashlib

import numpy as np
import torch

from resnets.data.augmentation import Augmentation
from resnets.data.dataset import ResidentImages, Source, Split, as_labels, number


def open_digits() -> Source:
    """Open the digits; their 17 grey levels are scaled from 0 … 16 to 0 … 255.

    They are shifted by one pixel in training, and never mirrored: that would make other signs.

    Source: E. Alpaydin, C. Kaynak, Optical Recognition of Handwritten Digits, UCI, 1998 (its test
    part, as distributed with scikit-learn; it comes without splits).
    """
    from sklearn.datasets import load_digits

    bunch = load_digits()
    pixels = np.round(bunch.images * (255 / 16)).astype(np.uint8)[..., None]
    labels = as_labels(bunch.target)
    fingerprint = hashlib.sha256(pixels.tobytes() + labels.numpy().astype("<i8").tobytes())
    images = ResidentImages(torch.from_numpy(pixels))
    return Source(
        classes=tuple("0123456789"),
        splits={"all": Split(images, labels, number("digits", len(labels)))},
        augmentation=Augmentation(pad=1),
        image_size=8,
        stored_size=8,
        fingerprint=fingerprint.hexdigest(),
    )
