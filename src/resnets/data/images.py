"""Decoding of one picture by fixed rules: refuse what is damaged, normalise the rest by name."""

from __future__ import annotations

import os
from io import BytesIO
from pathlib import Path
from typing import Any

import torch
from PIL import (
    BmpImagePlugin,
    GifImagePlugin,
    Image,
    ImageFile,
    JpegImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)
from torch import Tensor

from resnets.errors import DataError

from .endings import find_end
from .files import read_bytes
from .formats import SUFFIXES, ImageFault, damaged, detect_format, measure, truncated
from .pixels import Pixels, to_pixels
from .quiet import quiet

MAX_PIXELS = 64_000_000
MAX_ASPECT = 100

_DECODERS: dict[str, type[ImageFile.ImageFile]] = {
    "JPEG": JpegImagePlugin.JpegImageFile,
    "PNG": PngImagePlugin.PngImageFile,
    "GIF": GifImagePlugin.GifImageFile,
    "BMP": BmpImagePlugin.BmpImageFile,
    "WEBP": WebPImagePlugin.WebPImageFile,
    "TIFF": TiffImagePlugin.TiffImageFile,
}
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def check_size(size: tuple[int, int]) -> None:
    """Refuse a picture by the size that its header claims, before anything is allocated.

    Args:
        size: (width, height), pixels.

    Raises:
        ImageFault: no pixels, over 64,000,000 of them, or sides in a ratio above 100.
    """
    width, height = size
    if width < 1 or height < 1:
        raise damaged(f"the header claims {width:,} × {height:,} pixels")
    if width * height > MAX_PIXELS:
        raise ImageFault(
            "E3107",
            "image is too large",
            f"{width * height:,} pixels, limit {MAX_PIXELS:,}",
            f"the header claims {width:,} × {height:,}",
            "make the picture smaller",
        )
    if max(size) > MAX_ASPECT * min(size):
        raise ImageFault(
            "E3108",
            "image is too narrow",
            f"{width:,} × {height:,} pixels",
            f"one side is more than {MAX_ASPECT} times the other",
            "cut the picture into pieces",
        )


def decode(
    data: bytes, channels: int = 3, background: int = 255, suffix: str = ""
) -> tuple[Pixels, tuple[str, ...]]:
    """Decode an encoded picture: its first frame or page, upright, 8 bits a channel.

    Args:
        data: the file.
        channels: 1 or 3.
        background: grey value behind transparent pixels.
        suffix: suffix of the file's name; a picture in another format is counted, not refused.

    Returns:
        Array (H, W, channels) of uint8, and the names of the rules that were applied.

    Raises:
        ImageFault: the picture is refused.
    """
    kind = detect_format(data)
    size = measure(data, kind)
    if size is not None:
        check_size(size)
    trailing = len(data) - find_end(data, kind)
    # A decoder signals damage with almost any exception: OSError, ValueError, SyntaxError,
    # struct.error, zlib.error, IndexError, a decompression bomb …
    try:
        image = _DECODERS[kind](BytesIO(data))
        if size is None:
            check_size(image.size)
        elif image.size != size:
            raise damaged(f"the header says {size[0]} × {size[1]}, the decoder {image.size}")
        pages = bool(getattr(image, "is_animated", False))
        turn = _read_orientation(image)
        image.load()
        upright: Image.Image = image
        if turn in _UPRIGHT and kind != "TIFF":  # a TIFF is turned by its decoder
            upright = image.transpose(_UPRIGHT[turn])
        pixels, notes = to_pixels(upright, channels, background)
    except ImageFault:
        raise
    except MemoryError:
        raise damaged("the decoder ran out of memory") from None
    except Exception as error:
        raise _explain(error, kind, len(data)) from None
    if pages:
        notes.append("first page" if kind == "TIFF" else "first frame")
    if turn in _UPRIGHT:
        notes.append("turned upright")
    if trailing > 0:
        notes.append("trailing bytes")
    if suffix and SUFFIXES.get(suffix.lower(), kind) != kind:
        notes.append("named as another format")
    return pixels, tuple(notes)


def _read_orientation(image: Image.Image) -> int:
    try:
        value = image.getexif().get(0x0112, 1)
    except Exception:  # metadata that cannot be parsed has no say
        return 1
    return value if isinstance(value, int) else 1


def _explain(error: Exception, kind: str, size: int) -> ImageFault:
    words = f"decoder: {error}" if str(error) else f"decoder: {type(error).__name__}"
    if "truncated" in str(error).lower() or isinstance(error, EOFError):
        return truncated(f"{kind} ends early, after {size:,} bytes", words)
    return damaged(f"{kind} of {size:,} bytes", words)


def refuse(fault: ImageFault, name: object, where: dict[str, object] | None = None) -> DataError:
    """Turn a fault into the error that names the file."""
    return DataError(
        fault.code,
        fault.title,
        what=f"{name}  {fault.what}",
        where=where,
        why=fault.why,
        do=fault.do or (),
    )


def read_image(
    source: str | Path | bytes, channels: int = 3, background: int = 255
) -> tuple[Tensor, tuple[str, ...]]:
    """Decode one picture, from a path or from bytes.

    Args:
        source: a path, or the encoded picture itself.
        channels: 1 for grey, 3 for RGB.
        background: grey value, 0 to 255, behind transparent pixels.

    Returns:
        Tensor (channels, H, W) of uint8, and the names of the rules that were applied, such as
        ``"CMYK"`` or ``"turned upright"``.

    Raises:
        DataError: the picture is refused; the sentence says why.
        MachineError: the file may not be read.
    """
    data = source if isinstance(source, bytes) else read_bytes(source)
    name: Any = "(bytes)" if isinstance(source, bytes) else source
    suffix = "" if isinstance(source, bytes) else os.path.splitext(source)[1]
    try:
        with quiet():
            pixels, notes = decode(data, channels, background, suffix)
    except ImageFault as fault:
        raise refuse(fault, name) from None
    return torch.from_numpy(pixels).permute(2, 0, 1).contiguous(), notes
