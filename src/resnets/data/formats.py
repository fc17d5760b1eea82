"""What the first bytes of a file say: its format, and its size in pixels.

All of it is read by hand, before a decoder sees the file: a decoder may allocate what a header
claims, and takes some damaged files without a word.
"""

from __future__ import annotations

import struct

SUFFIXES = {
    ".jpg": "JPEG",
    ".jpeg": "JPEG",
    ".jpe": "JPEG",
    ".jfif": "JPEG",
    ".png": "PNG",
    ".gif": "GIF",
    ".bmp": "BMP",
    ".webp": "WEBP",
    ".tif": "TIFF",
    ".tiff": "TIFF",
}

_FOREIGN = (
    (b"8BPS", "a Photoshop document"),
    (b"%PDF", "a PDF document"),
    (b"SIMPLE  =", "a FITS file"),
    (b"\x00\x00\x00\x0cjP  ", "a JPEG 2000 image"),
    (b"\xff\x4f\xff\x51", "a JPEG 2000 stream"),
    (b"\xff\x0a", "a JPEG XL stream"),
    (b"\x00\x00\x00\x0cJXL ", "a JPEG XL image"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"\x1f\x8b", "a gzip archive"),
)


class ImageFault(ValueError):  # noqa: N818 - a verdict on a file, not on the program
    """A picture was refused; whoever knows the file's name turns this into a ``DataError``.

    Args:
        code: code of the message.
        title: the message in a few words.
        what: what is the matter with this picture.
        why: the decoder's own words, or the rule.
        do: what the user can do.
    """

    def __init__(self, code: str, title: str, what: str, why: str = "", do: str = "") -> None:
        super().__init__(code, title, what, why, do)
        self.code, self.title, self.what, self.why, self.do = code, title, what, why, do


def truncated(what: str, why: str = "") -> ImageFault:
    """Return the fault of a file that ends before its picture does."""
    return ImageFault("E3103", "image is truncated", what, why, "replace the file")


def damaged(what: str, why: str = "") -> ImageFault:
    """Return the fault of a file that no decoder can make sense of."""
    return ImageFault("E3102", "image cannot be read", what, why, "replace the file")


def detect_format(data: bytes) -> str:
    """Tell which of the six formats the bytes are, whatever the file is called.

    Raises:
        ImageFault: the file is empty, text, a Git LFS pointer, or in a format that is not taken.
    """
    if not data:
        raise ImageFault("E3101", "file is empty", "0 bytes", do="replace the file")
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if data[:6] in (b"GIF87a", b"GIF89a"):
        return "GIF"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    if data[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"):
        return "TIFF"
    if data.startswith(b"BM") and len(data) > 26:
        return "BMP"
    if data.startswith(b"version https://git-lfs"):
        raise ImageFault(
            "E3104", "Git LFS pointer, not an image", "the picture itself was not fetched",
            do="run git lfs pull",
        )  # fmt: skip
    raise _explain_foreign(data)


def _explain_foreign(data: bytes) -> ImageFault:
    allowed = "allowed: JPEG, PNG, GIF, BMP, WebP, TIFF"
    if data[4:8] == b"ftyp":
        kind = "an HEIC, AVIF or video container"
    else:
        kind = next((name for magic, name in _FOREIGN if data.startswith(magic)), "")
    if kind:
        return ImageFault("E3106", "image format is not allowed", f"this is {kind}", do=allowed)
    head = data[:1024]
    if b"<svg" in head:
        return ImageFault("E3105", "text, not an image", "this is an SVG drawing", do=allowed)
    if len(data) > 1 and _is_text(head):
        return ImageFault("E3105", "text, not an image", "the file holds plain text", do=allowed)
    return damaged("no picture format begins with these bytes", allowed)


def _is_text(head: bytes) -> bool:
    try:
        text = head.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < len(head) - 3:  # not merely a character that was cut
            return False
        text = head[: error.start].decode("utf-8")
    return all(char >= " " or char in "\t\n\r\f" for char in text)


def measure(data: bytes, kind: str) -> tuple[int, int] | None:
    """Read width and height, pixels, from the header.

    Args:
        data: the file, or as much of its beginning as the header needs.
        kind: the format, as ``detect_format`` answers.

    Returns:
        (width, height); None for TIFF, whose directory may stand anywhere in the file.

    Raises:
        ImageFault: the header is cut or contradicts itself.
    """
    try:
        if kind == "JPEG":
            return _measure_jpeg(data)
        if kind == "PNG":
            if data[8:16] != b"\0\0\0\rIHDR":
                raise damaged("PNG without a header chunk") if len(data) >= 16 else _cut(data, kind)
            return struct.unpack_from(">II", data, 16)
        if kind == "GIF":
            return struct.unpack_from("<HH", data, 6)
        if kind == "BMP":
            if struct.unpack_from("<I", data, 14)[0] == 12:
                return struct.unpack_from("<HH", data, 18)
            width, height = struct.unpack_from("<ii", data, 18)
            return width, abs(height)
        if kind == "WEBP":
            return _measure_webp(data)
    except (struct.error, IndexError):
        raise _cut(data, kind) from None
    return None


def _cut(data: bytes, kind: str) -> ImageFault:
    return truncated(f"{kind} ends inside its header, after {len(data):,} bytes")


def _measure_jpeg(data: bytes) -> tuple[int, int]:
    position = 2
    while True:
        position = data.find(b"\xff", position)
        if position < 0 or position + 4 > len(data):
            raise _cut(data, "JPEG")
        marker = data[position + 1]
        if marker == 0xFF:
            position += 1
        elif marker in (0x00, 0x01) or 0xD0 <= marker <= 0xD8:
            position += 2
        elif marker in (0xD9, 0xDA):
            raise damaged("JPEG without a frame header")
        elif 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack_from(">HH", data, position + 5)
            return width, height
        else:
            position += 2 + struct.unpack_from(">H", data, position + 2)[0]


def _measure_webp(data: bytes) -> tuple[int, int]:
    chunk = data[12:16]
    if chunk == b"VP8X":
        width, height = data[24:27], data[27:30]
        if len(height) < 3:
            raise IndexError
        return int.from_bytes(width, "little") + 1, int.from_bytes(height, "little") + 1
    if chunk == b"VP8L":
        bits = struct.unpack_from("<I", data, 21)[0]
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if chunk == b"VP8 ":
        width, height = struct.unpack_from("<HH", data, 26)
        return width & 0x3FFF, height & 0x3FFF
    raise damaged("WebP without a picture")
