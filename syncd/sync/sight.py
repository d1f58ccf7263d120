"""Sight: whether enough was read to push at all. On a partial picture a push could double what people just made."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from connectors.base import ConnectorError, Misconfigured
from syncd.errors import Unavailable
from syncd.mapping import SystemMapping
from syncd.store import Store
from syncd.store.restoring import restored_from

Failures = Mapping[str, ConnectorError]  # system.stream → why this run could not read it to its end


def unseen(store: Store, mappings: Mapping[str, SystemMapping], failures: Failures) -> list[str]:
    """The streams, as system.stream, for whose sake nothing may be pushed into any system.

    A stream that is needed `once` must have been read to its end before, one that is needed `always` also by this run,
    and so must one that is needed as `shown`, unless it is out of our reach. Another one is waited for where a passing
    fault broke off its first reading, and not where it is out of our reach.
    """
    with store.reading() as unit:
        return [
            f"{system}.{stream}"
            for system, mapping in mappings.items()
            for stream in mapping.streams
            if _lacks(mapping, stream, failures.get(f"{system}.{stream}"), unit.streams.completed(system, stream))
        ]


def _lacks(mapping: SystemMapping, stream: str, failure: ConnectorError | None, completed: bool) -> bool:
    passing = failure is not None and is_passing(failure)
    if completed:
        return stream in mapping.needed(*(("always",) if failure else ()), *(("shown",) if passing else ()))
    return passing or stream in mapping.needed("once", "always")


def is_passing(failure: ConnectorError) -> bool:
    """Whether what it kept from being read may be read another time."""
    return not isinstance(failure, Misconfigured)


def told_of(restored: datetime) -> str:
    """What a run says of a store that was restored."""
    return f"restored from the backup of {restored:%Y-%m-%d %H:%M} UTC: everything is read before anything is written"


def require_sight(store: Store, mappings: Mapping[str, SystemMapping]) -> None:
    """Raise Unavailable where a stream that every push needs was never read to its end, or nothing since a restore."""
    if restored := restored_from(store):
        raise Unavailable(f"nothing is pushed: {told_of(restored)}; run `syncd cycle` first")
    if streams := unseen(store, mappings, {}):
        raise Unavailable(f"nothing is pushed: {', '.join(streams)} was never read to its end; run `syncd pull` first")
