"""What people call things on the command line: records, streams, accounts and contacts."""

from __future__ import annotations

from syncd.errors import ConfigError, NotFound
from syncd.model import RemoteRef
from syncd.store import UnitOfWork
from syncd.sync.cycle import Wiring


def chosen_streams(wiring: Wiring, system: str | None, stream: str | None) -> dict[str, list[str] | None]:
    """Which streams of which systems are meant: system → streams, None for all. Raises ConfigError for unknown ones."""
    if system is not None and system not in wiring.sources:
        raise ConfigError(f"no system {system!r}; there are: {', '.join(wiring.sources)}")
    systems = [system] if system else list(wiring.sources)
    if stream is None:
        return dict.fromkeys(systems)
    holders = [name for name in systems if stream in wiring.mappings[name].streams]
    if len(holders) != 1:
        streams = (f"{name}.{one}" for name in systems for one in wiring.mappings[name].streams)
        raise ConfigError(f"no stream {stream!r}; there are: {', '.join(streams)}")
    return {holders[0]: [stream]}


def remote_ref(record: str) -> RemoteRef:
    """Return the record that is named as system.stream/id. Raises ConfigError."""
    try:
        return RemoteRef.read(record)
    except ValueError as error:
        raise ConfigError(str(error)) from error


def golden_id(unit: UnitOfWork, kind: str, name: str) -> str:
    """Return the id of the one account or contact that answers to `name`. Raises NotFound."""
    ids = unit.people.find(kind, name)
    if not ids:
        raise NotFound(f"no {kind} answers to that: give an id, e-mail address, name, domain or remote id")
    if len(ids) > 1:
        raise NotFound(f"{len(ids)} {kind}s answer to that: {', '.join(ids[:8])}; give one of these ids")
    return ids[0]
