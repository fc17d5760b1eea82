"""A run is data: train it, load what it left, and ask it."""

import tempfile
from pathlib import Path

import resnets

run = resnets.Run(
    network=resnets.Spec(depths=(1, 1, 1), widths=(8, 16, 32), in_chans=1),
    recipe=resnets.Recipe(length="2ep", batch_size=64, lr=0.05, nesterov=True),
    data=resnets.DataSpec(name="digits"),
    seed=1,
)
print(f"key {run.key()}")
with tempfile.TemporaryDirectory() as folder:
    path = resnets.train(run, Path(folder) / "small")
    net = resnets.load(path)
    print(f"classes {', '.join(net.config.classes)}")
    print(f"test error {net.config.measured['test_top1_error']:.1f} %")
