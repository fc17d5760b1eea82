"""Weights for one number of input channels in a network with another."""

from __future__ import annotations

import pytest
import torch

from resnets.errors import FileError
from resnets.networks import build
from resnets.spec import Spec
from resnets.weights import adapt_channels, load_state
from resnets.weights.channels import change_channels

SPEC = Spec(depths=(1, 1), widths=(3, 6), stem_width=3, num_classes=5)


def image(*shape: int) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize(("given", "wanted"), [(3, 1), (3, 6), (1, 3), (6, 1)])
def test_a_grey_image_in_every_channel_gives_what_it_gave(given: int, wanted: int) -> None:
    source = build(SPEC.replace(in_chans=given), seed=1)
    source(image(4, given, 16, 16))
    net = build(SPEC.replace(in_chans=wanted), seed=2)
    state, note = adapt_channels(source.state_dict(), net)
    load_state(net, state)
    grey = image(2, 1, 16, 16)
    actual = net.eval()(grey.expand(-1, wanted, -1, -1))
    expected = source.eval()(grey.expand(-1, given, -1, -1))
    torch.testing.assert_close(actual, expected, rtol=1e-5, atol=1e-6)
    how = "summed" if wanted == 1 else "repeated and scaled"
    assert note == f"stem.conv.weight: {given} input channels {how} to {wanted}"


def test_more_channels_take_the_given_ones_in_turn() -> None:
    weight = torch.tensor([[1.0, 2.0, 3.0]]).view(1, 3, 1, 1)
    assert change_channels(weight, 4).flatten().tolist() == [0.75, 1.5, 2.25, 0.75]
    assert change_channels(weight, 2).flatten().tolist() == [1.5, 3.0]
    assert change_channels(weight, 1).flatten().tolist() == [6.0]


def test_the_rule_is_that_of_timm() -> None:
    from timm.models._manipulate import adapt_input_conv

    weight = image(8, 3, 7, 7)
    for channels in (1, 2, 4, 6, 13):
        torch.testing.assert_close(
            change_channels(weight, channels), adapt_input_conv(channels, weight)
        )


def test_weights_that_fit_are_left_alone() -> None:
    net = build(SPEC)
    state, note = adapt_channels(net.state_dict(), net)
    assert note == ""
    assert state.keys() == net.state_dict().keys()
    assert all(torch.equal(state[name], value) for name, value in net.state_dict().items())


def test_other_misfits_are_still_refused() -> None:
    net = build(SPEC.replace(in_chans=1, widths=(4, 8), stem_width=4))
    state, note = adapt_channels(build(SPEC).state_dict(), net)
    assert note == ""
    with pytest.raises(FileError) as caught:
        load_state(net, state)
    assert caught.value.code == "E4513"


def test_features_of_a_table_are_no_colours() -> None:
    table = SPEC.replace(kernels=(1, 1), stem="1x1", dimensions=0, in_chans=5)
    net = build(table)
    state, note = adapt_channels(build(table.replace(in_chans=3)).state_dict(), net)
    assert note == ""
    with pytest.raises(FileError, match="E4513"):
        load_state(net, state)
