"""Exports: other libraries load them strictly, and answer what ours answers."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
import timm
import torch
from torch import nn
from torchvision import models

import resnets
from resnets.api.exporting import FORMATS, export
from resnets.api.recognition import recognise
from resnets.catalog import look_up
from resnets.errors import ConfigError, FileError, MachineError
from resnets.spec import ModelConfig, Preprocessing
from resnets.weights import foreign, read_weights, save_folder

RULES = Preprocessing(
    image_size=224, resize=256, mean=(0.485, 0.456, 0.406), std=(0.229, 0.224, 0.225)
)


@pytest.fixture(autouse=True)
def _trust_pickles(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out reading a pickle back, whose process is slow to start; torch reads it below."""
    compare = foreign._compare

    def check(path: Path, tensors: Any) -> str:
        return compare(path, tensors) if path.suffix == ".safetensors" else ""

    monkeypatch.setattr(foreign, "_compare", check)


def make(name: str, folder: Path, rules: Preprocessing = RULES, **sizes: int) -> Path:
    """Save a network whose batch norms are not those of a fresh one."""
    net = resnets.create_model(name, seed=3, **sizes)
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for tensor in net.state_dict().values():
            if tensor.dim() == 1:
                tensor.copy_(torch.rand(tensor.shape, generator=generator) * 0.5 + 0.75)
    assert isinstance(net, nn.Module)
    spec: Any = net.spec
    save_folder(
        folder / name, net.state_dict(), ModelConfig(model=name, network=spec, preprocessing=rules)
    )
    return folder / name


def check_same(folder: Path, theirs: nn.Module, size: int = 64) -> None:
    ours = resnets.load(folder)
    x = torch.randn(2, 3, size, size, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        torch.testing.assert_close(ours(x), theirs.eval()(x), rtol=1e-4, atol=1e-4)


def test_torchvisions_resnet50_loads_it_strictly(tmp_path: Path) -> None:
    folder = make("resnet50", tmp_path, num_classes=9)
    done = export(folder, tmp_path / "r50.pth", format="torchvision")
    theirs = models.resnet50(num_classes=9)
    theirs.load_state_dict(torch.load(done, weights_only=True), strict=True)
    check_same(folder, theirs)
    assert done.to_dict() == {
        "output": str(tmp_path / "r50.pth"),
        "format": "torchvision",
        "notes": [
            "feed it with 224×224 pixels, 0 to 1, mean 0.485 0.456 0.406, std 0.229 0.224 0.225"
        ],
    }


@pytest.mark.parametrize(
    ("name", "theirs", "ending"),
    [
        ("resnet18", "resnet18", ".safetensors"),
        ("resnet18", "resnet18", ".pth"),
        ("preresnet18_bare", "resnetv2_18", ".safetensors"),
        ("densenet121", "densenet121", ".safetensors"),
    ],
)
def test_timm_creates_a_model_from_it(tmp_path: Path, name: str, theirs: str, ending: str) -> None:
    folder = make(name, tmp_path, num_classes=9)
    path = tmp_path / f"weights{ending}"
    export(folder, path, format="timm")
    check_same(folder, timm.create_model(theirs, num_classes=9, checkpoint_path=str(path)))


def test_timms_inception_has_no_auxiliary_classifier(tmp_path: Path) -> None:
    folder = make("inception_v3", tmp_path, num_classes=9)
    done = export(folder, tmp_path / "v3.safetensors", format="timm")
    lost = "AuxLogits.conv0.bn.bias and 13 more"
    assert done.notes[0] == f"left out, since timm has no such part: {lost}"
    theirs = timm.create_model("inception_v3", num_classes=9, checkpoint_path=str(done.path))
    check_same(folder, theirs, size=96)


def test_torchvisions_googlenet_loads_it_strictly(tmp_path: Path) -> None:
    folder = make("googlenet", tmp_path, num_classes=9)
    done = export(folder, tmp_path / "g.safetensors", format="torchvision")
    theirs = models.googlenet(weights=None, init_weights=False, num_classes=9)
    theirs.load_state_dict(read_weights(done.path).tensors, strict=True)
    check_same(folder, theirs)


def test_a_folder_for_transformers(tmp_path: Path) -> None:
    folder = make("resnet18", tmp_path, num_classes=9)
    done = export(folder, tmp_path / "hub", format="huggingface")
    names = sorted(path.name for path in done.path.iterdir())
    assert names == ["config.json", "model.safetensors", "preprocessor_config.json"]
    config = json.loads((done.path / "config.json").read_text())
    assert (config["hidden_sizes"], config["layer_type"]) == ([64, 128, 256, 512], "basic")
    again = resnets.import_weights(done.path, tmp_path / "again")
    assert (again.layout, again.config.model) == ("huggingface", "resnet18")
    check_same(folder, resnets.load(again))


def test_our_own_format_is_loaded_by_name(tmp_path: Path) -> None:
    rules = Preprocessing(image_size=32, resize=32)
    folder = make("resnet20", tmp_path, rules)
    done = export(folder, tmp_path / "a.safetensors")
    assert done.notes == (
        "its tensors have our own names; load it with resnet20, --weights a.safetensors",
    )
    net = resnets.create_model("resnet20", weights=done.path)
    assert isinstance(net, nn.Module)
    check_same(folder, net, size=32)


LIKE = {
    "safetensors": ("resnet20", True),
    "huggingface": ("resnet18", False),
    "torchvision": ("resnet18", False),
    "timm": ("resnet18", False),
    "akamaster": ("resnet20", False),
    "chenyaofo": ("resnet20_b", False),
    "kuangliu": ("resnet18_small", False),
}
"""By format: a network that it can express, and whether its name is needed to read it again."""


@pytest.mark.parametrize("format", FORMATS)
def test_what_is_written_from_foreign_weights_reads_back(tmp_path: Path, format: str) -> None:
    name, named = LIKE[format]
    folder = make(name, tmp_path, num_classes=10)
    own = export(folder, tmp_path / "own.safetensors").path
    output = tmp_path / ("hub" if format == "huggingface" else "theirs.safetensors")
    given = {"mean": (0.5,) * 3, "std": (0.25,) * 3}
    done = export(name, output, format=format, weights=own, **given)  # type: ignore[arg-type]
    assert any("our own names" in note for note in done.notes)
    found = recognise(done.path, look_up(name).spec if named else None)
    assert found.model == name
    state = resnets.load(folder).state_dict()
    assert all(torch.equal(found.state[n], t) for n, t in state.items())


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make("resnet20", tmp_path_factory.mktemp("small"), Preprocessing(resize=32))


@pytest.mark.parametrize(
    ("output", "options", "code"),
    [
        ("a.pth", {"format": "onxn"}, "E2600"),
        ("a.pth", {"format": "torchvision"}, "E2602"),
        ("a.pth", {}, "E2605"),
        ("a.onnx", {"format": "akamaster"}, "E2605"),
        ("a.pth", {"format": "akamaster", "weights": "b.pth"}, "E2502"),
    ],
)
def test_what_cannot_be_written_is_refused_and_leaves_nothing(
    small: Path, tmp_path: Path, output: str, options: dict[str, Any], code: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        export(small, tmp_path / "new" / output, **options)
    assert caught.value.code == code
    assert list(tmp_path.iterdir()) == []


def test_what_is_there_stays(small: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.safetensors"
    path.write_text("kept")
    with pytest.raises(ConfigError) as caught:
        export(small, path)
    assert (caught.value.code, path.read_text()) == ("E2606", "kept")


def test_a_damaged_model_is_refused(small: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(small, tmp_path / "model")
    content = bytearray((folder / "model.safetensors").read_bytes())
    content[-1] ^= 1
    (folder / "model.safetensors").write_bytes(content)
    with pytest.raises(FileError, match=r"model\.safetensors"):
        export(folder, tmp_path / "a.safetensors")
    assert not (tmp_path / "a.safetensors").exists()


def test_a_full_disk_leaves_no_part_of_a_file(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    for name, format in (("a.safetensors", "safetensors"), ("a.pth", "akamaster")):
        with pytest.raises(MachineError) as caught:
            export(small, tmp_path / name, format=format)
        assert caught.value.exit == 5
        assert list(tmp_path.iterdir()) == []
