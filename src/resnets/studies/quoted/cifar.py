"""CIFAR: the rows that the papers set their networks beside."""

from .table import Quoted

BOTH = ("CIFAR-10 error, %", "CIFAR-100 error, %")
ERRORS = ("cifar10_test_error", "cifar100_test_error")

TABLES = (
    Quoted(
        name="cifar10-comparison",
        title="CIFAR-10, test error",
        source="He 2015, Table 6",
        columns=("error, %",),
        keys=("cifar10_test_error",),
        rows={
            "Maxout": (9.38,),
            "NIN": (8.81,),
            "DSN": (8.22,),
            "FitNet, 19 layers, 2.5 M": (8.39,),
            "Highway, 19 layers, 2.3 M": (7.54,),
            "Highway, 32 layers, 1.25 M": (8.80,),
            "ResNet-20": "resnet20",
            "ResNet-32": "resnet32",
            "ResNet-44": "resnet44",
            "ResNet-56": "resnet56",
            "ResNet-110": "resnet110",
            "ResNet-1202": "resnet1202",
        },
        note="Mean and deviation of five runs: Highway-19 7.72 ± 0.16, ResNet-110 6.61 ± 0.16",
    ),
    Quoted(
        name="cifar-comparison",
        title="CIFAR-10 and CIFAR-100, test error",
        source="He 2016, Table 4",
        columns=BOTH,
        keys=ERRORS,
        rows={
            "NIN": (8.81, 35.68),
            "DSN": (8.22, 34.57),
            "FitNet": (8.39, 35.04),
            "Highway": (7.72, 32.39),
            "All-CNN": (7.25, 33.71),
            "ELU": (6.55, 24.28),
            "FitResNet, LSUV": (5.84, None),
            "FitNet, LSUV": (None, 27.66),
            "ResNet-110": (6.61, None),
            "ResNet-164": "resnet164",
            "ResNet-1001": "resnet1001",
            "ResNet-1202": (7.93, None),
            "ResNet-164, pre-activation": "preresnet164",
            "ResNet-1001, pre-activation": "preresnet1001",
            "ResNet-1001, pre-activation, batch 64": (4.62, None),
        },
        note="ELU without augmentation; ResNet-1001, pre-activation: 4.89 ± 0.14, with batches of "
        "64 4.69 ± 0.20, on CIFAR-100 22.68 ± 0.22",
    ),
    Quoted(
        name="cifar-resnext",
        title="CIFAR-10 and CIFAR-100, mean test error of ten runs",
        source="Xie 2017, Table 7",
        columns=BOTH,
        keys=ERRORS,
        rows={
            "Wide ResNet, 36.5 M": (4.17, 20.50),
            "ResNeXt-29, 8×64d, 34.4 M": "resnext29_8x64d",
            "ResNeXt-29, 16×64d, 68.1 M": "resnext29_16x64d",
        },
    ),
    Quoted(
        name="cifar-multi-resnet",
        title="CIFAR-10 and CIFAR-100, test error",
        source="Abdi 2016, Table III",
        columns=BOTH,
        keys=ERRORS,
        rows={
            "stochastic depth, 110": (5.25, 24.58),
            "stochastic depth, 1202": (4.91, None),
            "swapout, 20 layers, width 2, 1.1 M": (6.58, 25.86),
            "swapout, 32 layers, width 4, 7.43 M": (4.76, 22.72),
            "wide ResNet 40-4, 8.7 M": (4.97, 22.89),
            "wide ResNet 16-8, 11.0 M": (4.81, 22.07),
            "wide ResNet 28-10, 36.5 M": (4.17, 20.50),
            "DenseNet-100, k = 12, 7.0 M": (4.10, 20.20),
            "DenseNet-100, k = 24, 27.2 M": (3.74, 19.25),
            "Multi-ResNet-200, k = 5, 10.2 M": "multi_resnet200_k5",
            "Multi-ResNet-398, k = 5, 20.4 M": "multi_resnet398_k5",
            "Multi-ResNet-26, k = 2, w = 10, 72 M": "multi_resnet26_k2_w10",
            "Multi-ResNet-26, k = 4, w = 10, 145 M": "multi_resnet26_k4_w10",
        },
        note="The paper prints stochastic depth of 1202 layers as 1001, and 25.16 and 27.82 on "
        "CIFAR-100 as ResNet-110 and -1202, which are ResNet-164 and -1001",
    ),
)
