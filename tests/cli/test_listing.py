"""``resnets list`` and ``resnets show``."""

from __future__ import annotations

import pytest

from resnets.cli.figures import pick_error, read_figure, shorten_paper
from resnets.cli.screen import say_count, shorten


def test_list_prints_every_name_whole(resnets, monkeypatch):
    from resnets.catalog import list_names

    monkeypatch.setenv("COLUMNS", "80")
    answer = resnets("list")
    assert answer.code == 0
    first = [line.split()[0] for line in answer.out.splitlines() if line.strip()]
    assert set(list_names()) <= set(first)
    assert max(len(line) for line in answer.out.splitlines()) <= 80


def test_list_takes_a_part_of_a_name_or_wildcards(resnets):
    names = [row["name"] for row in resnets("list", "resnext50", "--json").json]
    assert names == [row["name"] for row in resnets("list", "resnext50*", "--json").json]
    assert "resnext50_32x4d" in names
    assert "resnet20" not in names


def test_list_of_nothing_says_so(resnets):
    assert resnets("list", "no_such").out == "0 networks named like 'no_such'\n"


def test_list_json_has_counts_and_published_figures(resnets):
    row = next(r for r in resnets("list", "resnet20", "--json").json if r["name"] == "resnet20")
    assert row["parameters"] == 269_722
    assert row["published"]["cifar10_test_error"] == 8.75
    assert row["depth"] == 20


@pytest.mark.parametrize("columns", ["80", "120"])
def test_show_prints_counts_figures_and_difference(resnets, monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", columns)
    answer = resnets("show", "resnet20")
    assert answer.code == 0
    lines = answer.out.splitlines()
    assert max(map(len, lines)) <= int(columns)
    (figure,) = [line for line in lines if line.strip().startswith("parameters")]
    assert figure.split() == ["parameters", "270", "k", "269,722", "-0.1", "%", "Table", "6"]
    assert any("8.75 %" in line for line in lines)
    assert "2^9" in answer.out
    assert "81.1 M" in answer.out


def test_show_folds_equal_units(resnets, monkeypatch):
    monkeypatch.setenv("COLUMNS", "120")
    out = resnets("show", "resnet1202").out
    assert len(out.splitlines()) < 30
    (row,) = [line for line in out.splitlines() if "stage 1, unit 1–200" in line]
    assert row.split()[-1] == "200"


def test_show_json_has_every_unit(resnets):
    content = resnets("show", "resnet20", "--json").json
    assert content["parameters"] == 269_722
    assert content["flops"] == 2 * content["macs"]
    assert len(content["rows"]) == 9 + 2
    assert sum(row["parameters"] for row in content["rows"]) == 269_722
    assert content["multiplicity"] == "2^9"
    assert content["network"]["depths"] == [3, 3, 3]


def test_show_counts_at_another_size(resnets):
    small = resnets("show", "resnet20", "--json").json
    large = resnets("show", "resnet20", "--json", "--image-size", "64").json
    assert large["parameters"] == small["parameters"]
    assert large["rows"][0]["macs"] == 4 * small["rows"][0]["macs"]


@pytest.mark.parametrize(
    ("key", "label", "text"),
    [
        ("cifar10_test_error", "CIFAR-10 test error", "6.43 %"),
        ("cifar10_test_error_above", "CIFAR-10 test error", "over 6.43 %"),
        ("imagenet_1crop_top1_in_xie2017", "ImageNet 1-crop top-1 error", "6.43 %"),
        ("imagenet_1crop320_top5", "ImageNet 1-crop at 320 top-5 error", "6.43 %"),
        ("step_ms_batch32", "step ms batch32", "6.43"),
        ("parameters", "parameters", "6.43"),
    ],
)
def test_names_of_figures_become_words(key, label, text):
    figure = read_figure(key, 6.43)
    assert (figure.label, figure.text) == (label, text)
    assert figure.source == ("xie2017" if "_in_" in key else "")


def test_an_error_of_another_paper_does_not_stand_for_a_network():
    assert pick_error({"parameters": 1e6, "cifar10_test_error_in_abdi2016": 1.0}) is None
    found = pick_error({"cifar10_test_error_std": 0.1, "cifar100_test_error": 20.0})
    assert found is not None
    assert found.value == 20.0


def test_numbers_are_short():
    assert [shorten(n) for n in (0, 464, 999, 1000, 40_551_424, 999_700, 3.8e9)] == [
        *("0", "464", "999", "1.00 k", "40.6 M", "1.00 M", "3.80 G")
    ]
    assert shorten(1500, "B") == "1.50 kB"
    assert shorten(15, "B") == "15 B"


def test_one_is_no_plural(resnets):
    assert [say_count(n, "picture") for n in (0, 1, 1000)] == [
        "0 pictures", "1 picture", "1,000 pictures",
    ]  # fmt: skip
    out = " ".join(resnets("show", "mlp1_tanh").out.split())
    assert "Multiplicity: 1, the subsets of functions that can be left on in 1 unit." in out


def test_a_paper_is_named_by_author_and_year():
    assert shorten_paper("He, Zhang 2015, Deep Residual Learning, arXiv 1512.03385") == "He 2015"
