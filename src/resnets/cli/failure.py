"""What a command that fails prints: the project's own errors, and a crash file for the rest."""

from __future__ import annotations

import errno
import os
import platform
import re
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from resnets.errors import MachineError, ResnetsError, escape
from resnets.version import __version__

from .screen import print_json

SECRET_NAME = re.compile(r"KEY|TOKEN|SECRET|PASS|CREDENTIAL|AUTH|COOKIE", re.IGNORECASE)
# What a full disk, a missing right or a broken device looks like, wherever it was met.
MACHINE_TROUBLE = {
    errno.ENOSPC: "make room, then run the command again",
    errno.EDQUOT: "make room, then run the command again",
    errno.EACCES: "check the permissions",
    errno.EPERM: "check the permissions",
    errno.EROFS: "choose a folder on a disk that can be written",
    errno.EIO: "check the disk",
    errno.EMFILE: "raise the limit of open files: ulimit -n",
    errno.ENOMEM: "free memory, or lower --batch-size",
}


class Crash(Exception):  # noqa: N818 - says where a bug was met, and is always raised from it
    """A bug met while a run was open; its crash file belongs into that run's folder."""

    def __init__(self, run_dir: Path) -> None:
        super().__init__(str(run_dir))
        self.run_dir = run_dir


@contextmanager
def crashing_into(run_dir: Path) -> Iterator[None]:
    """Let the crash file of a bug met within go into a run's folder."""
    try:
        yield
    except (ResnetsError, OSError, MemoryError):
        raise
    except Exception as error:
        raise Crash(run_dir) from error


def show_error(error: ResnetsError, as_json: bool) -> None:
    """Print an error on stderr: in the form for people, or as one line of JSON."""
    if as_json:
        print_json(error.to_dict(), stderr=True)
        return
    first, *rest = str(error).split("\n")
    if sys.stderr.isatty() and not os.environ.get("NO_COLOR"):
        first = f"\x1b[1;31m{first}\x1b[0m"
    print(first, *rest, sep="\n", file=sys.stderr)


def explain_machine(error: OSError | MemoryError) -> MachineError | None:
    """Return the error of the machine behind an exception, or None where it is a bug of ours."""
    number = errno.ENOMEM if isinstance(error, MemoryError) else error.errno
    if number not in MACHINE_TROUBLE:
        return None
    return MachineError(
        "E5910",
        os.strerror(number).lower(),
        what=getattr(error, "filename", None) or "this command",
        why=error,
        do=MACHINE_TROUBLE[number],
    )


def write_crash(error: BaseException, debug: bool) -> ResnetsError:
    """Write the traceback of a bug to a file, and return the error that names the file."""
    folder = Path(tempfile.gettempdir())
    if isinstance(error, Crash):
        if error.run_dir.is_dir():
            folder = error.run_dir / "crash"
        error = error.__cause__ or error
    trace = "".join(traceback.format_exception(type(error), error, error.__traceback__))
    system = f"resnets {__version__}, Python {platform.python_version()}, {platform.platform()}"
    text = blank_secrets(f"{system}\n\n{trace}", os.environ)
    if debug:
        print(text, file=sys.stderr)
    path = folder / f"resnets-crash-{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}.txt"
    try:
        folder.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8", errors="backslashreplace")
    except OSError as trouble:
        path = Path(f"(not written: {trouble.strerror})")
    return ResnetsError(
        "E1001",
        "this is a bug of ours",
        what=f"{type(error).__name__}: {blank_secrets(str(error), os.environ)[:200]}",
        where={"crash file": path},
        do="report it with the crash file; a run that was open can be resumed",
    )


def blank_secrets(text: str, environ: Mapping[str, str]) -> str:
    """Replace the values of variables that look like secrets, and passwords in addresses."""
    for name, value in environ.items():
        if SECRET_NAME.search(name) and len(value) >= 6:
            text = text.replace(value, "***").replace(escape(value), "***")
    return re.sub(r"(://)[^/\s@]+@", r"\1***@", text)
