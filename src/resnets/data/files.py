"""Reading of files that anyone may have put there: regular ones, of bounded size, or an error."""

from __future__ import annotations

import os
import stat

from resnets.errors import DataError, MachineError

MAX_FILE_BYTES = 512 * 2**20


def read_bytes(path: str | os.PathLike[str]) -> bytes:
    """Read a regular file whole; anything else, such as a FIFO, is never opened.

    Raises:
        DataError: there is no such file, it is not a regular one, or it is larger than 512 MiB.
        MachineError: it may not be read, or the disk failed.
    """
    try:
        about = os.stat(path)
        if not stat.S_ISREG(about.st_mode):
            raise DataError("E3110", "not a regular file", what=path, do="name an image file")
        if about.st_size > MAX_FILE_BYTES:
            raise DataError(
                "E3111",
                "file is too large for an image",
                what=path,
                why=f"{about.st_size:,} bytes, limit {MAX_FILE_BYTES:,}",
            )
        with open(path, "rb") as file:
            return file.read()
    except (FileNotFoundError, NotADirectoryError):
        raise DataError("E3112", "no such file", what=path, do="check the path") from None
    except OSError as error:
        raise unreadable(path, error) from None


def unreadable(path: object, error: OSError) -> MachineError:
    """Return the error of a path that the system will not let us read."""
    return MachineError(
        "E5301",
        "cannot be read",
        what=path,
        why=error.strerror or error,
        do="check permissions and disk",
    )
