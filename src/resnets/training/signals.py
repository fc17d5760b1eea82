"""Signals that ask a run to stop: it ends its step, saves, and says so."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from resnets.errors import Interrupted

_CAUGHT = ("SIGINT", "SIGTERM", "SIGHUP")


class StopRequest:
    """Whether a signal has asked the run to stop, and which."""

    def __init__(self) -> None:
        self.number: int | None = None

    def error(self, what: object, do: str) -> Interrupted:
        """Return the error for a run that has saved its state and stops.

        A closed terminal (SIGHUP) counts as SIGTERM.
        """
        number = self.number or signal.SIGTERM
        name = signal.Signals(number).name
        exit_signal = signal.SIGINT if number == signal.SIGINT else signal.SIGTERM
        return Interrupted(
            int(exit_signal), "the run was stopped", what=what, why=f"{name} arrived", do=do
        )


@contextmanager
def watch_signals() -> Iterator[StopRequest]:
    """Turn the first SIGINT, SIGTERM or SIGHUP into a request; the second one kills at once.

    A signal that the caller ignores, as ``nohup`` does, stays ignored. Outside the main thread
    nothing is watched, since Python allows handlers only there.
    """
    request = StopRequest()
    if threading.current_thread() is not threading.main_thread():
        yield request
        return
    numbers = [getattr(signal, name) for name in _CAUGHT if hasattr(signal, name)]
    before = {n: signal.getsignal(n) for n in numbers if signal.getsignal(n) != signal.SIG_IGN}

    def stop(number: int, frame: FrameType | None) -> None:
        request.number = number
        for each in before:
            signal.signal(each, signal.SIG_DFL)

    for number in before:
        signal.signal(number, stop)
    try:
        yield request
    finally:
        for number, handler in before.items():
            signal.signal(number, signal.SIG_DFL if handler is None else handler)
