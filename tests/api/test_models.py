"""Networks by name, by spec and from folders."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import torch

import resnets
from resnets.errors import ConfigError, FileError
from resnets.spec import ModelConfig, Preprocessing
from resnets.weights import save_folder, write_safetensors

SPEC = resnets.Spec(depths=(1, 1), widths=(8, 16), in_chans=1, num_classes=3, shortcut="A")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    config = ModelConfig(
        network=SPEC,
        classes=("a", "b", "c"),
        preprocessing=Preprocessing(channels=1, mean=(0.5,), std=(0.5,)),
    )
    save_folder(tmp_path / "model", resnets.build(SPEC, seed=3).state_dict(), config)
    return tmp_path / "model"


def test_the_face_is_a_list_of_names():
    assert set(resnets.__all__) <= set(dir(resnets))
    for name in resnets.__all__:
        assert getattr(resnets, name) is not None
    with pytest.raises(AttributeError, match="no_such"):
        resnets.no_such  # noqa: B018


def test_names_are_found_by_wildcards():
    assert "resnet20" in resnets.list_models()
    assert "preresnet164" in resnets.list_models("preresnet*")
    assert resnets.list_models("no_such") == []


def test_overrides_reach_the_spec():
    net = resnets.create_model("resnet20", num_classes=7, in_chans=1, order="full_preact")
    assert net.spec.num_classes == 7
    assert net.spec.order.head == "BR"
    assert net(torch.zeros(2, 1, 32, 32)).shape == (2, 7)
    with pytest.raises(ConfigError) as caught:
        resnets.create_model("resnet20", ordre="full_preact")
    assert (caught.value.code, caught.value.do[0]) == ("E2101", "did you mean 'order'?")


def test_the_seed_decides_the_weights_and_the_global_generator_is_left_alone():
    before = torch.get_rng_state()
    one, same, other = (resnets.create_model("resnet20", seed=seed) for seed in (1, 1, 2))
    weights = [net.fc.weight for net in (one, same, other)]
    assert torch.equal(weights[0], weights[1])
    assert not torch.equal(weights[0], weights[2])
    assert torch.equal(torch.get_rng_state(), before)


def test_a_name_is_no_spec():
    with pytest.raises(ConfigError, match="create_model") as caught:
        resnets.build("resnet20")
    assert caught.value.code == "E2806"


def test_meta_device_is_obeyed():
    with torch.device("meta"):
        net = resnets.create_model("resnet152")
    assert all(parameter.is_meta for parameter in net.parameters())


def test_features_only_answers_maps():
    net = resnets.create_model("resnet18", features_only=True, out_indices=(1, 4))
    shapes = [tuple(f.shape) for f in net(torch.zeros(1, 3, 64, 64))]
    assert shapes == [(1, 64, 16, 16), (1, 512, 2, 2)]
    with pytest.raises(ConfigError):
        resnets.create_model("resnet18", features_only=True, out_indices=(9,))


def test_load_needs_nothing_but_the_folder(folder):
    net = resnets.load(folder)
    assert not net.training
    assert net.config.classes == ("a", "b", "c")
    assert torch.equal(net.fc.weight, resnets.build(SPEC, seed=3).fc.weight)


def test_weights_are_loaded_from_a_folder_and_from_a_file(tmp_path):
    spec = resnets.create_model("resnet20").spec
    source = resnets.build(spec, seed=5)
    save_folder(tmp_path / "m", source.state_dict(), ModelConfig(network=spec))
    write_safetensors(tmp_path / "w.safetensors", source.state_dict())
    for place in (tmp_path / "m", tmp_path / "w.safetensors"):
        net = resnets.create_model("resnet20", weights=place)
        assert torch.equal(net.fc.weight, source.fc.weight)
    with pytest.raises(FileError) as caught:
        resnets.create_model("resnet20", num_classes=7, weights=tmp_path / "m")
    assert caught.value.code == "E4513"
    assert "(10, 64)" in caught.value.why
    assert "(7, 64)" in caught.value.why


def test_what_is_no_model_is_refused(tmp_path):
    for path, code in ((tmp_path, "E4902"), (tmp_path / "nowhere", "E4508")):
        with pytest.raises(FileError) as caught:
            resnets.load(path)
        assert caught.value.code == code
    (tmp_path / "run.json").write_text("{}")
    with pytest.raises(FileError) as caught:
        resnets.load(tmp_path)
    assert caught.value.code == "E4901"
    assert "--resume" in caught.value.do[0]


def test_import_is_light():
    import subprocess

    code = "import sys, resnets; resnets.list_models(); sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
