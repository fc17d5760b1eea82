"""Mistakes on the command line, in the form of every other error."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from resnets.errors import ConfigError, nearest
from resnets.spec.request import guess_field


def is_usage_error(error: BaseException) -> bool:
    """Tell whether the command-line library raised it; its classes moved between versions."""
    return hasattr(error, "format_message") and getattr(error, "exit_code", 0) == 2


def explain_usage(error: Any) -> ConfigError:
    """Translate a mistake on the command line, with the nearest word that would have been right."""
    context = error.ctx
    command = context.command_path if context else "resnets"
    ways = [f"{command} --help"]
    message = error.format_message()
    if name := getattr(error, "option_name", "") if "No such option" in message else "":
        guesses = _guess_option(name, list_options(context.command) if context else [])
        ways = [f"did you mean {guess}?" for guess in guesses[:1]] + ways
        return _usage("E2260", "unknown option", name, command, "", ways)
    if found := re.match(r"No such command '(.*?)'\.", message, re.DOTALL):
        known = list(context.command.commands)
        ways = [f"did you mean {guess}?" for guess in nearest(found[1], known)[:1]] + [
            f"commands: {', '.join(known)}"
        ]
        return _usage("E2261", "unknown command", found[1], command, "", ways)
    return _usage(
        "E2262", "the command line is not complete or not right", message, command, "", ways
    )


def list_options(command: Any) -> list[str]:
    """List the options of a command as they are written, ``--batch-size``."""
    return [name for param in command.params for name in param.opts if name.startswith("--")]


def _guess_option(name: str, options: Sequence[str]) -> list[str]:
    fields = {option.lstrip("-").replace("-", "_"): option for option in options}
    words = guess_field(name.lstrip("-").replace("-", "_"), fields)
    return [fields[word] for word in words if word in fields]


def _usage(
    code: str, title: str, what: str, command: str, why: str, ways: list[str]
) -> ConfigError:
    return ConfigError(code, title, what=what, where={"command": command}, why=why, do=ways)
