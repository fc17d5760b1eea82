"""Names taken apart: a family, a depth and endings, as in ``multi_resnet26_k4_w10``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

ENDINGS: dict[str, tuple[str, str]] = {
    "form": (r"cifar|imagenet|small", "_cifar, _imagenet, _small"),
    "block": (r"basic|bottleneck", "_basic, _bottleneck"),
    "shortcut": (
        r"a|b|c|conv_shortcut|no_shortcut",
        "_a, _b, _c, _conv_shortcut, _no_shortcut",
    ),
    "stride": (r"v1", "_v1"),
    "skip": (r"1layer", "_1layer"),
    "stem": (r"bare", "_bare"),
    "order": (
        r"bn_after_addition|relu_before_addition|relu_only_preact",
        "_bn_after_addition, _relu_before_addition, _relu_only_preact",
    ),
    "merge": (
        r"scaling_\d{1,4}_\d{1,4}|(?:exclusive|shortcut)_gate_b\d{1,2}|dropout_shortcut"
        r"|[1-9]\d{0,3}units",
        "_scaling_05_05, _exclusive_gate_b6, _shortcut_gate_b6, _dropout_shortcut, _23units",
    ),
    "paths": (r"[1-9]\d{0,3}x[1-9]\d{0,3}d", "_32x4d"),
    "branches": (r"k[1-9]\d{0,2}", "_k2"),
    "width": (r"w[1-9]\d{0,2}", "_w10"),
    "factor": (r"[1-9]\d{0,2}", "_10"),
    "dropout": (r"dropout", "_dropout"),
    "convolutions": (r"l[1-9]", "_l3"),
    "norm": (r"bn", "_bn"),
    "cifar": (r"cifar", "_cifar"),
    "small": (r"small", "_small"),
    "table": (r"table1", "_table1"),
    "paper": (r"paper", "_paper"),
    "filters": (
        r"(?:full|early|even)_filters|linear_pairs",
        "_full_filters, _linear_pairs, _early_filters, _even_filters",
    ),
    "side": (r"no_aux", "_no_aux"),
    "modules": (
        r"(?:[abc]_)?(?:residual|m?poly[23]|[23]way|mixed)",
        "_residual, _poly2, _mpoly2, _2way, _poly3, _mpoly3, _3way, _mixed, _b_mpoly3",
    ),
    "stochastic": (r"stochastic_paths", "_stochastic_paths"),
    "original": (r"original", "_original"),
    "auxiliary": (r"upper_aux|no_aux", "_upper_aux, _no_aux"),
    "activation": (r"sigmoid|tanh|softsign|relu", "_sigmoid, _tanh, _softsign, _relu"),
    "init": (r"normalized", "_normalized"),
    "gap": (r"gap", "_gap"),
    "growth": (r"k[1-9]\d{0,2}", "_k12"),
}
"""What may follow the depth, by kind: a pattern, and how it looks to people.

A family allows some kinds, each once, in any order.
"""

_NAME = re.compile(r"([a-z_]+?)([1-9]\d{0,4})((?:_.*)?)")


@dataclass(frozen=True)
class Name:
    """A name taken apart.

    Args:
        family: what stands before the depth.
        depth: weighted layers, as the family counts them; 0 where its names have no number.
        rest: all that stands after the depth.
        words: the endings by kind.
    """

    family: str
    depth: int
    rest: str
    words: Mapping[str, str]

    def get(self, kind: str) -> str:
        """Return the ending of a kind, or an empty string."""
        return self.words.get(kind, "")

    def number(self, kind: str, default: int = 1) -> int:
        """Return the number in an ending, for example 4 of ``k4``."""
        digits = re.sub(r"\D", "", self.get(kind))
        return int(digits) if digits else default

    def respell(self, depth: int, ending: str = "") -> str:
        """Return the name with another depth, and with an ending before its others."""
        return f"{self.family}{depth or ''}{ending}{self.rest}"


def split(text: str) -> tuple[str, int, str] | None:
    """Split a name into family, depth and the rest; None where there is no depth."""
    match = _NAME.fullmatch(text)
    return (match[1], int(match[2]), match[3]) if match else None


def read_endings(rest: str, kinds: Iterable[str]) -> tuple[dict[str, str], str]:
    """Read the endings of a name.

    Args:
        rest: for example ``"_k4_w10"``.
        kinds: kinds of ``ENDINGS`` that the family allows.

    Returns:
        The endings by kind, and what could not be read: nothing, if all went well.
    """
    patterns = {kind: re.compile(rf"_({ENDINGS[kind][0]})(?=_|$)") for kind in kinds}
    words: dict[str, str] = {}
    while rest:
        for kind, pattern in patterns.items():
            match = pattern.match(rest)
            if match and kind not in words:
                words[kind] = match[1]
                rest = rest[match.end() :]
                break
        else:
            break
    return words, rest
