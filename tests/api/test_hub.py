"""Models on the Hugging Face Hub: a made cache, and a hub that is a folder."""

from __future__ import annotations

import builtins
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import huggingface_hub
import pytest
import torch
from huggingface_hub import ModelCard, RepoUrl, constants, errors

import resnets
from resnets.api.evaluation import evaluate
from resnets.api.prediction import predict
from resnets.errors import ConfigError, DivergedError, FileError, MachineError
from resnets.spec import DataSpec, ModelConfig, Preprocessing
from resnets.weights import save_folder, verify_folder

SPEC = resnets.Spec(depths=(1,), widths=(4,), stem_width=4, in_chans=1, num_classes=10)
CONFIG = ModelConfig(
    model="tiny",
    network=SPEC,
    classes=tuple("0123456789"),
    preprocessing=Preprocessing(channels=1, image_size=8, resize=8, mean=(0.3,), std=(0.4,)),
    data=DataSpec(name="digits"),
    measured={"test_top1_error": 12.5, "test_n": 359},
    license="mit",
)
COMMIT = "0123456789abcdef0123456789abcdef01234567"


class Hub:
    """What the Hub does, with a folder in its place."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.calls: list[dict[str, Any]] = []

    def create_repo(self, name: str, **options: Any) -> RepoUrl:
        self.calls.append({"create": name, **options})
        full = name if "/" in name else f"alice/{name}"
        (self.root / full).mkdir(parents=True, exist_ok=True)
        return RepoUrl(f"https://huggingface.co/{full}")

    def upload_folder(self, *, repo_id: str, folder_path: Path, **options: Any) -> None:
        self.calls.append({"upload": repo_id, **options})
        shutil.copytree(folder_path, self.root / repo_id, dirs_exist_ok=True)

    def snapshot_download(self, name: str, **options: Any) -> str:
        self.calls.append({"download": name, **options})
        return str(self.root / name)


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Hub:
    made = Hub(tmp_path / "hub")
    monkeypatch.setattr(huggingface_hub, "HfApi", lambda **options: made)
    monkeypatch.setattr(huggingface_hub, "snapshot_download", made.snapshot_download)
    return made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    save_folder(tmp_path / "model", resnets.build(SPEC, seed=3).state_dict(), CONFIG)
    return tmp_path / "model"


@pytest.fixture
def cache(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The Hub's own cache with one model, as a download leaves it: names that are links."""
    root = tmp_path / "cache" / "models--owner--tiny"
    snapshot = root / "snapshots" / COMMIT
    for place in (root / "blobs", root / "refs", snapshot):
        place.mkdir(parents=True)
    (root / "refs" / "main").write_text(COMMIT)
    for file in folder.iterdir():
        shutil.copy(file, root / "blobs" / file.name.lower())
        (snapshot / file.name).symlink_to(
            os.path.relpath(root / "blobs" / file.name.lower(), snapshot)
        )
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    return snapshot


def test_a_model_is_published_and_loaded_again(hub: Hub, folder: Path) -> None:
    address = resnets.push_to_hub(folder, "tiny", private=True, message="First")
    assert address == "https://huggingface.co/alice/tiny"
    assert hub.calls == [
        {"create": "tiny", "private": True, "exist_ok": True},
        {"upload": "alice/tiny", "revision": None, "commit_message": "First"},
    ]
    verify_folder(hub.root / "alice" / "tiny")
    net = resnets.from_pretrained("alice/tiny", revision="v1")
    assert not net.training
    assert net.config == CONFIG
    assert torch.equal(net.fc.weight, resnets.build(SPEC, seed=3).fc.weight)
    assert hub.calls[-1]["revision"] == "v1"
    assert hub.calls[-1]["allow_patterns"] == [
        "config.json",
        "model.safetensors",
        "MANIFEST.json",
    ]


def test_the_published_card_has_address_data_error_and_licence(hub: Hub, folder: Path) -> None:
    resnets.push_to_hub(folder, "alice/tiny", license="Apache-2.0")
    text = (hub.root / "alice" / "tiny" / "README.md").read_text(encoding="utf-8")
    card = ModelCard(text).data
    assert (card.license, card.model_name) == ("apache-2.0", "tiny")
    assert [r.metric_value for r in card.eval_results] == [0.875, 12.5]
    assert 'resnets.load("hf:alice/tiny")' in text
    assert "| Trained on | digits |" in text


def test_a_finished_run_and_a_network_can_be_published(hub: Hub, folder: Path) -> None:
    net = resnets.load(folder)
    net.reset_classifier(3)
    resnets.push_to_hub(net, "alice/three")
    again = resnets.from_pretrained("hf:alice/three")
    assert (again.config.classes, again.config.measured) == ((), {})
    assert torch.equal(again.fc.weight, net.fc.weight)
    resnets.push_to_hub(resnets.build(SPEC), "alice/bare")
    assert resnets.from_pretrained("alice/bare").config == ModelConfig(network=SPEC)
    (folder.parent / "run").mkdir()
    (folder.parent / "run" / "run.json").write_text("{}")
    folder.rename(folder.parent / "run" / "model")
    resnets.push_to_hub(folder.parent / "run", "alice/run")
    assert resnets.from_pretrained("alice/run").config == CONFIG


def test_what_cannot_be_published_makes_no_repository(hub: Hub, folder: Path) -> None:
    (folder / "config.json").write_bytes((folder / "config.json").read_bytes() + b" ")
    with pytest.raises(FileError, match="E4510"):
        resnets.push_to_hub(folder, "alice/tiny")
    net = resnets.build(SPEC)
    net.fc.bias.data[0] = float("nan")
    with pytest.raises(DivergedError):
        resnets.push_to_hub(net, "alice/tiny")
    assert hub.calls == []


def test_the_hubs_cache_is_enough_without_a_network(cache: Path, tmp_path: Path) -> None:
    net = resnets.from_pretrained("owner/tiny")
    assert net.config == CONFIG
    for address in ("hf:owner/tiny", f"hf:owner/tiny@{COMMIT}", "hf:owner/tiny@main"):
        assert torch.equal(resnets.load(address).fc.weight, net.fc.weight)


def test_verbs_take_an_address(cache: Path, tmp_path: Path) -> None:
    from PIL import Image

    assert evaluate("hf:owner/tiny").n == evaluate(resnets.load("hf:owner/tiny")).n == 360
    Image.new("L", (8, 8), 7).save(tmp_path / "a.png")
    assert predict("hf:owner/tiny", tmp_path / "a.png")[0].label in CONFIG.classes


def test_a_folder_is_loaded_as_it_is(folder: Path) -> None:
    assert resnets.from_pretrained(folder).config == resnets.load(folder).config == CONFIG


def test_a_changed_file_of_the_cache_is_refused(cache: Path) -> None:
    weights = (cache / "model.safetensors").resolve()
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(content)
    with pytest.raises(FileError) as caught:
        resnets.from_pretrained("owner/tiny")
    assert caught.value.code == "E4510"
    assert caught.value.what.endswith("model.safetensors")


def test_a_repository_of_another_library_is_refused(cache: Path) -> None:
    (cache / "MANIFEST.json").unlink()
    with pytest.raises(FileError) as caught:
        resnets.load("hf:owner/tiny")
    assert (caught.value.code, caught.value.why) == ("E4801", "it has no MANIFEST.json")
    assert "resnets import" in caught.value.do[0]


def test_offline_without_a_copy_says_what_to_do(cache: Path) -> None:
    with pytest.raises(MachineError) as caught:
        resnets.from_pretrained("owner/other")
    assert (caught.value.code, caught.value.what) == ("E5604", "owner/other")
    assert "HF_HUB_OFFLINE" in caught.value.do[0]
    with pytest.raises(MachineError, match="E5604"):
        resnets.push_to_hub(resnets.build(SPEC), "owner/other", token="secret")


def test_a_fresh_process_finds_all_of_the_library(tmp_path: Path) -> None:
    """The library imports its parts late, so a process with other tests in it proves nothing."""
    code = "import resnets; resnets.load('hf:owner/tiny')"
    home = {**os.environ, "HF_HOME": str(tmp_path), "HF_HUB_OFFLINE": "1"}
    words = [sys.executable, "-c", code]
    done = subprocess.run(words, env=home, capture_output=True, text=True, check=False)
    assert "MachineError: error E5604" in done.stderr


def test_a_name_that_is_none_is_refused(cache: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        resnets.from_pretrained("hf:a/b/c")
    assert (caught.value.code, caught.value.what) == ("E2805", "a/b/c")


def test_a_repository_that_is_not_there_is_refused(hub: Hub, monkeypatch) -> None:
    response: Any = SimpleNamespace(headers={}, request=None)

    def refuse(*args: Any, **options: Any) -> str:
        raise errors.RepositoryNotFoundError("404: no such repository\nid", response=response)

    monkeypatch.setattr(huggingface_hub, "snapshot_download", refuse)
    with pytest.raises(FileError) as caught:
        resnets.from_pretrained("alice/nothing")
    assert (caught.value.code, caught.value.why) == ("E4802", "404: no such repository")
    assert "hf auth login" in caught.value.do[1]


def test_without_the_library_the_extra_is_named(folder: Path, monkeypatch) -> None:
    real = builtins.__import__

    def without(name: str, *args: Any, **options: Any) -> Any:
        if name.startswith("huggingface_hub"):
            raise ImportError(name)
        return real(name, *args, **options)

    monkeypatch.setattr(builtins, "__import__", without)
    for call in (
        lambda: resnets.from_pretrained("owner/tiny"),
        lambda: resnets.push_to_hub(folder, "owner/tiny"),
    ):
        with pytest.raises(MachineError) as caught:
            call()
        assert (caught.value.code, caught.value.do) == ("E5603", ('pip install "resnets[hub]"',))


def test_what_is_published_is_what_was_saved(hub: Hub, folder: Path) -> None:
    resnets.push_to_hub(folder, "alice/tiny")
    place = hub.root / "alice" / "tiny"
    assert sorted(p.name for p in place.iterdir()) == sorted(p.name for p in folder.iterdir())
    for name in ("config.json", "model.safetensors"):
        assert (place / name).read_bytes() == (folder / name).read_bytes()
    assert json.loads((place / "config.json").read_text())["license"] == "mit"
