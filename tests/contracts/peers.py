"""The networks that torchvision and timm share with the catalog."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from torch import nn

from resnets.catalog import look_up
from resnets.spec import Network

RESNETS = [
    *(f"resnet{depth}" for depth in (18, 34, 50, 101, 152)),
    *(f"resnext{paths}d" for paths in ("50_32x4", "101_32x8", "101_64x4")),
    *(f"wide_resnet{depth}_2" for depth in (50, 101)),
]
DENSENETS = [f"densenet{depth}" for depth in (121, 161, 169, 201)]
VGGS = [f"vgg{depth}{ending}" for depth in (11, 13, 16, 19) for ending in ("", "_bn")]
BARE = [f"resnetv2_{depth}" for depth in (18, 34, 50, 101, 152)]

SIZE, VALID = 64, 107
"""Sides of small pictures: for convolutions with borders, and for those that shrink the map."""


@dataclass(frozen=True)
class Peer:
    """A network of ours in another library.

    Args:
        name: ours, as the catalog knows it.
        library: ``torchvision`` or ``timm``.
        theirs: the library's name.
        size: side of a small picture, in pixels, that leaves something to compare.
        options: of the library's constructor.
    """

    name: str
    library: str
    theirs: str
    size: int = SIZE
    options: Mapping[str, object] = field(default_factory=dict, hash=False)

    def __str__(self) -> str:
        return f"{self.name}-{self.library}"

    @property
    def spec(self) -> Network:
        """Ours; timm has dropout only where it is asked for."""
        spec = look_up(self.name).spec
        return spec.replace(dropout=0.0) if self.library == "timm" else spec

    def make(self) -> nn.Module:
        """Build the library's network with random weights."""
        if self.library == "torchvision":
            from torchvision import models

            return models.get_model(self.theirs, weights=None, **self.options)
        import timm

        return timm.create_model(self.theirs, **self.options)


def _share(library: str, names: list[str]) -> list[Peer]:
    """List networks that have the same name in both places."""
    return [Peer(look_up(name).name, library, name) for name in names]


# Left to itself torchvision's constructor draws the weights of an Inception network for minutes.
PLAIN = {"init_weights": False}

PEERS = (
    *_share("torchvision", [*RESNETS, "alexnet", *VGGS, *DENSENETS]),
    Peer("googlenet", "torchvision", "googlenet", SIZE, {**PLAIN, "aux_logits": True}),
    Peer("googlenet_no_aux", "torchvision", "googlenet", SIZE, {**PLAIN, "aux_logits": False}),
    # The auxiliary head needs all of a large picture.
    Peer("inception_v3", "torchvision", "inception_v3", 299, PLAIN),
    *_share("timm", [*RESNETS, "resnet200", "resnext101_32x4d", *BARE, *VGGS, *DENSENETS]),
    Peer("inception_v3_no_aux", "timm", "inception_v3", VALID),
    Peer("inception_v4", "timm", "inception_v4", VALID),
    Peer("inception_resnet_v2", "timm", "inception_resnet_v2", VALID),
)
"""Every network that a library shares with us, in the library's default form."""
