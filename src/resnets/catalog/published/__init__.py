"""What the papers print, one file for each paper, data only."""

from . import (
    abdi2016,
    glorot2010,
    gross2016,
    he2015,
    he2016_orders,
    he2016_shortcuts,
    huang2016,
    huang2017,
    krizhevsky2012,
    simonyan2015,
    singh2016,
    srivastava2015,
    szegedy2015,
    szegedy2016,
    szegedy2017,
    wightman2019,
    xie2017,
    zagoruyko2016,
    zhang2017,
)

PUBLICATIONS = (
    *he2015.ROWS,
    *gross2016.ROWS,
    *he2016_shortcuts.ROWS,
    *he2016_orders.ROWS,
    *xie2017.ROWS,
    *zagoruyko2016.ROWS,
    *wightman2019.ROWS,
    *abdi2016.ROWS,
    *huang2016.ROWS,
    *singh2016.ROWS,
    *krizhevsky2012.ROWS,
    *simonyan2015.ROWS,
    *szegedy2015.ROWS,
    *szegedy2016.ROWS,
    *szegedy2017.ROWS,
    *zhang2017.ROWS,
    *huang2017.ROWS,
    *srivastava2015.ROWS,
    *glorot2010.ROWS,
)

__all__ = ["PUBLICATIONS"]
