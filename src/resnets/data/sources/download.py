"""Fetching of published files through torchvision, checked against their published MD5."""

from __future__ import annotations

import contextlib
import io
import socket
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.error import URLError

from resnets.errors import DataError

TIMEOUT = 30.0


def list_files(name: str) -> list[tuple[str, list[str], str]]:
    """List file name, addresses and MD5 of what torchvision knows of a named data set."""
    from torchvision import datasets

    if name in ("cifar10", "cifar100"):
        cifar: Any = datasets.CIFAR10 if name == "cifar10" else datasets.CIFAR100
        return [(cifar.filename, [cifar.url], cifar.tgz_md5)]
    if name == "svhn":
        return [(file, [url], md5) for url, file, md5 in map(_svhn, ("train", "test"))]
    mnist: Any = datasets.MNIST if name == "mnist" else datasets.FashionMNIST
    return [(file, [m + file for m in mnist.mirrors], md5) for file, md5 in mnist.resources]


def _svhn(split: str) -> Sequence[str]:
    from torchvision.datasets import SVHN

    return SVHN.split_list[split]


@contextlib.contextmanager
def _patience(seconds: float) -> Iterator[None]:
    """Let no connection wait for ever; torchvision sets no limit of its own."""
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(seconds)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)


def download(name: str, folder: Path) -> None:
    """Fetch the files of a named data set into a folder; what is there and right is kept.

    Args:
        name: ``cifar10``, ``cifar100``, ``svhn``, ``mnist`` or ``fashion-mnist``.
        folder: is made if it is not there.

    Raises:
        DataError: the network, the server or the disk refused; says which files go where.
    """
    from torchvision.datasets.utils import download_url

    files = list_files(name)
    for file, addresses, md5 in files:
        failures = []
        for address in addresses:
            try:
                with _patience(TIMEOUT), contextlib.redirect_stdout(io.StringIO()):
                    download_url(address, str(folder), file, md5)
                break
            except (URLError, OSError, RuntimeError, ValueError) as error:
                failures.append(f"{address}: {error}")
                if not _is_there(folder / file, md5):
                    with contextlib.suppress(OSError):
                        (folder / file).unlink()
        else:
            raise DataError(
                "E3006",
                "data set is not there and cannot be downloaded",
                what=name,
                where={"folder": folder},
                why="; ".join(failures),
                do=[
                    f"put {', '.join(file for file, _, _ in files)} into {folder}",
                    "or say where the data is: --data-dir DIR, or the variable RESNETS_DATA",
                    "or take the bundled digits, which need no files",
                ],
            )


def _is_there(path: Path, md5: str) -> bool:
    from torchvision.datasets.utils import check_integrity

    return bool(check_integrity(str(path), md5))
