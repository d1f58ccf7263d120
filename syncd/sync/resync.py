"""Manual resync: everything, one stream, one account or one record, whatever the cursors say."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from syncd.errors import ConfigError, NotFound, UnsafePlan
from syncd.store.records import split
from syncd.sync.counts import Counts
from syncd.sync.cycle import Progress, Summary, Wiring, cycle
from syncd.sync.pull import Mode, fetch, pull
from syncd.sync.tenants import admit


@dataclass(frozen=True)
class Scope:
    """What to read again. record: `system.stream/id`; account: golden id, name or remote id."""

    system: str | None = None
    stream: str | None = None
    account: str | None = None
    record: str | None = None
    full: bool = False
    force: bool = False

    @classmethod
    def read(cls, options: Mapping[str, Any]) -> Scope:
        """A scope from a request's options."""
        return cls(**{name: value for name, value in options.items() if name in cls.__dataclass_fields__})


def resync(wiring: Wiring, scope: Scope, *, stop: threading.Event, progress: Progress) -> Summary:
    """Read the scope again, then run a cycle on what it brought. Raises ConfigError or NotFound for a wrong scope."""
    counts = Counts()
    admit(wiring.store, wiring.sources.values())
    if scope.record:
        counts.update(_records(wiring, [scope.record]))
    elif scope.account:
        golden_id = wiring.store.find_account(scope.account)
        if golden_id is None:
            raise NotFound(f"no account answers to {scope.account!r}: give its id, its name or a remote id")
        counts.update(_records(wiring, wiring.store.records_of(golden_id)))
    else:
        counts.update(_streams(wiring, scope, stop, progress))
    summary = cycle(wiring, force=scope.force, stop=stop, progress=progress)
    summary.counts.update(counts)
    return summary


def _records(wiring: Wiring, refs: list[str]) -> Counts:
    wanted: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for ref in refs:
        system, stream, remote_id = split(ref)
        _require(wiring, system, stream)
        wanted[system][stream].append(remote_id)
    counts = Counts()
    for system, streams in wanted.items():
        counts.update(fetch(wiring.sources[system], wiring.mappings[system], wiring.store, streams))
        for stream, ids in streams.items():
            wiring.store.unmatch(system, stream, ids)
    return counts


def _streams(wiring: Wiring, scope: Scope, stop: threading.Event, progress: Progress) -> Counts:
    counts = Counts()
    systems = [scope.system] if scope.system else list(wiring.sources)
    for system in systems:
        _require(wiring, system, scope.stream)
        streams = [scope.stream] if scope.stream else None
        source, mapping = wiring.sources[system], wiring.mappings[system]
        for stream in streams or mapping.streams:
            if not (scope.full and mapping.streams[stream].log):
                wiring.store.reset_cursor(system, stream)
        mode: Mode = "full" if scope.full else "news"
        outcome = pull(
            source, mapping, wiring.store, streams=streams, mode=mode, force=scope.force, stop=stop, progress=progress
        )
        counts.update(outcome.counts)
        if outcome.failures:
            raise next(iter(outcome.failures.values()))
        if outcome.refused_sweeps:
            raise UnsafePlan("\n".join(outcome.refused_sweeps.values()))
    return counts


def _require(wiring: Wiring, system: str, stream: str | None) -> None:
    if system not in wiring.mappings:
        raise ConfigError(f"no system {system!r}; there are: {', '.join(wiring.mappings)}")
    streams = wiring.mappings[system].streams
    if stream is not None and stream not in streams:
        raise ConfigError(f"{system} has no stream {stream!r}; there are: {', '.join(streams)}")
