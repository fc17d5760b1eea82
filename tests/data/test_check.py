"""``check``: everything that spoils a training, all of it listed."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from resnets.data import check, open_dataset
from resnets.errors import DataError
from resnets.spec import DataSpec

Folder = Callable[..., Path]


def test_a_clean_folder_is_ok(folder: Folder) -> None:
    found = check(folder({"train/a": 3, "train/b": 2, "test/a": 1, "test/b": 1}))
    assert found.ok
    assert (found.findings, found.kinds) == ((), {})
    assert found.samples == {"train": 5, "test": 2}
    assert found.classes == ("a", "b")


def test_every_fault_is_listed(folder: Folder, encode: Callable[..., bytes]) -> None:
    root = folder({"train/a": 6, "train/b": 6, "train/c": 0, "test/a": 2, "test/z": 1})
    copy = shutil.copy
    copy(root / "train/a/0.png", root / "train/a/twin.png")
    copy(root / "train/a/1.png", root / "train/b/wrong.png")
    copy(root / "train/a/2.png", root / "test/a/leak.png")
    copy(root / "train/a/3.png", root / "train/loose.png")
    copy(root / "train/a/4.png", root / "top.png")
    (root / "train/a/cut.png").write_bytes((root / "train/a/0.png").read_bytes()[:60])
    (root / "train/a/empty.jpg").write_bytes(b"")
    (root / "train/b/gone.png").symlink_to("nowhere")
    (root / "train/b/grey.png").write_bytes(encode(Image.new("L", (9, 9))))
    (root / "train/b/.hidden").write_bytes(b"")
    found = check(root)
    assert found.kinds == {
        "unreadable": 1,
        "truncated": 1,
        "dangling link": 1,
        "empty class": 1,
        "missing class": 2,
        "unknown class": 1,
        "conflicting": 1,
        "duplicate": 1,
        "leaking": 1,
        "misplaced": 2,
    }
    names = {finding.kind: finding.names for finding in found.findings}
    assert names["conflicting"] == ("train/a/1.png", "train/b/wrong.png")
    assert names["leaking"] == ("train/a/2.png", "test/a/leak.png")
    assert names["unknown class"] == ("test/z",)
    assert found.counts == {"grey to RGB": 1, "hidden": 1}
    assert not found.ok
    assert found.findings[0].kind == "unreadable"
    codes = {entry["kind"]: entry["code"] for entry in found.to_dict()["findings"]}
    assert codes["duplicate"] == "E3212"
    assert codes["leaking"] == "E3213"
    assert codes["misplaced"] == "E3214"


def test_findings_are_strict_json_with_escaped_names(folder: Folder) -> None:
    root = folder({"a": 5, "b": 5})
    (root / "a" / "x\x1b[31m\n.png").write_bytes(b"")
    content = check(root).to_dict()
    text = json.dumps(content, allow_nan=False)
    assert json.loads(text) == content
    assert content["findings"] == [
        {
            "kind": "unreadable",
            "code": "E3101",
            "title": "file is empty",
            "names": ["a/x\\x1b[31m\\x0a.png"],
            "why": "0 bytes",
        }
    ]
    assert (content["ok"], content["kinds"]) == (False, {"unreadable": 1})


def test_harmless_findings_leave_it_ok(folder: Folder) -> None:
    root = folder({"a": 5, "b": 5})
    shutil.copy(root / "a/0.png", root / "a/twin.png")
    found = check(root)
    assert (found.kinds, found.ok) == ({"duplicate": 1}, True)


def test_a_silent_change_since_the_index_is_named(
    folder: Folder, encode: Callable[..., bytes], picture: Callable[..., Image.Image]
) -> None:
    """[A15]"""
    root = folder({"a": 5, "b": 5})
    path = root / "a/9.jpg"
    data = bytearray(encode(picture(64, 64), "JPEG"))
    path.write_bytes(data)
    open_dataset(DataSpec(name=f"folder:{root}"))
    times = path.stat().st_atime_ns, path.stat().st_mtime_ns
    assert check(root).kinds == {}
    data[-60] ^= 0x04
    data[-40] ^= 0x08
    path.write_bytes(data)
    os.utime(path, ns=times)
    for _ in range(2):  # a check does not take the change into the index
        found = check(root)
        assert (found.kinds, found.findings[0].names) == ({"changed": 1}, ("a/9.jpg",))
    path.touch()
    assert (
        "1 images changed since the last index"
        in open_dataset(DataSpec(name=f"folder:{root}")).notes
    )


def test_a_check_writes_nothing(folder: Folder) -> None:
    root = folder({"a": 5, "b": 5})
    before = {str(p): p.stat().st_mtime_ns for p in root.rglob("*")}
    check(root)
    assert {str(p): p.stat().st_mtime_ns for p in root.rglob("*")} == before
    assert list(Path(os.environ["XDG_CACHE_HOME"]).iterdir()) == []


def test_a_table_of_labels_is_checked_too(folder: Folder) -> None:
    root = folder({"x": 4})
    (root / "x/3.png").write_bytes(b"junk")
    (root / "labels.csv").write_text("path,label\nx/0.png,a\nx/1.png,b\nx/3.png,b\n")
    assert check(root).kinds == {"unreadable": 1}


@pytest.mark.parametrize("place", ["none", "."])
def test_what_is_no_data_set_is_refused(tmp_path: Path, place: str) -> None:
    with pytest.raises(DataError) as caught:
        check(tmp_path / place)
    assert caught.value.code in ("E3001", "E3003")
