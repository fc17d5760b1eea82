"""A network as a backbone: the maps of chosen stages, and a new head for new classes."""

import torch

import resnets

backbone = resnets.create_model("resnet18", features_only=True, out_indices=(1, 2, 3, 4))
for info, features in zip(backbone.feature_info, backbone(torch.zeros(1, 3, 96, 96)), strict=True):
    print(f"{info['module']:10} 1/{info['reduction']:<2} {tuple(features.shape)}")

net = resnets.create_model("resnet18_small")
net.reset_classifier(3)
print(tuple(net(torch.zeros(2, 3, 32, 32)).shape))
