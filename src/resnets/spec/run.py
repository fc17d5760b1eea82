"""A run as data: network, recipe and data, with everything that decides its outcome."""

from __future__ import annotations

import hashlib
import json
from typing import Annotated, Any, Literal

from pydantic import Field

from .architecture import AnyNetwork
from .data import DataSpec
from .frozen import Count, Flag, Frozen
from .recipe import Recipe


class Run(Frozen):
    """One training run; equal runs have equal keys and, on the same machine, equal results.

    Args:
        model: the catalog's name of the network, for people; the network itself decides.
        network: the architecture.
        recipe: how it is trained.
        data: on what.
        seed: seed of weights, sample order, augmentation and masks.
        device: ``cpu``, ``cuda``, ``cuda:N`` or ``mps``.
        precision: ``fp32``, or ``bf16`` for autocast over float32 weights.
        init: a run, model folder or weight file whose weights training starts from; empty for none.
        test_curve: draw the test error by epoch, as the papers do; it never selects anything.
        record_signal: training images on which every layer is measured after every epoch; 0 for
            none.
    """

    model: str = ""
    network: AnyNetwork
    recipe: Recipe = Recipe()
    data: DataSpec = DataSpec()
    seed: Annotated[int, Field(ge=0, lt=2**63, strict=True)] = 0
    device: Annotated[str, Field(pattern=r"^(cpu|mps|cuda(:\d+)?)$")] = "cpu"
    precision: Literal["fp32", "bf16"] = "fp32"
    init: str = ""
    test_curve: Flag = False
    record_signal: Count = 0

    def key(self) -> str:
        """Return 12 hexadecimal digits that name the run.

        Only fields that differ from their defaults count, so a new field whose default is a no-op
        keeps every old key. Labels (``model``, the recipe's name and source) decide nothing and do
        not count.
        """
        content = non_default(
            self.replace(model="", recipe=self.recipe.replace(name="", source=""))
        )
        content.get("recipe", {}).pop("name", None)
        if self.network.family != "residual":  # equal fields mean different networks
            content["network"]["family"] = self.network.family
        text = json.dumps(content, sort_keys=True, separators=(",", ":"), allow_nan=False)
        return hashlib.sha256(text.encode()).hexdigest()[:12]


def non_default(model: Frozen) -> dict[str, Any]:
    """Return, as JSON data, the fields whose values differ from their defaults."""
    return model.model_dump(mode="json", exclude_defaults=True)
