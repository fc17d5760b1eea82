"""Zhang et al. 2017, PolyNet: A Pursuit of Structural Diversity in Very Deep Networks."""
