"""The networks of the catalog for ``torch.hub``, one entry point for each name.

net = torch.hub.load("OWNER/resnets", "resnet50", pretrained=True)
backbone = torch.hub.load("OWNER/resnets", "backbone_with_fpn", "resnet50")
"""

import sys as _sys
from functools import partial as _partial
from pathlib import Path as _Path

_sys.path.insert(0, str(_Path(__file__).resolve().parent / "src"))

import resnets

dependencies = ["torch", "torchvision", "safetensors", "pydantic"]


def create_model(name, **options):
    """Build a network of the catalog, see ``resnets.create_model``."""
    return resnets.create_model(name, **options)


def load(path):
    """Load a trained network from a folder or ``hf:owner/name``, see ``resnets.load``."""
    return resnets.load(path)


def backbone_with_fpn(network, **options):
    """Return a network with a feature pyramid, see ``resnets.backbone_with_fpn``."""
    return resnets.backbone_with_fpn(network, **options)


def segmentation_backbone(network, **options):
    """Return a network with maps for segmentation, see ``resnets.segmentation_backbone``."""
    return resnets.segmentation_backbone(network, **options)


for _name in resnets.list_models():
    globals()[_name] = _partial(create_model, _name)
    globals()[_name].__doc__ = f"Build {_name}, see ``resnets.create_model``."
