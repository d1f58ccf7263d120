"""Signals ask for a graceful end."""

from __future__ import annotations

import signal
import threading
from queue import SimpleQueue
from types import FrameType


def stop_on_signals(stop: threading.Event) -> None:
    """Have SIGTERM, SIGINT and SIGHUP ask for a graceful end: settings are read at the start only.

    A handler may interrupt whatever holds the event's lock, so it leaves setting the event to a thread.
    """
    asked: SimpleQueue[int] = SimpleQueue()

    def heed() -> None:
        asked.get()
        stop.set()

    def ask(number: int, _: FrameType | None) -> None:
        asked.put(number)

    threading.Thread(target=heed, name="signals", daemon=True).start()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, ask)
