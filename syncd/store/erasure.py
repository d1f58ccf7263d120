"""How a person is forgotten: everything held about them goes, and what comes again of it is not kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from sqlalchemy import Connection, and_, delete, func, or_, select, update

from syncd.model.references import RemoteRef
from syncd.store.activities import Activities
from syncd.store.answers import Answers
from syncd.store.audit import Audit
from syncd.store.conditions import is_named, ref_of, same_record
from syncd.store.doubles import Doubles
from syncd.store.mentions import Named
from syncd.store.milestones import Milestones
from syncd.store.notes import Notes
from syncd.store.queue import Queue
from syncd.store.runs import Runs
from syncd.store.tombstones import Tombstones
from syncd.store.verdicts import Verdicts
from syncd.tables.core import (
    account,
    activity,
    alias,
    campaign,
    campaign_member,
    contact,
    contact_role,
    identifier,
    line_item,
    link,
    opportunity,
    quarantine,
    source_record,
    stage_change,
    waiting,
    wish,
)


def erase(connection: Connection, contact_id: str, actor: str) -> int:
    """Forget one golden contact, and note that it was done; returns how many remote records went with them."""
    at = datetime.now(UTC)
    refs = _refs(connection, contact_id)
    emails = _emails(connection, contact_id)
    names = [f"email/{email}" for email in emails]
    Tombstones(connection).add([*map(str, refs), *names], at)
    gone = _forget(connection, contact_id, refs)
    gone += _forget_waiting(connection, names)
    gone += _drop(connection, _speaking_of(connection, refs, emails))
    Notes(connection).drop_plans()  # they show people field by field; what is pending is planned anew
    by = [contact_id, *map(str, refs), *emails]
    Runs(connection).forget(by)
    Audit(connection).forget(by)
    Audit(connection).write(actor, "erase", f"{gone} records of one person")
    return gone


def _forget(connection: Connection, contact_id: str, refs: Sequence[RemoteRef]) -> int:
    """Take out a contact, what they did, what we wished of them, and the raw records behind all of it."""
    home = select(contact.c.account_id).where(contact.c.id == contact_id)
    connection.execute(update(account).where(account.c.id.in_(home)).values(stale=True))
    Milestones(connection).erase(contact_id)
    Queue(connection).erase(contact_id, named(connection, contact_id))
    Answers(connection).erase(contact_id, named(connection, contact_id))
    sources = Activities(connection).of([contact_id])
    connection.execute(delete(activity).where(activity.c.contact_id == contact_id))
    connection.execute(delete(campaign_member).where(campaign_member.c.contact_id == contact_id))
    connection.execute(update(contact_role).where(contact_role.c.contact_id == contact_id).values(contact_id=None))
    keys = [
        contact_id,
        f"mql/{contact_id}",
        f"explore/{contact_id}",
        f"raise/{contact_id}",
        *map(str, refs),
        *(f"potential/{ref.id}" for ref in refs),
    ]
    connection.execute(delete(wish).where(or_(wish.c.key.in_(keys), wish.c.key.endswith(f"/{contact_id}"))))
    connection.execute(delete(identifier).where(identifier.c.kind == "contact", identifier.c.golden_id == contact_id))
    connection.execute(delete(link).where(link.c.kind == "contact", link.c.golden_id == contact_id))
    connection.execute(
        delete(alias).where(alias.c.kind == "contact", or_(alias.c.new_id == contact_id, alias.c.old_id == contact_id))
    )
    Doubles(connection).forget("contact", [contact_id])
    connection.execute(delete(contact).where(contact.c.id == contact_id))
    return _drop(connection, [*sources, *refs])


def named(connection: Connection, contact_id: str) -> Named:
    """By what texts may name a contact."""
    row = connection.execute(
        select(contact.c.first_name, contact.c.last_name).where(contact.c.id == contact_id)
    ).first()
    first, last = (row.first_name or "", row.last_name or "") if row else ("", "")
    return Named(first, last, frozenset(_emails(connection, contact_id)))


def _refs(connection: Connection, contact_id: str) -> list[RemoteRef]:
    names = select(link.c.system, link.c.stream, link.c.remote_id)
    theirs = names.where(link.c.kind == "contact", link.c.golden_id == contact_id)
    return [ref_of(row) for row in connection.execute(theirs)]


def _emails(connection: Connection, contact_id: str) -> list[str]:
    theirs = and_(identifier.c.kind == "contact", identifier.c.how == "email", identifier.c.golden_id == contact_id)
    return list(connection.execute(select(identifier.c.value).where(theirs)).scalars())


def _forget_waiting(connection: Connection, names: Sequence[str]) -> int:
    """Records that wait for one of these addresses are about the same person."""
    rows = connection.execute(select(waiting).where(waiting.c.ref.in_(names))).all()
    connection.execute(delete(waiting).where(waiting.c.ref.in_(names)))
    return _drop(connection, map(ref_of, rows))


def _speaking_of(connection: Connection, refs: Sequence[RemoteRef], emails: Sequence[str]) -> list[RemoteRef]:
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


def _drop(connection: Connection, refs: Iterable[RemoteRef]) -> int:
    """Delete raw records, unless an activity of somebody else hangs on them."""
    dropped = 0
    for ref in dict.fromkeys(refs):
        if Activities(connection).stands(ref):
            continue
        Verdicts(connection).forget([ref])
        for table in (source_record, quarantine, waiting):
            count = connection.execute(delete(table).where(is_named(table, ref))).rowcount
            dropped += int(count) if table is source_record else 0
    return dropped
