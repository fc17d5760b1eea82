"""What is known of the named data sets: classes, size, augmentation, where people keep them."""

from __future__ import annotations

from dataclasses import dataclass

from resnets.data.augmentation import Augmentation

_CIFAR100 = (
    "apple aquarium_fish baby bear beaver bed bee beetle bicycle bottle bowl boy bridge bus "
    "butterfly camel can castle caterpillar cattle chair chimpanzee clock cloud cockroach couch "
    "crab crocodile cup dinosaur dolphin elephant flatfish forest fox girl hamster house kangaroo "
    "keyboard lamp lawn_mower leopard lion lizard lobster man maple_tree motorcycle mountain mouse "
    "mushroom oak_tree orange orchid otter palm_tree pear pickup_truck pine_tree plain plate poppy "
    "porcupine possum rabbit raccoon ray road rocket rose sea seal shark shrew skunk skyscraper "
    "snail snake spider squirrel streetcar sunflower sweet_pepper table tank telephone television "
    "tiger tractor train trout tulip turtle wardrobe whale willow_tree wolf woman worm"
)
_DIGITS = tuple("0123456789")


@dataclass(frozen=True)
class Known:
    """A data set of small pictures of one size.

    Args:
        classes: names in the official order.
        channels, size: of every picture, pixels.
        augmentation: what the literature does to its training images.
        constants: published mean and std; None computes them.
        folders: names of the folder it is usually kept in.
        label: name of the label column in Parquet form.
    """

    classes: tuple[str, ...]
    channels: int
    size: int
    augmentation: Augmentation
    folders: tuple[str, ...]
    constants: tuple[tuple[float, ...], tuple[float, ...]] | None = None
    label: str = "label"


def _of_255(*values: float) -> tuple[float, ...]:
    return tuple(value / 255 for value in values)


# Augmentation of CIFAR: Deep Residual Learning, 4.2. SVHN is trained without any (Wide Residual
# Networks, 4). Figures of MNIST may be shifted, never mirrored; clothes may be mirrored too. Mean
# and std of CIFAR are those of fb.resnet.torch and of the ResNeXt and Multi-ResNet releases.
KNOWN = {
    "cifar10": Known(
        classes=("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship",
                 "truck"),
        channels=3,
        size=32,
        augmentation=Augmentation(pad=4, flip=True),
        folders=("cifar10", "cifar-10", "CIFAR10"),
        constants=(_of_255(125.3, 123.0, 113.9), _of_255(63.0, 62.1, 66.7)),
    ),
    "cifar100": Known(
        classes=tuple(_CIFAR100.split()),
        channels=3,
        size=32,
        augmentation=Augmentation(pad=4, flip=True),
        folders=("cifar100", "cifar-100", "CIFAR100"),
        constants=(_of_255(129.3, 124.1, 112.4), _of_255(68.2, 65.4, 70.4)),
        label="fine_label",
    ),
    "svhn": Known(
        classes=_DIGITS,
        channels=3,
        size=32,
        augmentation=Augmentation(),
        folders=("svhn", "SVHN"),
    ),
    "mnist": Known(
        classes=_DIGITS,
        channels=1,
        size=28,
        augmentation=Augmentation(pad=2),
        folders=("mnist", "MNIST"),
    ),
    "fashion-mnist": Known(
        classes=("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt",
                 "Sneaker", "Bag", "Ankle boot"),
        channels=1,
        size=28,
        augmentation=Augmentation(pad=2, flip=True),
        folders=("fashion-mnist", "fashion_mnist", "FashionMNIST"),
    ),
}  # fmt: skip
