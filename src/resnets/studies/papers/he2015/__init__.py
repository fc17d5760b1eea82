"""He et al. 2015, Deep Residual Learning for Image Recognition."""
