"""Collect finished runs into a table of results, and the tables into the README.

    python results/collect.py results/NAME.csv runs/a runs/b …     # one row a run
    python results/collect.py --studies studies                    # the reports of finished studies
    python results/collect.py                                      # only renew the README's tables

Figures come from the run folders alone; nothing here is typed by hand.
"""

from __future__ import annotations

import csv
import json
import re
import shutil
import statistics
import sys
from pathlib import Path

from resnets.catalog import look_up, look_up_recipe

ROOT = Path(__file__).resolve().parent.parent
STUDIES = ROOT / "results" / "studies"
PLACES = re.compile(r"(--data-dir|--output) \S+")  # where files lie on one machine
LENGTH = re.compile(r"[\w,]+ (?:epochs?|iterations) instead of [\w,]+ (?:epochs?|iterations)")
CLAIM = re.compile(r"^\| (.+?) \| (holds|fails|undecided) \| (.+?) \|", re.MULTILINE)
CURVES = re.compile(r"!\[Error by epoch.*?\n\n(Values above .*?\n\n)?")
BEGIN, END = "<!-- results: begin -->", "<!-- results: end -->"


def read_run(path: Path) -> dict[str, object]:
    """Return one row: what ran, where, and what it measured."""
    config, run, evaluation = (
        json.loads((path / name).read_text(encoding="utf-8"))
        for name in ("config.json", "run.json", "evaluation.json")
    )
    lines = (path / "metrics.jsonl").read_text(encoding="utf-8").splitlines()
    epochs = [r for r in map(json.loads, lines) if r["split"] == "train"]
    return {
        "model": config["model"],
        "data": config["data"]["name"],
        "recipe": config["recipe"]["name"],
        "length": config["recipe"]["length"],
        "seed": config["seed"],
        "test_top1_error": round(evaluation["test"]["top1_error"], 4),
        "n": evaluation["test"]["n"],
        "train_seconds": round(sum(r["seconds"] for r in epochs), 1),
        "images_per_second": round(statistics.median(r["images_per_second"] for r in epochs)),
        "precision": config["precision"],
        "threads": run["execution"]["threads"],
        "device": run["cpu"] if run["device"] == "cpu" else run["device_name"],
        "torch": run["versions"]["torch"],
        "date": run["created"][:10],
        "command": PLACES.sub(r"\1 …", run["command"]),
    }


def summarize(rows: list[dict[str, str]]) -> str:
    """Return one line of the README's table for the runs of one file."""
    first = rows[0]
    errors = [float(row["test_top1_error"]) for row in rows]
    seconds = statistics.median(float(row["train_seconds"]) for row in rows)
    spread = (
        f" ({statistics.mean(errors):.2f} ± {statistics.stdev(errors):.2f})" if rows[1:] else ""
    )
    what = f"{first['model']} on {first['data']}, {first['recipe']}, {first['length']}"
    threads = f"{first['threads']} thread{'s' * (first['threads'] != '1')}"
    return (
        f"| {what} | {find_published(first)} | {statistics.median(errors):.2f} %{spread} "
        f"| {len(rows)} | {seconds:.0f} s "
        f"| {first['device']}, {threads}, {first['precision']}, torch {first['torch']} |"
    )


def find_published(row: dict[str, str]) -> str:
    """Return the paper's figure of a run that has the length of a paper's recipe."""
    entry = look_up(row["model"])
    recipe = look_up_recipe(row["recipe"], entry.spec)
    figure = entry.published.get(f"{row['data']}_test_error")
    ours = row["recipe"] in ("quick", "fine-tune") or recipe.length != row["length"]
    return "–" if ours or figure is None else f"{figure:g} %"


def make_table() -> str:
    """Return the README's tables, made of every file here."""
    lines = [
        "| run | published | test error, median (mean ± std) | seeds | training | measured on |",
        "|---|---|---|---|---|---|",
    ]
    for path in sorted(Path(__file__).parent.glob("*.csv")):
        lines.append(summarize(read_table(path)))
    for path in sorted(STUDIES.glob("*.csv")):
        if not path.stem.endswith("-smoke"):
            lines += ["", *describe_study(path)]
    return "\n".join(lines)


def describe_study(path: Path) -> list[str]:
    """Return the tables of a study: its first measure of the rows that were run, and its claims."""
    rows = read_table(path)
    first, length = rows[0]["measure"], LENGTH.search(rows[0]["deviations"])
    title = f"[{path.stem}](results/studies/{path.stem}.md)"
    done = [row for row in rows if row["measure"] == first and row["median"]]
    claims = CLAIM.findall(path.with_suffix(".md").read_text(encoding="utf-8"))
    open_claims = sum(verdict == "undecided" for _, verdict, _ in claims)
    return [
        f"{title}, {length[0] if length else 'as long as published'}:",
        "",
        f"| row | network | {first.replace('_', ' ')}, published | measured | runs |",
        "|---|---|---|---|---|",
        *(
            f"| {row['row']} | {_name_network(row)} | {_write_published(row)} "
            f"| {_round(row['median'])} | {row['n']} |"
            for row in done
        ),
        "",
        "| claim of the paper | verdict | left minus right [95 %] |",
        "|---|---|---|",
        *(f"| {' | '.join(claim)} |" for claim in claims if claim[1] != "undecided"),
        *([f"| {open_claims} others | undecided | – |"] if open_claims else []),
    ]


def list_studies() -> str:
    """Return the list of all studies here, for the page of this folder."""
    lines = ["| study | scale | rows with figures | report |", "|---|---|---|---|"]
    for path in sorted(STUDIES.glob("*.csv")):
        rows = read_table(path)
        done = len({row["row"] for row in rows if row["median"]})
        total = len({row["row"] for row in rows})
        place = f"[{path.stem}](studies/{path.stem}.md)"
        lines.append(f"| {rows[0]['study']} | {rows[0]['scale']} | {done} of {total} | {place} |")
    return "\n".join(lines)


def read_table(path: Path) -> list[dict[str, str]]:
    """Return the rows of one file."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def take_studies(folder: Path) -> None:
    """Copy the reports of studies, without places on one machine.

    Curves of the scale ``smoke`` say nothing and are left out.
    """
    STUDIES.mkdir(exist_ok=True)
    for path in sorted(folder.glob("*.csv")):
        text = PLACES.sub(r"\1 …", path.with_suffix(".md").read_text(encoding="utf-8"))
        copies = [path, path.with_suffix(".png")]
        if path.stem.endswith("-smoke"):
            text, copies = CURVES.sub("", text), [path]
        for copy in filter(Path.exists, copies):
            shutil.copyfile(copy, STUDIES / copy.name)
        (STUDIES / f"{path.stem}.md").write_text(text, encoding="utf-8")


def _name_network(row: dict[str, str]) -> str:
    return row["model"] + (f" for {row['stands_for']}" if row["stands_for"] else "")


def _write_published(row: dict[str, str]) -> str:
    return "over " * (row["published_is_lower_bound"] == "1") + _round(row["published"])


def _round(text: str) -> str:
    return f"{float(text):.4g}" if text else "–"


def renew(page: Path, table: str) -> None:
    """Put a table between a page's marks."""
    before, rest = page.read_text(encoding="utf-8").split(BEGIN)
    after = rest.split(END)[1]
    page.write_text(f"{before}{BEGIN}\n{table}\n{END}{after}", encoding="utf-8")


def main(arguments: list[str]) -> None:
    if arguments[:1] == ["--studies"]:
        take_studies(Path(arguments[1]))
    elif arguments:
        rows = [read_run(Path(path)) for path in arguments[1:]]
        with Path(arguments[0]).open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, fieldnames=list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    renew(ROOT / "README.md", make_table())
    renew(ROOT / "results" / "README.md", list_studies())


if __name__ == "__main__":
    main(sys.argv[1:])
