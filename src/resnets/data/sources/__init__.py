"""One file for each kind of source; each answers a ``Source``."""
