"""Highway networks and the perceptrons of the saturation study: what they compute at first."""

from __future__ import annotations

import math

import pytest
import torch

from resnets.analysis import count
from resnets.analysis.signal import measure_signal
from resnets.catalog import list_recipes, look_up, look_up_recipe
from resnets.errors import ConfigError
from resnets.networks import build
from resnets.spec import Recipe, decode, encode
from resnets.spec.families import Highway, Perceptron

THIN = Perceptron(
    layers=3, width=6, act="relu", highway=True, in_chans=1, image_size=4, num_classes=3
)
SMALL = Highway(depths=(2, 2), widths=(4, 6), kernels=(3, 1), hidden=5, in_chans=1, num_classes=3)


def draw(*shape: int) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize(
    ("name", "layers", "parameters"),
    [
        # 5 · 1000² weights and biases between, 32² inputs, 9 classes.
        ("mlp5_tanh", 6, 1025 * 1000 + 4 * 1001 * 1000 + 9 * 1001),
        ("mlp1_sigmoid", 2, 1025 * 1000 + 9 * 1001),
        ("mlp4_softsign_normalized", 5, 1025 * 1000 + 3 * 1001 * 1000 + 9 * 1001),
        ("plain_mlp10", 11, 785 * 71 + 9 * 72 * 71 + 72 * 10),
        ("highway_mlp10", 11, 785 * 50 + 9 * 2 * 51 * 50 + 51 * 10),
        ("highway_mlp100", 101, 785 * 50 + 99 * 2 * 51 * 50 + 51 * 10),
        ("highway11", 11, 236_328),
    ],
)
def test_parameters_are_those_of_the_paper(name: str, layers: int, parameters: int) -> None:
    spec = look_up(name).spec
    assert spec.depth == layers
    assert count(spec).parameters == parameters


def test_thin_layers_have_some_5000_parameters_with_gates_or_without() -> None:
    gated, plain = (count(look_up(n).spec).rows for n in ("highway_mlp20", "plain_mlp20"))
    assert {row.parameters for row in gated if row.part == "unit"} == {785 * 50, 5100}
    assert {row.parameters for row in plain if row.part == "unit"} == {785 * 71, 5112}


@pytest.mark.parametrize(
    ("name", "published"), [("highway11", 236e3), ("highway19", 2.3e6), ("highway32", 1.25e6)]
)
def test_a_b_and_c_are_near_the_published_counts(name: str, published: float) -> None:
    assert look_up(name).published["parameters"] == published
    assert count(look_up(name).spec).parameters == pytest.approx(published, rel=0.025)


def test_the_published_errors_of_the_saturation_study() -> None:
    table = {
        "mlp5_softsign": (16.27, 1.64, 55.78, 69.14),
        "mlp5_softsign_normalized": (16.06, 1.72, 53.8, 68.13),
        "mlp5_tanh": (27.15, 1.76, 55.9, 70.58),
        "mlp5_tanh_normalized": (15.60, 1.64, 52.92, 68.57),
        "mlp5_sigmoid": (82.61, 2.21, 57.28, 70.66),
    }
    for name, errors in table.items():
        assert tuple(look_up(name).published.values()) == errors


def test_a_fully_connected_highway_is_its_equation() -> None:
    net = build(THIN, seed=1).eval()
    x = draw(2, 1, 4, 4)
    h = net.get_submodule("layers.0.linear")(x.flatten(1)).relu()
    for i in (1, 2):
        layer = net.get_submodule(f"layers.{i}")
        gate = torch.sigmoid(layer.gate(h))
        h = gate * layer.linear(h).relu() + (1 - gate) * h
    torch.testing.assert_close(net(x), net.classifier(h))
    assert len(net.units()) == 3


def test_a_convolutional_highway_is_plain_where_the_width_changes() -> None:
    net = build(SMALL, seed=1).eval()
    x = draw(2, 1, 8, 8)

    def run(path: str, y: torch.Tensor) -> torch.Tensor:
        layer = net.get_submodule(path)
        plain: torch.Tensor = layer.conv(y).relu()
        if not hasattr(layer, "gate"):
            return plain
        gate = torch.sigmoid(layer.gate(y))
        return gate * plain + (1 - gate) * y

    y = run("stages.0.1", run("stages.0.0", x))
    y = torch.nn.functional.max_pool2d(y, 2)
    y = run("stages.1.1", run("stages.1.0", y))
    hidden = net.get_submodule("head.linear")(y.mean((2, 3))).relu()
    torch.testing.assert_close(net(x), net.classifier(hidden))
    gated = [name for name, _ in net.named_modules() if name.endswith(".gate")]
    assert gated == ["stages.0.1.gate", "stages.1.1.gate"]
    assert net.get_submodule("stages.0.0.conv").kernel_size == (3, 3)
    assert net.get_submodule("stages.0.1.gate").kernel_size == (1, 1)


@pytest.mark.parametrize("spec", [THIN, SMALL])
def test_a_very_negative_gate_hands_its_input_on(spec: Perceptron | Highway) -> None:
    side = 4 if isinstance(spec, Perceptron) else 8
    x = draw(2, 1, side, side)
    shut = build(spec.replace(gate_bias=-40.0), seed=1).eval()
    unit = shut.units()[1]
    entry = draw(2, *((6,) if isinstance(spec, Perceptron) else (4, 8, 8)))
    torch.testing.assert_close(unit(entry), entry)
    plain = build(spec.replace(gate_bias=40.0), seed=1).eval()
    opened = plain.units()[1]
    inner = opened.linear if isinstance(spec, Perceptron) else opened.conv
    torch.testing.assert_close(opened(entry), inner(entry).relu())
    assert torch.isfinite(shut(x)).all()


@pytest.mark.parametrize("bias", [-1.0, -4.0])
def test_gates_begin_as_open_as_their_bias_says(bias: float) -> None:
    net = build(look_up("highway_mlp10").spec.replace(gate_bias=bias), seed=0)
    for unit in net.units()[1:]:
        assert unit.gate.bias.tolist() == [bias] * 50
    dark = torch.zeros(3, 1, 28, 28)  # nothing is handed on, so the biases alone speak
    gates = measure_signal(net, [(dark, None)], kinds=["gate"]).layers
    assert [layer.name for layer in gates] == [f"layers.{i}" for i in range(1, 10)]
    for layer in gates:
        assert layer.activation.mean == pytest.approx(1 / (1 + math.exp(-bias)), rel=1e-5)
        assert layer.activation.std == pytest.approx(0, abs=1e-6)
        assert layer.activation.n == 150


def test_gates_of_a_convolutional_highway_are_measured() -> None:
    x = draw(4, 1, 8, 8)
    found = measure_signal(build(SMALL, seed=0), [(x, None)], kinds=["gate"]).layers
    assert [layer.shape for layer in found] == [(4, 8, 8), (6, 4, 4)]
    assert all(0 < layer.activation.low < layer.activation.high < 1 for layer in found)


@pytest.mark.parametrize(
    ("name", "variance"),
    [("mlp5_tanh", 1 / 3000), ("mlp5_tanh_normalized", 1 / 1000)],
)
def test_standard_and_normalised_weights_have_the_papers_variance(
    name: str, variance: float
) -> None:
    net = build(look_up(name).spec, seed=0)
    layer = net.get_submodule("layers.2.linear")
    assert layer.weight.var().item() == pytest.approx(variance, rel=0.01)
    assert layer.weight.abs().max().item() == pytest.approx((3 * variance) ** 0.5, rel=1e-3)
    assert layer.bias.abs().max() == 0
    # The classes follow the rule too: 1000 inputs, and 9 outputs for the normalised one.
    last = {"mlp5_tanh": 1 / 3000, "mlp5_tanh_normalized": 2 / 1009}[name]
    assert net.classifier.weight.var().item() == pytest.approx(last, rel=0.05)
    assert net.classifier.bias.abs().max() == 0


@pytest.mark.parametrize(
    ("act", "function"),
    [
        ("sigmoid", torch.sigmoid),
        ("tanh", torch.tanh),
        ("softsign", lambda x: x / (1 + x.abs())),
    ],
)
def test_hidden_layers_have_their_non_linearity(act: str, function: object) -> None:
    net = build(Perceptron(layers=1, width=7, act=act, in_chans=1, image_size=4, num_classes=3))
    x = draw(2, 1, 4, 4)
    hidden = function(net.get_submodule("layers.0.linear")(x.flatten(1)))  # type: ignore[operator]
    torch.testing.assert_close(net(x), net.classifier(hidden))


@pytest.mark.parametrize("spec", [THIN, SMALL])
def test_specs_are_data(spec: Perceptron | Highway) -> None:
    assert decode(type(spec), encode(spec)) == spec


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"widths": (4,)}, "one width for each of 2 stages"),
        ({"kernels": (3, 2)}, "an even kernel changes the map size"),
        ({"depths": ()}, "depths"),
        ({"dropout": 1.5}, "dropout"),
    ],
)
def test_impossible_highways_are_refused(change: dict[str, object], says: str) -> None:
    with pytest.raises(ConfigError) as caught:
        SMALL.replace(**change)
    assert says in str(caught.value)


@pytest.mark.parametrize("name", ["highway12", "mlp5", "mlp0_tanh", "highway_mlp50_swish"])
def test_names_beyond_the_rule_are_refused(name: str) -> None:
    with pytest.raises(ConfigError):
        look_up(name)


def test_names_within_the_rule_are_networks() -> None:
    assert look_up("highway_mlp70_tanh").spec.depth == 71
    assert look_up("mlp2_softsign").spec.depth == 3
    assert look_up("highway19_gap").spec.replace(in_chans=1).in_chans == 1
    assert (
        count(look_up("highway19_gap").spec).parameters
        < count(look_up("highway19").spec).parameters
    )


def test_recipes_of_both_papers() -> None:
    names = {"srivastava2015-mnist", "srivastava2015-cifar", "glorot2010"}
    assert names <= set(list_recipes())
    found: dict[str, Recipe] = {n: look_up_recipe(n, THIN) for n in names}
    assert found["glorot2010"].batch_size == 10
    assert found["glorot2010"].momentum == found["glorot2010"].weight_decay == 0.0
    assert found["glorot2010"].schedule.kind == "constant"
    assert found["srivastava2015-mnist"].schedule.kind == "exponential"
    assert look_up("highway_mlp50").recipe == "srivastava2015-mnist"
    assert look_up("highway19").recipe == "srivastava2015-cifar"
    assert look_up("mlp5_tanh").recipe == "glorot2010"
