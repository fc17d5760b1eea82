"""Families outside the grammar: their names, and their specs by arithmetic."""

from . import alexnet, densenet, googlenet, highway, inception, perceptron, polynet, vgg

FAMILIES = (
    *alexnet.FAMILIES,
    *vgg.FAMILIES,
    *googlenet.FAMILIES,
    *inception.FAMILIES,
    *polynet.FAMILIES,
    *densenet.FAMILIES,
    *highway.FAMILIES,
    *perceptron.FAMILIES,
)
