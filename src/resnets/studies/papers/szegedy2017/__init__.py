"""Szegedy et al. 2017, Inception-v4, Inception-ResNet and the Impact of Residual Connections."""
