"""The same grammar on signals in time and on tables: tensors in, a trained network out."""

import math

import torch

import resnets

draw = torch.Generator().manual_seed(0)
RECIPE = resnets.Recipe(length="6ep", batch_size=64, lr=0.05, nesterov=True)


def make_tones(count: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Noisy tones of 50 ms at 5 kHz, from 400 to 700 Hz: steady, rising, falling, wavering."""
    time = torch.arange(250) / 5000
    labels = torch.randint(4, (count,), generator=draw)
    start, phase = torch.rand(2, count, 1, generator=draw)
    bend = torch.tensor([0.0, 8000.0, -8000.0, 0.0])[labels, None] * time**2
    waver = (labels == 3)[:, None] * 3 * torch.sin(2 * math.pi * 60 * time)
    tones = torch.sin(2 * math.pi * ((400 + 300 * start) * time + bend + phase) + waver)
    return (tones + 0.3 * torch.randn(count, 250, generator=draw))[:, None], labels


def make_table(count: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Rows of ten columns; whether two of them agree in sign, and the size of a third, decides."""
    rows = torch.randn(count, 10, generator=draw)
    return rows, (rows[:, 0] * rows[:, 1] > 0).long() + (rows[:, 2].abs() > 1).long()


audio = resnets.Spec(
    depths=(1, 1, 1),
    widths=(16, 32, 64),
    kernels=(7, 7),
    order="full_preact",
    dimensions=1,
    in_chans=1,
    num_classes=4,
)
table = resnets.Spec(
    depths=(3,),
    widths=(64,),
    kernels=(1, 1),
    stem="1x1",
    stem_width=64,
    dimensions=0,
    in_chans=10,
    num_classes=3,
)
for name, spec, make in (("audio", audio, make_tones), ("table", table, make_table)):
    result = resnets.fit(resnets.build(spec, seed=1), make(1600), recipe=RECIPE, test=make(1000))
    accuracy = 100 - result.evaluation.top1_error
    print(f"{name}: {spec.depth} layers, accuracy {accuracy:.1f} % of {result.evaluation.n}")
