"""The command ``resnets``: its verbs, and one place where every failure becomes an exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from resnets.errors import ResnetsError
from resnets.version import __version__

from . import (
    analyze,
    data,
    evaluate,
    export,
    importing,
    listing,
    predict,
    report,
    show,
    study,
    train,
    verify,
)
from .failure import explain_machine, show_error, write_crash
from .usage import explain_usage, is_usage_error

INTERRUPTED = 130
READER_GONE = 141

app = typer.Typer(
    name="resnets",
    help="The residual-network workbench: train, measure and take apart residual networks.",
    epilog="Start with:  resnets train  ·  resnets list  ·  resnets show resnet20",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("list")(listing.list_networks)
app.command("show")(show.show)
app.command("train")(train.train)
app.command("evaluate")(evaluate.evaluate)
app.command("predict")(predict.predict)
app.command("import")(importing.import_file)
app.command("export")(export.export)
app.command("verify")(verify.verify)
app.command("report")(report.report)
app.add_typer(analyze.app, name="analyze")
app.add_typer(data.app, name="data")
app.add_typer(study.app, name="study")


def _show_version(wanted: bool) -> None:
    if wanted:
        print(f"resnets {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def _main(
    context: typer.Context,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version."),
    ] = False,
    debug: Annotated[
        bool, typer.Option("--debug", help="Print the traceback of a bug on the terminal.")
    ] = False,
) -> None:
    if context.invoked_subcommand is None:
        print(context.get_help())


def run(args: Sequence[str] | None = None) -> int:
    """Run the command.

    Args:
        args: words after the command's name; None takes those of this process.

    Returns:
        The exit code: 0, or the one that the contract promises for what went wrong.
    """
    words = sys.argv[1:] if args is None else list(args)
    debug, as_json = "--debug" in words, "--json" in words
    for stream in (sys.stdout, sys.stderr):
        # A name that the terminal cannot show must not stop the command.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        # A bug is looked for by adding --debug to the end of what failed, so it may stand anywhere.
        code = app([w for w in words if w != "--debug"], prog_name="resnets", standalone_mode=False)
        sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except KeyboardInterrupt:
        return INTERRUPTED
    except SystemExit as stop:  # rich leaves so when the reader of its pipe has gone
        return READER_GONE if stop.code == 1 else int(stop.code or 0)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return READER_GONE
    except Exception as error:
        failure = _explain(error, debug)
        show_error(failure, as_json)
        return failure.exit


def _explain(error: Exception, debug: bool) -> ResnetsError:
    """Return what a failed command prints: the error itself, or the one that stands for it."""
    if isinstance(error, ResnetsError):
        return error
    if is_usage_error(error):
        return explain_usage(error)
    if isinstance(error, (OSError, MemoryError)) and (known := explain_machine(error)):
        return known
    return write_crash(error, debug)
