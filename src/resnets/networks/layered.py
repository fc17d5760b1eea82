"""The network of a plan: named steps from the input to the logits, and auxiliary classifiers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, cast

from torch import Tensor, nn

from resnets.blocks.layered import Named, Series, register
from resnets.spec.layers import Shape
from resnets.spec.plan import FamilySpec, Side, Step

from .classifier import classifier, replace_classifier
from .recompute import run_recomputing


class Outputs(NamedTuple):
    """What a network with auxiliary classifiers answers in training.

    Args:
        logits: (N, num_classes).
        sides: logits of the auxiliary classifiers, from the lowest, (N, num_classes) each.
    """

    logits: Tensor
    sides: tuple[Tensor, ...]


class LayeredNetwork(Named):
    """A network outside the grammar: VGG, DenseNet, Inception, highway and their relatives.

    Args:
        spec: the network's own small spec; use ``resnets.build`` for initial weights.

    Shapes: (N, in_chans, H, W) to (N, num_classes); in training, ``Outputs`` where the network has
    auxiliary classifiers.
    """

    def __init__(self, spec: FamilySpec) -> None:
        super().__init__()
        self.spec = spec
        plan = spec.plan()
        shapes = [spec.in_shape]
        for step in (*plan.body, *plan.head):
            self.add(step.parts, shapes[-1])
            shapes.append(step.layer.shape(shapes[-1]))
        self.plan = plan
        self._steps = tuple(tuple(name for name, _ in step.parts) for step in plan.body)
        self._head = tuple(name for step in plan.head for name, _ in step.parts)
        self.num_features = shapes[-1][0]
        self._classifiers = {plan.classifier: self.num_features}
        after = dict(zip((step.name for step in plan.body), shapes[1:], strict=False))
        for side in plan.sides:
            given = after[side.after]
            register(self, side.name, Series(side.layer.parts, given))
            path = f"{side.name}.{side.classifier}"
            self._classifiers[path] = side.layer.shape(given)[0]
        for path, features in self._classifiers.items():
            register(self, path, classifier(features, spec.num_classes))
        self._stretches = self._cut()
        self._maps = tuple(
            {"num_chs": shape[0], "reduction": reduction, "module": step.name}
            for step, shape, reduction in _locate(plan.body, shapes[1:])
            if step.feature
        )
        self.recompute_segments = 0

    def units(self) -> list[nn.Module]:
        """List the repeated parts in order: convolutions, modules or layers, as the family has."""
        return [self._join(step) for step in self.plan.body if step.unit]

    def _join(self, step: Step) -> nn.Module:
        modules = [self.get_submodule(name) for name, _ in step.parts]
        return modules[0] if len(modules) == 1 else nn.Sequential(*modules)

    def trunk(self) -> list[str]:
        """Name the modules from the input to the last feature map, in order."""
        return [name for names in self._steps for name in names]

    @property
    def feature_info(self) -> list[dict[str, Any]]:
        """Describe the maps that ``features_only`` can answer: channels, reduction and module."""
        return [dict(info) for info in self._maps]

    def forward_features(self, x: Tensor) -> Tensor:
        """Return the last feature map, before pooling, or the last hidden vector."""
        return self._run_body(x, sides=False)[0]

    def _cut(self) -> tuple[tuple[tuple[str, ...], Side | None], ...]:
        """Cut the body where auxiliary classifiers stand: names of modules, and what follows."""
        sides = {side.after: side for side in self.plan.sides}
        stretches: list[tuple[tuple[str, ...], Side | None]] = []
        start: tuple[str, ...] = ()
        for step, names in zip(self.plan.body, self._steps, strict=True):
            start += names
            if step.name in sides:
                stretches.append((start, sides[step.name]))
                start = ()
        return (*stretches, (start, None))

    def _run_body(self, x: Tensor, sides: bool) -> tuple[Tensor, tuple[Tensor, ...]]:
        logits = []
        for names, side in self._stretches:
            x = self._run(names, x)
            if side is not None and sides:
                series = self.get_submodule(side.name)
                logits.append(series.get_submodule(side.classifier)(series(x)))
        return x, tuple(logits)

    def _run(self, names: tuple[str, ...], x: Tensor) -> Tensor:
        if not (self.recompute_segments and self.training):
            return self.apply_named(names, x)
        share = self.recompute_segments * len(names) / len(self.trunk())
        return run_recomputing(
            [self.get_submodule(name) for name in names], x, max(1, round(share))
        )

    def forward_head(self, features: Tensor, pre_logits: bool = False) -> Tensor:
        """Pool a feature map and classify it.

        Args:
            features: as ``forward_features`` answers them.
            pre_logits: answer what the classifier reads, (N, num_features), instead of logits.
        """
        x = self.apply_named(self._head, features)
        return x if pre_logits else cast(Tensor, self.get_classifier()(x))

    def forward(self, x: Tensor) -> Tensor | Outputs:
        x, sides = self._run_body(x, sides=self.training and self.spec.num_classes > 0)
        logits = self.forward_head(x)
        return Outputs(logits, sides) if sides else logits

    def classifiers(self) -> list[nn.Module]:
        """List the classifier and the auxiliary ones."""
        return [self.get_submodule(path) for path in self._classifiers]

    def get_classifier(self) -> nn.Module:
        """Return the classifier; an identity for 0 classes."""
        return self.get_submodule(self.plan.classifier)

    def reset_classifier(self, num_classes: int) -> None:
        """Put a fresh classifier in place, in the auxiliary heads as well; 0 for none."""
        for path, features in self._classifiers.items():
            replace_classifier(self, path, features, num_classes)
        self.spec = self.spec.replace(num_classes=num_classes)

    def set_grad_checkpointing(self, enable: bool = True, segments: int | None = None) -> None:
        """Trade time for memory: keep only segment borders and compute the rest again.

        Layers of dense blocks keep their outputs, a copy of each, and nothing else.

        Args:
            enable: on or off.
            segments: how many; None for about √n of n modules, which needs the least memory where
                they are alike.
        """
        self.recompute_segments = (segments or round(len(self.trunk()) ** 0.5)) if enable else 0


def _locate(steps: Sequence[Step], shapes: Sequence[Shape]) -> Iterator[tuple[Step, Shape, int]]:
    """Go through steps with the shape behind each and how much smaller the map is there."""
    reduction = 1
    for step, shape in zip(steps, shapes, strict=False):
        reduction *= step.layer.reduction
        yield step, shape, reduction
