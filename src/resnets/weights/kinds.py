"""What a file is, by its first bytes."""

from __future__ import annotations

import codecs

HEAD_BYTES = 512
"""Bytes that are enough to tell."""

LEGACY = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."
"""How ``torch.save`` began its files before torch 1.6: a pickled magic number."""

ZIP = b"PK\x03\x04"

KINDS = {
    ZIP: "a zip archive, as torch.save writes",
    LEGACY: "a Python pickle, as torch.save wrote",
    b"\x80": "a Python pickle",
    b"7z\xbc\xaf\x27\x1c": "a 7z archive",
    b"\x1f\x8b": "a gzip archive",
    b"BZh": "a bzip2 archive",
    b"\xfd7zXZ": "an xz archive",
    b"\x28\xb5\x2f\xfd": "a zstd archive",
    b"Rar!": "a rar archive",
    b"\x89HDF": "an HDF5 file",
    b"\x93NUMPY": "a numpy array",
    b"GGUF": "a GGUF file",
    b"\x89PNG": "a PNG image",
    b"\xff\xd8\xff": "a JPEG image",
    b"GIF8": "a GIF image",
    b"%PDF": "a PDF document",
    b"\x7fELF": "a program",
    b"version https://git-lfs": "a Git LFS pointer; run git lfs pull",
}
TAR_MARK = 257, b"ustar"


def describe_kind(head: bytes) -> str:
    """Say in a few words what a file is; empty where its first bytes say nothing.

    Args:
        head: its first ``HEAD_BYTES`` bytes.
    """
    if not head:
        return "an empty file"
    for magic, kind in KINDS.items():
        if head.startswith(magic):
            return kind
    offset, mark = TAR_MARK
    if head[offset:].startswith(mark):
        return "a tar archive"
    text = head.lstrip().lower()
    if text.startswith((b"<!doctype html", b"<html")):
        return "an HTML page, as a download that failed leaves it"
    if text.startswith(b"<"):
        return "an XML or HTML file"
    try:
        # The cut may fall into a character of several bytes, which then waits for the others.
        whole = len(head) < HEAD_BYTES
        plain = codecs.getincrementaldecoder("utf-8")().decode(head, final=whole)
    except UnicodeDecodeError:
        return ""
    return "a text file" if all(c.isprintable() or c in "\n\r\t" for c in plain) else ""
