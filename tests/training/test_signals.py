from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading

import pytest

from resnets.training import watch_signals


@pytest.mark.parametrize(
    ("name", "exit_code"), [("SIGINT", 130), ("SIGTERM", 143), ("SIGHUP", 143)]
)
def test_a_signal_is_a_request_with_its_exit_code(name, exit_code):
    number = getattr(signal, name)
    before = signal.getsignal(number)
    with watch_signals() as stop:
        assert stop.number is None
        os.kill(os.getpid(), number)
        assert stop.number == number
        error = stop.error("runs/demo", "go on")
        # The next one ends the process at once.
        assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL
    assert signal.getsignal(number) == before
    assert error.exit == exit_code
    assert name in error.why


def test_an_ignored_signal_stays_ignored():
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with watch_signals() as stop:
            os.kill(os.getpid(), signal.SIGHUP)
            assert stop.number is None
        assert signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


def test_outside_the_main_thread_nothing_is_touched():
    before, seen = signal.getsignal(signal.SIGTERM), []

    def watch():
        with watch_signals() as stop:
            seen.append((signal.getsignal(signal.SIGTERM), stop.number))

    thread = threading.Thread(target=watch)
    thread.start()
    thread.join()
    assert seen == [(before, None)]


def test_the_second_signal_leaves_at_once():
    code = (
        "import os, signal\n"
        "from resnets.training.signals import watch_signals\n"
        "with watch_signals() as stop:\n"
        "    os.kill(os.getpid(), signal.SIGTERM)\n"
        "    print(stop.number, flush=True)\n"
        "    os.kill(os.getpid(), signal.SIGTERM)\n"
        "    print('too late', flush=True)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout == "15\n"
    assert done.returncode == -signal.SIGTERM
