"""Parquet tables in the schema of Hugging Face data sets, tiny ones and the real CIFAR-10."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import torch
from PIL import Image

from resnets.data import ResidentImages, check, open_dataset
from resnets.data.encoded import EncodedImages
from resnets.data.sources.known import KNOWN
from resnets.errors import DataError, MachineError
from resnets.spec import DataSpec

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path, encode: Callable[..., bytes]) -> Write:
    """Write one Parquet file with the given pictures and labels."""

    def make(
        name: str,
        pictures: list[Any],
        labels: list[Any],
        names: tuple[str, ...] | None = None,
        columns: tuple[str, str] = ("img", "label"),
    ) -> Path:
        blobs = [encode(p, "WEBP", lossless=True) if isinstance(p, Image.Image) else p
                 for p in pictures]  # fmt: skip
        rows = [{"bytes": blob, "path": f"{i}.png"} for i, blob in enumerate(blobs)]
        kind = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
        table = pa.table({columns[0]: pa.array(rows, kind), columns[1]: labels})
        if names is not None:
            features = {columns[1]: {"names": list(names), "_type": "ClassLabel"}}
            about = json.dumps({"info": {"features": features}})
            table = table.replace_schema_metadata({"huggingface": about})
        path = tmp_path / "data" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(table, path, row_group_size=7, write_page_checksum=True)
        return tmp_path / "data"

    return make


def noise(count: int, size: int = 32, start: int = 0, width: int = 0) -> list[Image.Image]:
    rng = np.random.default_rng(start)
    shape = (count, size, width or size, 3)
    return [Image.fromarray(pixels) for pixels in rng.integers(0, 256, shape, np.uint8)]


@pytest.fixture
def cifar(write: Write) -> Path:
    """A tiny table in the schema of CIFAR-10: two training files and one for the test."""
    names = KNOWN["cifar10"].classes
    write("cifar10/train-00000-of-00002.parquet", noise(20), [i % 10 for i in range(20)], names)
    write("cifar10/train-00001-of-00002.parquet", noise(10, start=1), list(range(10)), names)
    return write("cifar10/test-00000-of-00001.parquet", noise(10, start=2), list(range(10)), names)


def refusal(spec: DataSpec, place: Path | None = None) -> DataError:
    with pytest.raises(DataError) as caught:
        open_dataset(spec, place)
    assert caught.value.exit == 3
    return caught.value


def test_cifar10_as_parquet(cifar: Path) -> None:
    data = open_dataset(DataSpec(name="cifar10"), cifar)
    assert (len(data.train), len(data.test), data.validation) == (30, 10, None)
    expected = torch.from_numpy(np.stack([np.asarray(p) for p in noise(10, start=1)]))
    assert isinstance(data.train.images, ResidentImages)
    assert torch.equal(data.train.images.tensor[20:], expected.permute(0, 3, 1, 2))
    assert data.train.labels[18:22].tolist() == [8, 9, 0, 1]
    assert data.test.names[9] == "test/9"
    assert (data.notes, dict(data.counts)) == ((), {})
    assert open_dataset(DataSpec(name="cifar10"), cifar / "cifar10").fingerprint == data.fingerprint


def test_the_second_opening_decodes_nothing(cifar: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spec = DataSpec(name="cifar10")
    first = open_dataset(spec, cifar)

    def never(*arguments: object) -> None:
        raise AssertionError("decoded again")

    monkeypatch.setattr("resnets.data.rows.decode", never)
    second = open_dataset(spec, cifar)
    assert torch.equal(first.train.images.stored, second.train.images.stored)  # type: ignore[attr-defined]
    cache = Path(os.environ["XDG_CACHE_HOME"], "resnets")
    for path in cache.glob("pixels-*.npy"):
        data = bytearray(path.read_bytes())
        data[-100] ^= 1
        path.write_bytes(data)
    with pytest.raises(AssertionError, match="decoded again"):
        open_dataset(spec, cifar)


def test_a_holdout_is_taken_by_seed(cifar: Path) -> None:
    data = open_dataset(DataSpec(name="cifar10", holdout=10), cifar)
    assert data.validation is not None
    assert torch.bincount(data.validation.labels).tolist() == [1] * 10
    assert sorted(data.train.names + data.validation.names) == sorted(  # type: ignore[operator]
        f"train/{i}" for i in range(30)
    )
    other = open_dataset(DataSpec(name="cifar10", holdout=10, split_seed=1), cifar)
    assert other.validation is not None
    assert other.validation.names != data.validation.names
    assert other.fingerprint == data.fingerprint


def test_another_data_set_under_the_name_is_refused(cifar: Path, write: Write) -> None:
    names = KNOWN["cifar10"].classes
    error = refusal(DataSpec(name="cifar100"), cifar / "cifar10")
    assert error.code == "E3005"
    write("cifar10/test-00000-of-00001.parquet", noise(10), list(range(10)), names[::-1])
    write("cifar10/train-00000-of-00002.parquet", noise(10), list(range(10)), names[::-1])
    write("cifar10/train-00001-of-00002.parquet", noise(10), list(range(10)), names[::-1])
    error = refusal(DataSpec(name="cifar10"), cifar)
    assert "classes in another order" in error.why
    write("cifar10/test-00000-of-00001.parquet", noise(10, 30), list(range(10)), names)
    write("cifar10/train-00000-of-00002.parquet", noise(10), list(range(10)), names)
    error = refusal(DataSpec(name="cifar10"), cifar)
    assert (error.code, "30 × 30 pixels, not 32 × 32" in error.what) == ("E3506", True)


def test_a_table_of_photographs(write: Write) -> None:
    labels = ["cat", "dog"] * 10
    place = write("train-0.parquet", noise(20, 40, width=60), labels, columns=("image", "label"))
    write("validation-0.parquet", noise(4, 50, 1), labels[:4], columns=("image", "label"))
    spec = DataSpec(name=f"parquet:{place}", image_size=16)
    data = open_dataset(spec)
    assert data.classes == ("cat", "dog")
    assert data.notes == ("validation is the only other split: it is the test",)
    assert (data.preprocessing.resize, data.augmentation.resized_crop) == (18, True)
    assert data.preprocessing.mean == (0.485, 0.456, 0.406)
    packed = open_dataset(spec, memory=0)
    assert isinstance(packed.train.images, EncodedImages)
    numbers = torch.tensor([19, 3, 3])
    assert torch.equal(data.train.images.read(numbers), packed.train.images.read(numbers))
    again = open_dataset(spec, memory=0)
    assert torch.equal(again.train.images.read(numbers), packed.train.images.read(numbers))
    assert again.fingerprint == data.fingerprint
    for path in Path(os.environ["XDG_CACHE_HOME"], "resnets").glob("packed-*.bin"):
        path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(DataError, match="E3201"):
        packed.train.images.read(torch.arange(20))


def test_one_table_is_split_by_seed(write: Write) -> None:
    place = write("anything.parquet", noise(20, 16), [i % 2 for i in range(20)])
    data = open_dataset(DataSpec(name=f"parquet:{place}"))
    assert data.notes == ("split by seed 0, stratified: 16 / 4",)
    assert (data.classes, data.preprocessing.image_size) == (("0", "1"), 16)
    assert data.augmentation.pad == 2


def test_files_of_no_split_are_not_used(cifar: Path, write: Write) -> None:
    write("cifar10/extra.parquet", noise(5), [0] * 5)
    data = open_dataset(DataSpec(name="cifar10"), cifar)
    assert data.notes == ("1 Parquet files belong to no split and are not used",)


def test_columns_that_do_not_fit(write: Write, tmp_path: Path) -> None:
    place = write("a.parquet", noise(2), [0, 1], columns=("img", "target"))
    spec = DataSpec(name=f"parquet:{place}")
    error = refusal(spec)
    assert (error.code, "target (int64)" in error.where["columns"]) == ("E3504", True)
    write("a.parquet", noise(2), [0, 1])
    write("b.parquet", noise(2), [0, 1], columns=("image", "label"))
    assert refusal(spec).code == "E3504"
    (place / "a.parquet").unlink()
    (place / "b.parquet").write_bytes(b"PAR1 nonsense")
    assert refusal(spec).code == "E3501"
    (place / "b.parquet").unlink()
    assert refusal(spec).code == "E3502"
    assert refusal(DataSpec(name=f"parquet:{tmp_path}/none")).code == "E3001"


def test_a_damaged_file_is_refused(cifar: Path) -> None:
    path = cifar / "cifar10/train-00001-of-00002.parquet"
    data = bytearray(path.read_bytes())
    data[1000] ^= 1
    path.write_bytes(data)
    error = refusal(DataSpec(name="cifar10"), cifar)
    assert (error.code, error.what) == ("E3501", str(path))
    path.write_bytes(data[:5000])
    assert refusal(DataSpec(name="cifar10"), cifar).code == "E3501"


def test_labels_and_rows_that_do_not_fit(write: Write) -> None:
    pictures = noise(4)
    place = write("a.parquet", pictures, [0, 1, -1, 1], names=("x", "y"))
    spec = DataSpec(name=f"parquet:{place}")
    error = refusal(spec)
    assert (error.code, error.what) == ("E3505", "-1")
    assert error.where["row"].endswith("a.parquet row 2")
    write("a.parquet", pictures, [0, 1, None, 1], names=("x", "y"))
    assert refusal(spec).what == "None"
    write("a.parquet", [*pictures[:3], None], [0, 1, 0, 1])
    error = refusal(spec)
    assert (error.code, error.what.endswith("a.parquet row 3")) == ("E3503", True)
    write("a.parquet", pictures, [0, 0, 0, 0], names=("x",))
    assert refusal(spec).code == "E3209"
    write("a.parquet", pictures, [0, 1, 0, 1], names=("x", "y", "z"))
    assert refusal(spec).code == "E3206"


@pytest.mark.parametrize("name", ["cifar10", "parquet"])
def test_bad_pictures_are_refused_or_counted(cifar: Path, write: Write, name: str) -> None:
    pictures: list[Any] = noise(20, start=5)
    pictures[3] = b""
    labels = [i % 10 for i in range(20)]
    write("cifar10/train-00000-of-00002.parquet", pictures, labels, KNOWN["cifar10"].classes)
    name = name if name == "cifar10" else f"parquet:{cifar}/cifar10"
    for _ in range(2):  # decoded, and from the cache
        error = refusal(DataSpec(name=name), cifar)
        assert error.code == "E3101"
        assert "train-00000-of-00002.parquet row 3" in error.what
    for _ in range(2):
        data = open_dataset(DataSpec(name=name, bad_images="skip"), cifar)
        assert (len(data.train), data.counts["skipped"]) == (29, 1)
        assert data.notes == ("1 images are left out (bad_images=skip)",)
        assert data.train.names[3] == "train/4"
        assert data.train.labels[:5].tolist() == [0, 1, 2, 4, 5]


def test_a_check_of_tables(cifar: Path, write: Write) -> None:
    shared = noise(1, start=9)[0]
    pictures: list[Any] = [shared, shared, b"junk", *noise(17)]
    labels = [0, 0, *[i % 10 for i in range(2, 20)]]
    write("cifar10/train-00000-of-00002.parquet", pictures, labels)
    write("cifar10/test-00000-of-00001.parquet", [shared, *noise(9, start=2)], list(range(10)))
    found = check(cifar / "cifar10")
    assert found.kinds == {"unreadable": 1, "duplicate": 1, "leaking": 1}
    assert not found.ok
    assert found.samples == {"train": 30, "test": 10}
    bad = found.findings[0]
    assert bad.names[0].endswith("train-00000-of-00002.parquet row 2")


def test_no_room_to_unpack(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    place = write("a.parquet", noise(4, 80), [0, 1, 0, 1])
    usage = shutil.disk_usage(place)
    monkeypatch.setattr("resnets.data.rows.shutil.disk_usage", lambda _: usage._replace(free=10))
    with pytest.raises(MachineError) as caught:
        open_dataset(DataSpec(name=f"parquet:{place}"), memory=0)
    assert (caught.value.code, caught.value.exit) == ("E5303", 5)
    assert "10 are free" in caught.value.why
