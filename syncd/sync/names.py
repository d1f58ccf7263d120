"""What people call things by hand, and what they mean: systems and streams, records, accounts and contacts."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from syncd.errors import ConfigError, NotFound, shortened
from syncd.model import RemoteRef
from syncd.store import UnitOfWork

if TYPE_CHECKING:
    from syncd.sync.cycle import Wiring


def chosen_streams(wiring: Wiring, system: str | None, stream: str | None) -> dict[str, list[str] | None]:
    """Which streams of which systems are meant: system → streams, None for all. Raises ConfigError for unknown ones."""
    if system is not None and system not in wiring.sources:
        there = f"there are: {', '.join(wiring.sources)}"
        raise ConfigError(f"no system {shortened(system)!r}; {there}", plain=f"no such system; {there}")
    systems = [system] if system else list(wiring.sources)
    mappings = wiring.mappings
    if stream is None:
        return dict.fromkeys(systems)
    holders = [name for name in systems if stream in mappings[name].streams]
    if len(holders) != 1:
        known = [f"{name}.{one}" for name in systems for one in mappings[name].streams]
        bare = {name.partition(".")[2]: name for name in known}
        near = get_close_matches(stream, [*known, *bare], n=1)
        likely = f"did you mean {bare.get(near[0], near[0])}? " if near else ""
        likely += f"there are: {', '.join(known)}"
        raise ConfigError(f"no stream {shortened(stream)!r}; {likely}", plain=f"no such stream; {likely}")
    return {holders[0]: [stream]}


def remote_ref(record: str) -> RemoteRef:
    """Return the record that is named as system.stream/id. Raises ConfigError."""
    try:
        return RemoteRef.read(record)
    except ValueError as error:
        raise ConfigError(str(error), plain="a record is named as system.stream/id") from error


def golden(unit: UnitOfWork, name: str, *kinds: str) -> tuple[str, str]:
    """Return kind and id of the one account or contact, of these kinds, that answers to a name. Raises NotFound."""
    answering = [(kind, id_) for kind in kinds for id_ in unit.people.find(kind, name)]
    if not answering:
        raise nobody(name, *kinds)
    if len(answering) > 1:
        choices = ", ".join(id_ for _, id_ in answering[:8])
        raise _several(f"{len(answering)} answer to", name, choices)
    return answering[0]


def golden_id(unit: UnitOfWork, kind: str, name: str) -> str:
    """Return the id of the one account or contact that answers to a name. Raises NotFound."""
    return golden(unit, name, kind)[1]


def opportunity(unit: UnitOfWork, name: str) -> tuple[str, str]:
    """Return golden id and account of the one opportunity that answers to its id, key or remote id. Raises NotFound."""
    answering = unit.opportunities.find(name)
    if not answering:
        raise _none("no opportunity answers to", name, "give its id where it stands, its key, or its golden id")
    if len(answering) > 1:
        choices = ", ".join(id_ for id_, _ in answering[:8])
        raise _several(f"{len(answering)} opportunities answer to", name, choices)
    golden_id, account_id = answering[0]
    if account_id is None:
        why = "is not known: it is judged with its account"
        raise NotFound(f"the account of {golden_id} {why}", plain=f"its account {why}")
    return golden_id, account_id


def nobody(name: str, *kinds: str) -> NotFound:
    """That nothing of these kinds answers to a name."""
    who = f"no {kinds[0]}" if len(kinds) == 1 else "nobody"
    return _none(f"{who} answers to", name, "give an id, e-mail address, name, domain or remote id")


def _none(who: str, name: str, give: str) -> NotFound:
    return NotFound(f"{who} {shortened(name)!r}: {give}", plain=f"{who} that name: {give}")


def _several(how_many: str, name: str, choices: str) -> NotFound:
    ids = f"{choices}; give one of these ids"
    return NotFound(f"{how_many} {shortened(name)!r}: {ids}", plain=f"{how_many} that name: {ids}")
