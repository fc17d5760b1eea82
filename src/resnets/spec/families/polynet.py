"""PolyNet: Inception-ResNet whose blocks are polynomials of residual functions."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import Field

from resnets.spec.frozen import Share
from resnets.spec.layers import Act, Chain, Concat, Layer, Norm
from resnets.spec.plan import FamilySpec, Plan, Step, step
from resnets.spec.polynomial import Each, Polynomial
from resnets.spec.shorthand import conv

from .inception import (
    Hand,
    Line,
    Parts,
    Scale,
    WidthShare,
    branch,
    enter,
    head,
    name_steps,
    split,
)

Kind = Literal["residual", "poly-2", "mpoly-2", "2-way", "poly-3", "mpoly-3", "3-way"]
Stage = Annotated[tuple[Kind, ...], Field(min_length=1)]

VERY_DEEP: tuple[Stage, Stage, Stage] = (
    ("2-way",) * 10,
    ("poly-3", "2-way") * 10,
    ("poly-3", "2-way") * 5,
)
"""Modules of the Very Deep PolyNet in its stages A, B and C."""

PATHS: tuple[tuple[Line, ...], ...] = (
    (((32, 1), (48, 3), (64, 3)), ((32, 1), (32, 3)), ((32, 1),)),
    (((128, 1), (160, (1, 7)), (192, (7, 1))), ((192, 1),)),
    (((192, 1), (224, (1, 3)), (256, (3, 1))), ((192, 1),)),
)
"""Branches of F in the stages A, B and C: those of Inception-ResNet-v2."""

REDUCTIONS: tuple[tuple[Line, ...], ...] = (
    (((256, 1), (256, 3), (384, 3)), ((384, 3),)),
    (((256, 1), (256, 3), (256, 3)), ((256, 1), (256, 3)), ((256, 1), (384, 3))),
)


class PolyNet(FamilySpec):
    """Stem, modules A, reduction, modules B, reduction, modules C, pool, dropout, classifier.

    A module is ReLU(x + scale · ΣT_i(x)), where the terms T_i are made of functions F, G, H, the
    branches of Inception-ResNet-v2 with a 1×1 convolution and batch norm behind them:

    | kind | module | weights |
    |---|---|---|
    | residual | I + F | those of F |
    | poly-2, poly-3 | I + F + F² (+ F³) | branches of F, shared; batch norms and the last 1×1 |
    |   |   | convolution once for each pass |
    | mpoly-2, mpoly-3 | I + F + GF (+ HGF) | those of F, G (and H) |
    | 2-way, 3-way | I + F + G (+ H) | those of F, G (and H) |

    F² is F again on ReLU(F(x)), so every power costs one more pass. Maps have 384, 1152 and 2048
    channels; the stem is that of Inception-v4.

    Args:
        stages: kinds of the modules in the stages A, B and C.
        scale: β, the constant on every term.
        keep: probability to keep the terms of the last module (stochastic paths). It falls along a
            line from 1 in the first module, and is drawn for each term and mini-batch; in
            evaluation a term is scaled by it.
        stem: ``small`` keeps the size of its picture, without strides, and every filter is padded:
            the same modules on maps of 32², 16² and 8² for pictures of 32 pixels.
        width: share of every width.
        dropout: before the classifier.

    Source: Zhang et al. 2017, Sections 3 and 4, and the authors' release, whose names these are.
    There β stands inside the last batch norm of F: the release is scale = 1, keep = 0.7. The paper
    turns stochastic paths on late in training; here they are on from the start or not at all.
    """

    family: Literal["polynet"] = "polynet"
    stages: tuple[Stage, Stage, Stage] = VERY_DEEP
    scale: Scale = 0.3
    keep: Scale = 1.0
    stem: Literal["large", "small"] = "large"
    width: WidthShare = 1.0
    dropout: Share = 0.2

    @property
    def natural_size(self) -> int:
        return 32 if self.stem == "small" else 331

    def plan(self) -> Plan:
        hand = Hand(self.width, self.stem == "small", eps=1e-5)
        last = sum(map(len, self.stages)) - 1
        body = _lay_stem(hand)
        position = 0
        for stage, (letter, kinds) in enumerate(zip("abc", self.stages, strict=True)):
            channels = Plan(tuple(body), (), "").shapes(self.in_shape)[body[-1].name][0]
            modules = []
            for kind in kinds:
                keep = 1 - (1 - self.keep) * position / max(last, 1)
                modules.append(_module(hand, kind, PATHS[stage], channels, self.scale, keep))
                position += 1
            names = [f"stage_{letter}.{i}" for i in range(len(kinds))]
            body += name_steps(
                names, modules, label=f"module {letter.upper()}", unit=True, ends=True
            )
            if stage < 2:
                lines = [hand.line(*line, reduce=True) for line in REDUCTIONS[stage]]
                reduction = split([*lines, [hand.pool()]], "path")
                label = f"reduction {letter.upper()}"
                body.append(step(f"reduction_{letter}", reduction, label=label))
        return Plan(tuple(body), head(self.dropout, "avg_pool", "dropout"), "last_linear")


def _lay_stem(hand: Hand) -> list[Step]:
    """Return the stem of Inception-v4, in the release's names and order of channels."""
    wide = hand.conv(96, 3, v=True)
    long = hand.line((64, 1), (64, (7, 1)), (64, (1, 7)))
    stride = 1 if hand.small else 2
    parts: Parts = (
        *branch("conv1", enter(hand)),
        (
            "",
            Concat(
                (
                    branch("conv1_pool_branch", [hand.pool(stride)]),
                    branch("conv1_branch", [hand.stem_conv(96, 2)]),
                )
            ),
        ),
        (
            "",
            Concat(
                (
                    branch("conv2_short", [hand.conv(64, 1), wide]),
                    branch("conv2_long", [*long, wide]),
                )
            ),
        ),
        (
            "",
            Concat(
                (
                    branch("conv2_pool_branch", [hand.pool(stride)]),
                    branch("conv2_branch", [hand.stem_conv(192, 2)]),
                )
            ),
        ),
    )
    return [step("stem", Chain(parts))]


def _module(
    hand: Hand, kind: Kind, lines: tuple[Line, ...], channels: int, scale: float, keep: float
) -> Layer:
    """Return one module.

    Args:
        hand: how layers are written.
        kind: which polynomial.
        lines: branches of F.
        channels: of the map.
        scale, keep: as in ``Polynomial``.
    """
    terms = 1 if kind == "residual" else int(re.sub(r"\D", "", kind))
    last = Chain((("conv", conv(channels, 1)), ("bn", Norm(hand.eps))))
    functions: tuple[Parts, ...]
    if kind.startswith("poly"):
        shared = Concat(tuple(_share(hand, line, i, terms) for i, line in enumerate(lines)))
        functions = ((("", shared), ("conv2d_blocks", Each(last, terms))),)
    else:
        body = Chain((("", split([hand.line(*line) for line in lines], "path")), ("conv2d", last)))
        functions = tuple(((f"blocks.{n}", body),) for n in range(terms))
    return Polynomial(functions, terms, "poly" in kind, scale, keep)


def _share(hand: Hand, line: Line, number: int, passes: int) -> Parts:
    """Return a branch with convolutions that all passes share, and batch norms that they do not."""
    parts: list[tuple[str, Layer]] = []
    for channels, kernel in line:
        height, width = (kernel, kernel) if isinstance(kernel, int) else kernel
        shared = Chain(
            (
                ("conv", conv(hand.width(channels), kernel)),
                ("bn_blocks", Each(Norm(hand.eps), passes)),
                ("relu", Act()),
            )
        )
        name = f"path{number}_{height}x{width}" if len(line) > 1 else f"path{number}"
        again = sum(known.startswith(name) for known, _ in parts)
        parts.append((name + "b" * again, shared))
    return tuple(parts)
