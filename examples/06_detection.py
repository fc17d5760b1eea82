"""A network as the backbone of a detector: one step of torchvision's models on made shapes."""

import torch
from torch.nn import functional as F
from torchvision.models.detection import FasterRCNN, MaskRCNN
from torchvision.models.segmentation.deeplabv3 import DeepLabHead, DeepLabV3
from torchvision.models.segmentation.fcn import FCN, FCNHead

import resnets

CLASSES, SIDE = 3, 96  # background, bright boxes, dark boxes

torch.manual_seed(0)  # torchvision's heads draw their weights from it
generator = torch.Generator().manual_seed(0)
images, targets = torch.rand(2, 3, SIDE, SIDE, generator=generator), []
labels = torch.zeros(2, SIDE, SIDE, dtype=torch.int64)
for image, label, kind in zip(images, labels, (1, 2), strict=True):
    x, y, w, h = torch.randint(16, 48, (4,), generator=generator).tolist()
    image[:, y : y + h, x : x + w] = 2 - kind
    label[y : y + h, x : x + w] = kind
    boxes = torch.tensor([[x, y, x + w, y + h]], dtype=torch.float32)
    masks = (label == kind).to(torch.uint8)[None]
    targets.append({"boxes": boxes, "labels": torch.tensor([kind]), "masks": masks})


def detect(model):
    return sum(model(list(images), targets).values())


def segment(model):
    return sum(F.cross_entropy(logits, labels) for logits in model(images).values())


def pyramid():
    return resnets.backbone_with_fpn("resnet18", out_channels=32, **small)


small = {"depths": (1, 1, 1, 1), "widths": (16, 32, 64, 128), "stem_width": 16}
maps = resnets.segmentation_backbone("resnet18", output_stride=16, **small)
fine = resnets.segmentation_backbone("resnet18", output_stride=8, **small)
few = {"rpn_pre_nms_top_n_train": 100, "box_batch_size_per_image": 32}
sizes = {"min_size": SIDE, "max_size": SIDE, **few}
aux = FCNHead(maps.aux_channels, CLASSES)
models = {
    "Faster R-CNN": (FasterRCNN(pyramid(), CLASSES, **sizes), detect),
    "Mask R-CNN": (MaskRCNN(pyramid(), CLASSES, **sizes), detect),
    "FCN": (FCN(maps, FCNHead(maps.out_channels, CLASSES), aux), segment),
    "DeepLabV3": (DeepLabV3(fine, DeepLabHead(fine.out_channels, CLASSES)), segment),
}
for name, (model, loss_of) in models.items():
    optimizer = torch.optim.SGD(model.parameters(), lr=0.001)
    loss = loss_of(model.train())
    loss.backward()
    optimizer.step()
    stem = next(p for n, p in model.named_parameters() if n.endswith("stem.conv.weight"))
    assert loss.isfinite()
    assert stem.grad.abs().sum() > 0
    print(f"{name:12} loss {loss:.3f}, gradient at the stem {stem.grad.norm():.2g}")
