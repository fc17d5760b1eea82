"""Model folders: saved whole, verified on loading."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
import torch

from resnets.errors import DivergedError, FileError, MachineError
from resnets.spec import DataSpec, ModelConfig, Preprocessing, Spec
from resnets.spec.families import VGG
from resnets.weights import folder, load_folder, save_folder, verify_folder
from resnets.weights.card import write_card

CONFIG = ModelConfig(
    model="resnet8",
    network=Spec(depths=(1, 1, 1), widths=(4, 8, 16), num_classes=3),
    classes=("cat", "dog", "<script>alert(1)</script>|`x`"),
    preprocessing=Preprocessing(channels=3),
    data=DataSpec(name="folder:pets"),
    fingerprint="abc123",
    recipe="quick",
    measured={"test_top1_error": 8.4, "test_n": 10000},
    license="cc-by-4.0",
    source="run 3f2a",
)
STATE = {"a": torch.arange(6.0).reshape(2, 3), "n": torch.tensor(4)}


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    save_folder(tmp_path / "model", STATE, CONFIG)
    return tmp_path / "model"


def refuse(path: Path, code: str, *words: str) -> None:
    with pytest.raises(FileError) as caught:
        load_folder(path)
    assert caught.value.code == code
    for word in words:
        assert word in str(caught.value)


def test_a_model_round_trips(saved: Path) -> None:
    config, state = load_folder(saved)
    assert config == CONFIG
    assert all(torch.equal(state[name], tensor) for name, tensor in STATE.items())
    assert sorted(p.name for p in saved.iterdir()) == [
        "MANIFEST.json",
        "README.md",
        "config.json",
        "model.safetensors",
    ]
    assert [p.name for p in saved.parent.iterdir()] == ["model"]
    verify_folder(saved)


def test_saving_again_replaces_and_gives_equal_bytes(saved: Path) -> None:
    before = {p.name: p.read_bytes() for p in saved.iterdir()}
    (saved / "stale").write_text("x")
    save_folder(saved, STATE, CONFIG)
    assert {p.name: p.read_bytes() for p in saved.iterdir()} == before
    assert [p.name for p in saved.parent.iterdir()] == ["model"]


def test_what_a_killed_save_left_is_cleared(saved: Path) -> None:
    (saved.parent / ".model.partial").mkdir()
    (saved.parent / ".model.partial" / "config.json").write_text("half")
    save_folder(saved, STATE, CONFIG)
    assert [p.name for p in saved.parent.iterdir()] == ["model"]


def test_card_tells_data_recipe_error_and_licence(saved: Path) -> None:
    card = (saved / "README.md").read_text(encoding="utf-8")
    assert card.startswith('---\nlicense: "cc-by-4.0"\n')
    assert "test error 8.40 % (n = 10,000)" in card
    for text in ("folder:pets", "abc123", "quick", "| Licence of the weights | cc-by-4.0 |"):
        assert text in card
    assert "<script>" not in card
    assert "&lt;script&gt;alert(1)&lt;/script&gt;&#124;&#96;x&#96;" in card


def test_card_of_bare_weights_says_what_is_not_known(tmp_path: Path) -> None:
    save_folder(tmp_path / "m", STATE, ModelConfig(network=CONFIG.network))
    card = (tmp_path / "m" / "README.md").read_text(encoding="utf-8")
    assert "# network" in card
    assert "Nothing was measured." in card
    assert "| Licence of the weights | not stated |" in card
    assert "Trained on" not in card


def test_card_of_another_family_names_it(tmp_path: Path) -> None:
    net = VGG(depths=(1, 1), widths=(4, 4), hidden=0, side=1, in_chans=1, num_classes=2)
    config = ModelConfig(
        network=net,
        preprocessing=Preprocessing(channels=1, image_size=8, resize=8, mean=(0.5,), std=(0.5,)),
    )
    card = write_card(config)
    assert "A network of the family vgg with 3 weighted layers." in card
    assert "| Input | 8×8 pixels, 1 channel; shorter side resized to 8, centre crop |" in card
    assert 'tags: ["vgg", "image-classification"]' in card


def test_every_flipped_bit_is_refused(saved: Path) -> None:
    draw = random.Random(0)
    for path in sorted(saved.iterdir()):
        good = path.read_bytes()
        for _ in range(60):
            bad = bytearray(good)
            position = draw.randrange(8 * len(bad))
            bad[position // 8] ^= 1 << position % 8
            path.write_bytes(bad)
            with pytest.raises(FileError):
                verify_folder(saved)
            # Loading leaves the card alone, so that people can edit it.
            if path.name in ("config.json", "model.safetensors"):
                with pytest.raises(FileError):
                    load_folder(saved)
        path.write_bytes(good)
    verify_folder(saved)


def test_a_flipped_weight_is_named(saved: Path) -> None:
    weights = saved / "model.safetensors"
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(content)
    refuse(saved, "E4510", "model.safetensors", "sha256 mismatch", f"… and {len(content):,}")


def test_newer_format_is_refused_by_number(saved: Path) -> None:
    for name in ("MANIFEST.json", "config.json"):
        content = json.loads((saved / name).read_text())
        (saved / name).write_text(json.dumps({**content, "format": 99}))
        refuse(saved, "E4509", name, "format version 99", "up to 1")


@pytest.mark.parametrize("number", [0, -1, "1", None, True, 1.0])
def test_a_format_that_is_no_version_is_refused(saved: Path, number: object) -> None:
    content = json.loads((saved / "MANIFEST.json").read_text())
    (saved / "MANIFEST.json").write_text(json.dumps({**content, "format": number}))
    refuse(saved, "E4516", "no version number")


@pytest.mark.parametrize("name", ["config.json", "model.safetensors", "MANIFEST.json"])
def test_a_missing_file_is_named(saved: Path, name: str) -> None:
    (saved / name).unlink()
    refuse(saved, "E4501", name)


def test_a_linked_weight_file_is_refused(saved: Path) -> None:
    weights = saved / "model.safetensors"
    weights.rename(saved.parent / "elsewhere")
    weights.symlink_to(saved.parent / "elsewhere")
    refuse(saved, "E4502", "model.safetensors")


def test_no_folder_and_a_file_are_refused(saved: Path) -> None:
    refuse(saved.parent / "none", "E4508", "no such folder")
    refuse(saved / "README.md", "E4508", "it is a file")


@pytest.mark.parametrize("listed", [{"../x": {}}, [], {"config.json": {}}, None])
def test_a_manifest_that_lists_anything_else_is_refused(saved: Path, listed: object) -> None:
    (saved / "MANIFEST.json").write_text(json.dumps({"format": 1, "files": listed}))
    refuse(saved, "E4510", "MANIFEST.json")


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b"\xff", b'{"a":1,"a":2}', b'{"a":NaN}'])
def test_a_config_that_is_no_strict_json_is_refused(saved: Path, content: bytes) -> None:
    (saved / "config.json").write_bytes(content)
    refuse(saved, "E4516", "config.json")


def test_wrong_number_of_classes_is_refused_even_with_good_checksums(saved: Path) -> None:
    content = json.loads((saved / "config.json").read_text())
    files = {name: (saved / name).read_bytes() for name in ("model.safetensors", "README.md")}
    files["config.json"] = json.dumps({**content, "classes": ["one"]}).encode()
    (saved / "config.json").write_bytes(files["config.json"])
    manifest = {"format": 1, "files": folder._describe(files)}
    (saved / "MANIFEST.json").write_text(json.dumps(manifest))
    refuse(saved, "E4516", "1 names", "classes")


def test_non_finite_weights_are_never_saved(tmp_path: Path) -> None:
    with pytest.raises(DivergedError):
        save_folder(tmp_path / "m", {"a": torch.tensor([float("nan")])}, CONFIG)
    assert not list(tmp_path.iterdir())


def test_a_save_that_does_not_read_back_is_an_error(
    saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = (saved / "model.safetensors").read_bytes()
    write = folder.write_file

    def lose(path: Path, content: bytes | str) -> None:
        write(path, content[:-1] if path.name == "model.safetensors" else content)

    monkeypatch.setattr(folder, "write_file", lose)
    with pytest.raises(MachineError) as caught:
        save_folder(saved, {"a": torch.zeros(1)}, CONFIG)
    assert caught.value.code == "E5503"
    assert (saved / "model.safetensors").read_bytes() == before


def test_a_place_that_cannot_be_written_is_an_error_of_the_machine(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(MachineError) as caught:
        save_folder(tmp_path / "file" / "model", STATE, CONFIG)
    assert caught.value.code == "E5501"
