"""Every sample once, counted exactly."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator

import pytest
import torch
from torch import Tensor, nn

from resnets.errors import ConfigError, DataError, DivergedError, FileError, ResnetsError
from resnets.evaluation import Evaluation, evaluate, interval


class Given(nn.Module):
    """A network whose input is its answer."""

    def forward(self, x: Tensor) -> Tensor:
        return x.flatten(1)


NAMES = ("a", "b", "c", "d", "e", "f")


def batches(logits: Tensor, labels: Tensor, size: int) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
    for start in range(0, len(labels), size):
        part = slice(start, start + size)
        indices = torch.arange(len(labels))[part]
        yield logits[part, :, None, None], labels[part], indices


def measure(logits: Tensor, labels: list[int], size: int = 100) -> Evaluation:
    names = NAMES[: logits.shape[1]]
    return evaluate(Given(), batches(logits, torch.tensor(labels), size), names)


def test_counts_of_a_small_table() -> None:
    logits = torch.tensor(
        [
            [9.0, 0, 0, 0, 0, 0],  # a, right
            [0, 8.0, 0, 0, 0, 0],  # c, taken for b, second
            [5.0, 4, 3, 2, 1, 0],  # f, sixth: outside the first five
            [0, 0, 0, 7.0, 0, 0],  # d, right
        ]
    )
    result = measure(logits, [0, 2, 5, 3])
    assert result.n == 4
    assert result.top1_error == 50.0
    assert result.top5_error == 25.0
    expected = torch.nn.functional.cross_entropy(logits, torch.tensor([0, 2, 5, 3]))
    assert result.loss == pytest.approx(expected.item(), abs=1e-6)
    assert result.per_class_accuracy == (100.0, None, 0.0, 100.0, None, 0.0)
    assert result.confusion[2] == (0, 1, 0, 0, 0, 0)
    assert result.confusion[5] == (1, 0, 0, 0, 0, 0)
    assert [mistake[:3] for mistake in result.mistakes] == [(1, 2, 1), (2, 5, 0)]
    assert result.mistakes[0].confidence == pytest.approx(math.e**8 / (math.e**8 + 5), abs=1e-6)


@pytest.mark.parametrize("size", [1, 2, 7, 32, 100])
def test_the_batch_size_changes_nothing(size: int) -> None:
    draw = torch.Generator().manual_seed(0)
    logits = torch.randn(33, 6, generator=draw)
    labels = torch.randint(6, (33,), generator=draw).tolist()
    one, other = measure(logits, labels), measure(logits, labels, size)
    assert other.loss == pytest.approx(one.loss, rel=1e-12)
    assert other.to_dict() | {"loss": 0} == one.to_dict() | {"loss": 0}
    assert sum(map(sum, other.confusion)) == other.n == 33


def test_top5_of_fewer_classes_counts_all_of_them() -> None:
    result = measure(torch.tensor([[1.0, 0, 0], [1.0, 0, 0]]), [2, 0])
    assert (result.top1_error, result.top5_error) == (50.0, 0.0)


def test_equal_scores_answer_the_first_class() -> None:
    result = measure(torch.zeros(6, 6), [0, 1, 2, 3, 4, 5])
    assert result.top1_error == pytest.approx(500 / 6)
    assert result.top5_error == pytest.approx(100 / 6)
    assert [row[0] for row in result.confusion] == [1] * 6


def test_at_most_25_mistakes_most_confident_first() -> None:
    strength = torch.arange(40.0) / 10 + 1
    logits = torch.zeros(40, 6)
    logits[:, 1] = strength
    result = measure(logits, [0] * 40, 7)
    assert [mistake.index for mistake in result.mistakes] == list(range(39, 14, -1))


def test_equally_confident_mistakes_come_by_index() -> None:
    logits = torch.zeros(40, 6)
    logits[:, 1] = 3
    result = measure(logits, [0] * 40, 9)
    assert [mistake.index for mistake in result.mistakes] == list(range(25))


def test_a_sample_that_comes_twice_is_our_mistake() -> None:
    one = (torch.zeros(2, 6, 1, 1), torch.tensor([0, 1]), torch.tensor([4, 7]))
    two = (torch.zeros(1, 6, 1, 1), torch.tensor([1]), torch.tensor([7]))
    with pytest.raises(ResnetsError, match=r"indices \[7\]") as caught:
        evaluate(Given(), [one, two], NAMES)
    assert (caught.value.code, caught.value.exit) == ("E1501", 1)


def test_nothing_to_evaluate_is_an_error() -> None:
    with pytest.raises(DataError) as caught:
        evaluate(Given(), [], NAMES)
    assert caught.value.code == "E3301"


@pytest.mark.parametrize("label", [-1, 6, 10**9])
def test_a_label_outside_the_classes_is_an_error(label: int) -> None:
    with pytest.raises(DataError, match=f"label {label}") as caught:
        measure(torch.zeros(1, 6), [label])
    assert caught.value.code == "E3302"


def test_other_number_of_outputs_than_classes_is_an_error() -> None:
    with pytest.raises(FileError, match="6 outputs, 3 classes") as caught:
        evaluate(Given(), batches(torch.zeros(2, 6), torch.tensor([0, 1]), 2), ("x", "y", "z\x1b"))
    assert caught.value.code == "E4520"
    assert "z\\x1b" in str(caught.value)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_non_finite_outputs_stop_it(value: float) -> None:
    logits = torch.zeros(3, 6)
    logits[1, 2] = value
    with pytest.raises(DivergedError, match="1 of 3 samples") as caught:
        measure(logits, [0, 1, 2])
    assert caught.value.code == "E6101"


def test_every_module_keeps_its_mode_also_after_an_error() -> None:
    net = nn.Sequential(nn.BatchNorm2d(6), nn.Dropout(0.5), Given()).train()
    net[0].eval()
    before = net[0].running_mean.clone()
    evaluate(net, batches(torch.randn(4, 6), torch.tensor([0, 1, 2, 3]), 2), NAMES)
    assert [module.training for module in net.modules()] == [True, False, True, True]
    with pytest.raises(DivergedError):
        evaluate(net, batches(torch.full((1, 6), torch.nan), torch.tensor([0]), 2), NAMES)
    assert [module.training for module in net.modules()] == [True, False, True, True]
    assert torch.equal(net[0].running_mean, before)


def test_bf16_only_on_request() -> None:
    kinds = []

    class Watch(nn.Linear):
        def forward(self, x: Tensor) -> Tensor:
            answer = super().forward(x.flatten(1))
            kinds.append(answer.dtype)
            return answer

    data = list(batches(torch.randn(3, 6), torch.tensor([0, 1, 2]), 3))
    evaluate(Watch(6, 6), data, NAMES)
    evaluate(Watch(6, 6), data, NAMES, precision="bf16")
    assert kinds == [torch.float32, torch.bfloat16]
    with pytest.raises(ConfigError, match="fp16"):
        evaluate(Watch(6, 6), data, NAMES, precision="fp16")


def test_the_result_is_strict_json() -> None:
    result = measure(torch.eye(6), [0, 1, 2, 3, 4, 0])
    data = json.loads(json.dumps(result.to_dict(), allow_nan=False))
    assert data["top1_error"] == pytest.approx(100 / 6)
    assert data["n"] == 6
    assert data["mistakes"][0] == {
        "index": 5,
        "true": 0,
        "predicted": 5,
        "confidence": pytest.approx(math.e / (math.e + 5)),
    }
    assert data["per_class_accuracy"][5] is None
    assert data["classes"] == list(NAMES)


@pytest.mark.parametrize(
    ("error", "n", "low", "high"),
    [(0.0, 100, 0.0, 3.6995), (50.0, 10, 23.6593, 76.3407), (8.75, 10_000, 8.2116, 9.3200)],
)
def test_interval_is_wilsons(error: float, n: int, low: float, high: float) -> None:
    assert interval(error, n) == pytest.approx((low, high), abs=1e-3)
