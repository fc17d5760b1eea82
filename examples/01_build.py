"""Networks by name and by grammar: y = post(a · shortcut(x) + b · F(x)), over and over."""

import torch

import resnets

print(", ".join(resnets.list_models("resnet*0")[:6]))

by_name = resnets.create_model("resnet20", num_classes=7, in_chans=1, seed=1)
by_grammar = resnets.build(
    resnets.Spec(depths=(3, 3, 3), widths=(16, 32, 64), shortcut="A", num_classes=7, in_chans=1),
    seed=1,
)
x = torch.rand(4, 1, 32, 32, generator=torch.Generator().manual_seed(0))
assert torch.equal(by_name(x), by_grammar(x))
print(f"logits {tuple(by_name(x).shape)}, features {tuple(by_name.forward_features(x).shape)}")
