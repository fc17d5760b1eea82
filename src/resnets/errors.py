"""Every error that a user can meet: what happened, where, why, and what to do about it.

Each class stands for one promised exit code; each message has a stable code of its own.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any, ClassVar


def escape(value: object) -> str:
    """Show a foreign string (a path, a class name, a tensor name) safely on one line.

    Control characters, surrogates and bidirectional marks come out as ``\\x..`` escapes, so that no
    file name can move the cursor, colour a terminal or hide a part of itself.
    """
    out = []
    for char in str(value):
        if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp"):
            code = ord(char)
            width, mark = (2, "x") if code < 0x100 else (4, "u") if code < 0x10000 else (8, "U")
            out.append(f"\\{mark}{code:0{width}x}")
        else:
            out.append(char)
    return "".join(out)


def nearest(word: object, allowed: Sequence[str], count: int = 3) -> list[str]:
    """List the allowed words that are spelt most like ``word``, nearest first."""
    by_lower = {name.lower(): name for name in allowed}
    return [by_lower[m] for m in get_close_matches(str(word).lower(), list(by_lower), count, 0.5)]


class ResnetsError(Exception):
    """An error with a cause that the user can act on.

    Args:
        code: stable identifier of the message, ``"E3102"`` say; its first digit is the exit code.
        title: the message in a few words.
        what: the offending file, field or value.
        where: the place: a ``field``, a ``file``, a ``sample``; any keys, in reading order.
        why: the cause, as far as it is known.
        do: what the user can do, one entry for each way out.
    """

    exit: ClassVar[int] = 1

    def __init__(
        self,
        code: str,
        title: str,
        *,
        what: object = "",
        where: Mapping[str, object] | None = None,
        why: object = "",
        do: str | Sequence[str] = (),
    ) -> None:
        self.code = code
        self.title = title
        self.what = escape(what)
        self.where = {key: escape(value) for key, value in (where or {}).items()}
        self.why = escape(why)
        self.do = (do,) if isinstance(do, str) else tuple(do)
        super().__init__(code, title)

    def __reduce__(self) -> tuple[Any, ...]:
        return (_rebuild, (type(self), self.code, self.title, self.to_dict()))

    def to_dict(self) -> dict[str, Any]:
        """Return the error as the one object that ``--json`` prints."""
        return {
            "code": self.code,
            "exit": self.exit,
            "title": self.title,
            "what": self.what,
            "where": self.where,
            "why": self.why,
            "do": list(self.do),
        }

    def __str__(self) -> str:
        lines = [f"error {self.code}: {self.title}"]
        if self.what:
            lines.append(f"  what : {self.what}")
        if self.where:
            lines.append("  where: " + ", ".join(f"{k} {v}" for k, v in self.where.items()))
        if self.why:
            lines.append(f"  why  : {self.why}")
        lines += [f"  {'do   :' if i == 0 else '      '} {step}" for i, step in enumerate(self.do)]
        return "\n".join(lines)


def _rebuild(
    kind: type[ResnetsError], code: str, title: str, state: dict[str, Any]
) -> ResnetsError:
    return kind(
        code, title, what=state["what"], where=state["where"], why=state["why"], do=state["do"]
    )


class ConfigError(ResnetsError, ValueError):
    """Usage or configuration: nothing was created or changed (exit 2)."""

    exit = 2


class DataError(ResnetsError, ValueError):
    """A data set, image, label or archive was refused; nothing was trained on it (exit 3)."""

    exit = 3


class FileError(ResnetsError, ValueError):
    """A checkpoint, model file or run folder was refused; nothing was deleted (exit 4)."""

    exit = 4


class MachineError(ResnetsError, RuntimeError):
    """Disk, permission, memory, device or lock; the last generation is intact (exit 5)."""

    exit = 5


class DivergedError(ResnetsError, RuntimeError):
    """A loss, gradient or parameter is not finite; the last finite generation is kept (exit 6)."""

    exit = 6


class ParityError(ResnetsError, RuntimeError):
    """A comparison failed; its outputs were not published (exit 7)."""

    exit = 7


class StudyError(ResnetsError, RuntimeError):
    """A study ended, and some of its runs failed; its table lists each (exit 8)."""

    exit = 8


class Interrupted(ResnetsError, RuntimeError):  # noqa: N818 - an interruption is no error
    """A signal stopped the work after its state was saved (exit 130 for SIGINT, 143 otherwise)."""

    def __init__(self, signal_number: int, title: str, **details: Any) -> None:
        super().__init__(f"E{128 + signal_number}", title, **details)
        self.exit = 128 + signal_number  # type: ignore[misc]
