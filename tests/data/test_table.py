"""Folders whose labels stand in ``labels.csv``; names in brackets are rows of the battery."""

from __future__ import annotations

import resource
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from resnets.data import Dataset, open_dataset
from resnets.errors import DataError
from resnets.spec import DataSpec

Folder = Callable[..., Path]
Table = Callable[..., Path]
ROWS = "".join(f"x/{i}.png,{'cat' if i % 2 else 'dog'}\n" for i in range(10))


@pytest.fixture
def table(folder: Folder, tmp_path: Path) -> Table:
    """Ten images in one folder, and a table over them."""

    def make(content: str | bytes, classes: str = "") -> Path:
        root = tmp_path / "set"
        if not root.exists():
            folder({"x": 10})
        data = content if isinstance(content, bytes) else content.encode()
        (root / "labels.csv").write_bytes(data)
        if classes:
            (root / "classes.txt").write_text(classes)
        return root

    return make


def open_table(root: Path) -> Dataset:
    return open_dataset(DataSpec(name=f"folder:{root}"))


def refusal(root: Path) -> DataError:
    with pytest.raises(DataError) as caught:
        open_table(root)
    assert caught.value.exit == 3
    return caught.value


def test_labels_stand_in_a_table(table: Table) -> None:
    root = table("path,label\n" + ROWS)
    data = open_table(root)
    assert data.classes == ("cat", "dog")
    labels = dict(
        zip(
            data.train.names + data.test.names, [*data.train.labels, *data.test.labels], strict=True
        )  # type: ignore[operator]
    )
    assert labels[str(root / "x/3.png")] == 0
    assert labels[str(root / "x/4.png")] == 1
    assert data.notes == ("split by seed 0, stratified: 8 / 2",)


def test_a_column_may_say_the_split(table: Table) -> None:
    rows = [f"x/{i}.png,{i % 2},{'test' if i < 4 else 'train'}" for i in range(10)]
    data = open_table(table("path,label,split\n" + "\n".join(rows)))
    assert (data.classes, len(data.train), len(data.test)) == (("0", "1"), 6, 4)
    rows[0] = "x/0.png,0,exam"
    error = refusal(table("path,label,split\n" + "\n".join(rows)))
    assert (error.code, error.where["line"]) == ("E3405", "2")
    only = "path,label,split\n" + "".join(f"x/{i}.png,{i % 2},test\n" for i in range(4))
    assert refusal(table(only)).code == "E3004"
    gap = "path,label,split\nx/0.png,a,\nx/1.png,b,\nx/2.png,a,test\n"
    assert refusal(table(gap)).code == "E3207"


def test_a_missing_column(table: Table) -> None:
    """[B29]"""
    error = refusal(table("file,label\n" + ROWS))
    assert (error.code, error.what, error.why) == ("E3402", "path", "found file, label")


@pytest.mark.parametrize("content", ["", "path,label\n"])
def test_an_empty_table(table: Table, content: str) -> None:
    """[B30]"""
    assert refusal(table(content)).code == "E3403"


def test_a_row_without_a_file(table: Table) -> None:
    """[B31]"""
    error = refusal(table("path,label\n" + ROWS + "x/99.png,cat\n"))
    assert (error.code, error.what, error.where["line"]) == ("E3409", "x/99.png", "12")
    assert refusal(table("path,label\nx,cat\n")).code == "E3409"
    assert refusal(table("path,label\nx/\0.png,cat\n")).code in ("E3405", "E3409")


def test_a_row_that_stands_twice(table: Table) -> None:
    """[B33] [B34]"""
    data = open_table(table("path,label\n" + ROWS + "x/./3.png,cat\n"))
    assert data.counts == {"row that stands twice": 1}
    error = refusal(table("path,label\n" + ROWS + "x/3.png,dog\n"))
    assert (error.code, error.where["line"]) == ("E3407", "5 and 12")
    assert error.why == "'cat' and 'dog'"


@pytest.mark.parametrize("label", ["-1", "2", "1000000000", "9" * 5000])
def test_a_label_out_of_range(table: Table, label: str) -> None:
    """[B35]"""
    rows = "".join(f"x/{i}.png,{i % 2}\n" for i in range(9))
    error = refusal(table(f"path,label\n{rows}x/9.png,{label}\n", classes="cat\ndog\n"))
    assert (error.code, error.where["line"]) == ("E3408", "11")
    assert error.why == "allowed: 0 to 1"
    assert label[:9] in error.what


def test_integers_without_names_leave_no_gap(table: Table) -> None:
    error = refusal(table("path,label\nx/0.png,0\nx/1.png,1\nx/2.png,7\n"))
    assert (error.what, error.why) == ("7", "allowed: 0 to 2")


def test_names_come_from_a_list(table: Table) -> None:
    rows = "".join(f"x/{i}.png,{i % 2}\n" for i in range(10))
    assert open_table(table("path,label\n" + rows, "dog\ncat\n")).classes == ("dog", "cat")
    assert open_table(table("path,label\n" + ROWS, "dog\ncat\n")).classes == ("dog", "cat")
    assert refusal(table("path,label\n" + ROWS, "cat\nbird\n")).code == "E3408"
    root = table("path,label\n" + ROWS)
    (root / "classes.txt").write_bytes("cat\ndog\n".encode("utf-16"))
    assert refusal(root).code == "E3401"


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda text: b"\xef\xbb\xbf" + text, id="B37"),
        pytest.param(lambda text: text.replace(b"\n", b"\r\n"), id="B38-crlf"),
        pytest.param(lambda text: text.replace(b"\n", b"\r"), id="B38-cr"),
        pytest.param(lambda text: text.replace(b"\n", b"\n\n"), id="blank-lines"),
    ],
)
def test_marks_and_line_ends(table: Table, change: Callable[[bytes], Any]) -> None:
    plain = open_table(table("path,label\n" + ROWS))
    data = open_table(table(change(b"path,label\n" + ROWS.encode())))
    assert (data.classes, data.fingerprint) == (plain.classes, plain.fingerprint)


def test_utf_16_is_refused(table: Table) -> None:
    """[B39]"""
    error = refusal(table(("path,label\n" + ROWS).encode("utf-16")))
    assert (error.code, error.title) == ("E3401", "the table is not UTF-8 (UTF-16?)")


def test_an_unclosed_quote(table: Table) -> None:
    """[B41]"""
    error = refusal(table('path,label\nx/0.png,cat\n"x/1.png,dog\nx/2.png,cat\n'))
    assert (error.code, error.where["line"]) == ("E3405", "3")


def test_a_row_of_another_width(table: Table) -> None:
    error = refusal(table("path,label\nx/0.png,cat,9\n"))
    assert (error.code, error.why) == ("E3405", "3 fields, the header has 2")
    assert refusal(table("path,label\nx/0.png,\n")).where["line"] == "2"


def test_an_endless_line_is_refused_in_bounded_memory(table: Table) -> None:
    """[B42]"""
    root = table(b"path,label\n" + b"x" * 200_000_000)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    error = refusal(root)
    assert (error.code, error.where["line"]) == ("E3404", "2")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000  # KiB


@pytest.mark.parametrize("path", ["../../etc/passwd", "/etc/passwd", "x/../../y.png", "C:\\x.png"])
def test_paths_that_lead_out_are_refused(table: Table, path: str) -> None:
    """[B43]"""
    error = refusal(table(f"path,label\n{path},cat\n"))
    assert (error.code, error.what) == ("E3406", path)
