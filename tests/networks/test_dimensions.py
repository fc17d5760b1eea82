"""The grammar on signals in time and on plain vectors, next to the same on pictures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from torch.nn import functional as F
from torch.utils.flop_counter import FlopCounterMode

import resnets
from resnets.analysis import count
from resnets.analysis.signal import measure_signal
from resnets.catalog import look_up
from resnets.errors import ConfigError, ResnetsError
from resnets.networks import ResidualNetwork, build, convert_form, extract_features
from resnets.spec import (
    Add,
    DataSpec,
    Gate,
    Keep,
    ModelConfig,
    Recipe,
    Run,
    Spec,
    decode,
    encode,
    expand,
)
from resnets.weights import load_folder, save_folder

SIGNAL = Spec(depths=(1, 2), widths=(8, 16), stem_width=8, in_chans=5, num_classes=3, dimensions=1)
VECTOR = SIGNAL.replace(dimensions=0, kernels=(1, 1), stem="1x1")
BOTH = [pytest.param(SIGNAL, id="signal"), pytest.param(VECTOR, id="vector")]
ORDERS = (
    "original",
    "bn_after_addition",
    "relu_before_addition",
    "relu_only_preact",
    "full_preact",
)
MERGES = (
    Add(shortcut=0.5, residual=0.3),
    Gate(bias=-2.0),
    Gate(bias=-2.0, exclusive=False),
    Keep(residual=0.5, schedule="linear"),
    Keep(shortcut=0.5, residual=0.5, per="element"),
)
FORMS: tuple[dict[str, Any], ...] = (
    {"branches": 2},
    {"branches": 2, "branch_form": "loop"},
    {"cardinality": 2},
    {"cardinality": 2, "form": "split"},
    {"cardinality": 2, "form": "concat"},
)


def make_input(spec: Spec, samples: int = 4, length: int = 12) -> torch.Tensor:
    shape = (samples, spec.in_chans, *[length] * spec.dimensions)
    return torch.randn(*shape, generator=torch.Generator().manual_seed(0))


def check(spec: Spec) -> None:
    """Run forward, backward and in evaluation, and compare the cost."""
    net, x = build(spec, seed=1), make_input(spec)
    net(x).square().mean().backward()
    gradients = [p.grad for p in net.stem.parameters()]
    assert all(g is not None and torch.isfinite(g).all() and g.abs().sum() > 0 for g in gradients)
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        assert net.eval()(x[:1]).shape == (1, 3)
    cost = count(spec, 12)
    assert cost.parameters == sum(p.numel() for p in net.parameters())
    assert cost.flops == counter.get_total_flops()


@pytest.mark.parametrize("spec", BOTH)
@pytest.mark.parametrize("order", ORDERS)
def test_every_order_with_every_shortcut(spec: Spec, order: str) -> None:
    for shortcut in ("none", "A", "B", "C"):
        check(spec.replace(order=order, shortcut=shortcut))


@pytest.mark.parametrize("spec", BOTH)
@pytest.mark.parametrize("merge", MERGES, ids=repr)
def test_every_merge(spec: Spec, merge: Add) -> None:
    check(spec.replace(merge=merge, order="full_preact"))


@pytest.mark.parametrize("spec", BOTH)
@pytest.mark.parametrize("form", FORMS, ids=repr)
def test_every_form(spec: Spec, form: dict[str, Any]) -> None:
    kernels = (1, 3 if spec.dimensions else 1, 1)
    check(spec.replace(kernels=kernels, dropout=0.2, **form))


@pytest.mark.parametrize("order", ["original", "full_preact"])
@pytest.mark.parametrize("shortcut", ["A", "B"])
def test_a_signal_is_a_map_of_width_one(order: str, shortcut: str) -> None:
    spec = SIGNAL.replace(order=order, shortcut=shortcut)
    line = build(spec, seed=2).double()
    plane = build(spec.replace(dimensions=2), seed=3).double()
    state = plane.state_dict()
    for name, tensor in line.state_dict().items():
        if tensor.ndim == 3:  # on such a map only the middle column of a filter meets values
            state[name][...] = 0.0
            state[name][..., tensor.shape[2] // 2] = tensor
        else:
            state[name].copy_(tensor)
    x = make_input(spec).double().requires_grad_()
    y = x.detach()[..., None].requires_grad_()
    torch.testing.assert_close(line(x), plane(y))
    line(x)[:, 0].sum().backward()
    plane(y)[:, 0].sum().backward()
    assert x.grad is not None
    assert y.grad is not None
    torch.testing.assert_close(x.grad, y.grad[..., 0])
    torch.testing.assert_close(line.eval()(x), plane.eval()(y))


def test_a_vector_net_is_fully_connected() -> None:
    spec = VECTOR.replace(depths=(1,), widths=(8,))
    net = build(spec, seed=4).eval()
    x, scale = make_input(spec), (1 + 1e-5) ** -0.5
    weights = {name: w.squeeze(-1) for name, w in net.state_dict().items() if w.ndim == 3}
    assert list(weights) == [
        "stem.conv.weight",
        "stages.0.0.transform.convs.0.weight",
        "stages.0.0.transform.convs.1.weight",
    ]
    stem, first, second = weights.values()
    h = F.relu(scale * F.linear(x, stem))
    f = scale * F.linear(F.relu(scale * F.linear(h, first)), second)
    torch.testing.assert_close(net(x), net.fc(F.relu(h + f)))


def test_a_vector_has_no_stride_and_one_position() -> None:
    assert [unit.stride for unit in expand(VECTOR)] == [1, 1, 1]
    assert [unit.stride for unit in expand(SIGNAL)] == [1, 2, 1]
    assert (VECTOR.natural_size, SIGNAL.natural_size) == (1, 32)
    assert [row.out_shape for row in count(VECTOR).rows][-2:] == [(16, 1, 1), (3, 1, 1)]
    # Stem 5·8, units 2·8², 8·16 + 16² + 8·16, 2·16², classifier 16·3 + 3; norms twice a channel.
    norms = 2 * (8 + 2 * 8 + 3 * 16 + 2 * 16)
    assert count(VECTOR).parameters == 40 + 128 + 512 + 512 + 51 + norms
    assert count(VECTOR).macs == 40 + 128 + 512 + 512 + 48
    # Three times the filters, but neither the projection's nor the classifier's.
    assert count(SIGNAL).parameters == count(VECTOR).parameters + 2 * (40 + 128 + 384 + 512)


def test_the_receptive_field_of_a_signal_is_what_a_gradient_reaches() -> None:
    net = build(SIGNAL.replace(shortcut="A"), seed=0).double().eval()
    x = make_input(SIGNAL, 1, 101).double().requires_grad_()
    net.forward_features(x)[0, :, 25].sum().backward()
    assert x.grad is not None
    reached = x.grad.abs().sum((0, 1)).nonzero().flatten()
    field = count(SIGNAL, 101).receptive_field
    assert field == 1 + 2 + 4 + 2 + 4 + 8
    assert int(reached[-1] - reached[0]) + 1 == field


@pytest.mark.parametrize("spec", BOTH)
def test_the_forms_of_paths_are_one_function(spec: Spec) -> None:
    kernels = (1, 3 if spec.dimensions else 1, 1)
    grouped = build(spec.replace(kernels=kernels, cardinality=2), seed=5).double()
    x = make_input(spec).double()
    for form in ("split", "concat"):
        torch.testing.assert_close(convert_form(grouped, form)(x), grouped(x))  # type: ignore[arg-type]
    fused = build(spec.replace(branches=2, order="full_preact"), seed=6).double()
    torch.testing.assert_close(convert_form(fused, "loop")(x), fused(x))


def test_maps_and_recomputation_of_a_signal() -> None:
    net, x = build(SIGNAL, seed=0), make_input(SIGNAL)
    info = net.feature_info
    maps = extract_features(net)(x)
    assert [tuple(m.shape[1:]) for m in maps] == [(8, 12), (8, 12), (16, 6)]
    assert [each["reduction"] for each in info] == [1, 1, 2]
    assert [each["reduction"] for each in build(VECTOR).feature_info] == [1, 1, 1]
    again = build(SIGNAL, seed=0)
    again.set_grad_checkpointing()
    torch.testing.assert_close(again(x), net(x))
    assert net(make_input(SIGNAL, 2, 1)).shape == net(make_input(SIGNAL, 2, 999)).shape == (2, 3)
    large = SIGNAL.replace(stem="7x7", stem_width=8)
    assert build(large).forward_features(make_input(SIGNAL, 2, 64)).shape == (2, 16, 8)


def test_a_signal_is_measured_layer_by_layer() -> None:
    x = make_input(SIGNAL)
    found = measure_signal(build(SIGNAL), [(x, torch.tensor([0, 1, 2, 0]))], statistics="batch")
    assert len(found.select("unit")) == 3
    assert found.select("unit")[0].shape == (8, 12)


@pytest.mark.parametrize("spec", BOTH)
def test_it_is_saved_and_loaded_as_any_other(spec: Spec, tmp_path: Path) -> None:
    assert decode(Spec, encode(spec)) == spec
    net = build(spec, seed=7).eval()
    save_folder(tmp_path / "model", net.state_dict(), ModelConfig(network=spec))
    assert load_folder(tmp_path / "model")[0].network == spec
    again = resnets.load(tmp_path / "model")
    x = make_input(spec)
    assert torch.equal(again(x), net(x))
    card = (tmp_path / "model" / "README.md").read_text()
    kind = {0: "vectors of 5 numbers", 1: "signals of 5 channels and any length"}
    assert kind[spec.dimensions] in card
    assert "resnets predict" not in card
    assert "image-classification" not in card
    exported = resnets.export(tmp_path / "model", tmp_path / "net.safetensors")
    assert exported.path.exists()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"kernels": (1, 3)}, "no neighbours"),
        ({"stem": "3x3"}, "no neighbours"),
        ({"dimensions": 3}, "dimensions"),
    ],
)
def test_what_a_vector_cannot_have_is_refused(change: dict[str, Any], says: str) -> None:
    with pytest.raises(ConfigError) as caught:
        VECTOR.replace(**change)
    assert says in str(caught.value)


def saved(spec: Spec, place: Path) -> Path:
    save_folder(place, build(spec).state_dict(), ModelConfig(network=spec))
    return place


@pytest.mark.parametrize("spec", BOTH)
def test_pictures_are_no_signals(spec: Spec, tmp_path: Path) -> None:
    model = saved(spec, tmp_path / "model")
    for verb in (
        lambda: resnets.evaluate(model, "digits"),
        lambda: resnets.evaluate(build(spec), "digits"),
        lambda: resnets.predict(model, Path(__file__).parents[2] / "docs" / "images"),
    ):
        with pytest.raises(ConfigError) as caught:
            verb()
        assert caught.value.code == "E2661"
        assert caught.value.what == f"dimensions = {spec.dimensions}"
    run = Run(
        network=spec.replace(in_chans=1, num_classes=10),
        data=DataSpec(name="digits"),
        recipe=Recipe(length="1ep"),
    )
    with pytest.raises(ConfigError) as caught:
        resnets.train(run, tmp_path / "run")
    assert caught.value.code == "E2404"
    assert "digits has 2 dimensions" in str(caught.value)
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("library", ["torchvision", "timm", "huggingface"])
def test_no_library_has_the_signal_form_of_its_networks(library: str, tmp_path: Path) -> None:
    spec = look_up("resnet18").spec
    assert isinstance(spec, Spec)
    thin = spec.replace(dimensions=1)
    with torch.device("meta"):
        assert isinstance(build(thin), ResidualNetwork)
    model = saved(thin, tmp_path / "model")
    with pytest.raises(ResnetsError) as caught:
        resnets.export(model, tmp_path / "net.pth", format=library)
    assert caught.value.code == "E2602"
    assert "pictures" in str(caught.value)
    assert not (tmp_path / "net.pth").exists()
