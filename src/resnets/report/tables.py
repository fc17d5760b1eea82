"""Tables of the report: the confusion of classes, the mistakes, the network's units."""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import groupby
from typing import Any

from torch import Tensor

from resnets.errors import escape

from .pictures import encode_picture

MAX_CLASSES = 24
MAX_PAIRS = 8
MAX_PICTURES = 24  # fills its rows in 3, 4, 6, 8 and 12 columns


def tabulate_confusion(evaluation: Mapping[str, Any]) -> dict[str, Any]:
    """Lay out a confusion matrix and list the pairs of classes that are taken for one another.

    Returns:
        ``rows`` of at most 24 classes, those with the most mistakes, in the order of the classes;
        each cell has its count and a strength 0 … 1; how many classes are ``hidden``; the most
        frequent ``pairs``; how many samples are ``wrong``.
    """
    names = [escape(name) for name in evaluation["classes"]]
    confusion = evaluation["confusion"]
    wrong = [sum(row) - row[i] for i, row in enumerate(confusion)]
    hardest = sorted(range(len(names)), key=lambda i: (-wrong[i], i))[:MAX_CLASSES]
    shown = sorted(hardest)
    cells_off = (c for i, row in enumerate(confusion) for j, c in enumerate(row) if i != j)
    worst = max(cells_off, default=0)
    rows = []
    for i in shown:
        cells = []
        for j in shown:
            value = confusion[i][j]
            strength = 1.0 if i == j else math.sqrt(value / worst) if worst else 0.0
            cells.append({"count": value, "strength": f"{strength:.2f}", "right": i == j})
        accuracy = evaluation["per_class_accuracy"][i]
        rows.append({"name": names[i], "cells": cells, "accuracy": accuracy})
    pairs = [
        {"true": names[i], "predicted": names[j], "count": c, "share": 100 * c / sum(row)}
        for i, row in enumerate(confusion)
        for j, c in enumerate(row)
        if i != j and c
    ]
    pairs.sort(key=lambda pair: (-pair["count"], -pair["share"]))
    return {
        "names": [names[i] for i in shown],
        "rows": rows,
        "hidden": len(names) - len(shown),
        "pairs": pairs[:MAX_PAIRS],
        "wrong": sum(wrong),
    }


def list_mistakes(evaluation: Mapping[str, Any], pictures: Tensor | None) -> list[dict[str, Any]]:
    """Pair the most confident mistakes with their pictures; those without one are left out."""
    if pictures is None:
        return []
    names = [escape(name) for name in evaluation["classes"]]
    return [
        {
            "picture": encode_picture(picture),
            "small": max(picture.shape[1:]) < 64,
            "index": mistake["index"],
            "true": names[mistake["true"]],
            "predicted": names[mistake["predicted"]],
            "confidence": 100 * mistake["confidence"],
        }
        for mistake, picture in zip(evaluation["mistakes"], pictures[:MAX_PICTURES], strict=False)
    ]


def tabulate_units(network: Mapping[str, Any]) -> list[dict[str, Any]]:
    """List the rows of the unit table, with runs of equal units as one row."""

    def kind(row: Mapping[str, Any]) -> tuple[Any, ...]:
        shapes = (tuple(row["in_shape"]), tuple(row["out_shape"]))
        return (row["part"], row["layers"], *shapes, row["parameters"], row["macs"])

    rows = []
    for _, group in groupby(network.get("rows", []), kind):
        same = list(group)
        first, last = same[0], same[-1]
        name = first["name"]
        if len(same) > 1:
            name = f"{name}–{last['name'].rsplit(' ', 1)[-1]}".replace("unit ", "units ")
        rows.append(
            {
                "name": escape(name),
                "layers": escape(first["layers"]),
                "shape": "×".join(map(str, first["out_shape"])),
                "units": len(same),
                "parameters": sum(row["parameters"] for row in same),
                "macs": sum(row["macs"] for row in same),
                "receptive_field": last.get("receptive_field"),
            }
        )
    return rows
