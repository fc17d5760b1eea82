"""From a checkpoint, or from none, to the end of a run."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from resnets.errors import DivergedError, Interrupted, ResnetsError

from .finishing import finish
from .recording import watch
from .session import Session

if TYPE_CHECKING:
    from resnets.training import Generation, RunFolder, State, Store

    from .preparation import Material

ENDS = {DivergedError: "diverged", Interrupted: "interrupted"}


def continue_run(
    folder: RunFolder,
    material: Material,
    state: State,
    store: Store,
    generation: Generation | None,
    *,
    changes: Sequence[str] = (),
    notices: Sequence[str] = (),
    progress: bool = True,
) -> None:
    """Train from a checkpoint to the end, and write the outputs.

    Args:
        folder: owned by this process.
        material: data, batches and lengths.
        state: before the first step; the checkpoint is put into it.
        store: the run's checkpoints.
        generation: the checkpoint to go on from; None for the beginning.
        changes: what differs in the environment, for which the result is marked as not exact.
        notices: what else must be said.
        progress: show how far it is.
    """
    from resnets import training

    run = folder.run
    per_epoch = material.feeder.steps_per_epoch
    shown = training.open_progress(material.total, per_epoch, run.recipe.batch_size, progress)
    with training.watch_signals() as stop, contextlib.closing(shown):
        journal = training.Journal(folder.path)
        session = Session(folder, material, state, store, journal, shown, stop)
        store.clean()
        with record_failure(session):
            notices = [*notices, *session.restore(generation)]
            session.exact = session.exact and not changes
            if changes:
                notices.append(f"not exact from here on: {'; '.join(changes)}")
            journal.note("started" if generation is None else "resumed", step=state.step)
            for notice in notices:
                journal.note("notice", text=notice)
                shown.say(notice)
            session.write_status("running")
            training.fit(
                state,
                run.recipe,
                material.feeder,
                material.total,
                seed=run.seed,
                precision=run.precision,
                forward=training.compile_forward(state.net, folder.execution),
                hooks=training.join_hooks(session.hooks, *watch(folder, material)),
            )
            shown.close()
            finish(session, str(folder.facts.get("license", "")))


@contextlib.contextmanager
def record_failure(session: Session) -> Iterator[None]:
    """Write down why a run stopped; a disk that refuses that too hides nothing."""
    try:
        yield
    except BaseException as error:
        session.progress.close()
        state = "failed"
        details: dict[str, Any] = {"exit": 1, "error": None}
        if isinstance(error, ResnetsError):
            state = ENDS.get(type(error), "failed")
            if session.saved >= 0:
                error.where["last checkpoint"] = str(session.store.path(session.saved))
            details = {"exit": error.exit, "error": error.to_dict()}
        with contextlib.suppress(ResnetsError):
            session.journal.note(state, step=session.state.step, **details)
            session.write_status(state, **details)
        raise
