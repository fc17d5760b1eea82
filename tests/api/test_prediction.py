"""Pictures in, class names out."""

from __future__ import annotations

import csv
import json
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import resnets
from resnets.api.prediction import find_pictures, predict
from resnets.data import prepare, read_image
from resnets.errors import ConfigError, DataError, FileError
from resnets.networks import build
from resnets.report import check_predictions_path, write_predictions
from resnets.spec import ModelConfig, Preprocessing, Spec
from resnets.weights import save_folder

SPEC = Spec(depths=(1, 1), widths=(8, 16), num_classes=7)
NAMES = ("cat", "=HYPERLINK(1)", "</script>", "\x1b[31mdog", "fish", " +1", "-")


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    config = ModelConfig(
        network=SPEC, classes=NAMES, preprocessing=Preprocessing(image_size=28, resize=32)
    )
    path = tmp_path_factory.mktemp("model") / "animals"
    save_folder(path, build(SPEC, seed=1).state_dict(), config)
    return path


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Write five pictures of many shapes into a folder with sub-folders."""
    noise = np.random.default_rng(0)
    folder = tmp_path / "photos"
    shapes = {
        "b.png": (40, 30, 3),
        "a.jpg": (32, 32, 3),
        "sub/deep/c.png": (1, 1, 3),
        "sub/grey.png": (64, 50),
        "sub/e.webp": (33, 90, 3),
    }
    for name, shape in shapes.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(noise.integers(0, 256, shape, dtype=np.uint8)).save(path)
    (folder / "notes.txt").write_text("no picture")
    (folder / ".hidden.png").write_text("no picture")
    return folder


NAMED = ["a.jpg", "b.png", "sub/deep/c.png", "sub/e.webp", "sub/grey.png"]


def test_a_folder_is_searched_and_answered_in_order(model: Path, photos: Path) -> None:
    answers = predict(model, photos)
    assert [answer.path for answer in answers] == [str(photos / name) for name in NAMED]
    net = resnets.load(model)
    for answer in answers:
        image, _ = read_image(answer.path, 3, 255)
        expected = net(prepare(image, net.config.preprocessing)[None]).softmax(1)[0].detach()
        best = int(expected.argmax())
        assert answer.label == NAMES[best]
        assert answer.probability == pytest.approx(float(expected[best]), abs=1e-5)
        assert len(answer.top5) == 5
        assert answer.top5[0] == (answer.label, answer.probability)
        values = [guess.probability for guess in answer.top5]
        assert values == sorted(values, reverse=True)
    assert answers.skipped == ()


@pytest.mark.parametrize("size", [1, 2, 64])
def test_the_batch_size_changes_nothing(model: Path, photos: Path, size: int) -> None:
    one, other = predict(model, photos), predict(model, [photos], batch_size=size)
    assert [a.label for a in other] == [a.label for a in one]
    for left, right in zip(one, other, strict=True):
        assert left.probability == pytest.approx(right.probability, abs=1e-6)


def test_files_folders_and_patterns_are_taken_in_their_order(photos: Path) -> None:
    found = find_pictures([photos / "b.png", str(photos / "sub" / "*.png"), photos / "sub"])
    names = [str(path.relative_to(photos)) for path in found]
    assert names == ["b.png", "sub/grey.png", "sub/deep/c.png", "sub/e.webp", "sub/grey.png"]
    assert find_pictures([f"{photos}/**/*.jpg"]) == [photos / "a.jpg"]


def test_a_name_with_brackets_is_a_file_before_it_is_a_pattern(photos: Path) -> None:
    (photos / "b.png").rename(photos / "b[1].png")
    assert find_pictures([photos / "b[1].png"]) == [photos / "b[1].png"]


@pytest.mark.parametrize(
    ("name", "code"), [("none.png", "E3303"), ("*.bmp", "E3305"), ("empty", "E3305")]
)
def test_what_names_no_picture_is_refused(model: Path, photos: Path, name: str, code: str) -> None:
    (photos / "empty").mkdir()
    with pytest.raises(DataError) as caught:
        predict(model, photos / name)
    assert (caught.value.code, caught.value.exit) == (code, 3)
    assert name in caught.value.what
    with pytest.raises(DataError):
        predict(model, [])


def test_a_bad_picture_is_named_or_skipped_and_listed(model: Path, photos: Path) -> None:
    (photos / "a.jpg").write_bytes(b"")
    (photos / "sub" / "f.png").write_bytes(b"not a picture")
    with pytest.raises(DataError, match=r"a\.jpg") as caught:
        predict(model, photos)
    assert caught.value.exit == 3
    assert "--bad-images skip" in str(caught.value)
    answers = predict(model, photos, bad_images="skip")
    assert len(answers) == 4
    assert [path for path, _ in answers.skipped] == [
        str(photos / "a.jpg"),
        str(photos / "sub" / "f.png"),
    ]
    assert "empty" in answers.skipped[0][1]


def test_pipes_are_never_opened(model: Path, photos: Path) -> None:
    os.mkfifo(photos / "z.png")
    assert len(predict(model, photos)) == 5
    with pytest.raises(DataError) as caught:
        predict(model, photos / "z.png")
    assert caught.value.code == "E3110"


def test_options_are_checked(model: Path, photos: Path) -> None:
    for options in ({"bad_images": "ignore"}, {"batch_size": 0}, {"precision": "fp16"}):
        with pytest.raises(ConfigError):
            predict(model, photos, **options)  # type: ignore[arg-type]
    with pytest.raises(FileError):
        predict(photos, photos)


def test_classes_without_names_are_numbers(tmp_path: Path, photos: Path) -> None:
    config = ModelConfig(network=SPEC, preprocessing=Preprocessing(image_size=28, resize=32))
    save_folder(tmp_path / "m", build(SPEC).state_dict(), config)
    assert {answer.label for answer in predict(tmp_path / "m", photos)} <= set("0123456")


def test_a_table_is_written_with_formulas_neutralised(
    model: Path, photos: Path, tmp_path: Path
) -> None:
    answers = predict(model, photos)
    write_predictions(tmp_path / "out.csv", answers)
    text = (tmp_path / "out.csv").read_bytes().decode("utf-8")
    rows = list(csv.reader(text.splitlines()))
    assert rows[0][:5] == ["path", "label", "probability", "label_2", "probability_2"]
    assert len(rows) == 6
    assert "\x1b" not in text
    shown = {
        "=HYPERLINK(1)": "'=HYPERLINK(1)",
        "\x1b[31mdog": "\\x1b[31mdog",
        " +1": "' +1",
        "-": "'-",
    }
    for answer, row in zip(answers, rows[1:], strict=True):
        assert row[0] == answer.path
        labels = [shown.get(guess.label, guess.label) for guess in answer.top5]
        assert row[1::2] == labels
        assert float(row[2]) == pytest.approx(answer.probability, abs=1e-6)
    assert any(cell.startswith("'=") for row in rows for cell in row)


def test_json_lines_hold_the_names_exactly(model: Path, photos: Path, tmp_path: Path) -> None:
    answers = predict(model, photos)
    write_predictions(tmp_path / "out.jsonl", answers)
    lines = (tmp_path / "out.jsonl").read_text(encoding="ascii").splitlines()
    assert [json.loads(line) for line in lines] == [answer.to_dict() for answer in answers]
    assert json.loads(lines[0])["top5"][0]["label"] == answers[0].label


def test_a_file_name_that_is_not_utf8_survives(model: Path, photos: Path, tmp_path: Path) -> None:
    odd = os.fsdecode(b"caf\xe9.png")
    (photos / "b.png").rename(photos / odd)
    answers = predict(model, photos / odd)
    write_predictions(tmp_path / "out.jsonl", answers)
    write_predictions(tmp_path / "out.csv", answers)
    assert Path(json.loads((tmp_path / "out.jsonl").read_text())["path"]).exists()
    assert "caf\\udce9.png" in (tmp_path / "out.csv").read_text(encoding="utf-8")


def test_an_output_is_never_overwritten(model: Path, photos: Path, tmp_path: Path) -> None:
    answers = predict(model, photos / "a.jpg")
    (tmp_path / "out.csv").write_text("mine")
    (tmp_path / "dangling.csv").symlink_to(tmp_path / "nowhere")
    cases = {"out.csv": "E2511", "dangling.csv": "E2511", "out.xls": "E2510", "no/out.csv": "E2512"}
    for name, code in cases.items():
        with pytest.raises(ConfigError) as caught:
            write_predictions(tmp_path / name, answers)
        assert (caught.value.code, caught.value.exit) == (code, 2)
        with pytest.raises(ConfigError):
            check_predictions_path(tmp_path / name)
    assert (tmp_path / "out.csv").read_text() == "mine"
    assert not (tmp_path / "nowhere").exists()
