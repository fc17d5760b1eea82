"""From a request to a run; devices and precisions of this machine."""

from __future__ import annotations

import pytest
import torch

from resnets.api import machine
from resnets.api.data import SHAPES, describe_data
from resnets.api.machine import list_devices, pick_device, pick_precision
from resnets.api.resolution import name_output, resolve
from resnets.data.sources.known import KNOWN
from resnets.errors import DataError, MachineError
from resnets.spec import DataSpec
from resnets.spec.request import Request

CPU = {"device": "cpu", "precision": "fp32"}


def test_the_default_is_resnet20_on_digits():
    run = resolve(Request(**CPU))
    assert (run.model, run.data.name, run.recipe.name) == ("resnet20", "digits", "quick")
    assert (run.network.in_chans, run.network.num_classes) == (1, 10)
    assert name_output(run) == f"runs/resnet20-digits-{run.key()}"


def test_options_tables_and_assignments_apply_in_that_order():
    run = resolve(
        Request(
            **CPU,
            network={"order": "full_preact", "zero_init": False},
            recipe={"name": "he2016-cifar", "lr": 0.4, "momentum": 0.5},
            lr=0.3,
            epochs=7,
            set=("recipe.batch_size=32", "network.order=original", "seed=9"),
        )
    )
    assert run.recipe.lr == 0.3
    assert (run.recipe.momentum, run.recipe.batch_size, run.recipe.length) == (0.5, 32, "7ep")
    assert run.network.order.post == "R"
    assert run.seed == 9


def test_equal_requests_have_equal_keys_and_a_seed_changes_it():
    one, two = resolve(Request(**CPU)), resolve(Request(**CPU, output="elsewhere", workers=2))
    assert one.key() == two.key()
    assert one.key() != resolve(Request(**CPU, seed=1)).key()


def test_the_data_decides_classes_and_channels():
    assert resolve(Request(**CPU, data="cifar100")).network.num_classes == 100
    assert resolve(Request(**CPU, data="cifar100")).network.in_chans == 3
    assert resolve(Request(**CPU, data="mnist")).network.in_chans == 1


@pytest.mark.parametrize("name", sorted(KNOWN))
def test_declared_shapes_are_those_of_the_sources(name):
    known = KNOWN[name]
    assert (SHAPES[name].classes, SHAPES[name].channels) == (len(known.classes), known.channels)


def test_digits_have_the_declared_shape():
    from resnets.data import open_dataset

    dataset = open_dataset(DataSpec(name="digits"))
    found = describe_data(DataSpec(name="digits"))
    assert (found.classes, found.channels) == (len(dataset.classes), dataset.train.images.shape[0])


def test_a_folder_is_opened_for_its_shape(tmp_path):
    from PIL import Image

    for number, name in enumerate(
        ("a/1.png", "a/2.png", "b/1.png", "b/2.png", "c/1.png", "c/2.png")
    ):
        path = tmp_path / "pets" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (9, 9), (number, 0, 0)).save(path)
    found = describe_data(DataSpec(name=f"folder:{tmp_path / 'pets'}"))
    assert (found.classes, found.channels) == (3, 3)
    with pytest.raises(DataError):
        describe_data(DataSpec(name=f"folder:{tmp_path / 'nowhere'}"))


def test_an_absent_device_is_refused_with_those_that_are_there(monkeypatch):
    monkeypatch.setattr(machine, "list_devices", lambda: ["cuda:0", "cpu"])
    assert pick_device("auto") == torch.device("cuda:0")
    assert pick_device("cuda") == torch.device("cuda")
    assert pick_device("cpu") == torch.device("cpu")
    for name in ("cuda:7", "mps"):
        with pytest.raises(MachineError) as caught:
            pick_device(name)
        assert (caught.value.code, caught.value.exit) == ("E5901", 5)
        assert caught.value.why == "devices here: cuda:0, cpu"
    assert list_devices()[-1] == "cpu"


@pytest.mark.parametrize(
    ("found", "precision"), [({"avx512_bf16": True}, "bf16"), ({"avx512_f": True}, "fp32")]
)
def test_auto_takes_bf16_where_the_processor_has_it(monkeypatch, found, precision):
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: found)
    picked, sentence = pick_precision("auto", torch.device("cpu"))
    assert picked == precision
    assert sentence.startswith(f"precision {precision}: cpu has ")
    assert "--precision" in sentence
    assert pick_precision("fp32", torch.device("cpu"))[0] == "fp32"


def test_a_precision_that_the_device_lacks_is_refused_with_both_options():
    assert pick_precision("auto", torch.device("mps"))[0] == "fp32"
    with pytest.raises(MachineError) as caught:
        pick_precision("bf16", torch.device("mps"))
    assert caught.value.what == "--precision bf16 with --device mps"


def test_an_assigned_device_wins(monkeypatch):
    run = resolve(Request(device="auto", set=("device=cpu", "precision=fp32")))
    assert (run.device, run.precision) == ("cpu", "fp32")
