"""A network as a backbone: feature maps of chosen depths instead of logits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from torch import Tensor

from resnets.blocks.layered import Named, register
from resnets.errors import ConfigError

from .build import Network


class FeatureExtractor(Named):
    """A network up to the deepest of the chosen feature maps; answers those maps.

    Args:
        net: the network; its modules are shared and keep their names, its classifier is left out.
        out_indices: which maps, by position in the network's ``feature_info``: in a network of the
            grammar 0 is the stem before its max-pool and i is stage i; negative numbers count from
            the end; None for all.

    Shapes: (N, in_chans, H, W) to a list of (N, C_i, H_i, W_i), see ``feature_info``.

    Raises:
        ConfigError: the network has no feature maps, or an index is out of range.
    """

    def __init__(self, net: Network, out_indices: Sequence[int] | None = None) -> None:
        super().__init__()
        info = net.feature_info
        if not info:
            raise ConfigError(
                "E2122",
                "the network has no feature maps",
                what=net.spec,
                why="its layers are fully connected",
                do="use forward_features for its last hidden vector",
            )
        chosen = range(len(info)) if out_indices is None else out_indices
        for i in chosen:
            if not -len(info) <= i < len(info):
                raise ConfigError(
                    "E2121",
                    "no such feature map",
                    what=f"out_indices {tuple(chosen)}",
                    do=f"choose from 0 to {len(info) - 1}",
                )
        self.out_indices = tuple(sorted({i % len(info) for i in chosen}))
        self.feature_info: list[dict[str, Any]] = [info[i] for i in self.out_indices]
        self._taps = frozenset(entry["module"] for entry in self.feature_info)
        names = net.trunk()
        self._names = tuple(names[: names.index(self.feature_info[-1]["module"]) + 1])
        for name in self._names:
            register(self, name, net.get_submodule(name))

    def forward(self, x: Tensor) -> list[Tensor]:
        maps = []
        for name in self._names:
            x = self.get_submodule(name)(x)
            if name in self._taps:
                maps.append(x)
        return maps


def extract_features(net: Network, out_indices: Sequence[int] | None = None) -> FeatureExtractor:
    """Return the network as a backbone, see ``FeatureExtractor``."""
    return FeatureExtractor(net, out_indices)
