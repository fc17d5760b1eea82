"""Crops and sizes of the protocols, by hand on pictures whose pixels are their own coordinates."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from resnets.evaluation import PROTOCOLS, predict, views
from resnets.networks import build
from resnets.spec import Spec

NET = Spec(depths=(1, 1), widths=(4, 8), num_classes=3)


def coordinates(height: int, width: int) -> Tensor:
    """One picture whose pixel (i, j) has the value 100 i + j."""
    rows, columns = torch.arange(height), torch.arange(width)
    return (100 * rows[:, None] + columns).float()[None, None]


def corners(view: Tensor) -> tuple[float, float]:
    """The values of the first and of the last pixel: where a view was cut."""
    return view[0, 0, 0, 0].item(), view[0, 0, -1, -1].item()


def test_lengths_of_the_papers_are_for_224_pixels_and_in_proportion_for_others() -> None:
    assert [views.fit_side(side, 224) for side in views.SCALES] == [224, 256, 384, 480, 640]
    assert [views.fit_side(side, 224) for side in views.INCEPTION] == [256, 288, 320, 352]
    assert [views.fit_side(side, 7) for side in views.SCALES] == [7, 8, 12, 15, 20]
    assert [views.fit_side(side, 299) for side in views.INCEPTION] == [342, 384, 427, 470]


@pytest.mark.parametrize(
    ("shape", "side", "answer"),
    [((8, 12), 4, (4, 6)), ((12, 8), 16, (24, 16)), ((8, 8), 8, (8, 8)), ((9, 12), 6, (6, 8))],
)
def test_the_shorter_side_is_resized(
    shape: tuple[int, int], side: int, answer: tuple[int, int]
) -> None:
    picture = coordinates(*shape)
    found = views.resize(picture, side)
    assert tuple(found.shape[-2:]) == answer
    oracle = functional.interpolate(picture, answer, mode="bilinear", antialias=True)
    assert torch.allclose(found, oracle, atol=1e-3)


def test_squares_are_left_middle_right_or_top_middle_bottom() -> None:
    wide = [corners(square) for square in views.cut_squares(coordinates(8, 12))]
    assert wide == [(0, 707), (2, 709), (4, 711)]
    tall = [corners(square) for square in views.cut_squares(coordinates(12, 8))]
    assert tall == [(0, 707), (200, 907), (400, 1107)]


def test_twelve_crops_are_four_corners_centre_and_the_small_square_with_mirrors() -> None:
    picture = coordinates(16, 20)  # for a size of 14 the shorter side of 256 is 16: not resized
    found = list(views.take_twelve(picture, 14))
    assert len(found) == 12
    square = picture[..., 2:18]
    # Corners in the order of torchvision's five_crop, then the centre.
    expected = [(2, 1315), (4, 1317), (202, 1515), (204, 1517), (103, 1416)]
    assert [corners(view) for view in found[0:10:2]] == expected
    small = functional.interpolate(square, (14, 14), mode="bilinear", antialias=True)
    assert torch.allclose(found[10], small, atol=1e-3)
    for view, mirrored in zip(found[::2], found[1::2], strict=True):
        assert torch.equal(mirrored, view.flip(3))


def test_144_crops_are_four_sizes_of_three_squares_of_twelve() -> None:
    picture = coordinates(16, 20)
    found = list(views.take_144(picture, 14))
    assert len(found) == 144
    assert {tuple(view.shape) for view in found} == {(1, 1, 14, 14)}
    first = [corners(found[12 * square]) for square in range(3)]  # upper left corners of squares
    assert first == [(0, 1313), (2, 1315), (4, 1317)]
    for i, side in enumerate((16, 18, 20, 22)):
        bottom = views.resize(picture, side)[..., -side:, -side:][..., -14:, -14:]
        assert torch.equal(found[36 * i + 24 + 6], bottom)  # last square, lower right corner


def test_the_twelve_are_the_middle_square_of_the_first_size_of_the_144() -> None:
    picture = coordinates(30, 21)
    twelve, many = list(views.take_twelve(picture, 14)), list(views.take_144(picture, 14))
    assert all(torch.equal(a, b) for a, b in zip(twelve, many[12:24], strict=True))


def test_the_large_crop_is_the_middle_of_the_shorter_side() -> None:
    (view,) = views.take_large(coordinates(20, 26), 14)  # 320 / 224 · 14 = 20
    assert corners(view) == (3, 1922)
    (view,) = views.take_large(coordinates(40, 60), 14)
    assert view.shape[-2:] == (20, 20)


def test_one_position_is_the_single_crop_and_more_are_a_mean_of_scores() -> None:
    net = build(NET, seed=1).eval()
    draw = torch.Generator().manual_seed(0)
    x = torch.randn(2, 3, 32, 32, generator=draw)
    single = predict(net, x)
    assert torch.allclose(predict(net, x, "dense"), single, atol=1e-6)
    # One row of positions more: maps of stride 2, so 34 pixels have 17 rows and two windows.
    tall = torch.randn(2, 3, 34, 32, generator=draw)
    with torch.no_grad():
        maps = net.forward_features(tall)
        scores = (net.forward_head(maps[:, :, :16]) + net.forward_head(maps[:, :, 1:])) / 2
    assert torch.allclose(predict(net, tall, "dense", crop=32), scores.softmax(1), atol=1e-6)
    assert not torch.allclose(predict(net, tall), scores.softmax(1), atol=1e-4)


def test_a_dense_net_with_hidden_layers_slides_them_too() -> None:
    """A network with fully connected layers sees each position as a picture of its own."""
    from resnets.catalog import look_up

    spec = look_up("vgg11").spec.replace(num_classes=3, widths=(8,) * 5, hidden=16)
    net = build(spec, seed=0).eval()
    x = torch.randn(1, 3, 256, 224, generator=torch.Generator().manual_seed(2))
    with torch.no_grad():
        maps = net.forward_features(x)
        assert maps.shape[-2:] == (8, 7)
        scores = (net.forward_head(maps[:, :, :7]) + net.forward_head(maps[:, :, 1:])) / 2
    assert torch.allclose(predict(net, x, "dense", crop=224), scores.softmax(1), atol=1e-6)


def test_multi_scale_averages_probabilities_of_five_sizes() -> None:
    net = build(NET, seed=1).eval()
    x = torch.randn(2, 3, 35, 40, generator=torch.Generator().manual_seed(0))
    found = predict(net, x, "multi-scale", crop=28)
    parts = [predict(net, views.resize(x, side), "dense", crop=28) for side in (28, 32, 48, 60, 80)]
    assert torch.allclose(found, torch.stack(parts).mean(0), atol=1e-6)


@pytest.mark.parametrize("protocol", [name for name, p in PROTOCOLS.items() if p.resizes])
def test_protocols_that_resize_take_pictures_smaller_than_their_views(protocol: str) -> None:
    net = build(NET, seed=1).eval()
    x = torch.randn(1, 3, 9, 12, generator=torch.Generator().manual_seed(0))
    answer = predict(net, x, protocol, crop=14)
    assert answer.sum().item() == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize(("name", "protocol"), PROTOCOLS.items())
def test_the_largest_side_is_that_of_the_views(name: str, protocol: object) -> None:
    sides = {
        "single-320": 320, "12-crop": 256, "144-crop": 352, "multi-scale": 640
    }  # fmt: skip
    assert protocol.largest == sides.get(name, 0)  # type: ignore[attr-defined]
