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
        return ", ".join(part for part in (self.title, self.place) if part)


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
WIGHTMAN2019 = Paper(
    "wightman2019",
    "Wightman 2019, PyTorch Image Models",
    "timm",
    cifar="he2016-cifar",
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
VEIT2016 = Paper(
    "veit2016",
    "Veit, Wilber, Belongie 2016, Residual Networks Behave Like Ensembles of Relatively Shallow "
    "Networks",
    "arXiv 1605.06431",
    cifar="he2016-cifar",
    imagenet="gross2016-imagenet",
)
KRIZHEVSKY2012 = Paper(
    "krizhevsky2012",
    "Krizhevsky, Sutskever, Hinton 2012, ImageNet Classification with Deep Convolutional Neural "
    "Networks",
    "NIPS 2012",
    cifar="krizhevsky2012-cifar",
    imagenet="krizhevsky2012-imagenet",
)
KRIZHEVSKY2014 = Paper(
    "krizhevsky2014",
    "Krizhevsky 2014, One weird trick for parallelizing convolutional neural networks",
    "arXiv 1404.5997",
    cifar="krizhevsky2012-cifar",
    imagenet="krizhevsky2012-imagenet",
)
SIMONYAN2015 = Paper(
    "simonyan2015",
    "Simonyan, Zisserman 2015, Very Deep Convolutional Networks for Large-Scale Image Recognition",
    "arXiv 1409.1556",
    cifar="simonyan2015-cifar",
    imagenet="simonyan2015-imagenet",
)
SZEGEDY2015 = Paper(
    "szegedy2015",
    "Szegedy, Liu, Jia, Sermanet, Reed, Anguelov, Erhan, Vanhoucke, Rabinovich 2015, Going Deeper "
    "with Convolutions",
    "arXiv 1409.4842",
    cifar="he2015-cifar",
    imagenet="szegedy2015-imagenet",
)
HUANG2017 = Paper(
    "huang2017",
    "Huang, Liu, van der Maaten, Weinberger 2017, Densely Connected Convolutional Networks",
    "arXiv 1608.06993",
    cifar="huang2017-cifar",
    imagenet="huang2017-imagenet",
)
SZEGEDY2016 = Paper(
    "szegedy2016",
    "Szegedy, Vanhoucke, Ioffe, Shlens, Wojna 2016, Rethinking the Inception Architecture for "
    "Computer Vision",
    "arXiv 1512.00567",
    cifar="szegedy2016-cifar",
    imagenet="szegedy2016-imagenet",
)
SZEGEDY2017 = Paper(
    "szegedy2017",
    "Szegedy, Ioffe, Vanhoucke, Alemi 2017, Inception-v4, Inception-ResNet and the Impact of "
    "Residual Connections on Learning",
    "arXiv 1602.07261",
    cifar="szegedy2016-cifar",
    imagenet="szegedy2017-imagenet",
)
ZHANG2017 = Paper(
    "zhang2017",
    "Zhang, Li, Loy, Lin 2017, PolyNet: A Pursuit of Structural Diversity in Very Deep Networks",
    "arXiv 1611.05725",
    cifar="szegedy2016-cifar",
    imagenet="zhang2017-imagenet",
)
GLOROT2010 = Paper(
    "glorot2010",
    "Glorot, Bengio 2010, Understanding the difficulty of training deep feedforward neural "
    "networks",
    "AISTATS 2010",
    cifar="glorot2010",
    imagenet="glorot2010",
)
SRIVASTAVA2015 = Paper(
    "srivastava2015",
    "Srivastava, Greff, Schmidhuber 2015, Highway Networks",
    "arXiv 1505.00387",
    cifar="srivastava2015-mnist",
    imagenet="srivastava2015-mnist",
)
SRIVASTAVA2015_DEEP = Paper(
    "srivastava2015deep",
    "Srivastava, Greff, Schmidhuber 2015, Training Very Deep Networks",
    "arXiv 1507.06228",
    cifar="srivastava2015-cifar",
    imagenet="srivastava2015-cifar",
)
