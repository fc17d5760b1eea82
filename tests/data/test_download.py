"""Downloads, with the network replaced."""

from __future__ import annotations

import os
import tarfile
from pathlib import Path
from typing import Any

import pytest

from resnets.data import Dataset, open_dataset
from resnets.data.sources import download
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


def test_a_refused_download_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = []

    def refuse(url: str, root: str, filename: str, md5: str) -> None:
        tried.append(url)
        Path(root).mkdir(parents=True, exist_ok=True)
        (Path(root) / filename).write_bytes(b"half")
        raise OSError("Network is unreachable")

    monkeypatch.setattr("torchvision.datasets.utils.download_url", refuse)
    for name, known in KNOWN.items():
        error = refusal(name, tmp_path)
        assert error.code == "E3006"
        assert "Network is unreachable" in error.why
        assert any("--data-dir" in step for step in error.do)
        assert list((tmp_path / known.folders[0]).iterdir()) == []
    assert "https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz" in tried
    assert len([url for url in tried if "mnist" in url.lower()]) >= 2


def test_a_download_is_read_where_it_was_put(
    tmp_path: Path, batches: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fetch(name: str, folder: Path) -> None:
        folder.mkdir(parents=True)
        with tarfile.open(folder / "cifar-10-python.tar.gz", "w:gz") as archive:
            archive.add(batches, batches.name)

    monkeypatch.setattr("resnets.data.sources.named.download", fetch)
    assert len(open_named("cifar10", None).train) == 100
    found = Path(os.environ["XDG_CACHE_HOME"], "resnets/data/cifar10/cifar-10-python.tar.gz")
    assert found.is_file()


def test_the_timeout_of_downloads_is_put_back(monkeypatch: pytest.MonkeyPatch) -> None:
    import socket

    seen = []
    monkeypatch.setattr(
        "torchvision.datasets.utils.download_url",
        lambda *_: seen.append(socket.getdefaulttimeout()),
    )
    download.download("cifar10", Path("unused"))
    assert (seen, socket.getdefaulttimeout()) == ([30.0], None)
