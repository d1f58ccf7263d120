"""What was written for one record stands for the one that it turns out to be: its wishes take the survivor's name.

Keys of wishes end with the contact's golden id, and begin with the account's. Under the survivor's name a task, a
contact role or a contact that was written already would be wanted once more, and made twice. A creation that is still
in doubt is renamed too, and looked up by its former name as well; where the survivor has the same already it goes:
whether it stands or not, nobody wants it a second time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import Connection, delete, or_, select, update

from syncd.model.references import RemoteRef
from syncd.store.answers import Answers
from syncd.store.queue import Queue
from syncd.store.statements import among, chunks
from syncd.store.wishes import is_wish
from syncd.tables.core import alias, contact, link, wish


def inherit(connection: Connection, kind: str, loser: str, survivor: str) -> None:
    """Rename what was sent for a contact, and what is in doubt for either, unless the survivor has the same already.

    An opportunity that stands is known by its key's last part, whatever became of its account: it keeps its key.
    """
    Queue(connection).rename(kind, loser, survivor)
    if kind == "contact":
        Answers(connection).rename(loser, survivor)
    home = loser if kind == "account" else connection.scalar(select(contact.c.account_id).where(contact.c.id == loser))
    doubtful = wish.c.uncertain.is_(True)
    concerned = doubtful if kind == "account" else or_(wish.c.sent_digest != "", doubtful)
    statement = select(wish.c.system, wish.c.object, wish.c.key, wish.c.sent_digest)
    for system, object_, key, sent_digest in connection.execute(statement.where(wish.c.account_id == home, concerned)):
        named = _renamed(kind, key, loser, survivor)
        if named is None:
            continue
        survivors = is_wish(system, object_, named)
        connection.execute(delete(wish).where(survivors, wish.c.sent_digest == "", wish.c.uncertain.is_(False)))
        if connection.execute(select(wish.c.key).where(survivors)).first() is None:
            connection.execute(update(wish).where(is_wish(system, object_, key)).values(key=named))
        elif not sent_digest:
            connection.execute(delete(wish).where(is_wish(system, object_, key)))


def _renamed(kind: str, key: str, old: str, new: str) -> str | None:
    """The key under another golden id; None where it does not carry the old one."""
    if key == old:
        return new
    if kind == "account":
        return new + key.removeprefix(old) if key.startswith(f"{old}/") else None
    return key.removesuffix(old) + new if key.endswith(f"/{old}") else None


def former_keys(connection: Connection, keys: Iterable[str]) -> dict[str, list[str]]:
    """The names that keys had before their contact or account was merged into the one that they are named after now,
    and those that they would have under another of its records: a store that was restored may have met that one first.

    A golden id is two words: `salesforce.Contact/003…`.
    """
    names: dict[str, list[str]] = defaultdict(list)
    words = {key: key.split("/") for key in keys}
    for kind, ids in (
        ("account", {"/".join(parts[:2]) for parts in words.values()}),
        ("contact", {"/".join(parts[-2:]) for parts in words.values()}),
    ):
        for part in chunks(sorted(ids)):
            aliases = select(alias.c.new_id, alias.c.old_id).where(among(alias.c.new_id, part, (alias.c.kind, kind)))
            columns = (link.c.golden_id, link.c.system, link.c.stream, link.c.remote_id)
            records = select(*columns).where(among(link.c.golden_id, part, (link.c.kind, kind)))
            others = [(row[0], str(RemoteRef(*row[1:]))) for row in connection.execute(records)]
            for new_id, old_id in (*connection.execute(aliases).all(), *others):
                for key in words:
                    for name in (key, *names.get(key, ())):  # a contact role's names both
                        former = _renamed(kind, name, new_id, old_id)
                        if former and former != key and former not in names[key]:
                            names[key].append(former)
    return {key: former for key, former in names.items() if former}
