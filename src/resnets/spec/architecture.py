"""Any network: one of the grammar or of the families outside it, told apart by ``family``."""

from __future__ import annotations

from typing import Annotated, Any, Union, get_args

from pydantic import BeforeValidator, Field

from .families import (
    VGG,
    AlexNet,
    DenseNet,
    GoogLeNet,
    Highway,
    InceptionResNet,
    InceptionV3,
    InceptionV4,
    Perceptron,
    PolyNet,
)
from .network import Spec
from .plan import FamilySpec


def _default_family(content: Any) -> Any:
    if isinstance(content, dict) and "family" not in content:
        return {"family": "residual", **content}
    return content


Network = Union[  # noqa: UP007
    Spec,
    AlexNet,
    DenseNet,
    GoogLeNet,
    Highway,
    InceptionResNet,
    InceptionV3,
    InceptionV4,
    Perceptron,
    PolyNet,
    VGG,
]
"""The spec of a network, whatever its family."""

NETWORKS: tuple[type[Spec | FamilySpec], ...] = get_args(Network)

AnyNetwork = Annotated[Network, Field(discriminator="family"), BeforeValidator(_default_family)]
"""A field that holds any network; without a family it is one of the grammar."""
