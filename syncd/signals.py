"""Signals ask for a graceful end, and get an end."""

from __future__ import annotations

import os
import signal
import threading
import time
from types import FrameType

import structlog

from syncd.errors import Interrupted

GRACE = 8.0  # seconds for the page in hand; containers kill after ten

log = structlog.get_logger()


def stop_on_signals(stop: threading.Event, *, unfinished: int = Interrupted.exit_code) -> None:
    """Have SIGTERM, SIGINT and SIGHUP ask for a graceful end: settings are read at the start only.

    What was ignored when syncd started stays ignored: `nohup syncd run &` outlives its terminal.

    Who has not ended after GRACE seconds, because a vendor hangs, is ended with the exit code `unfinished`: the ledger
    may be left at any moment.

    A thread sets the event, and hears of the signal by a pipe: a handler written in Python may interrupt whatever holds
    the event's lock, and runs only when the main thread comes by, which may be about to wait for the very call that
    hangs. Source: Python's documentation, signal.set_wakeup_fd.
    """
    heard, wakes = os.pipe()
    os.set_blocking(wakes, False)

    def heed() -> None:
        os.read(heard, 1)
        stop.set()
        time.sleep(GRACE)
        log.warning("stopped", why="a call on its way did not come back; what is not done is done after the next start")
        os._exit(unfinished)

    def ask(_number: int, _frame: FrameType | None) -> None:
        """Nothing is left to do: the pipe has told it."""

    signal.set_wakeup_fd(wakes)
    threading.Thread(target=heed, name="signals", daemon=True).start()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN or number == signal.SIGTERM:
            signal.signal(number, ask)
