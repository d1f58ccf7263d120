"""The process's outlets: whatever writes to them, and whatever breaks unseen, no secret leaves by them.

The house's own words are scrubbed where they are made. Libraries, Python itself and the next thing that somebody writes
without a thought write to standard output and standard error too: this stands before all of them.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TextIO

from connectors.scrubber import scrub
from syncd.strangers import outlined


class Outlet:
    """A stream of text without secrets; in everything else the stream behind it."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write the text without secrets; returns the length of what was handed in, as callers expect it."""
        self._stream.write(scrub(text))
        return len(text)

    def writelines(self, lines: Any) -> None:
        """Write each of them."""
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


@contextmanager
def guarded() -> Iterator[None]:
    """Stand before standard output and error, and have what breaks where nobody waits for it tell no values."""
    out, err, unraisable = sys.stdout, sys.stderr, sys.unraisablehook
    warned = warnings.showwarning  # which `logs.configure` has the log take over
    sys.stdout, sys.stderr = Outlet(out), Outlet(err)
    sys.unraisablehook = _unraisable
    try:
        yield
    finally:
        sys.stdout, sys.stderr, sys.unraisablehook, warnings.showwarning = out, err, unraisable, warned


def _unraisable(broken: sys.UnraisableHookArgs) -> None:
    """Say of an error in a destructor or a callback what it was and where: its words may quote anybody's data."""
    if broken.exc_value is not None:
        sys.stderr.write(f"{broken.err_msg or 'broken where nobody waits for it'}\n{outlined(broken.exc_value)}\n")
