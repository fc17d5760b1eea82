"""Injured networks against forward passes by hand, and how often units are called."""

from __future__ import annotations

from collections import Counter

import pytest
import torch
from torch import Tensor, nn

from resnets.analysis.lesion import (
    Conditions,
    Lesions,
    count_calls,
    delete,
    delete_each,
    delete_many,
    draw_deletion,
    draw_order,
    follow_all,
    reorder,
)
from resnets.analysis.walk import walk
from resnets.errors import ConfigError, DataError, DivergedError
from resnets.evaluation import evaluate
from resnets.networks import ResidualNetwork, build
from resnets.spec import Spec

SMALL = Spec(depths=(3, 2), widths=(4, 8), stem_width=4, shortcut="A", num_classes=5)
COUNT = 5


@pytest.fixture
def net() -> ResidualNetwork:
    """With statistics that are not the initial ones, and answers of all classes."""
    net = build(SMALL, seed=2)
    with torch.no_grad():
        for _ in range(3):
            net(draw(32, seed=9))
        net.fc.bias.sub_(net.eval()(draw(64, seed=9)).mean(0))
    return net


def draw(count: int, seed: int = 0) -> Tensor:
    return torch.randn(count, 3, 8, 8, generator=torch.Generator().manual_seed(seed))


def batches(net: nn.Module, sizes: tuple[int, ...] = (40, 24)) -> list[tuple[Tensor, Tensor]]:
    """Images with the labels that the intact network gives to about two thirds of them."""
    found = []
    for seed, size in enumerate(sizes):
        x = draw(size, seed)
        with torch.no_grad():
            y = net.eval()(x).argmax(1)
        y[::3] = (y[::3] + 1) % 5
        found.append((x, y))
    return found


@torch.no_grad()
def err(net: ResidualNetwork, data: list[tuple[Tensor, Tensor]], order: list[int | None]) -> float:
    """Error, per cent, of a network built by hand: units in an order, None for one left out."""
    wrong = n = 0
    net.eval()
    for x, y in data:
        h = net.stem(x)
        for place, number in enumerate(order):
            unit = net.units()[place if number is None else number]
            h = unit.post(unit.shortcut(h)) if number is None else unit(h)
        wrong += int((net.forward_head(net.final(h)).argmax(1) != y).sum())
        n += len(y)
    return 100 * wrong / n


def test_each_deletion_is_the_network_without_that_unit(net: ResidualNetwork) -> None:
    data = batches(net)
    found = delete_each(net, data)
    assert (found.n, len(found.trials)) == (64, COUNT)
    assert found.intact == err(net, data, [*range(COUNT)]) > 30
    for i, trial in enumerate(found.trials):
        assert trial.lesion.deleted == (i,)
        assert trial.error == err(net, data, [None if j == i else j for j in range(COUNT)])
    assert len({trial.error for trial in found.trials}) > 2
    assert found.changes == (False, False, False, True, False)
    assert found.units[3] == "stage 2, unit 4"


def test_random_deletions_and_orders(net: ResidualNetwork) -> None:
    data = batches(net)
    many = delete_many(net, data, range(1, 9), 3, seed=4)
    assert [len(trial.lesion.deleted) for trial in many.trials] == [1] * 3 + [2] * 3 + [3] * 3 + [
        4
    ] * 3 + [5] * 3
    for trial in many.trials:
        order = [None if i in trial.lesion.deleted else i for i in range(COUNT)]
        assert trial.error == err(net, data, order)
    orders = reorder(net, data, [1, 2], 4, seed=4)
    assert [trial.lesion.swaps for trial in orders.trials] == [1] * 4 + [2] * 4
    for trial in orders.trials:
        assert trial.error == err(net, data, list(trial.lesion.order))
    assert len({trial.error for trial in orders.trials}) > 1
    assert delete_many(net, data, range(1, 9), 3, seed=4) == many


def test_the_intact_network_errs_as_in_its_evaluation(net: ResidualNetwork) -> None:
    data = batches(net)
    numbered = [(*data[0], torch.arange(40)), (*data[1], torch.arange(40, 64))]
    expected = evaluate(net, numbered, ["a", "b", "c", "d", "e"]).top1_error
    assert delete_each(net, data).intact == expected


def test_the_network_is_as_it_was(net: ResidualNetwork) -> None:
    data = batches(net)
    net.train()
    before = {name: tensor.clone() for name, tensor in net.state_dict().items()}
    delete_each(net, data, Conditions(calibration=draw(16)))
    assert all(torch.equal(before[name], tensor) for name, tensor in net.state_dict().items())
    assert all(module.training for module in net.modules())
    assert all(n.momentum == 0.1 for n in net.modules() if isinstance(n, nn.BatchNorm2d))


def count_unit_calls(net: ResidualNetwork) -> Counter[int]:
    calls: Counter[int] = Counter()
    for number, unit in enumerate(net.units()):
        unit.register_forward_hook(lambda *_, number=number: calls.update([number]))
    return calls


def test_deleting_each_unit_costs_half_of_as_many_evaluations(net: ResidualNetwork) -> None:
    lesions = [delete(COUNT), *(delete(COUNT, [i]) for i in range(COUNT))]
    calls = count_unit_calls(net)
    with torch.no_grad():
        numbers = [number for number, _ in follow_all(walk(net.eval()), lesions, draw(2))]
    assert sorted(numbers) == list(range(6))
    # Once on the intact way, and in every suffix of a deletion before it: 5 + 5 · 4 / 2.
    assert calls == {0: 1, 1: 2, 2: 3, 3: 4, 4: 5}
    assert count_calls(lesions) == calls.total() == 15
    many = [delete(54), *(delete(54, [i]) for i in range(54))]
    assert count_calls(many) == 54 + 54 * 53 // 2


def test_equal_beginnings_are_shared_by_all_lesions(net: ResidualNetwork) -> None:
    lesions = [delete(COUNT), delete(COUNT, [3]), delete(COUNT, [3]), delete(COUNT, [3, 4])]
    calls = count_unit_calls(net)
    with torch.no_grad():
        answers = dict(follow_all(walk(net.eval()), lesions, draw(2)))
    assert calls == {0: 1, 1: 1, 2: 1, 3: 1, 4: 2}
    assert answers[1] is answers[2]
    drawn = [draw_deletion(0, 54, range(54), size, d) for size in range(1, 21) for d in range(5)]
    drawn += [draw_order(0, 54, [range(18)], size, 0) for size in range(1, 21)]
    assert count_calls(drawn) <= sum(54 - len(lesion.deleted) for lesion in drawn)


def test_the_tree_answers_what_each_lesion_alone_answers(net: ResidualNetwork) -> None:
    groups = [(0, 1, 2)]
    lesions = [draw_order(5, COUNT, groups, swaps, 0) for swaps in range(1, 6)]
    lesions += [draw_deletion(5, COUNT, range(COUNT), size, 0) for size in range(1, 6)]
    x = draw(3)
    with torch.no_grad():
        way = walk(net.eval())
        together = dict(follow_all(way, lesions, x))
        for number, lesion in enumerate(lesions):
            ((_, alone),) = follow_all(way, [lesion], x)
            assert torch.equal(together[number], alone)


def test_statistics_estimated_again_are_those_of_the_injured_network(
    net: ResidualNetwork,
) -> None:
    data, seen = batches(net), draw(48, seed=20)
    found = delete_each(net, data, Conditions(calibration=seen))
    # By hand: a copy whose second unit is gone, its batch norms run once over the same images.
    twin = build(SMALL)
    twin.load_state_dict(net.state_dict())
    twin.stages[0][1] = nn.ReLU()
    for norm in (m for m in twin.modules() if isinstance(m, nn.BatchNorm2d)):
        norm.momentum = 1.0
    with torch.no_grad():
        twin.train()(seen)
        twin.eval()
        wrong = sum(int((twin(x).argmax(1) != y).sum()) for x, y in data)
    assert found.trials[1].error == 100 * wrong / 64
    assert found.intact != delete_each(net, data).intact


def test_a_plain_network_leaves_out_what_cannot_be_deleted() -> None:
    net = build(SMALL.replace(shortcut="none"))
    found = delete_each(net, batches(net))
    assert found.deletable == (True, True, True, False, True)
    assert [trial.lesion.deleted for trial in found.trials] == [(0,), (1,), (2,), (4,)]
    table = Lesions({"seed": 0}, each=found).to_dict()
    assert [unit["unit"] for unit in table["units"] if not unit["deletable"]] == [4]
    assert [trial["deleted"] for trial in table["each"]["trials"]] == [[1], [2], [3], [5]]


def test_nothing_to_delete_or_to_exchange(net: ResidualNetwork) -> None:
    growing = build(Spec(depths=(1, 1), widths=(8, 16), stem_width=4, shortcut="none"))
    with pytest.raises(ConfigError) as caught:
        delete_each(growing, batches(growing))
    assert caught.value.code == "E2653"
    single = build(Spec(depths=(1, 1), widths=(4, 8), stem_width=4, num_classes=5))
    assert reorder(single, batches(single), [1], 2).trials == ()


def test_no_image_and_no_finite_answer(net: ResidualNetwork) -> None:
    with pytest.raises(DataError) as caught:
        delete_each(net, [])
    assert caught.value.code == "E3651"
    data = batches(net)
    with torch.no_grad():
        net.fc.bias.fill_(float("nan"))
    with pytest.raises(DivergedError) as diverged:
        delete_each(net, data)
    assert (diverged.value.code, diverged.value.what) == ("E6651", "40 of 40 samples of a batch")


class Fragile(nn.Module):
    """A sum that is infinite where the functions add nothing."""

    def forward(self, x: Tensor, shortcut: nn.Module, residual: nn.Module) -> Tensor:
        f = residual(x)
        return shortcut(x) + f if f.any() else torch.full_like(x, float("inf"))


def test_an_answer_that_is_not_finite_is_wrong(net: ResidualNetwork) -> None:
    net.stages[0][1].merge = Fragile()
    found = delete_each(net, batches(net))
    assert found.intact == pytest.approx(100 * 22 / 64)
    assert found.trials[1].error == 100.0
    assert found.trials[0].error < 100.0


def test_half_precision(net: ResidualNetwork) -> None:
    data = batches(net)
    found = delete_each(net, data, Conditions(precision="bf16"))
    assert abs(found.intact - delete_each(net, data).intact) < 10


def test_progress_adds_up(net: ResidualNetwork) -> None:
    told: list[float] = []
    delete_each(net, batches(net), Conditions(on_images=told.append))
    assert sum(told) == pytest.approx(64)
    assert len(told) == 2 * 6
