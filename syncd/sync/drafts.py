"""Drafts: what becomes of each pending wish, decided once. `plan` shows them, `push` and `apply` send them.

A draft is decided by the wish, by what the store knows of the records that it points at, and by what stands in the
remote system this moment: keys whose creation is in doubt are looked up there, and records with guarded fields read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from hashlib import blake2b
from typing import Any, Protocol

import orjson

from connectors.base import Org, Payload, Source, Target
from syncd.mapping import SystemMapping, WriteRule, encode
from syncd.model import Ref, RemoteRef
from syncd.store import Store
from syncd.store.streams import VANISHED
from syncd.store.wishes import PendingWish
from syncd.sync import acts
from syncd.sync.acts import MAYBE, Occasion
from syncd.sync.opportunities import differing
from syncd.sync.persons import at_persons
from syncd.sync.reader import Readers

BATCH = 200  # Salesforce's collections take that many records a call


class Remote(Source, Target, Protocol):
    """A system that syncd both reads and writes."""


class Action(StrEnum):
    """What a push does with a wish."""

    CREATE = "create"
    CHANGE = "change"
    LEAVE = "leave"  # what is wanted stands there already, or what a person wrote stays
    WAIT = "wait"  # for a record that it points at and that does not stand yet
    REST = "rest"  # after a refusal, for some time; an act until its hour comes
    WITHDRAW = "withdraw"  # its creation was in doubt, it did not come to stand, and nobody wants it any more
    GONE = "gone"  # a person deleted the record
    HOLD = "hold"  # something that it rests on in the system does not hold now


SENT = (Action.CREATE, Action.CHANGE)

_WHY = {
    Action.WAIT: "waits for a record that it points at",
    Action.WITHDRAW: "not wanted any more, and it did not come to stand",
    Action.GONE: "a person deleted the record; syncd does not make it again",
}
TOUCHED = "a person changed it"
OWNER = "owner"  # our name of the field that says whose a record is
NOBODY = "waits for somebody to hand it to: neither owner nor territory names an active user"
UNSEEN = "the integration user does not see the record, or cannot read it"
HIDDEN = "the integration user does not see the field: who wrote it last is not known"
CREATE_ONLY = "written at creation only"
PERSON = "a person account: nothing is written there"


@dataclass(frozen=True)
class Draft:
    """What becomes of one wish. fields: what is sent, by our names; withheld: what is wanted and not sent, and why.

    left_out: what is wanted and not sent now, and stays pending: what it rests on does not hold, and may again.
    """

    wish: PendingWish
    action: Action
    remote_id: str | None
    fields: Mapping[str, Any] = field(default_factory=dict)
    withheld: Mapping[str, str] = field(default_factory=dict)
    touched: tuple[str, ...] = ()
    left_out: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, Any] = field(default_factory=dict)  # of a new record, by the vendor's names
    act: bool = False  # whether it is done once and kept as no record
    hour: datetime | None = None  # until when an act rests

    @property
    def changes(self) -> dict[str, list[Any]]:
        """What is sent, field by field: before and after."""
        ours = {name: [_shown(self.wish.sent.get(name)), _shown(value)] for name, value in self.fields.items()}
        return ours | {name: [None, value] for name, value in self.constants.items()}

    @property
    def reason(self) -> str:
        """Why it is wanted, or why nothing is sent."""
        hour = self.hour or (self.wish.retry_at if self.wish.error is None else None)
        if self.action is Action.REST and hour:
            return f"waits for its hour, {hour:%Y-%m-%d %H:%M} UTC: {self.wish.reason}"
        if self.action is Action.REST:
            return f"rests after a refusal: {self.wish.error}"
        if self.action is Action.HOLD:
            return f"waits until that is mended: {'; '.join(dict.fromkeys(self.left_out.values()))}"
        if self.withheld and (self.action is Action.WAIT or self.act):
            return "; ".join(dict.fromkeys(self.withheld.values()))
        return _WHY.get(self.action, self.wish.reason)

    @property
    def digest(self) -> str:
        """What tells apart two drafts for one record: the wish, and what is sent of it."""
        content = [self.action, self.wish.wanted_digest, self.changes, sorted({**self.withheld, **self.left_out})]
        return blake2b(orjson.dumps(content, option=orjson.OPT_SORT_KEYS), digest_size=8).hexdigest()

    def payload(self, rule: WriteRule, remote_ids: Mapping[Ref, str]) -> Payload:
        """What is sent, by the vendor's names, with the remote ids that its references stand for."""
        values = {name: remote_ids[value] if isinstance(value, Ref) else value for name, value in self.fields.items()}
        return Payload(self.wish.key, self.remote_id, {**encode(rule, values), **self.constants})


def _shown(value: Any) -> Any:
    return f"{value.kind} {value.id}" if isinstance(value, Ref) else value


@dataclass(frozen=True)
class Sight:
    """What is known of where some wishes of one kind stand.

    known: keys whose creation was in doubt → the remote ids that they were found under. records: remote id → the
    record as it stands this moment, mapped, where fields are guarded: with the guarded fields that it shows us, None
    where it was deleted, empty where it is not shown or cannot be read. remote_ids: what references stand for.
    closed: key → the record that we may not edit, of those that are to be changed, or to which something is added.
    bound: key → the record that we may not give another owner, of those that are to get one.
    filled: remote id → our fields that somebody has filled in meanwhile, of what is written once and was left out then.
    persons: the keys of wishes that would write at a person account. occasion: whom acts tell of what. now: when it
    was looked.
    """

    known: Mapping[str, str]
    records: Mapping[str, Mapping[str, Any] | None]
    remote_ids: Mapping[Ref, str]
    closed: Mapping[str, str] = field(default_factory=dict)
    bound: Mapping[str, str] = field(default_factory=dict)
    filled: Mapping[str, Set[str]] = field(default_factory=dict)
    persons: Set[str] = frozenset()
    occasion: Occasion | None = None
    now: datetime | None = None


def look(
    remote: Remote,
    mapping: SystemMapping,
    store: Store,
    readers: Readers,
    rule: WriteRule,
    wishes: Sequence[PendingWish],
    now: datetime,
) -> Sight:
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
    return Sight(known, records, remote_ids, closed, bound, filled, persons, occasion, now)


def _filled(
    remote: Remote, mapping: SystemMapping, rule: WriteRule, wishes: Sequence[PendingWish]
) -> dict[str, Set[str]]:
    """What stands in records in the fields that were left out as they were made."""
    left_out = {wish.remote_id: late for wish in wishes if wish.remote_id and (late := _left_out_before(wish))}
    if not left_out:
        return {}
    names = {name: rule.fields[name] for changes in left_out.values() for name in changes if name in rule.fields}
    records = remote.fetch(mapping.stream_written(rule) or rule.object, [*names.values()], [*left_out])
    return {
        record.id: {name for name, vendors in names.items() if record.raw.get(vendors) not in (None, "")}
        for record in records
    }


def _left_out_before(wish: PendingWish) -> Set[str]:
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
    """Which keys of uncertain wishes stand in the remote system after all, also under names they had before.

    Who is a person account besides may have our key there.
    """
    new = [wish for wish in wishes if not wish.remote_id and not rule.act]
    with store.looking_up() as unit:
        besides = unit.persons.besides(wish.key for wish in new if wish.object == "contact")
    doubtful = [wish.key for wish in new if wish.uncertain or wish.key in besides]
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


def draft_of(wish: PendingWish, rule: WriteRule, sight: Sight, coming: Set[Ref] = frozenset()) -> Draft:
    """Decide what becomes of a wish. coming: references that stand once the drafts before it are sent."""
    remote_id = wish.remote_id or sight.known.get(wish.key)
    left = Draft(wish, Action.LEAVE, remote_id, touched=wish.touched)
    if wish.gone:
        return replace(left, action=Action.GONE)
    if wish.key in sight.persons:
        return replace(left, action=Action.WAIT, withheld=dict.fromkeys(wish.changes, PERSON))
    if sight.occasion and (undone := _undone(replace(left, act=True), sight.occasion)):
        return undone
    changes, touched, hidden = wish.changes, wish.touched, dict[str, str]()
    nowhere = _nowhere(changes, sight, coming)
    if not nowhere <= set(rule.later) or (remote_id and nowhere and nowhere >= changes.keys()):
        return replace(left, action=Action.WAIT)
    if remote_id is None and wish.wanted and (lacking := [name for name in rule.needs if name not in wish.wanted]):
        return replace(left, action=Action.WAIT, withheld=dict.fromkeys(lacking, NOBODY))
    if rule.guarded and remote_id and changes:
        row = sight.records.get(remote_id, {})
        if row is None:
            return replace(left, action=Action.GONE)
        if not row:
            return replace(left, action=Action.HOLD, left_out=dict.fromkeys(changes, UNSEEN))
        touched = tuple(sorted({*touched, *_touched(row, wish, rule.guarded)}))
        hidden = dict.fromkeys((name for name in rule.guarded if name in changes and name not in row), HIDDEN)
    if wish.remote_id and (late := _left_out_before(wish)):
        touched = tuple(sorted({*touched, *(late & sight.filled.get(wish.remote_id, set()))}))
    if remote_id is None and not wish.wanted:
        return replace(left, action=Action.WITHDRAW)
    withheld = dict.fromkeys(rule.create_only if remote_id else (), CREATE_ONLY) | dict.fromkeys(touched, TOUCHED)
    unsent = withheld.keys() | nowhere | hidden.keys()
    fields = {name: value for name, value in changes.items() if name in rule.fields and name not in unsent}
    why = {name: withheld[name] for name in changes if name in withheld}
    later = dict.fromkeys(nowhere, _WHY[Action.WAIT]) | {name: hidden[name] for name in hidden if name not in withheld}
    if remote_id is not None and (not fields or (wish.once and wish.key in sight.known)):
        return replace(left, withheld=why, touched=touched, left_out=later)
    draft = Draft(wish, Action.CHANGE if remote_id else Action.CREATE, remote_id, fields, why, touched, later)
    return draft if remote_id else replace(draft, constants=rule.constants_in(wish.wanted.get("segment")))


def _undone(left: Draft, occasion: Occasion) -> Draft | None:
    """The draft of an act that is not done now; None where it is."""
    wish = left.wish
    if why_not := MAYBE if wish.uncertain else occasion.why_not(wish):
        action = Action.LEAVE if wish.uncertain else Action.WITHDRAW
        return replace(left, action=action, withheld=dict.fromkeys(wish.wanted, why_not))
    hour = occasion.hour(wish)
    return replace(left, action=Action.REST, hour=hour) if hour else None


def _nowhere(changes: Mapping[str, Any], sight: Sight, coming: Set[Ref]) -> set[str]:
    """The fields that point at a record which does not stand yet."""
    refs = {name: value for name, value in changes.items() if isinstance(value, Ref)}
    return {name for name, ref in refs.items() if ref not in sight.remote_ids and ref not in coming}


def _touched(row: Mapping[str, Any], wish: PendingWish, guarded: Sequence[str]) -> Sequence[str]:
    """The guarded fields that a person has changed. Without a receipt: all, if another than its creator wrote."""
    if not wish.acknowledged:
        return guarded if row.get("modified_by") != row.get("created_by") else ()
    differs = differing(row, wish.acknowledged, [name for name in guarded if name in row])
    agreed, stands = wish.wanted.get("currency") or wish.sent.get("currency"), row.get("currency")
    # an amount means what its currency says: in another one that a person has chosen, ours would be false
    return [*differs, "amount"] if "amount" in guarded and stands and agreed not in (None, stands) else differs
