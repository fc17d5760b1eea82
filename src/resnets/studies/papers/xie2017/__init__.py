"""Xie et al. 2017, Aggregated Residual Transformations for Deep Neural Networks."""
