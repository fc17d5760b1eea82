"""Weights that torchvision and timm publish, made here and put where a download would be."""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import huggingface_hub
import pytest
import torch
from huggingface_hub import constants
from PIL import Image
from torch import nn

import resnets
from resnets.analysis import count
from resnets.api import registries
from resnets.api.evaluation import evaluate
from resnets.api.published import (
    fetch,
    find_published,
    is_published,
    list_pretrained,
    load_published,
)
from resnets.api.recognition import recognise
from resnets.api.resolution import resolve
from resnets.api.training import train
from resnets.catalog import look_up
from resnets.errors import ConfigError, FileError, MachineError
from resnets.spec import ModelConfig
from resnets.spec.request import Request
from resnets.weights import write_safetensors
from resnets.weights.layouts import to_torchvision

SMALL = {"depths": (1, 1, 1, 1), "widths": (4, 4, 4, 4), "stem_width": 4}
FILE = "resnet18-f37072fd.pth"
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


@pytest.fixture(scope="module")
def source() -> nn.Module:
    """The network whose weights are published; no test changes it."""
    net = resnets.create_model("resnet18", num_classes=1000, seed=7, **SMALL)
    net(torch.randn(4, 3, 64, 64, generator=torch.Generator().manual_seed(0)))
    return net.eval()


@pytest.fixture(scope="module")
def published_file(source: nn.Module, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The weights as safetensors, whatever the name says: read without a process of their own."""
    path = tmp_path_factory.mktemp("published") / FILE
    write_safetensors(path, to_torchvision(source.state_dict(), source.spec))
    return path


@pytest.fixture
def torch_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """torch's cache, empty, and no way to the network."""
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)

    def refuse(url: str, *args: Any, **options: Any) -> None:
        raise ConnectionError(f"no way to {url}")

    monkeypatch.setattr(torch.hub, "download_url_to_file", refuse)
    return tmp_path / "torch" / "hub" / "checkpoints"


@pytest.fixture
def cached(torch_home: Path, published_file: Path) -> Path:
    torch_home.mkdir(parents=True)
    return Path(shutil.copy(published_file, torch_home / FILE))


def test_a_file_in_the_cache_is_loaded_without_a_download(cached: Path, source: nn.Module) -> None:
    torch.save(to_torchvision(source.state_dict(), source.spec), cached)
    net = resnets.create_model("resnet18", pretrained=True, num_classes=1000, **SMALL)
    state = source.state_dict()
    assert all(torch.equal(value, state[name]) for name, value in net.state_dict().items())
    config = net.config
    assert (config.model, config.license) == ("resnet18", "")
    assert (len(config.classes), config.classes[0]) == (1000, "tench")
    rules = config.preprocessing
    assert (rules.image_size, rules.resize, rules.mean, rules.std) == (224, 256, MEAN, STD)
    assert config.source == (
        "torchvision/resnet18.IMAGENET1K_V1 from"
        " https://download.pytorch.org/models/resnet18-f37072fd.pth;"
        " torchvision states no licence of the weights;"
        " top-1 error 30.24 % on ImageNet, as published"
    )


def test_a_download_happens_once_and_is_checked_against_its_name(
    torch_home: Path, published_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []

    def copy(url: str, dst: str, hash_prefix: str | None, progress: bool) -> None:
        calls.append((url, hash_prefix))
        shutil.copy(published_file, dst)

    monkeypatch.setattr(torch.hub, "download_url_to_file", copy)
    weights = find_published("resnet18")
    assert fetch(weights) == fetch(weights) == torch_home / FILE
    assert calls == [(f"https://download.pytorch.org/models/{FILE}", "f37072fd")]


def test_a_download_with_another_digest_is_refused(
    torch_home: Path, published_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    weights = replace(find_published("resnet18"), url=published_file.as_uri())
    with pytest.raises(MachineError) as caught:
        fetch(weights)
    assert caught.value.code == "E5601"
    assert 'invalid hash value (expected "f37072fd"' in caught.value.why
    assert list(torch_home.iterdir()) == []
    digest = hashlib.sha256(published_file.read_bytes()).hexdigest()
    right = tmp_path / f"resnet18-{digest[:8]}.pth"
    shutil.copy(published_file, right)
    assert fetch(replace(weights, url=right.as_uri())).read_bytes() == published_file.read_bytes()


def test_no_network_says_what_to_do(torch_home: Path) -> None:
    with pytest.raises(MachineError) as caught:
        resnets.create_model("resnet18", pretrained=True)
    error = caught.value
    assert (error.code, error.what) == ("E5601", "torchvision/resnet18.IMAGENET1K_V1")
    assert error.where == {"from": f"https://download.pytorch.org/models/{FILE}"}
    assert error.why.startswith("ConnectionError: no way to")
    assert error.do[1] == f"or get {FILE} by hand and load it:  --weights {FILE}"


def test_a_grey_network_answers_as_the_colour_one_on_grey_pictures(
    cached: Path, source: nn.Module
) -> None:
    net = resnets.create_model("resnet18", pretrained=True, in_chans=1, num_classes=1000, **SMALL)
    grey = torch.randn(2, 1, 64, 64, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        actual, expected = net.eval()(grey), source(grey.expand(-1, 3, -1, -1))
    torch.testing.assert_close(actual, expected, rtol=1e-5, atol=1e-6)
    rules = net.config.preprocessing
    assert rules.channels == 1
    assert rules.mean == pytest.approx((sum(MEAN) / 3,))
    assert rules.std == pytest.approx((sum(STD) / 3,))
    assert net.config.source.endswith("stem.conv.weight: 3 input channels summed to 1")


def test_six_channels_take_the_published_ones_twice(cached: Path, source: nn.Module) -> None:
    net = resnets.create_model("resnet18", pretrained=True, in_chans=6, num_classes=1000, **SMALL)
    assert torch.equal(net.stem.conv.weight[:, 3:], source.stem.conv.weight / 2)
    assert net.config.preprocessing.mean == MEAN * 2


@pytest.mark.parametrize("classes", [7, 0])
def test_another_number_of_classes_gets_a_fresh_classifier(
    cached: Path, source: nn.Module, classes: int
) -> None:
    net = resnets.create_model("resnet18", pretrained=True, num_classes=classes, seed=1, **SMALL)
    x = torch.randn(1, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        assert torch.equal(net.eval().forward_features(x), source.forward_features(x))
        assert net(x).shape == (1, classes or 4)
    assert net.config.classes == ()
    assert net.config.source.endswith(f"; {classes} fresh outputs")


def test_backbones_and_extractors_start_from_published_weights(
    cached: Path, source: nn.Module
) -> None:
    options = {"pretrained": "IMAGENET1K_V1", "num_classes": 1000, **SMALL}
    features = resnets.create_model("resnet18", features_only=True, **options)
    backbone = resnets.backbone_with_fpn("resnet18", **options)
    for body in (features, backbone.body):
        assert torch.equal(body.get_submodule("stem.conv").weight, source.stem.conv.weight)
    assert not backbone.body.get_submodule("stem.conv").weight.requires_grad


def test_weights_of_timm_come_from_the_hub_with_their_licence(
    torch_home: Path, source: nn.Module, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "model.safetensors"
    write_safetensors(file, to_torchvision(source.state_dict(), source.spec))
    asked = []

    def download(repository: str, name: str) -> str:
        asked.append((repository, name))
        return str(file)

    monkeypatch.setattr(huggingface_hub, "hf_hub_download", download)
    for wanted in ("timm/a1_in1k", "a1_in1k", "timm/resnet18.a1_in1k", "resnet18.a1_in1k"):
        net = resnets.create_model("resnet18", pretrained=wanted, num_classes=1000, **SMALL)
        assert torch.equal(net.fc.weight, source.fc.weight)
    assert set(asked) == {("timm/resnet18.a1_in1k", "model.safetensors")}
    assert (net.config.license, net.config.classes[0]) == ("apache-2.0", "tench")
    assert net.config.preprocessing.resize == 235  # 224 / 0.95
    assert "published with bicubic resizing" in net.config.source


def test_the_hub_offline_without_a_copy_says_what_to_do(torch_home: Path) -> None:
    with pytest.raises(MachineError) as caught:
        resnets.create_model("resnet18", pretrained="timm")
    assert (caught.value.code, caught.value.what) == ("E5601", "timm/resnet18.a1_in1k")
    assert "HF_HUB_OFFLINE" in caught.value.do[0]


def test_a_name_without_published_weights_lists_those_with_some() -> None:
    with pytest.raises(ConfigError) as caught:
        resnets.create_model("resnet20", pretrained=True)
    assert (caught.value.code, caught.value.what) == ("E2803", "resnet20")
    assert {"resnet18", "resnet152", "resnext50_32x4d"} <= set(list_pretrained())
    assert caught.value.do[0].endswith(", ".join(list_pretrained()))


def test_a_wrong_tag_lists_those_there_are() -> None:
    with pytest.raises(ConfigError) as caught:
        find_published("resnet50", "IMAGENET1K_V9")
    assert caught.value.code == "E2804"
    first = "torchvision/resnet50.IMAGENET1K_V2, torchvision/resnet50.IMAGENET1K_V1, timm/resnet50."
    assert caught.value.do[0].startswith(f"choose from {first}")
    with pytest.raises(ConfigError, match="E2804"):
        find_published("resnet50", "timm/IMAGENET1K_V2")
    assert find_published("resnet50", "ResNet50_Weights.IMAGENET1K_V1").address == (
        "torchvision/resnet50.IMAGENET1K_V1"
    )


def test_weights_of_a_file_and_published_ones_exclude_each_other(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        resnets.create_model("resnet18", weights=tmp_path / "w.safetensors", pretrained=True)
    assert (caught.value.code, caught.value.where) == ("E2102", {"field": "pretrained"})


def test_without_timm_the_rest_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "timm", None)
    assert find_published("resnet18").library == "torchvision"
    assert registries.list_addresses("resnet18") == ["torchvision/resnet18.IMAGENET1K_V1"]
    with pytest.raises(MachineError) as caught:
        find_published("resnet18", "timm/a1_in1k")
    assert (caught.value.code, caught.value.do) == ("E5602", ("pip install timm",))


def test_a_damaged_copy_is_refused_and_changes_nothing(cached: Path) -> None:
    cached.write_bytes(cached.read_bytes()[:-3000])
    net = resnets.create_model("resnet18", num_classes=1000, **SMALL)
    before = {name: value.clone() for name, value in net.state_dict().items()}
    with pytest.raises(FileError) as caught:
        load_published(net, find_published("resnet18"))
    assert str(cached) in caught.value.what
    assert all(torch.equal(value, before[name]) for name, value in net.state_dict().items())


def test_training_starts_from_published_weights_on_grey_pictures(
    cached: Path, source: nn.Module, tmp_path: Path
) -> None:
    request = Request(
        model="resnet18", network=SMALL, init="pretrained", data="digits", image_size=32,
        iterations=1, batch_size=32, lr=1e-9, device="cpu", precision="fp32",
    )  # fmt: skip
    run = resolve(request)
    assert run.init == "pretrained:torchvision/resnet18.IMAGENET1K_V1"
    done = train(run, tmp_path / "run", progress=False)
    notes = json.loads((done.path / "run.json").read_text())["notes"]
    said = [note for note in notes if note.startswith("init: ")]
    assert said[0].startswith("init: a network of its own in the layout of torchvision")
    assert said[1].startswith("init: torchvision/resnet18.IMAGENET1K_V1 from https://")
    assert said[-2:] == [
        "init: stem.conv.weight: 3 input channels summed to 1",
        "init: the classifier starts fresh",
    ]
    trained = resnets.load(done).stem.conv.weight
    expected = source.stem.conv.weight.sum(1, keepdim=True)
    torch.testing.assert_close(trained, expected, rtol=0, atol=1e-6)


@pytest.fixture
def shades(tmp_path: Path) -> str:
    """A data set of three classes."""
    for split in ("train", "test"):
        for shade, kind in enumerate(("black", "grey", "white")):
            folder = tmp_path / "shades" / split / kind
            folder.mkdir(parents=True)
            Image.new("RGB", (64, 64), (120 * shade,) * 3).save(folder / "a.png")
    return f"folder:{tmp_path / 'shades'}"


def test_a_name_is_evaluated_with_published_weights(torch_home: Path, shades: str) -> None:
    net = resnets.create_model("resnet18", num_classes=3, seed=1)
    torch_home.mkdir(parents=True)
    write_safetensors(torch_home / FILE, to_torchvision(net.state_dict(), net.spec))
    found = evaluate("resnet18", shades, weights="pretrained")
    assert found.n == 3
    assert any("torchvision/resnet18.IMAGENET1K_V1" in note for note in found.notes)


def test_a_size_between_the_usual_ones_is_found_for_pictures(shades: str) -> None:
    rules = registries.describe("torchvision/resnet50.IMAGENET1K_V2").preprocessing
    assert (rules.image_size, rules.resize) == (224, 232)
    net = resnets.build(resnets.Spec(depths=(1,), widths=(4,), num_classes=3))
    net.config = ModelConfig(network=net.spec, preprocessing=rules)
    assert evaluate(net, shades).n == 3


def test_a_file_of_that_name_is_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert is_published("pretrained")
    assert is_published("pretrained:timm/a1_in1k")
    assert not is_published("pretrained.pth")
    Path("pretrained").touch()
    assert not is_published("pretrained")


def test_an_address_alone_names_the_network(cached: Path, source: nn.Module) -> None:
    found = recognise("pretrained:torchvision/resnet18.IMAGENET1K_V1")
    assert torch.equal(found.state["fc.weight"], source.fc.weight)
    assert (found.classes[0], found.license) == ("tench", "")


def test_inception_is_fed_without_the_conversion_that_torchvision_hides() -> None:
    rules = registries.describe("torchvision/inception_v3.IMAGENET1K_V1").preprocessing
    assert (rules.image_size, rules.resize, rules.mean) == (299, 342, (0.5, 0.5, 0.5))
    transformed = (torch.tensor(0.25) - 0.485) / 0.229 * (0.229 / 0.5) + (0.485 - 0.5) / 0.5
    assert float(transformed) == pytest.approx((0.25 - 0.5) / 0.5, abs=1e-6)


@pytest.mark.parametrize("name", list_pretrained())
def test_published_weights_are_for_the_network_of_that_name(name: str) -> None:
    """By parameters, which torchvision states for every file."""
    from torchvision.models import get_model_weights

    # The auxiliary classifiers of googlenet are in the file, but not in the number.
    counted = look_up({"googlenet": "googlenet_no_aux"}.get(name, name)).spec
    for spelling in (name, *look_up(name).aliases):
        if spelling in registries.list_torchvision():
            weights: Any = get_model_weights(spelling).DEFAULT
            assert count(counted).parameters == weights.meta["num_params"]
