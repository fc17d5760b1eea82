"""Huang et al. 2016, Deep Networks with Stochastic Depth."""
