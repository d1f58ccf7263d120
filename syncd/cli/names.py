"""What people call things on the command line: records, streams, accounts and contacts."""

from __future__ import annotations

from syncd.errors import ConfigError, NotFound
from syncd.store import Store
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


def record_parts(record: str) -> tuple[str, str, str]:
    """Return system, stream and id of a record that is named as system.stream/id. Raises ConfigError."""
    place, _, remote_id = record.partition("/")
    system, _, stream = place.partition(".")
    if not (system and stream and remote_id):
        raise ConfigError(f"{record!r} names no record; write system.stream/id, e.g. hubspot.contacts/123")
    return system, stream, remote_id


def golden_id(store: Store, kind: str, name: str) -> str:
    """Return the id of the one account or contact that answers to `name`. Raises NotFound."""
    ids = store.find(kind, name)
    if not ids:
        raise NotFound(f"no {kind} answers to that: give an id, e-mail address, name, domain or remote id")
    if len(ids) > 1:
        raise NotFound(f"{len(ids)} {kind}s answer to that: {', '.join(ids[:8])}; give one of these ids")
    return ids[0]
