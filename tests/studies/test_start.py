"""What a study was when it began, and what is told when it is another one now."""

from __future__ import annotations

import json

import pytest

from resnets.api.study_start import resolve_rows
from resnets.errors import FileError
from resnets.studies.start import (
    Start,
    describe_rows,
    list_changes,
    name_start,
    read_start,
    refuse_changes,
    write_start,
)


@pytest.fixture
def start(study):
    rows = describe_rows(resolve_rows(study, "short", "cpu", "fp32"))
    return Start(study.name, "short", "cpu", "fp32", rows, "resnets study run depths")


def test_a_start_is_read_as_it_was_written(start, tmp_path):
    path = name_start(tmp_path, "depths", "short")
    assert path.name == "depths-short.json"
    assert read_start(path) is None
    write_start(path, start)
    assert read_start(path) == start


def test_equal_declarations_have_no_changes(start, study):
    again = describe_rows(resolve_rows(study, "short", "cpu", "fp32"))
    assert list_changes(start, again) == []


def test_changes_are_named_by_row_and_field(start, study):
    rows = describe_rows(resolve_rows(study, "short", "cpu", "fp32"))
    del rows["plain110"]
    rows["deeper"] = rows["resnet56"]
    run = resolve_rows(study, "short", "cpu", "fp32")["shallow"]
    longer = run.replace(recipe=run.recipe.replace(length="5ep"))
    rows.update(describe_rows({"shallow": longer}))
    assert list_changes(start, rows) == [
        "deeper is new",
        "plain110 is gone",
        "shallow: recipe.length was 4ep, is 5ep",
    ]


def test_the_refusal_shows_the_first_changes(tmp_path):
    error = refuse_changes(tmp_path, [f"row{i} is new" for i in range(7)])
    assert error.code == "E2754"
    assert error.why.endswith("row4 is new; and 2 more")
    assert any("--update" in step for step in error.do)


@pytest.mark.parametrize("damage", ["garbage", "edited"])
def test_a_damaged_file_is_refused_and_costs_no_run(start, tmp_path, damage):
    path = name_start(tmp_path, "depths", "short")
    write_start(path, start)
    if damage == "garbage":
        path.write_text("{")
    else:
        content = json.loads(path.read_text())
        content["device"] = "cuda"
        path.write_text(json.dumps(content))
    with pytest.raises(FileError) as caught:
        read_start(path)
    assert caught.value.code == "E4750"
    assert "no run is lost" in caught.value.do[0]
