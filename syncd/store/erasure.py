"""Statements that forget a person: everything held about them goes, and what comes again of it is not kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import Connection, and_, delete, func, or_, select, update

from syncd.store.database import Database, table_of
from syncd.store.golden import (
    account,
    activity,
    alias,
    contact,
    contact_role,
    identifier,
    link,
    opportunity,
    waiting,
    wish,
)
from syncd.store.records import Ref, quarantine, source_record, split
from syncd.store.tombstones import salt, token
from syncd.tables import CampaignMemberRow, CampaignRow, Erased, StageChangeRow

campaign_member = table_of(CampaignMemberRow)
campaign = table_of(CampaignRow)
stage_change = table_of(StageChangeRow)


def erase(database: Database, connection: Connection, contact_id: str, at: datetime) -> int:
    """Forget one golden contact; returns how many remote records went with them."""
    refs = _refs(connection, contact_id)
    emails = [
        f"email/{row.value}"
        for row in connection.execute(
            select(identifier.c.value).where(
                identifier.c.kind == "contact", identifier.c.how == "email", identifier.c.golden_id == contact_id
            )
        )
    ]
    key = salt(database, connection)
    database.upsert(connection, Erased, [{"token": token(key, ref), "at": at} for ref in (*refs, *emails)])
    gone = forget(connection, contact_id, refs)
    return gone + _forget_waiting(connection, emails) + _drop(connection, _speaking_of(connection, refs, emails))


def forget(connection: Connection, contact_id: str, refs: Sequence[Ref]) -> int:
    """Take out a contact, what they did, what we wished of them, and the raw records behind all of it."""
    home = select(contact.c.account_id).where(contact.c.id == contact_id)
    connection.execute(update(account).where(account.c.id.in_(home)).values(stale=True))
    sources = connection.execute(
        select(activity.c.system, activity.c.stream, activity.c.remote_id).where(activity.c.contact_id == contact_id)
    ).all()
    remote_ids = [split(ref)[2] for ref in refs]
    connection.execute(delete(activity).where(activity.c.contact_id == contact_id))
    connection.execute(delete(campaign_member).where(campaign_member.c.contact_id == contact_id))
    connection.execute(update(contact_role).where(contact_role.c.contact_id == contact_id).values(contact_id=None))
    keys = [
        contact_id,
        f"mql/{contact_id}",
        f"explore/{contact_id}",
        *refs,
        *(f"potential/{one}" for one in remote_ids),
    ]
    connection.execute(delete(wish).where(or_(wish.c.key.in_(keys), wish.c.key.endswith(f"/{contact_id}"))))
    connection.execute(delete(identifier).where(identifier.c.kind == "contact", identifier.c.golden_id == contact_id))
    connection.execute(delete(link).where(link.c.kind == "contact", link.c.golden_id == contact_id))
    connection.execute(
        delete(alias).where(alias.c.kind == "contact", or_(alias.c.new_id == contact_id, alias.c.old_id == contact_id))
    )
    connection.execute(delete(contact).where(contact.c.id == contact_id))
    return _drop(connection, [*(f"{row.system}.{row.stream}/{row.remote_id}" for row in sources), *refs])


def _refs(connection: Connection, contact_id: str) -> list[Ref]:
    rows = connection.execute(
        select(link.c.system, link.c.stream, link.c.remote_id).where(
            link.c.kind == "contact", link.c.golden_id == contact_id
        )
    )
    return [f"{row.system}.{row.stream}/{row.remote_id}" for row in rows]


def _forget_waiting(connection: Connection, emails: Sequence[Ref]) -> int:
    """Records that wait for one of these addresses are about the same person."""
    rows = connection.execute(select(waiting).where(waiting.c.ref.in_(emails))).all()
    connection.execute(delete(waiting).where(waiting.c.ref.in_(emails)))
    return _drop(connection, [f"{row.system}.{row.stream}/{row.remote_id}" for row in rows])


def _speaking_of(connection: Connection, refs: Sequence[Ref], emails: Sequence[Ref]) -> list[Ref]:
    """The raw records that name one of the ids or addresses: open tasks, memberships, roles; no record of its own kind.

    They hang on nobody by a column, so that every record is looked through.
    """
    table = source_record.c
    named = [
        and_(table.system == system, table.raw.contains(f'"{remote_id}"', autoescape=True))
        for system, _, remote_id in map(split, refs)
    ]
    named += [func.lower(table.raw).contains(one.removeprefix("email/"), autoescape=True) for one in emails]
    linked = and_(link.c.system == table.system, link.c.stream == table.stream, link.c.remote_id == table.remote_id)
    ref = table.system + "." + table.stream + "/" + table.remote_id
    standing = [select(one.c.id).where(one.c.id == ref).exists() for one in (opportunity, campaign, stage_change)]
    found = select(table.system, table.stream, table.remote_id).where(
        or_(*named), ~select(link.c.golden_id).where(linked).exists(), ~or_(*standing)
    )
    return [f"{row.system}.{row.stream}/{row.remote_id}" for row in connection.execute(found)] if named else []


def _drop(connection: Connection, refs: Iterable[Ref]) -> int:
    """Delete raw records, unless an activity of somebody else hangs on them."""
    dropped = 0
    for ref in dict.fromkeys(refs):
        system, stream, remote_id = split(ref)
        others = select(activity.c.id).where(
            activity.c.system == system, activity.c.stream == stream, activity.c.remote_id == remote_id
        )
        if connection.execute(others.limit(1)).first() is not None:
            continue
        for table in (source_record, quarantine, waiting):
            this = and_(table.c.system == system, table.c.stream == stream, table.c.remote_id == remote_id)
            count = connection.execute(delete(table).where(this)).rowcount
            dropped += int(count) if table is source_record else 0
    return dropped
