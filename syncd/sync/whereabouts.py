"""Whereabouts: where wishes stand, in the store and in the remote system this moment. Drafts are decided by it.

Keys whose creation is in doubt are looked up, and records with guarded fields read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from connectors.base import Org, Source, Target
from syncd.mapping import SystemMapping, WriteRule
from syncd.model import Ref, RemoteRef
from syncd.store import Store
from syncd.store.streams import VANISHED
from syncd.store.wishes import PendingWish
from syncd.sync import acts
from syncd.sync.acts import Occasion
from syncd.sync.persons import at_persons
from syncd.sync.reader import Readers

BATCH = 200  # Salesforce's collections take that many records a call
KNOWN_BY_KEY = frozenset({"task", "contact_role"})  # nothing that they say tells them from others
OWNER = "owner"  # our name of the field that says whose a record is


class Remote(Source, Target, Protocol):
    """A system that syncd both reads and writes."""


@dataclass(frozen=True)
class Whereabouts:
    """What is known of where some wishes of one kind stand.

    known: keys whose creation was in doubt → the remote ids that they were found under. records: remote id → the
    record as it stands this moment, mapped, where fields are guarded: with the guarded fields that it shows us, None
    where it was deleted, empty where it is not shown or cannot be read. remote_ids: what references stand for.
    closed: key → the record that we may not edit, of those that are to be changed, or to which something is added.
    bound: key → the record that we may not give another owner, of those that are to get one.
    filled: remote id → our fields that somebody has filled in meanwhile, of what is written once and was left out then.
    persons: the keys of wishes that would write at a person account. occasion: whom acts tell of what.
    """

    known: Mapping[str, str]
    records: Mapping[str, Mapping[str, Any] | None]
    remote_ids: Mapping[Ref, str]
    closed: Mapping[str, str] = field(default_factory=dict)
    bound: Mapping[str, str] = field(default_factory=dict)
    filled: Mapping[str, Set[str]] = field(default_factory=dict)
    persons: Set[str] = frozenset()
    occasion: Occasion | None = None


def look(
    remote: Remote,
    mapping: SystemMapping,
    store: Store,
    readers: Readers,
    rule: WriteRule,
    wishes: Sequence[PendingWish],
    now: datetime,
) -> Whereabouts:
    """Look where these wishes stand, in the store and in the system; reads only. Raises ConnectorError."""
    known = _look_up(remote, store, rule, wishes)
    records = _records(remote, mapping, store, readers, rule, wishes, known)
    with store.looking_up() as unit:
        remote_ids = unit.references.resolve(mapping, (ref for wish in wishes for ref in wish.refs))
        persons = at_persons(unit, mapping, rule, wishes, known, remote_ids)
    closed = _closed(remote, rule, wishes, known, remote_ids)
    bound = _bound(remote, rule, wishes, known)
    filled = _filled(remote, mapping, rule, wishes)
    occasion = acts.look(remote, mapping, store, readers, wishes, remote_ids, now) if rule.act else None
    return Whereabouts(known, records, remote_ids, closed, bound, filled, persons, occasion)


def _filled(
    remote: Remote, mapping: SystemMapping, rule: WriteRule, wishes: Sequence[PendingWish]
) -> dict[str, Set[str]]:
    """What stands in records in the fields that were left out as they were made."""
    left_out = {wish.remote_id: late for wish in wishes if wish.remote_id and (late := left_out_before(wish))}
    if not left_out:
        return {}
    names = {name: rule.fields[name] for changes in left_out.values() for name in changes if name in rule.fields}
    records = remote.fetch(mapping.stream_written(rule) or rule.object, [*names.values()], [*left_out])
    return {
        record.id: {name for name, vendors in names.items() if record.raw.get(vendors) not in (None, "")}
        for record in records
    }


def left_out_before(wish: PendingWish) -> Set[str]:
    """The fields that are to be written later than their record was made."""
    return wish.changes.keys() if wish.once else wish.changes.keys() & wish.late.keys()


def _closed(
    remote: Remote,
    rule: WriteRule,
    wishes: Sequence[PendingWish],
    known: Mapping[str, str],
    remote_ids: Mapping[Ref, str],
) -> dict[str, str]:
    """The records that these wishes would change, or add to, and that we may not edit, by the wishes' keys."""
    if not isinstance(remote, Org):
        return {}
    places = {
        wish.key: place
        for wish in wishes
        if wish.changes and (place := _place(rule, wish, known, remote_ids)) is not None
    }
    uneditable = remote.uneditable([*places.values()]) if places else ()
    return {key: place for key, place in places.items() if place in uneditable}


def _bound(remote: Remote, rule: WriteRule, wishes: Sequence[PendingWish], known: Mapping[str, str]) -> dict[str, str]:
    """The records that these wishes would give another owner, and that we may not hand on, by the wishes' keys."""
    if not isinstance(remote, Org) or OWNER not in rule.fields:
        return {}
    places = {
        wish.key: place for wish in wishes if OWNER in wish.changes and (place := wish.remote_id or known.get(wish.key))
    }
    bound = remote.untransferable([*places.values()]) if places else ()
    return {key: place for key, place in places.items() if place in bound}


def _place(rule: WriteRule, wish: PendingWish, known: Mapping[str, str], remote_ids: Mapping[Ref, str]) -> str | None:
    if rule.behind is None:
        return wish.remote_id or known.get(wish.key)
    points = wish.wanted.get(rule.behind)
    return remote_ids.get(points) if isinstance(points, Ref) else None


def _look_up(remote: Remote, store: Store, rule: WriteRule, wishes: Sequence[PendingWish]) -> Mapping[str, str]:
    """Which keys stand in the remote system after all, also under names they had before: those of uncertain wishes, and
    of what is recognised by nothing but its key. An earlier store, which is no more, may have written that.

    Who is a person account besides may have our key there.
    """
    new = [wish for wish in wishes if not wish.remote_id and not rule.act]
    with store.looking_up() as unit:
        besides = unit.persons.besides(wish.key for wish in new if wish.object == "contact")
    doubtful = [
        wish.key
        for wish in new
        if wish.uncertain or wish.key in besides or (wish.object in KNOWN_BY_KEY and wish.wanted)
    ]
    if not doubtful:
        return {}
    with store.looking_up() as unit:
        former = unit.references.former_keys(doubtful)
    remote_ids = remote.find(rule.object, [*doubtful, *(name for names in former.values() for name in names)])
    by_key = {key: [remote_ids[name] for name in (key, *former.get(key, ())) if name in remote_ids] for key in doubtful}
    return {key: ids[0] for key, ids in by_key.items() if ids}


def _records(
    remote: Remote,
    mapping: SystemMapping,
    store: Store,
    readers: Readers,
    rule: WriteRule,
    wishes: Sequence[PendingWish],
    known: Mapping[str, str],
) -> dict[str, dict[str, Any] | None]:
    """The guarded records that are about to be changed: None for one that was deleted, empty for one unseen."""
    ids = [place for wish in wishes if (place := wish.remote_id or known.get(wish.key)) and wish.changes]
    if not rule.guarded or not ids:
        return {}
    system, stream = mapping.system, mapping.stream_written(rule) or rule.object
    records = remote.fetch(stream, mapping.asked(stream), ids)
    rows = {
        record.id: None if record.deleted else _shown_of(readers, system, stream, record.raw, rule.guarded)
        for record in records
    }
    unseen = [RemoteRef(system, stream, place) for place in ids if place not in rows]
    with store.looking_up() as unit:
        stored = unit.records.named(unseen) if unseen else []
    deleted = {one.ref.id for one in stored if one.deleted and one.gone != VANISHED}
    return {ref.id: None if ref.id in deleted else {} for ref in unseen} | rows


def _shown_of(
    readers: Readers, system: str, stream: str, raw: Mapping[str, Any], guarded: Sequence[str]
) -> dict[str, Any]:
    """A record mapped, its guarded fields as far as it shows them to us, blank ones too; empty if it cannot be read."""
    row = readers.row(system, stream, raw)
    shown = readers.shown(system, stream, raw, guarded) if row else ()
    return {name: value for name, value in row.items() if name not in guarded} | {name: row.get(name) for name in shown}
