"""Views of an image, and the average of what the network says about them."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn
from torchvision.transforms.v2 import functional

from resnets.catalog import look_up
from resnets.errors import ConfigError
from resnets.evaluation import PROTOCOLS, predict
from resnets.networks import build
from resnets.spec import Spec


class Probe(nn.Module):
    """Answers two fixed pixels of its input, so that every view has an answer of its own."""

    def __init__(self, spec: Spec | None = None) -> None:
        super().__init__()
        self.seen: list[Tensor] = []
        if spec:
            self.spec = spec

    def forward(self, x: Tensor) -> Tensor:
        self.seen.append(x)
        return torch.stack([x[:, 0, 0, 0], x[:, 0, -1, -1], x[:, 0, 0, -1]], dim=1)


SMALL = Spec(depths=(1,), widths=(4,))
LARGE = Spec(depths=(1,), widths=(4,), stem="7x7")


def images(side: int, other: int | None = None) -> Tensor:
    draw = torch.Generator().manual_seed(3)
    return torch.randn(2, 3, side, other or side, generator=draw)


def test_single_sees_the_whole_image() -> None:
    net, x = Probe(SMALL), images(40)
    probabilities = predict(net, x)
    assert torch.equal(net.seen[0], x)
    assert torch.allclose(probabilities, net(x).softmax(1), atol=1e-6)


def test_single_with_a_crop_sees_the_middle() -> None:
    net, x = Probe(), images(40)
    predict(net, x, crop=32)
    assert torch.equal(net.seen[0], x[:, :, 4:36, 4:36])


def test_ten_crop_is_corners_centre_and_mirrors_averaged_after_softmax() -> None:
    net, x = Probe(SMALL), images(40)
    probabilities = predict(net, x, protocol="ten-crop")
    corners = [x[:, :, a : a + 32, b : b + 32] for a in (0, 8) for b in (0, 8)]
    views = [*corners, x[:, :, 4:36, 4:36]]
    views += [view.flip(3) for view in views]
    assert len(net.seen) == 10
    for wanted in views:
        assert sum(torch.equal(seen, wanted) for seen in net.seen) == 1
    expected = torch.stack([Probe()(view).softmax(1) for view in views]).mean(0)
    assert torch.allclose(probabilities, expected, atol=1e-6)
    assert torch.allclose(probabilities.sum(1), torch.ones(2))


@pytest.mark.parametrize(
    ("spec", "shape", "side"),
    [
        (SMALL, (40, 40), 32),
        (SMALL, (24, 24), 24),
        (LARGE, (256, 300), 224),
        (LARGE, (64, 90), 64),
        (None, (40, 30), 30),
    ],
)
def test_size_of_the_views(spec: Spec | None, shape: tuple[int, int], side: int) -> None:
    net = Probe(spec)
    predict(net, images(*shape), "ten-crop")
    assert {tuple(seen.shape[-2:]) for seen in net.seen} == {(side, side)}


def test_views_are_torchvisions_for_odd_margins() -> None:
    net, x = Probe(), images(35, 38)
    predict(net, x, "ten-crop", crop=32)
    for seen, wanted in zip(net.seen, functional.ten_crop(x, [32, 32]), strict=True):
        assert torch.equal(seen, wanted)


def test_an_image_of_the_views_size_is_averaged_with_its_mirror() -> None:
    x = images(32)
    expected = (Probe()(x).softmax(1) + Probe()(x.flip(3)).softmax(1)) / 2
    assert torch.allclose(predict(Probe(SMALL), x, "ten-crop"), expected, atol=1e-6)


def test_unknown_protocol_names_the_nearest() -> None:
    with pytest.raises(ConfigError, match="did you mean 'ten-crop'") as caught:
        predict(Probe(), images(32), "tencrop")
    assert "single, single-320, ten-crop, 12-crop, 144-crop, dense" in str(caught.value)


@pytest.mark.parametrize(
    ("protocol", "crop"),
    [(n, c) for n, p in PROTOCOLS.items() for c in ((0, -3) if p.resizes else (0, -3, 41))],
)
def test_a_crop_that_does_not_fit_is_refused(protocol: str, crop: int) -> None:
    with pytest.raises(ConfigError, match=f"crop = {crop}") as caught:
        predict(Probe(), images(40), protocol, crop)
    assert caught.value.code == "E2501"


@pytest.mark.parametrize("protocol", ["dense", "multi-scale"])
def test_a_network_without_a_map_cannot_be_applied_densely(protocol: str) -> None:
    with pytest.raises(ConfigError, match="Probe") as caught:
        predict(Probe(), images(32), protocol)
    assert caught.value.code == "E2850"
    vectors = build(look_up("mlp2_tanh").spec.replace(in_chans=3, image_size=8))
    with pytest.raises(ConfigError, match="features of shape"):
        predict(vectors, images(8), protocol, crop=8)


def test_the_mode_is_given_back_and_no_gradient_kept() -> None:
    net = nn.Sequential(nn.Conv2d(3, 3, 1), nn.BatchNorm2d(3), Probe()).train()
    probabilities = predict(net, images(8), "ten-crop", crop=6)
    assert net.training
    assert net[1].training
    assert not probabilities.requires_grad
    assert net[1].num_batches_tracked.item() == 0


def test_very_sure_answers_stay_finite() -> None:
    x = images(8) * 1e4
    probabilities = predict(Probe(), x, "ten-crop", crop=6)
    assert torch.isfinite(probabilities).all()
