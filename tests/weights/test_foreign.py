"""Files of weights that others made: told by their content, opened apart, refused by name."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from resnets.errors import ConfigError, FileError, MachineError
from resnets.weights import foreign, pickled, write_safetensors
from resnets.weights.foreign import (
    check_ending,
    find_hub_file,
    read_weights,
    strip,
    write_weight_folder,
    write_weights,
)
from resnets.weights.kinds import LEGACY

STATE = {"a.weight": torch.arange(6.0).reshape(2, 3), "a.count": torch.tensor(3)}


def refuse(path: Path) -> FileError:
    with pytest.raises(FileError) as caught:
        read_weights(path)
    assert caught.value.exit == 4
    return caught.value


def test_a_pickle_is_opened_in_a_process_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "a.th"
    torch.save({"state_dict": {f"module.{n}": t for n, t in STATE.items()}, "epoch": 3}, path)
    found = read_weights(path)
    assert (found.nesting, found.beside, found.prefix) == (("state_dict",), ("epoch",), "module.")
    assert all(torch.equal(found.tensors[name], tensor) for name, tensor in STATE.items())
    assert list(tmp_path.iterdir()) == [path]


def test_a_hostile_pickle_is_refused_and_never_run(tmp_path: Path) -> None:
    canary = tmp_path / "canary"

    class Attack:
        def __reduce__(self) -> Any:
            return os.mkdir, (str(canary),)

    path = tmp_path / "a.pth"
    content = {"state_dict": STATE, "x": Attack(), "args": argparse.Namespace(lr=0.1)}
    torch.save(content, path)
    error = refuse(path)
    assert error.code == "E4601"
    assert "mkdir" in str(error.where["objects"])
    assert "argparse.Namespace" in str(error.where["objects"])
    assert not canary.exists()


@pytest.mark.parametrize(
    ("tensors", "says"),
    [
        ({"a.weight": torch.zeros(2, dtype=torch.complex64)}, "C64"),
        ({"a\x1b[31m/../b": torch.zeros(2)}, "plain name"),
    ],
)
def test_what_no_safetensors_can_hold_is_told_of_the_file_itself(
    tmp_path: Path, tensors: dict[str, Tensor], says: str
) -> None:
    path, link = tmp_path / "a.pth", tmp_path / "b.pth"
    torch.save(tensors, path)
    link.symlink_to(path)
    error = refuse(link)
    assert (error.code, error.what) == ("E4507", str(link))
    assert says in error.why


def test_a_safetensors_file_is_told_by_its_content(tmp_path: Path) -> None:
    path = tmp_path / "a.pth"
    write_safetensors(path, STATE)
    assert read_weights(path).tensors.keys() == STATE.keys()
    link = tmp_path / "link.safetensors"
    link.symlink_to(path)
    assert read_weights(link).path == link


REFUSED = {
    "empty": (b"", "E4600", "an empty file"),
    "7z": (b"7z\xbc\xaf\x27\x1c\x00\x00" + b"x" * 50, "E4600", "7z archive"),
    "plain pickle": (b"\x80\x04\x95" + b"x" * 50, "E4600", "a Python pickle"),
    "tar": (b"x" * 257 + b"ustar" + b"x" * 300, "E4600", "tar archive"),
    "text": (b"epoch 3\n", "E4600", "a text file"),
    "unknown": (b"\x01\xfe" * 40, "E4600", "nothing that is known"),
    "cut zip": (b"PK\x03\x04" + b"x" * 40, "E4602", "cut or damaged"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_other_kinds_never_reach_the_process(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    content, code, words = REFUSED[name]
    monkeypatch.setattr(pickled, "_open_apart", lambda *given: pytest.fail("opened"))
    path = tmp_path / "a.pth"
    path.write_bytes(content)
    error = refuse(path)
    assert (error.code, words in error.why) == (code, True)


@pytest.mark.parametrize(
    ("names", "code", "words"),
    [
        (["a/constants.pkl", "a/data.pkl"], "E4600", "TorchScript"),
        (["word/document.xml"], "E4600", "not one of torch.save"),
    ],
)
def test_other_archives_are_refused(
    tmp_path: Path, names: list[str], code: str, words: str
) -> None:
    path = tmp_path / "a.pt"
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    error = refuse(path)
    assert (error.code, words in error.why) == (code, True)


def test_a_bomb_is_refused_by_its_list_of_contents(tmp_path: Path) -> None:
    path = tmp_path / "a.pt"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a/data.pkl", b"\x80\x02." + b"\0" * 50_000_000)
    assert path.stat().st_size < 100_000
    error = refuse(path)
    assert (error.code, "claims 50,000,003 bytes" in error.why) == ("E4603", True)


def test_a_pickle_named_safetensors_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.safetensors"
    torch.save(STATE, path)
    error = refuse(path)
    assert (error.code, "as torch.save writes" in error.why) == ("E4503", True)


def test_a_process_that_dies_or_babbles_is_no_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.pth"
    path.write_bytes(LEGACY + b"rest")

    def answer(code: int, out: bytes = b"", err: bytes = b"") -> None:
        done = subprocess.CompletedProcess([], code, out, err)
        monkeypatch.setattr(pickled.subprocess, "run", lambda *words, **options: done)

    answer(-9)
    assert (refuse(path).code, "ended with -9" in refuse(path).why) == ("E4603", True)
    answer(1, b"[1]", b"first\nlast line")
    assert (refuse(path).code, refuse(path).why[-9:]) == ("E4602", "last line")
    answer(0, b'{"ok": false, "cause": "content", "why": "it holds a list"}')
    assert refuse(path).code == "E4604"
    answer(0, b'{"ok": false, "cause": "disk", "why": "full"}')
    with pytest.raises(MachineError, match="E5501"):
        read_weights(path)


def test_a_process_that_does_not_end_or_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.pth"
    path.write_bytes(LEGACY + b"rest")

    def fail(error: Exception) -> None:
        def run(*words: Any, **options: Any) -> None:
            raise error

        monkeypatch.setattr(pickled.subprocess, "run", run)

    fail(subprocess.TimeoutExpired("x", 3))
    assert (refuse(path).code, "more than 240 seconds" in refuse(path).why) == ("E4603", True)
    fail(OSError(12, "Cannot allocate memory"))
    with pytest.raises(MachineError, match="E5520"):
        read_weights(path)


def test_the_process_sees_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_TOKEN", "canary")
    seen = pickled._environment()
    assert "SECRET_TOKEN" not in seen
    assert "canary" not in seen.values()
    assert seen["CUDA_VISIBLE_DEVICES"] == ""


@pytest.mark.skipif(sys.platform != "linux", reason="the system limits no memory")
def test_the_process_has_limits() -> None:
    code = (
        "import resource; from resnets.weights.unpickle import limit; limit(10**8, 7, 1000);"
        "print(resource.getrlimit(resource.RLIMIT_CPU)[0], resource.getrlimit("
        "resource.RLIMIT_FSIZE)[0]); bytearray(10**9)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout == "7 1000\n"
    assert "MemoryError" in done.stderr


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    assert refuse(tmp_path / "a.pth").why == "no such file"
    assert "no weights of others" in refuse(tmp_path).why
    os.mkfifo(tmp_path / "pipe.pth")
    assert refuse(tmp_path / "pipe.pth").why == "not a regular file"
    assert refuse(tmp_path / "pipe.pth").code == "E4501"


def test_a_folder_of_the_hub_is_one_file(tmp_path: Path) -> None:
    assert find_hub_file(tmp_path) is None
    (tmp_path / "config.json").write_text('{"model_type": "resnet"}')
    write_safetensors(tmp_path / "model.safetensors", STATE)
    assert find_hub_file(tmp_path) == tmp_path / "model.safetensors"
    assert read_weights(tmp_path).path == tmp_path / "model.safetensors"
    (tmp_path / "config.json").write_text('{"network": {}}')  # a folder of ours, damaged
    assert find_hub_file(tmp_path) is None


@pytest.mark.parametrize(
    ("names", "prefix", "left"),
    [
        (["module.a", "module.b"], "module.", ["a", "b"]),
        (["module._orig_mod.a"], "module._orig_mod.", ["a"]),
        (["model.a", "b"], "", ["model.a", "b"]),
        (["net."], "", ["net."]),
        ([], "", []),
    ],
)
def test_prefixes_of_wrappers_go(names: list[str], prefix: str, left: list[str]) -> None:
    tensors = {name: torch.ones(1) for name in names}
    found, gone = strip(tensors)
    assert (list(found), gone) == (left, prefix)


@pytest.mark.parametrize("ending", [".pth", ".pt", ".th", ".bin", ".safetensors"])
def test_written_weights_are_those_that_were_given(tmp_path: Path, ending: str) -> None:
    compared: list[Path] = []
    path = tmp_path / "new" / f"a{ending}"

    def compare(place: Path, tensors: dict[str, Tensor]) -> str:
        compared.append(place)
        return ""

    with pytest.MonkeyPatch.context() as patch:  # the process for pickles is slow to start
        patch.setattr(foreign, "_compare", compare)
        write_weights(path, {"t": STATE["a.weight"].t(), **STATE})
    assert compared == [path]
    if ending == ".safetensors":
        found = read_weights(path).tensors
    else:
        found = torch.load(path, weights_only=True)
    assert torch.equal(found["t"], STATE["a.weight"].t())
    assert path.stat().st_mode & 0o777 == 0o666 & ~_umask()


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def test_an_ending_that_promises_no_weights_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"\.onnx") as caught:
        check_ending(tmp_path / "a.onnx")
    assert caught.value.code == "E2605"
    with pytest.raises(ConfigError):
        write_weights(tmp_path / "new" / "a.onnx", STATE)
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("why", ["other", "error"])
def test_a_copy_that_differs_is_not_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    def read(path: Path) -> foreign.WeightFile:
        if why == "error":
            raise FileError("E4504", "file is damaged", why="cut")
        return foreign.WeightFile(path, {"a.weight": torch.zeros(1)}, (), (), "")

    monkeypatch.setattr(foreign, "read_weights", read)
    with pytest.raises(MachineError, match="E5503"):
        write_weights(tmp_path / "a.safetensors", STATE)
    with pytest.raises(MachineError, match="E5503"):
        write_weight_folder(tmp_path / "folder", STATE, {"config.json": {"a": 1}})
    assert list(tmp_path.iterdir()) == []


def test_a_folder_is_written_as_a_whole(tmp_path: Path) -> None:
    place = tmp_path / "folder"
    place.mkdir()
    write_weight_folder(place, STATE, {"config.json": {"a": 1}})
    assert sorted(path.name for path in place.iterdir()) == ["config.json", "model.safetensors"]
    assert (place / "config.json").read_text().split() == ["{", '"a":', "1", "}"]
    assert list(tmp_path.iterdir()) == [place]
