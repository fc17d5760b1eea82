"""The decoder's warnings, held back while pictures are decoded."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager


class _Quiet:
    """Holds back the decoder's warnings while any thread decodes.

    Python's warning filters belong to the process; threads that save and restore them one by one
    would restore each other's.
    """

    def __init__(self) -> None:
        self.lock, self.depth = threading.Lock(), 0
        self.filters = warnings.catch_warnings()

    @contextmanager
    def __call__(self) -> Iterator[None]:
        with self.lock:
            if not self.depth:
                self.filters = warnings.catch_warnings()
                self.filters.__enter__()
                warnings.simplefilter("ignore")
            self.depth += 1
        try:
            yield
        finally:
            with self.lock:
                self.depth -= 1
                if not self.depth:
                    self.filters.__exit__(None, None, None)


quiet = _Quiet()
