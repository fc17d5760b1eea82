"""Huang et al. 2017, Densely Connected Convolutional Networks."""
