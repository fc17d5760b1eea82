"""Specs to and from JSON and TOML, changes by path, keys of runs."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resnets.errors import ConfigError
from resnets.spec import (
    Add,
    Cosine,
    DataSpec,
    Gate,
    Keep,
    Preprocessing,
    Recipe,
    Run,
    Spec,
    Steps,
    Warmup,
    assign,
    count_steps,
    decode,
    encode,
    read_config,
    to_json,
)
from resnets.spec.codec import parse_json

RUN = Run(network=Spec(depths=(3, 3, 3), widths=(16, 32, 64), shortcut="A"))
share = st.floats(0, 1)
merges = st.one_of(
    st.builds(Add, shortcut=st.floats(-2, 2), residual=share),
    st.builds(Gate, bias=st.floats(-9, 0), exclusive=st.booleans()),
    st.builds(Keep, shortcut=share, residual=share, per=st.sampled_from(["batch", "element"])),
)


@given(
    merge=merges,
    depths=st.lists(st.integers(1, 9), min_size=3, max_size=3).map(tuple),
    branches=st.integers(1, 5),
    order=st.sampled_from(["original", "full_preact", "relu_only_preact"]),
)
def test_json_round_trip(merge: Add, depths: tuple[int, ...], branches: int, order: str) -> None:
    spec = Spec(depths=depths, widths=(8, 16, 32), merge=merge, branches=branches, order=order)
    assert decode(Spec, parse_json(to_json(spec))) == spec


@pytest.mark.parametrize(
    ("assignment", "expected"),
    [
        ("network.order=full_preact", {"network": RUN.network.replace(order="full_preact")}),
        ("network.merge.kind=gate", {"network": RUN.network.replace(merge=Gate())}),
        ('network.merge={"kind": "keep"}', {"network": RUN.network.replace(merge=Keep())}),
        ("recipe.lr=0.2", {"recipe": Recipe(lr=0.2)}),
        ("recipe.schedule.kind=cosine", {"recipe": Recipe(schedule=Cosine())}),
        ("network.depths=[1,2,1]", {"network": RUN.network.replace(depths=(1, 2, 1))}),
        ("seed=7", {"seed": 7}),
    ],
)
def test_assignments(assignment: str, expected: dict[str, object]) -> None:
    assert assign(RUN, [assignment]) == RUN.replace(**expected)


@pytest.mark.parametrize(
    ("assignment", "message"),
    [
        ("recipe.learning_rat=1", "recipe.learning_rat"),
        ("recip.lr=1", "tables here: network, recipe, data"),
        ("recipe.lr=NaN", "not finite"),
        ("recipe.lr", "write path=value"),
        ('recipe.batch_size="64"', "a valid integer"),
        ("recipe.length=ten", "a number with a unit"),
        ("network.merge.kind=gatee", "did you mean 'gate'?"),
        ("seed=-1", "greater than or equal to 0"),
    ],
)
def test_assignments_that_are_refused(assignment: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        assign(RUN, [assignment])
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.json", b'{"lr": 1, "lr": 2}', "a key stands twice"),
        ("a.json", b'{"lr": NaN}', "a number is not finite"),
        ("a.json", b'{"lr": Infinity}', "a number is not finite"),
        ("a.json", b'{"lr": ', "not valid JSON"),
        ("a.json", b"[" * 100_000, "not valid JSON"),
        ("a.json", b"[1]", "a table is needed"),
        ("a.json", b"", "is empty"),
        ("a.json", b"\xff\xfe\x00", "not UTF-8"),
        ("a.json", b" " * 1_000_001, "too large"),
        ("a.toml", b"seed = 1\nlr = 1\nlr = 2\n", "lines 2 and 3"),
        ("a.toml", b"[recipe]\n[network]\n[recipe]\n", "lines 1 and 3"),
        ("a.toml", b"lr = \n", "not valid TOML"),
        ("a.yaml", b"lr: 1", "YAML is not"),
        ("a.ini", b"lr=1", "unknown kind"),
    ],
)
def test_configurations_that_are_refused(
    tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(ConfigError) as caught:
        read_config(path)
    assert message in str(caught.value)
    assert str(tmp_path) in str(caught.value)


def test_missing_configurations_and_folders(tmp_path: Path) -> None:
    (tmp_path / "folder.toml").mkdir()
    for name in ("missing.toml", "folder.toml"):
        with pytest.raises(ConfigError):
            read_config(tmp_path / name)


def test_duplicates_name_both_lines() -> None:
    with pytest.raises(ConfigError) as caught:
        parse_json('{\n"lr": 1,\n"lr": 2}')
    assert caught.value.where["lines"] == "2 and 3"


def test_variables_stay_text(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_text('output = "$HOME/${oc.env:SECRET}"\n')
    assert read_config(path) == {"output": "$HOME/${oc.env:SECRET}"}


def test_lengths() -> None:
    assert count_steps("400it", 390) == 400
    assert count_steps("30ep", 390) == 11_700
    assert count_steps("50%", 390, total=64_000) == 32_000
    with pytest.raises(ConfigError):
        count_steps("1.5it", 390)


NET = RUN.network
PINNED = {
    "ba3ee661bf55": RUN,
    "af900f242c97": RUN.replace(seed=1),
    "b010fb02e852": RUN.replace(network=NET.replace(order="full_preact")),
    "e6f54fee096e": RUN.replace(network=NET.replace(merge=Gate(bias=-7.0))),
    "5871a7e89063": RUN.replace(network=NET.replace(merge=Keep(residual=0.5, schedule="linear"))),
    "724e28a67934": RUN.replace(network=NET.replace(branches=4)),
    "ab69e7c05230": RUN.replace(network=NET.replace(kernels=(1, 3, 1), cardinality=8)),
    "3696d422f4d6": RUN.replace(
        recipe=Recipe(lr=0.05, schedule=Cosine(), warmup=Warmup(length="400it"))
    ),
    "4b34cab4a2cb": RUN.replace(data=DataSpec(name="cifar10", holdout=5000)),
    "d51a37483804": RUN.replace(precision="bf16"),
    "e9708cfbafbc": RUN.replace(init="runs/a"),
    "154becacb0fb": RUN.replace(test_curve=True),
}


def test_keys_are_pinned() -> None:
    """A new field whose default is a no-op must keep every one of these."""
    assert {key: run.key() for key, run in PINNED.items()} == {key: key for key in PINNED}


def test_labels_do_not_count_in_keys() -> None:
    net = RUN.network
    assert RUN.replace(model="resnet20").key() == RUN.key()
    assert RUN.replace(recipe=Recipe(name="quick", source="ours")).key() == RUN.key()
    assert RUN.replace(network=net.replace(branches=1)).key() == RUN.key()
    assert RUN.replace(network=net.replace(branches=2)).key() != RUN.key()


def test_encode_writes_every_field() -> None:
    assert encode(RUN)["recipe"]["schedule"] == {
        "kind": "steps",
        "milestones": ["50%", "75%"],
        "factor": 0.1,
    }
    assert decode(Run, encode(RUN)) == RUN
    assert Steps().milestones == ("50%", "75%")


@pytest.mark.parametrize("name", ["cifar", "folder", "folder:", "digits:x", "cifra10"])
def test_unknown_data(name: str) -> None:
    with pytest.raises(ConfigError, match="allowed: digits, cifar10"):
        DataSpec(name=name)


def test_preprocessing_needs_as_many_means_as_channels_or_pixels() -> None:
    assert Preprocessing(channels=1, image_size=2, mean=(0.1,) * 4, std=(1.0,)).resize == 32
    with pytest.raises(ConfigError, match="1 or 4 values"):
        Preprocessing(channels=1, image_size=2, mean=(0.1,) * 3, std=(1.0,))
