"""The ledger: every statement on the database, one method a transaction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, date, datetime
from typing import Any, Protocol

from sqlalchemy import Connection, and_, select

from syncd.errors import UnsafePlan
from syncd.model import Group, User
from syncd.store import (
    erasure,
    groups,
    house,
    inheritance,
    lookup,
    migration,
    receipts,
    records,
    references,
    requests,
    tombstones,
    wishes,
)
from syncd.store.batch import Batch
from syncd.store.database import Database, ping, table_of
from syncd.store.groups import Claimed
from syncd.store.receipts import Settlement
from syncd.store.references import Reference
from syncd.store.requests import Asked
from syncd.store.wishes import Pending
from syncd.tables import Cursor, JudgementRow

__all__ = ["Asked", "Batch", "Claimed", "Pending", "Settlement", "Store"]

LARGEST_SWEEP = 0.2  # share of a stream that one full read may find gone before a person must look


class Pageable(Protocol):
    """A batch of records with the cursor past it, as connectors hand it out."""

    @property
    def records(self) -> Sequence[records.Seeable]: ...
    @property
    def cursor(self) -> str: ...


class Store:
    """Everything syncd remembers, in SQLite or PostgreSQL. Threads may share one store."""

    def __init__(self, url: str) -> None:
        self.database = Database(url)

    def migrate(self) -> str:
        """Bring the tables to the newest revision."""
        return migration.migrate(self.database)

    def is_new(self) -> bool:
        """Whether this is a SQLite file without any tables yet."""
        return self.database.is_sqlite and migration.current(self.database) is None

    def require_head(self) -> None:
        """Raise ConfigError unless the tables are at the newest revision."""
        migration.require_head(self.database)

    def ping(self) -> None:
        """Raise Unavailable unless the database answers."""
        ping(self.database)

    def try_writing(self) -> None:
        """Write a note and take it back; raises Unavailable where nothing can be written."""
        house.try_writing(self.database)

    def close(self) -> None:
        """Give the connections back."""
        self.database.close()

    def alone(self) -> AbstractContextManager[None]:
        """Hold the store for one syncd; raises AlreadyRunning."""
        return house.alone(self.database)

    # ---- what we saw ----

    def save(self, system: str, stream: str, page: Pageable, *, full: bool = False) -> int:
        """Save one page and the cursor past it in one transaction; returns how many records were new or changed.

        full: the page belongs to a full read whose end will sweep away what was not met.
        """
        with self.database.writing() as connection:
            kept = self._without_erased(connection, system, stream, page.records)
            changed = records.save(self.database, connection, system, stream, kept)
            if full:
                records.remember_seen(self.database, connection, system, stream, kept)
            records.move_cursor(self.database, connection, system, stream, page.cursor, datetime.now(UTC))
        return changed

    def save_again(self, system: str, stream: str, found: Sequence[records.Seeable]) -> int:
        """Save records that were read one by one; no cursor moves."""
        with self.database.writing() as connection:
            kept = self._without_erased(connection, system, stream, found)
            if records.under_full(connection, system, stream):
                records.remember_seen(self.database, connection, system, stream, kept)
            return records.save(self.database, connection, system, stream, kept)

    def _without_erased(
        self, connection: Connection, system: str, stream: str, found: Sequence[records.Seeable]
    ) -> Sequence[records.Seeable]:
        """The records that are not of a person who was erased."""
        if not found or not tombstones.any_erased(connection):
            return found
        refs = [f"{system}.{stream}/{record.id}" for record in found]
        gone = tombstones.which_erased(self.database, connection, refs)
        return [record for record, ref in zip(found, refs, strict=True) if ref not in gone]

    def cursor(self, system: str, stream: str) -> str | None:
        """The bookmark past the last page saved; None where the stream is read from its start."""
        with self.database.reading() as connection:
            table = records.cursor
            value = select(table.c.value).where(table.c.system == system, table.c.stream == stream)
            return connection.scalar(value) or None

    def reset_cursor(self, system: str, stream: str) -> None:
        """Have the next pull read everything."""
        with self.database.writing() as connection:
            table = records.cursor
            connection.execute(table.delete().where(table.c.system == system, table.c.stream == stream))
            records.end_full(connection, system, stream)

    def complete(self, system: str, stream: str, *, full: bool = False) -> None:
        """Note that a pull reached the end of the stream."""
        now = datetime.now(UTC)
        values = {"complete_at": now, "full_at": now} if full else {"complete_at": now}
        with self.database.writing() as connection:
            table = records.cursor
            connection.execute(
                table.update().where(table.c.system == system, table.c.stream == stream).values(**values)
            )

    def completed(self, system: str, stream: str) -> bool:
        """Whether the stream was ever read to its end."""
        with self.database.reading() as connection:
            table = records.cursor
            statement = select(table.c.complete_at).where(table.c.system == system, table.c.stream == stream)
            return connection.scalar(statement) is not None

    def start_full(self, system: str, stream: str) -> bool:
        """Start a full read, unless one is under way that broke off: that one is gone on with, behind its cursor.

        Returns whether it starts, from the beginning.
        """
        with self.database.writing() as connection:
            if records.under_full(connection, system, stream):
                return False
            records.begin_full(self.database, connection, system, stream, datetime.now(UTC))
        return True

    def under_full(self, system: str, stream: str) -> bool:
        """Whether a full read broke off and waits to be gone on with."""
        with self.database.reading() as connection:
            return records.under_full(connection, system, stream)

    def sweep(self, system: str, stream: str, *, force: bool = False) -> int:
        """End a full read: what it did not meet is marked deleted. Raises UnsafePlan when that is too much at once."""
        with self.database.writing() as connection:
            missing, live = records.count_unseen(connection, system, stream)
            unsafe = missing > max(20, LARGEST_SWEEP * live) and not force
            swept = records.sweep(connection, system, stream) if missing and not unsafe else 0
            records.end_full(connection, system, stream)
        if unsafe:
            raise UnsafePlan(
                f"{system} {stream}: a full read did not meet {missing:,} of {live:,} records; nothing was marked "
                f"deleted. If they are really gone: syncd resync --system {system} --stream {stream} --full --force"
            )
        return swept

    def cursors(self) -> list[dict[str, Any]]:
        """Every stream's bookmark with its stamps."""
        with self.database.reading() as connection:
            table = table_of(Cursor)
            rows = connection.execute(select(table).order_by(table.c.system, table.c.stream))
            return [dict(row._mapping) for row in rows]

    def unmatch(self, system: str, stream: str | None = None, ids: Sequence[str] | None = None) -> int:
        """Have stored records matched again, without pulling: after a changed mapping, or by hand."""
        table = records.source_record
        condition = [table.c.system == system]
        if stream is not None:
            condition.append(table.c.stream == stream)
        if ids is not None:
            condition.append(table.c.remote_id.in_(ids))
        with self.database.writing() as connection:
            return records.unmatch(connection, and_(*condition))

    def quarantined(self) -> list[dict[str, Any]]:
        """Every record that could not be read or written, with the reason."""
        with self.database.reading() as connection:
            table = records.quarantine
            rows = connection.execute(select(table).order_by(table.c.system, table.c.stream, table.c.remote_id))
            return [dict(row._mapping) for row in rows]

    def count_quarantined(self) -> dict[str, int]:
        """How many records are set aside, by the step that could not go on with them."""
        with self.database.reading() as connection:
            return records.count_quarantined(connection)

    # ---- who is who ----

    @contextmanager
    def unmatched(self, system: str, stream: str, limit: int) -> Iterator[Batch]:
        """Hand out the next unmatched records in one transaction; it stands when the block ends well."""
        with self.database.writing() as connection:
            batch = Batch(self.database, connection, records.unmatched(connection, system, stream, limit))
            yield batch
            if batch.records:
                batch.finish()

    def find(self, kind: str, name: str) -> list[str]:
        """Golden ids of a kind (account, contact) that answer to an id, e-mail address, domain or name."""
        with self.database.reading() as connection:
            return lookup.find(connection, kind, name)

    def find_account(self, name: str) -> str | None:
        """The one account that answers to this; None for none or several."""
        found = self.find("account", name)
        return found[0] if len(found) == 1 else None

    def account_of(self, contact_id: str) -> str | None:
        """The account of a contact."""
        with self.database.reading() as connection:
            return lookup.account_of(connection, contact_id)

    def records_of(self, account_id: str) -> list[str]:
        """The remote records behind an account and its contacts, as `system.stream/id`."""
        with self.database.reading() as connection:
            return lookup.records_of(connection, account_id)

    def links_of(self, kind: str, golden_id: str) -> list[dict[str, Any]]:
        """The links of a golden record with their evidence."""
        with self.database.reading() as connection:
            return lookup.links_of(connection, kind, golden_id)

    def link(self, ref: str, kind: str, golden_id: str) -> None:
        """Put a remote record to a golden one by hand; no evidence ever moves it again."""
        with self.database.writing() as connection:
            lookup.link_by_hand(self.database, connection, ref, kind, golden_id)

    def retry_records(self, keys: Sequence[tuple[str, str, str]]) -> int:
        """Have quarantined records matched again: (system, stream, id)."""
        with self.database.writing() as connection:
            return lookup.retry_quarantined(connection, keys)

    def erase(self, contact_id: str) -> int:
        """Forget a person for ever; returns how many remote records went with them."""
        now = datetime.now(UTC)
        with self.database.writing() as connection:
            gone = erasure.erase(self.database, connection, contact_id, now)
            house.audit(connection, now, "cli", "erase", f"{gone} records of one person")
        return gone

    # ---- what it means ----

    @contextmanager
    def stale_groups(self, limit: int, today: date, users: Mapping[str, User] | None = None) -> Iterator[Claimed]:
        """Claim stale accounts and hand out their groups; their judgements are taken in the same transaction."""
        with self.database.writing() as connection:
            ids = groups.stale_ids(connection, limit, today)
            if users is None:
                users = groups.read_users(connection)
            yield Claimed(self.database, connection, groups.read_groups(connection, ids, users) if ids else [])

    def count_stale(self, today: date) -> int:
        """How many accounts wait for a judgement."""
        with self.database.reading() as connection:
            return groups.count_stale(connection, today)

    def users(self) -> dict[str, User]:
        """Every user of ours."""
        with self.database.reading() as connection:
            return groups.read_users(connection)

    def group(self, account_id: str) -> Group | None:
        """One account with all that a rule may look at."""
        with self.database.reading() as connection:
            found = groups.read_groups(connection, [account_id], groups.read_users(connection))
            return found[0] if found else None

    def stray(self, contact_id: str) -> Group | None:
        """A contact without an account, as a group of its own."""
        with self.database.reading() as connection:
            return groups.read_stray(connection, contact_id, groups.read_users(connection))

    def use_agreement(self, digest: str, version: str, body: str) -> bool:
        """Note the agreement in force; a new one makes every account stale."""
        with self.database.writing() as connection:
            return house.use_agreement(self.database, connection, digest, version, body, datetime.now(UTC))

    def standings(self) -> dict[str, int]:
        """How many accounts stand in, out and unknown."""
        with self.database.reading() as connection:
            return groups.count_standings(connection)

    # ---- what we want to stand ----

    def pending(
        self, system: str, limit: int | None, now: datetime | None, object_: str | None = None, after: str = ""
    ) -> list[Pending]:
        """The next wishes that differ from what was acknowledged; with `now`, those whose rest is over."""
        with self.database.reading() as connection:
            return wishes.pending(connection, system, object_, limit, now, after)

    def count_pending(self, system: str) -> dict[str, int]:
        """How many wishes are pending, by object."""
        with self.database.reading() as connection:
            return wishes.count_pending(connection, system)

    def unaccepted(self) -> dict[tuple[str, str], int]:
        """How many wishes were not accepted and will be tried again, by system and object."""
        with self.database.reading() as connection:
            return wishes.count_unaccepted(connection)

    def resolve(self, system: str, refs: Sequence[Reference]) -> dict[Reference, str]:
        """The remote ids behind references; what does not stand there yet is left out."""
        with self.database.reading() as connection:
            return references.resolve(connection, system, refs)

    def former_keys(self, keys: Sequence[str]) -> dict[str, list[str]]:
        """The names that these keys had before a merge of contacts or accounts."""
        with self.database.reading() as connection:
            return inheritance.former_keys(connection, keys)

    def send_off(self, sending: Sequence[Pending]) -> None:
        """Note before sending that these creations are under way."""
        with self.database.writing() as connection:
            receipts.send_off(connection, sending)

    def settle(self, settled: Sequence[Settlement], now: datetime) -> None:
        """Write down the remote system's answers."""
        with self.database.writing() as connection:
            receipts.settle(self.database, connection, settled, now)

    def retry_wishes(self, system: str | None = None, key: str | None = None) -> int:
        """Let refused wishes be pushed again at once; returns how many."""
        with self.database.writing() as connection:
            return receipts.retry_refused(connection, system, key)

    # ---- the house ----

    def start_run(self, verb: str) -> int:
        """Open a run; runs that a kill left open are closed."""
        with self.database.writing() as connection:
            house.break_off_runs(connection, datetime.now(UTC))
            return house.start_run(connection, verb, datetime.now(UTC))

    def finish_run(self, number: int, outcome: str, counts: Mapping[str, Any], error: str | None = None) -> None:
        """Close a run with what it did."""
        with self.database.writing() as connection:
            house.finish_run(connection, number, datetime.now(UTC), outcome, counts, error)

    def last_runs(self, limit: int = 10) -> list[dict[str, Any]]:
        """The latest runs, newest first."""
        with self.database.reading() as connection:
            return house.last_runs(connection, limit)

    def note(self, name: str) -> str | None:
        """A fact the store keeps of itself."""
        with self.database.reading() as connection:
            return house.read_note(connection, name)

    def keep_note(self, name: str, value: str) -> None:
        """Keep a fact."""
        with self.database.writing() as connection:
            house.write_note(self.database, connection, name, value)

    def audit(self, actor: str, action: str, detail: str) -> None:
        """Write down what a person did by hand."""
        with self.database.writing() as connection:
            house.audit(connection, datetime.now(UTC), actor, action, detail)

    def ask(self, actor: str, verb: str, options: Mapping[str, Any]) -> int:
        """Leave a request for the running daemon; returns its number."""
        now = datetime.now(UTC)
        with self.database.writing() as connection:
            house.audit(connection, now, actor, verb, ", ".join(f"{n}={v}" for n, v in options.items() if v))
            return requests.ask(connection, now, actor, verb, options)

    def asked(self) -> list[Asked]:
        """What people have asked the daemon to do and is not done yet."""
        with self.database.reading() as connection:
            return requests.waiting(connection)

    def answer(self, number: int, outcome: str) -> None:
        """Note how a request ended."""
        with self.database.writing() as connection:
            requests.done(connection, number, datetime.now(UTC), outcome)

    def answered(self, number: int) -> str | None:
        """How a request ended; None while it waits or runs."""
        with self.database.reading() as connection:
            return requests.outcome(connection, number)

    def judgement(self, account_id: str) -> str | None:
        """The judgement's JSON of one account."""
        with self.database.reading() as connection:
            table = table_of(JudgementRow)
            return connection.scalar(select(table.c.body).where(table.c.account_id == account_id))
