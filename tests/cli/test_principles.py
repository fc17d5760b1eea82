"""``resnets show --principles`` and ``resnets analyze factorisation`` as a user types them."""

from __future__ import annotations

import pytest


def cells(out: str, start: str) -> list[str]:
    """Return the words of the one line that starts so."""
    (line,) = [line for line in out.splitlines() if line.strip().startswith(start)]
    return line.split()


@pytest.mark.parametrize("columns", ["70", "80", "120"])
def test_principles_of_inception_v3(resnets, monkeypatch, columns) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    answer = resnets("show", "inception_v3", "--principles")
    assert (answer.code, answer.err) == (0, "")
    assert max(map(len, answer.out.splitlines())) <= int(columns)
    found = cells(answer.out, "module C 2–3")[3:]
    assert found == ["768×17×17", "1.00", "768", "21", "%", "5", "2"]
    assert cells(answer.out, "17×17") == ["17×17", "23", "768", "0.030", "41", "%"]
    for number in "1234":
        assert any(line.startswith(f"{number}. ") for line in answer.out.splitlines())
    assert "the measures are ours" in " ".join(answer.out.split())


def test_principles_as_json(resnets) -> None:
    found = resnets("show", "googlenet", "--principles", "--json").json
    assert found["name"] == "googlenet"
    parts = found["principles"]["parts"]
    assert (len(parts), parts[1]["name"]) == (12, "inception 3a")
    assert parts[1]["bottleneck_ratio"] == pytest.approx(256 / 192)
    assert [grid["side"] for grid in found["principles"]["grids"]] == [28, 14, 7]
    assert "principles" not in resnets("show", "googlenet", "--json").json


def test_a_network_without_reductions_has_no_table_of_them(resnets) -> None:
    out = resnets("show", "mlp3_tanh", "--principles").out
    assert "4. Balance" in out
    assert "reduction" not in out


def test_a_pool_between_modules_is_named_by_its_place(resnets, monkeypatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    out = resnets("show", "googlenet", "--principles").out
    assert "the lowest behind the stem is 0.25, behind inception 3b." in " ".join(out.split())
    assert cells(out, "behind inception 4e")[3:] == ["as", "it", "is", "0"]
    assert max(map(len, out.splitlines())) <= 80


def test_modules_that_take_turns_stand_in_two_rows(resnets, monkeypatch) -> None:
    for columns in ("80", "130"):
        monkeypatch.setenv("COLUMNS", columns)
        out = resnets("show", "polynet").out
        for start in ("module B 1, 3–19", "module B 2, 4–20", "module C 1, 3–9"):
            assert cells(out, start)[-1] == ("5" if "C" in start else "10")
        assert max(map(len, out.splitlines())) <= int(columns)


def test_savings_of_the_paper(resnets) -> None:
    answer = resnets("analyze", "factorisation")
    assert answer.code == 0
    assert [line.split()[-2] for line in answer.out.splitlines() if "→" in line] == [
        *("28", "33", "11", "71")
    ]
    found = resnets("analyze", "factorisation", "--json").json
    assert [row["saving"] for row in found["factorisations"]] == [7 / 25, 3 / 9, 1 / 9, 35 / 49]
    assert found["reductions"] == []


def test_filters_and_a_grid_of_ones_own(resnets) -> None:
    words = ("7x7", "1×7", "7x1", "--channels", "128,128,192", "--grid", "34,320,640")
    answer = resnets("analyze", "factorisation", *words)
    assert cells(answer.out, "7×7")[4:] == ["1,204,224", "286,720", "76", "%"]
    assert cells(answer.out, "convolution, then pool")[-3:] == ["237", "M", "0.50"]
    found = resnets("analyze", "factorisation", *words, "--json").json
    assert found["reductions"][1]["macs"] == 2 * 34**2 * 320**2


@pytest.mark.parametrize(
    ("words", "field"),
    [
        (["5x5", "3x3"], "parts"),
        (["5x5"], "parts"),
        (["5", "3x3"], "filters"),
        (["0x5", "3x3"], "filters"),
        (["5x5", "3x3", "3x3", "--channels", "4,4"], "channels"),
        (["--channels", "4,4"], "channels"),
        (["--channels", "0"], "channels"),
        (["--channels", ""], "channels"),
        (["--grid", "35,288"], "grid"),
        (["--grid", "35,288,x"], "grid"),
    ],
)
def test_what_is_no_factorisation(resnets, words, field) -> None:
    answer = resnets("analyze", "factorisation", *words, "--json")
    assert (answer.code, answer.out) == (2, "")
    assert answer.error["code"] == "E2102"
    assert answer.error["where"]["field"] == field
