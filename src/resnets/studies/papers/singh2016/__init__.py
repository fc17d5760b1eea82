"""Singh, Hoiem and Forsyth 2016, Swapout: Learning an Ensemble of Deep Architectures."""
