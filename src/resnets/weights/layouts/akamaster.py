"""The repository ``akamaster/pytorch_resnet_cifar10``: the CIFAR networks of 2015, with option A.

Its option A puts zeros on *both* sides of the real channels, a quarter of the new width each; ours
puts them behind. The two networks are the same up to the order of channels: with ``order[s]`` the
channels of its stage s in the order in which they mean ours, and C channels before the border,

    order[s + 1] = C/2 + order[s], then its remaining channels,

so reading permutes every tensor that touches the sum of a stage, and nothing is approximated.
"""

from __future__ import annotations

import torch
from torch import Tensor

from resnets.spec import Preprocessing, Spec, expand

from .layout import IMAGENET, Layout, Shapes, State
from .names import SILENT, Names, to_ours, to_theirs
from .skeleton import infer
from .torchvision import BASIC

NAMES = Names(
    library="akamaster",
    stem="conv1",
    stem_norm="bn1",
    conv="layer{S}.{u}.conv{C}",
    norm="layer{S}.{u}.bn{C}",
    project="layer{S}.{u}.shortcut.0",
    project_norm="layer{S}.{u}.shortcut.1",
    classifier="linear",
    shortcuts=("B", "A", "none"),
)


def _recognise(shapes: Shapes) -> Spec | None:
    spec = infer(NAMES, shapes)
    if spec is None or not spec.num_classes or spec.stem != "3x3" or spec.kernels != BASIC:
        return None
    if spec.shortcut == "A":
        doubled = [width * 2 for width in spec.widths[:-1]] == list(spec.widths[1:])
        return spec if doubled and spec.stem_width == spec.widths[0] else None
    # The other repository with these names has four stages, and always projections.
    return spec if len(spec.depths) == 3 else None


def _orders(spec: Spec) -> list[list[int]]:
    """Return for each stage which of its channels stands for ours, by our number."""
    orders = [list(range(spec.widths[0]))]
    for before, width in zip(spec.widths, spec.widths[1:], strict=False):
        side = width // 4
        first = [side + channel for channel in orders[-1]]
        rest = [c for c in range(width) if not side <= c < side + before]
        orders.append([*first, *rest])
    return orders


def _permute(state: State, spec: Spec, orders: list[Tensor]) -> dict[str, Tensor]:
    """Reorder the channels of the sums: outputs of every unit, inputs of what reads them."""
    moved = dict(state)

    def reorder(prefix: str, order: Tensor, dim: int = 0) -> None:
        for name in [name for name in moved if name.startswith(prefix) and moved[name].dim() > dim]:
            moved[name] = moved[name].index_select(dim, order.to(moved[name].device))

    before = orders[0]
    for unit in expand(spec):
        position = unit.index - sum(spec.depths[: unit.stage])
        place = f"stages.{unit.stage}.{position}.transform"
        after = orders[unit.stage]
        reorder(f"{place}.convs.0.", before, dim=1)
        reorder(f"{place}.convs.{len(unit.kernels) - 1}.", after)
        reorder(f"{place}.tail.norm.", after)
        before = after
    reorder("fc.weight", before, dim=1)
    return moved


def _read(state: State, spec: Spec) -> dict[str, Tensor]:
    ours = to_ours(state, spec, NAMES)
    if spec.shortcut != "A":
        return ours
    return _permute(ours, spec, [torch.tensor(order) for order in _orders(spec)])


def _write(state: State, spec: Spec) -> dict[str, Tensor]:
    if spec.shortcut == "A":
        inverse = [torch.tensor(order).argsort() for order in _orders(spec)]
        state = _permute(state, spec, inverse)
    return to_theirs(state, spec, NAMES)


def _refuse(spec: Spec) -> str:
    if spec.kernels != BASIC or spec.stride_at or spec.inner != 1.0:
        return "units are basic (3×3, 3×3)"
    if spec.stem != "3x3" or spec.stem_width != 16 or spec.widths != (16, 32, 64):
        return "the stem is 3×3 with 16 channels, the three stages have 16, 32 and 64"
    if spec.shortcut == "none":
        return "units have shortcuts"
    return "" if spec.in_chans == 3 and spec.num_classes else "pictures have 3 channels"


def _feed(spec: Spec) -> Preprocessing | None:
    """Feed CIFAR pictures with ImageNet's mean and deviation, as the repository does."""
    return IMAGENET.replace(image_size=32, resize=32) if spec.in_chans == 3 else None


def _assume(spec: Spec) -> tuple[str, ...]:
    if spec.shortcut != "A":
        return ()
    return (
        "shortcuts of option A, zeros on both sides of the channels; channels are reordered so"
        " that the zeros stand behind them",
    )


AKAMASTER = Layout(
    name="akamaster",
    recognise=_recognise,
    read=_read,
    write=_write,
    feed=_feed,
    refuse=_refuse,
    assume=_assume,
    silent=(*SILENT, "shortcut"),
)
