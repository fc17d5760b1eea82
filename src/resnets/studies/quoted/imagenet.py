"""ImageNet: single networks, ensembles, ranks, and the set of 5,000 classes."""

from .table import Quoted

TOP1_TOP5 = ("top-1 error, %", "top-5 error, %")
TEN_CROP = ("imagenet_10crop_top1", "imagenet_10crop_top5")
MULTISCALE = ("imagenet_multiscale_top1", "imagenet_multiscale_top5")
LARGE_CROP = ("imagenet_1crop320_top1", "imagenet_1crop320_top5")

TABLES = (
    Quoted(
        name="imagenet-10crop",
        title="ImageNet validation, 10-crop",
        source="He 2015, Table 3",
        columns=TOP1_TOP5,
        keys=TEN_CROP,
        rows={
            "VGG-16": (28.07, 9.33),
            "GoogLeNet": (None, 9.15),
            "PReLU-net": (24.27, 7.38),
            "plain-34": "plain34",
            "ResNet-34 A": "resnet34_a",
            "ResNet-34 B": "resnet34",
            "ResNet-34 C": "resnet34_c",
            "ResNet-50": "resnet50_v1",
            "ResNet-101": "resnet101_v1",
            "ResNet-152": "resnet152_v1",
        },
    ),
    Quoted(
        name="imagenet-multiscale",
        title="ImageNet validation, single networks, multi-scale dense",
        source="He 2015, Table 4",
        columns=TOP1_TOP5,
        keys=MULTISCALE,
        rows={
            "VGG (ILSVRC 2014)": (None, 8.43),
            "GoogLeNet": (None, 7.89),
            "VGG (version 5)": (24.4, 7.1),
            "PReLU-net": (21.59, 5.71),
            "BN-Inception": (21.99, 5.81),
            "ResNet-34 B": "resnet34",
            "ResNet-34 C": "resnet34_c",
            "ResNet-50": "resnet50_v1",
            "ResNet-101": "resnet101_v1",
            "ResNet-152": "resnet152_v1",
        },
        note="The figure of VGG (ILSVRC 2014) is of the test set",
    ),
    Quoted(
        name="imagenet-ensembles",
        title="ImageNet test, ensembles",
        source="He 2015, Table 5",
        columns=("top-5 error, %",),
        rows={
            "VGG (ILSVRC 2014)": (7.32,),
            "GoogLeNet (ILSVRC 2014)": (6.66,),
            "VGG (version 5)": (6.8,),
            "PReLU-net": (4.94,),
            "BN-Inception": (4.82,),
            "ResNet (ILSVRC 2015)": (3.57,),
        },
        note="Six ResNets of different depths, two of them of 152 layers",
    ),
    Quoted(
        name="ilsvrc",
        title="ILSVRC, classification",
        source="He 2015, Section 4.1; Xie 2017, Section 5.2; results of ILSVRC 2016",
        columns=("year", "rank", "test top-5 error, %"),
        rows={
            "ResNet": (2015, 1, 3.57),
            "winner of 2016": (2016, 1, 2.991),
            "ResNeXt": (2016, 2, 3.031),
            "PolyNet (CU-DeepLink)": (2016, 3, 3.042),
        },
        note="ResNets also came first in 2015 in detection and localisation of ImageNet, and in "
        "detection and segmentation of COCO; the single ResNeXt of 2016 has 17.7 and 3.7 on "
        "validation pictures, multi-scale dense",
    ),
    Quoted(
        name="imagenet-320",
        title="ImageNet validation, one crop of 320 pixels",
        source="He 2016, Table 5",
        columns=TOP1_TOP5,
        keys=LARGE_CROP,
        rows={
            "ResNet-152": (21.3, 5.5),
            "ResNet-152, pre-activation": "preresnet152",
            "ResNet-200": "resnet200",
            "ResNet-200, pre-activation": "preresnet200",
            "ResNet-200, pre-activation, scale and aspect augmentation": (20.1, 4.8),
            "Inception-v3, 299 pixels, scale and aspect augmentation": (21.2, 5.6),
        },
    ),
    Quoted(
        name="imagenet-1crop",
        title="ImageNet validation, one crop of 224 and of 320 pixels",
        source="Xie 2017, Table 5",
        columns=("top-1, 224", "top-5, 224", "top-1, 320", "top-5, 320"),
        rows={
            "ResNet-101": (22.0, 6.0, None, None),
            "ResNet-200": (21.7, 5.8, 20.1, 4.8),
            "Inception-v3": (None, None, 21.2, 5.6),
            "Inception-v4": (None, None, 20.0, 5.0),
            "Inception-ResNet-v2": (None, None, 19.9, 4.9),
            "ResNeXt-101, 64×4d": (20.4, 5.3, 19.1, 4.4),
        },
        note="Errors in per cent; Inception networks see 299 pixels",
    ),
    Quoted(
        name="imagenet-multi-resnet",
        title="ImageNet validation, one crop and 10-crop",
        source="Abdi 2016, Table IV",
        columns=("top-1 error, %", "top-1 error, 10-crop, %"),
        keys=("imagenet_1crop_top1", "imagenet_10crop_top1"),
        rows={
            "pre-activation ResNet-34": "preresnet34",
            "pre-activation ResNet-200": (21.66, 20.15),
            "Multi-ResNet-18, k = 2": "multi_resnet18_k2",
            "Multi-ResNet-101, k = 2": "multi_resnet101_k2",
        },
        note="The baselines are those of fb.resnet.torch",
    ),
    Quoted(
        name="imagenet-5k",
        title="ImageNet-5K: classified among 5,000 and among 1,000 classes",
        source="Xie 2017, Table 6",
        columns=("5K top-1", "5K top-5", "1K top-1", "1K top-5"),
        rows={
            "ResNet-50": (45.5, 19.4, 27.1, 8.2),
            "ResNeXt-50": (42.3, 16.8, 24.4, 6.6),
            "ResNet-101": (42.4, 16.9, 24.2, 6.8),
            "ResNeXt-101": (40.1, 15.1, 22.2, 5.7),
        },
        note="Errors in per cent; 6.8 million pictures, as many steps as on ImageNet-1K",
    ),
)
