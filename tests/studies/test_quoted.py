"""Quoted tables: as many figures as columns, and the figures that everybody knows."""

from __future__ import annotations

import pytest

from resnets.studies.quoted import TABLES

BY_NAME = {table.name: table for table in TABLES}


@pytest.mark.parametrize("table", TABLES, ids=list(BY_NAME))
def test_every_row_has_a_figure_for_each_column(table):
    lines = dict(table.lines())
    assert lines
    assert table.source
    assert all(len(cells) == len(table.columns) for cells in lines.values())
    assert all(any(cell is not None for cell in cells) for cells in lines.values())


@pytest.mark.parametrize(
    ("name", "row", "cells"),
    [
        ("imagenet-10crop", "ResNet-34 C", (24.19, 7.40)),
        ("imagenet-10crop", "VGG-16", (28.07, 9.33)),
        ("imagenet-multiscale", "ResNet-152", (19.38, 4.49)),
        ("imagenet-ensembles", "ResNet (ILSVRC 2015)", (3.57,)),
        ("ilsvrc", "ResNeXt", (2016, 2, 3.031)),
        ("imagenet-320", "ResNet-200, pre-activation", (20.7, 5.3)),
        ("imagenet-1crop", "ResNeXt-101, 64×4d", (20.4, 5.3, 19.1, 4.4)),
        ("imagenet-multi-resnet", "Multi-ResNet-101, k = 2", (21.53, 19.93)),
        ("imagenet-5k", "ResNeXt-101", (40.1, 15.1, 22.2, 5.7)),
        ("cifar-comparison", "NIN", (8.81, 35.68)),
        ("cifar-comparison", "ELU", (6.55, 24.28)),
        ("cifar-comparison", "ResNet-1001, pre-activation", (4.92, 22.71)),
        ("cifar10-comparison", "ResNet-1202", (7.93,)),
        ("cifar-multi-resnet", "Multi-ResNet-26, k = 4, w = 10, 145 M", (3.73, 19.60)),
        ("voc", "ResNet-101", (76.4, 73.8)),
        ("coco", "VGG-16", (41.5, 21.2, None, None)),
        ("coco-resnext", "ResNeXt-101", (51.9, 30.0)),
        ("imagenet-detection", "ResNet, ensemble", (63.6, 62.1)),
        ("localisation-top5", "ResNet (ILSVRC 2015)", (8.9, 9.0)),
        ("inception-v3", "+ BN in the auxiliary head (Inception-v3)", (21.2, 5.6, 4.8)),
        ("inception-resnet", "Inception-ResNet-v2", (19.9, 4.9, 18.7, 4.1, 17.8, 3.7)),
        ("initialisation", "tanh, normalised", (15.60, 1.64, 52.92, 68.57)),
        ("two-devices", "Multi-ResNet-110, k = 6, model parallel", (1158, 341)),
    ],
)
def test_figures_are_those_of_the_papers(name, row, cells):
    assert dict(BY_NAME[name].lines())[row] == cells


def test_names_stand_once():
    assert len(BY_NAME) == len(TABLES)
