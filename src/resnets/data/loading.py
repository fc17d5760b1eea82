"""Batches of pictures that do not fit into memory, decoded by worker processes."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset, Sampler, get_worker_info

from resnets.errors import DataError, MachineError, ResnetsError

from .dataset import Images, Split

TIMEOUT = 120.0


@dataclass(frozen=True)
class _Failure:
    """An exception of a worker, as a value: the loader would lose its parts on the way."""

    worker: int
    error: Exception


class _Pictures(Dataset[Any]):
    """Reads a whole batch in one call."""

    def __init__(self, images: Images, names: Sequence[str]) -> None:
        self.images, self.names = images, names

    def __getitem__(self, index: int) -> Any:
        return self.__getitems__([index])

    def __getitems__(self, indices: list[int]) -> Tensor | _Failure:
        info = get_worker_info()
        worker = info.id if info else 0
        try:
            return self.images.read(torch.tensor(indices))
        except ResnetsError as error:
            return _Failure(worker, error)
        except Exception as error:
            shown = ", ".join(self.names[i] for i in indices[:3])
            why = f"{type(error).__name__}: {error}"
            return _Failure(
                worker,
                DataError("E3701", "a batch cannot be read", what=f"{shown} …", why=why),
            )


class _Batches(Sampler[list[int]]):
    """The batches to read next; replaced before every pass."""

    def __init__(self) -> None:
        self.batches: Sequence[Tensor] = ()

    def __iter__(self) -> Iterator[list[int]]:
        return (batch.tolist() for batch in self.batches)

    def __len__(self) -> int:
        return len(self.batches)


def _same(batch: Any) -> Any:
    return batch


class Loader:
    """Reads batches of a split, ahead of their use, in worker processes that stay alive.

    Workers are started afresh, not forked: a fork of a process with running threads can lock up.

    Args:
        split: what is read.
        workers: processes; 0 reads in this one.
        pin: put batches into pinned memory, for a copy to a CUDA device.
        timeout: seconds after which a worker that does not answer is an error.
    """

    def __init__(
        self, split: Split, workers: int, pin: bool = False, timeout: float = TIMEOUT
    ) -> None:
        self.split, self.sampler, self.timeout = split, _Batches(), timeout
        options: dict[str, Any] = {}
        if workers:
            methods = multiprocessing.get_all_start_methods()
            options = {
                "multiprocessing_context": "forkserver" if "forkserver" in methods else "spawn",
                "persistent_workers": True,
                "timeout": timeout,
            }
        self.loader: DataLoader[Any] = DataLoader(
            _Pictures(split.images, split.names),
            batch_sampler=self.sampler,
            collate_fn=_same,
            num_workers=workers,
            pin_memory=pin,
            **options,
        )

    def read(self, batches: Sequence[Tensor]) -> Iterator[Tensor]:
        """Yield the pictures of each batch, (n, C, S, S) of uint8.

        Args:
            batches: sample numbers, (n,) each.

        Raises:
            DataError: a picture is gone, changed or damaged; names it, worker and sample.
            MachineError: a worker died, or did not answer in time; names the batch's files.
        """
        self.sampler.batches = batches
        source = iter(self.loader)
        for batch in batches:
            try:
                answer = next(source)
            except (RuntimeError, EOFError, OSError) as error:
                raise self._explain(error, batch) from None
            if isinstance(answer, _Failure):
                raise self._locate(answer, batch)
            yield answer

    def _locate(self, failure: _Failure, batch: Tensor) -> Exception:
        error = failure.error
        if not isinstance(error, ResnetsError):
            return error
        samples = [i for i in batch.tolist() if error.what.startswith(self.split.names[i])]
        where = {"worker": failure.worker, **({"sample": samples[0]} if samples else {})}
        return type(error)(
            error.code,
            error.title,
            what=error.what,
            where={**error.where, **where},
            why=error.why,
            do=error.do,
        )

    def _explain(self, error: Exception, batch: Tensor) -> MachineError:
        names = [self.split.names[i] for i in batch.tolist()]
        late = "timed out" in str(error)
        return MachineError(
            "E5304" if late else "E5305",
            "a data worker does not answer" if late else "a data worker failed",
            what=", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else ""),
            why=f"no batch within {self.timeout:g} s" if late else str(error) or "it died",
            do=["train again with fewer workers", "see whether memory is exhausted"],
        )
