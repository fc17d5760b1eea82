"""Names beside the points of a picture, each where it cannot be taken for another's."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes

SIZE = 8
"""Of the letters, in points, as all distances here."""
NEAR, FAR = 5.0, (15.0, 24.0, 34.0, 46.0, 60.0, 76.0)
"""Distances of a name from its point: beside it, or at the end of a leader line."""
DOT, ROOM = 3.5, 6.0
"""Half the width of a point, and the room around it that other names should leave."""
ROUNDS = 4
BEADS, BEAD = 10, 1.5
"""Places at which a leader line is probed, and half the width that it needs there."""
OVERLAP, DOUBT, LEADER = 100.0, 8.0, 12.0
"""What a place costs that covers something, is close to a foreign point, or needs a line."""

Spot = tuple[float, float, str, str]
"""Where a name stands from its point, in points, and which of its sides stands there."""


def _list_spots() -> list[Spot]:
    """List the places for a name, the best first."""
    spots: list[Spot] = [
        (NEAR, -0.5, "left", "center"),
        (-NEAR, -0.5, "right", "center"),
        (0, NEAR, "center", "bottom"),
        (0, -NEAR - 1, "center", "top"),
        (3, 3, "left", "bottom"),
        (3, -3, "left", "top"),
        (-3, 3, "right", "bottom"),
        (-3, -3, "right", "top"),
    ]
    for distance in FAR:
        for hour in (3, 2, 4, 9, 10, 8, 1, 5, 11, 7, 12, 6):
            right, up = math.sin(math.tau * hour / 12), math.cos(math.tau * hour / 12)
            side = "center" if abs(right) < 0.4 else "left" if right > 0 else "right"
            level = "center" if side != "center" else "bottom" if up > 0 else "top"
            spots.append((distance * right, distance * up, side, level))
    return spots


SPOTS = _list_spots()
SIDES = {"left": 0.0, "bottom": 0.0, "center": 0.5, "right": 1.0, "top": 1.0}
OFFSETS = np.array([spot[:2] for spot in SPOTS])
ANCHORS = np.array([[SIDES[side] for side in spot[2:]] for spot in SPOTS])
LENGTHS = np.hypot(*OFFSETS.T)
LED = LENGTHS > 2 * NEAR
SHARES = np.linspace(2 * DOT / LENGTHS, 0.95, BEADS, axis=1)


def label_points(
    axes: Axes, names: Sequence[str], x: Sequence[float], y: Sequence[float], colour: str = "black"
) -> None:
    """Write names beside their points, free of other points and names where there is room.

    A name stands to the right or the left of its point, above or below it, or further off at the
    end of a thin line. The limits, the scales and the size of the axes must be final.

    Args:
        axes: where the points are drawn.
        names: one for each point.
        x, y: of the points, as drawn.
        colour: of the names.
    """
    scale = axes.figure.dpi / 72
    points = axes.transData.transform(np.column_stack((x, y))) / scale
    frame = np.array(axes.get_window_extent().extents) / scale
    sizes = [_measure(axes, name) / scale for name in names]
    places = np.stack([_occupy(*each) for each in zip(points, sizes, strict=True)])
    chosen = _choose_spots(points, places, frame)
    for name, place, spot in zip(names, zip(x, y, strict=True), chosen, strict=True):
        right, up, side, level = SPOTS[spot]
        line = {
            "arrowstyle": "-",
            "color": colour,
            "lw": 0.6,
            "shrinkA": 0,
            "shrinkB": DOT,
            "relpos": (SIDES[side], SIDES[level]),
        }
        style: dict[str, Any] = {"ha": side, "va": level, "color": colour, "fontsize": SIZE}
        style |= {"arrowprops": line} if LED[spot] else {}
        axes.annotate(name, place, (right, up), textcoords="offset points", **style)


def _measure(axes: Axes, name: str) -> np.ndarray:
    """Return width and height of a name, in pixels."""
    text = axes.text(0, 0, name, fontsize=SIZE)
    size = np.array(text.get_window_extent().size)
    text.remove()
    return size


def _occupy(point: np.ndarray, size: np.ndarray) -> np.ndarray:
    """Return what a name covers in every spot: boxes (spots, name and beads, 4)."""
    low = point + OFFSETS - ANCHORS * size
    name = np.concatenate((low - 0.5, low + size + 0.5), axis=1)
    # A name beside its point has no line: what is not a number covers nothing.
    lines = np.where(LED[:, None], OFFSETS, np.nan)
    beads = point + SHARES[:, :, None] * lines[:, None]
    return np.concatenate((name[:, None], _widen(beads, BEAD)), axis=1)


def _choose_spots(points: np.ndarray, places: np.ndarray, frame: np.ndarray) -> np.ndarray:
    """Choose a spot for each name; of several orders of choosing that with the least price."""
    own = np.stack([_price(*each, points, frame) for each in zip(points, places, strict=True)])
    orders = [order for axis in points.T for order in (axis.argsort(), (-axis).argsort())]
    return min((_settle(order, own, places) for order in orders), key=lambda found: found[0])[1]


def _settle(order: np.ndarray, own: np.ndarray, places: np.ndarray) -> tuple[float, np.ndarray]:
    """Let each name choose in turn, given the others, until none moves; return price and spots."""
    chosen = np.argmin(own, axis=1)
    for _ in range(ROUNDS):
        before = chosen.copy()
        total = 0.0
        for i in order:
            others = np.arange(len(places)) != i
            taken = places[others, chosen[others]]
            # A line across a name does less harm than a name upon a name.
            covered = _count(places[i], taken.reshape(-1, 4))
            covered += BEADS * _count(places[i][:, :1], taken[:, 0])
            price = own[i] + OVERLAP * covered
            chosen[i] = price.argmin()
            total += float(price.min())
        if (chosen == before).all():
            break
    return total, chosen


def _price(
    point: np.ndarray, boxes: np.ndarray, points: np.ndarray, frame: np.ndarray
) -> np.ndarray:
    """Return what each spot costs, whatever the other names do."""
    names, lines = boxes[:, :1], boxes[:, 1:]
    foreign = points[np.abs(points - point).max(axis=1) > 1]
    outside = (names[:, 0, :2] < frame[:2]).sum(axis=1) + (names[:, 0, 2:] > frame[2:]).sum(axis=1)
    covered = _count(names, _widen(foreign, DOT)) + _count(lines, _widen(foreign, DOT / 2))
    doubtful = _count(names, _widen(foreign, ROOM))
    order = np.where(LED, LEADER + LENGTHS, np.arange(len(SPOTS)))
    return order + OVERLAP * (outside + covered) + DOUBT * doubtful


def _widen(points: np.ndarray, by: float) -> np.ndarray:
    """Return a box around each point."""
    return np.concatenate((points - by, points + by), axis=-1)


def _count(boxes: np.ndarray, taken: np.ndarray) -> np.ndarray:
    """Count the overlaps of every spot's boxes (spots, parts, 4) with those taken (n, 4)."""
    low, high = np.nanmin(boxes[..., :2], axis=(0, 1)), np.nanmax(boxes[..., 2:], axis=(0, 1))
    near = taken[((taken[:, :2] < high) & (low < taken[:, 2:])).all(axis=1)]
    left, bottom, right, top = np.moveaxis(boxes[:, :, None], -1, 0)
    across = (left < near[:, 2]) & (near[:, 0] < right)
    return np.asarray((across & (bottom < near[:, 3]) & (near[:, 1] < top)).sum(axis=(1, 2)))
