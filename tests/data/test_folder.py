"""Folders of images; names in brackets are rows of the battery of bad data folders."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image

from resnets.data import Dataset, open_dataset
from resnets.errors import DataError
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


def test_a_folder_with_splits(folder: Folder) -> None:
    root = folder({"train/dog": 4, "train/cat": 3, "val/cat": 1, "val/dog": 2, "test/cat": 1,
                   "test/dog": 1})  # fmt: skip
    data = open_folder(root)
    assert data.classes == ("cat", "dog")
    assert data.train.labels.tolist() == [0, 0, 0, 1, 1, 1, 1]
    assert data.validation is not None
    assert (len(data.validation), len(data.test)) == (3, 2)
    assert data.train.names[0] == str(root / "train/cat/0.png")
    assert data.notes == ()
    assert data.preprocessing.image_size == 20
    assert data.preprocessing.mean == (0.485, 0.456, 0.406)
    assert (data.augmentation.pad, data.augmentation.flip) == (2, True)
    expected = torch.tensor(list(Image.open(root / "test/dog/0.png").getpixel((3, 5))))
    assert torch.equal(data.test.images.read(torch.tensor([1]))[0, :, 5, 3], expected)


def test_the_only_other_split_is_the_test_split(folder: Folder) -> None:
    for name in ("val", "validation", "test"):
        root = folder({"train/a": 2, "train/b": 2, f"{name}/a": 1, f"{name}/b": 1}, name=name)
        data = open_folder(root)
        assert (data.validation, len(data.test)) == (None, 2)
        expected = () if name == "test" else (f"{name} is the only other split: it is the test",)
        assert data.notes == expected


def test_a_folder_without_splits_is_split_by_seed(folder: Folder) -> None:
    root = folder({"a": 10, "b": 20})
    data = open_folder(root)
    assert data.notes == ("split by seed 0, stratified: 24 / 6",)
    assert torch.bincount(data.test.labels).tolist() == [2, 4]
    assert not set(data.train.names) & set(data.test.names)
    again, other = open_folder(root), open_folder(root, split_seed=1)
    assert again.test.names == data.test.names != other.test.names
    assert again.fingerprint == data.fingerprint == other.fingerprint


def test_a_training_folder_alone_is_split_too(folder: Folder) -> None:
    data = open_folder(folder({"train/a": 5, "train/b": 5}))
    assert (len(data.train), len(data.test)) == (8, 2)


def test_the_order_of_classes_is_that_of_code_points(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """[B10]"""
    root = folder({"b": 5, "Z": 5, "a": 5, "10": 5, "9": 5, "é": 5})
    expected = ("10", "9", "Z", "a", "b", "é")
    assert open_folder(root).classes == expected
    scan = os.scandir

    class Backwards:
        def __init__(self, path: Any) -> None:
            with scan(path) as entries:
                self.entries = sorted(entries, key=lambda entry: entry.name, reverse=True)

        def __enter__(self) -> list[os.DirEntry[str]]:
            return self.entries

        def __exit__(self, *details: object) -> None: ...

    first = open_folder(root)
    monkeypatch.setattr("resnets.data.listing.os.scandir", Backwards)
    second = open_folder(root)
    assert second.classes == expected
    assert (second.train.names, second.fingerprint) == (first.train.names, first.fingerprint)


def test_nested_folders_belong_to_their_class(folder: Folder) -> None:
    """[B11]"""
    data = open_folder(folder({"a/x/y": 3, "a": 2, "b": 5}))
    assert len(data.train) + len(data.test) == 10
    labels = torch.cat([data.train.labels, data.test.labels])
    assert torch.bincount(labels).tolist() == [5, 5]


def test_junk_and_other_files_are_ignored_and_counted(folder: Folder) -> None:
    """[B13] [B14]"""
    root = folder({"a": 5, "b": 5, "__MACOSX/a": 1})
    for name in (".DS_Store", "._0.png", "Thumbs.db", "notes.txt", "meta.json", "LICENSE"):
        (root / "a" / name).write_bytes(b"junk")
    data = open_folder(root)
    assert data.classes == ("a", "b")
    assert data.counts == {
        "hidden": 4, "suffix .txt": 1, "suffix .json": 1, "no suffix": 1,
    }  # fmt: skip


def test_links_are_followed_once(folder: Folder, tmp_path: Path) -> None:
    """[B15]"""
    root = folder({"a": 5, "b": 5})
    outside = folder({"deep": 3}, name="outside")
    (root / "a/loop").symlink_to(root / "a")
    (root / "a/up").symlink_to(tmp_path)
    (root / "b/other").symlink_to(root / "a")
    (root / "b/far").symlink_to(outside)
    (root / "b/again").symlink_to(outside / "deep")
    (outside / "deep/back").symlink_to(outside)
    data = open_folder(root)
    assert len(data.train) + len(data.test) == 13
    assert data.counts["link to a folder that is there already"] == 4
    (root / "a/self").symlink_to("self")
    assert refusal(root).code == "E3203"


def test_a_class_name_travels_in_one_normal_form(folder: Folder) -> None:
    root = folder({"train/" + unicodedata.normalize("NFD", "é"): 5, "train/b": 5,
                   "test/" + unicodedata.normalize("NFC", "é"): 1, "test/b": 1})  # fmt: skip
    data = open_folder(root)
    assert data.classes == ("b", "é")
    assert data.test.labels.tolist() == [0, 1]


def test_what_is_normalised_is_counted(folder: Folder, encode: Callable[..., bytes]) -> None:
    root = folder({"a": 5, "b": 5})
    (root / "a/g.png").write_bytes(encode(Image.new("L", (20, 20), 9)))
    (root / "a/h.png").write_bytes(encode(Image.new("L", (20, 20), 8), "JPEG"))
    assert open_folder(root).counts == {"grey to RGB": 2, "named as another format": 1}


def test_photographs_are_stored_as_squares(folder: Folder) -> None:
    root = folder({"a": 5, "b": 5}, width=100, height=70)
    data = open_folder(root, image_size=32)
    assert data.preprocessing.resize == 37
    assert data.train.images.shape == (3, 37, 37)
    assert (data.augmentation.resized_crop, data.augmentation.flip) == (True, True)
    assert open_folder(root).preprocessing.image_size == 224


def test_small_squares_are_resized_on_request(folder: Folder) -> None:
    data = open_folder(folder({"a": 5, "b": 5}), image_size=40)
    assert data.preprocessing.resize == 40
    assert data.augmentation.pad == 5
    assert data.train.images.shape == (3, 40, 40)


def test_imagenet_is_a_folder_of_photographs(folder: Folder, tmp_path: Path) -> None:
    counts = {f"imagenet/{s}/{c}": 2 for s in ("train", "val") for c in ("n01440764", "n01443537")}
    root = folder(counts, width=60, height=50)
    data = open_dataset(DataSpec(name="imagenet", image_size=28), root)
    assert data.classes == ("n01440764", "n01443537")
    assert data.preprocessing.resize == 32
    with pytest.raises(DataError) as caught:
        open_dataset(DataSpec(name="imagenet"), tmp_path)
    assert caught.value.code == "E3007"
