"""A network as a backbone: feature maps of chosen stages instead of logits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from torch import Tensor, nn

from resnets.errors import ConfigError

from .residual import ResidualNetwork


class FeatureExtractor(nn.Module):
    """The stem and the stages of a network; answers the maps of the chosen ones.

    Args:
        net: the network; its modules are shared, its classifier is left out.
        out_indices: which maps: 0 is the stem before its max-pool, i is stage i; negative numbers
            count from the end; None for all.

    Shapes: (N, in_chans, H, W) to a list of (N, C_i, H_i, W_i), see ``feature_info``.

    Raises:
        ConfigError: an index is out of range.
    """

    def __init__(self, net: ResidualNetwork, out_indices: Sequence[int] | None = None) -> None:
        super().__init__()
        info = net.feature_info
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
        self.stem = net.stem
        self.stages = net.stages[: max(self.out_indices)]

    def forward(self, x: Tensor) -> list[Tensor]:
        x = self.stem.act(self.stem.conv(x))
        maps = [x] if 0 in self.out_indices else []
        x = self.stem.pool(x)
        for i, stage in enumerate(self.stages, start=1):
            x = stage(x)
            if i in self.out_indices:
                maps.append(x)
        return maps


def extract_features(
    net: ResidualNetwork, out_indices: Sequence[int] | None = None
) -> FeatureExtractor:
    """Return the network as a backbone, see ``FeatureExtractor``."""
    return FeatureExtractor(net, out_indices)
