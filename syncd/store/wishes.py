"""Statements on wishes: what we want, what is pending, what was acknowledged."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from hashlib import blake2b
from typing import Any, Protocol

import orjson
from sqlalchemy import ColumnElement, Connection, and_, delete, false, func, or_, select, text, true, update
from sqlalchemy.dialects import postgresql, sqlite

from syncd.model import Judgement, Ref
from syncd.store import records
from syncd.store.database import Database, among, chunks
from syncd.store.golden import link, opportunity, wish
from syncd.store.records import source_record
from syncd.tables import WishRow

PENDING = text("sent_digest <> wanted_digest")
Reference = tuple[str, str]  # kind, golden id or key

# How long a wish rests after its n-th refusal; the last value repeats.
_RESTS = {
    "retry": [timedelta(minutes=m) for m in (1, 5, 15, 60)],
    "refused": [timedelta(hours=h) for h in (1, 6, 24)],
    "gone": [timedelta(days=3650)],  # a person deleted the record: syncd never makes it again
    "uncertain": [timedelta(0), timedelta(minutes=5)],
}
_LIVE_STREAM = {
    "account": "Account",
    "contact": "Contact",
    "user": "User",
    "deal": "Opportunity",
    "opportunity": "Opportunity",
}


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
    error: str | None
    reason: str

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


class Answer(Protocol):
    """A connector's error, as far as the store needs it."""

    kind: str
    code: str
    message: str


@dataclass(frozen=True)
class Settlement:
    """What became of one pending wish: the fields now acknowledged, or why not."""

    wish: Pending
    remote_id: str | None
    error: tuple[str, str, str] | None = None  # kind, code, message
    touched: tuple[str, ...] = ()
    guarded: tuple[str, ...] = ()


def as_ref(value: Any) -> Reference | None:
    """The (kind, id) behind a stored reference."""
    if isinstance(value, dict) and "ref" in value:
        kind, name = value["ref"]
        return kind, name
    return None


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
    _turn(connection, [row for row in rows if row["remote_id"] and row["object"] in _LIVE_STREAM])
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
        source_record.c.stream == _LIVE_STREAM[object_],
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
        error=row.error,
        reason=row.reason,
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


def resolve(connection: Connection, system: str, refs: Iterable[Reference]) -> dict[Reference, str]:
    """The remote ids behind references; what does not stand there yet is left out."""
    by_kind: dict[str, set[str]] = defaultdict(set)
    for kind, name in refs:
        by_kind[kind].add(name)
    found: dict[Reference, str] = {}
    for kind, names in by_kind.items():
        for part in chunks(sorted(names)):
            if kind == "contact":
                found.update(_linked(connection, system, kind, "Lead", part))
            found.update(_wished(connection, system, kind, part))
            found.update(_linked(connection, system, kind, _LIVE_STREAM[kind], part))
    return found


def _linked(connection: Connection, system: str, kind: str, stream: str, ids: Sequence[str]) -> dict[Reference, str]:
    if kind == "deal":
        rows = connection.execute(select(opportunity.c.id, opportunity.c.id).where(among(opportunity.c.id, ids)))
        return {(kind, golden_id): own.partition("/")[2] for golden_id, own in rows}
    statement = (
        select(link.c.golden_id, func.min(link.c.remote_id))
        .join(
            source_record,
            and_(
                source_record.c.system == link.c.system,
                source_record.c.stream == link.c.stream,
                source_record.c.remote_id == link.c.remote_id,
            ),
        )
        .where(
            link.c.kind == kind,
            link.c.system == system,
            link.c.stream == stream,
            among(link.c.golden_id, ids),
            source_record.c.deleted == false(),
        )
        .group_by(link.c.golden_id)
    )
    return {(kind, golden_id): remote_id for golden_id, remote_id in connection.execute(statement)}


def _wished(connection: Connection, system: str, kind: str, keys: Sequence[str]) -> dict[Reference, str]:
    object_ = {"deal": "opportunity"}.get(kind, kind)
    rows = connection.execute(
        select(wish.c.key, wish.c.remote_id).where(
            wish.c.system == system,
            wish.c.object == object_,
            among(wish.c.key, keys),
            wish.c.remote_id.is_not(None),
            wish.c.sent_digest != "",
        )
    )
    return {(kind, key): remote_id for key, remote_id in rows}


def send_off(connection: Connection, sending: Sequence[Pending]) -> None:
    """Note, before anything is sent, that these creations are under way: whoever finds the note looks the keys up."""
    for these in _rows_of(sending):
        connection.execute(update(wish).where(these).values(uncertain=True))


def _rows_of(some: Iterable[Pending]) -> Iterator[ColumnElement[bool]]:
    """Conditions that together hold for the rows of these wishes."""
    by_object: dict[tuple[str, str], list[str]] = defaultdict(list)
    for one in some:
        by_object[one.system, one.object].append(one.key)
    for (system, object_), keys in by_object.items():
        for part in chunks(keys):
            yield and_(wish.c.system == system, wish.c.object == object_, among(wish.c.key, part))


def settle(database: Database, connection: Connection, settled: Sequence[Settlement], now: datetime) -> None:
    """Write down the remote system's answers; refusals stand in quarantine too, until they are mended."""
    refused = [one for one in settled if one.error is not None and one.error[0] != "withdrawn"]
    database.update(connection, WishRow, [_accepted(one, now) for one in settled if one.error is None])
    database.update(connection, WishRow, [_refused(one, now) for one in refused])
    for these in _rows_of(one.wish for one in settled if one.error and one.error[0] == "withdrawn"):
        connection.execute(delete(wish).where(these))
    mended = [_quarantined(one) for one in settled if one.error is None or one.error[0] == "withdrawn"]
    records.release(connection, mended, "push")
    faults = {
        _quarantined(one): f"{one.error[1]}: {one.error[2]}" for one in settled if one.error and one.error[0] in _KEPT
    }
    if faults:
        records.quarantine_rows(database, connection, "push", faults)


_KEPT = ("refused", "gone")  # kinds of error that a person must see; the others pass


def _quarantined(one: Settlement) -> tuple[str, str, str]:
    return one.wish.system, f"wish:{one.wish.object}", one.wish.key


def _accepted(one: Settlement, now: datetime) -> dict[str, Any]:
    """What we sent stands: it becomes the yardstick by which a person's touch shows, until it is read back."""
    written = {name: value for name, value in one.wish.changes.items() if name not in one.touched}
    yardstick = {name: written[name] for name in one.guarded if name in written and as_ref(written[name]) is None}
    return {
        **_key(one),
        "sent": orjson.dumps({**one.wish.sent, **written}).decode(),
        "sent_digest": one.wish.wanted_digest,
        "acknowledged": orjson.dumps({**one.wish.acknowledged, **yardstick}).decode(),
        "touched": orjson.dumps(sorted({*one.wish.touched, *one.touched})).decode(),
        "unread": True,
        "remote_id": one.remote_id,
        "uncertain": False,
        "attempts": 0,
        "retry_at": None,
        "error_code": None,
        "error": None,
        "sent_at": now,
    }


def _refused(one: Settlement, now: datetime) -> dict[str, Any]:
    kind, code, message = one.error or ("retry", "", "")
    rests = _RESTS[kind]
    return {
        **_key(one),
        "attempts": one.wish.attempts + 1,
        "retry_at": now + rests[min(one.wish.attempts, len(rests) - 1)],
        "uncertain": kind == "uncertain",
        "error_code": "gone" if kind == "gone" else code,
        "error": message,
    }


def _key(one: Settlement) -> dict[str, Any]:
    return {"system": one.wish.system, "object": one.wish.object, "key": one.wish.key}


def retry_refused(connection: Connection, system: str | None = None, key: str | None = None) -> int:
    """Let refused wishes be pushed again at once."""
    statement = update(wish).where(PENDING, wish.c.retry_at.is_not(None)).values(retry_at=None)
    if system is not None:
        statement = statement.where(wish.c.system == system)
    if key is not None:
        statement = statement.where(wish.c.key == key)
    return int(connection.execute(statement).rowcount)
