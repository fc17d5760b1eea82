"""What a result's last bits depend on: versions, processor and device."""

from __future__ import annotations

import importlib.metadata
import platform
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from resnets.version import __version__

PACKAGES = ("torch", "torchvision", "numpy", "safetensors", "pillow", "pyarrow", "scikit-learn")


def describe_environment(device: torch.device) -> dict[str, Any]:
    """Return versions, processor and device as JSON data."""
    versions = {"resnets": __version__, "python": platform.python_version()}
    for name in PACKAGES:
        versions[name] = importlib.metadata.version(name)
    versions["torch"] = torch.__version__  # with the build, 2.11.0+cpu
    return {
        "versions": versions,
        "platform": f"{platform.system()} {platform.machine()}",
        "cpu": _processor(),
        "cpu_capability": torch.backends.cpu.get_cpu_capability(),
        "device": str(device),
        "device_name": _device_name(device),
    }


def compare_environments(then: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """List what has changed, one sentence for each: ``torch 2.11.0 is now 2.12.0``."""
    old = {**_flatten(then), "device": then.get("device")}
    new = {**_flatten(now), "device": now["device"]}
    return [
        f"{name} {old.get(name)} is now {value}"
        for name, value in new.items()
        if old.get(name) != value
    ]


def _flatten(environment: Mapping[str, Any]) -> dict[str, Any]:
    versions = environment.get("versions")
    flat = dict(versions) if isinstance(versions, dict) else {}
    for key in ("platform", "cpu", "cpu_capability", "device_name"):
        flat[key.replace("_", " ")] = environment.get(key)
    return flat


def _processor() -> str:
    """Return the processor's model, on which block sizes of the CPU kernels depend."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return platform.processor()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


def _device_name(device: torch.device) -> str:
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return device.type
