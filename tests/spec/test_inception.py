"""Specs of the Inception networks and PolyNet: what they refuse, and what they lay out."""

from __future__ import annotations

import pytest

from resnets.analysis import count
from resnets.errors import ConfigError
from resnets.spec.families import InceptionResNet, InceptionV3, InceptionV4, PolyNet
from resnets.spec.frozen import Frozen
from resnets.spec.layers import Act, Chain, Concat, Conv, Grow, Highway, Linear, Residual
from resnets.spec.plan import FamilySpec, count_depth
from resnets.spec.polynomial import Each, Polynomial
from resnets.spec.shorthand import conv


def refuse(kind: type[Frozen], **fields: object) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        kind(**fields)
    assert caught.value.exit == 2
    return caught.value


@pytest.mark.parametrize(
    ("kind", "fields", "path"),
    [
        (InceptionResNet, {"form": "v1", "scale": (0.0, 0.1, 0.2)}, "scale.0"),
        (InceptionResNet, {"form": "v1", "scale": (0.1, -0.1, 0.2)}, "scale.1"),
        (InceptionResNet, {"form": "v1", "scale": (0.1, 0.1, 1.5)}, "scale.2"),
        (InceptionResNet, {"form": "v1", "scale": (0.1,)}, "scale.1"),
        (InceptionResNet, {"form": "v3"}, "form"),
        (InceptionResNet, {"form": "v2", "depths": (5, 0, 5)}, "depths.1"),
        (InceptionResNet, {"form": "v2", "depths": (5, 10, 5), "width": 0.0}, "width"),
        (InceptionV3, {"filters": "some"}, "filters"),
        (InceptionV3, {"depths": (3, 4)}, "depths.2"),
        (InceptionV3, {"dropout": 1.5}, "dropout"),
        (InceptionV4, {"stem": "tiny"}, "stem"),
        (InceptionV4, {"depths": (4, 7, 25)}, "depths.2"),
        (PolyNet, {"scale": 0.0}, "scale"),
        (PolyNet, {"keep": 0.0}, "keep"),
        (PolyNet, {"stages": (("poly-4",), ("2-way",), ("2-way",))}, "stages.0.0"),
        (PolyNet, {"stages": ((), ("2-way",), ("2-way",))}, "stages.0"),
    ],
)
def test_what_is_not_allowed(kind: type[Frozen], fields: dict[str, object], path: str) -> None:
    error = refuse(kind, **fields)
    assert error.code in ("E2102", "E2103")
    assert error.where["field"] == path


@pytest.mark.parametrize(
    ("spec", "depth"),
    [
        # 5 in the stem, 3 times 3, 3, 4 times 5, 4, 2 times 3, classifier.
        (InceptionV3(), 48),
        (InceptionV3(filters="full"), 48 - 3 - 4 * 2 - 1),
        (InceptionV3(form="table1", depths=(3, 5, 2)), 54),
        (InceptionV4(), 76),
        # 6 in the stem, 5 times 4, 3, 10 times 4, 3, 5 times 4 (1×1, 1×3, 3×1, 1×1), classifier.
        (InceptionResNet(form="v1", depths=(5, 10, 5)), 6 + 20 + 3 + 40 + 3 + 20 + 1),
        (PolyNet(stages=(("residual",), ("poly-3",), ("2-way",))), 9 + 4 + 3 + 12 + 3 + 4 + 1),
    ],
)
def test_depth_is_the_longest_path(spec: FamilySpec, depth: int) -> None:
    assert spec.depth == depth


def test_the_42_layers_of_the_paper() -> None:
    """A pair 1×n, n×1 counts once, and the classifier does not: 6 + 3·3 + 3 + 5·3 + 3 + 2·3."""
    spec = InceptionV3(form="table1", depths=(3, 5, 2))
    pairs = 5 * 2 + 1  # two in each module C, one in the second reduction
    assert spec.depth - pairs - 1 == 42


@pytest.mark.parametrize(
    ("layer", "depth"),
    [
        (Chain((("a", conv(4, 1)), ("b", Act()), ("c", Linear(4)))), 2),
        (Concat(((("a", conv(4, 1)),), (("b", conv(4, 1)), ("c", conv(4, 3))))), 2),
        (Grow(Chain((("a", conv(4, 1)),))), 1),
        (Residual(Chain((("a", conv(4, 1)), ("b", conv(4, 1))))), 2),
        (Highway(Chain((("a", Linear(4)),)), Linear(4), -1.0), 1),
        (Each(conv(4, 1), 3), 1),
        (Polynomial(((("a", Each(conv(4, 1), 3)),),), 3, cascade=True), 3),
        (Polynomial(((("a", conv(4, 1)),), (("b", conv(4, 1)), ("c", conv(4, 1)))), 2, False), 2),
    ],
)
def test_depth_of_layers(layer: Conv, depth: int) -> None:
    assert count_depth(layer) == depth


@pytest.mark.parametrize(
    ("functions", "terms", "cascade", "formula"),
    [
        (1, 1, False, "I + F"),
        (1, 2, True, "I + F + F²"),
        (1, 3, True, "I + F + F² + F³"),
        (2, 2, True, "I + F + GF"),
        (3, 3, True, "I + F + GF + HGF"),
        (2, 2, False, "I + F + G"),
        (3, 3, False, "I + F + G + H"),
    ],
)
def test_a_polynomial_as_the_paper_writes_it(
    functions: int, terms: int, cascade: bool, formula: str
) -> None:
    parts = tuple(((f"{n}", Act()),) for n in range(functions))
    assert Polynomial(parts, terms, cascade).formula == formula


def test_keeping_falls_along_a_line_from_one_to_the_last_module() -> None:
    spec = PolyNet(stages=(("2-way",) * 2, ("poly-3",), ("mpoly-2",) * 2), keep=0.6)
    modules = [step.layer.parts[0][1] for step in spec.plan().body if step.unit]
    assert [module.keep for module in modules] == pytest.approx([1.0, 0.9, 0.8, 0.7, 0.6])
    released = [step.layer.parts[0][1] for step in PolyNet(keep=0.7).plan().body if step.unit]
    assert [round(module.keep, 6) for module in released[:3]] == [1.0, 0.992308, 0.984615]
    assert released[-1].keep == pytest.approx(0.7)


def test_widths_are_those_of_the_papers_sums() -> None:
    """384 + 256 + 256 = 896; 896 + 384 + 256 + 256 = 1792; 1152 + 384 + 288 + 320 = 2144."""
    widths = {
        InceptionResNet(form="v1"): (256, 896, 1792),
        InceptionResNet(form="v2"): (384, 1152, 2144),
        InceptionResNet(form="v2_released"): (320, 1088, 2080),
        PolyNet(): (384, 1152, 2048),
        InceptionV4(): (384, 1024, 1536),
        InceptionV3(): (288, 768, 2048),
        InceptionV3(form="table1"): (288, 768, 2048),
    }
    for spec, expected in widths.items():
        plan = spec.plan()
        shapes = plan.shapes(spec.in_shape)
        units = [shapes[step.name][:2] for step in plan.body if step.unit]
        last = {side: channels for channels, side in units}
        assert tuple(last.values()) == expected
        sides = (39, 19, 9) if isinstance(spec, PolyNet) else (35, 17, 8)
        assert tuple(last) == sides


def test_a_share_of_the_widths_is_rounded() -> None:
    body = InceptionV4(width=0.1, stem="small").plan().body
    first = body[0].layer.parts[0][1].parts[0][1]
    assert first == Conv(3, (3, 3), 1, (1, 1))
    shapes = InceptionV4(width=0.1, stem="small").plan().shapes((3, 32, 32))
    assert {shape[1] for shape in shapes.values()} == {32, 16, 8}


FILTERS: dict[str, list[tuple[tuple[int, int], bool]]] = {
    "factorised": [((1, 1), True), ((3, 3), True), ((3, 3), True)],
    "linear": [((1, 1), True), ((3, 3), False), ((3, 3), True)],
    "full": [((1, 1), True), ((5, 5), True)],
    "early": [((1, 1), True), *[((3, 1), True), ((1, 3), True)] * 2],
    "even": [((1, 1), True), *[((2, 2), True)] * 4],
}
"""The third branch of module A: filters, and whether a ReLU follows."""


@pytest.mark.parametrize("stem", ["large", "small"])
@pytest.mark.parametrize("filters", FILTERS)
def test_factorised_filters(filters: str, stem: str) -> None:
    spec = InceptionV3(filters=filters, stem=stem)
    plan = spec.plan()
    module = next(step.layer.parts[0][1] for step in plan.body if step.name == "Mixed_5c")
    branch = [chain for _, chain in module.branches[2]]
    found = [(chain.parts[0][1].kernel, len(chain.parts) == 3) for chain in branch]
    assert found == FILTERS[filters]
    side = 32 if stem == "small" else 35
    assert plan.shapes(spec.in_shape)["Mixed_5c"] == (288, side, side)
    # 7×1, 1×7, 7×1, 1×7 on the next grid; a pair stands for one 7×7.
    tall = next(step.layer.parts[0][1] for step in plan.body if step.name == "Mixed_6b")
    kernels = [chain.parts[0][1].kernel for _, chain in tall.branches[2]]
    pairs = [(7, 7)] * 2 if filters == "full" else [(7, 1), (1, 7)] * 2
    assert kernels == [(1, 1), *pairs]
    linear = [len(chain.parts) == 2 for _, chain in tall.branches[2]]
    assert linear == (
        [False, *[True, False] * 2] if filters == "linear" else [False] * len(kernels)
    )


def test_filters_see_as_much_whatever_they_are_made_of() -> None:
    kinds = ("factorised", "full", "linear", "early", "even")
    specs = [InceptionV3(filters=filters, stem="small", width=0.1) for filters in kinds]
    fields = [[row.receptive_field for row in count(spec).rows[:3]] for spec in specs]
    assert all(field == fields[0] for field in fields)


def test_a_picture_that_is_too_small_is_refused() -> None:
    with pytest.raises(ConfigError) as caught:
        InceptionV4().plan().shapes((3, 64, 64))
    assert (caught.value.code, caught.value.exit) == ("E2123", 2)
    assert caught.value.what == "a window of 3×3 on a map of 2×2"
    plan = InceptionV3().plan()
    assert plan.shapes((3, 107, 107))["Mixed_7c"] == (2048, 2, 2)
    with pytest.raises(ConfigError):  # for the auxiliary classifier
        plan.check((3, 107, 107))
    plan.check((3, 299, 299))


def test_a_pair_of_vectors_sees_a_square() -> None:
    """Along each axis 1×7 and 7×1 widen the field as one 7×7 does: two of them by 2 · 6 · 16."""
    rows = {row.name: row.receptive_field for row in count(InceptionV3()).rows}
    assert rows["reduction A"] == 159
    assert rows["module C 1"] == 159 + 2 * 6 * 16
    full = {row.name: row.receptive_field for row in count(InceptionV3(filters="full")).rows}
    assert full == rows
