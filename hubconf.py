"""The networks of the catalog for ``torch.hub``, one entry point for each name."""

import sys
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent / "src"))

import resnets

dependencies = ["torch", "pydantic"]


def create_model(name, **options):
    """Build a network of the catalog, see ``resnets.create_model``."""
    return resnets.create_model(name, **options)


for _name in resnets.list_models():
    globals()[_name] = partial(create_model, _name)
    globals()[_name].__doc__ = f"Build {_name}, see ``resnets.create_model``."
