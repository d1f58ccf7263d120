"""The simulators in a process of their own, so that what the walking process takes is syncd's alone.

Its clock is set to the walker's wherever that one is moved.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from connectors.sandbox.salesforce.api.admin import person
from connectors.sandbox.world import Size
from tests.faults.canaries import Disguise
from tests.sync.conftest import TODAY, UNLIMITED, Place, copied, prepared
from tests.year.clock import START, travelling


@dataclass(frozen=True)
class SharedClock:
    """A clock that tells another process wherever it is moved to. own: time_machine's."""

    own: Any
    line: Connection

    def move_to(self, at: datetime, *, tick: bool) -> None:
        """Make it `at` for both."""
        self.own.move_to(at, tick=tick)
        self._tell()

    def shift(self, by: timedelta) -> None:
        """Let time pass for both."""
        self.own.shift(by)
        self._tell()

    def _tell(self) -> None:
        self.line.send(datetime.now(UTC))
        self.line.recv()


@contextmanager
def apart(folder: Path, mappings: Path, clock: Any) -> Iterator[tuple[Place, str, Any]]:
    """The tiny world, in another process: as its people see it, one of them, and the clock of both processes."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_serve, args=(there, folder, mappings), daemon=True)
    process.start()
    place, user = here.recv()
    try:
        yield place, user, SharedClock(clock, here)
    finally:
        here.send(None)
        process.join(30)


def _serve(line: Connection, folder: Path, mappings: Path) -> None:
    """Serve until told to end; whatever else is told is the time."""
    with travelling(START) as clock:
        simulators = prepared(TODAY, 1, Size.TINY, mappings, UNLIMITED)
        with copied(folder / "unused.db", mappings, simulators, Disguise) as place:
            names = ("hubspot_url", "salesforce_url", "salesforce_http_url", "ca_file")
            addresses = {name: getattr(place.sandbox, name) for name in names}
            line.send((Place(SimpleNamespace(**addresses), place.settings), person(place.sandbox.salesforce.org)))  # type: ignore[arg-type]
            while (at := line.recv()) is not None:
                clock.move_to(at, tick=True)
                line.send(None)
