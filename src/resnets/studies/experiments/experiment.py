"""What a cell of a study computes where nothing is trained on data: settings, and figures."""

from __future__ import annotations

import hashlib
import json
from abc import abstractmethod
from typing import Annotated, ClassVar

from pydantic import Field

from resnets.spec.frozen import Frozen
from resnets.spec.run import non_default


class Experiment(Frozen):
    """A computation that is a pure function of its settings and its seed.

    Args:
        seed: of everything that is drawn.
    """

    name: ClassVar[str]
    """What a study calls it."""
    measures: ClassVar[tuple[str, ...]]
    """Names of the figures that ``perform`` answers."""

    seed: Annotated[int, Field(ge=0, lt=2**63, strict=True)] = 0

    @abstractmethod
    def perform(self) -> dict[str, float]:
        """Compute, on the processor, and return each figure by its name."""

    @property
    def model(self) -> str:
        """The network that it is about, where there is one."""
        return ""

    def key(self) -> str:
        """Return 12 hexadecimal digits that name it; settings that are defaults do not count."""
        content = {"experiment": self.name, **non_default(self)}
        text = json.dumps(content, sort_keys=True, separators=(",", ":"), allow_nan=False)
        return hashlib.sha256(text.encode()).hexdigest()[:12]
