"""The papers, and the recipes that their networks are usually trained with."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Paper:
    """A paper, or code that stands for one.

    Args:
        key: first author and year; marks a figure that a network has from another paper.
        title: authors, year and title.
        place: where it is found.
        cifar, imagenet: usual recipes of its networks for small and for large pictures.
    """

    key: str
    title: str
    place: str
    cifar: str
    imagenet: str

    def __str__(self) -> str:
        return f"{self.title}, {self.place}"


GROSS2016 = Paper(
    "gross2016",
    "Gross, Wilber 2016, Training and Investigating Residual Nets",
    "fb.resnet.torch",
    cifar="he2015-cifar",
    imagenet="gross2016-imagenet",
)
HE2015 = Paper(
    "he2015",
    "He, Zhang, Ren, Sun 2015, Deep Residual Learning for Image Recognition",
    "arXiv 1512.03385",
    cifar="he2015-cifar",
    imagenet="he2015-imagenet",
)
HE2016 = Paper(
    "he2016",
    "He, Zhang, Ren, Sun 2016, Identity Mappings in Deep Residual Networks",
    "arXiv 1603.05027",
    cifar="he2016-cifar",
    imagenet="he2016-imagenet",
)
XIE2017 = Paper(
    "xie2017",
    "Xie, Girshick, Dollár, Tu, He 2017, Aggregated Residual Transformations for Deep Neural "
    "Networks",
    "arXiv 1611.05431",
    cifar="xie2017-cifar",
    imagenet="xie2017-imagenet",
)
ZAGORUYKO2016 = Paper(
    "zagoruyko2016",
    "Zagoruyko, Komodakis 2016, Wide Residual Networks",
    "arXiv 1605.07146",
    cifar="zagoruyko2016-cifar",
    imagenet="gross2016-imagenet",
)
ABDI2016 = Paper(
    "abdi2016",
    "Abdi, Nahavandi 2016, Multi-Residual Networks",
    "arXiv 1609.05672",
    cifar="abdi2016-cifar",
    imagenet="gross2016-imagenet",
)
HUANG2016 = Paper(
    "huang2016",
    "Huang, Sun, Liu, Sedra, Weinberger 2016, Deep Networks with Stochastic Depth",
    "arXiv 1603.09382",
    cifar="huang2016-cifar",
    imagenet="gross2016-imagenet",
)
SINGH2016 = Paper(
    "singh2016",
    "Singh, Hoiem, Forsyth 2016, Swapout: Learning an Ensemble of Deep Architectures",
    "arXiv 1605.06465",
    cifar="singh2016-cifar",
    imagenet="gross2016-imagenet",
)
SIMONYAN2015 = Paper(
    "simonyan2015",
    "Simonyan, Zisserman 2015, Very Deep Convolutional Networks for Large-Scale Image Recognition",
    "arXiv 1409.1556",
    cifar="he2015-cifar",
    imagenet="he2015-imagenet",
)
