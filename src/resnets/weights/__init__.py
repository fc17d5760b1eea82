"""Floor 3: weights in files that hold nothing but weights."""

from .channels import adapt_channels
from .folder import load_folder, read_folder_config, save_folder, verify_folder
from .foreign import (
    WeightFile,
    check_ending,
    find_hub_file,
    read_weights,
    write_weight_folder,
    write_weights,
)
from .safetensors import (
    format_safetensors,
    parse_safetensors,
    read_safetensors,
    write_safetensors,
)
from .state import check_finite, check_state, head_names, load_state
from .storage import describe_content, fill_folder, read_file, sync_folder, take_turns, write_file

__all__ = [
    "WeightFile",
    "adapt_channels",
    "check_ending",
    "check_finite",
    "check_state",
    "describe_content",
    "fill_folder",
    "find_hub_file",
    "format_safetensors",
    "head_names",
    "load_folder",
    "load_state",
    "parse_safetensors",
    "read_file",
    "read_folder_config",
    "read_safetensors",
    "read_weights",
    "save_folder",
    "sync_folder",
    "take_turns",
    "verify_folder",
    "write_file",
    "write_safetensors",
    "write_weight_folder",
    "write_weights",
]
