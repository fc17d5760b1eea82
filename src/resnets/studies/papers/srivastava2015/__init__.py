"""Srivastava et al. 2015, Highway Networks, and Training Very Deep Networks."""
