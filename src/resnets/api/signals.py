"""Networks probed: what flows forward and back through every layer."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from resnets.errors import ConfigError
from resnets.spec import DataSpec, to_json
from resnets.spec.frozen import reject

from .analysis import check_output, name_subject
from .limits import check_list
from .probing import Options, Probe, open_probe

if TYPE_CHECKING:
    from torch import Tensor, nn

    from resnets.analysis.signal import Findings

KINDS = ("unit", "convolution", "linear", "norm", "activation", "gate")
OnProgress = Callable[[str, float], None]


@dataclass(frozen=True)
class Probed:
    """Networks with their signals, side by side.

    Args:
        findings: of each network.
    """

    findings: tuple[Findings, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return all networks as JSON data."""
        return {"analysis": "signal", "networks": [found.to_dict() for found in self.findings]}


def signal(
    *targets: str | Path | nn.Module,
    data: str | DataSpec | None = None,
    weights: str | Path | None = None,
    data_dir: str | Path | None = None,
    output: str | Path | None = None,
    samples: int | None = None,
    batch_size: int | None = None,
    split: str = "test",
    kinds: Sequence[str] = KINDS,
    statistics: str | None = None,
    checkpoints: bool = False,
    seed: int = 0,
    device: str | None = None,
    on_progress: OnProgress | None = None,
) -> Probed:
    """Measure the signal in networks layer by layer; the networks are left as they were.

    At every layer: mean, std, 98 % quantile and histogram of its outputs and of the gradients that
    arrive there; the responses of Fig. 7 of He et al. 2015; gates; what the shortcuts alone carry
    back, against the product of their scales; for a name without weights the growth of the signal
    with depth, against theory; for a run that recorded it (``record_signal``) all by epoch.

    Args:
        targets: what ``evaluate`` takes, and names of the catalog without weights, which are
            measured at initialisation; several are drawn into one picture.
        data: the source; ``noise`` for independent numbers with mean 0 and variance 1. None takes
            what the network was trained on, and noise for a name without weights.
        weights, data_dir: as in ``evaluate``; weights are for a single name.
        output: a new folder for tables and pictures; None writes nothing.
        samples: images, drawn by the seed; None takes four batches. A last one that is alone in its
            batch is left out where batch norm goes by batches.
        batch_size: images in a batch, two at least where batch norm goes by it;
            None takes 128, or as many as keep 1 GiB of activations.
        split: ``test``, ``validation`` or ``train``.
        kinds: which layers, names of ``analysis.signal.KINDS``; growth is that of units.
        statistics: what batch norm goes by: ``running`` or ``batch``. None takes ``batch`` at
            initialisation, where nothing has been recorded yet.
        checkpoints: for the signal by epoch measure what checkpoints a run has kept, instead of
            reading what it has recorded.
        seed: of weights at initialisation, of samples and noise.
        device: as in ``evaluate``.
        on_progress: is told which network is being measured, and how much is done, 0 … 1.

    Raises:
        ConfigError: an option is not allowed or the output exists.
        DataError, FileError: as ``evaluate``.
        DivergedError: a value is not finite.

    Source: Glorot & Bengio 2010, Sections 3 and 4; He et al. 2015, Fig. 7; He et al. 2016
    (Identity Mappings), Eq. 5 and 8.
    """
    if not targets:
        raise reject("targets", targets, "one network or more")
    if weights is not None and len(targets) > 1:
        raise ConfigError(
            "E2702",
            "weights are for a single name",
            what=f"{len(targets)} networks",
            where={"option": "--weights"},
            do="analyse one network at a time, or give run or model folders",
        )
    check_list("kinds", kinds)
    if output is not None:
        check_output(output)
    options = Options(data, weights, data_dir, samples, batch_size, split, statistics, seed, device)
    found = (_probe(target, options, kinds, checkpoints, on_progress) for target in targets)
    result = Probed(tuple(found))
    if output is not None:
        write_signals(output, result)
    return result


def write_signals(path: str | Path, probed: Probed) -> None:
    """Write ``signal.json``, tables and pictures to a new folder."""
    from resnets.report.folder import write_folder
    from resnets.report.signals import draw_signals, tabulate_signals

    table = probed.to_dict()
    pictures = draw_signals(table)
    write_folder(path, {"signal.json": to_json(table), **tabulate_signals(table), **pictures})


def _probe(
    target: str | Path | nn.Module,
    options: Options,
    kinds: Sequence[str],
    checkpoints: bool,
    on_progress: OnProgress | None,
) -> Findings:
    from resnets.analysis.signal import Findings, measure_direct, measure_signal, predict_growth

    run = _find_run(target, checkpoints)
    probe = open_probe(target, options)
    watched = partial(_tell, probe, on_progress)
    found = measure_signal(probe.net, watched(0), kinds=kinds, statistics=probe.statistics)
    direct = measure_direct(probe.net, watched(1), statistics=probe.statistics)
    first, _ = next(iter(probe.samples))
    shows_growth = probe.initial and found.select("unit")
    return Findings(
        probe.about,
        found,
        predict_growth(probe.net, first, seed=options.seed) if shows_growth else (),
        direct,
        tuple(_read_records(run, probe, kinds, checkpoints)) if run else (),
    )


def _find_run(target: str | Path | nn.Module, needed: bool) -> Path | None:
    if isinstance(target, (str, os.PathLike)) and (Path(target) / "run.json").exists():
        return Path(target)
    if needed:
        raise ConfigError(
            "E2703",
            "only a run has checkpoints",
            what=name_subject(target),
            where={"option": "--checkpoints"},
            do="give a run folder, or leave the option out",
        )
    return None


def _tell(
    probe: Probe, on_progress: OnProgress | None, passed: int
) -> Iterator[tuple[Tensor, Tensor]]:
    """Yield the samples, and tell how much of the two passes over them is done."""
    done = 0
    for images, labels in probe.samples:
        yield images, labels
        done += len(images)
        if on_progress is not None:
            on_progress(probe.about["name"], (passed + done / probe.n) / 2)


def _read_records(
    run: Path, probe: Probe, kinds: Sequence[str], checkpoints: bool
) -> list[dict[str, Any]]:
    """Return the signal by epoch: what the run recorded, or what its checkpoints have."""
    from resnets.analysis.signal import RECORDS, measure_signal, read_signal, record
    from resnets.networks import build
    from resnets.training import Store, read_folder
    from resnets.training.journal import METRICS, read_records
    from resnets.weights import load_state, parse_safetensors

    if not checkpoints:
        return read_signal(run / RECORDS)
    folder = read_folder(run)
    store = Store(folder.checkpoints, folder.id)
    ended = [line for line in read_records(run / METRICS) if line.get("split") == "train"]
    per_epoch = ended[-1]["step"] / ended[-1]["epoch"] if ended else 1.0
    net = build(folder.run.network).to(next(probe.net.parameters()).device)
    found = []
    for step in store.list_steps():
        files = store.read(step).files
        load_state(net, parse_safetensors(files["model.safetensors"], store.path(step)))
        measured = measure_signal(net, probe.samples, kinds=kinds, statistics=probe.statistics)
        found.append(record(measured, step, round(step / per_epoch, 4)))
    return found
