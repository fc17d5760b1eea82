"""Claims as data: ``train_error of plain56 > train_error of plain20``.

A side is a sum of terms, each a measure of a row or a number, with `` + `` and `` - `` between.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from resnets.errors import ConfigError

_TERM = re.compile(r"(?P<measure>\w+(?::[\w.]+)?) of (?P<row>[\w.+-]+)|(?P<number>\d+(?:\.\d+)?)")


@dataclass(frozen=True)
class Term:
    """A measure of a row, with its sign.

    Args:
        sign: 1 or -1.
        measure: a name of ``measures``, with its argument.
        row: a row of the study.
    """

    sign: int
    measure: str
    row: str


@dataclass(frozen=True)
class Predicate:
    """``Σ terms + constant > 0``, or ``< 0``.

    Args:
        terms: both sides, the right one with its signs turned.
        constant: the numbers of both sides.
        greater: whether the sum must be above zero.
        text: as it was written.
    """

    terms: tuple[Term, ...]
    constant: float
    greater: bool
    text: str

    @property
    def rows(self) -> tuple[str, ...]:
        """Rows that it speaks of, each once."""
        return tuple(dict.fromkeys(term.row for term in self.terms))

    def describe(self, measures: Mapping[str, str], rows: Mapping[str, str]) -> str:
        """Say it in words.

        Args:
            measures, rows: how each is called, by name.
        """
        text = self.text
        for term in self.terms:
            words = f"{measures[term.measure]} of {rows[term.row]}"
            text = re.sub(rf"{re.escape(f'{term.measure} of {term.row}')}(?![\w.+-])", words, text)
        return text


def parse_predicate(text: str) -> Predicate:
    """Read a predicate.

    Raises:
        ConfigError: it is not of that form.
    """
    sides = re.split(r" ([<>]) ", text)
    if len(sides) != 3:
        raise _refuse(text, "it needs one < or > between two sides")
    terms: list[Term] = []
    constant = 0.0
    for side, turn in ((sides[0], 1), (sides[2], -1)):
        for sign, match in _read_side(side, text):
            if match["number"]:
                constant += turn * sign * float(match["number"])
            else:
                terms.append(Term(turn * sign, match["measure"], match["row"]))
    if not terms:
        raise _refuse(text, "it speaks of no row")
    return Predicate(tuple(terms), constant, sides[1] == ">", text)


def _read_side(side: str, text: str) -> Iterator[tuple[int, re.Match[str]]]:
    first, *rest = re.split(r" ([+-]) ", side)
    signs = [1, *(1 if mark == "+" else -1 for mark in rest[::2])]
    for sign, part in zip(signs, [first, *rest[1::2]], strict=True):
        match = _TERM.fullmatch(part)
        if match is None:
            raise _refuse(text, f"{part!r} is neither a number nor a measure of a row")
        yield sign, match


def _refuse(text: str, why: str) -> ConfigError:
    return ConfigError(
        "E2751",
        "a claim cannot be read",
        what=text,
        why=why,
        do="write it like  train_error of plain56 > train_error of plain20",
    )
