"""``resnets analyze``: networks taken apart, one module for each analysis."""

from __future__ import annotations

import typer

from . import analyze_cost, analyze_factorisation, analyze_lesion, analyze_paths, analyze_signal

app = typer.Typer(help="Take a network apart: lesions, paths, signal, cost, factorisation.")


@app.callback()
def _group() -> None:
    """Take a network apart."""


app.command("lesion")(analyze_lesion.lesion)
app.command("paths")(analyze_paths.paths)
app.command("signal")(analyze_signal.signal)
app.command("cost")(analyze_cost.cost)
app.command("factorisation")(analyze_factorisation.factorisation)
