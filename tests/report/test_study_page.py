"""The report of a study: page, Markdown and CSV from a table alone."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from pathlib import Path

import pytest

from resnets.report.scatter import draw_scatters
from resnets.report.study import (
    Band,
    ClaimLine,
    Figure,
    MetricColumn,
    Panel,
    RowLine,
    Series,
    StudyTable,
    write_study_report,
)
from resnets.report.study_page import render_study
from resnets.report.study_picture import draw_panels
from resnets.report.study_text import format_csv, format_markdown
from resnets.report.study_words import write_interval, write_published, write_value

ROW = RowLine(
    name="resnet56",
    label="ResNet-56",
    panel="",
    model="resnet20",
    stands_for="resnet56",
    parameters=853_018,
    macs=125_485_696,
    figures=(
        Figure(
            published=6.97,
            source="He 2015, Table 6",
            values=(7.1, 7.3, 7.5),
            median=7.3,
            mean=7.3,
            std=0.2,
            difference=0.33,
        ),
        Figure(values=(0.021, 0.022, 0.023), median=0.022, mean=0.022, std=0.001),
    ),
    seeds=(0, 1, 2),
    diverged=0,
    planned=5,
    states=("seed 3: interrupted, 2 epochs",),
    same="no",
    deviations=("batch size 64 instead of 128",),
    note="",
)
FAILED = replace(
    ROW,
    name="dropout",
    label="dropout <0.5>",
    stands_for="",
    figures=(
        Figure(published=20.0, above=True, values=(37.25,), median=37.25, mean=37.25, fails=True),
        Figure(),
    ),
    seeds=(4,),
    planned=1,
    states=(),
)
DIVERGED = replace(
    FAILED, name="gone", label="gone", figures=(Figure(), Figure()), seeds=(), diverged=1
)
CLAIM = ClaimLine(
    predicate="test_error of a < test_error of b",
    words="test error of a < test error of b",
    source="Table 6",
    verdict="holds",
    why="",
    value=-1.5,
    low=-2.25,
    high=-0.75,
    method="Welch",
)
TABLE = StudyTable(
    name="demo",
    title="A study",
    scale="short",
    paper="He 2015",
    place="Table 6",
    question="Deeper?",
    protocol="Median of five runs.",
    columns=(
        MetricColumn("test_error", "test error", "%", True),
        MetricColumn("train_loss", "training loss", "nats", False),
    ),
    rows=(ROW, FAILED, DIVERGED),
    claims=(
        CLAIM,
        replace(CLAIM, verdict="fails", words="b fails", method="Wilson"),
        replace(CLAIM, verdict="untested", words="c is left out", why="only at the paper scale"),
    ),
    panels=(
        Panel(
            "plain",
            (
                Series(
                    "ResNet-56",
                    Band((1.0, 2.0), (50.0, 20.0), (45.0, 18.0), (55.0, 22.0)),
                    Band((1.0, 2.0), (60.0, 30.0), (60.0, 30.0), (60.0, 30.0)),
                ),
                Series("nothing yet", None, None),
            ),
        ),
    ),
    deviations=("digits instead of cifar10",),
    notices=("The study was changed after it began: x is new.",),
    seeds=3,
    runs={"finished": 4, "diverged": 1, "interrupted": 1},
    machines=("a processor, 2 threads, bf16, torch 2.15",),
    command="resnets study run demo",
)


@pytest.mark.parametrize(
    "text",
    [
        "A study",
        "resnet20 for resnet56",
        "6.97",
        "7.30 ± 0.20",
        "+0.33",
        "over 20",
        '<span class="fail">fail</span> (37.25)',
        '<span class="fail">diverged</span>',
        "dropout &lt;0.5&gt;",
        "seed 3: interrupted, 2 epochs",
        "batch size 64 instead of 128",
        "digits instead of cifar10",
        '<td class="verdict holds">holds</td>',
        "-1.50 [-2.25, -0.75]",
        "1 hold <small>1 fail, 0 undecided</small>",
        "Welch",
        "Wilson",
        "c is left out (Table 6; only at the paper scale)",
        "4 of 7 runs have finished, 1 diverged",
        "The study was changed after it began",
        "ResNet-56 test error ends at 30.00 %",
        "resnets study run demo",
        "a processor, 2 threads",
    ],
)
def test_the_page_says(text):
    assert text in render_study(TABLE)


def test_sentences_on_intervals_stand_apart():
    exact = replace(CLAIM, method="exact")
    page = render_study(replace(TABLE, claims=(*TABLE.claims, exact)))
    told = page[page.index("A claim holds if") : page.index("not corrected for their number")]
    assert not re.findall(r"\.[A-Z]", told)
    assert "What is the same whatever the seed" in told


def with_measures(count: int) -> StudyTable:
    """The study with so many more measures, each with median, mean and deviation."""
    more = tuple(MetricColumn(f"m{i}", f"measure {i}", "%", False) for i in range(count))
    figure = Figure(values=(1.0, 2.0), median=1.5, mean=1.5, std=0.5)
    rows = tuple(replace(r, figures=(*r.figures, *(figure,) * count)) for r in TABLE.rows)
    return replace(TABLE, columns=(*TABLE.columns, *more), rows=rows)


def read_figures(page: str) -> list[list[tuple[int, str]]]:
    """Return the cells of the table of figures, row by row: columns that each spans, and text."""
    table = page[page.index("<table") : page.index("</table>")]
    rows: list[list[tuple[int, str]]] = []
    below = 0
    for row in re.findall(r"<tr.*?</tr>", table, re.DOTALL):
        rows.append([(below, "")] * bool(below))
        cells = re.findall(r"<t[hd]\b([^>]*)>(.*?)</t[hd]>", row, re.DOTALL)
        for attributes, text in cells:
            span = re.search(r'colspan="(\d+)"', attributes)
            rows[-1].append((int(span[1]) if span else 1, re.sub("<[^>]*>", " ", text)))
        below = int('rowspan="2"' in row)
    return rows


@pytest.mark.parametrize("count", [0, 1, 4])
def test_every_row_of_the_table_has_all_columns(count):
    rows = read_figures(render_study(with_measures(count)))
    assert len({sum(span for span, _ in row) for row in rows}) == 1


def test_long_words_of_a_wide_table_stand_below_their_row():
    simple, wide = render_study(TABLE), render_study(with_measures(4))
    assert "median" in simple
    assert read_figures(simple)[2][-1] == (
        1,
        "no: batch size 64 instead of 128 seed 3: interrupted, 2 epochs",
    )
    _, _, figures, words, *_ = read_figures(wide)
    assert figures[-1] == (1, "no")
    assert " ".join(words[-1][1].split()) == (
        "batch size 64 instead of 128 seed 3: interrupted, 2 epochs"
    )
    # Spread and parameters have no columns of their own: they stand below what they belong to.
    assert [span for span, _ in figures] == [1] * (1 + 3 + 1 + 4 + 2)
    assert " ".join(figures[2][1].split()) == "7.30 7.30 ± 0.20"
    assert figures[0][1].endswith("853\u202fk parameters ")


def test_a_wide_table_without_long_words_has_no_rows_for_them():
    table = with_measures(4)
    rows = tuple(replace(row, deviations=(), states=(), note="") for row in table.rows)
    assert len(read_figures(render_study(replace(table, rows=rows)))) == 2 + len(rows)
    noted = tuple(replace(row, note="ours <here>") for row in rows)
    page = render_study(replace(table, rows=noted))
    assert page.count("<div>ours &lt;here&gt;</div>") == len(rows)


def test_the_page_needs_nothing_else():
    page = render_study(TABLE)
    assert "default-src 'none'" in page
    assert "<script" not in page
    assert "http://" not in page.replace("http://www.w3.org", "")
    assert page.count("<svg") == 1
    assert "var(--row0)" in page
    assert "#0103" not in page


def with_costs(*macs: float | None) -> StudyTable:
    """The study, with multiply-adds measured of its rows."""
    rows = tuple(
        replace(
            row,
            figures=(
                Figure(values=(error,), median=error),
                Figure(values=() if cost is None else (cost,), median=cost),
            ),
        )
        for row, error, cost in zip((ROW, FAILED, DIVERGED), (7.3, 37.25, 9.0), macs, strict=True)
    )
    cost = MetricColumn("macs", "multiply-adds", "G", False)
    return replace(TABLE, columns=(TABLE.columns[0], cost), rows=rows)


def test_rows_whose_cost_is_measured_stand_in_a_picture_of_cost_against_error():
    page = render_study(with_costs(0.041, 5.2, None))
    assert page.count("<svg") == 2
    assert (
        'aria-label="Test error, %, against multiply-adds, G: ResNet-56: 0.041 G, 7.30 %; '
        'dropout &lt;0.5&gt;: 5.2 G, 37.25 %."' in page
    )
    (picture,) = draw_scatters(with_costs(0.041, 5.2, None))
    drawn = re.findall(r"<text[^>]*>([^<]*)</text>", picture["svg"])
    assert {"ResNet-56", "dropout &lt;0.5&gt;", "0.05", "0.5", "5"} <= set(drawn)
    assert "gone" not in drawn
    assert 'id="cost"' not in render_study(with_costs(0.041, None, None))
    assert 'id="cost"' not in render_study(TABLE)


def test_rows_of_equal_cost_and_no_error_are_drawn():
    table = with_costs(0.041, 0.041, 0.041)
    rows = tuple(
        replace(r, figures=(Figure(values=(0.0,), median=0.0), r.figures[1])) for r in table.rows
    )
    (picture,) = draw_scatters(replace(table, rows=rows))
    assert picture["svg"].count(">gone</text>") == 1


def test_a_study_without_any_result_is_a_page_too():
    empty = replace(TABLE, panels=(), claims=(), machines=(), command="", runs={}, rows=(DIVERGED,))
    page = render_study(empty)
    assert "Error by epoch" not in page
    assert "What the paper says" not in page


def test_markdown_has_the_same_table_and_verdicts():
    text = format_markdown(TABLE)
    assert (
        "| ResNet-56 | resnet20 for resnet56 | 6.97 | 7.30 (7.30 ± 0.20) | +0.33 | 0.02 "
        "(0.02 ± 0.00) | 3 of 5 | no: batch size 64 instead of 128 |" in text
    )
    assert "| over 20 | fail (37.25) |" in text
    assert "| diverged |" in text
    assert "| test error of a < test error of b | holds | -1.50 [-2.25, -0.75] | Welch |" in text
    assert "- resnet56, seed 3: interrupted, 2 epochs" in text
    assert "Computed on a processor, 2 threads, bf16, torch 2.15. Seeds: 0, 1, 2, 4." in text
    assert (
        "![Error by epoch: ResNet-56 training error ends at 20.00 %; ResNet-56 test error ends at "
        "30.00 %](demo-short.png)" in text
    )
    assert text.endswith("```sh\nresnets study run demo\n```\n")


def test_markdown_says_what_its_picture_cuts_off_and_shows_none_without_curves():
    def cut(first):
        band = Band((1.0, 2.0), (first, 2.0), (first, 2.0), (first, 2.0))
        return replace(TABLE, panels=(Panel("", (Series("a", None, band),)),))

    assert "Values above" not in format_markdown(cut(4.0))
    assert "Values above 25 % are cut off." in format_markdown(cut(30.0))
    assert ".png" not in format_markdown(replace(TABLE, panels=()))


def test_csv_has_every_digit_and_a_line_for_each_measure():
    lines = list(csv.DictReader(io.StringIO(format_csv(TABLE))))
    assert len(lines) == 6
    assert lines[0]["median"] == "7.3"
    assert lines[0]["stands_for"] == "resnet56"
    assert lines[0]["n"] == "3"
    assert lines[0]["seeds"] == "0 1 2"
    assert lines[0]["deviations"] == "batch size 64 instead of 128; digits instead of cifar10"
    assert (lines[0]["unit"], lines[1]["unit"]) == ("%", "nats")
    assert lines[1]["measure"] == "train_loss"
    assert lines[1]["published"] == ""
    assert lines[2]["published_is_lower_bound"] == "1"
    assert lines[4]["diverged"] == "1"


def test_the_files_are_written(tmp_path: Path):
    page = write_study_report(tmp_path, TABLE)
    assert page == tmp_path / "demo-short.html"
    kinds = {path.suffix: path.read_bytes() for path in tmp_path.glob("demo-short.*")}
    assert sorted(kinds) == [".csv", ".html", ".md", ".png"]
    assert len(list(tmp_path.iterdir())) == 4
    write_study_report(tmp_path, TABLE)
    assert page.with_suffix(".png").read_bytes() == kinds[".png"]


def test_a_study_without_curves_has_no_picture(tmp_path: Path):
    write_study_report(tmp_path, replace(TABLE, panels=()))
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [".csv", ".html", ".md"]


def test_the_picture_has_a_panel_each_and_every_row_by_name():
    (panel,) = TABLE.panels
    figure = draw_panels([panel, replace(panel, title="residual"), panel])
    assert [axes.get_title() for axes in figure.axes] == ["plain", "residual", "plain"]
    assert {axes.get_ylim() for axes in figure.axes} == {(0.0, 80.0)}
    names = [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
    assert names == ["ResNet-56", "nothing yet"]
    curves = [line.get_ydata() for line in figure.axes[0].lines if len(line.get_ydata())]
    assert [list(curve) for curve in curves] == [[50.0, 20.0], [60.0, 30.0]]


def test_the_table_as_data_leaves_the_curves_out():
    content = TABLE.to_dict()
    assert "panels" not in content
    assert content["rows"][0]["figures"][0]["values"] == (7.1, 7.3, 7.5)
    assert content["claims"][0]["verdict"] == "holds"


def test_columns_that_say_nothing_are_left_out():
    bare = replace(ROW, parameters=None, figures=(Figure(values=(4.0,), median=4.0), Figure()))
    columns = (MetricColumn("paths", "paths", "", False), TABLE.columns[1])
    page = render_study(replace(TABLE, rows=(bare,), columns=columns, paper="", claims=(CLAIM,)))
    assert "Parameters" not in page
    assert "mean ± std" not in page
    assert "Difference" not in page
    assert "<td" in page
    assert '<h2 id="claims">Claims</h2>' in page
    assert "; Table 6" not in page


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (None, "%", "–"),
        (7.0, "%", "7.00"),
        (1024.0, "", "1,024"),
        (3.986e-16, "", "3.99e-16"),
        (0.2725, "M", "0.273"),
        (12.0, "epochs", "12"),
    ],
)
def test_values_have_the_digits_of_their_unit(value, unit, text):
    assert write_value(value, unit) == text


def test_small_intervals_keep_their_digits_and_exact_ones_have_none():
    claim = replace(CLAIM, value=0.0045, low=-0.00185, high=0.0109)
    assert write_interval(claim) == "+0.0045 [-0.00185, +0.0109]"
    assert write_interval(replace(CLAIM, value=-1.0, low=-1.0, high=-1.0)) == "-1.00"
    assert write_published(Figure(published=1024.0), "") == "1,024"
    assert write_published(
        Figure(published=6.43, published_mean=6.61, published_std=0.16), "%"
    ) == ("6.43 (6.61 ± 0.16)")
