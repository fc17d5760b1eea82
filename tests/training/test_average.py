from __future__ import annotations

import pytest
import torch

from resnets.spec import Recipe
from resnets.training import fit
from resnets.training.average import Average


def test_the_average_follows_weights_and_buffers(begin):
    state = begin(Recipe())
    average = Average(state.net, 0.75)
    weight, buffer = "fc.bias", next(n for n, _ in state.net.named_buffers() if "mean" in n)
    tensors = state.net.state_dict()
    expected = 0.0
    for number, value in enumerate((1.0, 2.0, 5.0)):
        with torch.no_grad():
            tensors[weight].fill_(value)
            tensors[buffer].fill_(value)
        average.update(state.net)
        expected = value if number == 0 else 0.75 * expected + 0.25 * value
    for name in (weight, buffer):
        found = average.net.state_dict()[name]
        assert found.tolist() == pytest.approx([expected] * len(found))
    assert average.count == 3


def test_the_average_is_what_a_run_answers_with(begin, numbers):
    plain, averaged = begin(Recipe()), begin(Recipe(ema=0.5))
    assert plain.result is plain.net
    fit(averaged, Recipe(ema=0.5), numbers, 4, seed=1)
    assert averaged.average.count == 4
    assert averaged.result is averaged.average.net
    assert not torch.equal(averaged.result.fc.weight, averaged.net.fc.weight)
