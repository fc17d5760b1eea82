"""Many pictures at once: a bounded map over threads, in order."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

from .quiet import quiet

Item = TypeVar("Item")
Result = TypeVar("Result")


def count_cores() -> int:
    """Count the cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def map_in_threads(
    function: Callable[[Item], Result], items: Iterable[Item], ahead: int = 512
) -> Iterator[Result]:
    """Yield ``function(item)`` for every item, in order, computed by one thread for each core.

    Decoders release the interpreter's lock, so threads are enough. At most ``ahead`` results wait.

    Raises:
        Exception: the first one that the function raised; what was not begun is not computed.
    """
    source = iter(items)
    with quiet(), ThreadPoolExecutor(count_cores()) as pool:
        waiting: deque[Future[Result]] = deque()
        try:
            waiting.extend(pool.submit(function, item) for item in islice(source, ahead))
            while waiting:
                result = waiting.popleft().result()
                waiting.extend(pool.submit(function, item) for item in islice(source, 1))
                yield result
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
