"""Colours of training images, against arithmetic on one pixel at a time."""

from __future__ import annotations

import math

import pytest
import torch

from resnets.data import Augmentation, Dataset, Feeder, ResidentImages, Split, apply_recipe
from resnets.data.augmentation import Renderer, draw_changes, draw_views
from resnets.data.colours import change_colours, draw_colours
from resnets.data.randomness import draw_uniform, make_key
from resnets.errors import ConfigError
from resnets.spec import Preprocessing, Recipe

PIXELS = torch.tensor([[[200.0, 100.0, 50.0], [0.0, 40.0, 80.0]]])[None]  # (1, 1, 2, 3)
GREYS = (0.299 * 200 + 0.587 * 100 + 0.114 * 50, 0.587 * 40 + 0.114 * 80)  # 124.2 and 32.6
NOTHING = [0.0, 0.0, 0.0]


def change(order: list[int], factors: list[float], added: list[float] = NOTHING) -> torch.Tensor:
    return change_colours(PIXELS, torch.tensor([[*order, *factors, *added]]))[0, 0]


def test_brightness_scales() -> None:
    found = change([0, 1, 2], [1.5, 1, 1])
    assert found.tolist() == [[300, 150, 75], [0, 60, 120]]


def test_contrast_blends_with_the_mean_grey() -> None:
    mean = sum(GREYS) / 2
    assert mean == pytest.approx(78.4)
    found = change([1, 0, 2], [0.5, 1, 1])
    expected = [[(v + mean) / 2 for v in pixel] for pixel in PIXELS[0, 0].tolist()]
    assert found == pytest.approx(torch.tensor(expected), abs=1e-4)


def test_saturation_blends_with_the_grey_picture() -> None:
    found = change([2, 1, 0], [1.4, 1, 1])
    expected = [
        [grey + 1.4 * (v - grey) for v in pixel]
        for pixel, grey in zip(PIXELS[0, 0].tolist(), GREYS, strict=True)
    ]
    assert found == pytest.approx(torch.tensor(expected), abs=1e-4)


def test_changes_come_in_the_order_that_was_drawn() -> None:
    """Brightness twice as high doubles the mean that contrast then blends with."""
    first = change([0, 1, 2], [2.0, 0.0, 1.0])
    assert first == pytest.approx(torch.full((2, 3), 156.8), abs=1e-3)
    last = change([2, 1, 0], [0.0, 1.0, 2.0])
    expected = torch.tensor(GREYS)[:, None].expand(2, 3) * 2
    assert last == pytest.approx(expected, abs=1e-3)


def test_noise_is_added_in_units_of_the_whole_range() -> None:
    found = change([0, 1, 2], [1, 1, 1], [0.1, -0.2, 0.0])
    assert found == pytest.approx(PIXELS[0, 0] + torch.tensor([25.5, -51.0, 0.0]), abs=1e-4)


def test_lighting_is_the_published_eigenvectors_times_values_times_noise() -> None:
    """By hand, with the numbers of fb.resnet.torch, from the same uniform numbers."""
    key, samples = make_key("test", 1), torch.arange(3)
    drawn = draw_colours(key, samples, 0.0, 0.1)
    uniform = [draw_uniform(key, samples, 30 + i).tolist() for i in range(6)]
    for i in range(3):
        a, b, c = (
            0.1 * math.sqrt(-2 * math.log(1 - uniform[j][i])) * math.cos(
                2 * math.pi * uniform[3 + j][i]
            )
            for j in range(3)
        )  # fmt: skip
        red = -0.5675 * 0.2175 * a + 0.7192 * 0.0188 * b + 0.4009 * 0.0045 * c
        green = -0.5808 * 0.2175 * a - 0.0045 * 0.0188 * b - 0.8140 * 0.0045 * c
        blue = -0.5836 * 0.2175 * a - 0.6948 * 0.0188 * b + 0.4203 * 0.0045 * c
        assert drawn[i, 6:].tolist() == pytest.approx([red, green, blue], abs=1e-7)
        assert drawn[i, 3:6].tolist() == [1, 1, 1]


def test_what_is_drawn_has_the_right_distribution() -> None:
    drawn = draw_colours(make_key("test", 2), torch.arange(30_000), 0.4, 0.1)
    orders = drawn[:, 0] * 9 + drawn[:, 1] * 3 + drawn[:, 2]
    counts = orders.long().bincount()
    assert (counts > 0).sum() == 6
    assert 4700 < int(counts[counts > 0].min()) <= int(counts.max()) < 5300
    assert 0.6 <= float(drawn[:, 3:6].min()) < 0.601
    assert 1.399 < float(drawn[:, 3:6].max()) <= 1.4
    # Along the first axis all three colours move together, by 0.1 · 0.2175 · 0.57 or so.
    assert float(drawn[:, 6].std()) == pytest.approx(
        0.1 * math.hypot(0.5675 * 0.2175, 0.7192 * 0.0188, 0.4009 * 0.0045), rel=0.02
    )
    assert float(drawn[:, 6:].mean(0).abs().max()) < 5e-4
    assert float(torch.corrcoef(drawn[:, 6:].T)[0, 2]) > 0.97


def test_colours_depend_on_seed_epoch_and_sample_alone() -> None:
    augmentation = Augmentation(jitter=0.4, lighting=0.1)
    whole = draw_changes(augmentation, 5, 2, torch.arange(1000))
    some = torch.tensor([7, 999, 7, 0])
    assert whole is not None
    assert torch.equal(draw_changes(augmentation, 5, 2, some), whole[some])  # type: ignore[arg-type]
    assert not torch.equal(draw_changes(augmentation, 5, 3, some), whole[some])  # type: ignore[arg-type]
    assert draw_changes(Augmentation(pad=4), 5, 2, some) is None


def test_they_leave_the_views_as_they_were() -> None:
    plain, changed = Augmentation(pad=4, flip=True), Augmentation(pad=4, flip=True, jitter=0.4)
    samples = torch.arange(50)
    assert torch.equal(draw_views(plain, 1, 0, samples), draw_views(changed, 1, 0, samples))


@pytest.mark.parametrize("resized_crop", [True, False])
def test_the_renderer_changes_colours_before_it_normalises_and_pads(resized_crop: bool) -> None:
    rules = Preprocessing(channels=3, image_size=6, resize=6, mean=(0.5,) * 3, std=(0.25,) * 3)
    draw = torch.Generator().manual_seed(0)
    images = torch.randint(0, 256, (2, 6, 6, 3), dtype=torch.uint8, generator=draw)
    augmentation = Augmentation(pad=2, resized_crop=resized_crop, jitter=0.4)
    colours = draw_colours(3, torch.arange(2), 0.4, 0.1)
    views = torch.tensor([[0, 2, 0], [2, 2, 0]])
    if resized_crop:
        views = torch.eye(2, 3).expand(2, 2, 3)
    renderer = Renderer(rules, torch.device("cpu"), False)
    found = renderer.augment(images, augmentation, views, colours)
    changed = (change_colours(images, colours).permute(0, 3, 1, 2) / 255 - 0.5) / 0.25
    if resized_crop:
        torch.testing.assert_close(found, changed, atol=1e-5, rtol=1e-5)
        return
    torch.testing.assert_close(found[1], changed[1], atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(found[0, :, 2:], changed[0, :, :4], atol=1e-5, rtol=1e-5)
    assert found[0, :, :2].abs().max() == 0


def test_crops_of_a_random_shorter_side_have_its_shares() -> None:
    """224 of 256 to 480 pixels: 7/8 down to 7/15 of the square, anywhere inside it."""
    recipe = Recipe(crop="scale")
    augmentation = apply_recipe(Augmentation(flip=True, resized_crop=True), recipe, 3)
    views = draw_views(augmentation, 0, 0, torch.arange(20_000))
    width, height = views[:, 0, 0].abs(), views[:, 1, 1]
    assert torch.equal(width, height)
    sides = 224 / width.double()
    assert 256 - 1e-3 <= float(sides.min()) < 256.2
    assert 479.8 < float(sides.max()) <= 480 + 1e-3
    assert float(sides.mean()) == pytest.approx(368, abs=1.5)
    assert float((views[:, :, 2].abs() + width[:, None]).max()) <= 1 + 1e-6
    assert float((views[:, 0, 0] < 0).double().mean()) == pytest.approx(0.5, abs=0.02)


@pytest.mark.parametrize("crop", ["source", "scale"])
def test_an_epoch_that_is_resumed_has_the_same_colours(crop: str) -> None:
    draw = torch.Generator().manual_seed(0)
    images = torch.randint(0, 256, (30, 8, 8, 3), dtype=torch.uint8, generator=draw)
    split = Split(ResidentImages(images), torch.arange(30) % 3, tuple(map(str, range(30))))
    recipe = Recipe(crop=crop, jitter=0.4, lighting=0.1)
    rules = Preprocessing(channels=3, image_size=8, resize=8)
    augmentation = apply_recipe(Augmentation(pad=1), recipe, 3)
    data = Dataset("d", ("a", "b", "c"), split, None, split, rules, augmentation, "")
    options = {"device": "cpu", "seed": 1, "augment": True, "channels_last": True}
    whole = list(Feeder(data, 10, **options).training(4))
    (later,) = Feeder(data, 10, **options).training(4, first=2)
    assert torch.equal(later[0], whole[2][0])
    small = torch.cat([x for x, _ in Feeder(data, 5, **options).training(4)])
    assert torch.allclose(small, torch.cat([x for x, _ in whole]), atol=1e-6)
    other = torch.cat([x for x, _ in Feeder(data, 10, **options).training(5)])
    assert not torch.allclose(small, other, atol=0.1)


def test_what_a_recipe_asks_for() -> None:
    source = Augmentation(pad=4, flip=True)
    assert apply_recipe(source, Recipe(), 1) == source
    area = apply_recipe(source, Recipe(crop="area", jitter=0.4, lighting=0.1), 3)
    assert (area.resized_crop, area.shorter_side, area.jitter, area.lighting) == (
        True, None, 0.4, 0.1
    )  # fmt: skip
    scale = apply_recipe(source, Recipe(crop="scale", scales=(224, 448)), 3)
    assert scale.shorter_side == (1.0, 2.0)


@pytest.mark.parametrize("field", ["jitter", "lighting"])
def test_grey_images_have_no_colours(field: str) -> None:
    with pytest.raises(ConfigError, match=rf"recipe.{field} = 0.1") as caught:
        apply_recipe(Augmentation(), Recipe(**{field: 0.1}), 1)
    assert caught.value.code == "E2870"


@pytest.mark.parametrize(
    "fields",
    [
        {"scales": (480, 256)},
        {"scales": (200, 256)},
        {"augment": "none", "crop": "scale"},
        {"augment": "none", "lighting": 0.1},
        {"jitter": 1.5},
        {"lighting": -0.1},
    ],
)
def test_recipes_that_make_no_sense_are_refused(fields: dict[str, object]) -> None:
    with pytest.raises(ConfigError) as caught:
        Recipe(**fields)
    assert caught.value.code == "E2102"
