"""Named data sets in every form in which people keep them; no network is touched."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import pickle
import struct
import tarfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import torchvision.datasets as published

from resnets.data import Dataset, open_dataset
from resnets.data.sources import cifar
from resnets.data.sources.known import KNOWN
from resnets.errors import DataError
from resnets.spec import DataSpec


def open_named(name: str, place: Path | None, **fields: Any) -> Dataset:
    return open_dataset(DataSpec(name=name, **fields), place)


def refusal(name: str, place: Path | None, **fields: Any) -> DataError:
    with pytest.raises(DataError) as caught:
        open_named(name, place, **fields)
    assert caught.value.exit == 3
    return caught.value


def test_digits() -> None:
    data = open_dataset(DataSpec())
    assert (len(data.train), len(data.test)) == (1437, 360)
    assert data.notes == ("split by seed 0, stratified: 1,437 / 360",)
    assert data.classes == tuple("0123456789")
    assert data.train.images.shape == (1, 8, 8)
    assert (data.augmentation.pad, data.augmentation.flip) == (1, False)
    stored = torch.cat([data.train.images.tensor, data.test.images.tensor])  # type: ignore[attr-defined]
    assert sorted(stored.unique().tolist()) == [round(v * 255 / 16 + 1e-9) for v in range(17)]
    assert data.fingerprint[:16] == DIGITS
    assert data.preprocessing.mean[0] == pytest.approx(0.305, abs=0.01)
    other = open_dataset(DataSpec(split_seed=1))
    assert other.fingerprint == data.fingerprint
    assert other.test.names != data.test.names


DIGITS = "0b7e9c3202d7bcd2"


def test_digits_are_resized_once() -> None:
    data = open_dataset(DataSpec(image_size=16))
    assert data.train.images.shape == (1, 16, 16)
    assert (data.preprocessing.resize, data.augmentation.pad) == (16, 2)


def test_cifar10_as_batches_and_as_archive(batches: Path) -> None:
    data = open_named("cifar10", batches.parent)
    assert (len(data.train), len(data.test), data.train.images.shape) == (100, 20, (3, 32, 32))
    content = pickle.loads((batches / "data_batch_2").read_bytes())
    first = torch.from_numpy(content["data"][3].reshape(3, 32, 32))
    assert torch.equal(data.train.images.read(torch.tensor([23]))[0], first)
    assert data.classes[:3] == ("airplane", "automobile", "bird")
    assert data.preprocessing.mean == tuple(v / 255 for v in (125.3, 123.0, 113.9))
    with tarfile.open(batches.parent / "cifar-10-python.tar.gz", "w:gz") as archive:
        archive.add(batches, batches.name)
    for path in batches.iterdir():
        path.unlink()
    batches.rmdir()
    assert open_named("cifar10", batches.parent).fingerprint == data.fingerprint
    assert not batches.exists()


def test_a_tampered_pickle_is_refused_and_not_run(batches: Path, tmp_path: Path) -> None:
    """[B45]"""

    class Payload:
        def __reduce__(self) -> Any:
            return os.system, (f"touch {tmp_path}/ran",)

    path = batches / "data_batch_3"
    evil = pickle.dumps({"data": Payload()})
    path.write_bytes(evil)
    error = refusal("cifar10", tmp_path)
    assert (error.code, error.what) == ("E3602", str(path))
    assert not (tmp_path / "ran").exists()
    with pytest.raises(pickle.UnpicklingError, match="not allowed"):
        cifar._NumbersOnly(io.BytesIO(evil)).load()
    assert not (tmp_path / "ran").exists()
    path.unlink()
    assert refusal("cifar10", tmp_path).title == "file is missing or empty"


def test_a_broken_archive_is_refused(tmp_path: Path) -> None:
    (tmp_path / "cifar-10-python.tar.gz").write_bytes(b"\x1f\x8bnonsense")
    assert refusal("cifar10", tmp_path).code == "E3601"
    with tarfile.open(tmp_path / "cifar-10-python.tar.gz", "w:gz"):
        pass
    assert refusal("cifar10", tmp_path).code == "E3602"


def test_cifar_in_binary_form(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """[B46]"""
    assert cifar.BINARY["cifar10"][1]["test"] == (["test_batch.bin"], 10_000)
    assert cifar.BINARY["cifar100"][1]["train"] == (["train.bin"], 50_000)
    parts = {"train": (["train.bin"], 2_000), "test": (["test.bin"], 1_000)}
    monkeypatch.setitem(cifar.BINARY, "cifar100", (2, parts))
    place = tmp_path / "CIFAR100" / "cifar-100-binary"
    place.mkdir(parents=True)
    rng = np.random.default_rng(0)
    for name, count in (("train.bin", 2_000), ("test.bin", 1_000)):
        records = np.zeros((count, 3074), np.uint8)
        records[:, 1] = np.arange(count) % 100
        records[:, 2] = rng.integers(0, 256, count)
        (place / name).write_bytes(records.tobytes())
    data = open_named("cifar100", tmp_path, holdout=500)
    assert data.validation is not None
    assert (len(data.train), len(data.validation), len(data.test)) == (1_500, 500, 1_000)
    assert torch.bincount(data.validation.labels).tolist() == [5] * 100
    assert data.classes[99] == "worm"
    assert data.notes == ("validation by seed 0, stratified: 1,500 / 500",)
    records[7, 1] = 100
    (place / "test.bin").write_bytes(records.tobytes())
    error = refusal("cifar100", tmp_path)
    assert (error.code, error.where["record"]) == ("E3604", "7")
    (place / "test.bin").write_bytes(records.tobytes()[:-1])
    error = refusal("cifar100", tmp_path)
    assert (error.code, error.what) == ("E3603", str(place / "test.bin"))
    assert error.why == "3,073,999 bytes, expected 3,074,000"


def write_idx(path: Path, array: np.ndarray[Any, Any], claim: int | None = None) -> None:
    shape = (len(array) if claim is None else claim, *array.shape[1:])
    header = bytes((0, 0, 8, array.ndim)) + struct.pack(f">{array.ndim}I", *shape)
    data = header + array.tobytes()
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)


@pytest.fixture
def mnist(tmp_path: Path) -> Path:
    place = tmp_path / "MNIST" / "raw"
    place.mkdir(parents=True)
    rng = np.random.default_rng(0)
    for prefix, count in (("train", 30), ("t10k", 10)):
        pixels = rng.integers(0, 256, (count, 28, 28), np.uint8)
        write_idx(place / f"{prefix}-images-idx3-ubyte.gz", pixels)
        write_idx(place / f"{prefix}-labels-idx1-ubyte", (np.arange(count) % 10).astype(np.uint8))
    return place


def test_mnist(mnist: Path) -> None:
    data = open_named("mnist", mnist.parent.parent)
    assert (len(data.train), len(data.test), data.train.images.shape) == (30, 10, (1, 28, 28))
    assert data.train.labels[:3].tolist() == [0, 1, 2]
    assert data.augmentation.flip is False
    pixels = data.train.images.tensor.double() / 255  # type: ignore[attr-defined]
    assert data.preprocessing.mean[0] == pytest.approx(float(pixels.mean()), abs=1e-12)
    assert data.preprocessing.std[0] == pytest.approx(float(pixels.std(correction=0)), abs=1e-12)


def test_mnist_is_not_taken_for_fashion(mnist: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("resnets.data.sources.named.download", lambda *_: refuse_download())
    assert refusal("fashion-mnist", mnist.parent).code == "E3006"


def refuse_download() -> None:
    raise DataError("E3006", "data set is not there and cannot be downloaded")


def test_an_idx_file_that_claims_too_much(mnist: Path) -> None:
    """[B47]"""
    path = mnist / "t10k-labels-idx1-ubyte"
    labels = np.arange(10, dtype=np.uint8)
    for claim, has in ((4_000_000_000, "the file has 10"), (9, "the file has more")):
        write_idx(path, labels, claim)
        error = refusal("mnist", mnist.parent.parent)
        assert (error.code, error.what) == ("E3606", str(path))
        assert has in error.why
    write_idx(path, labels + 1)
    assert refusal("mnist", mnist.parent.parent).code == "E3604"
    write_idx(path, labels[:9])
    assert refusal("mnist", mnist.parent.parent).code == "E3607"
    path.write_bytes(b"\0\0\x0c\1\0\0\0\0")
    assert refusal("mnist", mnist.parent.parent).code == "E3605"
    (mnist / "train-images-idx3-ubyte.gz").write_bytes(b"no gzip at all")
    assert refusal("mnist", mnist.parent.parent).code == "E3601"


def test_svhn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import scipy.io

    lists = {}
    for split in ("train", "test"):
        name = f"{split}_32x32.mat"
        pixels = np.random.default_rng(0).integers(0, 256, (32, 32, 3, 20), np.uint8)
        labels = (np.arange(20) % 10 + 1)[:, None]
        scipy.io.savemat(tmp_path / name, {"X": pixels, "y": labels})
        digest = hashlib.md5((tmp_path / name).read_bytes()).hexdigest()
        lists[split] = ["http://none", name, digest]
    monkeypatch.setattr(published.SVHN, "split_list", lists)
    data = open_named("svhn", tmp_path)
    assert data.train.labels[:10].tolist() == [1, 2, 3, 4, 5, 6, 7, 8, 9, 0]
    first = torch.from_numpy(pixels[..., 5]).permute(2, 0, 1)
    assert torch.equal(data.test.images.read(torch.tensor([5]))[0], first)
    (tmp_path / "test_32x32.mat").write_bytes(b"other")
    assert refusal("svhn", tmp_path).title == "file is not the published one"
    (tmp_path / "test_32x32.mat").unlink()
    assert refusal("svhn", tmp_path).code == "E3602"


def test_the_variable_says_where_data_is(
    batches: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("RESNETS_DATA", str(batches.parent))
    assert len(open_named("cifar10", None).train) == 100
    error = refusal("cifar10", tmp_path / "none")
    assert (error.code, error.what) == ("E3001", str(tmp_path / "none"))


@pytest.mark.parametrize("name", KNOWN)
def test_what_is_known_is_coherent(name: str) -> None:
    known = KNOWN[name]
    assert len(set(known.classes)) == len(known.classes) == (100 if name == "cifar100" else 10)
    if known.constants is not None:
        assert all(len(values) == known.channels for values in known.constants)
