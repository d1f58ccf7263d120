"""What may be told of an error: ours in its own words, a stranger's by its type and place alone.

A library's message may quote whatever it was handed: a header with its token, a row with a person in it.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from pathlib import Path

from connectors.base import ConnectorError
from connectors.scrubber import scrub
from syncd.errors import SyncdError

_ROOT = Path(__file__).parents[1]
_OURS = ("syncd", "connectors")


def reason_of(error: BaseException) -> str:
    """The words of one of our own errors, without secrets; else `ValueError at connectors/hubspot/client.py:183`."""
    if isinstance(error, SyncdError | ConnectorError):
        return scrub(str(error))
    place = next((frame for frame in reversed(_frames(error)) if frame.startswith(_OURS)), None)
    return f"{type(error).__name__} at {place}" if place else type(error).__name__


def outlined(error: BaseException) -> str:
    """The way to a defect, for those who mend it: each error behind it by type, with its frames, without its words."""
    return "\n".join(_outline(error))


def _outline(error: BaseException | None) -> Iterator[str]:
    chain: list[BaseException] = []
    while error is not None and error not in chain:
        chain.append(error)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    for link in reversed(chain):
        yield f"{type(link).__module__}.{type(link).__qualname__}"
        yield from (f"  at {frame}" for frame in _frames(link))


def _frames(error: BaseException) -> list[str]:
    """Where an error passed, outermost first: file, line and function, no source and no values."""
    summary = traceback.extract_tb(error.__traceback__)
    return [f"{_short(frame.filename)}:{frame.lineno} in {frame.name}" for frame in summary]


def _short(file: str) -> str:
    path = Path(file)
    return path.relative_to(_ROOT).as_posix() if path.is_relative_to(_ROOT) else path.as_posix()
