"""Inception networks, PolyNet, the initialisation study, and the speed of two devices."""

from .table import Quoted

TOP1_TOP5 = ("top-1 error, %", "top-5 error, %")

TABLES = (
    Quoted(
        name="inception-v3",
        title="Inception-v3, step by step: ImageNet validation without blacklisted pictures, one "
        "crop",
        source="Szegedy 2015 (arXiv 1512.00567), Table 3",
        columns=(*TOP1_TOP5, "multiply-adds, G"),
        rows={
            "GoogLeNet": (29.0, 9.2, 1.5),
            "BN-GoogLeNet": (26.8, None, 1.5),
            "BN-Inception": (25.2, 7.8, 2.0),
            "Inception-v2": (23.4, None, 3.8),
            "+ RMSProp": (23.1, 6.3, 3.8),
            "+ label smoothing": (22.8, 6.1, 3.8),
            "+ factorised 7×7": (21.6, 5.8, 4.8),
            "+ BN in the auxiliary head (Inception-v3)": (21.2, 5.6, 4.8),
        },
        note="On all 50,000 pictures about 0.2 and 0.1 more",
    ),
    Quoted(
        name="inception-resnet",
        title="Inception and Inception-ResNet, ImageNet validation",
        source="Szegedy 2016 (arXiv 1602.07261), result tables",
        columns=(
            "top-1, 1 crop",
            "top-5, 1 crop",
            "top-1, 12 crops",
            "top-5, 12 crops",
            "top-1, 144 crops",
            "top-5, 144 crops",
        ),
        rows={
            "BN-Inception": (25.2, 7.8, None, None, None, None),
            "ResNet-152": (None, None, 21.4, 5.7, 19.4, 4.5),
            "Inception-v3": (21.2, 5.6, 19.8, 4.6, 18.9, 4.3),
            "Inception-ResNet-v1": (21.3, 5.5, 19.8, 4.6, 18.8, 4.3),
            "Inception-v4": (20.0, 5.0, 18.7, 4.2, 17.7, 3.8),
            "Inception-ResNet-v2": (19.9, 4.9, 18.7, 4.1, 17.8, 3.7),
        },
        note="Errors in per cent, 299 pixels; one crop without blacklisted pictures; ResNet-152 "
        "with 10 crops and dense",
    ),
    Quoted(
        name="inception-ensembles",
        title="Ensembles of Inception networks, ImageNet, 144 crops",
        source="Szegedy 2016 (arXiv 1602.07261), result tables",
        columns=("top-1, validation, %", "top-5, validation, %", "top-5, test, %"),
        rows={
            "six ResNets": (None, 3.6, None),
            "four Inception-v3": (17.3, 3.6, None),
            "Inception-v4 and three Inception-ResNet-v2": (16.4, 3.1, 3.08),
        },
    ),
    Quoted(
        name="polynet",
        title="PolyNet, ImageNet validation",
        source="Zhang 2016 (arXiv 1611.05725), README of CUHK-MMLAB/polynet",
        columns=("top-1, 1 crop", "top-5, 1 crop", "top-1, many crops", "top-5, many crops"),
        rows={
            "ResNet-152": (20.93, 5.54, None, None),
            "ResNet-269": (19.78, 4.89, None, None),
            "ResNet-500": (19.66, 4.78, None, None),
            "Inception-ResNet-v2": (20.05, 5.05, 18.41, 3.98),
            "Very Deep Inception-ResNet": (19.10, 4.48, 17.39, 3.56),
            "Very Deep PolyNet": (18.71, 4.25, 17.36, 3.45),
        },
        note="Errors in per cent",
    ),
    Quoted(
        name="initialisation",
        title="Saturation and initialisation: test error of five hidden layers, %",
        source="Glorot 2010, Table 1",
        columns=("Shapeset", "MNIST", "CIFAR-10", "Small-ImageNet"),
        rows={
            "softsign": (16.27, 1.64, 55.78, 69.14),
            "softsign, normalised": (16.06, 1.72, 53.8, 68.13),
            "tanh": (27.15, 1.76, 55.9, 70.58),
            "tanh, normalised": (15.60, 1.64, 52.92, 68.57),
            "sigmoid": (82.61, 2.21, 57.28, 70.66),
        },
    ),
    Quoted(
        name="two-devices",
        title="Milliseconds of a training step on the two halves of a K80",
        source="Abdi 2016, Table V",
        columns=("batch 128", "batch 32"),
        keys=("step_ms_batch128", "step_ms_batch32"),
        rows={
            "pre-activation ResNet-218, data parallel": "preresnet218",
            "Multi-ResNet-110, k = 2, model parallel": "multi_resnet110_k2",
            "pre-activation ResNet-434, data parallel": "preresnet434",
            "Multi-ResNet-110, k = 4, model parallel": "multi_resnet110_k4",
            "pre-activation ResNet-650, data parallel": "preresnet650",
            "Multi-ResNet-110, k = 6, model parallel": "multi_resnet110_k6",
        },
        note="Speed-ups that the paper prints: 4 and 10 % for k = 4 and 6 in batches of 128; 1, 13 "
        "and 15 % for k = 2, 4 and 6 in batches of 32",
    ),
)
