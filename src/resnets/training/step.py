"""One step of training: rate, forward pass, loss, backward pass, update."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from resnets.networks import Outputs

from .execution import Forward
from .guard import Guard
from .seeding import seed_step
from .state import State


def take_step(
    state: State,
    guard: Guard,
    forward: Forward,
    images: Tensor,
    labels: Tensor,
    *,
    rate: float,
    smoothing: float,
    auxiliary: float,
    clip: float = 0.0,
    precision: str,
    seed: int,
    rank: int = 0,
) -> None:
    """Train on one batch and count it; nothing here waits for a device.

    Args:
        state: what the step changes.
        guard: checks loss, gradients and parameters.
        forward: the state's network, or its compiled form.
        images: (n, C, H, W) on the network's device.
        labels: (n,).
        rate: learning rate of this step.
        smoothing: ε of q'(k) = (1 - ε)·δ(k, y) + ε/K.
        auxiliary: weight of the loss of each auxiliary classifier.
        clip: largest norm of all gradients together; longer ones are shortened; 0 for any.
        precision: ``bf16`` for autocast over float32 weights, or ``fp32``.
        seed, rank: of the run and of this process; with the step they decide dropout and masks.

    Raises:
        DivergedError: loss, gradients or parameters are not finite.
    """
    seed_step(seed, state.step, rank, images.device)
    for group in state.optimizer.param_groups:
        group["lr"] = rate
    with torch.autocast(images.device.type, torch.bfloat16, enabled=precision == "bf16"):
        outputs = forward(images)
    logits, *sides = flatten_outputs(outputs)
    loss = functional.cross_entropy(logits, labels, label_smoothing=smoothing)
    for side in sides:
        loss = loss + auxiliary * functional.cross_entropy(side, labels, label_smoothing=smoothing)
    state.optimizer.zero_grad(set_to_none=True)
    loss.backward()
    if clip:
        nn.utils.clip_grad_norm_(state.net.parameters(), clip)
    state.optimizer.step()
    guard.check(state.step + 1, loss)
    if state.average is not None:
        state.average.update(state.net)
    state.tally.add(loss, logits, labels)
    state.step += 1


def flatten_outputs(outputs: Tensor | Outputs) -> list[Tensor]:
    """List the logits of a network and those of its auxiliary classifiers, in float32."""
    logits = [outputs.logits, *outputs.sides] if isinstance(outputs, Outputs) else [outputs]
    return [each.float() for each in logits]
