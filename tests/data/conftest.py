"""What the tests of this package share: small pictures, folders of them, an own cache."""

from __future__ import annotations

import hashlib
import io
import itertools
import os
import pickle
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torchvision.datasets as published
from PIL import Image


@pytest.fixture(autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
    monkeypatch.delenv("RESNETS_DATA", raising=False)


@pytest.fixture
def unprivileged() -> Iterator[Path]:
    """A folder of its own, and no more rights than anyone: root ignores modes."""
    place = Path(tempfile.mkdtemp(dir="/tmp"))
    root = os.geteuid() == 0
    if root:
        os.chown(place, 65534, 65534)
        os.seteuid(65534)
    try:
        yield place
    finally:
        if root:
            os.seteuid(0)
        shutil.rmtree(place)


@pytest.fixture
def picture() -> Callable[..., Image.Image]:
    """Make a smooth picture that differs by seed."""

    def make(width: int = 20, height: int = 20, seed: int = 0) -> Image.Image:
        rng = np.random.default_rng(seed)
        low = Image.fromarray(rng.integers(0, 256, (4, 4, 3), dtype=np.uint8))
        return low.resize((width, height), Image.Resampling.BICUBIC)

    return make


@pytest.fixture
def encode() -> Callable[..., bytes]:
    """Encode a picture to bytes."""

    def make(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
        buffer = io.BytesIO()
        image.save(buffer, kind, **options)
        return buffer.getvalue()

    return make


@pytest.fixture
def folder(
    tmp_path: Path, picture: Callable[..., Image.Image], encode: Callable[..., bytes]
) -> Callable[..., Path]:
    """Write a folder of distinct PNGs: names of class folders, and how many images in each."""

    seeds = itertools.count()

    def make(counts: dict[str, int], width: int = 20, height: int = 20, name: str = "set") -> Path:
        root = tmp_path / name
        for place, count in counts.items():
            (root / place).mkdir(parents=True, exist_ok=True)
            for number in range(count):
                data = encode(picture(width, height, next(seeds)))
                (root / place / f"{number}.png").write_bytes(data)
        return root

    return make


def write_batches(place: Path, count: int = 20) -> dict[str, str]:
    """Write CIFAR-10 in its Python form, smaller; answers the MD5 of each batch."""
    place.mkdir(parents=True)
    rng = np.random.default_rng(0)
    digests = {}
    for name in [*(f"data_batch_{i}" for i in range(1, 6)), "test_batch"]:
        content = {
            "data": rng.integers(0, 256, (count, 3072), np.uint8),
            "labels": [i % 10 for i in range(count)],
        }
        data = pickle.dumps(content, protocol=2)
        (place / name).write_bytes(data)
        digests[name] = hashlib.md5(data).hexdigest()
    return digests


@pytest.fixture
def batches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    place = tmp_path / "cifar-10-batches-py"
    digests = write_batches(place)
    for attribute in ("train_list", "test_list"):
        names = [name for name, _ in getattr(published.CIFAR10, attribute)]
        monkeypatch.setattr(published.CIFAR10, attribute, [[n, digests[n]] for n in names])
    return place
