"""Time several ways of doing one thing side by side: A B A B …, medians, ratios to the first."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping

import torch

from resnets.training import describe_environment


def describe_machine() -> str:
    """Return the line that says what was timed with."""
    processor = describe_environment(torch.device("cpu"))["cpu"]
    return f"torch {torch.__version__}, {torch.get_num_threads()} threads, {processor}"


def measure(ways: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, list[float]]:
    """Return the seconds of every call of every way; one call before that is not counted."""
    for way in ways.values():
        way()
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            start = time.perf_counter()
            way()
            seconds[name].append(time.perf_counter() - start)
    return seconds


def compare(ways: Mapping[str, Callable[[], object]], items: int, unit: str, rounds: int) -> None:
    """Print the median rate of every way, its spread and its ratio to the first.

    Args:
        ways: what to time, by name; the first is the reference.
        items: items that one call handles.
        unit: their name.
        rounds: how often each way is called; one call before that is not counted.
    """
    seconds = measure(ways, rounds)
    print(describe_machine())
    print(f"{'':36}{unit + '/s':>12}{'min':>10}{'max':>10}{'ratio':>8}")
    reference = statistics.median(next(iter(seconds.values())))
    for name, times in seconds.items():
        median = statistics.median(times)
        rates = [items / median, items / max(times), items / min(times)]
        print(f"{name:36}" + f"{rates[0]:12,.1f}{rates[1]:10,.1f}{rates[2]:10,.1f}", end="")
        print(f"{reference / median:8.2f}")
