"""What this machine can compute on, and what ``auto`` means on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resnets.errors import MachineError
from resnets.spec.frozen import reject

if TYPE_CHECKING:
    import torch

PRECISIONS = ("auto", "fp32", "bf16")


def list_devices() -> list[str]:
    """List the devices that are there, the fastest kind first; ``cpu`` always ends the list."""
    import torch

    devices = [f"cuda:{i}" for i in range(torch.cuda.device_count())]
    if torch.backends.mps.is_available():
        devices.append("mps")
    return [*devices, "cpu"]


def pick_device(wanted: str) -> torch.device:
    """Return the device that was asked for, or for ``auto`` the first of CUDA, MPS and CPU.

    CUDA and MPS are refused by name where they are absent.

    Raises:
        MachineError: the device is not there.
    """
    import torch

    devices = list_devices()
    if wanted == "auto":
        return torch.device(devices[0])
    if (f"{wanted}:0" if wanted == "cuda" else wanted) not in devices:
        raise MachineError(
            "E5901",
            "the device is not there",
            what=wanted,
            where={"option": "--device"},
            why=f"devices here: {', '.join(devices)}",
            do=[f"--device {device}" for device in devices],
        )
    return torch.device(wanted)


def pick_precision(wanted: str, device: torch.device) -> tuple[str, str]:
    """Return ``fp32`` or ``bf16``, and the sentence that tells why.

    Args:
        wanted: ``auto`` takes bf16 where the processor multiplies it in hardware.
        device: where the network runs.

    Raises:
        ConfigError: another precision was asked for.
        MachineError: bf16 was asked for, and the device does not have it.
    """
    if wanted not in PRECISIONS:
        raise reject("precision", wanted, list(PRECISIONS))
    reason = _find_bf16(device)
    if wanted == "auto":
        precision = "bf16" if reason else "fp32"
        why = f"{device} has {reason}" if reason else f"{device} has no bf16 arithmetic"
        other = "fp32" if reason else "bf16"
        return precision, f"precision {precision}: {why} (--precision {other} for the other)"
    if wanted == "bf16" and device.type == "mps":
        raise MachineError(
            "E5902",
            "the precision is not there",
            what=f"--precision {wanted} with --device {device}",
            where={"option": "--precision"},
            do="--precision fp32",
        )
    return wanted, f"precision {wanted}: as asked"


def _find_bf16(device: torch.device) -> str:
    """Name the instructions that multiply bfloat16 in hardware; empty where there are none."""
    import torch

    if device.type == "cuda":
        return "bf16 tensor cores" if torch.cuda.is_bf16_supported(False) else ""
    if device.type == "mps":
        return ""
    found = torch.cpu.get_capabilities()
    return ", ".join(name for name in ("amx_bf16", "avx512_bf16", "bf16") if found.get(name))
