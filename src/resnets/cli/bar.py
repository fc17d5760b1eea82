"""A bar for work whose end is known, on stderr and only where somebody looks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from .screen import open_console

OnProgress = Callable[[str, float], None]
"""Is told what is being done, and how much of it is done, 0 … 1."""


@contextmanager
def show_progress() -> Iterator[OnProgress]:
    """Draw a bar for each kind of work that is told of within; it is gone afterwards."""
    console = open_console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
    )
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as bars:
        tasks: dict[str, int] = {}

        def on_progress(name: str, share: float) -> None:
            if name not in tasks:
                tasks[name] = bars.add_task(name, total=1.0)
            bars.update(tasks[name], completed=share)  # type: ignore[arg-type]

        yield on_progress
