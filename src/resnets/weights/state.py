"""Named tensors into a network: all of them fit, or none is loaded."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from resnets.errors import DivergedError, FileError


def load_state(net: nn.Module, state: Mapping[str, Tensor], *, ignore_head: bool = False) -> None:
    """Copy weights into a network, strictly; a refused state changes nothing.

    Args:
        net: the network; its devices and dtypes stay as they are.
        state: tensors by the network's own names.
        ignore_head: leave the classifiers as they are, whatever the state holds for them
            (fine-tuning); auxiliary ones count.

    Raises:
        FileError: a tensor is missing, unexpected, of another shape or kind, not finite, or a
            variance below zero.
    """
    own = net.state_dict()
    if ignore_head:
        heads = tuple(f"{path}." for path in _head_paths(net))
        own = {name: tensor for name, tensor in own.items() if not name.startswith(heads)}
        state = {name: tensor for name, tensor in state.items() if not name.startswith(heads)}
    check_state(state, own)
    with torch.no_grad():
        for name, tensor in own.items():
            tensor.copy_(state[name])


def check_state(state: Mapping[str, Tensor], wanted: Mapping[str, Tensor]) -> None:
    """Refuse tensors that are not those of a network.

    Args:
        state: what is given.
        wanted: names, shapes and kinds that are needed; tensors without data will do.

    Raises:
        FileError: a tensor is missing, unexpected, of another shape or kind, not finite, or a
            variance below zero.
    """
    if missing := [name for name in wanted if name not in state]:
        raise _refuse_names("E4511", "a tensor is missing", missing, len(wanted))
    if unexpected := [name for name in state if name not in wanted]:
        raise _refuse_names("E4512", "a tensor is unexpected", unexpected, len(wanted))
    for name, tensor in wanted.items():
        _check_fit(name, state[name], tensor)


def head_names(net: nn.Module) -> set[str]:
    """Name the tensors of the classifiers, for example ``fc.weight`` and ``fc.bias``."""
    heads = {path: net.get_submodule(path) for path in _head_paths(net)}
    return {f"{path}.{name}" for path, head in heads.items() for name in head.state_dict()}


def _head_paths(net: nn.Module) -> list[str]:
    heads = net.classifiers()  # type: ignore[operator]
    return [name for name, module in net.named_modules() if any(module is h for h in heads)]


def check_finite(state: Mapping[str, Tensor]) -> None:
    """Refuse weights that are not finite, before they are stored as a result.

    Raises:
        DivergedError: a tensor holds NaN or an infinity.
    """
    for name, tensor in state.items():
        if not torch.isfinite(tensor).all():
            raise DivergedError(
                "E6102",
                "weights are not finite",
                what=name,
                where={"values": count_bad_values(tensor)},
                do="train again with a lower learning rate, or go back to an earlier checkpoint",
            )


def count_bad_values(tensor: Tensor) -> str:
    """Say how many values of a tensor are NaN or infinite."""
    return f"{int((~torch.isfinite(tensor)).sum()):,} of {tensor.numel():,}"


def _check_fit(name: str, given: Tensor, wanted: Tensor) -> None:
    where: dict[str, object] = {"tensor": name}
    shapes = f"the file has {tuple(given.shape)}, the network {tuple(wanted.shape)}"
    if given.shape != wanted.shape:
        do = "build the network that the weights were made for; for a new set of classes, fine-tune"
        raise FileError(
            "E4513", "a tensor has another shape", what=name, where=where, why=shapes, do=do
        )
    if given.is_floating_point() != wanted.is_floating_point():
        why = f"the file has {given.dtype}, the network {wanted.dtype}"
        raise FileError("E4515", "a tensor is of another kind", what=name, where=where, why=why)
    if not torch.isfinite(given).all():
        why = f"{count_bad_values(given)} values are NaN or infinite"
        raise FileError("E4514", "a tensor is not finite", what=name, where=where, why=why)
    if name.endswith(".running_var") and (given < 0).any():
        why = f"{int((given < 0).sum()):,} of {given.numel():,} values are below zero"
        raise FileError("E4517", "a variance is negative", what=name, where=where, why=why)


def _refuse_names(code: str, title: str, names: list[str], total: int) -> FileError:
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return FileError(
        code,
        title,
        what=", ".join(names[:3]) + more,
        why=f"{len(names):,} such names; the network has {total:,} tensors",
        do="build the network that the weights were made for",
    )
