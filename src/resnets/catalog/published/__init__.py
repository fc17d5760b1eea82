"""What the papers print, one file for each paper, data only."""

from . import (
    abdi2016,
    gross2016,
    he2015,
    he2016_orders,
    he2016_shortcuts,
    huang2016,
    simonyan2015,
    singh2016,
    xie2017,
    zagoruyko2016,
)

PUBLICATIONS = (
    *he2015.ROWS,
    *gross2016.ROWS,
    *he2016_shortcuts.ROWS,
    *he2016_orders.ROWS,
    *xie2017.ROWS,
    *zagoruyko2016.ROWS,
    *abdi2016.ROWS,
    *huang2016.ROWS,
    *singh2016.ROWS,
    *simonyan2015.ROWS,
)

__all__ = ["PUBLICATIONS"]
