"""resnets: the residual-network workbench.

Every name below is imported when it is first used, so that ``import resnets`` costs nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from .version import __version__

if TYPE_CHECKING:
    from .api.analyses import analyze
    from .api.backbones import backbone_with_fpn, segmentation_backbone
    from .api.ensembles import evaluate_ensemble
    from .api.evaluation import evaluate
    from .api.exporting import export
    from .api.fitting import fit
    from .api.hub import from_pretrained, push_to_hub
    from .api.importing import import_weights
    from .api.models import build, create_model, list_models, load
    from .api.prediction import predict
    from .api.training import resume, train
    from .api.verification import verify
    from .spec import Add, DataSpec, Gate, Keep, Order, Recipe, Run, Spec

_HOMES = {
    "resnets.spec": ("Add", "DataSpec", "Gate", "Keep", "Order", "Recipe", "Run", "Spec"),
    "resnets.api.analyses": ("analyze",),
    "resnets.api.backbones": ("backbone_with_fpn", "segmentation_backbone"),
    "resnets.api.ensembles": ("evaluate_ensemble",),
    "resnets.api.evaluation": ("evaluate",),
    "resnets.api.exporting": ("export",),
    "resnets.api.fitting": ("fit",),
    "resnets.api.hub": ("from_pretrained", "push_to_hub"),
    "resnets.api.importing": ("import_weights",),
    "resnets.api.models": ("build", "create_model", "list_models", "load"),
    "resnets.api.prediction": ("predict",),
    "resnets.api.training": ("resume", "train"),
    "resnets.api.verification": ("verify",),
}
_HOME = {name: module for module, names in _HOMES.items() for name in names}

__all__ = [
    "Add",
    "DataSpec",
    "Gate",
    "Keep",
    "Order",
    "Recipe",
    "Run",
    "Spec",
    "__version__",
    "analyze",
    "backbone_with_fpn",
    "build",
    "create_model",
    "evaluate",
    "evaluate_ensemble",
    "export",
    "fit",
    "from_pretrained",
    "import_weights",
    "list_models",
    "load",
    "predict",
    "push_to_hub",
    "resume",
    "segmentation_backbone",
    "train",
    "verify",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'resnets' has no attribute {name!r}")
    value = getattr(importlib.import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
