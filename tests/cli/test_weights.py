"""``import``, ``export`` and ``--weights`` as a user types them; what is refused leaves nothing."""

from __future__ import annotations

import json
import os
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import safetensors.torch
import torch
from PIL import Image
from torchvision import models

from resnets.weights import foreign

from .conftest import Answer

Command = Callable[..., Answer]


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Save torchvision's smallest residual network."""
    path = tmp_path_factory.mktemp("weights") / "r18.safetensors"
    torch.manual_seed(0)
    safetensors.torch.save_file(models.resnet18(num_classes=3).state_dict(), path)
    return path


def test_import_says_what_it_recognised(resnets: Command, file: Path) -> None:
    answer = resnets("import", file, "--output", "r18", "--classes", "cat,dog,\x1b[31mfish")
    assert answer.code == 0
    assert answer.out.splitlines() == [
        "resnet18 in the layout of torchvision: 11,178,051 parameters, 3 outputs",
        "mean: 0.485 0.456 0.406",
        "std: 0.229 0.224 0.225",
        "input: 224×224 pixels, 3 channels",
        "r18",
    ]
    assert sorted(os.listdir("r18")) == [
        "MANIFEST.json", "README.md", "config.json", "model.safetensors",
    ]  # fmt: skip
    answer = resnets("import", file, "--output", "r18")
    assert (answer.code, "E2606" in answer.err) == (2, True)


def test_import_export_and_back_as_json(resnets: Command, file: Path) -> None:
    said = resnets(
        "import", file, "--output", "r18", "--mean", "0.1,0.2,0.3", "--std", "1,1,1", "--json"
    ).json
    assert (said["layout"], said["model"]) == ("torchvision", "resnet18")
    assert said["preprocessing"]["mean"] == [0.1, 0.2, 0.3]
    said = resnets(
        "export", "r18", "--format", "torchvision", "--output", "o.safetensors", "--json"
    ).json
    assert (said["output"], said["format"]) == ("o.safetensors", "torchvision")
    again, first = (foreign.read_weights(path).tensors for path in ("o.safetensors", file))
    assert again.keys() == first.keys()
    assert all(torch.equal(again[name], tensor) for name, tensor in first.items())
    answer = resnets("export", "r18", "--format", "timm", "--output", "t.safetensors")
    assert answer.out.splitlines()[-1] == "t.safetensors"
    assert "mean 0.1 0.2 0.3" in answer.out


def test_a_name_with_weights_predicts(resnets: Command, file: Path) -> None:
    Image.new("RGB", (300, 260), (200, 30, 10)).save("a.png")
    answer = resnets("predict", "resnet18", "a.png", "--weights", file, "--json")
    assert answer.code == 0
    assert "a.png" in answer.out
    answer = resnets("predict", "resnet34", "a.png", "--weights", file)
    assert (answer.code, "they are for resnet18, not for resnet34" in answer.err) == (4, True)
    answer = resnets("predict", "resnet18", "a.png", "--weights", file, "--mean", "0.1,x")
    assert (answer.code, "x" in answer.err) == (2, True)


def change_header(change: Callable[[dict[str, Any]], None]) -> Callable[[bytes], bytes]:
    def apply(content: bytes) -> bytes:
        length = int.from_bytes(content[:8], "little")
        header = json.loads(content[8 : 8 + length])
        change(header)
        text = json.dumps(header).encode()
        return struct.pack("<Q", len(text)) + text + content[8 + length :]

    return apply


def rename(name: str) -> Callable[[bytes], bytes]:
    return change_header(lambda header: header.update({name: header.pop("fc.bias")}))


def repeat_key(content: bytes) -> bytes:
    length = int.from_bytes(content[:8], "little")
    text = content[8 : 8 + length].rstrip()
    entry = text[1:].partition(b"}")[0] + b"}"
    text = b"{" + entry + b"," + text[1:]
    return struct.pack("<Q", len(text)) + text + content[8 + length :]


HOSTILE: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "D01": (lambda content: b"", "the file is empty"),
    "D04 longer than the file": (lambda c: struct.pack("<Q", len(c)) + c[8:], "header claims"),
    "D04 100 MB": (lambda c: struct.pack("<Q", 100_000_001) + c[8:], "header claims"),
    "D04 2^63": (lambda c: struct.pack("<Q", 2**63) + c[8:], "header claims"),
    "D05 not JSON": (lambda c: c[:8] + b"[" + c[9:], "not JSON"),
    "D05 not UTF-8": (lambda c: c[:9] + b"\xff" + c[10:], "not UTF-8"),
    "D07": (change_header(lambda h: h["fc.bias"].update(shape=[2**40, 2**40])), "overflows"),
    "D08": (repeat_key, "stands twice"),
    "D09": (lambda content: content + b"more", "the file has"),
    "D09 cut": (lambda content: content[:-5], "the file has"),
    "D20": (lambda content: b"\x80\x04\x95" + b"\x00" * 99, "a Python pickle"),
    "D21": (lambda content: b"7z\xbc\xaf\x27\x1c" + content, "a 7z archive"),
    "D23 escape": (rename("\x1b[31mred"), "not a plain name"),
    "D23 path": (rename("../../etc/passwd"), "not a plain name"),
    "D23 HTML": (rename("<script>alert(1)</script>"), "such names"),
    "D12 dtype": (change_header(lambda h: h["fc.bias"].update(dtype="F8")), "F8"),
}


@pytest.fixture(scope="module")
def small() -> bytes:
    """Return a file of few bytes with torchvision's frame."""
    state = {
        "conv1.weight": torch.ones(4, 3, 7, 7),
        "bn1.weight": torch.ones(4),
        "layer1.0.conv1.weight": torch.ones(4, 4, 3, 3),
        "layer1.0.conv2.weight": torch.ones(4, 4, 3, 3),
        "fc.weight": torch.ones(3, 4),
        "fc.bias": torch.ones(3),
    }
    return safetensors.torch.save(state)


@pytest.mark.parametrize("row", HOSTILE)
def test_hostile_files_are_refused_and_nothing_is_written(
    resnets: Command, small: bytes, row: str
) -> None:
    change, words = HOSTILE[row]
    content = change(small)
    Path("a.safetensors").write_bytes(content)
    answer = resnets("import", "a.safetensors", "--output", "out", "--json")
    assert answer.code == 4
    assert answer.error["exit"] == 4
    assert words in answer.error["why"]
    assert "a.safetensors" in answer.err
    assert "\x1b" not in answer.err
    assert os.listdir() == ["a.safetensors"]
    assert Path("a.safetensors").read_bytes() == content


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"ustar".rjust(262, b"\x00") + b"\x00" * 300, "a tar archive"),
        (b"7z\xbc\xaf\x27\x1c" + b"\x00" * 60, "a 7z archive"),
        (b"\x80\x04\x95" + b"\x00" * 60, "a Python pickle"),
        (b"version https://git-lfs.github.com/spec/v1\n", "git lfs pull"),
        (b"<!DOCTYPE html><html>Not Found</html>", "an HTML page"),
    ],
)
def test_other_kinds_are_refused_by_what_they_are(
    resnets: Command, content: bytes, words: str
) -> None:
    Path("a.pth").write_bytes(content)
    for verb in (("import", "a.pth", "--output", "out"), ("evaluate", "resnet20", "--weights",
                  "a.pth", "--data", "digits")):  # fmt: skip
        answer = resnets(*verb)
        assert (answer.code, "E4600" in answer.err, words in answer.err) == (4, True, True)
        assert os.listdir() == ["a.pth"]


def test_a_format_that_the_library_does_not_have_is_one_error(resnets: Command, file: Path) -> None:
    answer = resnets(
        "export", "vgg16", "--weights", file, "--format", "huggingface", "--output", "o"
    )
    assert (answer.code, "E4611" in answer.err) == (4, True)
    resnets("import", file, "--output", "r18")
    answer = resnets("export", "r18", "--format", "akamaster", "--output", "o.th", "--json")
    assert (answer.code, answer.error["code"]) == (2, "E2602")
    answer = resnets("export", "r18", "--format", "onxn", "--output", "o.th")
    assert (answer.code, "E2600" in answer.err) == (2, True)
    assert os.listdir() == ["r18"]
