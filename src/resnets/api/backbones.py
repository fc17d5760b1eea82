"""Networks as backbones of torchvision's detection and segmentation models."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from resnets.errors import ConfigError
from resnets.spec import Spec

from .models import create_model

if TYPE_CHECKING:
    from torchvision.ops.feature_pyramid_network import ExtraFPNBlock

    from resnets.networks import Network
    from resnets.networks.backbone import PyramidBackbone, SegmentationBackbone

TRAINABLE_STAGES = 3


def backbone_with_fpn(
    network: str | Network,
    *,
    weights: str | Path | None = None,
    pretrained: bool | str = False,
    out_indices: Sequence[int] | None = None,
    trainable_stages: int | None = None,
    freeze_norms: bool | None = None,
    out_channels: int = 256,
    extra_blocks: ExtraFPNBlock | None = None,
    seed: int = 0,
    **overrides: Any,
) -> PyramidBackbone:
    """Return a network with a feature pyramid, for ``torchvision.models.detection``.

    Args:
        network: a name of the catalog, or a network; its modules are shared, not copied.
        weights, pretrained: for a name, as in ``create_model``.
        out_indices: which maps, i for stage i; None for all but the stem's.
        trainable_stages: how many of the last stages learn, one more for the stem; None for 3 of
            weights that were learnt before, all of fresh ones.
        freeze_norms: whether batch norms keep their statistics, scales and shifts, as detection
            with few images a batch needs; None where the weights were learnt before.
        out_channels: of every level of the pyramid.
        extra_blocks: makes more levels of the last one; None for a max-pool, as in Faster R-CNN.
        seed: of fresh weights.
        **overrides: for a name, any other argument of ``create_model``.

    Returns:
        A module that answers an ``OrderedDict`` of maps ``0``, ``1``, …, ``pool``, all with
        ``out_channels`` channels, which is an attribute too.

    Raises:
        ConfigError: a name, an index or a number is not allowed.
        FileError: the weights are refused.

    Example:
        >>> from torchvision.models.detection import FasterRCNN
        >>> backbone = backbone_with_fpn("resnet50")
        >>> detector = FasterRCNN(backbone, num_classes=2)  # anchors of 5 levels, 4 stages and pool
    """
    from resnets.networks import extract_features
    from resnets.networks.backbone import PyramidBackbone

    net, learnt = _take(network, weights, pretrained, seed, overrides)
    if trainable_stages is None and learnt:
        trainable_stages = min(TRAINABLE_STAGES, len(net.feature_info))
    _freeze(net, trainable_stages, learnt if freeze_norms is None else freeze_norms)
    stages = range(1, len(net.feature_info))
    body = extract_features(net, stages if out_indices is None else out_indices)
    return PyramidBackbone(body, out_channels, extra_blocks, seed)


def segmentation_backbone(
    network: str | Network,
    *,
    weights: str | Path | None = None,
    pretrained: bool | str = False,
    output_stride: int = 32,
    trainable_stages: int | None = None,
    freeze_norms: bool = False,
    seed: int = 0,
    **overrides: Any,
) -> SegmentationBackbone:
    """Return a network with the maps that ``torchvision.models.segmentation`` reads.

    Args:
        network: a name of the catalog, or a network; its modules are shared, not copied, unless
            ``output_stride`` changes them.
        weights, pretrained: for a name, as in ``create_model``.
        output_stride: 8 or 16 turn the last strides into dilation, see ``networks.dilate``;
            torchvision's models use 8; 32 leaves the network as it is.
        trainable_stages: how many of the last stages learn, one more for the stem; None for all.
        freeze_norms: whether batch norms keep their statistics, scales and shifts.
        seed: of fresh weights.
        **overrides: for a name, any other argument of ``create_model``.

    Returns:
        A module that answers an ``OrderedDict``: ``out``, the last map, and ``aux``, the one
        before; their channels are the attributes ``out_channels`` and ``aux_channels``.

    Raises:
        ConfigError: a name or a number is not allowed, or a stride cannot become a dilation.
        FileError: the weights are refused.

    Example:
        >>> from torchvision.models.segmentation.fcn import FCN, FCNHead
        >>> backbone = segmentation_backbone("resnet50", output_stride=8)
        >>> head, aux = (FCNHead(n, 21) for n in (backbone.out_channels, backbone.aux_channels))
        >>> model = FCN(backbone, head, aux)
    """
    from resnets.networks import extract_features
    from resnets.networks.backbone import SegmentationBackbone
    from resnets.networks.dilation import dilate

    net, _ = _take(network, weights, pretrained, seed, overrides)
    if output_stride != 32:
        net = dilate(net, output_stride)
    _freeze(net, trainable_stages, freeze_norms)
    body = extract_features(net, (-2, -1))
    for info in body.feature_info:
        info["reduction"] = min(info["reduction"], output_stride)
    return SegmentationBackbone(body)


def _take(
    network: str | Network,
    weights: str | Path | None,
    pretrained: bool | str,
    seed: int,
    overrides: dict[str, Any],
) -> tuple[Network, bool]:
    """Return the network, and whether its weights were learnt before."""
    given = weights is not None or pretrained
    if isinstance(network, str):
        options = {"weights": weights, "pretrained": pretrained, "seed": seed, **overrides}
        return _check(cast("Network", create_model(network, **options))), bool(given)
    if given or overrides:
        raise ConfigError(
            "E2801",
            "the network is there already",
            what=", ".join(["weights or pretrained"] * bool(given) + sorted(overrides)),
            why="names are built and filled; a network is taken as it is",
            do="leave the options out, or give a name of the catalog",
        )
    return _check(network), True


def _check(net: Network) -> Network:
    """Return a network if it reads pictures."""
    if isinstance(net.spec, Spec) and net.spec.dimensions != 2:
        raise ConfigError(
            "E2800",
            "the network does not read pictures",
            what=f"dimensions = {net.spec.dimensions}",
            why="detection and segmentation need maps with height and width",
            do="take a network with dimensions = 2",
        )
    return net


def _freeze(net: Network, trainable_stages: int | None, norms: bool) -> None:
    from resnets.networks.freezing import freeze_norms, freeze_stages

    if trainable_stages is not None:
        freeze_stages(net, trainable_stages)
    if norms:
        freeze_norms(net)
