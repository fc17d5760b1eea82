"""The exponential moving average of a network, which is then what is evaluated and kept."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from resnets.weights import load_state


class Average:
    """A copy of a network that follows it slowly: a ← decay · a + (1 - decay) · w after each step.

    Running statistics of batch norm are averaged like the weights; the first step copies them.

    Args:
        net: the network in training.
        decay: share that stays, 0.999 for one.
    """

    def __init__(self, net: nn.Module, decay: float) -> None:
        self._averaged = AveragedModel(
            net, multi_avg_fn=get_ema_multi_avg_fn(decay), use_buffers=True
        )

    @property
    def net(self) -> nn.Module:
        """The averaged network."""
        return self._averaged.module

    @property
    def count(self) -> int:
        """Steps that have entered the average."""
        return int(self._averaged.n_averaged)

    def update(self, net: nn.Module) -> None:
        """Move one step towards the network."""
        self._averaged.update_parameters(net)

    def load(self, tensors: Mapping[str, Tensor], count: int) -> None:
        """Put a saved average back.

        Raises:
            FileError: a tensor does not fit the network.
        """
        load_state(self.net, tensors)
        self._averaged.n_averaged.fill_(count)
