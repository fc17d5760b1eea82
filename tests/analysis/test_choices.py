"""Numbers to choose in a design, counted by hand."""

from __future__ import annotations

import pytest

from resnets.analysis.choices import Choices, count_choices
from resnets.catalog import list_names, look_up
from resnets.spec import Spec
from resnets.spec.families import VGG, DenseNet


def test_a_template_leaves_few() -> None:
    """Stem 7×7 64; one kind of unit, 1×1 3×3 1×1 in 32 groups; four stages of equal units.

    Numbers: 2 for the stem, 2 + 3 + 2 for the unit, and how often it stands in each stage.
    """
    found = count_choices(look_up("resnext50_32x4d").spec)
    assert (found.layers, found.kinds) == (49, 2)
    assert found.numbers == 2 + 7 + 4


def test_a_plain_template_by_hand() -> None:
    spec = Spec(depths=(2, 2), widths=(4, 8), stem_width=4, num_classes=3)
    assert count_choices(spec) == Choices(layers=9, filters=2, kinds=2, numbers=2 + 4 + 2)


def test_vgg_by_hand() -> None:
    spec = VGG(depths=(1, 2), widths=(4, 8), hidden=0, side=1)
    # One kind, 3×3 of any width, and a series of two.
    assert count_choices(spec) == Choices(layers=3, filters=2, kinds=1, numbers=2 + 1)


def test_a_dense_block_is_one_choice_repeated() -> None:
    spec = DenseNet(depths=(4,), growth=6, bottleneck=0, stem_width=12)
    assert count_choices(spec) == Choices(layers=5, filters=2, kinds=1, numbers=2 + 1)


def test_hand_made_modules_leave_many() -> None:
    numbers = {
        name: count_choices(look_up(name).spec).numbers
        for name in ("resnext50_32x4d", "resnet50", "inception_v3", "inception_v4")
    }
    assert numbers["resnext50_32x4d"] - numbers["resnet50"] == 1  # the cardinality
    assert min(numbers["inception_v3"], numbers["inception_v4"]) > 8 * numbers["resnext50_32x4d"]


@pytest.mark.parametrize("name", list_names())
def test_every_network_has_choices(name: str) -> None:
    found = count_choices(look_up(name).spec)
    assert 0 < found.kinds <= found.numbers
    assert 0 < found.filters <= found.layers
    assert found.to_dict()["numbers"] == found.numbers
