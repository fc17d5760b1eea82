"""Any network: one of the grammar or of the families outside it, told apart by ``family``."""

from __future__ import annotations

from typing import Annotated, Any, Union, get_args

from pydantic import BeforeValidator, Field

from .families import VGG
from .network import Spec


def _default_family(content: Any) -> Any:
    if isinstance(content, dict) and "family" not in content:
        return {"family": "residual", **content}
    return content


Network = Union[Spec, VGG]  # noqa: UP007
"""The spec of a network, whatever its family."""

NETWORKS: tuple[type[Spec | VGG], ...] = get_args(Network)

AnyNetwork = Annotated[Network, Field(discriminator="family"), BeforeValidator(_default_family)]
"""A field that holds any network; without a family it is one of the grammar."""
