"""Pictures that stay encoded until they are read: files of a folder, or one packed file."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from torch import Tensor

from resnets.errors import DataError

from .dataset import ResidentImages
from .files import read_bytes
from .formats import ImageFault
from .geometry import to_shorter_side, to_square
from .images import decode, refuse
from .pixels import Pixels
from .quiet import quiet
from .threads import map_in_threads


class Blobs(Protocol):
    """Encoded pictures with names, in an order."""

    def __len__(self) -> int: ...

    def name(self, number: int) -> str:
        """Return the display name of a picture."""
        ...

    def read(self, number: int) -> bytes:
        """Return an encoded picture."""
        ...


@dataclass(frozen=True)
class FileBlobs:
    """Files of a folder, which must be what they were when they were indexed.

    Args:
        root: the data folder.
        names: paths below it.
        hashes: sha256 of each file; empty strings where the index did not read it whole.
        indexed: when the index was made, for errors.
    """

    root: str
    names: tuple[str, ...]
    hashes: tuple[str, ...]
    indexed: str

    def __len__(self) -> int:
        return len(self.names)

    def name(self, number: int) -> str:
        """Return the path of a file."""
        return os.path.join(self.root, self.names[number])

    def read(self, number: int) -> bytes:
        """Read a file and compare it with the index.

        Raises:
            DataError: it is gone, or its contents changed.
        """
        path = self.name(number)
        try:
            data = read_bytes(path)
        except DataError as error:
            if error.code != "E3112":
                raise
            raise DataError(
                "E3201",
                "image file is gone",
                what=path,
                why=f"it was there when indexed at {self.indexed}",
                do="restore the file, or start again to index anew",
            ) from None
        known = self.hashes[number]
        if known and hashlib.sha256(data).hexdigest() != known:
            raise DataError(
                "E3202",
                "image file changed since it was indexed",
                what=path,
                why=f"its sha256 is no longer that of {self.indexed}",
                do="restore the file, or start again to index anew",
            )
        return data


@dataclass(frozen=True)
class PackedBlobs:
    """Encoded pictures, one after the other in a single file.

    Args:
        path: the file.
        offsets: (N + 1,) of int64; picture i is bytes offsets[i] to offsets[i + 1].
        prefix: name of the split, for display.
    """

    path: Path
    offsets: Tensor
    prefix: str

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def name(self, number: int) -> str:
        """Return the display name of a picture."""
        return f"{self.prefix}/{number}"

    def read(self, number: int) -> bytes:
        """Read one picture's bytes.

        Raises:
            DataError: the file was cut or removed while in use.
        """
        start, end = self.offsets[number : number + 2].tolist()
        try:
            with open(self.path, "rb") as file:
                file.seek(start)
                data = file.read(end - start)
        except OSError:
            data = b""
        if len(data) != end - start:
            raise DataError(
                "E3201", "image file is gone", what=self.path, do="start again to unpack anew"
            )
        return data


@dataclass(frozen=True)
class EncodedImages:
    """Pictures that are decoded whenever they are read.

    Args:
        blobs: the encoded pictures.
        numbers: (N,) of int64, which of them, in order.
        channels, background: how they are decoded.
        side: side of the stored square, pixels.
    """

    blobs: Blobs
    numbers: Tensor
    channels: int
    background: int
    side: int

    @property
    def shape(self) -> tuple[int, int, int]:
        """(C, H, W) of one picture."""
        return self.channels, self.side, self.side

    def __len__(self) -> int:
        return len(self.numbers)

    def select(self, indices: Tensor) -> EncodedImages:
        """Keep the pictures of those numbers, in that order."""
        return replace(self, numbers=self.numbers[indices])

    def read(self, indices: Tensor) -> Tensor:
        """Decode the pictures of those numbers to their stored squares, (n, C, S, S) of uint8.

        Raises:
            DataError: a picture is gone, changed or cannot be decoded; names it.
        """
        with quiet():
            squares = [self._decode(number) for number in self.numbers[indices].tolist()]
        return torch.from_numpy(np.stack(squares)).permute(0, 3, 1, 2)

    def load(self) -> ResidentImages:
        """Decode all of them into memory, on all cores."""
        out = np.empty((len(self), self.side, self.side, self.channels), np.uint8)
        for row, square in enumerate(map_in_threads(self._decode, self.numbers.tolist())):
            out[row] = square
        return ResidentImages(torch.from_numpy(out))

    def read_whole(self, indices: Tensor, side: int) -> list[Tensor]:
        """Decode pictures in their own shapes, on all cores.

        Args:
            indices: (n,), which.
            side: length that their shorter sides are resized to, pixels.

        Returns:
            (C, H, W) of uint8 for each.
        """

        def read(number: int) -> Tensor:
            pixels = to_shorter_side(self._read_pixels(number), side)
            return torch.from_numpy(pixels).permute(2, 0, 1)

        return list(map_in_threads(read, self.numbers[indices].tolist()))

    def _decode(self, number: int) -> Pixels:
        return to_square(self._read_pixels(number), self.side)

    def _read_pixels(self, number: int) -> Pixels:
        try:
            return decode(self.blobs.read(number), self.channels, self.background)[0]
        except ImageFault as fault:
            raise refuse(fault, self.blobs.name(number)) from None


def pack_offsets(sizes: Sequence[int]) -> Tensor:
    """Turn the sizes of pictures into their offsets in a packed file, (N + 1,) of int64."""
    return torch.cat([torch.zeros(1, dtype=torch.int64), torch.tensor(sizes).cumsum(0)])
