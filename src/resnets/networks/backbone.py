"""Feature maps as torchvision's detection and segmentation heads take them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import OrderedDict
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torchvision.ops import FeaturePyramidNetwork
from torchvision.ops.feature_pyramid_network import ExtraFPNBlock, LastLevelMaxPool

from .features import FeatureExtractor
from .freezing import hold_norms

if TYPE_CHECKING:
    from typing_extensions import Self


class Backbone(nn.Module, ABC):
    """The maps of a network by name.

    Whatever mode the whole model is in, a batch norm that does not learn stays in evaluation mode:
    with the few images of a detector's batch its statistics would only drift. Unlike torchvision's
    ``FrozenBatchNorm2d`` it keeps its class and its names, so weights go in and out as they are.

    Args:
        body: the network as a list of maps.
    """

    def __init__(self, body: FeatureExtractor) -> None:
        super().__init__()
        self.body = body
        hold_norms(body)

    def train(self, mode: bool = True) -> Self:
        super().train(mode)
        hold_norms(self.body)
        return self

    @abstractmethod
    def forward(self, x: Tensor) -> OrderedDict[str, Tensor]:
        """Return maps by name."""


class PyramidBackbone(Backbone):
    """Maps of several stages, mixed from coarse to fine by a feature pyramid.

    Args:
        body: the network as a list of maps.
        out_channels: of every level; detectors read it from the attribute.
        extra_blocks: makes more levels of the last one; None for a max-pool with stride 2.
        seed: of the pyramid's first weights.

    Shapes: (N, in_chans, H, W) to (N, out_channels, H_i, W_i) by name, ``0``, ``1``, … from fine
    to coarse, then ``pool``.

    Source: Lin et al. 2017 (feature pyramid networks); names as in torchvision.
    """

    def __init__(
        self,
        body: FeatureExtractor,
        out_channels: int = 256,
        extra_blocks: ExtraFPNBlock | None = None,
        seed: int = 0,
    ) -> None:
        super().__init__(body)
        channels = [info["num_chs"] for info in body.feature_info]
        like = next(body.parameters())
        with torch.random.fork_rng(devices=[]), torch.device("cpu"):
            torch.manual_seed(seed)
            pyramid = FeaturePyramidNetwork(
                channels, out_channels, LastLevelMaxPool() if extra_blocks is None else extra_blocks
            )
        self.fpn = pyramid.to(like.device, like.dtype)
        self.out_channels = out_channels

    def forward(self, x: Tensor) -> OrderedDict[str, Tensor]:
        maps = OrderedDict((str(i), features) for i, features in enumerate(self.body(x)))
        levels: OrderedDict[str, Tensor] = self.fpn(maps)
        return levels


class SegmentationBackbone(Backbone):
    """The last map as ``out``, and the one before it as ``aux`` for an auxiliary classifier.

    Args:
        body: the network as a list of two maps.

    Shapes: (N, in_chans, H, W) to (N, out_channels, H', W') and (N, aux_channels, H'', W'').

    Source: Long et al. 2015 (FCN), Chen et al. 2017 (DeepLabv3); names as in torchvision.
    """

    def __init__(self, body: FeatureExtractor) -> None:
        super().__init__(body)
        aux, out = body.feature_info
        self.out_channels: int = out["num_chs"]
        self.aux_channels: int = aux["num_chs"]

    def forward(self, x: Tensor) -> OrderedDict[str, Tensor]:
        aux, out = self.body(x)
        return OrderedDict(out=out, aux=aux)
