"""Freed memory that the process keeps: activations of one step are reused by the next."""

from __future__ import annotations

import ctypes
import platform

# From malloc.h; a threshold above 32 MiB is refused by the library.
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3
_LARGEST_MMAP_THRESHOLD = 32 << 20
_NEVER_TRIM = 2**31 - 1


def keep_freed_memory() -> bool:
    """Tell glibc not to give freed blocks back to the system, for the life of this process.

    By default every tensor above 128 KiB is a mapping of its own, whose pages the system clears
    and maps again in every step. Other C libraries are left alone.

    Returns:
        Whether the library obeyed.
    """
    if platform.libc_ver()[0] != "glibc":
        return False
    libc = ctypes.CDLL(None)
    return bool(
        libc.mallopt(_M_MMAP_THRESHOLD, _LARGEST_MMAP_THRESHOLD)
        and libc.mallopt(_M_TRIM_THRESHOLD, _NEVER_TRIM)
    )
