"""Tables and pictures of lesions and paths, drawn from the JSON that stands beside them."""

from __future__ import annotations

import csv
import io
import math
import re
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from resnets.errors import MachineError
from resnets.report.folder import write_folder
from resnets.report.lesions import draw_each, draw_lesions, draw_many, draw_order, tabulate_lesions
from resnets.report.numbers import integer
from resnets.report.paths import draw_paths, tabulate_paths


def lesion_table() -> dict[str, Any]:
    units = [
        {"unit": i, "name": f"unit {i}", "changes_shape": i == 3, "deletable": i != 4}
        for i in range(1, 5)
    ]
    deletions = [([1], 20.0), ([2], 12.5), ([3], 55.0)]
    pairs = [([1], 20.0), ([2], 10.0), ([1, 3], 60.0), ([1, 2], 40.0)]
    return {
        "subject": "net",
        "beside": [],
        "units": units,
        "each": {
            "n": 80,
            "intact": 10.0,
            "trials": [{"deleted": deleted, "error": error} for deleted, error in deletions],
        },
        "many": {
            "n": 40,
            "intact": 10.0,
            "trials": [{"deleted": deleted, "error": error} for deleted, error in pairs],
        },
        "order": {
            "n": 40,
            "intact": 10.0,
            "trials": [
                {"swaps": 1, "tau": 2 / 3, "order": [2, 1, 3, 4], "error": 30.0},
                {"swaps": 2, "tau": 1.0, "order": [1, 2, 3, 4], "error": 10.0},
            ],
        },
    }


def path_table(measured: bool = True) -> dict[str, Any]:
    gradients = [
        {"length": length, "n": 8, "norm": 0.5**length, "log10_norm": math.log10(0.5**length)}
        for length in range(3)
    ]
    found = {
        "gradients": [*gradients, {"length": 3, "n": 8, "norm": 0.0, "log10_norm": None}],
        "contributions": [0.2, 0.5, 0.3, 0.0],
        "decay": 0.5,
        "mean_length": 1.1,
        "effective": {"from": 0, "to": 2, "paths": 7, "share": 7 / 8},
    }
    return {
        "name": "net",
        "paths": 8,
        "paths_by_length": [1, 3, 3, 1],
        "expected": {"decay": 0.25, "from": 0, "to": 1, "paths": 4, "share": 0.5},
        "measured": found if measured else None,
        "beside": [],
    }


def read_csv(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


def test_lesions_as_tables() -> None:
    files = tabulate_lesions(lesion_table())
    assert sorted(files) == ["each.csv", "many.csv", "order.csv"]
    assert read_csv(files["each.csv"]) == [
        ["network", "unit", "name", "changes_shape", "error", "above_intact"],
        ["net", "1", "unit 1", "0", "20.0", "10.0"],
        ["net", "2", "unit 2", "0", "12.5", "2.5"],
        ["net", "3", "unit 3", "1", "55.0", "45.0"],
    ]
    assert read_csv(files["many.csv"])[3] == ["2", "1 3", "60.0", "50.0"]
    assert read_csv(files["order.csv"])[1] == ["1", repr(2 / 3), "2 1 3 4", "30.0", "20.0"]


def test_lesions_as_pictures() -> None:
    files = draw_lesions(lesion_table())
    assert sorted(files) == [f"{p}.{k}" for p in ("each", "many", "order") for k in ("png", "svg")]
    for name, content in files.items():
        if name.endswith("png"):
            assert Image.open(io.BytesIO(content)).size > (600, 300)
        else:
            ET.fromstring(content)
    text = files["each.svg"].decode()
    for words in ("deleted unit", "intact, 10.00 %", "unit that changes the shape", "cannot be"):
        assert words in text
    assert files == draw_lesions(lesion_table())


def test_what_the_pictures_show() -> None:
    table = lesion_table()
    (each,) = draw_each(table).axes
    bars = {round(bar.get_x() + bar.get_width() / 2): bar.get_height() for bar in each.patches}
    assert bars == {1: 20.0, 2: 12.5, 3: 55.0}
    same, changes = (each.containers[i].patches[0].get_facecolor() for i in range(2))
    assert same != changes
    (many,) = draw_many(table).axes
    medians = [line.get_ydata()[0] for line in many.lines if len(set(line.get_ydata())) == 1]
    assert {15.0, 50.0} <= set(medians)
    (order,) = draw_order(table).axes
    assert list(order.lines[0].get_xdata()) == [2 / 3, 1.0]
    left, right = order.get_xlim()
    assert left > 1 > 2 / 3 > right


def test_parts_that_are_not_there_are_not_drawn() -> None:
    table = lesion_table()
    del table["many"]
    table["order"]["trials"] = []
    assert sorted(draw_lesions(table)) == ["each.png", "each.svg"]
    assert sorted(tabulate_lesions(table)) == ["each.csv", "order.csv"]


def test_a_network_beside_is_drawn_for_contrast() -> None:
    table = lesion_table()
    other = {**lesion_table(), "subject": "plain", "units": table["units"][:2]}
    other["each"] = {"n": 80, "intact": 5.0, "trials": [{"deleted": [2], "error": 90.0}]}
    table["beside"] = [other]
    rows = read_csv(tabulate_lesions(table)["each.csv"])
    assert rows[-1] == ["plain", "2", "unit 2", "0", "90.0", "85.0"]
    (axes,) = draw_each(table).axes
    lines = {line.get_label(): line.get_xydata().tolist() for line in axes.lines}
    assert lines["plain"] == [[2, 90]]
    assert axes.get_ylim() == (0, 100)
    assert sorted(tabulate_lesions(table)) == ["each.csv", "many.csv", "order.csv"]
    del table["each"]
    assert "each.png" not in draw_lesions(table)


def test_paths_as_tables() -> None:
    rows = read_csv(tabulate_paths(path_table())["paths.csv"])
    assert rows[0] == ["network", "length", "paths", "share", "n", "log10_norm", "contribution"]
    assert rows[1] == ["net", "0", "1", "0.125", "8", "0.0", "0.2"]
    assert rows[4] == ["net", "3", "1", "0.125", "8", "", "0.0"]
    bare = read_csv(tabulate_paths(path_table(measured=False))["paths.csv"])
    assert bare[2] == ["net", "1", "3", "0.375", "", "", ""]


def test_paths_as_pictures() -> None:
    table = path_table()
    table["beside"] = [{**path_table(measured=False), "name": "other"}]
    svg = draw_paths(table)["paths.svg"].decode()
    for words in ("net: 8 paths", "effective (shaded): 0 to 2, 87.5 %", "× 0.5 a function"):
        assert words in svg
    assert "other: 8 paths" in svg
    assert "expected to be effective (shaded): 0 to 1, 50.0 %" in svg
    assert len(re.findall("path length, functions", svg)) == 4
    alone = draw_paths({**path_table(measured=False), "beside": [path_table(measured=False)]})
    width, height = Image.open(io.BytesIO(alone["paths.png"])).size
    assert width > 2 * height
    assert sorted(alone) == ["paths.png", "paths.svg"]


@pytest.mark.parametrize(("count", "columns", "rows"), [(2, 2, 1), (3, 3, 1), (10, 3, 4)])
def test_paths_of_many_networks_stand_in_rows(count: int, columns: int, rows: int) -> None:
    table = path_table(measured=False)
    files = draw_paths({**table, "beside": [table] * (count - 1)})
    assert files["paths.svg"].decode().count("net: 8 paths") == count
    size = Image.open(io.BytesIO(files["paths.png"])).size
    assert size == (columns * 4.6 * 160, rows * 3.3 * 160)


def test_counts_beyond_every_float_are_drawn() -> None:
    table = path_table(measured=False)
    table["paths_by_length"] = [0, 10**400, 10**400]
    table["paths"] = 2 * 10**400
    table["expected"]["share"] = 1e-39
    svg = draw_paths(table)["paths.svg"].decode()
    assert "2.000e400 paths" in svg
    assert "1.0e-37 %" in svg
    rows = read_csv(tabulate_paths(table)["paths.csv"])
    assert rows[2][2:4] == [str(10**400), "0.5"]


def test_large_counts_in_words() -> None:
    assert integer(18_014_398_509_481_984) == "18,014,398,509,481,984"
    assert integer(2**600) == "4.149e180"


def test_a_folder_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    write_folder(tmp_path / "a/b", {"x.txt": "text\n", "y.png": b"\x00"})
    assert sorted(p.name for p in (tmp_path / "a/b").iterdir()) == ["x.txt", "y.png"]
    assert (tmp_path / "a/b/x.txt").read_text() == "text\n"
    (tmp_path / "empty").mkdir()
    write_folder(tmp_path / "empty", {"x": "1"})
    assert (tmp_path / "empty/x").exists()
    with pytest.raises(MachineError) as caught:
        write_folder(tmp_path / "a/b", {"z": "2"})
    assert caught.value.code == "E5501"
    with pytest.raises(MachineError):
        write_folder(tmp_path / "a/c", {"no/such/folder": ""})
    assert sorted(p.name for p in (tmp_path / "a").iterdir()) == ["b"]
    assert not (tmp_path / "a/b/z").exists()
