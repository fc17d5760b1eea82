"""Several networks as one: probabilities are averaged, and data must be the same."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

import resnets
from resnets.api.ensembles import evaluate_ensemble
from resnets.api.evaluation import evaluate
from resnets.data import open_dataset
from resnets.data.geometry import to_shorter_side
from resnets.errors import ConfigError, DataError
from resnets.evaluation import Ensemble, predict
from resnets.networks import build
from resnets.spec import DataSpec, ModelConfig, Preprocessing, Spec
from resnets.weights import save_folder

SPEC = Spec(depths=(1,), widths=(4,), stem_width=4, in_chans=1)
DATA = DataSpec(name="digits")


def save(path: Path, seed: int, mean: float, data: DataSpec = DATA, **changes: object) -> Path:
    dataset = open_dataset(data)
    config = ModelConfig(
        network=SPEC.replace(**changes),
        classes=dataset.classes,
        preprocessing=dataset.preprocessing.replace(mean=(mean,), std=(0.5,)),
        data=data,
        fingerprint=dataset.fingerprint,
    )
    save_folder(path, build(config.network, seed=seed).state_dict(), config)
    return path


@pytest.fixture(scope="module")
def members(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Three untrained networks of two depths, each fed in a way of its own."""
    root = tmp_path_factory.mktemp("members")
    return [
        save(root / "a", 1, 0.25),
        save(root / "b", 2, 0.5, depths=(2,)),
        save(root / "c", 3, 0.75),
    ]


def probabilities(path: Path, protocol: str = "single") -> torch.Tensor:
    """What one member says of the test split, without the code under test."""
    net = resnets.load(path)
    images = open_dataset(DATA).test.images.read(torch.arange(360)).float() / 255
    return predict(net, (images - net.config.preprocessing.mean[0]) / 0.5, protocol, 8)


@pytest.mark.parametrize("protocol", ["single", "ten-crop"])
def test_probabilities_are_averaged(members: list[Path], protocol: str) -> None:
    found = evaluate_ensemble(members, protocol=protocol)
    mean = torch.stack([probabilities(path, protocol) for path in members]).mean(0)
    labels = open_dataset(DATA).test.labels
    assert found.together.n == 360
    loss = -mean[range(360), labels].log().mean().item()
    assert found.together.loss == pytest.approx(loss, rel=1e-5)
    assert found.together.top1_error == pytest.approx(
        100 * (mean.argmax(1) != labels).double().mean().item()
    )
    for path, member in zip(members, found.members, strict=True):
        alone = evaluate(path, protocol=protocol)
        assert (member.top1_error, member.n) == (alone.top1_error, 360)
        assert member.loss == pytest.approx(alone.loss, rel=1e-6)
        assert member.notes == alone.notes


def test_the_order_of_the_members_changes_nothing(members: list[Path]) -> None:
    one, other = evaluate_ensemble(members), evaluate_ensemble(members[::-1], batch_size=77)
    assert other.together.confusion == one.together.confusion
    assert other.together.loss == pytest.approx(one.together.loss, rel=1e-6)


def test_a_member_taken_twice_is_the_member(members: list[Path]) -> None:
    found = evaluate_ensemble([members[0], resnets.load(members[0])])
    assert found.together.loss == pytest.approx(evaluate(members[0]).loss, rel=1e-6)
    assert found.names == (str(members[0]), "network 2")
    content = found.to_dict()
    assert content["top1_error"] == content["members"][1]["top1_error"]


def test_one_member_is_no_ensemble(members: list[Path]) -> None:
    with pytest.raises(ConfigError) as caught:
        evaluate_ensemble(members[:1])
    assert caught.value.code == "E2852"


def test_members_for_other_classes_are_refused(members: list[Path], tmp_path: Path) -> None:
    write_pictures(tmp_path / "data", 0)
    data = DataSpec(name=f"folder:{tmp_path / 'data'}", image_size=28)
    other = save_photographs(tmp_path / "m", data, in_chans=3, num_classes=2)
    with pytest.raises(ConfigError, match="10 and 2 classes: '0' and 'cat'") as caught:
        evaluate_ensemble([members[0], other])
    assert caught.value.code == "E2853"
    assert str(members[0]) in str(caught.value)


def test_members_that_would_be_measured_on_other_samples_are_refused(
    members: list[Path], tmp_path: Path
) -> None:
    other = save(tmp_path / "m", 1, 0.5, DataSpec(name="digits", split_seed=3))
    with pytest.raises(ConfigError, match="labels differ") as caught:
        evaluate_ensemble([members[0], other])
    assert caught.value.code == "E2851"
    assert evaluate_ensemble([members[0], other], "digits").together.n == 360


def write_pictures(root: Path, seed: int) -> None:
    draw = np.random.default_rng(seed)
    for split in ("train", "test"):
        for label in ("cat", "dog"):
            folder = root / split / label
            folder.mkdir(parents=True)
            for i, size in enumerate(((40, 60, 3), (70, 50, 3), (40, 60, 3))):
                pixels = draw.integers(0, 256, size, dtype=np.uint8)
                Image.fromarray(pixels).save(folder / f"{i}.png")


def test_members_for_other_pictures_or_fewer_are_refused(tmp_path: Path) -> None:
    paths = []
    for number in (0, 1):
        write_pictures(tmp_path / f"data{number}", number)
        data = DataSpec(name=f"folder:{tmp_path / f'data{number}'}", image_size=28)
        changes = {"in_chans": 3, "num_classes": 2}
        paths.append(save_photographs(tmp_path / f"m{number}", data, **changes))
    with pytest.raises(ConfigError, match="fingerprints") as caught:
        evaluate_ensemble(paths)
    assert caught.value.code == "E2853"
    held = save(tmp_path / "h", 1, 0.5, DataSpec(name="digits", holdout=100))
    more = save(tmp_path / "k", 1, 0.5, DataSpec(name="digits", holdout=200))
    with pytest.raises(ConfigError, match="100 and 200 samples"):
        evaluate_ensemble([held, more], split="validation")


def test_nothing_can_be_said_of_no_member() -> None:
    with pytest.raises(DataError) as caught:
        Ensemble(("a", "b"), 3).result()
    assert caught.value.code == "E3301"


def save_photographs(path: Path, data: DataSpec, **changes: object) -> Path:
    dataset = open_dataset(data)
    assert dataset.preprocessing.resize == 32
    config = ModelConfig(
        network=SPEC.replace(**changes),
        classes=dataset.classes,
        preprocessing=Preprocessing(
            channels=3, image_size=28, resize=32, mean=(0.5,) * 3, std=(0.25,) * 3
        ),
        data=data,
    )
    save_folder(path, build(config.network, seed=5).state_dict(), config)
    return path


@pytest.mark.parametrize(("protocol", "side"), [("144-crop", 44), ("multi-scale", 80)])
def test_photographs_are_looked_at_in_their_own_shape(
    tmp_path: Path, protocol: str, side: int
) -> None:
    """352 and 640 of 224 pixels are 44 and 80 of 28; read without the code under test."""
    write_pictures(tmp_path / "data", 0)
    data = DataSpec(name=f"folder:{tmp_path / 'data'}", image_size=28)
    path = save_photographs(tmp_path / "m", data, in_chans=3, num_classes=2)
    net = resnets.load(path)
    loss = []
    for label, name in enumerate(("cat", "dog")):
        for i in range(3):
            pixels = np.asarray(Image.open(tmp_path / "data" / "test" / name / f"{i}.png"))
            whole = torch.from_numpy(to_shorter_side(pixels, side)).permute(2, 0, 1)
            assert min(whole.shape[1:]) == side
            assert max(whole.shape[1:]) == round(side * max(pixels.shape) / min(pixels.shape[:2]))
            x = (whole[None].float() / 255 - 0.5) / 0.25
            loss.append(-predict(net, x, protocol, 28)[0, label].log().item())
    for size in (1, 4, 256):
        found = evaluate(path, protocol=protocol, batch_size=size)
        assert found.n == 6
        assert found.loss == pytest.approx(sum(loss) / 6, rel=1e-5)
    assert evaluate_ensemble([path, path], protocol=protocol).together.loss == pytest.approx(
        found.loss, rel=1e-5
    )


def test_a_mean_by_pixel_is_subtracted_before_the_squares_are_resized(tmp_path: Path) -> None:
    draw = np.random.default_rng(0)
    for split in ("train", "test"):
        for label in ("cat", "dog"):
            folder = tmp_path / "data" / split / label
            folder.mkdir(parents=True)
            pixels = draw.integers(0, 256, (28, 28, 3), dtype=np.uint8)
            Image.fromarray(pixels).save(folder / "0.png")
    data = DataSpec(name=f"folder:{tmp_path / 'data'}")
    dataset = open_dataset(data, normalize="pixel-mean")
    spec = SPEC.replace(in_chans=3, num_classes=2)
    config = ModelConfig(
        network=spec, classes=("cat", "dog"), preprocessing=dataset.preprocessing, data=data
    )
    save_folder(tmp_path / "m", build(spec, seed=5).state_dict(), config)
    mean = torch.tensor(dataset.preprocessing.mean).view(3, 28, 28)
    x = dataset.test.images.read(torch.arange(2)).float() / 255 - mean
    answer = predict(build(spec, seed=5), x, "multi-scale", 28)
    found = evaluate(tmp_path / "m", protocol="multi-scale")
    assert found.loss == pytest.approx(-answer[range(2), range(2)].log().mean().item(), rel=1e-4)
