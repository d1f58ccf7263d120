"""Somebody: a person of whom the store is asked for everything, and where in each table they stand.

`export` shows the rows for which these conditions hold. `erase` deletes by the same where a row goes whole, or with its
record; where it goes on without the person (a milestone, a release, a run, a role) it has its own statements, and a
test holds both against each other over all tables. Which texts and values name somebody is
said once, in `mentions` and `naming`: the database only preselects.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, false, or_, select

from syncd.model.references import RemoteRef
from syncd.store.conditions import is_named, ref_of
from syncd.store.mentions import Named, Names, parsed
from syncd.store.naming import records_naming
from syncd.store.notes import ASKED_PLANS
from syncd.store.runs import Runs
from syncd.tables.core import (
    activity,
    alias,
    announcement,
    answer,
    audit_mention,
    campaign_member,
    candidate,
    contact,
    contact_role,
    identifier,
    judgement,
    likely_double,
    link,
    milestone,
    note,
    quarantine,
    released,
    run,
    source_record,
    verdict,
    waiting,
    wish,
)


@dataclass(frozen=True)
class Somebody:
    """One person: their golden id and those that were merged into it, their records, their addresses, their name.

    records: every raw record that is theirs, or tells of what they did, or names them.
    """

    contact_id: str
    former: tuple[str, ...]
    refs: tuple[RemoteRef, ...]
    emails: tuple[str, ...]
    named: Named
    records: tuple[RemoteRef, ...]

    @property
    def ids(self) -> tuple[str, ...]:
        """The golden ids under which they stand, or stood."""
        return (self.contact_id, *self.former)

    @property
    def names(self) -> tuple[str, ...]:
        """Whatever a line of a run or of the audit log may call them."""
        return (self.contact_id, *map(str, self.refs), *self.emails)


def somebody_of(connection: Connection, contact_id: str) -> Somebody:
    """Who a golden contact is."""
    theirs = (link.c.kind == "contact", link.c.golden_id == contact_id)
    refs = [
        ref_of(row) for row in connection.execute(select(link.c.system, link.c.stream, link.c.remote_id).where(*theirs))
    ]
    addresses = select(identifier.c.value).where(
        identifier.c.kind == "contact", identifier.c.how == "email", identifier.c.golden_id == contact_id
    )
    emails = list(connection.execute(addresses).scalars())
    renamed = select(alias.c.old_id).where(alias.c.kind == "contact", alias.c.new_id == contact_id)
    row = connection.execute(
        select(contact.c.first_name, contact.c.last_name).where(contact.c.id == contact_id)
    ).first()
    first, last = (row.first_name or "", row.last_name or "") if row else ("", "")
    did = select(activity.c.system, activity.c.stream, activity.c.remote_id).where(activity.c.contact_id == contact_id)
    awaited = select(waiting.c.system, waiting.c.stream, waiting.c.remote_id)
    awaited = awaited.where(waiting.c.ref.in_([f"email/{email}" for email in emails]))
    records = [*refs, *map(ref_of, connection.execute(did).all()), *map(ref_of, connection.execute(awaited).all())]
    return Somebody(
        contact_id,
        tuple(connection.execute(renamed).scalars()),
        tuple(refs),
        tuple(emails),
        Named(first, last, frozenset(emails)),
        tuple(dict.fromkeys([*records, *records_naming(connection, refs, emails)])),
    )


# ---- where somebody stands -------------------------------------------------------------------------------------------


Condition = Callable[[Connection, Somebody], ColumnElement[bool]]


def _wishes(_: Connection, who: Somebody) -> ColumnElement[bool]:
    keys = [
        who.contact_id,
        f"mql/{who.contact_id}",
        f"explore/{who.contact_id}",
        f"raise/{who.contact_id}",
        *map(str, who.refs),
        *(f"potential/{ref.id}" for ref in who.refs),
    ]
    return or_(wish.c.key.in_(keys), wish.c.key.endswith(f"/{who.contact_id}", autoescape=True))


def _milestones(connection: Connection, who: Somebody) -> ColumnElement[bool]:
    perhaps = or_(*(milestone.c.evidence.contains(f'"{name}"', autoescape=True) for name in who.ids))
    rows = connection.execute(select(milestone.c.key, milestone.c.evidence).where(perhaps))
    named = [row.key for row in rows if not {*who.ids}.isdisjoint(parsed(row.evidence))]
    return or_(milestone.c.contact_id.in_(who.ids), milestone.c.key.in_(named))


def _runs(connection: Connection, who: Somebody) -> ColumnElement[bool]:
    return run.c.id.in_(Runs(connection).naming(who.names))


def _notes(connection: Connection, who: Somebody) -> ColumnElement[bool]:
    names, asked = Names(who.names), ASKED_PLANS.holds()
    rows = connection.execute(select(note.c.name, note.c.value).where(asked, names.perhaps_in(note.c.value)))
    return note.c.name.in_([row.name for row in rows if names.stand_in_json(row.value)])


def _records_in(table: Any) -> Condition:
    return lambda _, who: or_(false(), *(is_named(table, ref) for ref in who.records))


class Going(StrEnum):
    """What becomes of the rows about somebody who is erased."""

    WHOLE = "whole"  # they go
    WITH_RECORD = "with its record"  # they go, unless it tells of an activity of somebody else
    ON = "on"  # they go on without the person, or go by more than their table says: `erasure` has its own statements


class Place(NamedTuple):
    """Where somebody stands in a table: the condition of the rows about them, and what becomes of these."""

    holds: Condition
    going: Going


def _whole(holds: Condition) -> Place:
    return Place(holds, Going.WHOLE)


def _on(holds: Condition) -> Place:
    return Place(holds, Going.ON)


# by table; of those that go whole the contact comes first, and goes last
PLACES: Final[Mapping[str, Place]] = {
    "contact": _whole(lambda _, who: contact.c.id == who.contact_id),
    "link": _whole(lambda _, who: and_(link.c.kind == "contact", link.c.golden_id == who.contact_id)),
    "identifier": _whole(lambda _, who: and_(identifier.c.kind == "contact", identifier.c.golden_id == who.contact_id)),
    "alias": _whole(
        lambda _, who: and_(
            alias.c.kind == "contact", or_(alias.c.new_id == who.contact_id, alias.c.old_id == who.contact_id)
        )
    ),
    "likely_double": _on(
        lambda _, who: and_(
            likely_double.c.kind == "contact",
            or_(likely_double.c.first_id == who.contact_id, likely_double.c.second_id == who.contact_id),
        )
    ),
    "activity": _whole(lambda _, who: activity.c.contact_id == who.contact_id),
    "campaign_member": _whole(lambda _, who: campaign_member.c.contact_id == who.contact_id),
    "contact_role": _on(lambda _, who: contact_role.c.contact_id == who.contact_id),
    "answer": _on(lambda _, who: answer.c.contact_id == who.contact_id),
    "milestone": _on(_milestones),
    "candidate": _on(lambda _, who: candidate.c.contact_id == who.contact_id),
    "released": _on(lambda _, who: released.c.contact_id == who.contact_id),
    "verdict": _on(lambda _, who: verdict.c.ref.in_([str(ref) for ref in who.records])),
    "wish": _whole(_wishes),
    "source_record": Place(_records_in(source_record), Going.WITH_RECORD),
    "quarantine": Place(_records_in(quarantine), Going.WITH_RECORD),
    "announcement": _whole(_records_in(announcement)),
    "waiting": Place(
        lambda connection, who: or_(
            waiting.c.ref.in_([f"email/{email}" for email in who.emails]), _records_in(waiting)(connection, who)
        ),
        Going.WITH_RECORD,
    ),
    "run": _on(_runs),
    "audit_mention": _on(lambda _, who: audit_mention.c.name.in_(who.names)),
    "note": _on(_notes),
}
# What speaks of somebody within the whole of their account, which is judged again without them.
WITHIN: Final = (judgement.name,)
