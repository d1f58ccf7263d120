"""A command at work: it goes through the door, alone on its store, shows its progress, and is ended by a signal."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any

import typer

from syncd.cli.actor import actor
from syncd.cli.installation import make_ready, require_ready, wired
from syncd.cli.meter import ProgressMeter
from syncd.model.verbs import verb_named
from syncd.signals import stop_on_signals
from syncd.store import Store
from syncd.sync.cycle import Wiring
from syncd.sync.door import Act, Door, Ended, Work

__all__ = ["Here", "carry_out", "end", "here", "make_ready"]


@dataclass(frozen=True)
class Here:
    """This installation, for one act by hand. stop: set by a signal."""

    wiring: Wiring
    stop: threading.Event

    def carry_out(self, verb: str, work: Work, scope: Mapping[str, Any] | None = None) -> Ended:
        """Carry an act out in this process.

        Raises AlreadyRunning where the verb needs the hold on the store, and another syncd has it.
        """
        door, act = Door(self.wiring, self.stop), Act(verb, actor(), scope or {})
        with (
            self.wiring.store.alone() if verb_named(verb).needs_hold else nullcontext(),
            ProgressMeter().shown() as meter,
        ):
            return door.carry_out(act, work, progress=meter)


@contextmanager
def here(*, ready: Callable[[Store], None] = require_ready) -> Iterator[Here]:
    """This installation, wired so that a signal ends every wait."""
    stop = threading.Event()
    stop_on_signals(stop)
    with wired(stop, ready=ready) as wiring:
        yield Here(wiring, stop)


def carry_out(
    verb: str, scope: Mapping[str, Any] | None = None, *, ready: Callable[[Store], None] = require_ready
) -> Ended:
    """Carry out here what a verb does with what was named; what was left out, or is no, is not named."""
    from syncd.sync.verbs import act_of

    named = {name: value for name, value in (scope or {}).items() if value not in (None, False)}
    with here(ready=ready) as installation:
        wiring = installation.wiring
        return installation.carry_out(verb, lambda run: act_of(verb)(wiring, named, run), named)


def end(ended: Ended) -> None:
    """End the command with the exit code of its run."""
    if ended.ending.exit_code:
        raise typer.Exit(ended.ending.exit_code)
