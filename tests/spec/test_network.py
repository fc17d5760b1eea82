"""The grammar as data: validation, names, expansion."""

from __future__ import annotations

from typing import Any

import pytest

from resnets.errors import ConfigError
from resnets.spec import ORDERS, Add, Gate, Keep, Order, Spec, expand, stem_letters

BASE: dict[str, Any] = {"depths": (2, 2), "widths": (16, 32)}


@pytest.mark.parametrize(
    ("change", "field", "do"),
    [
        ({"shortcutt": "A"}, "shortcutt", "did you mean 'shortcut'?"),
        ({"shortcut": "D"}, "shortcut", "allowed: none, A, B, C"),
        ({"order": "full_preac"}, "order", "did you mean 'full_preact'?"),
        ({"order": {"head": "X"}}, "order.head", "allowed: '', B, R, BR, RB"),
        ({"order": {"hed": "B"}}, "order.hed", "did you mean 'head'?"),
        ({"merge": {"kind": "gat"}}, "merge.kind", "did you mean 'gate'?"),
        ({"merge": {"kind": "gate", "bia": 1.0}}, "merge.bia", "did you mean 'bias'?"),
        ({"merge": {"kind": "keep", "residual": 1.5}}, "merge.residual", "less than or equal to 1"),
        ({"depths": (2, 0)}, "depths.1", "greater than or equal to 1"),
        ({"depths": ("2", 2)}, "depths.0", "a valid integer"),
        ({"depths": (2,)}, "widths", "one width for each of 1 stages"),
        ({"kernels": (3, 2)}, "kernels", "odd sizes"),
        ({"stride_at": 2}, "stride_at", "0 to 1"),
        ({"inner": 0.3}, "inner", "makes 16 channels whole"),
        ({"inner": float("nan")}, "inner", "a finite number"),
        ({"inner": 1e308}, "inner", "makes 16 channels whole"),
        ({"cardinality": 3}, "cardinality", "a divisor of the inner width"),
        ({"kernels": (3,), "dropout": 0.5}, "kernels", "two sizes or more"),
        ({"shortcut": "none", "merge": Gate()}, "merge", "Add()"),
        ({"order": "full_preact", "zero_init": True}, "zero_init", "False"),
        (
            {"cardinality": 2, "branches": 2, "form": "split"},
            "branch_form",
            "loop",
        ),
    ],
)
def test_errors_name_field_value_and_what_is_allowed(
    change: dict[str, Any], field: str, do: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        Spec(**{**BASE, **change})
    assert caught.value.where["field"] == field
    assert any(do in step for step in caught.value.do), caught.value.do
    assert caught.value.exit == 2


def test_a_missing_field_is_named() -> None:
    with pytest.raises(ConfigError, match="a field is missing") as caught:
        Spec(widths=(16,))
    assert caught.value.where["field"] == "depths"


def test_specs_are_frozen_hashable_and_replaceable() -> None:
    spec = Spec(**BASE)
    assert hash(spec) == hash(Spec(**BASE))
    assert spec.replace(branches=3) == Spec(**BASE, branches=3)
    assert spec.branches == 1
    with pytest.raises(ValueError, match="frozen"):
        spec.branches = 2  # type: ignore[misc]
    with pytest.raises(ConfigError):
        spec.replace(branches=0)


def test_repr_shows_what_the_author_wrote() -> None:
    assert repr(Spec(**BASE, merge=Gate(bias=-7.0))) == (
        "Spec(depths=(2, 2), widths=(16, 32), merge=Gate(bias=-7.0))"
    )


def test_orders_have_the_letters_of_the_paper() -> None:
    """Identity Mappings, Fig. 4: (head, tail, post) of a to e."""
    assert {name: (o.head, o.tail, o.post) for name, o in ORDERS.items()} == {
        "original": ("", "B", "R"),
        "bn_after_addition": ("", "", "BR"),
        "relu_before_addition": ("", "BR", ""),
        "relu_only_preact": ("R", "B", ""),
        "full_preact": ("BR", "", ""),
    }


def test_depth_counts_weighted_layers() -> None:
    assert Spec(depths=(18, 18, 18), widths=(16, 32, 64)).depth == 110
    assert Spec(depths=(18,) * 3, widths=(64, 128, 256), kernels=(1, 3, 1), inner=0.25).depth == 164


def test_units_have_every_number() -> None:
    spec = Spec(
        depths=(1, 2), widths=(64, 128), kernels=(1, 3, 1), inner=0.5, cardinality=4, stride_at=1
    )
    first, second, third = expand(spec)
    assert first.channels == (16, 32, 32, 64)
    assert first.groups == (1, 4, 1)
    assert first.strides == (1, 1, 1)
    assert second.channels == (64, 64, 64, 128)
    assert second.strides == (1, 2, 1)
    assert [u.shortcut for u in (first, second, third)] == ["project", "project", "identity"]
    assert [u.stage for u in (first, second, third)] == [0, 1, 1]


@pytest.mark.parametrize(
    ("option", "kinds"),
    [
        ("none", ["none", "none", "none"]),
        ("A", ["identity", "pad", "identity"]),
        ("B", ["identity", "project", "identity"]),
        ("C", ["project", "project", "project"]),
    ],
)
def test_shortcut_options(option: str, kinds: list[str]) -> None:
    units = expand(Spec(depths=(1, 2), widths=(16, 32), shortcut=option))
    assert [u.shortcut for u in units] == kinds


def test_a_head_is_shared_where_the_shape_changes_and_in_the_first_unit() -> None:
    units = expand(Spec(depths=(2, 2), widths=(16, 32), order="full_preact"))
    assert [u.head_shared for u in units] == [True, False, True, False]
    assert not any(u.shortcut_norm for u in units)


def test_stem_does_what_the_first_head_leaves() -> None:
    assert stem_letters(Spec(**BASE)) == "BR"
    assert stem_letters(Spec(**BASE, order="relu_only_preact")) == "B"
    assert stem_letters(Spec(**BASE, order="full_preact")) == ""
    torch_form = Spec(**BASE, order="full_preact", first_head="stem")
    assert stem_letters(torch_form) == "BR"
    assert expand(torch_form)[0].head == ""
    assert expand(torch_form)[1].head == "BR"


def test_the_first_head_may_stand_in_the_branches_alone() -> None:
    spec = Spec(**BASE, order="full_preact", first_head="branches")
    first = expand(spec)[0]
    assert (first.head, first.head_shared, first.shortcut) == ("BR", False, "identity")
    assert stem_letters(spec) == ""
    wide = expand(spec.replace(widths=(32, 64)))
    assert wide == expand(spec.replace(widths=(32, 64), first_head="unit"))  # it projects anyway


def test_linear_masks_are_explicit_in_every_unit() -> None:
    spec = Spec(**BASE, merge=Keep(shortcut=0.8, residual=0.5, schedule="linear"))
    merges = [u.merge for u in expand(spec)]
    assert merges[-1] == Keep(shortcut=0.8, residual=0.5)
    assert [m.residual for m in merges] == pytest.approx([0.875, 0.75, 0.625, 0.5])  # type: ignore
    assert expand(spec.replace(merge=Add(shortcut=0.5)))[0].merge == Add(shortcut=0.5)


def test_units_are_drawn_for_whole_mini_batches() -> None:
    spec = Spec(**BASE, merge=Keep(units=3))
    assert [u.merge for u in expand(spec)] == [Keep(units=3)] * 4
    for change in ({"per": "element"}, {"schedule": "linear"}, {"shortcut": 0.5}):
        with pytest.raises(ConfigError) as caught:
            Keep(units=3, **change)
        assert caught.value.code == "E2102"
    with pytest.raises(ConfigError, match="at most 4"):
        Spec(**BASE, merge=Keep(units=5))


def test_an_order_may_be_written_out() -> None:
    assert Spec(**BASE, order={"head": "BR", "tail": "", "post": ""}).order == ORDERS["full_preact"]
    assert Spec(**BASE, order=Order(head="RB")).order.head == "RB"
