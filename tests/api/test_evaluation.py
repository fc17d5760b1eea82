"""Measuring a saved network: fed as it was trained to be fed, on data that fits it."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

import resnets
from resnets.api.evaluation import evaluate
from resnets.data import open_dataset
from resnets.errors import ConfigError, DataError, FileError, MachineError
from resnets.evaluation import evaluate as measure
from resnets.networks import build
from resnets.spec import DataSpec, ModelConfig, Run, Spec
from resnets.training import Execution, create_folder
from resnets.weights import save_folder, write_safetensors

SPEC = Spec(depths=(1, 1), widths=(8, 16), in_chans=1)
DATA = DataSpec(holdout=100, split_seed=3)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Save an untrained network for digits, normalised in a way of its own."""
    dataset = open_dataset(DATA)
    config = ModelConfig(
        model="resnet6",
        network=SPEC,
        classes=dataset.classes,
        preprocessing=dataset.preprocessing.replace(mean=(0.25,), std=(0.5,)),
        data=DataSpec(name="digits"),
        fingerprint=dataset.fingerprint,
    )
    path = tmp_path_factory.mktemp("model") / "digits"
    save_folder(path, build(SPEC, seed=1).state_dict(), config)
    return path


@pytest.fixture(scope="module")
def run(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Put the network into the folder of a run that held samples out."""
    path = tmp_path_factory.mktemp("runs") / "demo"
    asked = Run(network=SPEC, data=DATA)
    with create_folder(path, asked, Execution(), {"fingerprint": "", "data_dir": None}):
        pass
    net = resnets.load(model)
    save_folder(path / "model", net.state_dict(), net.config)
    return path


def expect(split: str, data: DataSpec, mean: float = 0.25, std: float = 0.5) -> float:
    """Measure the network without any of the code under test; returns the loss."""
    dataset = open_dataset(data)
    part = dataset.split(split)
    images = part.images.read(torch.arange(len(part))).float() / 255
    batch = ((images - mean) / std, part.labels, torch.arange(len(part)))
    return measure(build(SPEC, seed=1), [batch], dataset.classes).loss


def test_a_run_is_measured_on_its_own_splits(run: Path) -> None:
    for split, count in (("test", 360), ("validation", 100), ("train", 1337)):
        result = evaluate(run, split=split)
        assert result.n == count
        assert result.loss == pytest.approx(expect(split, DATA), rel=1e-5)
        assert result.classes == tuple("0123456789")
        assert "split by seed 3, stratified: 1,437 / 360" in result.notes


def test_a_model_folder_names_its_data(model: Path) -> None:
    result = evaluate(model)
    assert result.n == 360
    assert result.loss == pytest.approx(expect("test", DataSpec()), rel=1e-5)
    assert result.notes == ("split by seed 0, stratified: 1,437 / 360",)


def test_a_network_in_memory_is_measured_and_keeps_its_mode(model: Path) -> None:
    net = resnets.load(model).train()
    assert evaluate(net, DATA).loss == pytest.approx(expect("test", DATA), rel=1e-5)
    assert net.training
    bare = build(SPEC, seed=1)
    constants = open_dataset(DATA).preprocessing
    expected = expect("test", DATA, constants.mean[0], constants.std[0])
    assert evaluate(bare, DATA).loss == pytest.approx(expected, rel=1e-5)
    with pytest.raises(ConfigError, match="does not say what it was trained on"):
        evaluate(bare)


@pytest.mark.parametrize("size", [1000, 77, 1])
def test_the_batch_size_changes_nothing(model: Path, size: int) -> None:
    result = evaluate(model, batch_size=size)
    assert result.n == 360
    assert result.loss == pytest.approx(expect("test", DataSpec()), rel=1e-5)


def test_mean_and_std_can_be_given(model: Path) -> None:
    result = evaluate(model, mean=(0.0,), std=(1.0,))
    assert result.loss == pytest.approx(expect("test", DataSpec(), 0.0, 1.0), rel=1e-5)
    with pytest.raises(ConfigError, match="std"):
        evaluate(model, std=(1.0, 1.0))


def test_bf16_is_measured_when_asked(model: Path) -> None:
    exact, rounded = evaluate(model), evaluate(model, precision="bf16")
    assert rounded.loss != exact.loss
    assert rounded.loss == pytest.approx(exact.loss, rel=0.05)


def test_a_model_is_tested_on_what_it_was_not_trained_on(tmp_path: Path) -> None:
    """Another split seed leaves other images to test on; the model folder remembers which."""
    data = DataSpec(split_seed=3)
    config = ModelConfig(network=SPEC, preprocessing=open_dataset(data).preprocessing, data=data)
    save_folder(tmp_path / "m", build(SPEC).state_dict(), config)
    assert "seed 3" in evaluate(tmp_path / "m").notes[0]


def test_ten_crop_averages_an_image_of_the_views_size_with_its_mirror(model: Path) -> None:
    assert evaluate(model, protocol="ten-crop").loss != evaluate(model).loss
    with pytest.raises(ConfigError, match="did you mean 'ten-crop'"):
        evaluate(model, protocol="ten_crop")


def test_ten_crop_cuts_its_views_out_of_the_stored_square(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = DataSpec(image_size=32)
    dataset = open_dataset(data)
    preprocessing = dataset.preprocessing.replace(image_size=28)
    config = ModelConfig(network=SPEC, preprocessing=preprocessing, data=DataSpec(name="digits"))
    save_folder(tmp_path / "m", build(SPEC).state_dict(), config)
    seen: list[tuple[int, ...]] = []
    forward = type(build(SPEC)).forward

    def watch(self: torch.nn.Module, x: torch.Tensor) -> torch.Tensor:
        seen.append(tuple(x.shape))
        return forward(self, x)

    monkeypatch.setattr(type(build(SPEC)), "forward", watch)
    assert evaluate(tmp_path / "m", protocol="ten-crop", batch_size=360).n == 360
    assert seen == [(360, 1, 28, 28)] * 10
    seen.clear()
    evaluate(tmp_path / "m", batch_size=360)
    assert seen == [(360, 1, 28, 28)]


def test_views_cannot_be_cut_where_a_mean_belongs_to_each_pixel(tmp_path: Path) -> None:
    preprocessing = open_dataset(DataSpec(image_size=32)).preprocessing
    pixels = preprocessing.replace(image_size=28, mean=(0.5,) * 28 * 28, std=(1.0,))
    config = ModelConfig(network=SPEC, preprocessing=pixels, data=DataSpec(name="digits"))
    save_folder(tmp_path / "m", build(SPEC).state_dict(), config)
    assert evaluate(tmp_path / "m").n == 360
    with pytest.raises(ConfigError, match="32") as caught:
        evaluate(tmp_path / "m", protocol="ten-crop")
    assert caught.value.code == "E2505"


def test_a_name_takes_weights_from_a_file_or_a_folder(tmp_path: Path) -> None:
    net = resnets.create_model("resnet20", in_chans=1)
    write_safetensors(tmp_path / "w.safetensors", net.state_dict())
    from_file = evaluate("resnet20", "digits", weights=tmp_path / "w.safetensors")
    dataset = open_dataset(DataSpec())
    config = ModelConfig(
        network=net.spec,
        classes=dataset.classes,
        preprocessing=dataset.preprocessing,
        data=DataSpec(name="digits"),
    )
    save_folder(tmp_path / "m", net.state_dict(), config)
    from_folder = evaluate("resnet20", weights=tmp_path / "m")
    assert from_file.loss == pytest.approx(from_folder.loss, rel=1e-6)
    assert from_file.n == 360


def refuse(code: str, *words: str, target: object, **options: object) -> None:
    with pytest.raises((ConfigError, FileError, DataError, MachineError)) as caught:
        evaluate(target, **options)  # type: ignore[arg-type]
    assert caught.value.code == code
    for word in words:
        assert word in str(caught.value)


def test_what_does_not_fit_is_refused(model: Path, run: Path, tmp_path: Path) -> None:
    refuse("E2102", "tset", "did you mean 'test'", target=model, split="tset")
    refuse("E2102", "batch_size = 0", target=model, batch_size=0)
    refuse("E2102", "fp16", target=model, precision="fp16")
    refuse("E2502", target=model, weights=tmp_path / "w.safetensors")
    refuse("E2503", "no samples out", target=model, split="validation")
    refuse("E2504", "--weights", target="resnet20")
    refuse("E2201", "resnet20", target="resnet_20")
    refuse("E4508", "no such folder", target="runs/none")
    refuse("E5901", "cuda:97", target=model, device="cuda:97")
    write_safetensors(tmp_path / "w.safetensors", build(SPEC).state_dict())
    refuse("E2506", "--data", target="resnet20", weights=tmp_path / "w.safetensors")
    hundred = resnets.create_model("resnet20", num_classes=100, in_chans=1)
    write_safetensors(tmp_path / "h.safetensors", hundred.state_dict())
    words = ("fc.weight", "(100, 64)", "(10, 64)")
    refuse("E4513", *words, target="resnet20", data="digits", weights=tmp_path / "h.safetensors")


def test_a_model_that_names_no_data_needs_some(tmp_path: Path) -> None:
    preprocessing = open_dataset(DataSpec()).preprocessing
    config = ModelConfig(network=SPEC, preprocessing=preprocessing)
    save_folder(tmp_path / "m", build(SPEC).state_dict(), config)
    refuse("E2506", "does not say", target=tmp_path / "m")
    assert evaluate(tmp_path / "m", "digits").n == 360


def test_other_classes_are_refused_and_both_named(tmp_path: Path) -> None:
    preprocessing = open_dataset(DataSpec()).preprocessing
    for names in (("ten", *"123456789"), tuple("01234")):
        spec = SPEC.replace(num_classes=len(names))
        config = ModelConfig(
            network=spec, classes=names, preprocessing=preprocessing, data=DataSpec(name="digits")
        )
        save_folder(tmp_path / "m", build(spec).state_dict(), config)
        difference = "'ten' there, '0' here" if len(names) == 10 else "5 classes"
        refuse("E4521", difference, "10 of the data", target=tmp_path / "m")


def test_other_pictures_are_refused(tmp_path: Path) -> None:
    preprocessing = open_dataset(DataSpec()).preprocessing
    colour = preprocessing.replace(channels=3, mean=(0.5,) * 3, std=(0.5,) * 3)
    config = ModelConfig(
        network=SPEC.replace(in_chans=3), preprocessing=colour, data=DataSpec(name="digits")
    )
    save_folder(tmp_path / "m", build(config.network).state_dict(), config)
    refuse("E4522", "channels: 3", "channels: 1", target=tmp_path / "m")


def test_changed_data_is_told_with_both_fingerprints(model: Path, tmp_path: Path) -> None:
    net = resnets.load(model)
    config = net.config.replace(fingerprint="f" * 64)
    save_folder(tmp_path / "m", net.state_dict(), config)
    notes = evaluate(tmp_path / "m").notes
    assert len(notes) == 2
    assert "then digits with fingerprint ffffffffffffffff, now" in notes[1]
    assert net.config.fingerprint[:16] in notes[1]
