"""One pass over a split, every sample exactly once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from torch import Tensor, nn

from .metrics import Evaluation, Tally
from .protocols import evaluating, score


def evaluate(
    net: nn.Module,
    batches: Iterable[tuple[Tensor, Tensor, Tensor]],
    classes: Sequence[str],
    *,
    precision: str = "fp32",
    protocol: str = "single",
    crop: int | None = None,
) -> Evaluation:
    """Measure a network on batches of any sizes.

    Args:
        net: in any mode, which it keeps; it is measured in eval mode.
        batches: images (n, C, H, W), normalised, on the network's device; labels (n,); and the
            samples' indices in their split (n,), by which each is proved to be counted once.
        classes: names of the classes, one for each output.
        precision: ``fp32``, or ``bf16`` for autocast.
        protocol, crop: which views of an image are averaged, as in ``protocols.predict``.

    Raises:
        DataError: there is no sample, or a label is no class.
        FileError: the network has another number of outputs than there are classes.
        DivergedError: an output is not finite.
    """
    tally = Tally(tuple(classes))
    with evaluating(net):
        for images, labels, indices in batches:
            tally.add(score(net, images, protocol, crop, precision), labels, indices)
    return tally.result()
