"""He et al. 2016, Identity Mappings in Deep Residual Networks."""
