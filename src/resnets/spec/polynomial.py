"""Sums of powers and products of residual functions, the modules of PolyNet as data."""

from __future__ import annotations

from dataclasses import dataclass

from .layers import Layer, Shape

LETTERS, POWERS = "FGH", ("", "", "²", "³")


@dataclass(frozen=True)
class Each(Layer):
    """A layer that every pass through a shared function has for itself.

    Args:
        layer: the layer.
        passes: how many of it there are.
    """

    layer: Layer
    passes: int

    def shape(self, given: Shape) -> Shape:
        return self.layer.shape(given)


@dataclass(frozen=True)
class Polynomial(Layer):
    """ReLU(x + scale · ΣT_i(x)), where the terms T_i are made of residual functions.

    Side by side the terms are F, G, H. In cascade each goes on from the one before it, through a
    ReLU: F, GF, HGF; or F, F², F³ where one function is passed again and again.

    Args:
        functions: for each of F, G, H its names and layers; one alone is passed by every term.
        terms: how many terms, as many as functions unless there is one.
        cascade: whether terms stand one after another.
        scale: the constant on every term.
        keep: probability to keep a term, drawn for each term and mini-batch (stochastic paths).
    """

    functions: tuple[tuple[tuple[str, Layer], ...], ...]
    terms: int
    cascade: bool
    scale: float = 1.0
    keep: float = 1.0

    def shape(self, given: Shape) -> Shape:
        return given

    def function(self, term: int) -> tuple[tuple[str, Layer], ...]:
        """Return the function that a term adds to what it goes on from."""
        return self.functions[min(term, len(self.functions) - 1)]

    @property
    def formula(self) -> str:
        """The module as the paper writes it, ``I + F + GF``."""
        letters = LETTERS[: len(self.functions)]
        if len(letters) < self.terms:
            terms = [f"F{POWERS[n]}" for n in range(1, self.terms + 1)]
        elif self.cascade:
            terms = [letters[n::-1] for n in range(self.terms)]
        else:
            terms = list(letters)
        return " + ".join(["I", *terms])
