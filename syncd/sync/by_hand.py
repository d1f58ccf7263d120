"""What people decide of single records by hand: whom to forget, and who is who. A running daemon does it when asked.

Each leaves a line of its own in the audit log.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from syncd.errors import ConfigError, NotFound
from syncd.mapping import SystemMapping
from syncd.model import Answer, RemoteRef
from syncd.store import Store, UnitOfWork
from syncd.store.doubles import APART
from syncd.sync.cycle import Wiring
from syncd.sync.names import golden_id, remote_ref
from syncd.sync.run import Run
from syncd.sync.summary import Summary

LINKED = ("account", "contact")  # the kinds whose records a person may link
Scoped = Mapping[str, Any]


def erase(store: Store, contact_id: str, actor: str) -> tuple[int, list[Answer]]:
    """Forget a person; returns how many remote records went, and the answers that may name them still."""
    with store.writing() as unit:
        left = unit.people.mentions(contact_id)
        return unit.people.erase(contact_id, actor), left


def erasure_in_words(gone: int, left: Sequence[Answer]) -> Iterator[str]:
    """What was forgotten, and what somebody must look at."""
    yield f"forgotten: {gone:,} remote records of one person; the next cycle applies it"
    for answer in left:
        yield f"look at the answer about {answer.what} of {answer.opportunity_id}: it may name them; {mend_of(answer)}"


def mend_of(answer: Answer) -> str:
    """What takes a name out of an answer: where it was said by hand, another answer; else the record's own field."""
    if answer.source.startswith("syncd "):
        return f"give another one with `syncd answer {answer.opportunity_id} {answer.what} …`"
    return f"take it out of {answer.source}"


def link(store: Store, mappings: Mapping[str, SystemMapping], record: str, to: str, actor: str) -> str:
    """Put a record to an account or contact; returns to which. Raises ConfigError, and NotFound for unknown ones."""
    ref = remote_ref(record)
    kind = _kind(ref, mappings)
    with store.writing() as unit:
        belongs_to = _belongs_to(unit, kind, ref, to)
        unit.people.link(ref, kind, belongs_to)
        unit.audit.write(actor, "link", f"{record} to {belongs_to}")
    return belongs_to


def require_linkable(store: Store, mappings: Mapping[str, SystemMapping], record: str, to: str | None = None) -> None:
    """Raise what `link` and `unlink` would, without doing it."""
    ref = remote_ref(record)
    kind = _kind(ref, mappings)
    with store.reading() as unit:
        _belongs_to(unit, kind, ref, to)


def unlink(store: Store, mappings: Mapping[str, SystemMapping], record: str, actor: str) -> None:
    """Part a record from what it was matched with, for ever. Raises ConfigError, and NotFound for an unknown one."""
    ref = remote_ref(record)
    kind = _kind(ref, mappings)
    with store.writing() as unit:
        _require_pulled(unit, ref)
        before = unit.links.find([ref])
        unit.people.link(ref, kind, record)
        for parted in before.values():
            unit.doubles.decide(kind, record, parted.golden_id, APART, datetime.now(UTC))
        unit.audit.write(actor, "unlink", record)


def do_erase(wiring: Wiring, scope: Scoped, run: Run) -> Summary:
    """Forget the person that was named."""
    with wiring.store.reading() as unit:
        contact_id = golden_id(unit, "contact", str(scope["contact"]))
    return Summary(counts=run.counts, notes=[*erasure_in_words(*erase(wiring.store, contact_id, run.actor))])


def do_link(wiring: Wiring, scope: Scoped, run: Run) -> Summary:
    """Put the record that was named to an account or contact."""
    belongs_to = link(wiring.store, wiring.mappings, scope["record"], scope["to"], run.actor)
    return Summary(counts=run.counts, notes=[f"{scope['record']} belongs to {belongs_to}; the next cycle applies it"])


def do_unlink(wiring: Wiring, scope: Scoped, run: Run) -> Summary:
    """Part the record that was named from what it was matched with."""
    unlink(wiring.store, wiring.mappings, scope["record"], run.actor)
    return Summary(counts=run.counts, notes=[f"{scope['record']} stands alone; the next cycle applies it"])


def _belongs_to(unit: UnitOfWork, kind: str, ref: RemoteRef, to: str | None) -> str:
    _require_pulled(unit, ref)
    if to is None:
        return str(ref)
    belongs_to = golden_id(unit, kind, to)
    _require_one_kind(unit, kind, ref, belongs_to)
    return belongs_to


def _kind(ref: RemoteRef, mappings: Mapping[str, SystemMapping]) -> str:
    """What the mapping says that the record's stream holds. Raises ConfigError unless it is accounts or people."""
    streams = {
        f"{mapping.system}.{name}": rule.into
        for mapping in mappings.values()
        for name, rule in mapping.streams.items()
        if rule.into in LINKED
    }
    if kind := streams.get(ref.qualified_stream):
        return kind
    known = ", ".join(streams)
    raise ConfigError(f"{ref.qualified_stream} holds neither accounts nor people; the streams that do: {known}")


def _require_pulled(unit: UnitOfWork, ref: RemoteRef) -> None:
    """Raise NotFound for a record that the store does not have: nothing would ever come of its link."""
    if not unit.records.named([ref]):
        raise NotFound(f"nothing of the name {ref} was pulled yet; `syncd resync --record {ref}` reads it")


def _require_one_kind(unit: UnitOfWork, kind: str, ref: RemoteRef, belongs_to: str) -> None:
    """Raise ConfigError for a person account and a company, which are two whoever says so."""
    if kind == "account" and bool(unit.golden.persons([belongs_to])) != bool(unit.persons.among([ref])):
        raise ConfigError(f"{ref} and {belongs_to} are not linked: one is a person account, which is no company")
