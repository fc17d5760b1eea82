"""Faulty folders of images; names in brackets are rows of the battery of bad data folders."""

from __future__ import annotations

import os
import shutil
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from resnets.data import Dataset, open_dataset
from resnets.errors import DataError, MachineError
from resnets.spec import DataSpec

Folder = Callable[..., Path]


def open_folder(root: Path, **fields: Any) -> Dataset:
    return open_dataset(DataSpec(name=f"folder:{root}", **fields))


def refusal(root: Path, **fields: Any) -> DataError:
    before = sorted(map(str, root.rglob("*"))) if root.is_dir() else None
    with pytest.raises(DataError) as caught:
        open_folder(root, **fields)
    assert caught.value.exit == 3
    assert before == (sorted(map(str, root.rglob("*"))) if root.is_dir() else None)
    return caught.value


def test_splits_that_are_not_clear_are_refused(folder: Folder) -> None:
    for counts in ({"test/a": 1, "test/b": 1}, {"train/a": 1, "val/a": 1, "validation/a": 1}):
        assert refusal(folder(counts, name="-".join(counts).replace("/", "_"))).code == "E3004"


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    """[B01] [B02] [B03]"""
    error = refusal(tmp_path / "none")
    assert (error.code, error.where["field"]) == ("E3001", "data.name")
    assert str(tmp_path / "none") in error.what
    (tmp_path / "file").write_text("x")
    assert refusal(tmp_path / "file").code == "E3002"
    (tmp_path / "empty").mkdir()
    error = refusal(tmp_path / "empty")
    assert (error.code, error.why) == ("E3003", "the folder is empty")
    (tmp_path / "empty/notes.txt").write_text("x")
    assert refusal(tmp_path / "empty").why == "it holds 1 × suffix .txt"


def test_loose_pictures_are_no_data_set(folder: Folder) -> None:
    assert "3 pictures lie loose" in refusal(folder({".": 3})).why


def test_a_single_class_is_refused(folder: Folder) -> None:
    """[B05]"""
    assert refusal(folder({"train/cat": 3, "test/cat": 1})).code == "E3209"


def test_an_empty_class_is_refused(folder: Folder) -> None:
    """[B06] [B07]"""
    error = refusal(folder({"train/a": 1, "train/b": 0, "test/a": 1, "test/b": 1}))
    assert (error.code, error.what) == ("E3206", "train/b")
    counts = {"train/a": 1, "train/b": 1, "test/a": 1, "test/b": 0}
    error = refusal(folder(counts, name="second"), allow_missing_classes=True)
    assert (error.code, error.what) == ("E3206", "test/b")


def test_a_missing_class_is_accepted_only_on_request(folder: Folder) -> None:
    """[B09]"""
    root = folder({"train/a": 2, "train/b": 2, "train/c": 2, "test/a": 1, "test/c": 1})
    error = refusal(root)
    assert (error.code, error.what) == ("E3207", "test/b")
    data = open_folder(root, allow_missing_classes=True)
    assert data.test.labels.tolist() == [0, 2]
    assert "1 classes have no images in a split (allow_missing_classes)" in data.notes


def test_an_unknown_class_is_refused(folder: Folder) -> None:
    counts = {"train/a": 1, "train/b": 1, "test/a": 1, "test/b": 1, "test/z": 1}
    error = refusal(folder(counts), allow_missing_classes=True)
    assert (error.code, error.what) == ("E3208", "test/z")


def test_pictures_in_formats_that_are_not_taken_are_not_passed_over(folder: Folder) -> None:
    root = folder({"a": 5, "b": 5})
    (root / "a/0.ppm").write_bytes(b"P6 1 1 255 abc")
    assert refusal(root).code in ("E3102", "E3105")
    (root / "a/0.ppm").unlink()
    (root / "a/x.png").write_bytes(b"\0\0\0\x1cftypheic" + bytes(40))
    error = refusal(root)
    assert (error.code, "HEIC" in error.what) == ("E3106", True)


def test_a_dangling_link_is_refused_or_skipped(folder: Folder) -> None:
    """[B17]"""
    root = folder({"a": 5, "b": 5})
    (root / "a/gone.png").symlink_to("/nowhere.png")
    error = refusal(root)
    assert (error.code, error.what) == ("E3203", "a/gone.png")
    assert "1 links point nowhere and are left out" in open_folder(root, bad_images="skip").notes


def test_identical_images(folder: Folder) -> None:
    """[B18] [B19]"""
    root = folder({"train/a": 5, "train/b": 5, "test/a": 2, "test/b": 2})
    shutil.copy(root / "train/a/0.png", root / "train/a/same.png")
    shutil.copy(root / "train/a/1.png", root / "test/a/leak.png")
    assert open_folder(root).notes == (
        "1 groups of identical images in one class and split",
        "1 groups of identical images in more than one split",
    )
    shutil.copy(root / "train/a/2.png", root / "train/b/wrong.png")
    error = refusal(root)
    assert (error.code, error.what) == ("E3211", "train/a/2.png and train/b/wrong.png")
    assert error.why == "classes a and b"
    data = open_folder(root, bad_images="skip")
    assert (data.counts["skipped"], len(data.train)) == (2, 10)


@pytest.mark.parametrize(
    "name", [pytest.param(b"caf\xe9.png", id="B21"), pytest.param(b"a\n\x1b[31m.png", id="B22")]
)
def test_strange_file_names_are_accepted_and_shown_escaped(folder: Folder, name: bytes) -> None:
    root = folder({"a": 5, "b": 5})
    strange = os.path.join(os.fsencode(root), b"a", name)
    os.rename(root / "a/0.png", strange)
    data = open_folder(root)
    assert os.fsencode(root / "a") + b"/" + name in [
        os.fsencode(n) for n in (*data.train.names, *data.test.names)
    ]
    assert open_folder(root).fingerprint == data.fingerprint
    with open(strange, "wb"):
        pass
    shown = str(refusal(root))
    shown.encode()
    assert "\x1b" not in shown
    assert {b"c": "caf\\udce9.png", b"a": "a\\x0a\\x1b[31m.png"}[name[:1]] in shown


def test_class_names_that_look_the_same_are_refused(folder: Folder) -> None:
    """[B23]"""
    twins = {unicodedata.normalize(form, "é"): 5 for form in ("NFC", "NFD")}
    error = refusal(folder({**twins, "b": 5}))
    assert (error.code, error.title) == ("E3204", "two class names look the same")
    assert error.why == "in bytes: 65 cc 81 and c3 a9"
    assert refusal(folder({"cat": 5, "cat ": 5}, name="blank")).code == "E3204"


def test_odd_class_names(folder: Folder) -> None:
    """[B25]"""
    assert refusal(folder({"   ": 5, "b": 5}, name="1")).code == "E3205"
    assert refusal(folder({os.fsdecode(b"\xe9"): 5, "b": 5}, name="2")).code == "E3205"
    long = "x" * 255
    assert open_folder(folder({"CON": 5, long: 5}, name="3")).classes == ("CON", long)


def test_what_is_no_file_is_never_opened(folder: Folder) -> None:
    """[B26]"""
    root = folder({"a": 5, "b": 5})
    os.mkfifo(root / "a/pipe.png")
    data = open_folder(root)
    assert data.counts == {"not a regular file": 1}
    assert len(data.train) + len(data.test) == 10


def test_a_folder_that_may_not_be_read(
    unprivileged: Path, picture: Callable[..., Any], encode: Callable[..., bytes]
) -> None:
    """[A50]"""
    for name in ("a", "b"):
        (unprivileged / name).mkdir()
        (unprivileged / name / "0.png").write_bytes(encode(picture(seed=ord(name))))
    (unprivileged / "a").chmod(0)
    with pytest.raises(MachineError) as caught:
        open_folder(unprivileged)
    assert (caught.value.exit, caught.value.what) == (5, str(unprivileged / "a"))
    (unprivileged / "a").chmod(0o700)
    (unprivileged / "b/0.png").chmod(0)
    with pytest.raises(MachineError, match=r"b/0\.png"):
        open_folder(unprivileged)


def test_bad_images_are_refused_or_counted(folder: Folder) -> None:
    root = folder({"a": 5, "b": 5})
    (root / "a/0.png").write_bytes(b"")
    (root / "b/0.png").write_bytes((root / "b/0.png").read_bytes()[:100])
    error = refusal(root)
    assert error.code == "E3101"
    assert error.what == "a/0.png  0 bytes"
    assert any("bad_images=skip" in step for step in error.do)
    data = open_folder(root, bad_images="skip")
    assert len(data.train) + len(data.test) == 8
    assert data.counts["skipped"] == 2
    assert "2 of 10 images are left out (bad_images=skip)" in data.notes
    for number in range(1, 5):
        (root / f"a/{number}.png").write_bytes(b"")
    assert refusal(root, bad_images="skip").code == "E3206"


def test_a_class_of_one_image_cannot_be_split(folder: Folder) -> None:
    """[B49]"""
    error = refusal(folder({"a": 1, "b": 8}))
    assert (error.code, error.what) == ("E3010", "a")
