"""Foreign weights: recognised, made into model folders, used on the fly, or refused by name."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor, nn
from torch.nn import functional as F
from torchvision import models

import resnets
from resnets.api.importing import import_weights
from resnets.api.prediction import predict
from resnets.api.recognition import recognise
from resnets.api.targets import read_target
from resnets.errors import ConfigError, FileError
from resnets.networks import build
from resnets.spec import Recipe, Run, Spec
from resnets.weights import write_safetensors

MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
CLASSES = tuple(f"c{i}" for i in range(10))


class Block(nn.Module):
    """The unit of akamaster/pytorch_resnet_cifar10, with its option A."""

    def __init__(self, inputs: int, planes: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, planes, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(planes)
        self.conv2 = nn.Conv2d(planes, planes, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(planes)
        self.pads = planes // 4 if stride > 1 else 0

    def forward(self, x: Tensor) -> Tensor:
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        if self.pads:
            x = F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, self.pads, self.pads))
        return F.relu(y + x)


class Akamaster(nn.Module):
    """Its network, with ``n`` units in each stage."""

    def __init__(self, n: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 16, 3, 1, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(16)
        for stage, (inputs, planes) in enumerate(((16, 16), (16, 32), (32, 64)), 1):
            units = [Block(inputs, planes, 2 if stage > 1 else 1)]
            units += [Block(planes, planes, 1) for _ in range(n - 1)]
            setattr(self, f"layer{stage}", nn.Sequential(*units))
        self.linear = nn.Linear(64, 10)

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(self.bn1(self.conv1(x)))
        x = self.layer3(self.layer2(self.layer1(x)))
        return self.linear(F.avg_pool2d(x, x.shape[3]).flatten(1))


@pytest.fixture(scope="module")
def theirs() -> nn.Module:
    torch.manual_seed(5)
    net = Akamaster(3)
    with torch.no_grad():
        for name, tensor in net.state_dict().items():
            if tensor.dim() == 1:
                tensor.uniform_(0.5, 1.5) if "var" in name else tensor.normal_()
    return net.eval()


@pytest.fixture(scope="module")
def checkpoint(theirs: nn.Module, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Save it as its trainer does: in a pickle, wrapped by DataParallel."""
    path = tmp_path_factory.mktemp("weights") / "resnet20.th"
    state = {f"module.{name}": tensor for name, tensor in theirs.state_dict().items()}
    torch.save({"state_dict": state, "best_prec1": 0.3}, path)
    return path


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write ten classes of colour pictures, 32 pixels a side."""
    noise = np.random.default_rng(0)
    folder = tmp_path_factory.mktemp("photos")
    for split, count in (("train", 1), ("test", 3)):
        for name in CLASSES:
            (folder / split / name).mkdir(parents=True)
            for i in range(count):
                pixels = noise.integers(0, 256, (32, 32, 3), dtype=np.uint8)
                Image.fromarray(pixels).save(folder / split / name / f"{i}.png")
    return folder


def measure(net: nn.Module, folder: Path, mean: Any = MEAN, std: Any = STD) -> float:
    """Return the loss of the reference on the test pictures, fed by hand."""
    losses = []
    for label, name in enumerate(CLASSES):
        for path in sorted((folder / "test" / name).iterdir()):
            x = torch.from_numpy(np.array(Image.open(path))).permute(2, 0, 1) / 255
            x = (x - torch.tensor(mean)[:, None, None]) / torch.tensor(std)[:, None, None]
            with torch.no_grad():
                losses.append(F.cross_entropy(net(x[None]), torch.tensor([label])).item())
    return sum(losses) / len(losses)


def test_a_checkpoint_of_akamaster_evaluates_by_name(
    theirs: nn.Module, checkpoint: Path, photos: Path
) -> None:
    data = f"folder:{photos}"
    found = resnets.evaluate("resnet20", data, weights=checkpoint)
    assert found.n == 30
    assert found.loss == pytest.approx(measure(theirs, photos), rel=1e-5)
    assert found.preprocessing is not None
    assert (found.preprocessing.mean, found.preprocessing.std) == (MEAN, STD)
    told = "\n".join(found.notes)
    for words in ("layout of akamaster", "prefix module.", "zeros on both sides", "0.485"):
        assert words in told
    other = (0.5, 0.4, 0.3)
    found = resnets.evaluate("resnet20", data, weights=checkpoint, mean=other, std=other)
    assert found.loss == pytest.approx(measure(theirs, photos, other, other), rel=1e-5)


def test_an_imported_folder_is_a_model(
    theirs: nn.Module, checkpoint: Path, photos: Path, tmp_path: Path
) -> None:
    done = import_weights(
        checkpoint, tmp_path / "new" / "r8", classes=CLASSES, license="mit", source="made here"
    )
    assert sorted(path.name for path in done.path.iterdir()) == [
        "MANIFEST.json", "README.md", "config.json", "model.safetensors",
    ]  # fmt: skip
    said = done.to_dict()
    assert (said["layout"], said["model"], said["parameters"]) == ("akamaster", "resnet20", 269_722)
    assert (said["license"], said["source"]) == ("mit", "made here")
    assert json.loads((done.path / "config.json").read_text())["preprocessing"]["mean"] == list(
        MEAN
    )
    assert "mit" in (done.path / "README.md").read_text()
    net = resnets.load(done)
    x = torch.randn(2, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        torch.testing.assert_close(net(x), theirs(x), rtol=1e-4, atol=1e-4)
    found = resnets.evaluate(done, f"folder:{photos}")
    assert found.loss == pytest.approx(measure(theirs, photos), rel=1e-5)
    picture = photos / "test" / "c0" / "0.png"
    assert predict(done, picture)[0].label in CLASSES


def test_weights_on_the_fly_predict_and_start_a_training(
    checkpoint: Path, photos: Path, tmp_path: Path
) -> None:
    (answer,) = predict("resnet20", photos / "test" / "c0" / "0.png", weights=checkpoint)
    assert answer.label in map(str, range(10))
    network = Spec(depths=(3, 3, 3), widths=(16, 32, 64), shortcut="A", num_classes=10)
    run = Run(
        network=network,
        data=resnets.DataSpec(name=f"folder:{photos}", image_size=32),
        recipe=Recipe(length="1it", batch_size=4, lr=1e-9),
        init=str(checkpoint),
    )
    done = resnets.train(run, tmp_path / "run")
    told = "\n".join(json.loads((done.path / "run.json").read_text())["notes"])
    assert "init: resnet20 in the layout of akamaster" in told
    assert "classifier starts fresh" not in told
    state, own = resnets.load(done.path).state_dict(), recognise(checkpoint).state
    torch.testing.assert_close(state["fc.weight"], own["fc.weight"], rtol=0, atol=1e-6)


@pytest.fixture
def save(tmp_path: Path) -> Callable[[dict[str, Tensor]], Path]:
    """Write tensors without the slow process for pickles."""

    def make(state: dict[str, Tensor]) -> Path:
        path = tmp_path / "weights.safetensors"
        write_safetensors(path, state)
        return path

    return make


Save = Callable[[dict[str, Tensor]], Path]


def refuse(path: Path, folder: Path, **options: Any) -> FileError:
    with pytest.raises(FileError) as caught:
        import_weights(path, folder / "out", **options)
    assert caught.value.exit == 4
    assert not (folder / "out").exists()
    return caught.value


DAMAGES: list[tuple[dict[str, Tensor | None], str, str, str]] = [
    ({"linear.weight": None}, "E4511", "linear.weight", ""),
    ({"layer1.0.conv1.weight": None}, "E4511", "layer1.0.conv1.weight", ""),
    ({"layer3.0.bn2.running_var": None}, "E4511", "layer3.0.bn2.running_var", ""),
    ({"extra.weight": torch.ones(2)}, "E4512", "extra.weight", ""),
    ({"layer1.0.conv1.weight": torch.ones(16, 16, 5, 5)}, "E4513", "layer1.0.conv1.weight",
     "the file has (16, 16, 5, 5), the network (16, 16, 3, 3)"),
    ({"linear.bias": torch.ones(7)}, "E4513", "linear.bias", "(7,), the network (10,)"),
    ({"bn1.weight": torch.full((16,), float("nan"))}, "E4514", "bn1.weight", "16 of 16"),
    ({"bn1.bias": torch.ones(16, dtype=torch.int64)}, "E4515", "bn1.bias", "int64"),
]  # fmt: skip


@pytest.mark.parametrize("named", [False, True])
@pytest.mark.parametrize(("change", "code", "tensor", "words"), DAMAGES)
def test_a_damaged_file_is_refused_by_the_name_of_its_tensor(
    theirs: nn.Module,
    save: Save,
    tmp_path: Path,
    change: dict[str, Tensor | None],
    code: str,
    tensor: str,
    words: str,
    named: bool,
) -> None:
    mixed = {**theirs.state_dict(), **change}
    path = save({name: t for name, t in mixed.items() if t is not None})
    error = refuse(path, tmp_path, **_name(named))
    assert (error.code, error.what) == (code, tensor)
    assert words in error.why
    assert error.where["file"] == str(path)


def _name(named: bool) -> dict[str, str]:
    return {"model": "resnet20"} if named else {}


def test_another_network_and_strange_names_are_refused(
    theirs: nn.Module, save: Save, tmp_path: Path
) -> None:
    path = save(theirs.state_dict())
    error = refuse(path, tmp_path, model="resnet32")
    assert (error.code, error.do) == ("E4611", ("name resnet20",))
    assert error.why == "they are for resnet20, not for resnet32"
    error = refuse(path, tmp_path, model="vgg16")
    assert error.code == "E4611"
    strange = save({"a.weight": torch.ones(3), "b.bias": torch.ones(2)})
    error = refuse(strange, tmp_path)
    assert (error.code, "a.weight, b.bias" in error.why) == ("E4610", True)
    assert "akamaster" in error.why
    error = refuse(strange, tmp_path, model="resnet32")
    assert (error.code, error.do) == ("E4610", ("check that it is a file of this network",))


def test_our_own_names_are_recognised_where_one_network_has_them(
    save: Save, tmp_path: Path
) -> None:
    spec = resnets.catalog.look_up("preresnet24").spec.replace(num_classes=7, in_chans=1)
    path = save(dict(build(spec).state_dict()))
    with pytest.raises(ConfigError) as caught:
        import_weights(path, tmp_path / "out")
    assert caught.value.code == "E2604"  # nobody knows how it is fed
    done = import_weights(path, tmp_path / "out", mean=[0.5], std=[0.25])
    assert (done.layout, done.config.model) == ("resnets", "preresnet24")
    assert (done.config.network.num_classes, done.config.network.in_chans) == (7, 1)
    assert done.config.preprocessing.std == (0.25,)


def test_our_own_names_that_several_networks_have_need_one_of_theirs(
    save: Save, tmp_path: Path
) -> None:
    """Without shortcuts the tensors are the same as with zeros in them."""
    path = save(dict(resnets.create_model("resnet20").state_dict()))
    error = refuse(path, tmp_path, mean=MEAN, std=STD)
    assert (error.code, error.why) == (
        "E4612",
        "the names and shapes are those of plain20, resnet20",
    )
    done = import_weights(path, tmp_path / "out", model="plain20", mean=MEAN, std=STD)
    assert (done.layout, done.config.model) == ("resnets", "plain20")


def test_training_alone_makes_no_network_another(save: Save) -> None:
    path = save(dict(resnets.create_model("densenet40_k12_dropout").state_dict()))
    found = recognise(path)
    assert (found.layout, found.model) == ("resnets", "densenet40_k12")
    assert found.title == "densenet40_k12 in our own names"


def test_a_network_without_a_name_is_recognised_too(save: Save, tmp_path: Path) -> None:
    theirs = models.DenseNet(8, (2, 1, 1, 2), 12, bn_size=3, num_classes=5)
    done = import_weights(save(theirs.state_dict()), tmp_path / "out")
    assert (done.layout, done.config.model) == ("torchvision", "")
    net = resnets.load(done)
    x = torch.randn(2, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        torch.testing.assert_close(net(x), theirs.eval()(x), rtol=1e-4, atol=1e-5)


def test_auxiliary_classifiers_are_there_or_not(save: Save) -> None:
    """The file decides; whoever asks for one of the two means both."""
    theirs = models.googlenet(weights=None, aux_logits=False, init_weights=False, num_classes=5)
    path = save(theirs.state_dict())
    target = read_target("googlenet", path)
    assert getattr(target.config.network, "auxiliary", None) == ()
    assert target.config.preprocessing.mean == (0.5,) * 3
    assert any("transform_input" in note for note in target.notes)


def test_options_that_contradict_are_refused_before_anything_is_read(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        import_weights("missing.pth", tmp_path / "out", classes=["a"], data="digits")
    assert caught.value.code == "E2603"
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "a.txt").write_text("a")
    with pytest.raises(ConfigError) as caught:
        import_weights("missing.pth", tmp_path / "kept")
    assert caught.value.code == "E2606"
    assert refuse(tmp_path / "missing.pth", tmp_path).code == "E4501"


def test_a_wrong_number_of_class_names_is_refused(
    theirs: nn.Module, save: Save, tmp_path: Path
) -> None:
    path = save(theirs.state_dict())
    with pytest.raises((ConfigError, FileError)) as caught:
        import_weights(path, tmp_path / "out", classes=["cat", "dog"])
    assert "classes" in str(caught.value)
    assert not (tmp_path / "out").exists()
