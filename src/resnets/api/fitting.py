"""A network trained in memory on tensors: signals in time, vectors, or pictures as they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from resnets.errors import ConfigError
from resnets.spec import FamilySpec, ModelConfig, Network, Recipe

from .feeding import leave_as_is
from .machine import pick_precision
from .targets import need_spec

if TYPE_CHECKING:
    from torch import Tensor, nn

    from resnets.evaluation import Evaluation
    from resnets.training import EpochSummary, State

    Samples = tuple[Tensor, Tensor]


@dataclass(frozen=True)
class FitResult:
    """A network that was trained in memory.

    Args:
        net: the network, in evaluation mode; the moving average where the recipe wants one.
        history: what is known of every epoch.
        evaluation: figures of the test samples; None without any.
        config: what stands beside the weights when they are saved.
    """

    net: nn.Module
    history: tuple[EpochSummary, ...]
    evaluation: Evaluation | None
    config: ModelConfig

    def save(self, path: str | Path) -> Path:
        """Save the network as a model folder, which ``resnets.load`` reads.

        Raises:
            MachineError: the disk or a permission refused.
        """
        from resnets.weights import save_folder

        save_folder(path, self.net.state_dict(), self.config)
        return Path(path)


def fit(
    net: nn.Module,
    train: Samples,
    *,
    recipe: Recipe = Recipe(),  # noqa: B008 frozen
    test: Samples | None = None,
    classes: Sequence[str] = (),
    seed: int = 0,
    precision: str = "fp32",
) -> FitResult:
    """Train a network in memory on tensors, which are fed as they are.

    For data that no source of ``train`` holds. Nothing is scaled, cropped or mirrored, whatever the
    recipe says of pictures, and there is no run folder and no resuming.

    Args:
        net: a network of ours on its device; it is changed in place.
        train: inputs and labels. Inputs are (N, in_chans) for a network of 0 dimensions,
            (N, in_chans, L) for 1, (N, in_chans, H, W) for 2; labels (N,) of int64.
        recipe: length, batch size, rate and schedule.
        test: the samples that are measured at the end, never looked at before.
        classes: names of the classes; without any they are numbers.
        seed: of the order, dropout and masks; the weights are those that the network has.
        precision: ``fp32``, or ``bf16`` for autocast.

    Raises:
        ConfigError: the network is not ours, reads other inputs, or a field is not allowed.
        DataError: the samples are refused.
        DivergedError: a loss, gradient or parameter is not finite.

    Example:
        >>> result = fit(build(spec), (x, y), test=(x2, y2))  # doctest: +SKIP
        >>> result.evaluation.top1_error, result.save("model")  # doctest: +SKIP
    """
    from resnets import evaluation, training
    from resnets.data.tensors import TensorBatches, check_samples

    spec = need_spec(net)
    names = tuple(classes) or tuple(str(i) for i in range(spec.num_classes))
    config = ModelConfig(
        network=spec, classes=names, preprocessing=leave_as_is(spec), recipe=recipe.name
    )
    for name, samples in (("train", train), ("test", test)):
        if samples is not None:
            _check_inputs(spec, samples[0], name)
            check_samples(*samples, spec.num_classes, name)
    device = next(net.parameters()).device
    pick_precision(precision, device)
    batches = TensorBatches(*train, recipe.batch_size, seed, device)
    total = training.total_steps(recipe, batches.steps_per_epoch)
    state, history = training.start_state(net, recipe), list[training.EpochSummary]()

    def note(state: State, summary: EpochSummary) -> None:
        history.append(summary)

    hooks = training.Hooks(on_epoch=note)
    training.fit(state, recipe, batches, total, seed=seed, precision=precision, hooks=hooks)
    result, measured = state.result.eval(), None
    if test is not None:
        size = min(recipe.batch_size, len(test[1]))
        held_out = TensorBatches(*test, size, seed, device).evaluating()
        measured = evaluation.evaluate(result, held_out, names, precision=precision)
        figures = {"test_top1_error": measured.top1_error, "test_n": float(measured.n)}
        config = config.replace(measured=figures)
    result.config = config  # type: ignore[assignment]
    return FitResult(result, tuple(history), measured, config)


def _check_inputs(spec: Network, inputs: Tensor, name: str) -> None:
    """Refuse inputs of another shape than the network reads.

    Raises:
        ConfigError: both shapes are named, or the pictures are too small.
    """
    side = getattr(spec, "image_size", None)
    sides = [str(side)] * 2 if side else ["", "L", "H W"][spec.dimensions].split()
    shape = tuple(inputs.shape)
    fits = len(shape) == 2 + spec.dimensions and shape[1] == spec.in_chans and 0 not in shape[2:]
    if not fits or (side and set(shape[2:]) != {side}):
        raise ConfigError(
            "E2660",
            "the network reads other inputs",
            what=f"inputs {shape}",
            where={"samples": name},
            why=f"with dimensions = {spec.dimensions} and in_chans = {spec.in_chans} it reads"
            f" ({', '.join(['N', str(spec.in_chans), *sides])})",
            do="change the inputs, or the network's spec",
        )
    if isinstance(spec, FamilySpec):
        spec.plan().check(shape[1:])
