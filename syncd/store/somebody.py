"""Somebody: a person of whom the store is asked for everything, and where in each table they stand.

Declared once: `erase` takes out what `export` shows. A test holds both against each other over all tables.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, and_, false, func, or_, select

from syncd.model.references import RemoteRef
from syncd.store.conditions import is_named, ref_of, same_record
from syncd.store.mentions import Named
from syncd.store.notes import ASKED_PLAN
from syncd.tables.core import (
    activity,
    alias,
    answer,
    audit_mention,
    campaign,
    campaign_member,
    candidate,
    contact,
    contact_role,
    identifier,
    judgement,
    likely_double,
    line_item,
    link,
    milestone,
    note,
    opportunity,
    quarantine,
    released,
    run,
    source_record,
    stage_change,
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
        tuple(dict.fromkeys([*records, *_speaking_of(connection, refs, emails)])),
    )


def _speaking_of(connection: Connection, refs: Iterable[RemoteRef], emails: Iterable[str]) -> list[RemoteRef]:
    """The raw records that name one of the ids or addresses: open tasks, memberships, roles; no record of its own kind.

    They hang on nobody by a column, so that every record is looked through.
    """
    table = source_record.c
    naming = [and_(table.system == ref.system, table.raw.contains(f'"{ref.id}"', autoescape=True)) for ref in refs]
    naming += [func.lower(table.raw).contains(email, autoescape=True) for email in emails]
    if not naming:
        return []
    linked = select(link.c.golden_id).where(same_record(link, source_record)).exists()
    name = table.system + "." + table.stream + "/" + table.remote_id
    of_itself = [select(other.c.id).where(other.c.id == name).exists() for other in _STANDING_FOR_ITSELF]
    names = select(table.system, table.stream, table.remote_id).where(or_(*naming), ~linked, ~or_(*of_itself))
    return [ref_of(row) for row in connection.execute(names)]


_STANDING_FOR_ITSELF = (opportunity, campaign, stage_change, line_item)


# ---- where somebody stands -------------------------------------------------------------------------------------------


def _wishes(who: Somebody) -> ColumnElement[bool]:
    keys = [
        who.contact_id,
        f"mql/{who.contact_id}",
        f"explore/{who.contact_id}",
        f"raise/{who.contact_id}",
        *map(str, who.refs),
        *(f"potential/{ref.id}" for ref in who.refs),
    ]
    return or_(wish.c.key.in_(keys), wish.c.key.endswith(f"/{who.contact_id}"))


def _milestones(who: Somebody) -> ColumnElement[bool]:
    naming = (milestone.c.evidence.contains(f'"{name}"', autoescape=True) for name in who.ids)
    return or_(milestone.c.contact_id.in_(who.ids), *naming)


def _runs(who: Somebody) -> ColumnElement[bool]:
    columns = (run.c.scope, run.c.error, run.c.causes)
    return or_(
        false(),
        *(func.lower(column).contains(name.lower(), autoescape=True) for name in who.names for column in columns),
    )


def _notes(who: Somebody) -> ColumnElement[bool]:
    speaking = (func.lower(note.c.value).contains(name.lower(), autoescape=True) for name in who.names)
    return and_(note.c.name.startswith(ASKED_PLAN, autoescape=True), or_(false(), *speaking))


def _records_in(table: Any) -> Callable[[Somebody], ColumnElement[bool]]:
    return lambda who: or_(false(), *(is_named(table, ref) for ref in who.records))


# table → the condition that holds for the rows about somebody
PLACES: Final[Mapping[str, Callable[[Somebody], ColumnElement[bool]]]] = {
    "contact": lambda who: contact.c.id == who.contact_id,
    "link": lambda who: and_(link.c.kind == "contact", link.c.golden_id == who.contact_id),
    "identifier": lambda who: and_(identifier.c.kind == "contact", identifier.c.golden_id == who.contact_id),
    "alias": lambda who: and_(
        alias.c.kind == "contact", or_(alias.c.new_id == who.contact_id, alias.c.old_id == who.contact_id)
    ),
    "likely_double": lambda who: and_(
        likely_double.c.kind == "contact",
        or_(likely_double.c.first_id == who.contact_id, likely_double.c.second_id == who.contact_id),
    ),
    "activity": lambda who: activity.c.contact_id == who.contact_id,
    "campaign_member": lambda who: campaign_member.c.contact_id == who.contact_id,
    "contact_role": lambda who: contact_role.c.contact_id == who.contact_id,
    "answer": lambda who: answer.c.contact_id == who.contact_id,
    "milestone": _milestones,
    "candidate": lambda who: candidate.c.contact_id == who.contact_id,
    "released": lambda who: released.c.contact_id == who.contact_id,
    "verdict": lambda who: verdict.c.ref.in_([str(ref) for ref in who.records]),
    "wish": _wishes,
    "source_record": _records_in(source_record),
    "quarantine": _records_in(quarantine),
    "waiting": lambda who: or_(
        waiting.c.ref.in_([f"email/{email}" for email in who.emails]), _records_in(waiting)(who)
    ),
    "run": _runs,
    "audit_mention": lambda who: audit_mention.c.name.in_(who.names),
    "note": _notes,
}
# What speaks of somebody within the whole of their account, which is judged again without them.
WITHIN: Final = (judgement.name,)
