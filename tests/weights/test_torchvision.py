"""What has no name among torchvision's; what has is compared with it in the contracts."""

from __future__ import annotations

import pytest

from resnets.errors import ConfigError
from resnets.spec import Spec
from resnets.weights.layouts import to_torchvision

BASIC = Spec(
    depths=(2, 2, 2, 2), widths=(64, 128, 256, 512), stem="7x7", stem_width=64, num_classes=1000
)


@pytest.mark.parametrize("change", [{"order": "full_preact"}, {"shortcut": "A"}, {"branches": 2}])
def test_what_torchvision_cannot_express_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ConfigError, match="torchvision has no such network"):
        to_torchvision({}, BASIC.replace(**change))
