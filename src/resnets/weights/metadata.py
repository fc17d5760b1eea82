"""The head of a model card in the Hugging Face Hub's words: licence, data, measured errors."""

from __future__ import annotations

import re
from typing import Any

from resnets.errors import escape
from resnets.spec import ModelConfig

TASKS = {0: "tabular-classification", 1: "other", 2: "image-classification"}
"""The Hub's words for what a network does, by the dimensions of its input."""

TOP1 = "top1_error"

RESIDUAL = "residual"
"""The family of the networks of the grammar."""

# Identifiers that the Hub knows; any other licence is "other" with a name.
LICENSES = """
afl-3.0 agpl-3.0 apache-2.0 artistic-2.0 bsd bsd-2-clause bsd-3-clause bsd-3-clause-clear bsl-1.0
cc cc0-1.0 cc-by-2.0 cc-by-2.5 cc-by-3.0 cc-by-4.0 cc-by-nc-2.0 cc-by-nc-3.0 cc-by-nc-4.0
cc-by-nc-nd-3.0 cc-by-nc-nd-4.0 cc-by-nc-sa-2.0 cc-by-nc-sa-3.0 cc-by-nc-sa-4.0 cc-by-nd-4.0
cc-by-sa-3.0 cc-by-sa-4.0 cdla-permissive-1.0 cdla-permissive-2.0 cdla-sharing-1.0 ecl-2.0 epl-1.0
epl-2.0 eupl-1.1 eupl-1.2 gfdl gpl gpl-2.0 gpl-3.0 isc lgpl lgpl-2.1 lgpl-3.0 mit mpl-2.0 ms-pl
ncsa odbl odc-by ofl-1.1 openrail osl-3.0 pddl postgresql unknown unlicense wtfpl zlib
"""
DATASETS = {
    "cifar10": "uoft-cs/cifar10",
    "cifar100": "uoft-cs/cifar100",
    "fashion-mnist": "zalando-datasets/fashion_mnist",
    "imagenet": "ILSVRC/imagenet-1k",
    "mnist": "ylecun/mnist",
    "svhn": "ufldl-stanford/svhn",
}
"""Data sets by our names, and where the Hub has them."""


def describe_model(config: ModelConfig, name: str) -> dict[str, Any]:
    """Return the metadata of a model card.

    Args:
        config: what is known of the model.
        name: how the card calls it.

    Source: the Hub's model card specification, ``modelcard.md``.
    """
    head: dict[str, Any] = _describe_license(config.license)
    task = TASKS[config.network.dimensions]
    family = config.network.family
    tags = ["residual-networks" if family == RESIDUAL else family.replace("_", "-"), task]
    head |= {"library_name": "resnets", "pipeline_tag": task, "tags": tags}
    if config.trained_on in DATASETS:
        head["datasets"] = [DATASETS[config.trained_on]]
    if results := _list_results(config):
        head["metrics"] = ["accuracy"]
        head["model-index"] = [{"name": name, "results": results}]
    return head


def _describe_license(license: str) -> dict[str, str]:
    known = license.lower() or "unknown"
    if known in LICENSES.split():
        return {"license": known}
    slug = re.sub(r"[^a-z0-9.]+", "-", known).strip("-")
    return {"license": "other", "license_name": slug or "unnamed"}


def _list_results(config: ModelConfig) -> list[dict[str, Any]]:
    data = escape(config.trained_on) or "unknown"
    results = []
    for split in ("test", "validation"):
        error = config.measured.get(f"{split}_{TOP1}")
        if error is not None:
            kind = DATASETS.get(data, data.partition(":")[0])
            results.append(
                {
                    "task": {"type": TASKS[config.network.dimensions]},
                    "dataset": {"type": kind, "name": data, "split": split},
                    "metrics": [
                        {
                            "type": "accuracy",
                            "name": "Top-1 accuracy",
                            "value": round(1 - error / 100, 6),
                        },
                        {"type": "error", "name": "Top-1 error, per cent", "value": error},
                    ],
                }
            )
    return results
