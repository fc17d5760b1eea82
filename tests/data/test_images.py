"""Decoding of single pictures; names in brackets are rows of the battery of bad image files."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from resnets.data import read_image

Picture = Callable[..., Image.Image]
Encode = Callable[..., bytes]


def as_array(image: torch.Tensor) -> np.ndarray[Any, Any]:
    return image.permute(1, 2, 0).numpy()


def test_trailing_bytes_are_accepted_and_counted(picture: Picture, encode: Encode) -> None:
    """[A17]"""
    clean = encode(picture(), "JPEG")
    image, notes = read_image(clean + os.urandom(1000))
    assert notes == ("trailing bytes",)
    assert torch.equal(image, read_image(clean)[0])
    assert read_image(clean)[1] == ()


def test_a_long_animation_is_its_first_frame(encode: Encode) -> None:
    """[A23] [A39]"""
    frames = [Image.new("P", (4, 4), number % 2) for number in range(10_000)]
    for frame in frames:
        frame.putpalette([255, 0, 0, 0, 255, 0])
    data = encode(frames[0], "GIF", save_all=True, append_images=frames[1:], optimize=False)
    started = time.monotonic()
    image, notes = read_image(data)
    assert time.monotonic() - started < 1
    assert "first frame" in notes
    assert as_array(image)[0, 0].tolist() == [255, 0, 0]


def test_one_pixel_is_a_picture(encode: Encode) -> None:
    """[A25]"""
    image, _ = read_image(encode(Image.new("RGB", (1, 1), (1, 2, 3))))
    assert image.tolist() == [[[1]], [[2]], [[3]]]


def test_16_bit_grey_is_scaled_not_clipped(encode: Encode) -> None:
    """[A27]"""
    values = np.array([[0, 257, 32_896, 65_535]], np.uint16)
    image, notes = read_image(encode(Image.fromarray(values)), 1)
    assert image.tolist() == [[[0, 1, 128, 255]]]
    assert notes == ("16-bit grey",)
    tiff, _ = read_image(encode(Image.fromarray(values), "TIFF"), 1)
    assert torch.equal(tiff, image)


def test_white_is_zero_in_some_16_bit_tiffs(encode: Encode) -> None:
    values = np.array([[0, 65_535]], np.uint16)
    data = encode(Image.fromarray(values), "TIFF", tiffinfo={262: 0})
    assert read_image(data, 1)[0].tolist() == [[[255, 0]]]


def test_cmyk_becomes_rgb(encode: Encode) -> None:
    """[A31]"""
    image, notes = read_image(encode(Image.new("CMYK", (8, 8), (0, 255, 255, 0)), "JPEG"))
    assert notes == ("CMYK",)
    red = as_array(image)[4, 4].tolist()
    assert red[0] > 250
    assert max(red[1:]) < 5


def test_grey_and_one_bit_and_palette(picture: Picture, encode: Encode) -> None:
    """[A33] [A34] [A35]"""
    grey = picture().convert("L")
    image, notes = read_image(encode(grey))
    assert notes == ("grey to RGB",)
    assert np.array_equal(as_array(image), np.repeat(np.asarray(grey)[..., None], 3, 2))
    bits = picture().convert("1")
    image, notes = read_image(encode(bits), 1)
    assert notes == ("1-bit",)
    assert set(image.unique().tolist()) == {0, 255}
    palette = picture().convert("P")
    image, notes = read_image(encode(palette))
    assert notes == ("palette",)
    assert np.array_equal(as_array(image), np.asarray(palette.convert("RGB")))


def test_colour_becomes_grey_where_one_channel_is_wanted(picture: Picture, encode: Encode) -> None:
    image, notes = read_image(encode(picture()), 1)
    assert notes == ("RGB to grey",)
    assert np.array_equal(image[0].numpy(), np.asarray(picture().convert("L")))


@pytest.mark.parametrize("background", [0, 255])
def test_half_transparent_pictures_are_composited(encode: Encode, background: int) -> None:
    """[A37]"""
    image, notes = read_image(encode(Image.new("LA", (2, 2), (100, 128))), 1, background)
    expected = (100 * 128 + background * 127 + 127) // 255
    assert image.unique().tolist() == [expected]
    assert notes == ("transparent",)
    image, _ = read_image(encode(Image.new("RGBA", (2, 2), (10, 20, 30, 128))), 3, background)
    assert as_array(image)[0, 0].tolist() == [
        (value * 128 + background * 127 + 127) // 255 for value in (10, 20, 30)
    ]


def test_hidden_colours_do_not_leak(encode: Encode) -> None:
    """[A38]"""
    hidden = np.random.default_rng(0).integers(0, 256, (8, 8, 4), np.uint8)
    hidden[..., 3] = 0
    for background in (0, 77, 255):
        image, _ = read_image(encode(Image.fromarray(hidden)), 3, background)
        assert image.unique().tolist() == [background]
    key = Image.new("RGB", (2, 1), (9, 9, 9))
    key.putpixel((1, 0), (8, 8, 8))
    image, notes = read_image(encode(key, transparency=(9, 9, 9)))
    assert as_array(image)[0].tolist() == [[255] * 3, [8] * 3]
    assert notes == ("transparent",)
    opaque = encode(Image.new("RGBA", (2, 2), (1, 2, 3, 255)))
    assert read_image(opaque)[1] == ()


def test_16_bit_grey_with_a_transparent_value(encode: Encode) -> None:
    values = np.array([[500, 65_535]], np.uint16)
    keyed = encode(Image.fromarray(values), transparency=65_535)
    assert read_image(keyed, 1, 7)[0].tolist() == [[[2, 7]]]


def test_many_pages_are_the_first(picture: Picture, encode: Encode) -> None:
    """[A41]"""
    pages = [picture(9, 9, seed) for seed in range(3)]
    image, notes = read_image(encode(pages[0], "TIFF", save_all=True, append_images=pages[1:]))
    assert notes == ("first page",)
    assert np.array_equal(as_array(image), np.asarray(pages[0]))


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_is_turned_upright(
    picture: Picture, encode: Encode, orientation: int, kind: str
) -> None:
    """[A42]"""
    upright = picture(12, 8)
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    stored = upright.transpose(undo[orientation]) if orientation > 1 else upright
    exif = Image.Exif()
    exif[0x0112] = orientation
    options: dict[str, Any] = {"lossless": True} if kind == "WEBP" else {}
    image, notes = read_image(encode(stored, kind, exif=exif.tobytes(), **options))
    assert np.array_equal(as_array(image), np.asarray(upright))
    assert notes == (("turned upright",) if orientation > 1 else ())


def test_an_unknown_orientation_is_ignored(picture: Picture, encode: Encode) -> None:
    """[A43]"""
    exif = Image.Exif()
    exif[0x0112] = 99
    image, notes = read_image(encode(picture(), exif=exif.tobytes()))
    assert np.array_equal(as_array(image), np.asarray(picture()))
    assert notes == ()


def test_broken_metadata_has_no_say(picture: Picture, encode: Encode) -> None:
    """[A45] [A46]"""
    expected = read_image(encode(picture(), "JPEG"))[0]
    for options in (
        {"xmp": b"http://ns.adobe.com/xap/1.0/\0\xff\xfe\xe9 tiff:Orientation"},
        {"icc_profile": os.urandom(300)},
        {"exif": b"Exif\0\0garbage, not a directory"},
    ):
        image, notes = read_image(encode(picture(), "JPEG", **options))
        assert torch.equal(image, expected)
        assert notes == ()


def test_another_suffix_is_counted(tmp_path: Path, picture: Picture, encode: Encode) -> None:
    """[A47]"""
    path = tmp_path / "x.JPG"
    path.write_bytes(encode(picture()))
    image, notes = read_image(path)
    assert notes == ("named as another format",)
    assert np.array_equal(as_array(image), np.asarray(picture()))
    path.write_bytes(encode(picture(), "JPEG"))
    assert read_image(path)[1] == ()
