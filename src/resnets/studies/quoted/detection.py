"""Detection and localisation: what the networks are worth as backbones."""

from .table import Quoted

TABLES = (
    Quoted(
        name="voc",
        title="PASCAL VOC, Faster R-CNN",
        source="He 2015, Tables 7, 10 and 11",
        columns=("mAP, VOC 2007", "mAP, VOC 2012"),
        rows={
            "VGG-16": (73.2, 70.4),
            "ResNet-101": (76.4, 73.8),
            "ResNet-101, box refinement, context, multi-scale": (85.6, 83.8),
        },
    ),
    Quoted(
        name="coco",
        title="COCO, Faster R-CNN",
        source="He 2015, Tables 8 and 9",
        columns=("mAP@.5, val", "mAP@[.5,.95], val", "mAP@.5, test", "mAP@[.5,.95], test"),
        rows={
            "VGG-16": (41.5, 21.2, None, None),
            "ResNet-101": (48.4, 27.2, None, None),
            "+ box refinement": (49.9, 29.9, None, None),
            "+ context": (51.1, 30.0, 53.3, 32.2),
            "+ multi-scale testing": (53.8, 32.5, 55.7, 34.9),
            "ensemble of three": (None, None, 59.0, 37.4),
        },
        note="test is test-dev; 6.0 points or 28 % from VGG-16 to ResNet-101",
    ),
    Quoted(
        name="coco-resnext",
        title="COCO minival, Faster R-CNN",
        source="Xie 2017, Table 8",
        columns=("AP@.5", "AP"),
        rows={
            "ResNet-50": (47.6, 26.5),
            "ResNeXt-50": (49.7, 27.5),
            "ResNet-101": (51.1, 29.8),
            "ResNeXt-101": (51.9, 30.0),
        },
    ),
    Quoted(
        name="imagenet-detection",
        title="ImageNet detection",
        source="He 2015, Table 12",
        columns=("mAP, val2", "mAP, test"),
        rows={
            "GoogLeNet (ILSVRC 2014)": (None, 43.9),
            "ResNet, single": (60.5, 58.8),
            "ResNet, ensemble": (63.6, 62.1),
        },
    ),
    Quoted(
        name="localisation",
        title="ImageNet localisation, validation",
        source="He 2015, Table 13",
        columns=("error, %",),
        rows={
            "VGG-16, class given": (33.1,),
            "RPN, ResNet-101, one crop, class given": (13.3,),
            "RPN, ResNet-101, dense, class given": (11.7,),
            "RPN, ResNet-101, dense, class predicted": (14.4,),
            "RPN and R-CNN, ResNet-101, class predicted": (10.6,),
            "RPN and R-CNN, ensemble, class predicted": (8.9,),
        },
    ),
    Quoted(
        name="localisation-top5",
        title="ImageNet localisation",
        source="He 2015, Table 14",
        columns=("top-5 error, val, %", "top-5 error, test, %"),
        rows={
            "OverFeat (ILSVRC 2013)": (30.0, 29.9),
            "GoogLeNet (ILSVRC 2014)": (None, 26.7),
            "VGG (ILSVRC 2014)": (26.9, 25.3),
            "ResNet (ILSVRC 2015)": (8.9, 9.0),
        },
    ),
)
