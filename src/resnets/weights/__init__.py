"""Floor 3: weights in files that hold nothing but weights."""

from .folder import load_folder, read_folder_config, save_folder, verify_folder
from .safetensors import (
    format_safetensors,
    parse_safetensors,
    read_safetensors,
    write_safetensors,
)
from .state import check_finite, head_names, load_state
from .storage import describe_content, read_file, sync_folder, write_file

__all__ = [
    "check_finite",
    "describe_content",
    "format_safetensors",
    "head_names",
    "load_folder",
    "load_state",
    "parse_safetensors",
    "read_file",
    "read_folder_config",
    "read_safetensors",
    "save_folder",
    "sync_folder",
    "verify_folder",
    "write_file",
    "write_safetensors",
]
