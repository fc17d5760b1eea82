"""The index of a folder: its fingerprint, its cache, and what it guards against."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image

from resnets.data import Dataset, Feeder, open_dataset
from resnets.data.encoded import EncodedImages
from resnets.errors import ConfigError, DataError
from resnets.spec import DataSpec

Folder = Callable[..., Path]


def open_folder(root: Path, **fields: Any) -> Dataset:
    return open_dataset(DataSpec(name=f"folder:{root}", **fields))


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


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="the peak is read from /proc")
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
    script = (
        "import sys, time\n"
        "from resnets.data import open_dataset\n"
        "from resnets.spec import DataSpec\n"
        "started = time.monotonic()\n"
        "opened = open_dataset(DataSpec(name='folder:' + sys.argv[1]), memory=0)\n"
        "print(len(opened.train), len(opened.test), time.monotonic() - started)\n"
        "print(next(x for x in open('/proc/self/status') if x.startswith('VmHWM')).split()[1])\n"
        "print(*opened.notes, sep='\\n')\n"
    )
    # VmHWM starts anew in a new process; ru_maxrss would begin at the peak of the one that forked.
    command = [sys.executable, "-c", script, str(tmp_path / "set")]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    train, test, seconds = said[0].split()
    assert (train, test) == ("198000", "2000")
    assert float(seconds) < 120
    assert int(said[1]) < 2 * 2**20  # KiB
    assert any("only headers were read" in note for note in said[2:])
