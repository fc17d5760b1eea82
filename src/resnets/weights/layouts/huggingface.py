"""``ResNetForImageClassification`` of Hugging Face's transformers."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from resnets.errors import FileError
from resnets.spec import ModelConfig, Preprocessing, Spec
from resnets.spec.codec import parse_json
from resnets.weights.storage import read_file

from .layout import Layout, Shapes
from .names import SILENT, Names, refuse_network, to_ours, to_theirs
from .skeleton import infer
from .torchvision import BASIC, BOTTLENECK, feed

NAMES = Names(
    library="huggingface",
    stem="resnet.embedder.embedder.convolution",
    stem_norm="resnet.embedder.embedder.normalization",
    conv="resnet.encoder.stages.{s}.layers.{u}.layer.{c}.convolution",
    norm="resnet.encoder.stages.{s}.layers.{u}.layer.{c}.normalization",
    project="resnet.encoder.stages.{s}.layers.{u}.shortcut.convolution",
    project_norm="resnet.encoder.stages.{s}.layers.{u}.shortcut.normalization",
    classifier="classifier.1",
)


def _recognise(shapes: Shapes) -> Spec | None:
    spec = infer(NAMES, shapes)
    return spec if spec is not None and spec.stem == "7x7" else None


def _refuse(spec: Spec) -> str:
    if spec.stem != "7x7":
        return "the stem is a 7×7 convolution with a max-pool"
    if spec.cardinality > 1:
        return "units have one path"
    if (spec.kernels, spec.inner) not in ((BASIC, 1.0), (BOTTLENECK, 0.25)):
        return "units are basic (3×3, 3×3), or bottlenecks whose inner width is a quarter"
    if spec.stride_at > 1 or (spec.kernels == BASIC and spec.stride_at):
        return "units stride in the first convolution, or in the 3×3 of a bottleneck"
    return "" if spec.num_classes else "the network ends in a classifier"


def _assume(spec: Spec) -> tuple[str, ...]:
    if spec.kernels != BOTTLENECK or spec.stride_at != 1:
        return ()
    return (
        "bottlenecks stride in the 3×3, as transformers does unless config.json says"
        " downsample_in_bottleneck; for the first 1×1 name the network (resnet50_v1)",
    )


def describe(config: ModelConfig) -> dict[str, dict[str, Any]]:
    """Return what stands beside the weights, by file: the network, and how it is fed.

    Args:
        config: of a network that ``find_layout`` lets through. Where it has a mean for each pixel,
            the file for pictures is left out: transformers has no such thing.
    """
    files = {"config.json": _describe_network(config)}
    if len(config.preprocessing.mean) == config.preprocessing.channels:
        files["preprocessor_config.json"] = _describe_pictures(config.preprocessing)
    return files


def _describe_network(config: ModelConfig) -> dict[str, Any]:
    spec = config.network
    if not isinstance(spec, Spec):
        raise refuse_network(NAMES.library, spec, "networks are those of the grammar")
    names = config.classes or tuple(f"LABEL_{i}" for i in range(spec.num_classes))
    return {
        "architectures": ["ResNetForImageClassification"],
        "model_type": "resnet",
        "num_channels": spec.in_chans,
        "embedding_size": spec.stem_width,
        "hidden_sizes": list(spec.widths),
        "depths": list(spec.depths),
        "layer_type": "bottleneck" if spec.kernels == BOTTLENECK else "basic",
        "hidden_act": "relu",
        "downsample_in_first_stage": False,
        "downsample_in_bottleneck": spec.kernels == BOTTLENECK and spec.stride_at == 0,
        "id2label": {str(i): name for i, name in enumerate(names)},
        "label2id": {name: i for i, name in enumerate(names)},
    }


def _describe_pictures(rules: Preprocessing) -> dict[str, Any]:
    side = rules.image_size
    return {
        "image_processor_type": "BitImageProcessor",
        "do_convert_rgb": rules.channels == 3,
        "do_resize": True,
        "size": {"shortest_edge": rules.resize},
        "resample": 2,
        "do_center_crop": True,
        "crop_size": {"height": side, "width": side},
        "do_rescale": True,
        "rescale_factor": 1 / 255,
        "do_normalize": True,
        "image_mean": list(rules.mean),
        "image_std": list(rules.std),
    }


def read_description(folder: Path) -> tuple[tuple[str, ...], bool]:
    """Read what ``config.json`` says beside weights: class names, and where bottlenecks stride.

    Returns:
        The names, none where they are placeholders; and whether the first 1×1 strides.

    Raises:
        FileError: the file is there and damaged.
    """
    path = folder / "config.json"
    if not path.is_file():
        return (), False
    try:
        content = parse_json(read_file(path, follow_links=True).decode("utf-8"), str(path))
        labels = content.get("id2label") or {}
        names = tuple(str(labels[key]) for key in sorted(labels, key=int))
    except (ValueError, AttributeError, TypeError) as error:
        raise FileError(
            "E4605", "config.json cannot be used", what=path, why=str(error)[:200] or "no table",
            do="get the folder again, or import its file of weights alone",
        ) from None  # fmt: skip
    if all(name.startswith("LABEL_") for name in names):
        names = ()
    return names, content.get("downsample_in_bottleneck") is True


HUGGINGFACE = Layout(
    name="huggingface",
    recognise=_recognise,
    read=partial(to_ours, names=NAMES),
    write=partial(to_theirs, names=NAMES),
    feed=feed,
    refuse=_refuse,
    assume=_assume,
    silent=SILENT,
)
