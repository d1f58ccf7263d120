"""Signals ask for a graceful end, and get an end."""

from __future__ import annotations

import os
import signal
import threading
import time
from queue import SimpleQueue
from types import FrameType

import structlog

GRACE = 8.0  # seconds for the page in hand; containers kill after ten

log = structlog.get_logger()


def stop_on_signals(stop: threading.Event, *, unfinished: int = 3) -> None:
    """Have SIGTERM, SIGINT and SIGHUP ask for a graceful end: settings are read at the start only.

    What was ignored when syncd started stays ignored: `nohup syncd run &` outlives its terminal.

    Who has not ended after GRACE seconds, because a vendor hangs, is ended with the exit code `unfinished`: the ledger
    may be left at any moment. A handler may interrupt whatever holds the event's lock, so it leaves setting the event
    to a thread.
    """
    asked: SimpleQueue[int] = SimpleQueue()

    def heed() -> None:
        asked.get()
        stop.set()
        time.sleep(GRACE)
        log.warning("stopped", why="a call on its way did not come back; what is not done is done after the next start")
        os._exit(unfinished)

    def ask(number: int, _: FrameType | None) -> None:
        asked.put(number)

    threading.Thread(target=heed, name="signals", daemon=True).start()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN or number == signal.SIGTERM:
            signal.signal(number, ask)
