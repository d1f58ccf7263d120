"""Small notes to the store that no answer waits for: a database that is busy must not keep anybody at the door."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from queue import Full, Queue
from typing import Final

from sqlalchemy.exc import DBAPIError

from syncd.companion import Companion
from syncd.errors import SyncdError
from syncd.store import Store, UnitOfWork

IDLE: Final = 3_600.0  # seconds between looks where nobody leaves anything

Note = Callable[[UnitOfWork], object]


class Aside:
    """Writes notes one after another, in a thread of its own. What does not fit is left out: it is said again."""

    def __init__(self, store: Store, most: int = 100) -> None:
        self._store = store
        self._notes: Queue[Note] = Queue(most)
        self._companion = Companion("notes aside", self._write, self._pause)
        self._begun = False

    def write(self, note: Note) -> None:
        """Leave a note to be written soon."""
        with suppress(Full):
            self._notes.put_nowait(note)
        with self._companion.lock:
            if not self._begun:
                self._companion.start()
                self._begun = True
        self._companion.poke()

    def settle(self) -> None:
        """Wait until what was left is written."""
        self._notes.join()

    def _write(self) -> None:
        while not self._notes.empty():
            note = self._notes.get()  # nobody else takes one
            try:
                with suppress(SyncdError, DBAPIError), self._store.writing() as unit:
                    note(unit)
            finally:
                self._notes.task_done()

    def _pause(self) -> float:
        return IDLE if self._notes.empty() else 0.0
