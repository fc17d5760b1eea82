"""Stratified parts by seed."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from resnets.data import open_dataset
from resnets.data.splits import pick_part
from resnets.errors import ConfigError, DataError
from resnets.spec import DataSpec


@given(
    sizes=st.lists(st.integers(2, 40), min_size=1, max_size=6),
    share=st.floats(0, 1),
    seed=st.integers(0, 2**62),
)
def test_every_class_gives_its_share(sizes: list[int], share: float, seed: int) -> None:
    labels = torch.cat([torch.full((size,), label) for label, size in enumerate(sizes)])
    count = round(len(sizes) + share * (len(labels) - 2 * len(sizes)))
    classes = [str(label) for label in range(len(sizes))]
    rest, part = pick_part(labels, count, seed, classes, "data.holdout")
    assert len(part) == count
    assert torch.cat([rest, part]).sort().values.tolist() == list(range(len(labels)))
    given_ = torch.bincount(labels[part], minlength=len(sizes)).tolist()
    for size, got in zip(sizes, given_, strict=True):
        assert 1 <= got <= size - 1
        if 1 <= size * count / len(labels) <= size - 1:
            assert abs(got - size * count / len(labels)) <= len(sizes)
    if len(set(sizes)) == 1:
        assert max(given_) - min(given_) <= 1


def test_parts_follow_the_seed_and_the_field() -> None:
    labels = torch.arange(100) % 2
    parts = [
        pick_part(labels, 20, seed, ["a", "b"], field)[1].tolist()
        for seed, field in ((0, "data.holdout"), (1, "data.holdout"), (0, "data.split_seed"))
    ]
    assert len({tuple(part) for part in parts}) == 3
    assert pick_part(labels, 20, 0, ["a", "b"], "data.holdout")[1].tolist() == parts[0]


@pytest.mark.parametrize("count", [9, 1428, 10**9])
def test_a_holdout_that_cannot_be_taken(count: int) -> None:
    with pytest.raises(ConfigError) as caught:
        open_dataset(DataSpec(holdout=count))
    assert (caught.value.code, caught.value.exit) == ("E2302", 2)
    assert caught.value.where == {"field": "data.holdout"}
    assert caught.value.do == ("allowed: 10 to 1,427",)


def test_a_single_image_cannot_be_on_both_sides() -> None:
    with pytest.raises(DataError) as caught:
        pick_part(torch.tensor([0, 0, 0, 1]), 2, 0, ["a", "b"], "data.holdout")
    assert (caught.value.code, caught.value.what) == ("E3010", "b")


def test_an_absent_class_gives_nothing() -> None:
    labels = torch.tensor([0, 0, 2, 2])
    rest, part = pick_part(labels, 2, 0, ["a", "b", "c"], "data.holdout")
    assert sorted(labels[part].tolist()) == sorted(labels[rest].tolist()) == [0, 2]


def test_a_source_with_a_validation_split_takes_no_holdout(folder) -> None:  # type: ignore[no-untyped-def]
    root = folder({f"{s}/{c}": 3 for s in ("train", "val", "test") for c in "ab"})
    with pytest.raises(ConfigError) as caught:
        open_dataset(DataSpec(name=f"folder:{root}", holdout=2))
    assert (caught.value.code, caught.value.what) == ("E2303", "holdout = 2")


def test_normalization_by_an_unknown_name() -> None:
    with pytest.raises(ConfigError, match="E2304"):
        open_dataset(DataSpec(), normalize="none")
