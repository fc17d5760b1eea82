"""Folders of images; names in brackets are rows of the battery of bad data folders."""

from __future__ import annotations

import os
import resource
import shutil
import time
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image

from resnets.data import Dataset, Feeder, open_dataset
from resnets.data.encoded import EncodedImages
from resnets.errors import ConfigError, DataError, MachineError
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


def test_pictures_in_formats_that_are_not_taken_are_not_passed_over(folder: Folder) -> None:
    root = folder({"a": 5, "b": 5})
    (root / "a/0.ppm").write_bytes(b"P6 1 1 255 abc")
    assert refusal(root).code in ("E3102", "E3105")
    (root / "a/0.ppm").unlink()
    (root / "a/x.png").write_bytes(b"\0\0\0\x1cftypheic" + bytes(40))
    error = refusal(root)
    assert (error.code, "HEIC" in error.what) == ("E3106", True)


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


def test_a_class_name_travels_in_one_normal_form(folder: Folder) -> None:
    root = folder({"train/" + unicodedata.normalize("NFD", "é"): 5, "train/b": 5,
                   "test/" + unicodedata.normalize("NFC", "é"): 1, "test/b": 1})  # fmt: skip
    data = open_folder(root)
    assert data.classes == ("b", "é")
    assert data.test.labels.tolist() == [0, 1]


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


def test_what_is_normalised_is_counted(folder: Folder, encode: Callable[..., bytes]) -> None:
    root = folder({"a": 5, "b": 5})
    (root / "a/g.png").write_bytes(encode(Image.new("L", (20, 20), 9)))
    (root / "a/h.png").write_bytes(encode(Image.new("L", (20, 20), 8), "JPEG"))
    assert open_folder(root).counts == {"grey to RGB": 2, "named as another format": 1}


def test_the_fingerprint_follows_names_contents_and_classes(folder: Folder) -> None:
    root = folder({"a": 5, "b": 5})
    prints = [open_folder(root).fingerprint]
    (root / "a/0.png").rename(root / "a/9.png")
    prints.append(open_folder(root).fingerprint)
    shutil.copy(root / "a/1.png", root / "a/9.png")
    prints.append(open_folder(root).fingerprint)
    (root / "a").rename(root / "A")
    prints.append(open_folder(root).fingerprint)
    assert len(set(prints)) == 4
    copied = shutil.copytree(root, root.with_name("copy"))
    assert open_folder(copied).fingerprint == prints[-1]


def test_nothing_is_written_into_the_data_folder(folder: Folder) -> None:
    root = folder({"a": 5, "b": 5})
    before = {str(p): p.stat().st_mtime_ns for p in root.rglob("*")}
    open_folder(root)
    assert {str(p): p.stat().st_mtime_ns for p in root.rglob("*")} == before
    assert list(Path(os.environ["XDG_CACHE_HOME"], "resnets").glob("index-*.json"))


def test_the_index_is_used_again(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    root = folder({"a": 5, "b": 5})
    first = open_folder(root)

    def never(*arguments: object) -> None:
        raise AssertionError("decoded again")

    monkeypatch.setattr("resnets.data.index.inspect", never)
    monkeypatch.setattr("resnets.data.encoded.decode", never)
    second = open_folder(root)
    assert second.fingerprint == first.fingerprint
    everything = torch.arange(len(first.train))
    assert torch.equal(first.train.images.read(everything), second.train.images.read(everything))
    os.utime(root / "a/0.png", ns=(1, 1))
    with pytest.raises(AssertionError, match="decoded again"):
        open_folder(root)


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


def test_memory_does_not_change_what_is_seen(folder: Folder) -> None:
    root = folder({"a": 5, "b": 5}, width=50, height=30)
    spec = DataSpec(name=f"folder:{root}", image_size=16)
    here, there = open_dataset(spec), open_dataset(spec, memory=0)
    assert isinstance(there.train.images, EncodedImages)
    assert here.preprocessing == there.preprocessing
    feeders = [
        Feeder(data, 2, device="cpu", seed=3, augment=True, channels_last=False)
        for data in (here, there)
    ]
    for (x, y), (other, label) in zip(*(f.training(0) for f in feeders), strict=True):
        assert torch.equal(x, other)
        assert torch.equal(y, label)


def test_a_mean_image_needs_the_data_in_memory(folder: Folder) -> None:
    spec = DataSpec(name=f"folder:{folder({'a': 5, 'b': 5}, width=50, height=30)}", image_size=16)
    data = open_dataset(spec, normalize="pixel-mean")
    assert len(data.preprocessing.mean) == 3 * 16**2
    feeder = Feeder(data, 2, device="cpu", seed=3, augment=False, channels_last=False)
    whole = torch.cat([x for x, _, _ in feeder.evaluating("train")])
    assert float(whole.mean(0).abs().max()) < 1e-6
    with pytest.raises(ConfigError) as caught:
        open_dataset(spec, normalize="pixel-mean", memory=0)
    assert (caught.value.code, caught.value.exit) == ("E2305", 2)


def test_files_that_change_after_indexing_are_refused(folder: Folder) -> None:
    """[A15] [A51]"""
    root = folder({"a": 5, "b": 5}, width=50, height=30)
    data = open_dataset(DataSpec(name=f"folder:{root}"), memory=0)
    path = Path(data.train.names[0])
    whole = path.read_bytes()
    path.write_bytes(whole + b"\0")
    with pytest.raises(DataError) as caught:
        data.train.images.read(torch.tensor([0]))
    assert (caught.value.code, caught.value.what) == ("E3202", str(path))
    path.unlink()
    with pytest.raises(DataError) as caught:
        data.train.images.read(torch.tensor([0]))
    assert caught.value.code == "E3201"
    assert "it was there when indexed at 20" in caught.value.why


def test_a_class_of_one_image_cannot_be_split(folder: Folder) -> None:
    """[B49]"""
    error = refusal(folder({"a": 1, "b": 8}))
    assert (error.code, error.what) == ("E3010", "a")


def test_imagenet_is_a_folder_of_photographs(folder: Folder, tmp_path: Path) -> None:
    counts = {f"imagenet/{s}/{c}": 2 for s in ("train", "val") for c in ("n01440764", "n01443537")}
    root = folder(counts, width=60, height=50)
    data = open_dataset(DataSpec(name="imagenet", image_size=28), root)
    assert data.classes == ("n01440764", "n01443537")
    assert data.preprocessing.resize == 32
    with pytest.raises(DataError) as caught:
        open_dataset(DataSpec(name="imagenet"), tmp_path)
    assert caught.value.code == "E3007"


@pytest.mark.slow
def test_many_files_are_indexed_in_bounded_time_and_memory(
    tmp_path: Path, encode: Callable[..., bytes]
) -> None:
    """[B27] with 200,000 files of the 1,000,000, in the form that reads headers only."""
    data = encode(Image.new("RGB", (8, 8)))
    for split, count in (("train", 99_000), ("test", 1_000)):
        for name in ("a", "b"):
            place = tmp_path / "set" / split / name
            place.mkdir(parents=True)
            for number in range(count):
                (place / f"{number}.png").write_bytes(data)
    started = time.monotonic()
    opened = open_dataset(DataSpec(name=f"folder:{tmp_path / 'set'}"), memory=0)
    seconds = time.monotonic() - started
    assert (len(opened.train), len(opened.test)) == (198_000, 2_000)
    assert any("only headers were read" in note for note in opened.notes)
    assert seconds < 120
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < 3 * 2**20  # KiB
