"""Understanding the difficulty of training deep feedforward neural networks."""

from __future__ import annotations

from resnets.catalog.entry import Publication, publish
from resnets.catalog.papers import GLOROT2010

_INPUT = "The form here is that for Shapeset-3×2, 32×32 pixels in grey; data decides otherwise."


def _table1(
    name: str, shapeset: float, mnist: float, cifar10: float, small_imagenet: float
) -> Publication:
    """Name the four columns of Table 1."""
    return publish(
        GLOROT2010,
        name,
        "Table 1",
        _INPUT,
        shapeset_test_error=shapeset,
        mnist_test_error=mnist,
        cifar10_test_error=cifar10,
        smallimagenet_test_error=small_imagenet,
    )


ROWS = (
    publish(GLOROT2010, "mlp4_sigmoid", "Section 3.1 and Fig. 2", _INPUT),
    _table1("mlp5_sigmoid", 82.61, 2.21, 57.28, 70.66),
    _table1("mlp5_tanh", 27.15, 1.76, 55.9, 70.58),
    _table1("mlp5_tanh_normalized", 15.60, 1.64, 52.92, 68.57),
    _table1("mlp5_softsign", 16.27, 1.64, 55.78, 69.14),
    _table1("mlp5_softsign_normalized", 16.06, 1.72, 53.8, 68.13),
)
