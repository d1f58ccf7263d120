"""Manual resync: everything, one stream, one account or one record, whatever the cursors say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from syncd.errors import ConfigError, NotFound, UnsafePlan
from syncd.model import RemoteRef
from syncd.sync.cycle import Wiring, cycle
from syncd.sync.pull import Mode, fetch, pull
from syncd.sync.run import Run
from syncd.sync.summary import Summary
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


def resync(wiring: Wiring, scope: Scope, run: Run) -> Summary:
    """Read the scope again, then run a cycle on what it brought. Raises ConfigError or NotFound for a wrong scope."""
    admit(wiring.store, wiring.sources.values())
    if scope.record:
        _read_records(wiring, run, [_ref(scope.record)])
    elif scope.account:
        _read_records(wiring, run, _records_of(wiring, scope.account))
    else:
        _read_streams(wiring, run, scope)
    return cycle(wiring, run, force=scope.force)


def _ref(record: str) -> RemoteRef:
    try:
        return RemoteRef.read(record)
    except ValueError as error:
        raise ConfigError(str(error)) from error


def _records_of(wiring: Wiring, account: str) -> list[RemoteRef]:
    with wiring.store.reading() as unit:
        ids = unit.people.find("account", account)
        if len(ids) != 1:
            raise NotFound(f"no account answers to {account!r}: give its id, its name or a remote id")
        return unit.people.records_of(ids[0])


def _read_records(wiring: Wiring, run: Run, refs: list[RemoteRef]) -> None:
    wanted: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for system, stream, remote_id in refs:
        _require(wiring, system, stream)
        wanted[system][stream].append(remote_id)
    for system, streams in wanted.items():
        fetch(wiring.sources[system], wiring.mappings[system], wiring.store, run, streams)
    with wiring.store.writing() as unit:
        unit.records.unmatch(refs)


def _read_streams(wiring: Wiring, run: Run, scope: Scope) -> None:
    systems = [scope.system] if scope.system else list(wiring.sources)
    mode: Mode = "full" if scope.full else "news"
    for system in systems:
        _require(wiring, system, scope.stream)
        streams = [scope.stream] if scope.stream else None
        source, mapping = wiring.sources[system], wiring.mappings[system]
        for stream in streams or mapping.streams:
            if not (scope.full and mapping.streams[stream].log):
                with wiring.store.writing() as unit:
                    unit.streams.reset(system, stream)
        shortfall = pull(source, mapping, wiring.store, run, streams=streams, mode=mode, force=scope.force)
        if shortfall.failures:
            raise next(iter(shortfall.failures.values()))
        if shortfall.refused_sweeps:
            raise UnsafePlan("\n".join(shortfall.refused_sweeps.values()))


def _require(wiring: Wiring, system: str, stream: str | None) -> None:
    if system not in wiring.mappings:
        raise ConfigError(f"no system {system!r}; there are: {', '.join(wiring.mappings)}")
    streams = wiring.mappings[system].streams
    if stream is not None and stream not in streams:
        raise ConfigError(f"{system} has no stream {stream!r}; there are: {', '.join(streams)}")
