"""One field, another paper: the shortcuts, orders and merges of the literature on one network."""

import resnets
from resnets.analysis import count
from resnets.spec import ORDERS

base = resnets.Spec(depths=(3, 3, 3), widths=(16, 32, 64), shortcut="A")
variants = {
    "plain": base.replace(shortcut="none"),
    "option B": base.replace(shortcut="B"),
    "gated": base.replace(merge=resnets.Gate(bias=-6.0)),
    "stochastic depth": base.replace(merge=resnets.Keep(residual=0.5, schedule="linear")),
    "four functions": base.replace(branches=4),
    **{name: base.replace(order=order) for name, order in ORDERS.items()},
}
for name, spec in variants.items():
    cost = count(spec)
    print(f"{name:24} {cost.parameters:9,} parameters  {cost.multiplicity_text:>6} paths")
