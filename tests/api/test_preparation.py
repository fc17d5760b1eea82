from __future__ import annotations

from types import SimpleNamespace

import pytest
import torch

from resnets.api import preparation
from resnets.api.training import train
from resnets.catalog import look_up
from resnets.errors import ConfigError, FileError
from resnets.weights import load_folder


def test_fine_tuning_keeps_the_classifier_of_the_same_classes(finished, tmp_path, small):
    config, state = load_folder(finished / "model")
    run = small.replace(init=str(finished), seed=9)
    net, notes = preparation.build_network(run, fake(config.classes))
    assert notes == ()
    assert torch.equal(net.state_dict()["fc.weight"], state["fc.weight"])
    bare, _ = preparation.build_network(
        small.replace(init=str(finished / "model" / "model.safetensors"), seed=9), fake(())
    )
    assert torch.equal(bare.state_dict()["fc.weight"], state["fc.weight"])


def test_fine_tuning_on_other_classes_has_a_new_classifier(finished, small):
    state = load_folder(finished / "model")[1]
    three = small.replace(network=small.network.replace(num_classes=3), seed=9)
    for init in (finished, finished / "model", finished / "model" / "model.safetensors"):
        net, notes = preparation.build_network(three.replace(init=str(init)), fake(("a", "b", "c")))
        assert notes[-1] == "init: the classifier starts fresh"
        tensors = net.state_dict()
        assert tensors["fc.weight"].shape == (3, 4)
        assert torch.equal(tensors["stem.conv.weight"], state["stem.conv.weight"])
    renamed = small.replace(init=str(finished), seed=9)
    net, _ = preparation.build_network(renamed, fake(tuple("abcdefghij")))
    assert not torch.equal(net.state_dict()["fc.weight"], state["fc.weight"])


def test_weights_for_colour_start_a_network_for_grey_pictures(finished, small):
    colour = small.replace(network=small.network.replace(in_chans=3), init=str(finished), seed=9)
    net, notes = preparation.build_network(colour, fake(tuple("0123456789")))
    given = load_folder(finished / "model")[1]["stem.conv.weight"]
    assert torch.allclose(net.stem.conv.weight, given.expand(-1, 3, -1, -1) / 3)
    assert notes == ("init: stem.conv.weight: 1 input channels repeated and scaled to 3",)


def fake(classes):
    return SimpleNamespace(classes=classes)


def test_weights_of_another_network_are_refused(finished, tmp_path, small):
    run = small.replace(network=small.network.replace(widths=(8,)), init=str(finished))
    with pytest.raises(FileError) as caught:
        train(run, tmp_path / "run", progress=False)
    assert caught.value.code == "E4511"
    assert not (tmp_path / "run").exists()


def test_pictures_too_small_for_a_network_are_told_which_are_not(tmp_path, small):
    vgg = look_up("vgg11_cifar").spec.replace(in_chans=1, num_classes=10)
    with pytest.raises(ConfigError) as caught:
        train(small.replace(network=vgg), tmp_path / "run", progress=False)
    assert caught.value.code == "E2123"
    assert caught.value.where == {"pictures": "8×8"}
    assert "--image-size 32" in str(caught.value)
    assert not (tmp_path / "run").exists()
