"""Glorot and Bengio 2010, Understanding the difficulty of training deep feedforward networks."""
