"""Studies of one's own, read from files."""

from __future__ import annotations

import json

import pytest

from resnets.api.study_start import resolve_rows
from resnets.errors import ConfigError
from resnets.studies import SCALES, look_up_study

TEXT = """
measures = { test_error = "cifar10_test_error" }
paper = "he2015"

[base]
data = "cifar10"

[[rows]]
model = "resnet20"

[[rows]]
name = "deep"
model = "resnet{depth}"
published = { test_error = { value = 6.97, source = "Table 6" } }

[claims]
"test_error of deep < test_error of resnet20" = "Table 6"

[scales.smoke]
values = { depth = 8 }

[scales.short]
values = { depth = 32 }

[scales.paper]
values = { depth = 56 }
seeds = 3
"""


FULL = {
    "name": "full",
    "title": "t",
    "paper": "p",
    "runs": 2,
    "measures": {"test_error": "", "epochs_to_train_error:50": ""},
    "base": {"data": "digits", "recipe": "quick", "epochs": 1, "set": ["recipe.lr=0.1"]},
    "rows": [
        {"name": "a", "model": "resnet{depth}", "label": "l", "request": {"batch_size": 32}},
        {
            "name": "b",
            "model": "resnet20",
            "published": {"test_error": {"value": 6.9, "source": ""}},
        },
    ],
    "claims": {"test_error of a < test_error of b": "a hunch"},
    "paper_claims": {"test_error of a < 5": "a hunch"},
    "deviations": ["x"],
    "search": {
        "draws": [
            {"kind": "span", "path": "recipe.lr", "low": 0.1, "high": 1.0},
            {"kind": "among", "options": [["recipe.batch_size=32"], ["recipe.batch_size=64"]]},
        ],
        "best": 0.5,
    },
    "scales": {
        "smoke": {"rows": ["a"], "values": {"depth": 8}, "length": "1ep", "fail_above": 20.0},
        "short": {"values": {"depth": 8}, "request": {"data": "digits"}, "says": ["s"]},
        "paper": {"values": {"depth": 8}, "seeds": 5},
    },
}
ODD = (None, -1, 0, 1.5, 1e308, 10**30, True, "", "x", "../x", "\0", [], {}, [[]], [{}], {"a": 1})


def test_a_file_declares_a_study(tmp_path):
    path = tmp_path / "depths.toml"
    path.write_text(TEXT)
    study = look_up_study(str(path))
    assert (study.name, study.title, study.paper.key) == ("depths", "depths", "he2015")
    assert study.scales["paper"].seeds == 3
    runs = resolve_rows(study, "paper", "cpu", "fp32")
    assert [run.model for run in runs.values()] == ["resnet20", "resnet56"]
    assert study.row("deep").published["test_error"].value == 6.97


def test_words_and_scales_may_be_left_out(tmp_path):
    content = {"rows": [{"model": "resnet20"}], "measures": {"test_error": ""}, "paper": "mine"}
    path = tmp_path / "one.json"
    path.write_text(json.dumps(content))
    study = look_up_study(str(path))
    assert str(study.paper) == "mine"
    assert list(study.scales) == ["smoke", "short", "paper"]


@pytest.mark.parametrize(
    ("old", "new", "code", "line"),
    [
        ('data = "cifar10"', 'dta = "cifar10"', "E2101", True),
        ('model = "resnet20"', 'modle = "resnet20"', "E2101", True),
        ("seeds = 3", 'seeds = "3"', "E2102", True),
        ("test_error of deep <", "test_error of depp <", "E2102", False),
        ("[scales.smoke]", "[scales.smoky]", "E2102", False),
        ('measures = { test_error = "cifar10_test_error" }', "", "E2103", False),
    ],
)
def test_mistakes_name_the_file_and_the_line(tmp_path, old, new, code, line):
    path = tmp_path / "depths.toml"
    assert old in TEXT
    text = TEXT.replace(old, new)
    path.write_text(text)
    with pytest.raises(ConfigError) as caught:
        look_up_study(str(path))
    assert caught.value.code == code
    place = str(caught.value.where["file"])
    assert place.startswith(str(path))
    if line:
        assert place == f"{path}:{text.splitlines().index(new) + 1}"


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ('value = 6.97, source = "Table 6"', 'value = "x"', "rows.1.published.value = 'x'"),
        ('data = "cifar10"', 'set = "network.widths=[4]"', "base.set = 'network.widths=[4]'"),
        ('paper = "he2015"', 'name = "A B"', "name = 'A B'"),
        (TEXT, 'rows = [5]\nmeasures = { test_error = "" }', "rows.0 = 5"),
    ],
)
def test_mistakes_name_the_field(tmp_path, old, new, what):
    path = tmp_path / "depths.toml"
    assert old in TEXT
    path.write_text(TEXT.replace(old, new))
    with pytest.raises(ConfigError) as caught:
        look_up_study(str(path))
    assert caught.value.what == what


@pytest.mark.parametrize("name", ["none.toml", "study.yaml", "empty.json"])
def test_files_that_cannot_be_read_are_refused(tmp_path, name):
    (tmp_path / "empty.json").write_text("")
    with pytest.raises(ConfigError) as caught:
        look_up_study(str(tmp_path / name))
    assert caught.value.code in ("E2108", "E2109")
    assert name in caught.value.what


def test_odd_values_in_any_place_are_refused_or_run(tmp_path):
    def visit(content, place=()):
        yield place
        if isinstance(content, (dict, list)):
            keys = content if isinstance(content, dict) else range(len(content))
            for key in keys:
                yield from visit(content[key], (*place, key))

    def put(content, place, value):
        if not place:
            return value
        changed = content.copy()
        changed[place[0]] = put(content[place[0]], place[1:], value)
        return changed

    path, refused, taken = tmp_path / "odd.json", 0, 0
    for place in visit(FULL):
        for value in ODD:
            path.write_text(json.dumps(put(FULL, place, value)))
            try:
                study = look_up_study(str(path))
                for scale in SCALES:
                    resolve_rows(study, scale, "cpu", "fp32")
                taken += 1
            except ConfigError:
                refused += 1
    assert refused > 700
    assert taken > 50
