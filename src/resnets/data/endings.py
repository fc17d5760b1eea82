"""Where a picture ends in its file: truncated ones are found before a decoder passes them."""

from __future__ import annotations

import re
import zlib

from .formats import damaged, truncated

# A marker inside or after the entropy-coded data of a JPEG; FF00 is a stuffed byte, FFD0 to FFD7
# restart the decoder.
_MARKER = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")


def find_end(data: bytes, kind: str) -> int:
    """Walk to the end of the picture and return its length in bytes.

    The checksum of every PNG chunk is compared on the way: decoders skip some of them.

    Raises:
        ImageFault: the file ends before the picture does, or a checksum does not match.
    """
    if kind == "JPEG":
        return _end_jpeg(data)
    if kind == "PNG":
        return _end_png(data)
    if kind == "WEBP":
        end = 8 + int.from_bytes(data[4:8], "little")
        if end > len(data):
            raise truncated(f"WebP ends early ({len(data):,} of {end:,} bytes)")
        return end
    return len(data)


def _end_jpeg(data: bytes) -> int:
    position = 2
    while True:
        found = _MARKER.search(data, position)
        if found is None:
            raise truncated(f"JPEG ends early, after {len(data):,} bytes")
        marker, position = data[found.start() + 1], found.end()
        if marker == 0xD9:
            return position
        if marker not in (0x01, 0xD8):
            position += int.from_bytes(data[position : position + 2], "big")


def _end_png(data: bytes) -> int:
    position, name = 8, b""
    while name != b"IEND":
        if position + 12 > len(data):
            raise truncated(f"PNG ends early, after {len(data):,} bytes")
        length = int.from_bytes(data[position : position + 4], "big")
        name = data[position + 4 : position + 8]
        shown = name.decode("ascii", "replace")
        if length >= 1 << 31:
            raise damaged(f"PNG chunk {shown} claims {length:,} bytes", "the limit is 2^31 - 1")
        end = position + 12 + length
        if end > len(data):
            raise truncated(f"PNG ends early ({len(data):,} of at least {end:,} bytes)")
        if zlib.crc32(data[position + 4 : end - 4]) != int.from_bytes(data[end - 4 : end], "big"):
            raise damaged(f"the checksum of PNG chunk {shown} does not match")
        position = end
    return position
