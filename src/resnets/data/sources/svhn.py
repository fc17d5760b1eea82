"""SVHN, cropped digits, as its authors published it: two MATLAB files."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import numpy as np

from resnets.data.files import unreadable
from resnets.errors import DataError

from .cifar import Arrays


def read_matrices(folder: Path) -> dict[str, Arrays]:
    """Read ``train_32x32.mat`` and ``test_32x32.mat``; the label 10 means the figure 0.

    Args:
        folder: holds both files.

    Returns:
        For ``train`` and ``test``: pixels (N, 32, 32, 3) and labels (N,).

    Raises:
        DataError: a file is missing or is not the published one.
    """
    import scipy.io
    from torchvision.datasets import SVHN

    answer = {}
    for split in ("train", "test"):
        _, name, md5 = SVHN.split_list[split]
        path = folder / name
        try:
            with open(path, "rb") as file:
                data = file.read()
        except FileNotFoundError:
            raise DataError("E3602", "file is missing or empty", what=path) from None
        except OSError as error:
            raise unreadable(path, error) from None
        if hashlib.md5(data, usedforsecurity=False).hexdigest() != md5:
            raise DataError(
                "E3602",
                "file is not the published one",
                what=path,
                where={"md5": md5},
                why="its checksum differs, so it was not opened",
                do="fetch the data set again",
            )
        content = scipy.io.loadmat(io.BytesIO(data), variable_names=["X", "y"])
        pixels = np.ascontiguousarray(content["X"].transpose(3, 0, 1, 2), np.uint8)
        answer[split] = (pixels, content["y"].astype(np.int64).ravel() % 10)
    return answer
