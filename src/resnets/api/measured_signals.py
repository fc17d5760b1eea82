"""What a study computes of the signal inside a trained network, or of its first weights."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from statistics import fmean
from typing import Any

from resnets.studies.measures import Value

DirLike = str | Path | None
IMAGES = 1000


def compute_mean_response(run: Path, argument: str, data_dir: DirLike) -> dict[str, Value]:
    """Mean over the layers of their responses, on 1000 test images.

    Source: He et al. 2015, Fig. 7.
    """
    from resnets.analysis.signal import list_responses, measure_signal

    from .probing import Options, open_probe

    probe = open_probe(str(run), Options(samples=IMAGES, data_dir=data_dir, device="auto"))
    found = measure_signal(probe.net, probe.samples, statistics=probe.statistics)
    return {"mean_response": Value(fmean(each.std for each in list_responses(found)))}


def compute_mean_activation(run: Path, argument: str, data_dir: DirLike) -> dict[str, Value]:
    """Mean of what a hidden layer answers after training; nothing if there is no such layer.

    Args:
        run: the run folder, which has recorded the signal.
        argument: the layer, from 1.
        data_dir: where the data lies.

    Source: Glorot & Bengio 2010, Fig. 2.
    """
    found = _read_layers(run, -1)[int(argument) - 1 :]
    return {f"mean_activation:{argument}": Value(found[0]["mean"])} if found else {}


def compute_saturation(run: Path, argument: str, data_dir: DirLike) -> dict[str, Value]:
    """Share of a hidden layer's answers at which its non-linearity is flat.

    Args:
        run, argument, data_dir: as for the mean.

    Source: Glorot & Bengio 2010, Figs. 2 to 4. What counts as flat is ours: below 5 % of the
    steepest slope.
    """
    found = _read_layers(run, -1)[int(argument) - 1 :]
    return {f"saturation:{argument}": Value(100 * found[0]["flat"])} if found else {}


def compute_initial_ratios(run: Path, argument: str, data_dir: DirLike) -> dict[str, Value]:
    """Before training: std of activations in the last hidden layer as a share of that in the first,
    and of gradients in the first as a share of that in the last.

    Source: Glorot & Bengio 2010, Figs. 6 and 7.
    """
    first, *others = _read_layers(run, 0)
    if not others:
        return {}
    last = others[-1]
    return {
        "activation_ratio": Value(last["std"] / first["std"]),
        "gradient_ratio": Value(first["gradient_std"] / last["gradient_std"]),
    }


def compute_dead_channels(run: Path, argument: str, data_dir: DirLike) -> dict[str, Value]:
    """Share of the channels before the last pooling that are zero for every test image.

    Source: Szegedy et al. 2017, Section 3.3.
    """
    import torch

    from resnets.evaluation import evaluating

    from .analysis import open_subject

    subject = open_subject(run, data_dir=data_dir, device="auto")
    alive = torch.zeros((), dtype=torch.bool)
    with evaluating(subject.net), torch.no_grad():
        for images, _, _ in subject.feeder.evaluating("test"):
            maps = subject.net.forward_features(images)  # type: ignore[operator]
            alive = alive | (maps != 0).transpose(0, 1).flatten(1).any(1).cpu()
    return {"dead_channels": Value(100 * float((~alive).float().mean()))}


def _read_layers(run: Path, record: int) -> list[Mapping[str, Any]]:
    """Return the non-linearities of a record of the signal: 0 is before training, -1 at its end."""
    from resnets.analysis.signal import RECORDS, read_signal

    records = read_signal(run / RECORDS)
    layers = records[record]["layers"] if records else []
    return [layer for layer in layers if layer["kind"] == "activation"]
