"""Names beside points: each is its own point's, and hides nothing."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from resnets.report.labels import label_points

# Parameters, M, and multiply-adds, G, of networks for ImageNet.
NETWORKS = {
    "resnet18": (11.7, 1.8),
    "resnet34": (21.8, 3.7),
    "resnet50": (25.6, 4.1),
    "resnext50_32x4d": (25.0, 4.2),
    "vgg16": (138.4, 15.5),
    "googlenet": (13.0, 1.5),
    "densenet121": (8.0, 2.8),
    "inception_v3": (27.2, 5.7),
}


def label(names: Sequence[str], x: Sequence[float], y: Sequence[float]) -> Axes:
    axes = Figure(figsize=(5.2, 3.6)).add_axes((0.1, 0.1, 0.85, 0.85))
    axes.set_xscale("log")
    axes.set_xlim(5, 350)
    axes.set_ylim(0, 19)
    axes.plot(x, y, "o", ms=5)
    label_points(axes, names, x, y)
    axes.figure.draw_without_rendering()
    return axes


def boxes_of(axes: Axes) -> list[Bbox]:
    """Return where the letters of every name stand, in pixels, without its line."""
    return [Text.get_window_extent(text) for text in axes.texts]


def find_overlaps(axes: Axes, points: np.ndarray) -> list[str]:
    names, letters = [text.get_text() for text in axes.texts], boxes_of(axes)
    found = []
    for i, box in enumerate(letters):
        found += [f"{names[i]} on {names[j]}" for j in range(i) if box.overlaps(letters[j])]
        dots = [j for j in range(len(points)) if box.padded(3).contains(*points[j])]
        found += [f"{names[i]} on the point of {names[j]}" for j in dots if j != i]
        inside = axes.bbox.padded(1)
        found += [names[i]] * (not inside.contains(*box.min) or not inside.contains(*box.max))
    return found


def test_every_name_stands_beside_its_own_point() -> None:
    x, y = zip(*NETWORKS.values(), strict=True)
    axes = label(list(NETWORKS), x, y)
    points = axes.transData.transform(np.column_stack((x, y)))
    assert [text.get_text() for text in axes.texts] == list(NETWORKS)
    assert find_overlaps(axes, points) == []
    for i, (text, box) in enumerate(zip(axes.texts, boxes_of(axes), strict=True)):
        nearest = np.clip(points, box.min, box.max)
        gaps = np.hypot(*(points - nearest).T)
        assert text.arrow_patch is not None or gaps.argmin() == i


def test_a_name_stands_to_the_right_where_nothing_is() -> None:
    axes = label(["a", "b"], [10, 100], [5, 15])
    assert [(text.get_ha(), text.xyann[0]) for text in axes.texts] == [("left", 5), ("left", 5)]
    assert [text.arrow_patch for text in axes.texts] == [None, None]


def test_a_name_at_the_right_edge_stands_to_the_left() -> None:
    (text,) = label(["a long name"], [330], [10]).texts
    assert text.get_ha() == "right"


@pytest.mark.parametrize("count", [2, 4, 9])
def test_names_of_one_point_do_not_hide_each_other(count: int) -> None:
    axes = label([f"network{i}" for i in range(count)], [40.0] * count, [9.0] * count)
    points = np.repeat(axes.transData.transform([(40.0, 9.0)]), count, axis=0)
    assert find_overlaps(axes, points) == []
    assert any(text.arrow_patch for text in axes.texts) == (count > 4)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_thirty_points_anywhere_have_room_for_their_names(seed: int) -> None:
    draw = np.random.default_rng(seed)
    x, y = np.exp(draw.uniform(np.log(6), np.log(250), 30)), draw.uniform(1, 18, 30)
    axes = label([f"network{i}" for i in range(30)], x, y)
    assert len(axes.texts) == 30
    assert find_overlaps(axes, axes.transData.transform(np.column_stack((x, y)))) == []
