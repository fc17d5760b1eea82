"""What the limited process does with a pickle, here without the process."""

from __future__ import annotations

import argparse
import os
import pickle
import struct
import zipfile
from collections import OrderedDict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from resnets.weights import read_safetensors
from resnets.weights.unpickle import Refusal, answer, check_tensors, find_state

STATE = {"a.weight": torch.arange(6.0).reshape(2, 3), "a.count": torch.tensor(3)}
LIMIT = 10_000_000


def save(path: Path, content: Any, legacy: bool = False) -> Path:
    torch.save(content, path, _use_new_zipfile_serialization=not legacy)
    return path


def ask(path: Path, max_bytes: int = LIMIT) -> dict[str, Any]:
    return answer(path, path.with_suffix(".out"), max_bytes)


@pytest.mark.parametrize("legacy", [False, True])
def test_tensors_come_out_as_safetensors(tmp_path: Path, legacy: bool) -> None:
    path = save(tmp_path / "a.pth", {"epoch": 3, "state_dict": OrderedDict(STATE)}, legacy)
    assert ask(path) == {"ok": True, "nesting": ["state_dict"], "beside": ["epoch"]}
    found = read_safetensors(path.with_suffix(".out"))
    assert found.keys() == STATE.keys()
    assert all(torch.equal(found[name], tensor) for name, tensor in STATE.items())


def test_views_parameters_and_halves_are_tensors_too(tmp_path: Path) -> None:
    base = torch.arange(12.0).reshape(3, 4)
    content = {
        "turned": base.t(),
        "shared": base,
        "parameter": nn.Parameter(torch.ones(2)),
        "half": torch.ones(2).bfloat16(),
    }
    path = save(tmp_path / "a.pth", content)
    assert ask(path)["ok"]
    found = read_safetensors(path.with_suffix(".out"))
    assert torch.equal(found["turned"], base.t())
    assert found["half"].dtype == torch.bfloat16


@pytest.mark.parametrize(
    ("content", "nesting"),
    [
        (STATE, []),
        ({"state_dict": STATE, "best_prec1": torch.tensor(91.7)}, ["state_dict"]),
        ({"net": STATE, "acc": 95.1, "epoch": 7}, ["net"]),
        ({"model": STATE, "optimizer": {"state": {}}}, ["model"]),
        ({"model": STATE, "model_ema": STATE | {"n_averaged": torch.tensor(1)}}, ["model_ema"]),
        ({"state_dict": STATE, "state_dict_ema": STATE}, ["state_dict_ema"]),
        ({"model": {"state_dict": STATE}}, ["model", "state_dict"]),
        ({"model": "resnet20", "state_dict": STATE}, ["state_dict"]),
    ],
)
def test_weights_are_found_under_the_keys_of_trainers(
    content: dict[str, Any], nesting: list[str]
) -> None:
    state, path, _ = find_state(content)
    assert path == nesting
    assert state == STATE


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ([1, 2], "it holds a list"),
        (torch.ones(2), "it holds a Tensor"),
        ({}, "it is empty"),
        ({"weights": {"a": torch.ones(1)}, "epoch": 3}, "weights, epoch"),
        ({"state_dict": {}}, "state_dict"),
    ],
)
def test_what_holds_no_weights_is_refused(content: Any, words: str) -> None:
    with pytest.raises(Refusal) as caught:
        find_state(content)
    assert caught.value.cause == "content"
    assert words in caught.value.why


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (3, "'x' is a int"),
        ("text", "'x' is a str"),
        (torch.ones(2).to_sparse(), "no ordinary one"),
        (torch.empty(2, device="meta"), "no ordinary one"),
    ],
)
def test_an_entry_that_is_no_plain_tensor_is_named(value: Any, words: str) -> None:
    with pytest.raises(Refusal) as caught:
        check_tensors({"x": value}, LIMIT)
    assert words in caught.value.why
    with pytest.raises(Refusal) as caught:
        check_tensors({7: torch.ones(1)}, LIMIT)
    assert "'7' is a int" in caught.value.why


def test_a_tensor_that_repeats_one_value_cannot_fill_the_memory(tmp_path: Path) -> None:
    path = save(tmp_path / "a.pth", {"x": torch.ones(1).expand(10**12)})
    assert path.stat().st_size < 10_000
    found = ask(path)
    assert (found["ok"], found["cause"]) == (False, "limit")
    assert "4,000,000,000,000 bytes" in found["why"]
    assert not path.with_suffix(".out").exists()


@pytest.mark.parametrize("legacy", [False, True])
def test_blocked_objects_are_named_and_never_made(tmp_path: Path, legacy: bool) -> None:
    canary = tmp_path / "canary"

    class Attack:
        def __reduce__(self) -> Any:
            return os.mkdir, (str(canary),)

    path = save(tmp_path / "a.pth", {"state_dict": STATE, "x": Attack()}, legacy)
    found = ask(path)
    assert (found["ok"], found["cause"]) == (False, "globals")
    assert "mkdir" in found["why"]
    assert not canary.exists()


def test_settings_and_numpy_numbers_are_named(tmp_path: Path) -> None:
    content = {"state_dict": STATE, "args": argparse.Namespace(lr=0.1), "acc": np.float64(91.0)}
    why = ask(save(tmp_path / "a.pth", content))["why"]
    assert "argparse.Namespace" in why
    assert "scalar" in why


def test_a_flipped_bit_in_a_weight_is_seen(tmp_path: Path) -> None:
    path = save(tmp_path / "a.pth", {"x": torch.zeros(1000)})
    with zipfile.ZipFile(path) as archive:
        part = next(e for e in archive.infolist() if e.filename.endswith("data/0"))
    content = bytearray(path.read_bytes())
    content[part.header_offset + 500] ^= 1
    path.write_bytes(content)
    found = ask(path)
    assert (found["ok"], found["cause"]) == (False, "damaged")
    assert "data/0" in found["why"]


@pytest.mark.parametrize("legacy", [False, True])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.97])
def test_a_cut_file_is_damaged(tmp_path: Path, legacy: bool, share: float) -> None:
    path = save(tmp_path / "a.pth", STATE, legacy)
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    found = ask(path)
    assert (found["ok"], found["cause"]) == (False, "damaged")
    assert found["why"]
    assert "torch.load" not in found["why"]


def test_a_pickle_that_claims_a_huge_storage_is_refused(tmp_path: Path) -> None:
    """The old form writes the length of a storage before its bytes."""
    path = save(tmp_path / "a.pth", {"x": torch.zeros(16)}, legacy=True)
    content = path.read_bytes()
    old = struct.pack("<q", 16) + b"\x00" * 64
    assert old in content
    path.write_bytes(content.replace(old, struct.pack("<q", 2**40) + b"\x00" * 64))
    assert ask(path)["ok"] is False


def test_a_nest_of_lists_is_refused(tmp_path: Path) -> None:
    content: list[Any] = []
    for _ in range(100_000):
        content = [content]
    path = save(tmp_path / "a.pth", STATE, legacy=True)
    head = path.read_bytes()[:18]
    path.write_bytes(head + pickle.PROTO + b"\x02" + b"]" * 200_000 + b"a" * 199_999 + b".")
    found = ask(path)
    assert found["ok"] is False
    assert len(found["why"]) <= 400
