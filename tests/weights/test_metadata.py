"""The head of a model card, read by the Hub's own library."""

from __future__ import annotations

import pytest
from huggingface_hub import ModelCard

from resnets.spec import DataSpec, ModelConfig, Spec
from resnets.weights.card import write_card
from resnets.weights.metadata import describe_model

CONFIG = ModelConfig(
    model="resnet20",
    network=Spec(depths=(1, 1, 1), widths=(4, 8, 16)),
    data=DataSpec(name="cifar10"),
    measured={"test_top1_error": 8.75, "test_n": 10000, "validation_top1_error": 8.5},
    license="MIT",
)


def test_the_hub_reads_licence_data_and_errors_from_the_card() -> None:
    data = ModelCard(write_card(CONFIG)).data
    assert (data.license, data.library_name, data.pipeline_tag) == (
        "mit",
        "resnets",
        "image-classification",
    )
    assert data.tags == ["residual-networks", "image-classification"]
    assert data.datasets == ["uoft-cs/cifar10"]
    assert data.model_name == "resnet20"
    found = [
        (
            r.task_type,
            r.dataset_type,
            r.dataset_name,
            r.dataset_split,
            r.metric_type,
            r.metric_value,
        )
        for r in data.eval_results
    ]
    where = ("image-classification", "uoft-cs/cifar10", "cifar10")
    assert found == [
        (*where, "test", "accuracy", 0.9125),
        (*where, "test", "error", 8.75),
        (*where, "validation", "accuracy", 0.915),
        (*where, "validation", "error", 8.5),
    ]


def test_nothing_measured_makes_no_results() -> None:
    head = describe_model(CONFIG.replace(measured={}), "resnet20")
    assert "model-index" not in head
    assert "metrics" not in head


def test_data_that_the_hub_does_not_have_is_no_data_set_of_it() -> None:
    head = describe_model(CONFIG.replace(data=DataSpec(name="folder:pets\x1b[31m")), "x")
    assert "datasets" not in head
    dataset = head["model-index"][0]["results"][0]["dataset"]
    assert dataset == {"type": "folder", "name": "folder:pets\\x1b[31m", "split": "test"}


@pytest.mark.parametrize(
    ("license", "expected"),
    [
        ("", {"license": "unknown"}),
        ("Apache-2.0", {"license": "apache-2.0"}),
        ("Our Own v1.0!", {"license": "other", "license_name": "our-own-v1.0"}),
        ("??", {"license": "other", "license_name": "unnamed"}),
    ],
)
def test_a_licence_is_an_identifier_that_the_hub_knows(
    license: str, expected: dict[str, str]
) -> None:
    head = describe_model(CONFIG.replace(license=license), "x")
    assert {k: v for k, v in head.items() if k.startswith("license")} == expected


def test_a_published_card_says_its_address() -> None:
    card = write_card(CONFIG, "owner/resnet20")
    assert 'net = resnets.load("hf:owner/resnet20")' in card
    assert "resnets predict hf:owner/resnet20 image.png" in card
    assert "FOLDER" not in card
    assert 'net = resnets.load("FOLDER")' in write_card(CONFIG)
