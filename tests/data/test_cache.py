"""The user's cache: absent, damaged or not writable, it only costs time."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import IO

import numpy as np
import pytest

from resnets.data import cache, open_dataset
from resnets.spec import DataSpec


def test_arrays_come_back(tmp_path: Path) -> None:
    array = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
    assert cache.load_array("a") is None
    assert cache.save_array("a", array, {"n": 1})
    loaded = cache.load_array("a")
    assert loaded is not None
    assert np.array_equal(loaded[0], array)
    assert loaded[1] == {"n": 1}
    names = sorted(path.name for path in cache.cache_dir().iterdir())
    assert names == ["a.json", "a.npy"]


@pytest.mark.parametrize("name", ["a.npy", "a.json"])
@pytest.mark.parametrize("change", ["flip", "cut", "empty", "missing"])
def test_damage_counts_as_absence(name: str, change: str) -> None:
    cache.save_array("a", np.arange(1000), None)
    path = cache.cache_dir() / name
    data = bytearray(path.read_bytes())
    if change == "flip":
        data[-20] ^= 4
    path.write_bytes({"flip": data, "cut": data[:-9], "empty": b""}.get(change, b""))
    if change == "missing":
        path.unlink()
    assert cache.load_array("a") is None


def test_foreign_contents_are_harmless() -> None:
    cache.save_json("a", {"x": 1})
    for text in ("[1, 2]", "null", '{"sha256": 3}', "{", "[" * 100_000):
        (cache.cache_dir() / "a.json").write_text(text)
        assert cache.load_array("a") is None


def test_a_cache_that_cannot_be_written_only_costs_time(
    folder,
    unprivileged: Path,
    monkeypatch: pytest.MonkeyPatch,  # type: ignore[no-untyped-def]
) -> None:
    unprivileged.chmod(0o500)
    monkeypatch.setenv("XDG_CACHE_HOME", str(unprivileged))
    assert not cache.save_json("a", 1)
    assert not cache.save_array("a", np.zeros(3), None)
    assert cache.load_json("a") is None
    unprivileged.chmod(0o700)
    assert list(unprivileged.iterdir()) == []


def test_a_folder_opens_without_a_cache(
    folder,
    monkeypatch: pytest.MonkeyPatch,  # type: ignore[no-untyped-def]
) -> None:
    def full(path: Path, write: object) -> None:
        raise OSError(28, "No space left on device")

    root = folder({"a": 5, "b": 5})
    expected = open_dataset(DataSpec(name=f"folder:{root}"))
    monkeypatch.setattr("resnets.data.cache.write_atomic", full)
    monkeypatch.setattr("resnets.data.cache.load_json", lambda name: None)
    assert open_dataset(DataSpec(name=f"folder:{root}")).fingerprint == expected.fingerprint


def test_the_folder_of_the_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert cache.cache_dir() == tmp_path / ".cache/resnets"

    def homeless() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr("resnets.data.cache.Path.home", homeless)
    with pytest.raises(OSError, match="home"):
        cache.cache_dir()
    assert cache.load_json("a") is None


def test_an_interrupted_write_leaves_nothing(tmp_path: Path) -> None:
    def stop(file: IO[bytes]) -> None:
        file.write(b"half")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cache.write_atomic(tmp_path / "x", stop)
    assert list(tmp_path.iterdir()) == []
    old = os.umask(0o027)
    try:
        cache.write_atomic(tmp_path / "x", lambda file: file.write(b"whole"))
    finally:
        os.umask(old)
    assert (tmp_path / "x").read_bytes() == b"whole"
    assert stat.S_IMODE((tmp_path / "x").stat().st_mode) == 0o640


def test_hashes_are_remembered_until_a_file_changes(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"one")
    first = cache.hash_file(path)
    assert first == "7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed"
    times = path.stat().st_atime_ns, path.stat().st_mtime_ns
    path.write_bytes(b"two")
    os.utime(path, ns=times)
    assert cache.hash_file(path) == first
    os.utime(path, ns=(1, 1))
    assert cache.hash_file(path) != first
