"""Named tensors into a network, all or none."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from resnets.errors import DivergedError, FileError
from resnets.weights import check_finite, head_names, load_state


class Tiny(nn.Module):
    def __init__(self, classes: int = 10) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)
        self.bn = nn.BatchNorm2d(4)
        self.fc = nn.Linear(4, classes)

    def classifiers(self) -> list[nn.Module]:
        return [self.fc]


def states() -> tuple[Tiny, dict[str, Tensor]]:
    net, other = Tiny(), Tiny()
    return net, {name: tensor.clone() for name, tensor in other.state_dict().items()}


def check_refused(net: Tiny, state: dict[str, Tensor], code: str, *words: str) -> None:
    before = {name: tensor.clone() for name, tensor in net.state_dict().items()}
    with pytest.raises(FileError) as caught:
        load_state(net, state)
    assert caught.value.code == code
    for word in words:
        assert word in str(caught.value)
    after = net.state_dict()
    assert all(torch.equal(after[name], tensor) for name, tensor in before.items())


def test_weights_are_copied() -> None:
    net, state = states()
    state["bn.num_batches_tracked"] += 5
    load_state(net, state)
    assert all(torch.equal(tensor, state[name]) for name, tensor in net.state_dict().items())


def test_half_precision_weights_are_converted() -> None:
    net, state = states()
    state["fc.weight"] = state["fc.weight"].bfloat16()
    load_state(net, state)
    assert net.fc.weight.dtype == torch.float32
    assert torch.equal(net.fc.weight, state["fc.weight"].float())


def test_missing_tensor_is_named() -> None:
    net, state = states()
    del state["bn.running_mean"]
    check_refused(net, state, "E4511", "bn.running_mean", "1 such names")


def test_unexpected_tensor_is_named() -> None:
    net, state = states()
    for i in range(5):
        state[f"extra{i}\x1b"] = torch.ones(1)
    check_refused(net, state, "E4512", "extra0\\x1b", "and 2 more", "5 such names")


def test_wrong_shape_names_both_shapes() -> None:
    net, _ = states()
    check_refused(net, Tiny(100).state_dict(), "E4513", "fc.weight", "(100, 4)", "(10, 4)")


def test_wrong_kind_is_named() -> None:
    net, state = states()
    state["conv.bias"] = torch.ones(4, dtype=torch.int64)
    check_refused(net, state, "E4515", "conv.bias", "torch.int64", "torch.float32")


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_non_finite_weights_are_refused(value: float) -> None:
    net, state = states()
    state["conv.weight"][0, 0, 0, 0] = value
    check_refused(net, state, "E4514", "conv.weight", "1 of 108 values")
    with pytest.raises(DivergedError, match=r"conv\.weight") as caught:
        check_finite(state)
    assert caught.value.code == "E6102"


def test_a_negative_variance_is_refused() -> None:
    net, state = states()
    state["bn.running_var"][0] = -1e-3
    check_refused(net, state, "E4517", "bn.running_var", "1 of ")


def test_head_is_left_alone_when_asked() -> None:
    net = Tiny(10)
    head = net.fc.weight.detach().clone()
    state = Tiny(100).state_dict()
    load_state(net, state, ignore_head=True)
    assert torch.equal(net.fc.weight, head)
    assert torch.equal(net.conv.weight, state["conv.weight"])


def test_head_may_be_absent_when_it_is_ignored() -> None:
    net, state = states()
    del state["fc.weight"], state["fc.bias"]
    load_state(net, state, ignore_head=True)
    assert torch.equal(net.conv.weight, state["conv.weight"])


def test_auxiliary_heads_are_ignored_with_the_head() -> None:
    class Deep(Tiny):
        def __init__(self, classes: int) -> None:
            super().__init__(classes)
            self.aux = nn.Sequential(nn.Conv2d(4, 2, 1), nn.Linear(2, classes))

        def classifiers(self) -> list[nn.Module]:
            return [self.fc, self.aux[1]]

    net, state = Deep(10), Deep(100).state_dict()
    assert head_names(net) == {"fc.weight", "fc.bias", "aux.1.weight", "aux.1.bias"}
    load_state(net, state, ignore_head=True)
    assert torch.equal(net.aux[0].weight, state["aux.0.weight"])


def test_a_network_without_a_head_ignores_that_of_the_state() -> None:
    net, state = states()
    net.fc = nn.Identity()
    assert head_names(net) == set()
    load_state(net, state, ignore_head=True)
    assert torch.equal(net.conv.weight, state["conv.weight"])
    with pytest.raises(FileError) as caught:
        load_state(net, state)
    assert caught.value.code == "E4512"


def test_head_names_are_those_of_the_classifier() -> None:
    assert head_names(Tiny()) == {"fc.weight", "fc.bias"}
