"""The network of the grammar: stem, stages of residual units, pooling, classifier."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from torch import Tensor, nn

from resnets.blocks import Unit, choose_units, convolution, letters
from resnets.spec import Keep, Spec, expand, stem_letters

from .classifier import classifier, replace_classifier
from .recompute import run_recomputing


class Stem(nn.Sequential):
    """3×3 convolution (CIFAR), or 7×7 with stride 2 and 3×3 max-pool with stride 2 (ImageNet).

    Batch norm and ReLU stand here unless the first unit's head does their work. A vector first
    becomes a map of one position.
    """

    def __init__(self, spec: Spec) -> None:
        super().__init__()
        large, axes = spec.stem == "7x7", spec.dimensions
        if axes == 0:
            self.lift = nn.Unflatten(1, (spec.in_chans, 1))
        shape = (spec.in_chans, spec.stem_width, spec.stem_kernel, 2 if large else 1)
        self.conv = convolution(*shape, dimensions=axes)
        self.act = letters(stem_letters(spec), spec.stem_width, dimensions=axes)
        pool = nn.MaxPool2d if axes == 2 else nn.MaxPool1d
        self.pool = pool(3, 2, padding=1) if large else nn.Identity()


class ResidualNetwork(nn.Module):
    """Stem, stages of units, the head's letters once more, global average pooling, classifier.

    Args:
        spec: the architecture; use ``resnets.build`` for initial weights.

    Shapes: (N, in_chans, H, W) to (N, num_classes), for H and W from 8 to 600 pixels; with one
    dimension (N, in_chans, L), with none (N, in_chans), where ``in_chans`` is the features' number.

    Source: He et al. 2015, Table 1 and Section 4.2; He et al. 2016, appendix (the last activation).
    """

    def __init__(self, spec: Spec) -> None:
        super().__init__()
        self.spec = spec
        self.stem = Stem(spec)
        stages: list[list[Unit]] = [[] for _ in spec.depths]
        for unit in expand(spec):
            stages[unit.stage].append(Unit(unit))
        self.stages = nn.ModuleList(nn.Sequential(*units) for units in stages)
        final = spec.order.head if spec.last_head else ""
        self.final = letters(final, spec.widths[-1], dimensions=spec.dimensions)
        self.axes = tuple(range(2, 2 + max(1, spec.dimensions)))
        self.num_features = spec.widths[-1]
        self.fc = classifier(self.num_features, spec.num_classes)
        self.recompute_segments = 0

    def units(self) -> list[Unit]:
        """List the residual units in order."""
        return list(self._iterate())

    def _iterate(self) -> Iterator[Unit]:
        for stage in self.stages:
            yield from stage  # type: ignore[misc]

    def trunk(self) -> list[str]:
        """Name the modules from the input to the last stage, in order."""
        stages = [f"stages.{i}" for i in range(len(self.stages))]
        return [*(f"stem.{name}" for name, _ in self.stem.named_children()), *stages]

    @property
    def feature_info(self) -> list[dict[str, Any]]:
        """Describe the maps that ``features_only`` can answer: channels, reduction and module."""
        reduction = 2 if self.spec.stem == "7x7" else 1
        info: list[dict[str, Any]] = [
            {"num_chs": self.spec.stem_width, "reduction": reduction, "module": "stem.act"}
        ]
        reduction = 4 if self.spec.stem == "7x7" else 1
        for i, width in enumerate(self.spec.widths):
            reduction *= 2 if i and self.spec.dimensions else 1
            info.append({"num_chs": width, "reduction": reduction, "module": f"stages.{i}"})
        return info

    def forward_features(self, x: Tensor) -> Tensor:
        """Return the last feature map before pooling: (N, num_features, H', W'), or (…, L')."""
        merge = self.spec.merge
        if isinstance(merge, Keep) and merge.units:
            choose_units((unit.merge for unit in self._iterate()), merge.units)
        x = self.stem(x)
        if self.recompute_segments and self.training:
            return self.final(run_recomputing(self.units(), x, self.recompute_segments))
        for stage in self.stages:
            x = stage(x)
        return self.final(x)

    def forward_head(self, features: Tensor, pre_logits: bool = False) -> Tensor:
        """Pool a feature map and classify it.

        Args:
            features: as ``forward_features`` answers them.
            pre_logits: answer the pooled features, (N, num_features), instead of the logits.
        """
        pooled = features.mean(self.axes)  # its backward is deterministic on a GPU too
        return pooled if pre_logits else self.fc(pooled)

    def forward(self, x: Tensor) -> Tensor:
        return self.forward_head(self.forward_features(x))

    def classifiers(self) -> list[nn.Module]:
        """List the classifiers: one."""
        return [self.fc]

    def get_classifier(self) -> nn.Module:
        """Return the classifier."""
        return self.fc

    def reset_classifier(self, num_classes: int) -> None:
        """Put a fresh classifier in place; 0 for none, so that the net answers pooled features."""
        replace_classifier(self, "fc", self.num_features, num_classes)
        self.spec = self.spec.replace(num_classes=num_classes)

    def set_grad_checkpointing(self, enable: bool = True, segments: int | None = None) -> None:
        """Trade time for memory: keep only segment borders and compute the rest again.

        Args:
            enable: on or off.
            segments: how many; None for about √n of n units, which needs the least memory.
        """
        total = sum(self.spec.depths)
        self.recompute_segments = (segments or round(total**0.5)) if enable else 0
