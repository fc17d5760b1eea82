"""Families outside the grammar in the names of other libraries: recognised, written, read again."""

from __future__ import annotations

import re
from typing import Any

import pytest
import timm
import torch
from timm.models import vgg as timm_vgg
from torch import Tensor, nn
from torchvision import models

from resnets.catalog import find_name, look_up
from resnets.errors import ConfigError
from resnets.networks import build
from resnets.spec import Network
from resnets.spec.families import VGG, AlexNet, DenseNet
from resnets.weights.layouts import find_layout, recognise

HALVES, IMAGENET = (0.5, 0.5, 0.5), (0.485, 0.456, 0.406)
CIFAR = (0.4914, 0.4822, 0.4465)

TORCHVISION = {
    "alexnet": (224, 256, IMAGENET),
    "vgg11": (224, 256, IMAGENET),
    "vgg19_bn": (224, 256, IMAGENET),
    "densenet121": (224, 256, IMAGENET),
    "densenet161": (224, 256, IMAGENET),
    "googlenet": (224, 256, HALVES),
    "inception_v3": (299, 342, HALVES),
}
TIMM = {
    "vgg13": (224, 256, IMAGENET),
    "vgg16_bn": (224, 256, IMAGENET),
    "inception_v4": (299, 341, HALVES),
    "inception_resnet_v2": (299, 333, HALVES),
}
SHARED_NAMES = ("densenet121", "inception_v3")
"""Networks of timm that have torchvision's names."""


def shapes_of(state: dict[str, Tensor]) -> dict[str, tuple[int, ...]]:
    return {name: tuple(tensor.shape) for name, tensor in state.items()}


def make_peer(library: str, name: str, **options: Any) -> dict[str, tuple[int, ...]]:
    """Return names and shapes of another library's network."""
    if name in ("googlenet", "inception_v3") and library == "torchvision":
        options["init_weights"] = False
    with torch.device("meta"):
        if library == "timm":
            return shapes_of(timm.create_model(name, **options).state_dict())
        return shapes_of(models.get_model(name, weights=None, **options).state_dict())


def write(library: str, spec: Network) -> dict[str, tuple[int, ...]]:
    """Return names and shapes of our network as they are exported."""
    with torch.device("meta"):
        return shapes_of(find_layout(library, spec).write(build(spec).state_dict(), spec))


PEERS = [("torchvision", name) for name in TORCHVISION] + [("timm", name) for name in TIMM]


@pytest.mark.parametrize(("library", "name"), PEERS)
def test_a_librarys_network_is_recognised_and_written(library: str, name: str) -> None:
    size, resize, mean = (TORCHVISION if library == "torchvision" else TIMM)[name]
    theirs = make_peer(library, name, num_classes=7)
    found = recognise(theirs)
    assert found is not None
    layout, spec = found
    assert (layout.name, find_name(spec), spec.num_classes) == (library, name, 7)
    rules = layout.feed(spec)
    assert rules is not None
    assert (rules.image_size, rules.resize, rules.mean) == (size, resize, mean)
    assert layout.feed(spec.replace(in_chans=1)) is None
    assert write(library, spec) == theirs
    assert shapes_of(
        layout.read({n: torch.empty(s, device="meta") for n, s in theirs.items()}, spec)
    ) == (shapes_of(build_empty(spec)))


def build_empty(spec: Network) -> dict[str, Tensor]:
    with torch.device("meta"):
        return build(spec).state_dict()


@pytest.mark.parametrize("name", SHARED_NAMES)
def test_timm_shares_torchvisions_names_but_for_auxiliary_classifiers(name: str) -> None:
    theirs = make_peer("timm", name)
    assert write("timm", look_up(name).spec) == theirs
    found = recognise(theirs)
    assert found is not None
    assert found[0].name == "torchvision"
    assert find_name(found[1]) == name + ("_no_aux" if name == "inception_v3" else "")


@pytest.mark.parametrize("name", ["googlenet", "inception_v3"])
def test_missing_auxiliary_classifiers_are_seen(name: str) -> None:
    theirs = make_peer("torchvision", name, aux_logits=False)
    found = recognise(theirs)
    assert found is not None
    assert find_name(found[1]) == f"{name}_no_aux"
    assert "transform_input" in found[0].assume(found[1])[0]


def test_densenets_published_files_have_older_names() -> None:
    net = models.DenseNet(8, (2, 1, 1, 2), 12, bn_size=3, num_classes=5)
    state = {
        re.sub(r"(denselayer\d\.(?:norm|conv))([12]\.)", r"\1.\2", name): tensor
        for name, tensor in net.state_dict().items()
    }
    assert "features.denseblock1.denselayer2.norm.1.weight" in state
    found = recognise(shapes_of(state))
    assert found is not None
    layout, spec = found
    wanted = DenseNet(
        depths=(2, 1, 1, 2), growth=8, bottleneck=3, stem="7x7", stem_width=12, num_classes=5
    )
    assert (layout.name, spec) == ("torchvision", wanted)
    ours = layout.read(state, spec)
    assert ours.keys() == net.state_dict().keys()
    assert all(torch.equal(ours[n], t) for n, t in net.state_dict().items())
    assert layout.write(ours, spec).keys() == state.keys()


@pytest.mark.parametrize("norm", [None, nn.BatchNorm2d])
def test_timms_vgg_reads_its_last_map_with_a_convolution(norm: Any) -> None:
    theirs = timm_vgg.VGG([4, "M", 8, 8, "M"], num_classes=5, norm_layer=norm).double().eval()
    found = recognise(shapes_of(theirs.state_dict()))
    assert found is not None
    layout, spec = found
    assert spec == VGG(depths=(1, 2), widths=(4, 8), norm=norm is not None, num_classes=5)
    ours = build(spec).double().eval()
    ours.load_state_dict(layout.read(theirs.state_dict(), spec))
    x = torch.randn(2, 3, 28, 28, generator=torch.Generator().manual_seed(0)).double()
    with torch.no_grad():
        torch.testing.assert_close(ours(x), theirs(x), rtol=1e-10, atol=1e-10)
    again = layout.write(ours.state_dict(), spec)
    assert all(torch.equal(again[n], t) for n, t in theirs.state_dict().items())


class Small(nn.Module):
    """VGG as two repositories for CIFAR write it, with ``hidden`` features or none."""

    def __init__(self, hidden: int) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for inputs, outputs, pooled in ((3, 4, True), (4, 8, False), (8, 8, True)):
            layers += [nn.Conv2d(inputs, outputs, 3, padding=1), nn.BatchNorm2d(outputs), nn.ReLU()]
            layers += [nn.MaxPool2d(2, 2)] if pooled else []
        self.features = nn.Sequential(*layers)
        end = nn.Linear(hidden or 8, 10)
        self.classifier: nn.Module = end
        if hidden:
            first, second = nn.Linear(8, hidden), nn.Linear(hidden, hidden)
            parts = (first, nn.ReLU(), nn.Dropout(), second, nn.ReLU(), nn.Dropout(), end)
            self.classifier = nn.Sequential(*parts)

    def forward(self, x: Tensor) -> Tensor:
        return self.classifier(self.features(x).flatten(1))


@pytest.mark.parametrize(("hidden", "library"), [(6, "chenyaofo"), (0, "kuangliu")])
def test_vggs_of_repositories_for_cifar(hidden: int, library: str) -> None:
    theirs = Small(hidden).double().eval()
    found = recognise(shapes_of(theirs.state_dict()))
    assert found is not None
    layout, spec = found
    wanted = VGG(depths=(1, 2), widths=(4, 8), norm=True, hidden=hidden, side=1, num_classes=10)
    assert (layout.name, spec) == (library, wanted)
    rules = layout.feed(spec)
    assert rules is not None
    assert (rules.image_size, rules.mean) == (32, CIFAR)
    ours = build(spec).double().eval()
    ours.load_state_dict(layout.read(theirs.state_dict(), spec))
    x = torch.randn(2, 3, 4, 4, generator=torch.Generator().manual_seed(0)).double()
    with torch.no_grad():
        torch.testing.assert_close(ours(x), theirs(x), rtol=1e-10, atol=1e-10)
    assert layout.write(ours.state_dict(), spec).keys() == theirs.state_dict().keys()


def change(name: str, **fields: Any) -> Network:
    return look_up(name).spec.replace(**fields)


REFUSED = [
    ("torchvision", change("alexnet_original"), "one graphics card"),
    ("torchvision", change("alexnet", num_classes=0), "classifier"),
    ("torchvision", change("alexnet", in_chans=1), "3 channels"),
    ("torchvision", change("vgg16", in_chans=1), "3 channels"),
    ("torchvision", change("vgg16_cifar"), "4096 features"),
    ("timm", change("vgg16", widths=(64, 128, 256, 512, 256)), "64 to 512"),
    ("timm", change("vgg16", num_classes=0), "classifier"),
    ("torchvision", change("densenet_bc100_k12"), "7×7"),
    ("torchvision", change("densenet121", compression=1.0), "halve"),
    ("timm", change("densenet121", depths=(6, 12, 24)), "four blocks"),
    ("torchvision", change("densenet121", in_chans=1), "3 channels"),
    ("timm", change("densenet121", num_classes=0), "classifier"),
    ("torchvision", change("googlenet_original"), "batch norm"),
    ("torchvision", change("googlenet_upper_aux"), "both auxiliary"),
    ("torchvision", change("googlenet", in_chans=1), "3 channels"),
    ("torchvision", change("inception_v3_table1"), "released form"),
    ("torchvision", change("inception_v3", in_chans=1), "3 channels"),
    ("timm", change("inception_v3_small"), "released form"),
    ("timm", change("inception_v4", num_classes=0), "classifier"),
    ("timm", change("inception_resnet_v2_paper"), "version 2"),
    ("timm", change("inception_resnet_v1"), "version 2"),
    ("chenyaofo", change("vgg16_bn"), "1×1 map"),
    ("kuangliu", change("vgg16_cifar"), "batch norm"),
    ("kuangliu", change("vgg16_bn_cifar", in_chans=1), "3 channels"),
    ("huggingface", change("vgg16"), "no networks of the family vgg"),
    ("timm", change("polynet"), "no networks of the family polynet"),
]


@pytest.mark.parametrize(("library", "spec", "words"), REFUSED)
def test_what_a_library_does_not_have_is_refused(library: str, spec: Network, words: str) -> None:
    with pytest.raises(ConfigError, match=f"{library} has no such network") as caught:
        find_layout(library, spec)
    assert caught.value.code == "E2602"
    assert words in caught.value.why


STRANGE: list[tuple[str, str, dict[str, tuple[int, ...] | None]]] = [
    ("torchvision", "alexnet", {"features.0.weight": (64, 3, 7, 7)}),
    ("torchvision", "alexnet", {"features.0.weight": (0, 3, 11, 11)}),
    ("torchvision", "alexnet", {"features.3.weight": None}),
    ("torchvision", "vgg11", {"features.0.weight": (64, 3, 5, 5)}),
    ("torchvision", "vgg11", {"features.0.weight": None}),
    ("torchvision", "vgg11", {"features.6.weight": None, "features.8.weight": None}),
    ("torchvision", "vgg11", {"classifier.0.weight": None}),
    ("torchvision", "vgg11", {"classifier.6.weight": (0, 4096)}),
    ("torchvision", "densenet121", {"features.conv0.weight": (64, 3, 5, 5)}),
    ("torchvision", "densenet121", {"features.conv0.weight": (0, 3, 7, 7)}),
    ("torchvision", "densenet121", {"features.denseblock9.denselayer1.conv1.weight": (1,)}),
    ("torchvision", "densenet121", {"features.denseblock1.denselayer1.conv2.weight": (0, 1, 3, 3)}),
    ("torchvision", "googlenet", {"inception3a.branch3.1.conv.weight": (32, 16, 5, 5)}),
    ("torchvision", "googlenet", {"conv1.conv.weight": (32, 3, 7, 7)}),
    ("timm", "inception_v4", {"features.0.conv.weight": (32, 3)}),
]  # fmt: skip


@pytest.mark.parametrize(("library", "name", "changes"), STRANGE)
def test_a_frame_that_no_network_has_is_not_recognised(
    library: str, name: str, changes: dict[str, tuple[int, ...] | None]
) -> None:
    shapes = make_peer(library, name)
    assert recognise(shapes) is not None
    mixed: dict[str, tuple[int, ...] | None] = {**shapes, **changes}
    assert recognise({n: shape for n, shape in mixed.items() if shape is not None}) is None


def test_networks_for_cifar_are_left_to_our_own_names() -> None:
    for name in ("densenet_bc100_k12", "vgg16_cifar", "alexnet_cifar", "googlenet_small"):
        assert recognise(shapes_of(build_empty(look_up(name).spec))) is None
    assert recognise(shapes_of(build_empty(AlexNet()))) is not None
