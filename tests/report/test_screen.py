"""The page in a real browser: drawn, and never wider than a phone."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from resnets.report import write_run_report

Writer = Callable[..., Path]
BROWSER = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--hide-scrollbars",
)
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(BROWSER is None, reason="needs Chromium to draw the page"),
]

# The page forbids scripts, so that a page around it measures it in a frame of a phone's width.
FRAME = """<!doctype html><body><iframe id="frame" width="{width}" height="900"></iframe><script>
frame.onload = () => {{
  const page = frame.contentDocument;
  const wide = [...page.querySelectorAll("main :not(.scroll *)")]
    .filter(e => e.getBoundingClientRect().right > {width} + 0.5)
    .map(e => e.outerHTML.slice(0, 80));
  document.body.dataset.answer = JSON.stringify(
    {{content: page.documentElement.scrollWidth, frame: frame.clientWidth, wide}});
}};
frame.srcdoc = {page};
</script></body>"""

LONG = tuple(f"a class with a remarkably long name, number {i}" for i in range(10))


def browse(profile: Path, page: Path, *options: str) -> str:
    command = [str(BROWSER), *FLAGS, f"--user-data-dir={profile}", *options, page.as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    return done.stdout


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("size", [(1280, 1600), (390, 1600)])
def test_the_page_is_drawn(
    write_run: Writer, tmp_path: Path, size: tuple[int, int], dark: bool
) -> None:
    page, picture = write_run_report(write_run()), tmp_path / "page.png"
    scheme = f"--blink-settings=preferredColorScheme={0 if dark else 1}"
    window = "--window-size={},{}".format(*size)
    browse(tmp_path / "profile", page, window, scheme, f"--screenshot={picture}")
    pixels = np.asarray(Image.open(picture).convert("L")).astype(int)
    assert pixels.shape == (size[1], size[0])
    paper = int(np.median(pixels))
    assert paper < 60 if dark else paper > 200
    drawn = np.abs(pixels - paper) > 40
    assert 0.01 < drawn.mean() < 0.5
    quarters = drawn.reshape(4, size[1] // 4, size[0])
    assert (quarters.mean((1, 2)) > 0.002).all()


@pytest.mark.parametrize("width", [320, 360, 390])
@pytest.mark.parametrize("case", ["finished", "running", "long names"])
def test_the_page_never_scrolls_sideways(
    write_run: Writer, tmp_path: Path, width: int, case: str
) -> None:
    if case == "long names":
        command = "resnets train --output runs/" + "x" * 200
        folder = write_run(classes=LONG, command=command, model="net_" + "w" * 120)
    else:
        folder = write_run(finished=case == "finished")
    page = write_run_report(folder).read_text(encoding="utf-8")
    around = tmp_path / "around.html"
    around.write_text(FRAME.format(width=width, page=json.dumps(page).replace("<", "\\u003c")))
    dom = browse(
        tmp_path / "profile",
        around,
        "--virtual-time-budget=3000",
        "--window-size=1000,1000",
        "--dump-dom",
    )
    found = re.search(r'data-answer="([^"]*)"', dom)
    assert found, dom[-300:]
    answer = json.loads(found[1].replace("&quot;", '"'))
    assert answer == {"content": width, "frame": width, "wide": []}


def test_the_page_prints_on_few_sheets(write_run: Writer, tmp_path: Path) -> None:
    page, sheets = write_run_report(write_run()), tmp_path / "page.pdf"
    browse(tmp_path / "profile", page, "--no-pdf-header-footer", f"--print-to-pdf={sheets}")
    count = re.search(rb"/Type /Pages\s.*?/Count (\d+)", sheets.read_bytes(), re.DOTALL)
    assert count
    assert 2 <= int(count[1]) <= 4
