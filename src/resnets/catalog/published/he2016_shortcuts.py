"""He et al. 2016, Table 1: what stands on the shortcut of ResNet-110, and the same on ResNet-164.

The medians of five runs are those of the 110-layer net; ``…_above`` 20 is what the paper calls
"fail". The rows on 164 layers are ours: the paper has none.
"""

from __future__ import annotations

from resnets.catalog.entry import Publication, publish
from resnets.catalog.papers import HE2016

_GATE = (
    "The paper is silent about units that change shape; ours: the gate has the unit's stride and "
    "width and scales the shortcut's output."
)
_FAIL = {"cifar10_test_error_above": 20.0}

_TABLE: tuple[tuple[str, str, dict[str, float]], ...] = (
    ("scaling_0_1", "The shortcut is multiplied by 0 in all units: a plain net.", _FAIL),
    ("scaling_05_1", "", _FAIL),
    ("scaling_05_05", "", {"cifar10_test_error": 12.35}),
    (
        "exclusive_gate_b0",
        f"The row covers biases from 0 to -5, for which _b0 to _b5 stand. {_GATE}",
        _FAIL,
    ),
    ("exclusive_gate_b6", _GATE, {"cifar10_test_error": 8.70}),
    ("exclusive_gate_b7", _GATE, {"cifar10_test_error": 9.81}),
    ("shortcut_gate_b0", _GATE, {"cifar10_test_error": 12.86}),
    ("shortcut_gate_b6", _GATE, {"cifar10_test_error": 6.91}),
    ("conv_shortcut", "A 1×1 convolution in all units, option C.", {"cifar10_test_error": 12.22}),
    ("dropout_shortcut", "Elements are kept with probability 0.5.", _FAIL),
)


def _rows() -> tuple[Publication, ...]:
    rows = []
    for ending, text, published in _TABLE:
        alias = {"conv_shortcut": "c"}.get(ending)
        for depth, table in ((110, "Table 1"), (164, "Table 1, here on the net of Table 2")):
            rows.append(
                publish(
                    HE2016,
                    f"resnet{depth}_{ending}",
                    table,
                    text if depth == 110 else f"{text} No figure is published.".strip(),
                    (f"resnet{depth}_{alias}",) if alias else (),
                    **(published if depth == 110 else {}),
                )
            )
    return tuple(rows)


ROWS = _rows()
