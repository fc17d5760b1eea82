"""Zagoruyko and Komodakis 2016, Wide Residual Networks."""
