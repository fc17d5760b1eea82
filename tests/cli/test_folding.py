"""Long lists in few rows."""

from __future__ import annotations

import pytest

from resnets.cli.folding import fold, name_series


@pytest.mark.parametrize(
    ("text", "series"),
    [
        ("", []),
        ("a", ["a"]),
        ("aaab", ["aaa", "b"]),
        ("abab", ["aa", "bb"]),
        ("xababay", ["x", "aa", "bb", "a", "y"]),
        ("abcabcab", ["aa", "bb", "cc", "a", "b"]),
        ("abcdabcd", ["a", "b", "c", "d", "a", "b", "c", "d"]),
        ("aabaab", ["aa", "b", "aa", "b"]),
    ],
)
def test_series_and_turns(text: str, series: list[str]) -> None:
    assert ["".join(items) for items in fold(text, str)] == series


def test_every_item_stands_in_one_series() -> None:
    text = "aabcbcbcdddabcabcd"
    series = list(fold(list(enumerate(text)), lambda pair: pair[1]))
    assert sorted(item for items in series for item in items) == list(enumerate(text))
    assert [items[0] for items in series] == sorted(items[0] for items in series)


@pytest.mark.parametrize(
    ("names", "text"),
    [
        (["reduction A"], "reduction A"),
        (["unit 1", "unit 2"], "unit 1–2"),
        (["stage 1, unit 2", "stage 1, unit 3", "stage 1, unit 4"], "stage 1, unit 2–4"),
        (["module B 1", "module B 3"], "module B 1, 3"),
        (["module B 2", "module B 4", "module B 6"], "module B 2, 4–6"),
        (["between", "between"], "between–between"),
    ],
)
def test_names_of_series(names: list[str], text: str) -> None:
    assert name_series(names) == text
