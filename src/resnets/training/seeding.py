"""Dropout and masks without a hidden state: torch's generators, seeded anew for every step."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

import torch


def seed_step(seed: int, step: int, rank: int, device: torch.device) -> None:
    """Seed torch's generators for one step by a hash of (seed, step, rank).

    Args:
        seed: of the run.
        step: the step about to be taken, from 0.
        rank: number of this process among those that train together.
        device: where the network is.
    """
    digest = hashlib.sha256(f"step/{seed}/{step}/{rank}".encode()).digest()
    number = int.from_bytes(digest[:8], "little") >> 1
    torch.default_generator.manual_seed(number)
    if device.type == "cuda":
        torch.cuda.default_generators[_index(device)].manual_seed(number)
    elif device.type == "mps":
        torch.mps.manual_seed(number)


@contextmanager
def keep_generators(device: torch.device) -> Iterator[None]:
    """Give the caller's random state back at the end, on the CPU and on the device."""
    if device.type == "mps":
        state = torch.mps.get_rng_state()
        try:
            with torch.random.fork_rng(devices=[], device_type="cpu"):
                yield
        finally:
            torch.mps.set_rng_state(state)
        return
    devices = [_index(device)] if device.type == "cuda" else []
    with torch.random.fork_rng(devices=devices, device_type=device.type):
        yield


def _index(device: torch.device) -> int:
    return torch.cuda.current_device() if device.index is None else device.index
