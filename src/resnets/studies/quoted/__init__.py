"""Published results that are quoted, not run, as data."""

from . import cifar, detection, imagenet, others
from .table import Quoted

TABLES: tuple[Quoted, ...] = (
    *imagenet.TABLES,
    *cifar.TABLES,
    *detection.TABLES,
    *others.TABLES,
)

__all__ = ["TABLES", "Quoted"]
