"""What a file is, by its first bytes."""

from __future__ import annotations

import pytest

from resnets.weights.kinds import HEAD_BYTES, LEGACY, describe_kind


@pytest.mark.parametrize(
    ("head", "words"),
    [
        (b"", "empty"),
        (b"PK\x03\x04rest", "zip archive"),
        (LEGACY + b"rest", "as torch.save wrote"),
        (b"\x80\x04\x95", "a Python pickle"),
        (b"7z\xbc\xaf\x27\x1c\x00", "7z"),
        (b"\x1f\x8b\x08", "gzip"),
        (b"\x89PNG\r\n", "PNG image"),
        (b"\xff\xd8\xff\xe0", "JPEG image"),
        (b"\x93NUMPY", "numpy array"),
        (b"\n <!DOCTYPE html><p>", "HTML page"),
        (b"<HTML>", "HTML page"),
        (b"<?xml version='1.0'?>", "XML"),
        (b"version https://git-lfs.github.com/spec/v1\n", "git lfs pull"),
        (b"\x00" * 257 + b"ustar", "tar archive"),
        ("weights é\n".encode(), "text file"),
        (("é" * HEAD_BYTES).encode()[:HEAD_BYTES], "text file"),
    ],
)
def test_a_kind_is_named(head: bytes, words: str) -> None:
    assert words in describe_kind(head)


@pytest.mark.parametrize("head", [b"\x00\x01\x02", b"\x98\x0e\x00\x00", b"abc\x00", b"\xfe" * 600])
def test_nothing_is_said_about_unknown_bytes(head: bytes) -> None:
    assert describe_kind(head[:HEAD_BYTES]) == ""
