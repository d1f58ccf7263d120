"""Wishes: what judge wants to stand, and what is pending."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import orjson
from sqlalchemy import ColumnElement, Connection, Row, and_, delete, func, not_, or_, select, true, update

from syncd.model import Judgement, Wish, kinds
from syncd.model.references import Ref, RemoteRef
from syncd.store.fields import Fields, as_json, digest, read_fields
from syncd.store.quarantine import Quarantine
from syncd.store.statements import OnConflict, among, chunks, upsert
from syncd.tables import WishRow
from syncd.tables.core import source_record, wish
from syncd.tables.meaning import PENDING

GONE = func.coalesce(wish.c.error_code, "") == "gone"  # a person deleted the record: syncd does not make it again

# What is wanted already, was made for once and all, or was deleted by a person stays as it is.
_WANTED_ANEW = OnConflict(
    keep=("once",),
    put=(("remote_id", "coalesce(wish.remote_id, excluded.remote_id)"), ("attempts", "0")),
    when=(
        "wish.wanted_digest <> excluded.wanted_digest AND (wish.once = false OR wish.sent_digest = '') "
        "AND (wish.error_code IS NULL OR wish.error_code <> 'gone')"
    ),
)


@dataclass(frozen=True)
class PendingWish:
    """A wish that differs from what was last acknowledged."""

    system: str
    object: str
    key: str
    account_id: str | None
    wanted: Fields
    wanted_digest: str
    sent: Fields
    once: bool
    remote_id: str | None
    acknowledged: dict[str, Any]
    touched: tuple[str, ...]
    late: Fields  # what the record ought to have started with
    uncertain: bool
    attempts: int
    retry_at: datetime | None
    error: str | None
    gone: bool  # a person deleted the record
    reason: str

    @property
    def changes(self) -> Fields:
        """The fields that differ from what stands there."""
        if self.remote_id is None:
            return self.wanted
        return {name: value for name, value in self.wanted.items() if name not in self.sent or self.sent[name] != value}

    @property
    def refs(self) -> list[Ref]:
        """The records that the changed fields point at."""
        return [value for value in self.changes.values() if isinstance(value, Ref)]


class Deleted(NamedTuple):
    """A record with our key that a person deleted; account_id: golden."""

    remote_id: str
    at: datetime
    key: str | None
    account_id: str | None


@dataclass(frozen=True, slots=True)
class Wishes:
    """The wishes of every account, one a remote record."""

    connection: Connection

    def want(self, judgements: Sequence[Judgement]) -> None:
        """Put the judgements' wishes in place of those that their accounts had before.

        A wish that was never sent and is not wanted any more goes; one that was sent stays as it was acknowledged. One
        whose creation is in doubt wants nothing: it is looked up, and goes unless it stands.
        """
        late = self._late([judgement.account_id for judgement in judgements])
        rows = [_row(judgement.account_id, one, late) for judgement in judgements for one in judgement.wishes]
        wanted = {(row["system"], row["object"], row["key"]) for row in rows}
        self._withdraw([judgement.account_id for judgement in judgements], wanted)
        self._turn([one for judgement in judgements for one in judgement.wishes if one.object in kinds.DECLARED])
        upsert(self.connection, WishRow, rows, _WANTED_ANEW)

    def pending(
        self,
        system: str,
        limit: int | None,
        now: datetime | None,
        object_: str | None = None,
        after: str = "",
        accounts: Sequence[str] | None = None,
    ) -> list[PendingWish]:
        """The next wishes that differ from what was acknowledged, by object and key; `now`: those whose rest is over.

        object_: of this type only. after: the key behind which to go on. accounts: of these alone.
        """
        statement = select(wish).where(PENDING, *_of(accounts), wish.c.system == system, wish.c.key > after)
        if object_ is not None:
            statement = statement.where(wish.c.object == object_)
        if now is not None:
            statement = statement.where(or_(wish.c.retry_at.is_(None), wish.c.retry_at <= now))
        statement = statement.order_by(wish.c.object, wish.c.key).limit(limit)
        return [pending_wish(row) for row in self.connection.execute(statement)]

    def of_account(self, account_id: str) -> list[PendingWish]:
        """What is wanted of the records of one account, whether or not it stands there; by system, object and key."""
        theirs = select(wish).where(wish.c.account_id == account_id).order_by(wish.c.system, wish.c.object, wish.c.key)
        return [pending_wish(row) for row in self.connection.execute(theirs)]

    def waiting_of(self, account_ids: Iterable[str]) -> set[tuple[str, str, str]]:
        """System, object and key of the pending wishes of these accounts."""
        columns = (wish.c.system, wish.c.object, wish.c.key)
        return {
            (row[0], row[1], row[2])
            for part in chunks(sorted(account_ids))
            for row in self.connection.execute(select(*columns).where(among(wish.c.account_id, part), PENDING))
        }

    def say_why(self, withdrawn: Iterable[tuple[str, str, str]], reason: str) -> None:
        """Note why nothing is wanted any more of records that stand."""
        for name in withdrawn:
            self.connection.execute(update(wish).where(is_wish(*name)).values(reason=reason))

    def count_pending(
        self, now: datetime | None = None, accounts: Sequence[str] | None = None
    ) -> dict[str, dict[str, int]]:
        """How many wishes are pending, by system and object; what a person deleted waits for nothing.

        now: only those whose rest after a refusal is over. accounts: of these alone.
        """
        statement = select(wish.c.system, wish.c.object, func.count()).where(PENDING, *_of(accounts), not_(GONE))
        if now is not None:
            statement = statement.where(or_(wish.c.retry_at.is_(None), wish.c.retry_at <= now))
        numbers: dict[str, dict[str, int]] = defaultdict(dict)
        for system, object_, number in self.connection.execute(statement.group_by(wish.c.system, wish.c.object)):
            numbers[system][object_] = number
        return dict(numbers)

    def digest_pending(self, now: datetime) -> str:
        """What tells apart what is pending now, and does not rest, from what was pending another time."""
        names = select(wish.c.system, wish.c.object, wish.c.key, wish.c.wanted_digest)
        due = names.where(PENDING, not_(GONE), or_(wish.c.retry_at.is_(None), wish.c.retry_at <= now))
        rows = self.connection.execute(due.order_by(wish.c.system, wish.c.object, wish.c.key))
        return digest({"pending": [[*row] for row in rows]})

    def count_unaccepted(self) -> dict[tuple[str, str], int]:
        """How many wishes were not accepted and will be tried again, by system and object."""
        waits = and_(PENDING, wish.c.error.is_not(None), not_(GONE))
        by_object = (wish.c.system, wish.c.object)
        statement = select(*by_object, func.count()).where(waits).group_by(*by_object).order_by(*by_object)
        return {(row[0], row[1]): row[2] for row in self.connection.execute(statement)}

    def count_lacking(self, system: str, object_: str, fields: Sequence[str]) -> int:
        """How many wishes wait to be made and lack one of these fields."""
        lacks = or_(*(not_(wish.c.wanted.contains(f'"{name}":', autoescape=True)) for name in fields))
        new = (PENDING, wish.c.remote_id.is_(None), wish.c.wanted != "{}", not_(GONE))
        of_object = (wish.c.system == system, wish.c.object == object_)
        statement = select(func.count()).select_from(wish).where(*new, *of_object, lacks)
        return self.connection.scalar(statement) or 0

    def mark_deleted(self, system: str, object_: str, deleted: Sequence[Deleted], living: Iterable[str]) -> list[str]:
        """Note when a person deleted what was made, also by a store that is no more; `living` stand (again).

        Returns those of the living that had been deleted.
        """
        these = (wish.c.system == system, wish.c.object == object_)
        unknown = []
        for record in deleted:
            known = update(wish).where(*these, wish.c.remote_id == record.remote_id).values(deleted_at=record.at)
            if not self.connection.execute(known).rowcount and record.key and record.account_id:
                unknown.append(_remembered(system, object_, record))
        upsert(self.connection, WishRow, unknown, OnConflict(when="wish.remote_id = excluded.remote_id"))
        back: list[str] = []
        for part in chunks(sorted(living)):
            those = among(wish.c.remote_id, part, (wish.c.system, system), (wish.c.object, object_))
            again = select(wish.c.remote_id).where(those, wish.c.deleted_at.is_not(None))
            back += self.connection.execute(again).scalars()
        for part in chunks(back):
            those = among(wish.c.remote_id, part, (wish.c.system, system), (wish.c.object, object_))
            self.connection.execute(update(wish).where(those).values(deleted_at=None))
        return back

    def homes(self, system: str, object_: str, remote_ids: Sequence[str]) -> set[str]:
        """The accounts for which these records were made."""
        these = (wish.c.system, system), (wish.c.object, object_)
        return {
            account_id
            for part in chunks(sorted(remote_ids))
            for account_id in self.connection.execute(
                select(wish.c.account_id).where(among(wish.c.remote_id, part, *these))
            ).scalars()
            if account_id
        }

    def _late(self, account_ids: Sequence[str]) -> dict[tuple[str, str, str], Fields]:
        """What records of these accounts ought to have started with and still lack, by the names of their wishes."""
        columns = (wish.c.system, wish.c.object, wish.c.key, wish.c.late)
        return {
            (row.system, row.object, row.key): read_fields(row.late)
            for part in chunks(account_ids)
            for row in self.connection.execute(
                select(*columns).where(among(wish.c.account_id, part), wish.c.late != "{}")
            )
        }

    def _withdraw(self, account_ids: Sequence[str], wanted: set[tuple[str, str, str]]) -> None:
        columns = (wish.c.system, wish.c.object, wish.c.key, wish.c.sent_digest, wish.c.uncertain)
        by_end: dict[tuple[bool, bool, str, str], list[str]] = defaultdict(list)  # sent, in doubt, system, object
        for part in chunks(account_ids):
            statement = select(*columns).where(among(wish.c.account_id, part), PENDING)
            for system, object_, key, sent_digest, uncertain in self.connection.execute(statement):
                if (system, object_, key) not in wanted:
                    by_end[bool(sent_digest), bool(uncertain), system, object_].append(key)
        as_sent = {"wanted": wish.c.sent, "wanted_digest": wish.c.sent_digest}
        nothing = {"wanted": "{}", "wanted_digest": digest({}), "retry_at": None}
        for (sent, uncertain, system, object_), keys in by_end.items():
            for part in chunks(keys):
                these = among(wish.c.key, part, (wish.c.system, system), (wish.c.object, object_))
                quarantined = [quarantined_as(system, object_, key) for key in part]
                Quarantine(self.connection).release(quarantined, "push")  # what nobody wants has no fault
                if sent or uncertain:
                    self.connection.execute(update(wish).where(these).values(as_sent if sent else nothing))
                else:
                    self.connection.execute(delete(wish).where(these))

    def _turn(self, wishes: Sequence[Wish]) -> None:
        """Turn to the records that live now: one that came back from the bin, or another one of the same.

        The wishes' remote ids are of living records. One whose own record is deleted starts anew on the living one.
        """
        by_object: dict[tuple[str, str, str], dict[str, str]] = defaultdict(dict)
        for new_wish in wishes:
            if new_wish.remote_id:
                by_object[new_wish.system, new_wish.object, new_wish.stream][new_wish.key] = new_wish.remote_id
        for (system, object_, stream), living in by_object.items():
            for part in chunks(sorted(living)):
                for key in self._without_record(system, object_, stream, part):
                    this = is_wish(system, object_, key)
                    back = {"attempts": 0, "retry_at": None, "error": None, "error_code": None, "deleted_at": None}
                    anew = {"sent": "{}", "sent_digest": "", "acknowledged": "{}", "touched": "[]", "uncertain": False}
                    self.connection.execute(update(wish).where(this, wish.c.remote_id == living[key]).values(back))
                    other = {**back, **anew, "remote_id": living[key]}
                    self.connection.execute(update(wish).where(this, wish.c.remote_id != living[key]).values(other))
                    Quarantine(self.connection).release([quarantined_as(system, object_, key)], "push")

    def _without_record(self, system: str, object_: str, stream: str, keys: Sequence[str]) -> list[str]:
        """The keys whose record a person deleted or merged away, as far as is known."""
        its_record = and_(
            source_record.c.system == wish.c.system,
            source_record.c.stream == stream.partition(".")[2],
            source_record.c.remote_id == wish.c.remote_id,
        )
        statement = (
            select(wish.c.key)
            .outerjoin(source_record, its_record)
            .where(
                among(wish.c.key, keys, (wish.c.system, system), (wish.c.object, object_)),
                or_(GONE, wish.c.deleted_at.is_not(None), source_record.c.deleted == true()),
            )
        )
        return list(self.connection.execute(statement).scalars())


def quarantined_as(system: str, object_: str, key: str) -> RemoteRef:
    """The name under which a refused wish stands in quarantine."""
    return RemoteRef(system, f"wish:{object_}", key)


def is_wish(system: str, object_: str, key: str) -> ColumnElement[bool]:
    """The condition that holds for one wish alone."""
    return and_(wish.c.system == system, wish.c.object == object_, wish.c.key == key)


def _remembered(system: str, object_: str, deleted: Deleted) -> dict[str, Any]:
    """The wish that made a record, as far as the record itself tells: nothing is wanted of it."""
    nothing = digest({})
    return {
        "system": system,
        "object": object_,
        "key": deleted.key,
        "account_id": deleted.account_id,
        "wanted": "{}",
        "wanted_digest": nothing,
        "sent_digest": nothing,
        "once": False,
        "remote_id": deleted.remote_id,
        "reason": "a person deleted it",
        "deleted_at": deleted.at,
    }


def _of(accounts: Sequence[str] | None) -> Sequence[ColumnElement[bool]]:
    return () if accounts is None else (among(wish.c.account_id, accounts),)


def _row(account_id: str, new_wish: Wish, late: Mapping[tuple[str, str, str], Fields]) -> dict[str, Any]:
    lacking = late.get((new_wish.system, new_wish.object, new_wish.key))
    fields = {**lacking, **new_wish.fields} if lacking else new_wish.fields
    return {
        "system": new_wish.system,
        "object": new_wish.object,
        "key": new_wish.key,
        "account_id": account_id,
        "wanted": as_json(fields),
        "wanted_digest": digest(fields),
        "once": new_wish.once,
        "remote_id": new_wish.remote_id,
        "reason": new_wish.reason,
        "retry_at": new_wish.not_before,
    }


def pending_wish(row: Row[Any]) -> PendingWish:
    """The wish of a row."""
    return PendingWish(
        system=row.system,
        object=row.object,
        key=row.key,
        account_id=row.account_id,
        wanted=read_fields(row.wanted),
        wanted_digest=row.wanted_digest,
        sent=read_fields(row.sent),
        once=row.once,
        remote_id=row.remote_id,
        acknowledged={} if row.acknowledged == "{}" else orjson.loads(row.acknowledged),
        late=read_fields(row.late),
        touched=() if row.touched == "[]" else tuple(orjson.loads(row.touched)),
        uncertain=row.uncertain,
        attempts=row.attempts,
        retry_at=row.retry_at,
        error=row.error,
        gone=row.error_code == "gone",
        reason=row.reason,
    )
