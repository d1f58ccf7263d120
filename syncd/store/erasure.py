"""How a person is forgotten: everything held about them goes, and what comes again of it is not kept."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from sqlalchemy import Connection, delete, select, update

from syncd.model.references import RemoteRef
from syncd.store.activities import Activities
from syncd.store.answers import Answers
from syncd.store.audit import Audit
from syncd.store.conditions import is_named
from syncd.store.doubles import Doubles
from syncd.store.mentions import Named
from syncd.store.milestones import Milestones
from syncd.store.notes import ASKED_PLANS, Notes
from syncd.store.queue import Queue
from syncd.store.runs import Runs
from syncd.store.somebody import PLACES, Going, Somebody, somebody_of
from syncd.store.tombstones import Tombstones
from syncd.store.verdicts import Verdicts
from syncd.tables.columns import metadata
from syncd.tables.core import account, contact, contact_role, source_record, waiting


def erase(connection: Connection, contact_id: str, actor: str) -> int:
    """Forget one golden contact, and note that it was done; returns how many remote records went with them."""
    who = somebody_of(connection, contact_id)
    names = [f"email/{email}" for email in who.emails]
    Tombstones(connection).add([*map(str, who.refs), *names], datetime.now(UTC))
    _forget(connection, who)
    connection.execute(delete(waiting).where(waiting.c.ref.in_(names)))
    gone = _drop(connection, who.records)
    Notes(connection).drop_all(ASKED_PLANS)  # they show people field by field; what is pending is planned anew
    Runs(connection).forget(who.names)
    Audit(connection).forget(who.names)
    Audit(connection).write(actor, "erase", f"{gone} records of one person")
    return gone


def _forget(connection: Connection, who: Somebody) -> None:
    """Take out a contact, what they did, and what we wished of them."""
    contact_id = who.contact_id
    home = select(contact.c.account_id).where(contact.c.id == contact_id)
    connection.execute(update(account).where(account.c.id.in_(home)).values(stale=True))
    Milestones(connection).erase(contact_id)
    Queue(connection).erase(contact_id, who.named)
    Answers(connection).erase(contact_id, who.named)
    connection.execute(
        update(contact_role).where(PLACES["contact_role"].holds(connection, who)).values(contact_id=None)
    )
    Doubles(connection).forget("contact", [contact_id])
    for name, place in reversed([*PLACES.items()]):
        if place.going is Going.WHOLE:
            connection.execute(delete(metadata.tables[name]).where(place.holds(connection, who)))


def named(connection: Connection, contact_id: str) -> Named:
    """By what texts may name a contact."""
    return somebody_of(connection, contact_id).named


def _drop(connection: Connection, refs: Iterable[RemoteRef]) -> int:
    """Delete raw records, unless an activity of somebody else hangs on them."""
    dropped = 0
    for ref in dict.fromkeys(refs):
        if Activities(connection).stands(ref):
            continue
        Verdicts(connection).forget([ref])
        for name, place in PLACES.items():
            if place.going is Going.WITH_RECORD:
                table = metadata.tables[name]
                count = connection.execute(delete(table).where(is_named(table, ref))).rowcount
                dropped += int(count) if table is source_record else 0
    return dropped
