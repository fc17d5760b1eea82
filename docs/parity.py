"""The page of sameness with other libraries: python docs/parity.py [--keep]; needs the extra dev.

With --keep, differences that the page has stay as they are, and only new networks are measured.

Our counts and the published ones for every name of the catalog, and for every network that
torchvision or timm has, the largest difference between theirs and ours with the same weights.
"""

from __future__ import annotations

import math
import platform
import sys
from collections.abc import Mapping, Sequence
from dataclasses import astuple
from itertools import groupby
from pathlib import Path

import timm
import torch
import torchvision

from resnets.analysis import count
from resnets.catalog import Entry, list_names, look_up
from resnets.report.numbers import NONE, size

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "parity.md"
sys.path.insert(0, str(ROOT / "tests" / "contracts"))

from peers import PEERS, SIZE, VALID, Peer  # noqa: E402
from sameness import BATCH, TOLERANCE, Difference, compare_with  # noqa: E402

COLUMNS = (
    "network", "where", "parameters", "published", "MACs", "published",
    "same as", "outputs", "gradients", "in float32",
)  # fmt: skip
LIMIT = 0.01
"""Deviation of a count from the published one above which the reason is printed."""

HEAD = f"""# Sameness with the papers and with other libraries

`python docs/parity.py` makes this page in some minutes; with `--keep` it measures new networks
only. Parameters and multiply-adds are ours; beside them stands what is published, in the paper of
the heading or in another source that is named. Where a count is more than {LIMIT:.0%} away the
reason stands below; `resnets show NAME` says more of each network.

Where torchvision or timm has the network, theirs was given weights among which no two tensors are
alike, and ours the same ones by the name maps of import and export. Both ran forward and backward
in training mode, then forward in evaluation mode. The last columns are the largest differences, as
a share of the largest value compared: in float64 those of the outputs, in both modes, and of the
running statistics; then those of the gradients of all parameters and of the input; and in float32
those of all of these. 0 says that all bits are the same. Tests allow {TOLERANCE[torch.float64]:g}
in float64 and {TOLERANCE[torch.float32]:g} in float32.

Measured on a CPU with one thread and {BATCH} pictures of {SIZE}×{SIZE} pixels; {VALID}×{VALID} for
the Inception networks, and 299×299 for Inception-v3 with its auxiliary classifier, which needs it.
"""

Measured = Mapping[torch.dtype, Difference]


def measure(peer: Peer) -> Measured:
    """Compare a network with the library's, in every precision."""
    theirs = peer.make()
    return {
        dtype: compare_with(peer.library, theirs, peer.spec, peer.size, dtype)
        for dtype in TOLERANCE
    }


def list_entries() -> list[Entry]:
    """List every network of the catalog and every shared one, paper by paper."""
    names = dict.fromkeys([*list_names(), *(peer.name for peer in PEERS)])
    return sorted(map(look_up, names), key=lambda entry: entry.paper)


def describe(entry: Entry) -> list[str]:
    """Return the cells of a network that need no measurement."""
    cost = count(entry.spec)
    return [
        f"`{entry.name}`",
        entry.table,
        f"{cost.parameters:,}",
        _quote(entry, "parameters"),
        f"{cost.macs:,}",
        _quote(entry, "macs"),
        ", ".join(_name(peer) for peer in _find_peers(entry)) or NONE,
    ]


def explain(entry: Entry) -> str:
    """Say why a count is not the published one; empty where it is."""
    cost = count(entry.spec)
    ours = {"parameters": cost.parameters, "macs": cost.macs}
    apart = any(
        abs(ours[figure] / entry.published.get(figure, ours[figure]) - 1) > LIMIT for figure in ours
    )
    return entry.explanation if apart else ""


def render(differences: Mapping[str, Sequence[str]]) -> str:
    """Return the page.

    Args:
        differences: the last cells of the networks that other libraries have, by name.
    """
    lines = [
        HEAD,
        f"{len(PEERS)} comparisons of {len(differences)} networks, {tell_versions()}.",
        "",
    ]
    for paper, entries in groupby(list_entries(), key=lambda entry: entry.paper):
        lines += [f"## {paper}", "", _row(COLUMNS), "|---|---|" + "--:|" * 4 + "---|" + "--:|" * 3]
        notes = []
        for entry in entries:
            lines.append(_row([*describe(entry), *differences.get(entry.name, [NONE] * 3)]))
            if note := explain(entry):
                notes.append(f"- `{entry.name}`: {note}")
        lines += ["", *notes, *[""] * bool(notes)]
    return "\n".join(lines).rstrip() + "\n"


def tell_versions() -> str:
    """Say what the differences are measured with."""
    versions = f"torch {torch.__version__}, torchvision {torchvision.__version__}"
    return f"{versions}, timm {timm.__version__}, {platform.machine()}"


def read_page(page: str) -> dict[str, list[str]]:
    """Return the rows of the page by name, each as its cells."""
    lines = (line for line in page.splitlines() if line.startswith("| `"))
    rows = (line.strip("| ").split(" | ") for line in lines)
    return {cells[0].strip("`"): cells for cells in rows}


def compare_all(page: str) -> dict[str, list[str]]:
    """Return the last cells of every shared network.

    Args:
        page: what it has, measured with the same versions, is kept.
    """
    kept = read_page(page) if tell_versions() in page else {}
    differences = {}
    for entry in list_entries():
        if peers := _find_peers(entry):
            known = kept.get(entry.name, [NONE])[-3:]
            differences[entry.name] = _tell([*map(measure, peers)]) if NONE in known else known
            print(entry.name, *differences[entry.name], flush=True)
    return differences


def _find_peers(entry: Entry) -> list[Peer]:
    return [peer for peer in PEERS if peer.name == entry.name]


def _name(peer: Peer) -> str:
    return peer.library if peer.theirs == peer.name else f"{peer.library} `{peer.theirs}`"


def _quote(entry: Entry, figure: str) -> str:
    """Return the published figures of one kind, with the source where it is another one."""
    quotes = []
    for key, value in entry.published.items():
        kind, _, source = key.partition("_in_")
        if kind == figure:
            quotes.append(size(value) + f" ({source})" * bool(source))
    return ", ".join(quotes) or NONE


def _tell(measured: Sequence[Measured]) -> list[str]:
    """Return the largest differences over all libraries that have the network."""
    double = [one[torch.float64] for one in measured]
    return [
        _write(max(max(d.outputs, d.statistics, d.evaluation) for d in double)),
        _write(max(d.gradients for d in double)),
        _write(max(max(astuple(one[torch.float32])) for one in measured)),
    ]


def _write(difference: float) -> str:
    """Write a difference with one figure, rounded up."""
    if difference == 0:
        return "0"
    power = 10.0 ** math.floor(math.log10(difference))
    return f"{math.ceil(difference / power - 1e-9) * power:.0e}"


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    torch.set_num_threads(1)
    page = PAGE.read_text(encoding="utf-8") if "--keep" in sys.argv[1:] else ""
    PAGE.write_text(render(compare_all(page)), encoding="utf-8")
    print(PAGE)
