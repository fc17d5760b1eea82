"""Strict reading and deterministic writing of safetensors files."""

from __future__ import annotations

import hashlib
import json
import os
import pickle
import struct
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from resnets.errors import FileError, MachineError
from resnets.weights import (
    format_safetensors,
    parse_safetensors,
    read_safetensors,
    write_file,
    write_safetensors,
)


def encode(header: Any, data: bytes = b"") -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


def entry(dtype: str = "F32", shape: Any = (2,), offsets: Any = (0, 8)) -> dict[str, Any]:
    return {"dtype": dtype, "shape": list(shape), "data_offsets": list(offsets)}


GOOD = encode({"a": entry()}, bytes(8))

DAMAGED = {
    "empty": (b"", "E4504", "empty"),
    "seven bytes": (b"\x01" * 7, "E4504", "header claims"),
    "header longer than file": (struct.pack("<Q", 1000) + b"{}", "E4504", "claims 1,000 bytes"),
    "header of 2^63": (struct.pack("<Q", 2**63) + b"{}", "E4504", "9,223,372,036,854,775,808"),
    "not JSON": (encode(b"hello"), "E4504", "not JSON"),
    "not UTF-8": (encode(b'{"\xff": 1}'), "E4504", "not UTF-8"),
    "nested deeply": (encode(b"[" * 100_000), "E4504", "not JSON"),
    "long number": (encode(b'{"a": ' + b"1" * 5000 + b"}"), "E4504", "not JSON"),
    "not a table": (encode([1]), "E4504", "not a table"),
    "metadata with numbers": (encode({"__metadata__": {"a": 1}}), "E4504", "metadata"),
    "key twice": (encode(b'{"a": {}, "a": {}}'), "E4504", "a key stands twice"),
    "nested key twice": (encode(b'{"a": {"dtype": "F32", "dtype": "F16"}}'), "E4504", "twice"),
    "extra bytes": (GOOD + b"x", "E4506", "the file has 9"),
    "cut": (GOOD[:-1], "E4506", "the file has 7"),
    "gap": (
        encode({"a": entry(), "b": entry(offsets=(12, 20))}, bytes(20)),
        "E4505",
        "bytes 8 to 12 are nobody's",
    ),
    "overlap": (
        encode({"a": entry(), "b": entry(offsets=(4, 12))}, bytes(12)),
        "E4505",
        "bytes 4 to 8 are claimed twice",
    ),
    "shape overflow": (
        encode({"a": entry(shape=(2**40, 2**40))}, bytes(8)),
        "E4507",
        "overflows",
    ),
    "hidden overflow": (
        encode({"a": entry(shape=(0, 2**62), offsets=(0, 0))}),
        "E4507",
        "overflows",
    ),
    "shape larger than bytes": (encode({"a": entry(shape=(3,))}, bytes(8)), "E4507", "12 bytes"),
    "negative size": (encode({"a": entry(shape=(-2,))}, bytes(8)), "E4507", "shape is [-2]"),
    "flag as size": (encode({"a": entry(shape=(True,))}, bytes(8)), "E4507", "shape is [True]"),
    "many dimensions": (encode({"a": entry(shape=[1] * 99)}, bytes(8)), "E4507", "shape is"),
    "three offsets": (encode({"a": entry(offsets=(0, 4, 8))}, bytes(8)), "E4507", "data_offsets"),
    "unknown dtype": (encode({"a": entry("F12")}, bytes(8)), "E4507", "unknown dtype 'F12'"),
    "dtype not text": (encode({"a": entry([])}, bytes(8)), "E4507", "unknown dtype []"),  # type: ignore[arg-type]
    "field missing": (encode({"a": {"dtype": "F32"}}), "E4507", "it needs"),
    "path as name": (encode({"../../etc/x": entry()}, bytes(8)), "E4507", "plain name"),
    "absolute name": (encode({"/etc/x": entry()}, bytes(8)), "E4507", "plain name"),
    "colours in a name": (encode({"a\x1b[31m": entry()}, bytes(8)), "E4507", "plain name"),
    "no name": (encode({"": entry()}, bytes(8)), "E4507", "plain name"),
    "pickle": (pickle.dumps({"a": list(range(99))}), "E4503", "pickle"),
    "zip": (b"PK\x03\x04" + bytes(range(100)), "E4503", "torch.save"),
    "7z": (b"7z\xbc\xaf\x27\x1c" + bytes(range(100)), "E4503", "7z"),
    "Git LFS pointer": (b"version https://git-lfs.github.com/spec/v1\n", "E4503", "git lfs pull"),
}


@pytest.mark.parametrize("case", DAMAGED)
def test_damaged_files_are_refused_with_their_name(case: str, tmp_path: Path) -> None:
    content, code, reason = DAMAGED[case]
    path = tmp_path / "model.safetensors"
    path.write_bytes(content)
    with pytest.raises(FileError) as caught:
        read_safetensors(path)
    assert caught.value.code == code
    assert reason in caught.value.why
    assert str(path) in caught.value.what
    assert caught.value.exit == 4
    assert path.read_bytes() == content


def test_header_above_the_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("resnets.weights.safetensors.MAX_HEADER_BYTES", 20)
    with pytest.raises(FileError, match="limit 20") as caught:
        parse_safetensors(GOOD, "big")
    assert caught.value.code == "E4504"


def test_names_in_messages_are_escaped() -> None:
    content = encode({"\x1b[2Jevil": entry()}, bytes(8))
    with pytest.raises(FileError) as caught:
        parse_safetensors(content, "name\n")
    assert "\x1b" not in str(caught.value)
    assert "\\x1b[2Jevil" in str(caught.value)


def test_links_folders_pipes_and_missing_files_are_refused(tmp_path: Path) -> None:
    real = tmp_path / "real.safetensors"
    write_safetensors(real, {"a": torch.ones(2)})
    link = tmp_path / "link.safetensors"
    link.symlink_to(real)
    os.mkfifo(tmp_path / "pipe")
    for path, code in [
        (link, "E4502"),
        (tmp_path, "E4501"),
        (tmp_path / "pipe", "E4501"),
        (tmp_path / "none", "E4501"),
    ]:
        with pytest.raises(FileError) as caught:
            read_safetensors(path)
        assert caught.value.code == code


def test_unreadable_file_is_an_error_of_the_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.safetensors"
    path.write_bytes(GOOD)

    def deny(self: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", deny)
    with pytest.raises(MachineError, match="Permission denied") as caught:
        read_safetensors(path)
    assert caught.value.code == "E5502"


def test_tensors_round_trip(tmp_path: Path) -> None:
    state = {
        "conv.weight": torch.randn(4, 3, 3, 3, generator=torch.Generator().manual_seed(1)),
        "bn.num_batches_tracked": torch.tensor(7),
        "images": torch.arange(12, dtype=torch.uint8).reshape(3, 4),
        "half": torch.ones(2, dtype=torch.bfloat16),
        "flag": torch.tensor([True, False]),
        "none": torch.empty(0, 5),
    }
    path = tmp_path / "m.safetensors"
    write_safetensors(path, state)
    loaded = read_safetensors(path)
    assert set(loaded) == set(state)
    for name, tensor in state.items():
        assert loaded[name].dtype == tensor.dtype
        assert torch.equal(loaded[name], tensor)


def test_bytes_do_not_depend_on_order_layout_or_sharing() -> None:
    flat = torch.arange(24, dtype=torch.float32)
    views = {"b": flat[12:].view(3, 4), "a": flat[:12].view(1, 3, 2, 2)}
    apart = {
        "a": flat[:12].clone().view(1, 3, 2, 2).contiguous(memory_format=torch.channels_last),
        "b": flat[12:].clone().view(3, 4),
    }
    assert format_safetensors(views) == format_safetensors(apart)


def test_bytes_are_pinned() -> None:
    content = format_safetensors({"w": torch.arange(4.0), "n": torch.tensor(3)})
    assert hashlib.sha256(content).hexdigest()[:16] == "dc159e177a1f56e5"


def test_a_failed_write_keeps_the_old_file_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "m.safetensors"
    write_safetensors(path, {"a": torch.ones(1)})
    before = path.read_bytes()

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(MachineError, match="No space left") as caught:
        write_safetensors(path, {"a": torch.zeros(1)})
    assert caught.value.code == "E5501"
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["m.safetensors"]


def test_written_files_have_the_mode_of_the_umask(tmp_path: Path) -> None:
    old = os.umask(0o022)
    try:
        write_file(tmp_path / "a", "text é")
    finally:
        os.umask(old)
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o644
    assert (tmp_path / "a").read_text(encoding="utf-8") == "text é"


def outcome(content: bytes) -> str:
    """Return the error's code, or nothing where the content is accepted."""
    try:
        parse_safetensors(content, "some file")
    except FileError as error:
        return error.code
    return ""


@given(st.binary(max_size=200))
def test_random_bytes_are_refused_with_a_code(content: bytes) -> None:
    assert outcome(content).startswith("E45")


@given(position=st.integers(0, 8 * 8 * 12 - 1))
def test_a_flipped_bit_never_raises_anything_else(position: int) -> None:
    content = bytearray(format_safetensors({"w": torch.arange(4.0), "n": torch.tensor(3)}))
    content[position // 8] ^= 1 << position % 8
    assert outcome(bytes(content))[:3] in ("", "E45")
