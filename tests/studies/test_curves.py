"""Curves of rows: what they are called, and which epochs they have."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from resnets.studies.curves import average, draw_panels


def line(name: str, panel: str, stands_for: str = "") -> Any:
    return SimpleNamespace(
        name=name, label=name.title(), panel=panel, model="small", stands_for=stands_for
    )


def outcome(*errors: float) -> Any:
    test = [{"epoch": e, "top1_error": error} for e, error in enumerate(errors, 1)]
    record = SimpleNamespace(split=lambda name: test if name == "test" else [])
    return SimpleNamespace(record=record)


def test_a_curve_says_which_network_stands_for_the_papers():
    lines = [
        line("a", "110 layers", "large"),
        line("b", "110 layers", "large"),
        line("c", "others", "large"),
        line("d", "others"),
        line("e", "", "large"),
        line("f", "not begun"),
    ]
    outcomes = {one.name: [outcome(50.0, 40.0)] for one in lines[:-1]} | {"f": []}
    found = [(p.title, [s.label for s in p.series]) for p in draw_panels(lines, outcomes)]
    assert found == [
        ("110 layers (other networks stand for them)", ["A: small", "B: small"]),
        ("others", ["C: small", "D"]),
        ("", ["E: small"]),
    ]


def test_a_curve_ends_where_its_shortest_run_does():
    band = average([outcome(50.0, 40.0, 30.0), outcome(70.0, 60.0)], "test")
    assert band is not None
    assert (band.epochs, band.mean) == ((1.0, 2.0), (60.0, 50.0))
    assert (band.low, band.high) == ((50.0, 40.0), (70.0, 60.0))
    assert average([outcome(50.0)], "train") is None
