"""Statements on wishes: what judge wants, and what is pending."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from hashlib import blake2b
from typing import Any

import orjson
from sqlalchemy import Connection, and_, delete, false, func, or_, select, text, true, update
from sqlalchemy.dialects import postgresql, sqlite

from syncd.model import Judgement, Ref
from syncd.store import records
from syncd.store.database import Database, among, chunks
from syncd.store.golden import wish
from syncd.store.records import source_record
from syncd.store.references import LIVE_STREAM, Reference, as_ref

PENDING = text("sent_digest <> wanted_digest")


@dataclass(frozen=True)
class Pending:
    """A wish that differs from what was last acknowledged."""

    system: str
    object: str
    key: str
    account_id: str | None
    wanted: dict[str, Any]
    wanted_digest: str
    sent: dict[str, Any]
    once: bool
    remote_id: str | None
    acknowledged: dict[str, Any]
    touched: tuple[str, ...]
    uncertain: bool
    attempts: int
    retry_at: datetime | None
    error: str | None
    reason: str
    sent_at: datetime | None

    @property
    def changes(self) -> dict[str, Any]:
        """The fields that differ from what stands there."""
        if self.remote_id is None:
            return self.wanted
        return {name: value for name, value in self.wanted.items() if name not in self.sent or self.sent[name] != value}

    @property
    def refs(self) -> list[Reference]:
        """The records that the changed fields point at."""
        return [(ref[0], ref[1]) for value in self.changes.values() if (ref := as_ref(value))]


def plain(value: Any) -> Any:
    """A wish's value as JSON keeps it; Ref becomes {"ref": [kind, id]}."""
    match value:
        case Ref():
            return {"ref": [value.kind, value.id]}
        case Decimal():
            return int(value) if value == value.to_integral_value() else float(value)
        case datetime() | date():
            return value.isoformat()
        case _:
            return value


def digest(fields: Mapping[str, Any]) -> str:
    """What tells two wishes for one record apart."""
    return blake2b(orjson.dumps(fields, option=orjson.OPT_SORT_KEYS), digest_size=16).hexdigest()


def want(database: Database, connection: Connection, judged: Sequence[Judgement]) -> None:
    """Put the judgements' wishes in place of those that their accounts had before.

    A wish that was never sent and is not wanted any more goes; one that was sent stays as it was acknowledged. One
    whose creation is in doubt wants nothing: it is looked up, and goes unless it stands.
    """
    rows = [_row(one.account_id, wish_) for one in judged for wish_ in one.wishes]
    wanted = {(row["system"], row["object"], row["key"]) for row in rows}
    _withdraw(connection, [one.account_id for one in judged], wanted)
    if not rows:
        return
    _turn(connection, [row for row in rows if row["remote_id"] and row["object"] in LIVE_STREAM])
    insert = sqlite.insert(wish) if database.is_sqlite else postgresql.insert(wish)
    new = insert.excluded
    statement = insert.on_conflict_do_update(
        index_elements=["system", "object", "key"],
        set_={
            "account_id": new.account_id,
            "wanted": new.wanted,
            "wanted_digest": new.wanted_digest,
            "remote_id": func.coalesce(wish.c.remote_id, new.remote_id),
            "reason": new.reason,
            "attempts": 0,
            "retry_at": None,
        },
        where=and_(
            wish.c.wanted_digest != new.wanted_digest,
            or_(wish.c.once == false(), wish.c.sent_digest == ""),
            or_(wish.c.error_code.is_(None), wish.c.error_code != "gone"),
        ),
    )
    connection.execute(statement, rows)


def _row(account_id: str, one: Any) -> dict[str, Any]:
    fields = {name: plain(value) for name, value in one.fields.items()}
    return {
        "system": one.system,
        "object": one.object,
        "key": one.key,
        "account_id": account_id,
        "wanted": orjson.dumps(fields).decode(),
        "wanted_digest": digest(fields),
        "once": one.once,
        "remote_id": one.remote_id,
        "reason": one.reason,
    }


def _withdraw(connection: Connection, account_ids: Sequence[str], wanted: set[tuple[str, str, str]]) -> None:
    for part in chunks(account_ids):
        rows = connection.execute(
            select(wish.c.system, wish.c.object, wish.c.key, wish.c.sent_digest, wish.c.uncertain).where(
                among(wish.c.account_id, part), PENDING
            )
        ).all()
        for system, object_, key, sent_digest, uncertain in rows:
            if (system, object_, key) in wanted:
                continue
            this = and_(wish.c.system == system, wish.c.object == object_, wish.c.key == key)
            if sent_digest:
                connection.execute(
                    update(wish).where(this).values(wanted=wish.c.sent, wanted_digest=wish.c.sent_digest)
                )
            elif uncertain:
                nothing = {"wanted": "{}", "wanted_digest": digest({}), "retry_at": None}
                connection.execute(update(wish).where(this).values(nothing))
            else:
                connection.execute(delete(wish).where(this))


def _turn(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Turn to the records that live now: one that came back from the bin, or another one of the same.

    The rows' remote ids are of living records. A wish whose own record is deleted starts anew on the living one.
    """
    by_object: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for row in rows:
        by_object[row["system"], row["object"]][row["key"]] = row["remote_id"]
    for (system, object_), living in by_object.items():
        for part in chunks(sorted(living)):
            for key in _without_record(connection, system, object_, part):
                this = and_(wish.c.system == system, wish.c.object == object_, wish.c.key == key)
                back = {"attempts": 0, "retry_at": None, "error": None, "error_code": None}
                anew = {"sent": "{}", "sent_digest": "", "acknowledged": "{}", "touched": "[]", "uncertain": False}
                connection.execute(update(wish).where(this, wish.c.remote_id == living[key]).values(back))
                other = {**back, **anew, "remote_id": living[key]}
                connection.execute(update(wish).where(this, wish.c.remote_id != living[key]).values(other))
                records.release(connection, [(system, f"wish:{object_}", key)], "push")


def _without_record(connection: Connection, system: str, object_: str, keys: Sequence[str]) -> list[str]:
    """The keys whose record a person deleted or merged away, as far as is known."""
    its_record = and_(
        source_record.c.system == wish.c.system,
        source_record.c.stream == LIVE_STREAM[object_],
        source_record.c.remote_id == wish.c.remote_id,
    )
    statement = (
        select(wish.c.key)
        .outerjoin(source_record, its_record)
        .where(
            wish.c.system == system,
            wish.c.object == object_,
            among(wish.c.key, keys),
            or_(wish.c.error_code == "gone", source_record.c.deleted == true()),
        )
    )
    return list(connection.execute(statement).scalars())


def pending(
    connection: Connection,
    system: str,
    object_: str | None,
    limit: int | None,
    now: datetime | None,
    after: str = "",
) -> list[Pending]:
    """The next pending wishes of one object type by key; with `now` only those whose rest is over."""
    statement = select(wish).where(PENDING, wish.c.system == system, wish.c.key > after)
    if object_ is not None:
        statement = statement.where(wish.c.object == object_)
    if now is not None:
        statement = statement.where(or_(wish.c.retry_at.is_(None), wish.c.retry_at <= now))
    statement = statement.order_by(wish.c.object, wish.c.key).limit(limit)
    return [as_pending(row) for row in connection.execute(statement)]


def as_pending(row: Any) -> Pending:
    """A wish row with its JSON parsed."""
    return Pending(
        system=row.system,
        object=row.object,
        key=row.key,
        account_id=row.account_id,
        wanted=orjson.loads(row.wanted),
        wanted_digest=row.wanted_digest,
        sent=orjson.loads(row.sent),
        once=row.once,
        remote_id=row.remote_id,
        acknowledged=orjson.loads(row.acknowledged),
        touched=tuple(orjson.loads(row.touched)),
        uncertain=row.uncertain,
        attempts=row.attempts,
        retry_at=row.retry_at,
        error=row.error,
        reason=row.reason,
        sent_at=row.sent_at,
    )


def count_pending(connection: Connection, system: str) -> dict[str, int]:
    """How many wishes are pending, by object."""
    statement = select(wish.c.object, func.count()).where(PENDING, wish.c.system == system).group_by(wish.c.object)
    return {row[0]: row[1] for row in connection.execute(statement)}


def count_all_pending(connection: Connection) -> dict[str, dict[str, int]]:
    """How many wishes are pending, by system and object."""
    statement = select(wish.c.system, wish.c.object, func.count()).where(PENDING)
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for system, object_, number in connection.execute(statement.group_by(wish.c.system, wish.c.object)):
        found[system][object_] = number
    return dict(found)


def count_unaccepted(connection: Connection) -> dict[tuple[str, str], int]:
    """How many wishes the remote systems did not accept and that will be tried again, by system and object."""
    waits = and_(PENDING, wish.c.error.is_not(None), func.coalesce(wish.c.error_code, "") != "gone")
    statement = select(wish.c.system, wish.c.object, func.count()).where(waits).group_by(wish.c.system, wish.c.object)
    return {(row[0], row[1]): row[2] for row in connection.execute(statement.order_by(wish.c.system, wish.c.object))}
