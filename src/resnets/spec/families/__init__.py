"""Families outside the grammar, each with a small spec of its own that lays the network out."""

from .alexnet import AlexNet
from .densenet import DenseNet
from .googlenet import GoogLeNet
from .highway import Highway
from .inception_resnet import InceptionResNet
from .inception_v3 import InceptionV3
from .inception_v4 import InceptionV4
from .perceptron import Perceptron
from .polynet import PolyNet
from .vgg import VGG

__all__ = [
    "VGG",
    "AlexNet",
    "DenseNet",
    "GoogLeNet",
    "Highway",
    "InceptionResNet",
    "InceptionV3",
    "InceptionV4",
    "Perceptron",
    "PolyNet",
]
