"""Every subject of the papers has a row, a cover that exists, and its line on the page."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PARTS = {"A": 11, "B": 26, "C": 23, "D": 14, "E": 21, "F": 11, "G": 15, "H": 14, "I": 7}


def load():
    spec = importlib.util.spec_from_file_location("mission", ROOT / "docs" / "mission.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


MISSION = load()
ROWS = list(MISSION.list_rows())


def test_rows_are_numbered_without_a_gap():
    wanted = [f"{part}{n}" for part, count in PARTS.items() for n in range(1, count + 1)]
    assert [row["id"] for row in ROWS] == wanted


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_what_covers_a_row_is_there(row):
    assert row["cover"]
    assert [cover for cover in row["cover"] if not MISSION.check(cover)] == []


@pytest.mark.parametrize("row", [row for row in ROWS if "S" in row["kind"]], ids=lambda r: r["id"])
def test_a_network_can_be_built_by_name_or_run(row):
    assert {cover.partition(" ")[0] for cover in row["cover"]} & {"name", "command", "python"}


@pytest.mark.parametrize(
    "cover",
    [
        "name resnet21x",
        "study degradatio",
        "table none",
        "recipe none",
        "data none",
        "command analyse",
        "command show --none",
        "command analyze lesion more",
        "python resnets.none",
        "file docs/none.md",
        "poem resnet20",
        "",
    ],
)
def test_a_cover_that_does_not_exist_is_noticed(cover):
    assert not MISSION.check(cover)


def test_the_page_is_made_of_the_table():
    assert MISSION.PAGE.read_text(encoding="utf-8") == MISSION.render()
