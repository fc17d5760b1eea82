"""A trained network on pictures in files: what it sees, how sure it is, how often it is wrong."""

import tempfile
from pathlib import Path

from PIL import Image
from sklearn.datasets import load_digits

import resnets

run = resnets.Run(
    network=resnets.Spec(depths=(1, 1, 1), widths=(8, 16, 32), in_chans=1),
    recipe=resnets.Recipe(length="4ep", batch_size=64, lr=0.05, nesterov=True),
)
with tempfile.TemporaryDirectory() as folder:
    trained = resnets.train(run, Path(folder) / "small", progress=False)
    for number, pixels in enumerate(load_digits().images[:4]):
        Image.fromarray((pixels * (255 / 16)).astype("uint8")).save(f"{folder}/{number}.png")
    for answer in resnets.predict(trained, f"{folder}/*.png"):
        print(f"{Path(answer.path).name}: {answer.label}, {100 * answer.probability:.0f} %")
    measured = resnets.evaluate(trained)
    print(f"test error {measured.top1_error:.1f} % of {measured.n}")
