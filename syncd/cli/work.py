"""A command at work: alone on its store, with its progress shown, and ended gracefully by a signal."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from syncd.cli.installation import make_ready, require_ready, wired
from syncd.cli.meter import Meter
from syncd.signals import stop_on_signals
from syncd.store import Store
from syncd.sync.cycle import Wiring
from syncd.sync.run import Run

__all__ = ["make_ready", "note_force", "work"]


@contextmanager
def work(*, ready: Callable[[Store], None] = require_ready) -> Iterator[tuple[Wiring, Run]]:
    """The wiring and the run of a verb. Raises AlreadyRunning where another syncd works on the store."""
    stop = threading.Event()
    stop_on_signals(stop)
    with wired(stop, ready=ready) as wiring, wiring.store.alone(), Meter().shown() as meter:
        yield wiring, Run(stop, meter)


def note_force(wiring: Wiring, verb: str, *, force: bool) -> None:
    """Write down that a person typed --force: whoever asks later finds who looked, and when."""
    if force:
        with wiring.store.writing() as unit:
            unit.audit.write("cli", verb, "--force")
