"""Pictures that are refused; names in brackets are rows of the battery of bad image files."""

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


def test_a_thread_of_pixels_is_refused(encode: Encode) -> None:
    """[A26]"""
    error = refusal(encode(Image.new("L", (10_000, 1))))
    assert (error.code, "10,000 × 1" in error.what) == ("E3108", True)
    assert read_image(encode(Image.new("L", (100, 1))))[0].shape == (3, 1, 100)


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

    monkeypatch.setattr("resnets.data.files.os.stat", fail)
    with pytest.raises(MachineError, match="E5301"):
        read_image(tmp_path / "x.png")


def test_what_is_no_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert refusal(tmp_path / "none.png").code == "E3112"
    assert refusal(tmp_path).code == "E3110"
    os.mkfifo(tmp_path / "pipe.png")
    assert refusal(tmp_path / "pipe.png").code == "E3110"
    (tmp_path / "big.png").write_bytes(bytes(11))
    monkeypatch.setattr("resnets.data.files.MAX_FILE_BYTES", 10)
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
