"""Whether a stack of layers finds the identity: the thought behind residual learning, as a toy."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from resnets.spec.frozen import Positive

from .experiment import Experiment

MOMENTUM = 0.9
TEST_VECTORS = 1000


class FitIdentity(Experiment):
    """Train a stack of non-linear units to answer the vectors that it is given.

    Independent normal vectors go through units of two fully connected layers, and the squared
    distance between what comes out and what went in is lowered by gradient descent. A plain unit
    is F(x) = W₂ relu(W₁ x), a residual one x + F(x), for which F = 0 is the answer. ReLU stands
    inside F alone, so that a stack of either kind can be the identity. Without batch norm the sum
    of n residual functions would grow with n, so their first W₂ is smaller by √n.

    Args:
        shortcut: ``none`` for plain units, ``identity`` for residual ones.
        units: how many, one after another.
        width: length of the vectors; inside F it is twice that, with which a plain unit can be the
            identity exactly: x = relu(x) - relu(-x).
        steps, batch_size, lr: of the training; momentum is 0.9, and vectors are drawn anew each
            step.

    Source: He et al. 2015, Section 3.1 and its hypothesis that stacks of non-linear layers have
    difficulties in approximating identities. The paper prints no figures; the toy is ours.
    """

    name: ClassVar[str] = "fit-identity"
    measures: ClassVar[tuple[str, ...]] = ("identity_error", "initial_identity_error")

    shortcut: Literal["none", "identity"]
    units: Positive
    width: Positive = 16
    steps: Positive = 500
    batch_size: Positive = 64
    lr: Annotated[float, Field(gt=0.0, strict=True)] = 0.02

    def perform(self) -> dict[str, float]:
        import torch

        generator = torch.Generator().manual_seed(self.seed)

        def draw(*shape: int, scale: float = 1.0) -> torch.Tensor:
            return scale * torch.randn(shape, generator=generator)

        inner = 2 * self.width
        residual = self.shortcut == "identity"
        end = (1 / inner / (self.units if residual else 1)) ** 0.5
        weights = [
            (
                draw(inner, self.width, scale=(2 / self.width) ** 0.5).requires_grad_(),
                draw(self.width, inner, scale=end).requires_grad_(),
            )
            for _ in range(self.units)
        ]

        def follow(x: torch.Tensor) -> torch.Tensor:
            for first, second in weights:
                change = (x @ first.T).relu() @ second.T
                x = x + change if residual else change
            return x

        def measure() -> float:
            with torch.no_grad():
                return float((follow(test) - test).square().mean())

        test = draw(TEST_VECTORS, self.width)
        before = measure()
        optimizer = torch.optim.SGD(
            [weight for pair in weights for weight in pair], lr=self.lr, momentum=MOMENTUM
        )
        for _ in range(self.steps):
            x = draw(self.batch_size, self.width)
            optimizer.zero_grad()
            (follow(x) - x).square().mean().backward()
            torch.nn.utils.clip_grad_norm_([w for pair in weights for w in pair], 1.0)
            optimizer.step()
        return {"identity_error": measure(), "initial_identity_error": before}
