"""Small notes to the store that no answer waits for: a database that is busy must not keep anybody at the door."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from queue import Full, Queue

from sqlalchemy.exc import DBAPIError

from syncd.errors import SyncdError
from syncd.store import Store, UnitOfWork

Note = Callable[[UnitOfWork], object]


class Aside:
    """Writes notes one after another, in a thread of its own. What does not fit is left out: it is said again."""

    def __init__(self, store: Store, most: int = 100) -> None:
        self._store = store
        self._notes: Queue[Note] = Queue(most)
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def write(self, note: Note) -> None:
        """Leave a note to be written soon."""
        with suppress(Full):
            self._notes.put_nowait(note)
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="notes aside", daemon=True)
                self._thread.start()

    def settle(self) -> None:
        """Wait until what was left is written."""
        self._notes.join()

    def _work(self) -> None:
        while True:
            note = self._notes.get()
            try:
                with suppress(SyncdError, DBAPIError), self._store.writing() as unit:
                    note(unit)
            finally:
                self._notes.task_done()
