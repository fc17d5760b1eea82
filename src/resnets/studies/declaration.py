"""What a study is: a base, rows that change it, what is measured, and what the paper claims."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator, model_validator

from resnets.catalog import papers
from resnets.catalog.papers import Paper
from resnets.spec.frozen import Flag, Frozen, Positive, Real, reject
from resnets.spec.recipe import Length
from resnets.spec.request import Request

from .experiments import EXPERIMENTS
from .measures import find_measure
from .predicate import parse_predicate
from .search import Search

ScaleName = Literal["smoke", "short", "paper"]
SCALES: tuple[ScaleName, ...] = ("smoke", "short", "paper")


def check_scale(text: str) -> ScaleName:
    """Return the name of a scale.

    Raises:
        ConfigError: there is no such scale.
    """
    for name in SCALES:
        if text == name:
            return name
    raise reject("scale", text, list(SCALES))


Fields = dict[str, Any]
"""Fields of a ``Request``, as ``resnets train`` has options."""


class Published(Frozen):
    """A figure that a paper prints.

    Args:
        value: the figure; per cent for errors.
        source: paper and table.
        mean, std: of the paper's runs, where it prints them.
        above: whether the paper says only that it is more.
    """

    value: Real
    source: str
    mean: Real | None = None
    std: Real | None = None
    above: Flag = False


class Row(Frozen):
    """One line of the study's table.

    Args:
        name: one word, by which claims and ``--rows`` speak of it; empty takes the model's name.
        label: how the table calls it; empty takes the name.
        model: a name of the catalog; words in braces are filled in by the scale. Empty in a study
            of an experiment.
        request: fields that differ from the base's; its ``set`` is added to the base's.
        published: by measure: a figure of the row's network in the catalog by its key, one of
            another network as ``name:key``, or the figure itself.
        panel: the picture in which its curves stand.
        note: what must be known of it.
    """

    name: Annotated[str, Field(pattern=r"^[\w.+-]*$")] = ""
    label: str = ""
    model: str = ""
    request: Fields = Field(default_factory=dict)
    published: dict[str, str | Published] = Field(default_factory=dict)
    panel: str = ""
    note: str = ""

    @model_validator(mode="before")
    @classmethod
    def _named(cls, content: Any) -> Any:
        if not isinstance(content, dict):
            return content
        name = content.get("name") or content.get("model", "")
        return {**content, "name": name, "label": content.get("label") or name}


class Scale(Frozen):
    """How much of a study is done.

    Args:
        seeds: runs of each row.
        rows: the rows that are run; empty for all.
        values: what is filled in for the words in braces.
        length: the recipe, shortened: milestones and warm-up keep their shares of the run.
        request: fields that differ; they win over those of base and rows.
        fail_above: test error, per cent, above which a row counts as failed.
        says: what is reduced and cannot be seen from the settings.
    """

    seeds: Positive = 1
    rows: tuple[str, ...] = ()
    values: dict[str, str | int] = Field(default_factory=dict)
    length: Length | None = None
    request: Fields = Field(default_factory=dict)
    fail_above: Real | None = None
    says: tuple[str, ...] = ()


class Study(Frozen):
    """An experiment of a paper as data.

    Args:
        name: by which it is run.
        title: what it is called.
        paper: the paper, and ``place``, where in it.
        question: what it asks.
        protocol: how the paper measured.
        runs: runs of each row in the paper.
        experiment: empty where rows are trained; else the name of the experiment that they are, of
            which ``base`` and ``request`` are then the settings.
        base: fields of a request that all rows share.
        rows: the rows.
        search: settings that every run draws for itself; None where all runs of a row are alike.
        measures: what is measured, the most important first; with the key of the published figure
            in the catalog, empty for none.
        claims: what the paper says, as predicates (see ``predicate``), and where it says so.
        paper_claims: the same, with figures that only the paper's own protocol can reach.
        deviations: where even the paper scale differs from the paper.
        scales: ``smoke``, seconds on digits; ``short``, real pictures and at most 40 minutes on
            two cores; ``paper``, as published.

    Raises:
        ConfigError: a name, field, measure or claim is not allowed.
    """

    name: Annotated[
        str, Field(pattern=r"^[a-z0-9-]+$", description="small letters, digits and hyphens")
    ]
    title: str
    paper: Paper
    place: str
    question: str
    protocol: str
    runs: Positive = 1
    experiment: str = ""
    base: Fields = Field(default_factory=dict)
    rows: Annotated[tuple[Row, ...], Field(min_length=1)]
    search: Search | None = None
    measures: Annotated[dict[str, str], Field(min_length=1)]
    claims: dict[str, str] = Field(default_factory=dict)
    paper_claims: dict[str, str] = Field(default_factory=dict)
    deviations: tuple[str, ...] = ()
    scales: dict[ScaleName, Scale]

    def row(self, name: str) -> Row:
        """Return a row by its name."""
        return next(row for row in self.rows if row.name == name)

    @field_validator("paper", mode="before")
    @classmethod
    def _cited(cls, value: Any) -> Any:
        """Take the key of a paper in the catalog, or plain words."""
        if isinstance(value, str):
            known = (paper for paper in vars(papers).values() if isinstance(paper, Paper))
            return next((p for p in known if p.key == value), Paper("", value, "", "", ""))
        return value

    @field_validator("experiment")
    @classmethod
    def _known(cls, value: str) -> str:
        if value and value not in EXPERIMENTS:
            raise reject("", value, list(EXPERIMENTS))
        return value

    @field_validator("scales")
    @classmethod
    def _all_scales(cls, value: dict[ScaleName, Scale]) -> dict[ScaleName, Scale]:
        if set(value) != set(SCALES):
            raise reject("", list(value), "all of smoke, short, paper")
        return {name: value[name] for name in SCALES}

    @model_validator(mode="after")
    def _coherent(self) -> Study:
        names = [row.name for row in self.rows]
        if self.search and self.experiment:
            raise reject("search", self.experiment, "rows that are trained")
        if "" in names:
            raise reject("rows", "", "rows with a name")
        if twice := [name for name in names if names.count(name) > 1]:
            raise reject("rows", twice[0], "names that stand once")
        self._check_measures()
        asked = EXPERIMENTS[self.experiment] if self.experiment else Request
        for path, fields in self._requests():
            for field in fields:
                if field not in asked.model_fields:
                    raise reject(f"{path}.{field}", field, list(asked.model_fields), code="E2101")
            if not isinstance(fields.get("set", ()), (list, tuple)):
                raise reject(f"{path}.set", fields["set"], "a list of assignments")
        for row in self.rows:
            if not (row.model or self.experiment):
                raise reject(f"rows.{row.name}.model", row.model, "a name of the catalog")
        for row in self.rows:
            _check_names(f"rows.{row.name}.published", row.published, self.measures)
        for scale, settings in self.scales.items():
            _check_names(f"scales.{scale}.rows", settings.rows, names)
            for row in self.rows:
                if not settings.rows or row.name in settings.rows:
                    words = re.findall(r"{(\w+)}", row.model)
                    _check_names(f"scales.{scale}.values", words, settings.values)
        for claim in (*self.claims, *self.paper_claims):
            for term in parse_predicate(claim).terms:
                _check_names(f"claims.{claim}", [term.measure], self.measures)
                _check_names(f"claims.{claim}", [term.row], names)
        return self

    def _check_measures(self) -> None:
        for text in self.measures:
            find_measure(text)
            if self.experiment:
                _check_names("measures", [text], EXPERIMENTS[self.experiment].measures)
            elif any(text in kind.measures for kind in EXPERIMENTS.values()):
                raise reject("measures", text, "a measure of training runs")

    def _requests(self) -> Iterator[tuple[str, Fields]]:
        yield "base", self.base
        yield from ((f"rows.{row.name}.request", row.request) for row in self.rows)
        yield from (
            (f"scales.{name}.request", scale.request) for name, scale in self.scales.items()
        )


def _check_names(path: str, found: Any, allowed: Any) -> None:
    names = list(allowed)
    for name in found:
        if name not in names:
            raise reject(path, name, names)
