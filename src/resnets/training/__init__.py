"""Floor 4: the closed training loop, and everything that lets it stop and go on."""

from .checkpoints import Store, check_room
from .environment import compare_environments, describe_environment
from .execution import Execution, apply, choose, compile_forward, place
from .folder import (
    BEST,
    RunFolder,
    check_output,
    check_run,
    create_folder,
    open_folder,
    read_folder,
)
from .generation import DamagedError, Generation, name_generation, read_generation
from .guard import Guard
from .joining import join_hooks
from .journal import START_MARK, Journal
from .loop import Batches, EpochSummary, Hooks, fit
from .optimizer import build_optimizer, load_optimizer_state, optimizer_state
from .parallel import Group, join_group, refuse_group, replicate
from .progress import Progress, open_progress
from .schedule import learning_rate, total_steps
from .signals import StopRequest, watch_signals
from .state import Best, State, start_state
from .status import STATUS, Status, read_status, write_status
from .tuning import tune

__all__ = [
    "BEST",
    "START_MARK",
    "STATUS",
    "Batches",
    "Best",
    "DamagedError",
    "EpochSummary",
    "Execution",
    "Generation",
    "Group",
    "Guard",
    "Hooks",
    "Journal",
    "Progress",
    "RunFolder",
    "State",
    "Status",
    "StopRequest",
    "Store",
    "apply",
    "build_optimizer",
    "check_output",
    "check_room",
    "check_run",
    "choose",
    "compare_environments",
    "compile_forward",
    "create_folder",
    "describe_environment",
    "fit",
    "join_group",
    "join_hooks",
    "learning_rate",
    "load_optimizer_state",
    "name_generation",
    "open_folder",
    "open_progress",
    "optimizer_state",
    "place",
    "read_folder",
    "read_generation",
    "read_status",
    "refuse_group",
    "replicate",
    "start_state",
    "total_steps",
    "tune",
    "watch_signals",
    "write_status",
]
