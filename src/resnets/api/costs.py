"""What networks cost, side by side, and the widths at which other cardinalities cost the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from resnets.analysis.choices import Choices, count_choices
from resnets.analysis.cost import count
from resnets.analysis.rows import Cost
from resnets.analysis.template import Match, match_cost
from resnets.errors import ConfigError
from resnets.spec import Network, Spec, encode, to_json
from resnets.spec.frozen import reject

from .analysis import check_output, name_subject
from .limits import check_count, check_list
from .paths import read_spec

if TYPE_CHECKING:
    from torch import nn

SIZES = range(8, 601)


@dataclass(frozen=True)
class Priced:
    """A network with its price.

    Args:
        name: of the run, folder or catalog entry.
        spec: the architecture.
        cost: what it costs for one image.
        choices: the numbers that its designer had to choose.
    """

    name: str
    spec: Network
    cost: Cost
    choices: Choices

    def to_dict(self) -> dict[str, Any]:
        """Return the network as JSON data."""
        return {
            "name": self.name,
            "network": encode(self.spec),
            "depth": self.spec.depth,
            **self.cost.to_dict(),
            "choices": self.choices.to_dict(),
        }


@dataclass(frozen=True)
class Costs:
    """Networks with their costs, and the matches of the first one.

    Args:
        networks: in the order in which they were asked for.
        matches: for each cardinality the width at which a unit of the first network costs as much.
        matched: the whole networks of the matches.
    """

    networks: tuple[Priced, ...]
    matches: tuple[Match, ...] = ()
    matched: tuple[Priced, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return all of it as JSON data."""
        pairs = zip(self.matches, self.matched, strict=True)
        return {
            "analysis": "cost",
            "networks": [network.to_dict() for network in self.networks],
            "matches": [{**match.to_dict(), **whole.to_dict()} for match, whole in pairs],
        }


def cost(
    *targets: str | Path | nn.Module | Network,
    image_size: int | None = None,
    cardinalities: Sequence[int] = (),
    measure: str = "parameters",
    stage: int = 1,
    output: str | Path | None = None,
) -> Costs:
    """Count what networks cost: parameters, multiply-adds, memory, receptive field, and so on.

    The multiplicity is among it, the subsets of functions that can be left on, and the numbers that
    a designer had to choose.

    Args:
        targets: names, runs, model folders, networks or their specs; no weights are read.
        image_size: side of a square input in pixels; None takes what each was designed for.
        cardinalities: C for which the width of equal cost is wanted, for the first network.
        measure: what is to be equal: ``parameters`` or ``macs`` of a unit.
        stage: whose last unit is the template, from 1.
        output: a new folder for table and pictures; None writes nothing.

    Raises:
        ConfigError: a name or an option is not allowed, or the output exists.
        FileError: a folder is refused.

    Example:
        >>> [m.width for m in cost("resnet50", cardinalities=(1, 2, 4, 8, 32)).matches]
        [64, 40, 24, 14, 4]

    Source: Xie et al. 2017, Table 2 and Eq. 4.
    """
    if not targets:
        raise reject("targets", targets, "one network or more")
    if image_size is not None and image_size not in SIZES:
        raise reject("image_size", image_size, f"{SIZES[0]} to {SIZES[-1]} pixels")
    check_list("cardinalities", cardinalities)
    for cardinality in cardinalities:
        check_count("cardinality", cardinality)
    if output is not None:
        check_output(output)
    networks = tuple(_price(name_subject(t), read_spec(t), image_size) for t in targets)
    matches: tuple[Match, ...] = ()
    if cardinalities:
        spec = networks[0].spec
        if not isinstance(spec, Spec):
            raise ConfigError(
                "E2721",
                "cardinality is a number of the grammar's networks",
                what=f"{networks[0].name}, of the family {spec.family}",
                why="networks of other families have no paths of one shape to count",
                do="give a bottleneck network first, for example resnet50",
            )
        if stage not in range(1, len(spec.depths) + 1):
            raise reject("stage", stage, f"1 to {len(spec.depths)}")
        matches = match_cost(
            spec, cardinalities, stage=stage - 1, measure=measure, image_size=image_size
        )
    matched = tuple(
        _price(f"{match.cardinality}×{match.width}d", match.spec, image_size) for match in matches
    )
    result = Costs(networks, matches, matched)
    if output is not None:
        write_costs(output, result)
    return result


def write_costs(path: str | Path, costs: Costs) -> None:
    """Write ``cost.json``, tables and a picture to a new folder."""
    from resnets.report.costs import draw_costs, tabulate_costs
    from resnets.report.folder import write_folder

    table = costs.to_dict()
    pictures = draw_costs(table)
    write_folder(path, {"cost.json": to_json(table), **tabulate_costs(table), **pictures})


def _price(name: str, spec: Network, image_size: int | None) -> Priced:
    return Priced(name, spec, count(spec, image_size), count_choices(spec))
