"""Names, orders and preprocessing of other libraries, tensor by tensor and in outputs."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import timm
import torch
import torchvision
from torch import Tensor, nn

from resnets.catalog import find_name, look_up
from resnets.errors import ConfigError, FileError
from resnets.networks import build
from resnets.spec import ORDERS, Keep, ModelConfig, Preprocessing, Spec
from resnets.weights.layouts import LAYOUTS, Layout, describe, find_layout, recognise
from resnets.weights.layouts import read_description as read_hub_description
from resnets.weights.layouts.torchvision import assume_stride

Make = Callable[..., nn.Module]
GOLDEN = json.loads((Path(__file__).parents[1] / "golden" / "huggingface.json").read_text())
KEYS = {"basic", "bottleneck", "bottleneck_1x1"}
IMAGENET = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
CIFAR = ((0.4914, 0.4822, 0.4465), (0.2023, 0.1994, 0.2010))


def shapes_of(state: Mapping[str, Tensor]) -> dict[str, tuple[int, ...]]:
    return {name: tuple(tensor.shape) for name, tensor in state.items()}


def take(theirs: nn.Module) -> tuple[Layout[Any], Spec]:
    """Recognise a network by its tensors, as a file of it would be."""
    found = recognise(shapes_of(theirs.state_dict()))
    assert found is not None
    layout, spec = found
    assert isinstance(spec, Spec)
    return layout, spec


def check_same(theirs: nn.Module, layout: Layout[Any], spec: Spec, size: int = 32) -> None:
    """Hold outputs, and the way back, to their originals."""
    theirs = theirs.double().eval()
    state = theirs.state_dict()
    ours = build(spec).double().eval()
    ours.load_state_dict(layout.read(state, spec))
    x = torch.randn(2, 3, size, size, generator=torch.Generator().manual_seed(0)).double()
    with torch.no_grad():
        torch.testing.assert_close(ours(x), theirs(x), rtol=1e-10, atol=1e-10)
    again = layout.write(ours.state_dict(), spec)
    assert again.keys() == state.keys()
    assert all(torch.equal(again[name], tensor) for name, tensor in state.items())


REPOSITORIES = {
    "akamaster": ({"pads": True}, "akamaster", "A", CIFAR),
    "akamaster with projections": ({}, "akamaster", "B", IMAGENET),
    "chenyaofo": ({"shortcut": "downsample", "linear": "fc"}, "chenyaofo", "B", CIFAR),
    "kuangliu": ({"depths": (1, 1, 2, 1)}, "kuangliu", "B", CIFAR),
    "kuangliu, bottlenecks": ({"depths": (1, 2, 1, 1), "deep": True}, "kuangliu", "B", CIFAR),
    "kuangliu, pre-activation": ({"depths": (2, 1, 1, 1), "preact": True}, "kuangliu", "B", CIFAR),
    "kuangliu, both": (
        {"depths": (1, 1, 1, 2), "preact": True, "deep": True},
        "kuangliu",
        "B",
        CIFAR,
    ),
    "kuangliu, 1×1 stem": ({"depths": (1, 1, 1), "deep": True, "stem": 1}, "kuangliu", "B", CIFAR),
}


@pytest.mark.parametrize("name", REPOSITORIES)
def test_a_repositorys_network_is_recognised_and_the_same(repository: Make, name: str) -> None:
    options, library, shortcut, (mean, std) = REPOSITORIES[name]
    theirs = repository(**options)
    layout, spec = take(theirs)
    assert (layout.name, spec.shortcut, spec.num_classes) == (library, shortcut, 10)
    check_same(theirs, layout, spec)
    if library == "akamaster":
        mean, std = IMAGENET
    assert layout.feed(spec) == Preprocessing(image_size=32, resize=32, mean=mean, std=std)
    assert layout.feed(spec.replace(in_chans=1)) is None


def test_zeros_on_both_sides_are_moved_behind_the_channels_exactly(repository: Make) -> None:
    """Three stages, so that the second border permutes what the first one permuted."""
    theirs = repository(depths=(1, 1, 1), width=8, pads=True)
    layout, spec = take(theirs)
    state = theirs.state_dict()
    ours = layout.read(state, spec)
    # Ours 0 … 7 of stage 2 are theirs 4 … 11; of stage 3, theirs 8 + (4 … 11), then 8 + the rest.
    assert torch.equal(
        ours["stages.1.0.transform.tail.norm.bias"],
        state["layer2.0.bn2.bias"][[*range(4, 12), *range(4), *range(12, 16)]],
    )
    order = [*range(12, 20), *range(8, 12), *range(20, 24), *range(8), *range(24, 32)]
    assert torch.equal(ours["fc.weight"], state["linear.weight"][:, order])
    assert torch.equal(
        ours["stages.2.0.transform.convs.1.weight"], state["layer3.0.conv2.weight"][order]
    )
    # Without the permutation it would be another network: the comparison sees that.
    plain = build(spec).eval()
    plain.load_state_dict(layout.read(state, spec.replace(shortcut="none")))
    x = torch.ones(1, 3, 32, 32)
    assert (plain(x) - theirs(x)).abs().max() > 1e-2


TIMM_SAYS_NO = ("resnetv2_50d", "resnet18d", "resnetv2_50x1_bit", "resnet10t")


@pytest.mark.parametrize("name", ["resnetv2_18", "resnetv2_50", "resnet26"])
def test_timms_networks_are_recognised(name: str) -> None:
    theirs = timm.create_model(name)
    layout, spec = take(theirs)
    assert layout.name == ("timm" if "v2" in name else "torchvision")
    assert find_layout("timm", spec).refuse(spec) == ""
    check_same(theirs, layout, spec, size=64)
    if "v2" in name:
        assert find_name(spec) == name.replace("resnetv2_", "preresnet") + "_bare"
        assert layout.feed(spec) == Preprocessing(image_size=224, resize=256)


@pytest.mark.parametrize("name", TIMM_SAYS_NO)
def test_other_stems_and_norms_are_not_recognised(name: str) -> None:
    with torch.device("meta"):
        theirs = timm.create_model(name)
    assert recognise(shapes_of(theirs.state_dict())) is None


@pytest.mark.parametrize(
    "name",
    ["resnet18", "resnet34", "resnet50", "resnet101", "resnet152", "resnext50_32x4d",
     "resnext101_32x8d", "resnext101_64x4d", "wide_resnet50_2", "wide_resnet101_2"],
)  # fmt: skip
def test_torchvisions_names_are_the_catalogs(name: str) -> None:
    with torch.device("meta"):
        theirs = torchvision.models.get_model(name, weights=None)
    layout, spec = take(theirs)
    assert layout.name == "torchvision"
    assert find_name(spec) == name
    assert layout.refuse(spec) == ""
    mean, std = IMAGENET
    assert layout.feed(spec) == Preprocessing(image_size=224, resize=256, mean=mean, std=std)
    assert bool(layout.assume(spec)) == (spec.kernels == (1, 3, 1))


def fill(shapes: Mapping[str, list[int]]) -> dict[str, Tensor]:
    """Give tensors the values that the golden outputs were computed with."""
    state = {}
    for name, shape in shapes.items():
        count = math.prod(shape)
        if name.endswith("num_batches_tracked"):
            state[name] = torch.zeros((), dtype=torch.int64)
            continue
        values = torch.cos(torch.arange(count, dtype=torch.float64) * 0.7 + sum(map(ord, name)))
        if len(shape) > 1:
            values = values * math.sqrt(2 / (count / shape[0]))
        elif name.endswith(("running_var", "normalization.weight")):
            values = 1 + 0.3 * values
        else:
            values = 0.1 * values
        state[name] = values.reshape(shape)
    return state


@pytest.mark.parametrize("key", sorted(KEYS))
def test_transformers_is_met_in_names_configuration_and_outputs(key: str) -> None:
    """The golden file holds what transformers itself answered."""
    golden = GOLDEN[key]
    found = recognise({name: tuple(shape) for name, shape in golden["shapes"].items()})
    assert found is not None
    layout, spec = found
    assert layout.name == "huggingface"
    assert isinstance(spec, Spec)
    if key == "bottleneck_1x1":
        spec = spec.replace(stride_at=0)
    net = build(spec).double().eval()
    net.load_state_dict(layout.read(fill(golden["shapes"]), spec))
    x = torch.cos(torch.arange(2 * 3 * 32 * 32, dtype=torch.float64) * 0.37).reshape(2, 3, 32, 32)
    with torch.no_grad():
        expected = torch.tensor(golden["logits"], dtype=torch.float64)
        torch.testing.assert_close(net(x), expected, rtol=1e-10, atol=1e-10)
    written = layout.write(net.state_dict(), spec)
    assert {n: list(t.shape) for n, t in written.items()} == golden["shapes"]
    files = describe(ModelConfig(network=spec, classes=("a", "b", "c")))
    config = files["config.json"]
    assert {name: config[name] for name in golden["config"]} == golden["config"]
    assert config["id2label"] == {"0": "a", "1": "b", "2": "c"}
    assert files["preprocessor_config.json"]["crop_size"] == {"height": 32, "width": 32}


def test_a_mean_of_each_pixel_is_not_written_for_transformers() -> None:
    spec = Spec(depths=(1,), widths=(8,), stem="7x7", stem_width=8, in_chans=1, num_classes=2)
    rules = Preprocessing(channels=1, image_size=2, resize=2, mean=(0.1,) * 4, std=(1.0,))
    files = describe(ModelConfig(network=spec, preprocessing=rules))
    assert list(files) == ["config.json"]
    assert files["config.json"]["id2label"] == {"0": "LABEL_0", "1": "LABEL_1"}


def test_a_hub_folder_says_classes_and_stride(tmp_path: Path) -> None:
    assert read_hub_description(tmp_path) == ((), False)
    path = tmp_path / "config.json"
    path.write_text('{"id2label": {"10": "k", "2": "b"}, "downsample_in_bottleneck": true}')
    assert read_hub_description(tmp_path) == (("b", "k"), True)
    path.write_text('{"id2label": {"0": "LABEL_0"}}')
    assert read_hub_description(tmp_path) == ((), False)
    for bad in ("[1]", "{", '{"id2label": {"x": "a"}}', '{"id2label": 3}'):
        path.write_text(bad)
        with pytest.raises(FileError, match=r"config\.json") as caught:
            read_hub_description(tmp_path)
        assert caught.value.code == "E4605"


WIDE = {"stem": "7x7", "stem_width": 64, "num_classes": 1000}
RESNET18 = Spec(depths=(2, 2, 2, 2), widths=(64, 128, 256, 512), **WIDE)  # type: ignore[arg-type]
RESNET50 = RESNET18.replace(
    widths=(256, 512, 1024, 2048), kernels=(1, 3, 1), inner=0.25, stride_at=1
)
RESNET20 = Spec(depths=(3, 3, 3), widths=(16, 32, 64), shortcut="A")

REFUSED = {
    "torchvision": [
        (RESNET18.replace(order="full_preact"), "order original"),
        (RESNET18.replace(shortcut="A"), "option B"),
        (RESNET18.replace(branches=2), "one residual function"),
        (RESNET18.replace(dropout=0.1), "dropout"),
        (RESNET18.replace(merge=Keep(residual=0.5)), "masks"),
        (RESNET18.replace(stem="3x3"), "7×7"),
        (RESNET18.replace(in_chans=1), "3 channels"),
        (RESNET18.replace(num_classes=0), "ends in a classifier"),
        (RESNET18.replace(widths=(64, 128, 256, 256)), "64 to 512"),
        (RESNET18.replace(stride_at=1), "first convolution"),
        (RESNET18.replace(kernels=(3, 3, 3)), "basic"),
        (RESNET50.replace(stride_at=0), "stride in the 3×3"),
        (RESNET50.replace(cardinality=32, form="split"), "one grouped convolution"),
        (RESNET18.replace(stem_width=32), "stem has 64 channels"),
    ],
    "timm": [
        (RESNET50.replace(order="full_preact", first_head="stem"), "bare convolution"),
        (RESNET50.replace(order="full_preact", inner=0.5, cardinality=32), "one path"),
        (RESNET50.replace(order="full_preact", last_head=False), "a batch norm follows"),
        (RESNET20, "7×7"),
    ],
    "huggingface": [
        (RESNET20, "7×7"),
        (RESNET50.replace(inner=0.5), "quarter"),
        (RESNET50.replace(inner=0.5, cardinality=32), "one path"),
        (RESNET50.replace(stride_at=2), "3×3 of a bottleneck"),
        (RESNET18.replace(num_classes=0), "classifier"),
    ],
    "akamaster": [
        (RESNET18, "16, 32 and 64"),
        (RESNET50, "basic"),
        (RESNET20.replace(shortcut="none"), "shortcuts"),
        (RESNET20.replace(in_chans=1), "3 channels"),
    ],
    "chenyaofo": [
        (RESNET20, "option B"),
        (RESNET50.replace(stem="3x3"), "basic"),
        (RESNET18.replace(stem="3x3"), "16, 32 and 64"),
        (RESNET20.replace(shortcut="B", num_classes=0), "3 channels"),
    ],
    "kuangliu": [
        (RESNET18, "3×3 convolution"),
        (RESNET50.replace(stem="3x3", inner=0.5), "quarter"),
        (RESNET18.replace(stem="3x3", order="full_preact"), "no batch norm follows"),
        (RESNET18.replace(stem="3x3", in_chans=1), "3 channels"),
        (RESNET50.replace(stem="1x1"), "inner width is a half"),
        (RESNET20.replace(shortcut="B"), "64 to 512"),
    ],
}
CASES = [(name, spec, word) for name, rows in REFUSED.items() for spec, word in rows]


@pytest.mark.parametrize(("name", "spec", "word"), CASES)
def test_what_a_library_cannot_build_is_refused_with_the_reason(
    name: str, spec: Spec, word: str
) -> None:
    def write() -> None:
        with torch.device("meta"):
            find_layout(name, spec).write(build(spec).state_dict(), spec)

    with pytest.raises(ConfigError, match=f"{name} has no such network") as caught:
        write()
    assert caught.value.code == "E2602"
    assert caught.value.why.startswith(f"in {name}: ")
    assert word in caught.value.why


def test_the_note_on_strides_names_a_network_that_there_is() -> None:
    (note,) = assume_stride(RESNET50.replace(depths=(3, 4, 23, 3)))
    assert note.endswith("name the network (resnet101_v1)")
    (note,) = assume_stride(look_up("preresnet50_bare").spec)
    assert note == "bottlenecks stride in the 3×3: the tensors cannot say"
    assert assume_stride(RESNET18) == ()


def test_unknown_libraries_and_families_are_refused() -> None:
    with pytest.raises(ConfigError, match="did you mean torchvision") as caught:
        find_layout("torchvison", RESNET18)
    assert caught.value.code == "E2600"
    assert {layout.name for layout in LAYOUTS} >= set(REFUSED)


@pytest.mark.parametrize(
    "change",
    [
        {"conv1.weight": (16, 3, 5, 5)},
        {"conv1.weight": (16, 3)},
        {"conv1.weight": (0, 3, 3, 3)},
        {"layer1.0.conv1.weight": (16, 16, 3)},
        {"layer1.0.conv1.weight": (16, 0, 3, 3)},
        {"layer1.99999.conv1.weight": (16, 16, 3, 3)},
        {"layer7.0.conv1.weight": (16, 16, 3, 3)},
        {"layer1.0.conv7.weight": (16, 16, 3, 3)},
        {"layer1.0.conv1.weight": (16, 16, 2, 2)},
        {"layer1.1.shortcut.0.weight": (16, 16, 1, 1)},
    ],
)
def test_a_frame_that_no_network_has_is_not_recognised(
    repository: Make, change: dict[str, tuple[int, ...]]
) -> None:
    shapes = shapes_of(repository(depths=(2, 2, 2), width=16, pads=True).state_dict())
    assert recognise(shapes) is not None
    assert recognise({**shapes, **change}) is None


def test_nothing_and_strangers_are_not_recognised() -> None:
    assert recognise({}) is None
    assert recognise({"features.0.weight": (64, 3, 3, 3), "conv1.weight": (64, 3, 7, 7)}) is None


def test_a_plain_network_may_be_read_by_its_name(repository: Make) -> None:
    """Without shortcuts the tensors are those of option A, and no channel moves."""
    theirs = repository(depths=(1, 1, 1), pads=True)
    layout, spec = take(theirs)
    plain = spec.replace(shortcut="none")
    ours = layout.read(theirs.state_dict(), plain)
    assert torch.equal(ours["fc.weight"], theirs.state_dict()["linear.weight"])
    assert "shortcut" in layout.silent
    assert spec.order == ORDERS["original"]
