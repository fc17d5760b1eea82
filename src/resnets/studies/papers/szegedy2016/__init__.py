"""Szegedy et al. 2016, Rethinking the Inception Architecture for Computer Vision."""
