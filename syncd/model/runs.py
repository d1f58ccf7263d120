"""Runs: how they end."""

from __future__ import annotations

from enum import StrEnum


class RunOutcome(StrEnum):
    """How a run ended."""

    DONE = "done"
    INCOMPLETE = "incomplete"  # a stream or a write must be tried again: run it again
    UNSAFE = "unsafe"  # nothing was pushed: a person must look at the plan
    STOPPED = "stopped"  # somebody asked it to
    FAILED = "failed"  # a person must mend something
    BROKEN_OFF = "broken off"  # its process ended before it did; the next run closes it
