"""The four design principles, measured in networks whose numbers are known by hand."""

from __future__ import annotations

import json

import pytest

from resnets.analysis import count
from resnets.analysis.principles import examine
from resnets.catalog import list_names, look_up
from resnets.spec import Spec
from resnets.spec.families import VGG, GoogLeNet, PolyNet


def test_parts_of_inception_v3() -> None:
    found = examine(look_up("inception_v3").spec)
    parts = {part.name: part for part in found.parts}
    first = parts["module A 1"]
    assert (first.in_shape, first.out_shape) == ((192, 35, 35), (256, 35, 35))
    assert first.ratio == 256 / 192
    assert first.tile == 256
    # 5×5 reads 48, the two 3×3 read 64 and 96, of 192 channels.
    assert first.embeddings == (48 / 192, 64 / 192, 96 / 192)
    assert first.embedding == pytest.approx((48 + 64 + 96) / 3 / 192)
    assert first.depth == 3
    reduction = parts["reduction C"]
    assert reduction.ratio == (1280 * 8 * 8) / (768 * 17 * 17)
    assert found.narrowest is reduction


def test_grids_of_inception_v3() -> None:
    found = examine(look_up("inception_v3").spec)
    assert [(grid.side, grid.depth) for grid in found.grids] == [(35, 14), (17, 23), (8, 10)]
    assert found.grids[0].width == (192 + 256 + 288 + 288) / 4
    assert sum(grid.macs for grid in found.grids) == pytest.approx(1)


def test_reductions_stand_beside_what_else_there_is() -> None:
    found = examine(look_up("inception_v3").spec)
    (first, ways), (second, _) = found.reductions
    assert (first.name, second.name) == ("reduction A", "reduction C")
    macs = {way.name: way.macs for way in ways}
    assert macs["pool, then convolution"] == 9 * 288 * 768 * 17 * 17
    assert macs["convolution, then pool"] == 9 * 288 * 768 * 35 * 35
    assert macs["pool and convolution side by side"] == 9 * 288 * (768 - 288) * 17 * 17
    row = next(r for r in count(look_up("inception_v3").spec).rows if r.name == "reduction A")
    assert first.macs == row.macs


def test_bottlenecks_of_the_grammar() -> None:
    found = examine(look_up("resnet50").spec)
    first, second = found.parts[1:3]
    # 64 channels into the 3×3: of 64 in the first unit, of 256 in the second.
    assert (first.embeddings, second.embeddings) == ((1.0,), (0.25,))
    assert [(grid.side, grid.depth) for grid in found.grids] == [
        (56, 10),
        (28, 12),
        (14, 18),
        (7, 9),
    ]
    assert len(found.reductions) == 3


def test_a_filter_reads_the_channels_of_its_group() -> None:
    spec = Spec(depths=(2,), widths=(8,), stem_width=8, order="full_preact", branches=3)
    assert examine(spec).parts[1].embedding == 1.0
    paths = examine(look_up("resnext50_32x4d").spec).parts
    assert [part.embedding for part in paths[1:3]] == [4 / 64, 4 / 256]
    halves = examine(look_up("alexnet_original").spec).parts
    assert [part.embedding for part in halves if part.embedding] == [1.0, 0.5, 1.0, 0.5, 0.5]


def test_the_terms_of_a_polynomial_are_passes() -> None:
    spec = PolyNet(stages=(("residual",), ("poly-3",), ("2-way",)), stem="small", width=1 / 16)
    parts = {part.name: part for part in examine(spec).parts}
    shares = {name: len(parts[f"module {name} 1"].embeddings) for name in "ABC"}
    assert shares == {"A": 3, "B": 3 * 2, "C": 2 * 2}
    assert parts["module B 1"].depth == 3 * 4


def test_a_plain_stack() -> None:
    found = examine(VGG(depths=(1, 2), widths=(4, 8), hidden=0, side=1), 16)
    # A row for each convolution, with the max-pools between them.
    assert [part.ratio for part in found.parts] == [4 / 3, 0.25, 2.0, 1.0, 0.25]
    assert [part.embedding for part in found.parts] == [1.0, None, 1.0, 1.0, None]
    assert found.to_dict()["parts"][0]["bottleneck_ratio"] == 4 / 3


@pytest.mark.parametrize("name", list_names())
def test_every_network_can_be_examined(name: str) -> None:
    spec = look_up(name).spec
    found = examine(spec)
    assert json.loads(json.dumps(found.to_dict(), allow_nan=False))
    cost = count(spec)
    body = sum(row.macs for row in cost.rows if row.part in ("stem", "unit", "between"))
    assert sum(part.macs for part in found.parts) == body
    assert all(share > 0 for part in found.parts for share in part.embeddings)


def test_an_image_size_of_its_own() -> None:
    found = examine(GoogLeNet(stem="small", width=1 / 16, num_classes=5), 64)
    assert [grid.side for grid in found.grids] == [32, 16, 8]
