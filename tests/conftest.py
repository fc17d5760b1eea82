"""What every test stands on: one thread, no downloads, no colours."""

from __future__ import annotations

import os
import signal

# Tests are thousands of tiny operations, at each of which two threads would wait for each other.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("NO_COLOR", "1")
# A shell in the background hands SIGINT down as ignored, nohup SIGHUP; tests that send them need
# them heard.
signal.signal(signal.SIGINT, signal.default_int_handler)
if hasattr(signal, "SIGHUP"):
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
