"""Several hooks as one."""

from __future__ import annotations

from .guard import Guard
from .loop import EpochSummary, Hooks
from .state import State


def join_hooks(*parts: Hooks) -> Hooks:
    """Return hooks that call others, one after another.

    Args:
        parts: the others. A plateau schedule goes by the first that answers an error.
    """

    def on_start(state: State) -> None:
        for part in parts:
            part.on_start(state)

    def on_step(state: State, guard: Guard) -> None:
        for part in parts:
            part.on_step(state, guard)

    def on_epoch(state: State, summary: EpochSummary) -> float | None:
        answers = [part.on_epoch(state, summary) for part in parts]
        return next((answer for answer in answers if answer is not None), None)

    def on_end(state: State) -> None:
        for part in parts:
            part.on_end(state)

    return Hooks(on_start, on_step, on_epoch, on_end)
