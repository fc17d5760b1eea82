"""Abdi and Nahavandi 2016, Multi-Residual Networks."""
