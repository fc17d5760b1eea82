"""Studies are run in any order, each cell once, and whatever happens to a cell is told."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from resnets.api import study_cells
from resnets.api.study import report_study, run_study
from resnets.api.training import train
from resnets.catalog.papers import HE2015
from resnets.errors import ConfigError, DataError, FileError, Interrupted, MachineError
from resnets.studies import Row, Scale, Study, library

TINY = Study(
    name="tiny",
    title="A tiny study",
    paper=HE2015,
    place="nowhere",
    question="Does it run?",
    protocol="One run.",
    base={
        "data": "cifar10",
        "recipe": "he2015-cifar",
        "set": ["network.depths=[1]", "network.widths=[4]", "network.stem_width=4"],
    },
    rows=(
        Row(model="plain20"),
        Row(model="resnet20", published={"test_error": "cifar10_test_error"}),
        Row(name="masks", model="swapout20_w2"),
    ),
    measures={"test_error": "", "train_error": "", "stochastic_test_error:3": ""},
    claims={"test_error of resnet20 < test_error of plain20": "nowhere"},
    scales={
        "smoke": Scale(rows=("plain20", "resnet20"), length="1ep", request={"batch_size": 256}),
        "short": Scale(),
        "paper": Scale(seeds=2),
    },
)


@pytest.fixture
def declare(monkeypatch):
    """Return a function that makes a study the only one."""

    def declare(study: Study) -> Study:
        monkeypatch.setattr(library, "_read_all", lambda: {study.name: study})
        return study

    declare(TINY)
    return declare


@pytest.fixture(scope="session")
def finished_study(tmp_path_factory) -> Path:
    """The tiny study at the smoke scale, with two seeds; no test changes it."""
    path = tmp_path_factory.mktemp("studies") / "demo"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(library, "_read_all", lambda: {"tiny": TINY})
        result = run_study("tiny", output=path, seeds=2, progress=False, command="typed")
        assert result.failed == ()
    return path


@pytest.fixture
def done(finished_study, tmp_path, declare) -> Path:
    """That study, to change."""
    return Path(shutil.copytree(finished_study, tmp_path / "demo"))


def times(folder: Path) -> dict[str, int]:
    return {str(p): p.stat().st_mtime_ns for p in sorted((folder / "runs").rglob("*"))}


def measured(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "runs").iterdir())


def test_a_study_leaves_runs_a_report_and_its_start(done):
    assert sorted(path.name for path in done.iterdir()) == [
        "measured",
        "runs",
        "tiny-smoke.csv",
        "tiny-smoke.html",
        "tiny-smoke.json",
        "tiny-smoke.md",
        "tiny-smoke.png",
    ]
    assert len(measured(done)) == 4
    table = report_study("tiny", done).table
    assert [row.finished for row in table.rows] == [2, 2]
    assert table.rows[1].figures[0].published == 8.75
    assert len(table.rows[0].figures[0].values) == 2
    assert table.rows[1].figures[0].difference == pytest.approx(
        table.rows[1].figures[0].median - 8.75  # type: ignore[operator]
    )
    assert table.claims[0].method == "Welch"
    assert {row.same for row in table.rows} == {"no"}
    assert "digits instead of cifar10" in table.deviations
    assert table.command == "typed"


def test_what_has_ended_is_never_repeated(done):
    before = times(done)
    assert run_study("tiny", output=done, seeds=2, progress=False).failed == ()
    assert times(done) == before


def test_a_deleted_cell_is_run_again_and_no_other(done, look):
    gone, *rest = (done / "runs").iterdir()
    evaluation = look.table(gone / "evaluation.json")
    before = {p: look.snapshot(p) for p in rest}
    shutil.rmtree(gone)
    assert report_study("tiny", done, seeds=2).table.runs == {"finished": 3, "missing": 1}
    run_study("tiny", output=done, seeds=2, progress=False)
    assert {p: look.snapshot(p) for p in rest} == before
    assert look.table(gone / "evaluation.json") == evaluation


def test_rows_and_seeds_are_chosen(tmp_path, declare):
    run_study("tiny", output=tmp_path / "s", rows=["resnet*"], progress=False)
    table = report_study("tiny", tmp_path / "s").table
    assert [row.finished for row in table.rows] == [0, 1]
    assert table.runs == {"missing": 1, "finished": 1}
    assert table.claims[0].verdict == "undecided"
    assert "plain20 has no test_error yet" in table.claims[0].why


def test_a_cell_of_another_study_is_shared(done, declare, look):
    other = declare(TINY.replace(name="other", rows=TINY.rows[:2]))
    before = times(done)
    run_study(other.name, output=done, seeds=2, progress=False)
    assert times(done) == before
    assert (done / "other-smoke.html").exists()
    table = report_study("other", done, seeds=1).table
    assert [row.finished for row in table.rows] == [2, 2]  # more than were asked for


def test_a_stopped_cell_is_resumed(tmp_path, declare, monkeypatch, look, capsys):
    from resnets.training import loop, step

    def take_step(state, *args, **kwargs):
        step.take_step(state, *args, **kwargs)
        if state.step == 3:
            os.kill(os.getpid(), signal.SIGTERM)

    with monkeypatch.context() as patch:
        patch.setattr(loop, "take_step", take_step)
        with pytest.raises(Interrupted) as caught:
            run_study("tiny", output=tmp_path / "s", progress=False)
    assert caught.value.exit == 143
    assert "same command" in caught.value.do[0]
    table = report_study("tiny", tmp_path / "s").table
    assert table.runs == {"interrupted": 1, "missing": 1}
    assert table.rows[0].states == (
        "seed 0: interrupted, the run was stopped (E143) after 0 epochs",
    )
    (folder,) = (tmp_path / "s" / "runs").iterdir()
    kept = look.table(folder / "run.json")["run_id"]
    capsys.readouterr()
    assert run_study("tiny", output=tmp_path / "s").failed == ()
    assert f"1/2 plain20, seed 0, from its last checkpoint: {folder}\n" in capsys.readouterr().err
    assert look.table(folder / "run.json")["run_id"] == kept


def test_a_signal_between_two_cells_stops_the_study(tmp_path, declare, monkeypatch):
    from resnets.api import training

    def finish_and_signal(run, output, **options):
        result = train(run, output, **options)
        os.kill(os.getpid(), signal.SIGINT)
        return result

    monkeypatch.setattr(training, "train", finish_and_signal)
    with pytest.raises(Interrupted) as caught:
        run_study("tiny", output=tmp_path / "s", progress=False)
    assert caught.value.exit == 130
    assert report_study("tiny", tmp_path / "s").table.runs == {"finished": 1, "missing": 1}


def test_a_diverged_cell_is_a_result_and_stops_no_other(tmp_path, declare, monkeypatch):
    from resnets.api import training

    def spoil(run, output, **options):
        if run.model == "plain20":
            run = run.replace(recipe=run.recipe.replace(lr=1e38))
        return train(run, output, **options)

    with monkeypatch.context() as patch:
        patch.setattr(training, "train", spoil)
        result = run_study("tiny", output=tmp_path / "s", progress=False)
    assert [row.diverged for row in result.table.rows] == [1, 0]
    assert result.table.claims[0].verdict == "holds"
    assert "plain20 diverged in 1 of 1 runs" in result.table.claims[0].why
    assert len(result.failed) == 1
    assert result.failed[0].startswith("plain20, seed 0: diverged")
    before = times(tmp_path / "s")
    again = run_study("tiny", output=tmp_path / "s", progress=False)
    assert again.failed == result.failed
    assert times(tmp_path / "s") == before


def test_a_damaged_cell_is_told_and_stops_no_other(done):
    first = next(path for path in (done / "runs").iterdir())
    (first / "config.json").write_text("{}")
    result = run_study("tiny", output=done, seeds=2, progress=False)
    assert result.table.runs == {"finished": 3, "damaged": 1}
    assert len(result.failed) == 1
    assert "damaged" in result.failed[0]


@pytest.mark.parametrize("spoil", [Path.unlink, lambda path: path.write_text("{}\n")])
@pytest.mark.parametrize("file", ["metrics.jsonl", "evaluation.json"])
def test_a_finished_cell_that_lost_an_output_is_damaged(done, spoil, file):
    first = sorted((done / "runs").iterdir())[0]
    spoil(first / file)
    for table in (
        report_study("tiny", done).table,
        run_study("tiny", output=done, seeds=2, progress=False).table,
    ):
        assert table.runs == {"finished": 3, "damaged": 1}
        assert sum(len(row.figures[0].values) for row in table.rows) == 3
    shutil.rmtree(first)
    assert run_study("tiny", output=done, seeds=2, progress=False).failed == ()


def test_costs_of_rows_without_a_run_are_for_the_same_pictures(tmp_path, declare):
    table = run_study("tiny", output=tmp_path / "s", rows=["plain20"], progress=False).table
    plain, residual = table.rows
    assert (plain.finished, residual.finished) == (1, 0)
    assert residual.macs == plain.macs


def test_what_is_not_recorded_cannot_be_measured(tmp_path, declare):
    declare(TINY.replace(measures={**TINY.measures, "saturation:1": ""}))
    with pytest.raises(ConfigError) as caught:
        run_study("tiny", output=tmp_path / "s", progress=False)
    assert (caught.value.code, caught.value.what) == ("E2758", "saturation:1")
    assert "record_signal" in caught.value.do[0]
    assert not (tmp_path / "s").exists()


def test_full_memory_is_one_cells_trouble_and_a_full_disk_the_studys(
    tmp_path, declare, monkeypatch
):
    from resnets.api import training

    def refuse(code):
        def train_or_not(run, output, **options):
            if run.model == "plain20":
                raise MachineError(code, "trouble")
            return train(run, output, **options)

        monkeypatch.setattr(training, "train", train_or_not)

    refuse("E5001")
    assert len(run_study("tiny", output=tmp_path / "s", progress=False).failed) == 1
    refuse("E5501")
    with pytest.raises(MachineError) as caught:
        run_study("tiny", output=tmp_path / "s", progress=False)
    assert caught.value.code == "E5501"
    assert report_study("tiny", tmp_path / "s").table.runs == {"missing": 1, "finished": 1}


def test_a_cell_in_other_hands_is_awaited_after_all_others(tmp_path, declare, monkeypatch):
    from resnets.api import training

    monkeypatch.setattr(study_cells, "POLL_SECONDS", 0.01)
    order = []

    def busy_at_first(run, output, **options):
        order.append(run.model)
        if order.count(run.model) < 3 and run.model == "plain20":
            raise MachineError("E5004", "the run is in use")
        return train(run, output, **options)

    monkeypatch.setattr(training, "train", busy_at_first)
    result = run_study("tiny", output=tmp_path / "s", progress=False)
    assert order == ["plain20", "resnet20", "plain20", "plain20"]
    assert result.failed == ()


def test_a_cell_that_another_process_is_starting_is_awaited(tmp_path, declare, monkeypatch):
    from resnets.api import training

    monkeypatch.setattr(study_cells, "POLL_SECONDS", 0.01)
    helpers = []
    code = (
        "import sys, time, pathlib; from resnets.training.lock import hold_lock\n"
        "path = pathlib.Path(sys.argv[1]); path.mkdir(parents=True)\n"
        "with hold_lock(path):\n    print('held', flush=True); time.sleep(1)"
    )

    def start_elsewhere(run, output, **options):
        if not helpers:
            words = [sys.executable, "-c", code, str(output)]
            helpers.append(subprocess.Popen(words, stdout=subprocess.PIPE, text=True))
            assert helpers[0].stdout.readline() == "held\n"
            helpers[0].stdout.close()
        return train(run, output, **options)

    monkeypatch.setattr(training, "train", start_elsewhere)
    assert run_study("tiny", output=tmp_path / "s", progress=False).failed == ()
    assert helpers[0].wait() == 0


def test_a_foreign_folder_in_a_cells_place_is_refused(done):
    first = next(path for path in (done / "runs").iterdir())
    shutil.rmtree(first)
    first.mkdir()
    (first / "thesis.txt").write_text("mine")
    with pytest.raises(ConfigError) as caught:
        run_study("tiny", output=done, seeds=2, progress=False)
    assert caught.value.code == "E2402"
    assert (first / "thesis.txt").read_text() == "mine"


def test_a_changed_declaration_is_refused_unless_it_is_wanted(done, declare):
    scales = {**TINY.scales, "smoke": TINY.scales["smoke"].replace(length="2ep")}
    declare(TINY.replace(scales=scales))
    before = times(done)
    with pytest.raises(ConfigError) as caught:
        run_study("tiny", output=done, progress=False)
    assert caught.value.code == "E2754"
    assert "plain20: recipe.length was 1ep, is 2ep" in caught.value.why
    assert times(done) == before
    table = report_study("tiny", done).table
    assert table.runs == {"missing": 2}
    assert any("recipe.length was 1ep" in notice for notice in table.notices)
    run_study("tiny", output=done, update=True, progress=False)
    assert len(measured(done)) == 6  # nothing was lost
    assert report_study("tiny", done).table.notices == ()


def test_words_may_change_at_any_time(done, declare):
    declare(TINY.replace(title="Better words", claims={}))
    before = times(done)
    result = run_study("tiny", output=done, seeds=2, progress=False)
    assert result.table.title == "Better words"
    assert times(done) == before


def test_a_study_keeps_its_settings(done):
    precision = json.loads((done / "tiny-smoke.json").read_text())["precision"]
    other = {"fp32": "bf16", "bf16": "fp32"}[precision]
    with pytest.raises(ConfigError) as caught:
        run_study("tiny", output=done, precision=other, progress=False)
    assert caught.value.code == "E2755"
    assert run_study("tiny", output=done, precision=precision, progress=False).failed == ()


def test_several_scales_in_one_folder_are_told_apart(done):
    shutil.copy(done / "tiny-smoke.json", done / "tiny-short.json")
    with pytest.raises(ConfigError) as caught:
        report_study("tiny", done)
    assert caught.value.code == "E2756"
    assert caught.value.do == ("--scale smoke", "--scale short")
    assert report_study("tiny", done, "smoke").table.scale == "smoke"


def test_a_report_of_nothing_is_refused(tmp_path, declare):
    with pytest.raises(FileError) as caught:
        report_study("tiny", tmp_path)
    assert caught.value.code == "E4751"
    assert caught.value.do[0].endswith(f"resnets study run tiny --output {tmp_path}")
    with pytest.raises(FileError) as caught:
        report_study("tiny", tmp_path, "short")
    assert caught.value.do[0].endswith(f"--output {tmp_path} --scale short")


def test_missing_data_is_told_before_anything_is_written(tmp_path, declare, monkeypatch):
    monkeypatch.setenv("RESNETS_DATA", str(tmp_path / "nowhere"))
    declare(TINY.replace(base={**TINY.base, "data": "folder:nothing-here"}))
    with pytest.raises(DataError):
        run_study("tiny", "paper", tmp_path / "s", progress=False)
    assert not (tmp_path / "s").exists()


@pytest.mark.parametrize(
    ("change", "code", "what"),
    [
        ({"set": ["network.order=ful_preact"]}, "E2102", "network.order"),
        ({"set": ["network.ordre=full_preact"]}, "E2101", "network.ordre"),
        ({"batch_size": 10_000}, "E2301", "batch_size"),
        ({"batch_size": -3}, "E2102", "batch_size"),
    ],
)
def test_a_row_with_an_impossible_field_is_refused_before_the_first_run(
    tmp_path, declare, change, code, what
):
    smoke = TINY.scales["smoke"].replace(request=change)
    declare(TINY.replace(scales={**TINY.scales, "smoke": smoke}))
    with pytest.raises(ConfigError) as caught:
        run_study("tiny", output=tmp_path / "s", progress=False)
    assert caught.value.code == code
    assert what in caught.value.what
    assert caught.value.where["row"]
    assert not (tmp_path / "s").exists()


@pytest.mark.parametrize("options", [{"seeds": 0}, {"scale": "big"}, {"rows": ["x"]}])
def test_what_cannot_be_asked_for_is_refused(tmp_path, declare, options):
    with pytest.raises(ConfigError):
        run_study("tiny", output=tmp_path / "s", progress=False, **options)
    assert not (tmp_path / "s").exists()


def test_computed_measures_are_kept_beside_the_runs(done, declare, look):
    masks = TINY.scales["smoke"].replace(rows=("masks",))
    declare(TINY.replace(scales={**TINY.scales, "smoke": masks}, claims={}))
    generator = torch.get_rng_state()
    result = run_study("tiny", output=done, update=True, progress=False)
    (line,) = result.table.rows
    stochastic = line.figures[2]
    assert stochastic.median is not None
    assert 0 < stochastic.median < 100
    (file,) = (
        path
        for path in (done / "measured").iterdir()
        if look.table(path)["value"] == stochastic.median
        and path.name.endswith("stochastic_test_error-3.json")
        and (done / "runs" / path.name[:12] / "config.json").read_text().find("swapout") > 0
    )
    file.write_text("{")  # damaged: it is computed again, to the same
    assert report_study("tiny", done).table.rows[0].figures[2].median is None
    again = run_study("tiny", output=done, progress=False)
    assert again.table.rows[0].figures[2].median == stochastic.median
    assert torch.equal(torch.get_rng_state(), generator)


def test_ten_crop_errors_come_together(done):
    from resnets.api.measuring import COMPUTED

    first = next(path for path in sorted((done / "runs").iterdir()))
    found = COMPUTED["ten_crop_error"](first, "", None)
    assert set(found) == {"ten_crop_error", "ten_crop_top5_error"}
    assert found["ten_crop_error"].n == 360
    assert found["ten_crop_top5_error"].value <= found["ten_crop_error"].value
