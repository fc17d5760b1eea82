"""The page of a run: complete, self-contained and safe."""

from __future__ import annotations

import importlib.metadata
import json
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest

from resnets.errors import MachineError
from resnets.report import write_run_report
from resnets.training import Status, write_status

Writer = Callable[..., Path]
VOID = {"meta", "img", "br"}


class Page(HTMLParser):
    """Collects what a test asks about, and checks that elements are closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.words += f" {data.strip()}"

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.seen if name == tag]


def report(folder: Path) -> tuple[Page, str]:
    path = write_run_report(folder)
    assert path == folder / "report.html"
    text = path.read_text(encoding="utf-8")
    return Page(text), text


def test_a_finished_run_tells_everything(write_run: Writer) -> None:
    page, text = report(write_run())
    assert "<title>resnet20 on digits: 6.39\u202f% test error</title>" in text
    for words in (
        "6.39\u202f%",
        "n\xa0=\xa0360",
        "interval 4.29–9.40\u202f%",
        "269,434",
        "12 epochs",
        "test, measured once at the end",
        "Most frequent mistakes",
        "stage 1, units 1–3",
        "SGD, Nesterov momentum 0.9",
        "0.1, half a cosine to 0 of it",
        "ours; after He et al. 2015, Section 4.2",
        "9d1c6a4f2b7e8035",
        "split by seed 0, stratified: 1,437 / 360",
        "1,797",
        importlib.metadata.version("torch"),
        "channels last yes, threads 1",
        "resnets train --model resnet20",
    ):
        assert words in page.words, words
    assert len(page.all("svg")) == 3
    assert len(page.all("img")) == 23


def test_the_page_asks_for_nothing_and_runs_nothing(write_run: Writer) -> None:
    page, text = report(write_run())
    assert "http:" not in text.replace("http-equiv", "")
    assert "https:" not in text
    assert not page.all("script")
    assert not page.all("link")
    assert all(image["src"].startswith("data:image/png;base64,") for image in page.all("img"))
    policy = next(m["content"] for m in page.all("meta") if "http-equiv" in m)
    assert policy == "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
    assert len(text) < 200_000


def test_the_page_can_be_read_aloud(write_run: Writer) -> None:
    page, _ = report(write_run())
    assert page.all("html")[0]["lang"] == "en"
    assert len(page.all("h1")) == 1
    assert all(image["alt"] for image in page.all("img"))
    assert all(header.get("scope") for header in page.all("th"))
    drawings = [d["aria-label"] for d in page.all("div") if d.get("role") == "img"]
    assert len(drawings) == 3
    assert drawings[0].startswith("Error, % by epoch: train from 42.1 % after epoch 1 to ")
    headings = {h["id"] for h in page.all("h2")}
    assert {s["aria-labelledby"] for s in page.all("section")} == headings
    ids = [a["id"] for _, a in page.seen if "id" in a]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("epochs", [0, 1, 7])
def test_a_run_that_has_not_ended_says_so(write_run: Writer, epochs: int) -> None:
    page, _ = report(write_run(epochs=epochs, finished=False))
    assert "running" in page.words
    assert not page.all("img")
    if epochs == 0:
        assert "No epoch has finished yet" in page.words
        assert not page.all("svg")
    else:
        assert "The run has not ended" in page.words
        assert f"validation error after epoch {epochs}" in page.words
        assert "the test split has not been used" in page.words
        assert len(page.all("svg")) == 3


def test_a_run_that_diverged_says_where(write_run: Writer) -> None:
    error = {"code": "E6001", "title": "the loss is not finite", "what": "step 77"}
    page, _ = report(write_run(epochs=2, finished=False, error=error))
    assert "It stopped: the loss is not finite, step 77 (E6001)." in page.words


def test_an_inexact_run_says_so(write_run: Writer) -> None:
    folder = write_run(epochs=2)
    write_status(folder, Status("finished", 28, exact=False))
    page, _ = report(folder)
    assert "not exactly that of an unbroken run" in page.words


def test_a_run_that_ended_within_an_epoch_says_so(write_run: Writer) -> None:
    folder = write_run(epochs=2)
    text = (folder / "metrics.jsonl").read_text()
    (folder / "metrics.jsonl").write_text(text.replace('"epoch": 2', '"epoch": 1.5'))
    page, _ = report(folder)
    assert "1.5 epochs" in page.words


def test_a_run_without_a_validation_split_shows_its_training_error(write_run: Writer) -> None:
    folder = write_run(epochs=3, finished=False)
    lines = (folder / "metrics.jsonl").read_text().splitlines()
    kept = [line for line in lines if '"train"' in line]
    (folder / "metrics.jsonl").write_text("\n".join(kept) + "\n")
    page, _ = report(folder)
    assert "train error after epoch 3" in page.words


def test_a_test_curve_is_named_as_such(write_run: Writer) -> None:
    folder = write_run(epochs=4, test_curve=True)
    text = (folder / "metrics.jsonl").read_text()
    (folder / "metrics.jsonl").write_text(text + text.replace("validation", "test"))
    page, _ = report(folder)
    assert "nothing was selected by it" in page.words
    assert "measured once" not in page.words


def test_a_network_without_mistakes_is_praised_in_words(write_run: Writer) -> None:
    folder = write_run()
    content = json.loads((folder / "evaluation.json").read_text())
    test = content["test"]
    test["confusion"] = [[36 * (i == j) for j in range(10)] for i in range(10)]
    test.update(top1_error=0.0, mistakes=[], per_class_accuracy=[100.0] * 10)
    (folder / "evaluation.json").write_text(json.dumps(content))
    (folder / "mistakes.safetensors").unlink()
    page, _ = report(folder)
    assert "Every test image was classified correctly." in page.words
    assert "95\xa0% interval 0.00–1.06\u202f%" in page.words


HOSTILE = (
    "</script><script>alert(1)</script>",
    "\x1b[31mred\x1b[0m",
    "=HYPERLINK(1)",
    '" onerror="alert(1)',
    "\u202edesrever",
    "{{ 7 * 7 }}",
    "&lt;b&gt;",
    "a" * 300,
    "$\\frac{1}{0}$",
    "猫",
)


def test_hostile_names_are_shown_and_do_nothing(write_run: Writer) -> None:
    folder = write_run(
        classes=HOSTILE,
        notes=("<img src=x onerror=alert(1)>",),
        command="resnets train --data 'folder:my photos; <b>\x1b[2J'",
        model="<i>net</i>",
    )
    page, text = report(folder)
    assert not page.all("script")
    assert not page.all("i")
    assert not any("onerror" in attributes for _, attributes in page.seen)
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "<script>alert(1)" in page.words
    assert "\\x1b[31mred" in page.words
    assert "{{ 7 * 7 }}" in page.words
    assert "'folder:my photos; <b>\\x1b[2J'" in page.words
    assert "猫" in page.words


def test_a_hundred_classes_show_the_hardest(write_run: Writer) -> None:
    page, _ = report(write_run(classes=tuple(f"class {i}" for i in range(100))))
    assert "The 24 classes with the most mistakes are shown; 76 more are not." in page.words
    matrix = [cell for cell in page.all("td") if "style" in cell or cell.get("class") == "sum"]
    assert len([cell for cell in matrix if cell.get("class") == "sum"]) == 24


def test_nothing_of_the_environment_is_in_the_page(
    write_run: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("API_TOKEN", "canary-5521")
    _, text = report(write_run())
    assert "canary-5521" not in text


def test_a_full_disk_leaves_no_half_page(
    write_run: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_run(epochs=1)
    before = sorted(p.name for p in folder.iterdir())

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(MachineError) as caught:
        write_run_report(folder)
    assert caught.value.code == "E5501"
    assert sorted(p.name for p in folder.iterdir()) == before
