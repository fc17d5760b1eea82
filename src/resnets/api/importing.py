"""Foreign weights made into a model folder of ours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from resnets.catalog import look_up
from resnets.errors import ConfigError
from resnets.spec import DataSpec, ModelConfig, encode

from .data import name_classes
from .feeding import feed
from .outputs import check_free
from .recognition import recognise


@dataclass(frozen=True)
class Imported:
    """A model folder made of foreign weights; it may stand wherever its folder's path may.

    Args:
        path: the folder.
        layout: of the file.
        config: what is recorded with the weights.
        parameters: learnt numbers.
        notes: what was found, and what was assumed.
    """

    path: Path
    layout: str
    config: ModelConfig
    parameters: int
    notes: tuple[str, ...]

    def __fspath__(self) -> str:
        return str(self.path)

    def to_dict(self) -> dict[str, Any]:
        """Return what was recognised as JSON data."""
        return {
            "output": str(self.path),
            "layout": self.layout,
            "model": self.config.model,
            "network": encode(self.config.network),
            "parameters": self.parameters,
            "classes": list(self.config.classes),
            "preprocessing": encode(self.config.preprocessing),
            "source": self.config.source,
            "license": self.config.license,
            "notes": list(self.notes),
        }


def import_weights(
    path: str | Path,
    output: str | Path,
    *,
    model: str | None = None,
    classes: Sequence[str] | None = None,
    data: str | None = None,
    data_dir: str | Path | None = None,
    mean: Sequence[float] | None = None,
    std: Sequence[float] | None = None,
    license: str = "",
    source: str = "",
) -> Imported:
    """Turn a file of weights into a model folder that every verb takes.

    The layouts of torchvision, timm, Hugging Face and of three CIFAR repositories are recognised
    by the names and shapes of their tensors, and so is the network.

    Args:
        path: a ``.pth``, ``.pt``, ``.th``, ``.bin`` or ``.safetensors`` file.
        output: the folder, which must not exist or be empty.
        model: name of the network; None takes what the file says. It decides what the tensors
            cannot say, and is needed for files in our own names.
        classes: names of the outputs in their order.
        data: the data that the network was trained on, instead of ``classes``.
        data_dir: where that data is looked for, if it has to be opened.
        mean, std: of each channel, 0 … 1, instead of those of the layout.
        license, source: of the weights, to be recorded.

    Raises:
        ConfigError: the output is there, or an option is not allowed; nothing was written.
        DataError: the data has to be opened and is refused.
        FileError: the file is refused, see ``recognise``; nothing was written.
        MachineError: the disk or a permission refused.

    Example:
        >>> done = import_weights("resnet20-12fca82f.th", "weights/r20")  # doctest: +SKIP
        >>> net = resnets.load(done)  # doctest: +SKIP
    """
    from resnets.networks import build, count_parameters
    from resnets.weights import load_state, save_folder

    folder = check_free(output)
    if classes is not None and data is not None:
        raise ConfigError(
            "E2603",
            "classes are named twice",
            what=f"--classes and --data {data}",
            where={"option": "--classes"},
            do="give one of the two",
        )
    trained_on = DataSpec(name=data) if data is not None else None
    found = recognise(path, look_up(model).spec if model else None)
    if classes is None:
        classes = name_classes(trained_on, data_dir) if trained_on else found.classes
    config = ModelConfig(
        model=model or found.model,
        network=found.network,
        classes=tuple(classes),
        preprocessing=feed(found, mean, std),
        data=trained_on,
        license=license or found.license,
        source=source or f"{found.path.name}, in the layout of {found.layout}",
    )
    net = build(config.network)
    load_state(net, found.state)
    save_folder(folder, net.state_dict(), config)
    return Imported(folder, found.layout, config, count_parameters(net), found.notes)
