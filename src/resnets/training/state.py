"""Everything that a checkpoint holds: with it, a run goes on as if it had never stopped."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from resnets.errors import FileError
from resnets.spec import Recipe, to_json
from resnets.weights import format_safetensors, load_state, parse_safetensors

from .average import Average
from .guard import check_stored
from .optimizer import build_optimizer, load_optimizer_state, optimizer_state
from .plateau import PlateauState
from .tally import Tally

AVERAGE = "average/"


@dataclass
class Best:
    """The lowest validation error so far, per cent, and the step it was measured after."""

    step: int
    top1_error: float


@dataclass
class State:
    """A run between two steps.

    Args:
        net: the network, on its device.
        optimizer: with what it keeps for each parameter.
        average: moving average of the network, where the recipe wants one.
        tally: sums of the running epoch.
        step: steps taken so far.
        plateau: memory of a plateau schedule.
        best: lowest validation error, where there is a validation split.
    """

    net: nn.Module
    optimizer: torch.optim.Optimizer
    average: Average | None
    tally: Tally
    step: int = 0
    plateau: PlateauState = field(default_factory=PlateauState)
    best: Best | None = None

    @property
    def result(self) -> nn.Module:
        """The network that is evaluated and kept: the average where there is one."""
        return self.net if self.average is None else self.average.net

    def to_files(self, extra: Mapping[str, Any]) -> dict[str, bytes]:
        """Return the files of a checkpoint; equal states give equal tensor files.

        Args:
            extra: further JSON data for ``state.json``.

        Raises:
            DivergedError: a tensor is not finite.
        """
        tensors = dict(self.net.state_dict())
        moving = optimizer_state(self.net, self.optimizer)
        if self.average is not None:
            averaged = self.average.net.state_dict()
            moving |= {AVERAGE + name: tensor for name, tensor in averaged.items()}
        check_stored(self.step, tensors | moving)
        content = {
            "step": self.step,
            "network": digest_network(self.net),
            "tally": self.tally.to_dict(),
            "plateau": self.plateau.to_dict(),
            "best": None if self.best is None else vars(self.best),
            "averaged": None if self.average is None else self.average.count,
            **extra,
        }
        return {
            "model.safetensors": format_safetensors(tensors),
            "optimizer.safetensors": format_safetensors(moving),
            "state.json": to_json(content).encode(),
        }

    def load(self, files: Mapping[str, bytes], content: Mapping[str, Any], name: object) -> None:
        """Put a checkpoint back.

        Args:
            files: ``model.safetensors`` and ``optimizer.safetensors``.
            content: the checkpoint's ``state.json``, parsed.
            name: the checkpoint's folder, for messages.

        Raises:
            FileError: the checkpoint belongs to another network.
        """
        if content["network"] != digest_network(self.net):
            raise FileError(
                "E4002",
                "the checkpoint belongs to another network",
                what=f"{name}/state.json",
                why="its network digest is not that of the run's configuration",
                do="restore the checkpoint from a copy",
            )
        moving = parse_safetensors(files["optimizer.safetensors"], f"{name}/optimizer.safetensors")
        averaged = {k: moving.pop(k) for k in list(moving) if k.startswith(AVERAGE)}
        load_state(
            self.net, parse_safetensors(files["model.safetensors"], f"{name}/model.safetensors")
        )
        load_optimizer_state(self.net, self.optimizer, moving)
        if self.average is not None:
            tensors = {name.removeprefix(AVERAGE): tensor for name, tensor in averaged.items()}
            self.average.load(tensors, content["averaged"])
        self.tally.load(content["tally"])
        self.step = content["step"]
        self.plateau = PlateauState(**content["plateau"])
        self.best = None if content["best"] is None else Best(**content["best"])


def start_state(net: nn.Module, recipe: Recipe) -> State:
    """Return the state before the first step.

    Args:
        net: on its device and in its memory layout, with its initial weights.
        recipe: decides optimizer and average.
    """
    return State(
        net=net,
        optimizer=build_optimizer(net, recipe),
        average=Average(net, recipe.ema) if recipe.ema else None,
        tally=Tally(next(net.parameters()).device),
    )


def digest_network(net: nn.Module) -> str:
    """Return the sha256 of the names, shapes and kinds of a network's tensors."""
    lines: list[tuple[str, Tensor]] = sorted(net.state_dict().items())
    text = "\n".join(f"{name} {tuple(tensor.shape)} {tensor.dtype}" for name, tensor in lines)
    return hashlib.sha256(text.encode()).hexdigest()
