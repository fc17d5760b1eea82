"""Decoding of single pictures; names in brackets are rows of the battery of bad image files."""

from __future__ import annotations

import os
import struct
import time
import warnings
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from resnets.data import read_image
from resnets.errors import DataError, MachineError

Picture = Callable[..., Image.Image]
Encode = Callable[..., bytes]


def refusal(source: Any) -> DataError:
    with pytest.raises(DataError) as caught:
        read_image(source)
    assert caught.value.exit == 3
    return caught.value


def try_to_read(data: bytes) -> str:
    """Answer ``read``, or the code of the refusal."""
    try:
        read_image(data)
    except DataError as error:
        return error.code
    return "read"


def png_chunk(name: bytes, data: bytes) -> bytes:
    crc = struct.pack(">I", zlib.crc32(name + data))
    return struct.pack(">I", len(data)) + name + data + crc


def make_png(width: int, height: int, depth: int, colour: int, idat: bytes) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + png_chunk(b"IHDR", header)
        + png_chunk(b"IDAT", idat)
        + png_chunk(b"IEND", b"")
    )


def as_array(image: torch.Tensor) -> np.ndarray[Any, Any]:
    return image.permute(1, 2, 0).numpy()


LFS = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a2146\nsize 12345\n"


@pytest.mark.parametrize(
    ("data", "code", "words"),
    [
        pytest.param(b"", "E3101", "file is empty", id="A01"),
        pytest.param(b"\xff", "E3102", "no picture format", id="A02"),
        pytest.param(bytes(range(128, 256)) * 8, "E3102", "no picture format", id="A03"),
        pytest.param(LFS, "E3104", "git lfs pull", id="A05"),
        pytest.param(b"<svg xmlns='http://x'></svg>", "E3105", "SVG", id="A06-svg"),
        pytest.param(b"hello, I am a picture\n", "E3105", "plain text", id="A06-text"),
        pytest.param(b"8BPS\0\1" + bytes(99), "E3106", "Photoshop", id="A49-psd"),
        pytest.param(b"SIMPLE  =" + bytes(99), "E3106", "FITS", id="A49-fits"),
        pytest.param(b"%PDF-1.7\n" + bytes(99), "E3106", "PDF", id="A49-pdf"),
        pytest.param(b"\0\0\0\x0cjP  \r\n\x87\n" + bytes(99), "E3106", "JPEG 2000", id="A49-jp2"),
        pytest.param(b"\0\0\0\x1cftypavif" + bytes(99), "E3106", "AVIF", id="A49-avif"),
    ],
)
def test_what_is_no_picture_is_refused_with_its_own_sentence(
    tmp_path: Path, data: bytes, code: str, words: str
) -> None:
    path = tmp_path / "x.jpg"
    path.write_bytes(data)
    error = refusal(path)
    assert error.code == code
    assert words in str(error)
    assert str(path) in error.what


@pytest.mark.parametrize(
    ("kind", "options", "share"),
    [
        pytest.param("JPEG", {}, 0.5, id="A07"),
        pytest.param("JPEG", {"progressive": True}, 0.6, id="A10"),
        pytest.param("PNG", {}, 0.5, id="A11"),
        pytest.param("WEBP", {"lossless": True}, 0.5, id="webp"),
        pytest.param("GIF", {}, 0.5, id="gif"),
        pytest.param("BMP", {}, 0.5, id="bmp"),
        pytest.param("TIFF", {}, 0.5, id="tiff"),
        pytest.param("JPEG", {}, 0.999, id="jpeg-without-its-end"),
    ],
)
def test_truncated_pictures_are_refused(
    picture: Picture, encode: Encode, kind: str, options: dict[str, Any], share: float
) -> None:
    whole = encode(picture(200, 150), kind, **options)
    assert read_image(whole)[0].shape == (3, 150, 200)
    cut = whole[: int(len(whole) * share)]
    error = refusal(cut)
    assert error.code in ("E3102", "E3103")
    assert f"{len(cut):,}" in str(error)
    if kind in ("JPEG", "PNG", "WEBP"):
        assert (error.code, error.title) == ("E3103", "image is truncated")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF"])
def test_pictures_cut_inside_the_header_are_refused(
    picture: Picture, encode: Encode, kind: str
) -> None:
    """[A09]"""
    data = encode(picture(), kind)
    for length in range(1, 24):
        assert refusal(data[:length]).code in ("E3102", "E3103", "E3105")


def test_a_flipped_byte_in_a_png_is_refused(picture: Picture, encode: Encode) -> None:
    """[A13]"""
    data = bytearray(encode(picture(64, 64)))
    data[data.index(b"IDAT") + 40] ^= 0x10
    error = refusal(bytes(data))
    assert (error.code, "IDAT does not match" in error.what) == ("E3102", True)


def test_a_wrong_header_checksum_is_refused(picture: Picture, encode: Encode) -> None:
    """[A14]"""
    data = bytearray(encode(picture()))
    data[29] ^= 1
    assert "IHDR does not match" in refusal(bytes(data)).what


def test_trailing_bytes_are_accepted_and_counted(picture: Picture, encode: Encode) -> None:
    """[A17]"""
    clean = encode(picture(), "JPEG")
    image, notes = read_image(clean + os.urandom(1000))
    assert notes == ("trailing bytes",)
    assert torch.equal(image, read_image(clean)[0])
    assert read_image(clean)[1] == ()


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    """[A18]"""
    idat = zlib.compress(bytes(20_000 * 2501), 9)
    started = time.monotonic()
    error = refusal(make_png(20_000, 20_000, 1, 0, idat))
    assert error.code == "E3107"
    assert "400,000,000 pixels, limit 64,000,000" in error.what
    assert time.monotonic() - started < 1


def test_the_limit_is_ours_not_the_decoders() -> None:
    """[A19]"""
    error = refusal(make_png(10_000, 10_000, 8, 0, zlib.compress(b"")))
    assert "100,000,000 pixels" in error.what
    assert refusal(make_png(8001, 8000, 8, 0, b"")).code == "E3107"
    assert refusal(make_png(8000, 8000, 8, 0, b"")).code != "E3107"


def test_a_jpeg_that_claims_too_much_is_refused(picture: Picture, encode: Encode) -> None:
    """[A21]"""
    data = bytearray(encode(picture(), "JPEG"))
    at = data.index(b"\xff\xc0") + 5
    data[at : at + 4] = struct.pack(">HH", 65_535, 65_535)
    error = refusal(bytes(data))
    assert "4,294,836,225 pixels" in error.what


@pytest.mark.parametrize("kind", ["GIF", "BMP", "WEBP"])
def test_every_header_is_measured(kind: str, encode: Encode) -> None:
    data = bytearray(encode(Image.new("RGB", (7, 5)), kind))
    if kind == "GIF":
        data[6:10] = struct.pack("<HH", 60_000, 60_000)
    elif kind == "BMP":
        data[18:26] = struct.pack("<ii", 60_000, 60_000)
    else:
        data[26:30] = struct.pack("<HH", 16_000, 16_000)
    assert refusal(bytes(data)).code == "E3107"


def test_an_impossible_chunk_length_is_refused() -> None:
    """[A22]"""
    data = bytearray(make_png(4, 4, 8, 0, zlib.compress(bytes(20))))
    data[33:37] = struct.pack(">I", 1 << 31)
    assert "claims 2,147,483,648 bytes" in refusal(bytes(data)).what


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


def test_a_thread_of_pixels_is_refused(encode: Encode) -> None:
    """[A26]"""
    error = refusal(encode(Image.new("L", (10_000, 1))))
    assert (error.code, "10,000 × 1" in error.what) == ("E3108", True)
    assert read_image(encode(Image.new("L", (100, 1))))[0].shape == (3, 1, 100)


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


@pytest.mark.parametrize(
    ("dtype", "words"),
    [
        pytest.param(np.float32, "32-bit float", id="A29"),
        pytest.param(np.int32, "32-bit integer", id="A30"),
    ],
)
def test_pixels_without_a_range_are_refused(encode: Encode, dtype: Any, words: str) -> None:
    error = refusal(encode(Image.fromarray(np.ones((3, 3), dtype)), "TIFF"))
    assert (error.code, error.title) == ("E3109", "value range is not declared")
    assert words in error.what


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


def test_16_bit_grey_with_a_transparent_value() -> None:
    rows = b"\0" + struct.pack(">HH", 500, 65_535)
    data = make_png(2, 1, 16, 0, zlib.compress(rows))
    keyed = data[:33] + png_chunk(b"tRNS", struct.pack(">H", 65_535)) + data[33:]
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


def test_an_unreadable_file_is_the_machines_fault(unprivileged: Path) -> None:
    """[A50]"""
    path = unprivileged / "x.png"
    path.write_bytes(b"x")
    path.chmod(0)
    with pytest.raises(MachineError) as caught:
        read_image(path)
    assert caught.value.exit == 5
    assert str(path) in caught.value.what


def test_a_failing_disk_is_the_machines_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(path: object) -> None:
        raise OSError(5, "Input/output error", str(path))

    monkeypatch.setattr("resnets.data.images.os.stat", fail)
    with pytest.raises(MachineError, match="E5301"):
        read_image(tmp_path / "x.png")


def test_what_is_no_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert refusal(tmp_path / "none.png").code == "E3112"
    assert refusal(tmp_path).code == "E3110"
    os.mkfifo(tmp_path / "pipe.png")
    assert refusal(tmp_path / "pipe.png").code == "E3110"
    (tmp_path / "big.png").write_bytes(bytes(11))
    monkeypatch.setattr("resnets.data.images.MAX_FILE_BYTES", 10)
    assert refusal(tmp_path / "big.png").code == "E3111"


def test_foreign_names_are_escaped(tmp_path: Path) -> None:
    path = tmp_path / "a\n\x1b[31mb.png"
    path.write_bytes(b"")
    error = refusal(path)
    assert "a\\x0a\\x1b[31mb.png" in str(error)
    assert "\x1b" not in str(error)


def test_random_damage_never_escapes_as_another_error(picture: Picture, encode: Encode) -> None:
    rng = np.random.default_rng(0)
    for kind in ("JPEG", "PNG", "GIF", "BMP", "WEBP", "TIFF"):
        data = encode(picture(32, 32), kind)
        for _ in range(60):
            broken = bytearray(data)
            for at in rng.integers(0, len(data), 4):
                broken[at] = rng.integers(0, 256)
            assert try_to_read(bytes(broken)) in (
                "read",
                "E3102",
                "E3103",
                "E3107",
                "E3108",
                "E3109",
            )


def test_warnings_of_the_decoder_stay_inside(picture: Picture, encode: Encode) -> None:
    before = list(warnings.filters)
    data = bytearray(encode(picture(), "TIFF"))
    data[-8:-4] = b"\xff\xff\xff\x7f"
    assert try_to_read(bytes(data)) in ("read", "E3102", "E3103")
    assert warnings.filters == before
