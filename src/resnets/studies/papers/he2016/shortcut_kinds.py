"""Kinds of shortcuts: whatever stands on it, the plain identity trains best."""

from resnets.catalog.papers import HE2016
from resnets.studies.declaration import Row, Scale, Study

STUDY = Study(
    name="shortcut-kinds",
    title="What stands on the shortcut",
    paper=HE2016,
    place="Section 3, Table 1 and Fig. 3",
    question="Scaled, gated, convolved or dropped: does anything on the shortcut of a ResNet-110 "
    "train better than the identity?",
    protocol="Median test error of five runs; more than 20 % is called fail.",
    runs=5,
    base={"data": "cifar10", "recipe": "he2016-cifar"},
    rows=(
        Row(
            name="original",
            label="original",
            model="resnet{depth}",
            published={"test_error": "cifar10_test_error_median_in_he2016"},
        ),
        Row(
            name="scaling-0-1",
            label="constant scaling, 0 on the shortcut",
            model="resnet{depth}_scaling_0_1",
        ),
        Row(
            name="scaling-05-1",
            label="constant scaling, 0.5 on the shortcut",
            model="resnet{depth}_scaling_05_1",
        ),
        Row(
            name="scaling-05-05",
            label="constant scaling, 0.5 on both",
            model="resnet{depth}_scaling_05_05",
        ),
        Row(
            name="exclusive-gate-0",
            label="exclusive gating, bias 0",
            model="resnet{depth}_exclusive_gate_b0",
            note="stands for biases from 0 to -5",
        ),
        Row(
            name="exclusive-gate-6",
            label="exclusive gating, bias -6",
            model="resnet{depth}_exclusive_gate_b6",
        ),
        Row(
            name="exclusive-gate-7",
            label="exclusive gating, bias -7",
            model="resnet{depth}_exclusive_gate_b7",
        ),
        Row(
            name="shortcut-gate-0",
            label="shortcut-only gating, bias 0",
            model="resnet{depth}_shortcut_gate_b0",
        ),
        Row(
            name="shortcut-gate-6",
            label="shortcut-only gating, bias -6",
            model="resnet{depth}_shortcut_gate_b6",
        ),
        Row(
            name="conv-shortcut",
            label="1×1 convolution",
            model="resnet{depth}_conv_shortcut",
        ),
        Row(
            name="dropout-shortcut",
            label="dropout 0.5",
            model="resnet{depth}_dropout_shortcut",
        ),
    ),
    measures={"test_error": "cifar10_test_error", "train_loss": ""},
    claims={
        "test_error of scaling-05-1 > test_error of original": "Table 1",
        "test_error of scaling-05-05 > test_error of original": "Table 1",
        "test_error of exclusive-gate-0 > test_error of original": "Table 1",
        "test_error of exclusive-gate-6 > test_error of original": "Table 1",
        "test_error of shortcut-gate-0 > test_error of shortcut-gate-6": "Table 1",
        "test_error of shortcut-gate-6 > test_error of original": "Table 1",
        "test_error of conv-shortcut > test_error of original": "Table 1",
        "test_error of dropout-shortcut > test_error of original": "Table 1",
        "train_loss of scaling-05-05 > train_loss of original": "Fig. 3 a",
        "train_loss of exclusive-gate-6 > train_loss of original": "Fig. 3 b",
        "train_loss of shortcut-gate-0 > train_loss of original": "Fig. 3 c",
        "train_loss of conv-shortcut > train_loss of original": "Fig. 3 d",
    },
    paper_claims={
        "test_error of scaling-0-1 > 20": "Table 1",
        "test_error of scaling-05-1 > 20": "Table 1",
        "test_error of exclusive-gate-0 > 20": "Table 1",
        "test_error of dropout-shortcut > 20": "Table 1",
    },
    deviations=(
        "in units that change shape, where the paper is silent, the gate has the unit's stride "
        "and width and scales the shortcut's output",
    ),
    scales={
        "smoke": Scale(values={"depth": 8}),
        "short": Scale(
            rows=(
                "original",
                "scaling-05-1",
                "scaling-05-05",
                "exclusive-gate-6",
                "shortcut-gate-0",
                "shortcut-gate-6",
                "conv-shortcut",
                "dropout-shortcut",
            ),
            values={"depth": 32},
            length="3ep",
        ),
        "paper": Scale(seeds=5, values={"depth": 110}, fail_above=20.0),
    },
)
