"""Statements of match: links, identifiers, golden rows, and which accounts a change makes stale."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, and_, delete, false, select, true, update
from sqlmodel import SQLModel

from syncd.matching import Known, Token
from syncd.store.database import Database, among, chunks, table_of
from syncd.store.inheritance import inherit
from syncd.store.records import MERGED, Stored, matched, quarantine_rows, release, source_record, stored, unmatch
from syncd.store.tombstones import any_erased, which_erased
from syncd.tables import (
    AccountRow,
    ActivityRow,
    Alias,
    CampaignMemberRow,
    CampaignRow,
    ContactRoleRow,
    ContactRow,
    Identifier,
    JudgementRow,
    Link,
    OpportunityRow,
    StageChangeRow,
    UserRow,
    Waiting,
    WishRow,
)

link = table_of(Link)
identifier = table_of(Identifier)
alias = table_of(Alias)
waiting = table_of(Waiting)
account = table_of(AccountRow)
contact = table_of(ContactRow)
activity = table_of(ActivityRow)
opportunity = table_of(OpportunityRow)
contact_role = table_of(ContactRoleRow)
wish = table_of(WishRow)

TABLES: dict[str, type[SQLModel]] = {
    "user": UserRow,
    "account": AccountRow,
    "contact": ContactRow,
    "campaign": CampaignRow,
    "campaign_member": CampaignMemberRow,
    "opportunity": OpportunityRow,
    "stage_change": StageChangeRow,
    "contact_role": ContactRoleRow,
}
_LISTS = {"emails", "codes", "registers", "sources", "touched"}
_RECOGNISED_BY: dict[str, tuple[str, ...]] = {
    "account": ("name", "city", "state", "postal_code", "domain"),
    "contact": ("first_name", "last_name"),
    "user": ("name",),
}

Ref = str  # "system.stream/id"


def split(ref: Ref) -> tuple[str, str, str]:
    """`system.stream/id` → (system, stream, id)."""
    place, _, remote_id = ref.partition("/")
    system, _, stream = place.partition(".")
    return system, stream, remote_id


@dataclass
class Linked:
    """Where a remote record belongs today."""

    golden_id: str
    kind: str
    manual: bool


@dataclass(frozen=True)
class Acknowledged:
    """The guarded fields of one opportunity as they stood after our last write, and those a person touched since.

    unread: written, and not read back yet.
    """

    key: str
    yardstick: dict[str, Any]
    touched: tuple[str, ...]
    unread: bool


@dataclass
class Batch:
    """One transaction of match: a batch of records, and every statement that placing them needs."""

    database: Database
    connection: Connection
    records: Sequence[Stored]
    faults: dict[tuple[str, str, str], str] = field(default_factory=dict)
    stale: set[str] = field(default_factory=set)
    arrived: set[Ref] = field(default_factory=set)

    # ---- reading ----

    def links(self, refs: Iterable[Ref]) -> dict[Ref, Linked]:
        """Where the named remote records belong; unknown ones are left out."""
        found: dict[Ref, Linked] = {}
        for (system, stream), ids in _by_stream(split(ref) for ref in set(refs)).items():
            if not stream:
                continue
            for part in chunks(sorted(ids)):
                rows = self.connection.execute(
                    select(link.c.remote_id, link.c.golden_id, link.c.kind, link.c.manual).where(
                        link.c.system == system, link.c.stream == stream, among(link.c.remote_id, part)
                    )
                ).all()
                for remote_id, golden_id, kind, manual in rows:
                    found[f"{system}.{stream}/{remote_id}"] = Linked(golden_id, kind, manual)
        return found

    def goldens_by(self, kind: str, how: str, values: Iterable[str]) -> dict[str, list[str]]:
        """Golden ids by identifying value."""
        found: dict[str, list[str]] = defaultdict(list)
        for part in chunks(sorted(set(values))):
            rows = self.connection.execute(
                select(identifier.c.value, identifier.c.golden_id)
                .where(identifier.c.kind == kind, identifier.c.how == how, among(identifier.c.value, part))
                .order_by(identifier.c.golden_id)
            ).all()
            for value, golden_id in rows:
                found[value].append(golden_id)
        return found

    def known(self, kind: str, tokens: Iterable[Token]) -> dict[Token, list[Known]]:
        """Candidates for each token, with what they are recognised by. `ref` tokens go through links both ways."""
        by_how: dict[str, set[str]] = defaultdict(set)
        for how, value in tokens:
            by_how[how].add(value)
        ids: dict[Token, list[str]] = defaultdict(list)
        for key, golden_id in self._standing(kind, by_how.pop("key", ())).items():
            ids["key", key].append(golden_id)
        for how, values in by_how.items():
            for value, golden_ids in self.goldens_by(kind, how, values).items():
                ids[how, value] += golden_ids
        for ref, place in self.links(by_how.get("ref", ())).items():
            if place.kind == kind and place.golden_id not in ids["ref", ref]:
                ids["ref", ref].append(place.golden_id)
        rows = self.recognisable(kind, {one for group in ids.values() for one in group})
        return {token: [rows[one] for one in group if one in rows] for token, group in ids.items()}

    def _standing(self, kind: str, keys: Iterable[str]) -> dict[str, str]:
        """Golden ids that still stand under these keys, aliases followed."""
        table = table_of(TABLES[kind])
        found: dict[str, str] = {}
        for part in chunks(sorted(set(keys))):
            renamed = select(alias.c.old_id, alias.c.new_id).where(alias.c.kind == kind, among(alias.c.old_id, part))
            found.update({row[0]: row[1] for row in self.connection.execute(renamed)})
            standing = self.connection.execute(select(table.c.id).where(among(table.c.id, part))).scalars()
            found.update({key: key for key in standing})
        return found

    def recognisable(self, kind: str, ids: Iterable[str]) -> dict[str, Known]:
        """The identifying fields and linked streams of golden records."""
        table = table_of(TABLES[kind])
        columns = [table.c[name] for name in ("id", *_RECOGNISED_BY[kind])]
        found: dict[str, Known] = {}
        for part in chunks(sorted(set(ids))):
            streams: dict[str, set[str]] = defaultdict(set)
            for golden_id, system, stream in self.connection.execute(
                select(link.c.golden_id, link.c.system, link.c.stream).where(
                    link.c.kind == kind, among(link.c.golden_id, part)
                )
            ).all():
                streams[golden_id].add(f"{system}.{stream}")
            for row in self.connection.execute(select(*columns).where(among(table.c.id, part))).all():
                found[row.id] = Known(row.id, dict(row._mapping), frozenset(streams[row.id]))
        return found

    def rows(self, kind: str, ids: Iterable[str]) -> dict[str, dict[str, Any]]:
        """Golden rows as they stand, JSON columns parsed."""
        table = table_of(TABLES[kind])
        return {
            row.id: _decoded(dict(row._mapping))
            for part in chunks(sorted(set(ids)))
            for row in self.connection.execute(select(table).where(among(table.c.id, part))).all()
        }

    def members(self, kind: str, ids: Iterable[str]) -> dict[str, list[Ref]]:
        """The live remote records behind each golden record."""
        found: dict[str, list[Ref]] = defaultdict(list)
        live = source_record.c.deleted == false()
        here = and_(
            source_record.c.system == link.c.system,
            source_record.c.stream == link.c.stream,
            source_record.c.remote_id == link.c.remote_id,
        )
        for part in chunks(sorted(set(ids))):
            statement = (
                select(link.c.golden_id, link.c.system, link.c.stream, link.c.remote_id)
                .join(source_record, here)
                .where(link.c.kind == kind, among(link.c.golden_id, part), live)
            )
            for golden_id, system, stream, remote_id in self.connection.execute(statement).all():
                found[golden_id].append(f"{system}.{stream}/{remote_id}")
        return found

    def stored(self, refs: Iterable[Ref]) -> list[Stored]:
        """Remote records as they came."""
        return [
            stored(row)
            for (system, stream), ids in _by_stream(split(ref) for ref in refs).items()
            for part in chunks(sorted(ids))
            for row in self.connection.execute(
                select(source_record).where(
                    source_record.c.system == system,
                    source_record.c.stream == stream,
                    among(source_record.c.remote_id, part),
                )
            ).all()
        ]

    def contact_accounts(self, ids: Iterable[str]) -> dict[str, str | None]:
        """The account of each contact."""
        return {
            contact_id: account_id
            for part in chunks(sorted(set(ids)))
            for contact_id, account_id in self.connection.execute(
                select(contact.c.id, contact.c.account_id).where(among(contact.c.id, part))
            ).all()
        }

    def acknowledged(self, remote_ids: Sequence[str]) -> dict[str, Acknowledged]:
        """What our opportunity wishes know of these remote records."""
        return {
            row.remote_id: Acknowledged(
                row.key, orjson.loads(row.acknowledged), tuple(orjson.loads(row.touched)), row.unread
            )
            for part in chunks(remote_ids)
            for row in self.connection.execute(
                select(wish.c.remote_id, wish.c.key, wish.c.acknowledged, wish.c.touched, wish.c.unread).where(
                    wish.c.object == "opportunity", among(wish.c.remote_id, part)
                )
            )
        }

    def acknowledge(self, known: Mapping[str, Acknowledged]) -> None:
        """Keep what opportunities look like after our write: remote id → yardstick and touched fields."""
        for remote_id, one in known.items():
            self.connection.execute(
                update(wish)
                .where(wish.c.object == "opportunity", wish.c.remote_id == remote_id)
                .values(
                    acknowledged=orjson.dumps(one.yardstick).decode(),
                    touched=orjson.dumps(list(one.touched)).decode(),
                    unread=one.unread,
                )
            )

    # ---- writing ----

    def put(self, kind: str, rows: Sequence[Mapping[str, Any]], *, keep: Sequence[str] = ()) -> None:
        """Upsert golden rows; lists and dicts become JSON."""
        self.database.upsert(self.connection, TABLES[kind], _encoded(rows), keep=keep)

    def place(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Upsert links and remember that these records have arrived."""
        self.database.upsert(self.connection, Link, rows)
        self.arrived.update(f"{row['system']}.{row['stream']}/{row['remote_id']}" for row in rows)

    def identify(self, kind: str, tokens: Mapping[str, Sequence[Token]]) -> None:
        """Replace what golden records are recognised by."""
        for part in chunks(list(tokens)):
            self.connection.execute(
                delete(identifier).where(identifier.c.kind == kind, among(identifier.c.golden_id, part))
            )
        rows = [
            {"kind": kind, "how": how, "value": value, "golden_id": golden_id}
            for golden_id, found in tokens.items()
            for how, value in dict.fromkeys(found)
        ]
        self.database.insert(self.connection, Identifier, rows)
        self.arrived.update(f"{row['how']}/{row['value']}" for row in rows if row["how"] != "ref")

    def replace_activities(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Put the batch's activities in place of those that its records had before; marks accounts of both stale."""
        for (system, stream), ids in _by_stream([(r.system, r.stream, r.remote_id) for r in self.records]).items():
            for part in chunks(ids):
                before = and_(
                    activity.c.system == system, activity.c.stream == stream, among(activity.c.remote_id, part)
                )
                homes = self.connection.execute(
                    select(contact.c.account_id)
                    .join(activity, activity.c.contact_id == contact.c.id)
                    .where(before, contact.c.account_id.is_not(None))
                    .distinct()
                )
                self.stale.update(homes.scalars())
                self.connection.execute(delete(activity).where(before))
        self.database.insert(self.connection, ActivityRow, rows)

    def mark_all(self) -> None:
        """A changed user may be the rep of any account, by ownership or by territory: all are judged again."""
        self.connection.execute(update(account).where(account.c.stale == false()).values(stale=true()))

    def bury(self, refs: Sequence[Ref]) -> None:
        """Mark records that were merged into another one as deleted: their system shows them no more."""
        for ref in refs:
            system, stream, remote_id = split(ref)
            self.connection.execute(
                update(source_record)
                .where(
                    source_record.c.system == system,
                    source_record.c.stream == stream,
                    source_record.c.remote_id == remote_id,
                )
                .values(deleted=true(), gone=MERGED, unmatched=false())
            )

    def remove(self, kind: str, ids: Sequence[str]) -> None:
        """Take golden rows out, with what hangs on them."""
        for part in chunks(ids):
            for cut in _DEPENDENTS.get(kind, ()):
                cut(self.connection, part)
            self.connection.execute(
                delete(identifier).where(identifier.c.kind == kind, among(identifier.c.golden_id, part))
            )
            table = table_of(TABLES[kind])
            self.connection.execute(delete(table).where(among(table.c.id, part)))

    def unlink(self, refs: Sequence[Ref]) -> None:
        """Forget where these records belonged."""
        for ref in refs:
            system, stream, remote_id = split(ref)
            self.connection.execute(
                delete(link).where(link.c.system == system, link.c.stream == stream, link.c.remote_id == remote_id)
            )

    def merge(self, kind: str, loser: str, survivor: str) -> None:
        """Move everything of one golden record to another; the old id stays known as an alias."""
        connection = self.connection
        connection.execute(
            update(link).where(link.c.kind == kind, link.c.golden_id == loser).values(golden_id=survivor)
        )
        connection.execute(update(alias).where(alias.c.kind == kind, alias.c.new_id == loser).values(new_id=survivor))
        self.database.upsert(connection, Alias, [{"kind": kind, "old_id": loser, "new_id": survivor}])
        for column in _CHILDREN[kind]:
            connection.execute(update(column.table).where(column == loser).values({column.name: survivor}))
        if kind in ("account", "contact"):
            inherit(connection, kind, loser, survivor)
        if kind == "account":
            connection.execute(update(wish).where(wish.c.account_id == loser).values(account_id=survivor))
            self.stale.add(survivor)
        self.remove(kind, [loser])

    def wait(self, refs: Mapping[tuple[str, str, str], Iterable[Ref]]) -> None:
        """Have the records matched again once what they refer to arrives."""
        rows = [
            {"ref": ref, "system": system, "stream": stream, "remote_id": remote_id}
            for (system, stream, remote_id), missing in refs.items()
            for ref in set(missing)
        ]
        self.database.upsert(self.connection, Waiting, rows)

    def erased(self, refs: Sequence[Ref]) -> dict[Ref, datetime]:
        """Those of the references whose person was erased, and when."""
        if not refs or not any_erased(self.connection):
            return {}
        return which_erased(self.database, self.connection, refs)

    def drop(self, refs: Iterable[Ref]) -> None:
        """Delete raw records that must not be kept."""
        for (system, stream), ids in _by_stream(split(ref) for ref in refs).items():
            for part in chunks(ids):
                table = source_record.c
                these = and_(table.system == system, table.stream == stream, among(table.remote_id, part))
                self.connection.execute(delete(source_record).where(these))

    def deeds(self, contact_ids: Sequence[str]) -> list[Ref]:
        """The records of what these contacts did."""
        return [
            f"{row.system}.{row.stream}/{row.remote_id}"
            for part in chunks(contact_ids)
            for row in self.connection.execute(
                select(activity.c.system, activity.c.stream, activity.c.remote_id).where(
                    among(activity.c.contact_id, part)
                )
            )
        ]

    def forget_deeds(self, contact_id: str, system: str) -> None:
        """Delete what one system told of a contact's deeds, with the raw records that are about nobody else."""
        theirs = and_(activity.c.contact_id == contact_id, activity.c.system == system)
        deeds = self.connection.execute(select(activity.c.stream, activity.c.remote_id).where(theirs)).all()
        self.connection.execute(delete(activity).where(theirs))
        for stream, remote_id in deeds:
            others = and_(activity.c.system == system, activity.c.stream == stream, activity.c.remote_id == remote_id)
            if self.connection.execute(select(activity.c.id).where(others).limit(1)).first() is None:
                self.drop([f"{system}.{stream}/{remote_id}"])

    def unmatch(self, refs: Iterable[Ref]) -> None:
        """Have these records matched again."""
        for (system, stream), ids in _by_stream(split(ref) for ref in refs).items():
            for part in chunks(ids):
                table = source_record.c
                these = and_(table.system == system, table.stream == stream, among(table.remote_id, part))
                unmatch(self.connection, these)

    def refuse(self, record: Stored, reason: str) -> None:
        """Quarantine a record of this batch."""
        self.faults[record.system, record.stream, record.remote_id] = reason

    def finish(self) -> None:
        """Wake who waited, mark accounts stale, keep faults, and take the mark off the batch's records."""
        self._wake()
        for part in chunks(sorted(self.stale)):
            self.connection.execute(
                update(account).where(among(account.c.id, part), account.c.stale == false()).values(stale=true())
            )
        if self.faults:
            quarantine_rows(self.database, self.connection, "match", self.faults)
        done = [(r.system, r.stream, r.remote_id) for r in self.records]
        release(self.connection, [key for key in done if key not in self.faults], "match")
        matched(self.connection, self.records)

    def _wake(self) -> None:
        for part in chunks(sorted(self.arrived)):
            woken = self.connection.execute(
                select(waiting.c.system, waiting.c.stream, waiting.c.remote_id)
                .where(among(waiting.c.ref, part))
                .distinct()
            ).all()
            self.unmatch(f"{system}.{stream}/{remote_id}" for system, stream, remote_id in woken)
            if woken:
                self.connection.execute(delete(waiting).where(among(waiting.c.ref, part)))


def _by_stream(keys: Iterable[tuple[str, str, str]]) -> dict[tuple[str, str], list[str]]:
    """Ids by (system, stream): one indexed IN list each, where lists of tuples would scan."""
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for system, stream, remote_id in keys:
        found[system, stream].append(remote_id)
    return found


def _encoded(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    names = [name for name in _LISTS if rows and name in rows[0]]
    lists = [
        {name: value if isinstance(value := row[name], str) else orjson.dumps(value).decode() for name in names}
        for row in rows
    ]
    return [{**row, **texts} for row, texts in zip(rows, lists, strict=True)]


def _decoded(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: orjson.loads(value) if name in _LISTS and value else value for name, value in row.items()}


# What points at a golden record by its id, and moves along when it is merged into another.
_CHILDREN: dict[str, tuple[Any, ...]] = {
    "account": (contact.c.account_id, opportunity.c.account_id),
    "contact": (activity.c.contact_id, table_of(CampaignMemberRow).c.contact_id, contact_role.c.contact_id),
    "user": (account.c.owner, contact.c.owner, opportunity.c.owner),
}


def _forget_account(connection: Connection, ids: Sequence[str]) -> None:
    connection.execute(update(contact).where(among(contact.c.account_id, ids)).values(account_id=None))
    connection.execute(update(opportunity).where(among(opportunity.c.account_id, ids)).values(account_id=None))
    judgement = table_of(JudgementRow)
    connection.execute(delete(judgement).where(among(judgement.c.account_id, ids)))
    connection.execute(delete(wish).where(among(wish.c.account_id, ids), wish.c.sent_digest == ""))


def _forget_contact(connection: Connection, ids: Sequence[str]) -> None:
    members = table_of(CampaignMemberRow)
    connection.execute(delete(activity).where(among(activity.c.contact_id, ids)))
    connection.execute(delete(members).where(among(members.c.contact_id, ids)))
    connection.execute(update(contact_role).where(among(contact_role.c.contact_id, ids)).values(contact_id=None))


_DEPENDENTS: dict[str, tuple[Callable[[Connection, Sequence[str]], None], ...]] = {
    "account": (_forget_account,),
    "contact": (_forget_contact,),
}
