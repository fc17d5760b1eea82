"""From a decoder's picture, in whatever mode, to 8-bit grey or RGB; nothing changes uncounted."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from .formats import ImageFault

Pixels = NDArray[np.uint8]


def to_pixels(image: Image.Image, channels: int, background: int) -> tuple[Pixels, list[str]]:
    """Convert a loaded picture to 8 bits a channel.

    Sixteen bits become eight by 1/257, so that 65,535 is 255 and no value saturates. Transparent
    pixels are composited on the background, so hidden colours do not show. CMYK, palettes and
    other colour spaces become RGB by the decoder's plain formulas; colour profiles are ignored.

    Args:
        image: a picture whose pixels are loaded.
        channels: 1 or 3.
        background: grey value, 0 to 255, behind transparent pixels.

    Returns:
        Array (H, W, channels) of uint8, and the names of the rules that were applied.

    Raises:
        ImageFault: float or 32-bit pixels, whose range no file declares; or an unknown mode.
    """
    mode, notes = image.mode, []
    if mode in ("I", "F"):
        raise ImageFault(
            "E3109",
            "value range is not declared",
            f"{'32-bit integer' if mode == 'I' else '32-bit float'} pixels",
            "no rule says which values are black and white",
            "convert the picture to 8 or 16 bits a channel",
        )
    if mode.startswith("I;16"):
        values, alpha = _read_16_bit(image)
        notes.append("16-bit grey")
        return _finish(values[..., None], alpha, channels, background, notes)
    if image.has_transparency_data:
        rgba = np.asarray(image.convert("RGBA"))
        grey = mode in ("1", "L", "LA", "La")
        if mode in ("P", "PA"):
            notes.append("palette")
        colours = rgba[..., :1] if grey else rgba[..., :3]
        return _finish(colours, rgba[..., 3:], channels, background, notes)
    if mode in ("1", "L"):
        if mode == "1":
            notes.append("1-bit")
        return _finish(np.asarray(image.convert("L"))[..., None], None, channels, background, notes)
    if mode != "RGB":
        names = {"P": "palette", "CMYK": "CMYK"}
        notes.append(names.get(mode, "other colour space"))
        image = image.convert("RGB")
    return _finish(np.asarray(image), None, channels, background, notes)


def _read_16_bit(image: Image.Image) -> tuple[Pixels, Pixels | None]:
    wide = np.asarray(image).astype(np.uint32)
    key = image.info.get("transparency")
    alpha = None
    if isinstance(key, int):
        alpha = np.where(wide == key, 0, 255).astype(np.uint8)[..., None]
    tags: Any = getattr(image, "tag_v2", {})
    bits = tags.get(258, (16,))
    if tuple(bits) != (16,):
        raise ImageFault(
            "E3109", "value range is not declared", f"{bits[0]}-bit grey pixels in 16-bit words",
            do="convert the picture to 8 or 16 bits a channel",
        )  # fmt: skip
    if tags.get(262) == 0:  # white is zero, which the decoder leaves as it is at this depth
        wide = 65535 - wide
    return ((wide + 128) // 257).astype(np.uint8), alpha


def _finish(
    colours: Pixels, alpha: Pixels | None, channels: int, background: int, notes: list[str]
) -> tuple[Pixels, list[str]]:
    """Composite, then match the number of channels."""
    if alpha is not None and alpha.min(initial=255) < 255:
        notes.append("transparent")
        share = alpha.astype(np.uint16)
        # At most 255·255 + 127, which 16 bits hold.
        mixed = colours.astype(np.uint16) * share + np.uint16(background) * (255 - share) + 127
        colours = (mixed // 255).astype(np.uint8)
    if channels == 3 and colours.shape[2] == 1:
        notes.append("grey to RGB")
        colours = np.repeat(colours, 3, axis=2)
    elif channels == 1 and colours.shape[2] == 3:
        notes.append("RGB to grey")
        colours = np.asarray(Image.fromarray(colours).convert("L"))[..., None]
    return np.require(colours, requirements=["C", "W"]), notes
