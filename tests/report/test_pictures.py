"""Curves and photographs that belong to a page."""

from __future__ import annotations

import base64
import io
import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest
import torch
from PIL import Image

from resnets.report.pictures import COLOURS, draw_curves, encode_picture, find_top

CURVE = [(epoch, 60.0 / epoch) for epoch in range(1, 13)]


def test_a_drawing_takes_its_colours_from_the_page() -> None:
    svg = draw_curves("error", {"train": CURVE, "validation": CURVE}, top=20, last=5.0)
    root = ET.fromstring(svg)
    assert root.tag == "svg"
    assert root.get("viewBox")
    assert root.get("width") is None
    used = set(re.findall(r"var\(--(\w+)\)", svg))
    assert used == {"soft", "faint", "train", "validation", "test"}
    assert not any(colour in svg for colour in COLOURS.values())
    assert "<style" not in svg
    assert "http" not in svg
    assert "font-family" not in svg


def test_the_numbers_of_a_drawing_are_text() -> None:
    svg = draw_curves("rate", {"rate": CURVE})
    texts = [element.text for element in ET.fromstring(svg).iter("text")]
    assert "12" in texts
    assert "0" in texts


def test_names_inside_drawings_of_a_page_are_unique() -> None:
    found = []
    for name in ("error", "loss"):
        svg = draw_curves(name, {"train": CURVE})
        ids = re.findall(r'\bid="([^"]*)"', svg)
        targets = re.findall(r'(?:href="#|url\(#)([^")]*)', svg)
        assert ids
        assert targets
        assert set(targets) <= set(ids)
        found += ids
    assert len(found) == len(set(found))


def test_equal_curves_give_equal_bytes_and_the_style_of_the_user_stays() -> None:
    import matplotlib

    before = dict(matplotlib.rcParams)
    assert draw_curves("a", {"train": CURVE}) == draw_curves("a", {"train": CURVE})
    assert dict(matplotlib.rcParams) == before


@pytest.mark.parametrize("count", [1, 2, 3, 400])
def test_any_number_of_epochs_is_drawn(count: int) -> None:
    curve = [(epoch, 1.0) for epoch in range(1, count + 1)]
    ET.fromstring(draw_curves("x", {"train": curve}))


@pytest.mark.parametrize(
    ("values", "top", "clipped"),
    [
        ([90, 50, 20, 10, 9, 9, 8.5, 8, 8, 8, 8, 8], 20, True),
        ([60, 30], 80, False),
        ([90], 100, False),
        ([0, 0, 0, 0], 1, False),
        ([100, 100, 100], 100, False),
    ],
)
def test_the_axis_ends_where_the_last_epochs_can_be_seen(
    values: list[float], top: float, clipped: bool
) -> None:
    curve = [(epoch, value) for epoch, value in enumerate(values, 1)]
    assert find_top({"test": curve}) == (top, clipped)
    assert np.mean([value <= top for value in values]) >= 0.75


def test_the_axis_holds_a_value_measured_once() -> None:
    assert find_top({"train": [(1, 1.0), (2, 0.5)]}, [30.0]) == (80, False)


@pytest.mark.parametrize(
    ("shape", "mode", "size"),
    [((1, 8, 8), "L", (8, 8)), ((3, 32, 48), "RGB", (48, 32)), ((3, 224, 448), "RGB", (192, 96))],
)
def test_a_picture_keeps_its_pixels_and_is_never_large(
    shape: tuple[int, ...], mode: str, size: tuple[int, int]
) -> None:
    image = torch.randint(0, 256, shape, dtype=torch.uint8)
    head, data = encode_picture(image).split(",")
    assert head == "data:image/png;base64"
    picture = Image.open(io.BytesIO(base64.b64decode(data)))
    assert (picture.mode, picture.size) == (mode, size)
    if max(size) < 100:
        pixels = np.asarray(picture).reshape(*shape[1:], shape[0])
        assert np.array_equal(pixels, image.permute(1, 2, 0).numpy())
