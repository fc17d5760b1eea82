"""The verb for all analyses, and what no analysis takes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from torch import nn

import resnets
from resnets.api.analysis import name_output, name_subject
from resnets.errors import ConfigError


def test_one_verb_reaches_every_analysis(finished: Path) -> None:
    net = resnets.load(finished)
    paths = resnets.analyze("paths", "preresnet110", between=[(5, 17)]).to_dict()
    assert (paths["analysis"], paths["between"][0]["paths"]) == ("paths", 81_725_384_002_200)
    lesion = resnets.analyze("lesion", net, parts=["each"], precision="fp32").to_dict()
    assert (lesion["analysis"], len(lesion["each"]["trials"])) == ("lesion", 1)
    signal = resnets.analyze("signal", net, samples=16).to_dict()
    assert (signal["analysis"], signal["networks"][0]["n"]) == ("signal", 16)
    cost = resnets.analyze("cost", net).to_dict()
    assert (cost["analysis"], cost["networks"][0]["units"]) == ("cost", 1)


def test_a_run_that_is_named_by_its_key_is_called_by_its_network_too(tmp_path: Path) -> None:
    run, named = tmp_path / "0123456789ab", tmp_path / "mine"
    for folder in (run, named):
        folder.mkdir()
        (folder / "config.json").write_text('{"model": "resnet20"}')
    assert name_subject(run) == "resnet20-0123456789ab"
    assert name_subject(named) == "mine"
    assert name_output("signal", run, named) == "analysis/resnet20-0123456789ab-mine-signal"
    (run / "config.json").write_text("{")
    assert name_subject(run) == "0123456789ab"


def test_another_analysis_is_refused() -> None:
    with pytest.raises(ConfigError) as caught:
        resnets.analyze("lesions", "resnet20")  # type: ignore[call-overload]
    assert caught.value.do[0] == "did you mean 'lesion'?"


@pytest.mark.parametrize("analysis", ["lesion", "paths", "signal", "cost"])
def test_a_foreign_module_is_refused_in_one_sentence(analysis: Any, tmp_path: Path) -> None:
    options = {} if analysis in ("paths", "cost") else {"data": "digits"}
    with pytest.raises(ConfigError) as caught:
        resnets.analyze(analysis, nn.Linear(2, 2), output=tmp_path / "out", **options)
    assert (caught.value.code, caught.value.what) == ("E2650", "Linear")
    assert not (tmp_path / "out").exists()
