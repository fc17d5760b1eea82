"""Every study: its rows resolve, its figures exist, its claims speak of its rows."""

from __future__ import annotations

import pytest

from resnets.api.measuring import COMPUTED
from resnets.api.study_start import resolve_rows
from resnets.errors import ConfigError
from resnets.spec import Run
from resnets.studies import SCALES, Published, Row, Scale, list_studies, look_up_study
from resnets.studies.declaration import check_scale
from resnets.studies.effort import estimate
from resnets.studies.experiments import EXPERIMENTS
from resnets.studies.figures import find_published
from resnets.studies.measures import MEASURES, find_measure
from resnets.studies.plan import pick_rows, write_request

STUDIES = list_studies()
NAMES = [study.name for study in STUDIES]


def test_the_experiments_of_the_papers_are_there():
    assert {
        "degradation",
        "degradation-imagenet",
        "shortcut-options",
        "convergence",
        "thousand-layers",
        "shortcut-kinds",
        "activation-orders",
        "preact-depth",
        "cardinality-width",
        "cardinality-depth",
        "cardinality-cifar",
        "shortcut-ablation",
        "shallow-ensembles",
        "equal-pairs",
        "multi-resnet",
        "depth-functions",
        "wide-width",
        "wide-blocks",
        "stochastic-depth",
        "swapout",
        "width-thousand-layers",
        "layer-responses",
        "identity-extension",
        "identity-fitting",
        "densenet",
        "highway-depth",
        "saturation",
        "initialisation",
        "inception-steps",
        "inception-filters",
        "inception-auxiliary",
        "inception-residual",
        "inception-scaling",
        "polynet",
        "effective-paths",
        "unit-lesions",
        "unravelling",
        "aggregation",
        "cost-accuracy",
    } <= set(NAMES)


@pytest.mark.parametrize("study", STUDIES, ids=NAMES)
def test_every_row_resolves_at_every_scale(study):
    for scale in SCALES:
        runs = resolve_rows(study, scale, "cpu", "fp32")
        assert list(runs) == [row.name for row in pick_rows(study, scale)]
        trained = [run for run in runs.values() if isinstance(run, Run)]
        assert bool(trained) is not bool(study.experiment)
        assert all(run.test_curve for run in trained)
        if scale == "smoke":
            assert {run.data.name for run in trained} <= {"digits"}


@pytest.mark.parametrize("study", STUDIES, ids=NAMES)
def test_a_short_study_takes_at_most_forty_minutes_on_two_cores(study):
    runs = resolve_rows(study, "short", "cpu", "fp32")
    assert estimate(runs.values(), study.scales["short"].seeds).minutes <= 40
    smoke = resolve_rows(study, "smoke", "cpu", "fp32")
    assert estimate(smoke.values(), study.scales["smoke"].seeds).macs <= 60e9


@pytest.mark.parametrize("study", STUDIES, ids=NAMES)
def test_every_published_figure_is_found_and_is_of_the_rows_data(study):
    found = 0
    for row in study.rows:
        data = "" if study.experiment else write_request(study, "paper", row).data
        for measure, key in study.measures.items():
            figure = find_published(study, row, measure)
            found += figure is not None
            wanted = row.published.get(measure, key if figure else "")
            if isinstance(wanted, str) and wanted:
                assert wanted.rpartition(":")[2].startswith(f"{data}_")
    assert found or not any(study.measures.values())


@pytest.mark.parametrize("study", STUDIES, ids=NAMES)
def test_measures_are_known_and_computed_ones_have_a_function(study):
    for text in study.measures:
        measure, name, _ = find_measure(text)
        if study.experiment:
            assert name in EXPERIMENTS[study.experiment].measures
        else:
            assert measure.read is not None or name in COMPUTED


def test_computed_measures_and_functions_are_the_same():
    performed = {name for kind in EXPERIMENTS.values() for name in kind.measures}
    assert set(COMPUTED) | performed == {name for name, m in MEASURES.items() if m.read is None}
    assert not set(COMPUTED) & performed


@pytest.mark.parametrize(
    ("name", "row", "measure", "value"),
    [
        ("degradation", "resnet56", "test_error", 6.97),
        ("degradation-imagenet", "plain34", "ten_crop_error", 28.54),
        ("shortcut-options", "C", "ten_crop_error", 24.19),
        ("convergence", "residual", "ten_crop_error", 27.88),
        ("thousand-layers", "deep", "test_error", 7.93),
        ("shortcut-kinds", "original", "test_error", 6.61),
        ("shortcut-kinds", "shortcut-gate-6", "test_error", 6.91),
        ("activation-orders", "full-preact-164", "test_error", 5.46),
        ("preact-depth", "1001-preact-c100", "test_error", 22.71),
        ("cardinality-width", "1x64d", "test_error", 23.9),
        ("cardinality-width", "101-32x4d", "test_error", 21.2),
        ("cardinality-depth", "deeper", "test_top5_error", 5.8),
        ("shortcut-ablation", "resnext-plain", "test_error", 26.1),
        ("cardinality-cifar", "16x64d-c100", "test_error", 17.31),
        ("shallow-ensembles", "shallow", "best_test_error", 7.37),
        ("equal-pairs", "pre-110", "best_test_error", 6.02),
        ("multi-resnet", "26-k2-c100", "best_test_error", 19.45),
        ("wide-width", "16-8", "test_error", 4.27),
        ("wide-blocks", "l4", "test_error", 5.93),
        ("stochastic-depth", "constant", "selected_test_error", 6.41),
        ("stochastic-depth", "constant-c100", "selected_test_error", 27.76),
        ("stochastic-depth", "stochastic-c100", "selected_test_error", 24.58),
        ("swapout", "20-2", "stochastic_test_error:30", 6.58),
        ("width-thousand-layers", "preresnet-1001", "test_error", 4.92),
        ("layer-responses", "resnet-110", "test_error", 6.43),
        ("identity-extension", "resnet-56", "test_error", 6.97),
        ("densenet", "bc-190-40", "test_error", 3.46),
        ("densenet", "40-12-plain", "test_error", 7.0),
        ("densenet", "bc-250-24-c100", "test_error", 17.6),
        ("densenet", "bc-250-24-plain-c100", "test_error", 19.64),
        ("densenet", "preresnet-1001", "test_error", 4.92),
        ("saturation", "sigmoid", "test_error", 82.61),
        ("initialisation", "tanh-normalized", "test_error", 15.6),
        ("initialisation", "softsign-mnist", "test_error", 1.64),
        ("initialisation", "softsign-normalized-cifar10", "test_error", 53.8),
        ("inception-steps", "momentum", "test_error", 23.4),
        ("inception-steps", "rmsprop", "test_top5_error", 6.3),
        ("inception-steps", "label-smoothing", "test_error", 21.6),
        ("inception-steps", "auxiliary", "test_error", 21.2),
        ("inception-auxiliary", "both", "test_error", 26.8),
        ("inception-residual", "resnet-v1", "test_top5_error", 5.5),
        ("inception-residual", "v4", "test_error", 20.0),
        ("polynet", "very-deep", "test_error", 18.71),
        ("polynet", "residual", "test_top5_error", 5.05),
        ("effective-paths", "full", "test_error", 6.1),
        ("effective-paths", "effective", "test_error", 5.96),
        ("unravelling", "10x1", "paths", 1024.0),
        ("unravelling", "1x2", "switches", 4.0),
        ("cost-accuracy", "wide", "test_error", 4.0),
        ("cost-accuracy", "swapout", "test_error", 4.76),
        ("cost-accuracy", "multi", "test_error", 3.73),
        ("cost-accuracy", "highway", "test_error", 7.54),
    ],
)
def test_figures_are_those_of_the_papers(name, row, measure, value):
    study = look_up_study(name)
    figure = find_published(study, study.row(row), measure)
    assert figure is not None
    assert figure.value == value
    assert figure.source


def test_means_deviations_and_bounds_come_along():
    kinds = look_up_study("shortcut-kinds")
    dropped = find_published(kinds, kinds.row("dropout-shortcut"), "test_error")
    assert dropped == Published(value=20.0, source="He 2016, Table 1", above=True)
    pairs = look_up_study("equal-pairs")
    assert find_published(pairs, pairs.row("multi-30"), "best_test_error") == Published(
        value=5.89, mean=5.85, std=0.12, source="Abdi 2016, Table II"
    )
    deep = find_published(pairs, pairs.row("pre-110"), "best_test_error")
    assert deep == Published(value=6.02, mean=6.02, std=0.11, source="Abdi 2016")


def test_a_row_that_changes_its_network_has_no_figure_of_the_catalog():
    blocks = look_up_study("wide-blocks")
    assert find_published(blocks, blocks.row("B131"), "test_error") is None
    assert find_published(blocks, blocks.row("l2"), "test_error").value == 5.43  # type: ignore[union-attr]
    masks = look_up_study("swapout")
    assert find_published(masks, masks.row("none"), "stochastic_test_error:30") is None


def test_a_figure_that_the_catalog_lacks_is_refused(study):
    row = study.row("resnet56").replace(published={"test_error": "cifar10_test_eror"})
    with pytest.raises(ConfigError) as caught:
        find_published(study, row, "test_error")
    assert caught.value.code == "E2753"
    assert "cifar10_test_error" in caught.value.do[0]


def test_an_unknown_study_lists_the_nearest():
    with pytest.raises(ConfigError) as caught:
        look_up_study("degradaton")
    assert caught.value.code == "E2750"
    assert "degradation" in caught.value.do[0]


@pytest.mark.parametrize(
    ("change", "code", "what"),
    [
        ({"claims": {"test_error of resnet65 > 1": "x"}}, "E2102", "resnet65"),
        ({"claims": {"train_error of resnet56 > 1": "x"}}, "E2102", "train_error"),
        ({"claims": {"resnet56 is better": "x"}}, "E2751", "resnet56 is better"),
        ({"measures": {"tset_error": ""}}, "E2102", "tset_error"),
        ({"measures": {"stochastic_test_error": ""}}, "E2102", "stochastic_test_error"),
        ({"measures": {"test_error:3": ""}}, "E2102", "test_error:3"),
        ({"base": {"learning_rat": 0.1}}, "E2101", "learning_rat"),
        ({"rows": (Row(model="resnet20"), Row(model="resnet20"))}, "E2102", "resnet20"),
        ({"scales": {"smoke": Scale()}}, "E2102", "smoke"),
        ({"scales": dict.fromkeys(SCALES, Scale())}, "E2102", "small"),
        ({"scales": dict.fromkeys(SCALES, Scale(rows=("resnet2",)))}, "E2102", "resnet2"),
        ({"rows": (Row(model="resnet20", published={"loss": "x"}),)}, "E2102", "loss"),
    ],
)
def test_a_declaration_that_cannot_be_is_refused(study, change, code, what):
    with pytest.raises(ConfigError) as caught:
        study.replace(**change)
    assert caught.value.code == code
    assert what in caught.value.what


def test_scales_are_three():
    assert check_scale("short") == "short"
    with pytest.raises(ConfigError) as caught:
        check_scale("shrot")
    assert "did you mean 'short'?" in caught.value.do
