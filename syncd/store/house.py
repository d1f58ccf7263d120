"""Statements of the house keeping: runs, notes, the audit log, agreements used, and one syncd at a time."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Connection, false, func, insert, select, text, true, update

from syncd.errors import AlreadyRunning
from syncd.store.database import Database, table_of
from syncd.store.golden import account
from syncd.tables import AgreementVersion, AuditLog, Note, Run

run = table_of(Run)
note = table_of(Note)
audit_log = table_of(AuditLog)
agreement_version = table_of(AgreementVersion)

_LOCK_NUMBER = 0x53594E43  # "SYNC": the advisory lock that one syncd holds on PostgreSQL


def start_run(connection: Connection, verb: str, at: datetime) -> int:
    """Open a run; returns its number."""
    key = connection.execute(insert(run).values(verb=verb, started_at=at)).inserted_primary_key
    return int(key[0]) if key else 0


def finish_run(
    connection: Connection, number: int, at: datetime, outcome: str, counts: Mapping[str, Any], error: str | None
) -> None:
    """Close a run with what it did."""
    values = {"finished_at": at, "outcome": outcome, "counts": orjson.dumps(counts).decode(), "error": error}
    connection.execute(update(run).where(run.c.id == number).values(**values))


def break_off_runs(connection: Connection, at: datetime) -> int:
    """Close the runs that a kill left open."""
    values = {"finished_at": at, "outcome": "broken off", "error": "the process ended before the run did"}
    return int(connection.execute(update(run).where(run.c.finished_at.is_(None)).values(**values)).rowcount)


def last_runs(connection: Connection, limit: int) -> list[dict[str, Any]]:
    """The latest runs, newest first."""
    return [
        {**row._mapping, "counts": orjson.loads(row.counts)}
        for row in connection.execute(select(run).order_by(run.c.id.desc()).limit(limit))
    ]


def read_note(connection: Connection, name: str) -> str | None:
    """A fact the store keeps of itself."""
    return connection.scalar(select(note.c.value).where(note.c.name == name))


def write_note(database: Database, connection: Connection, name: str, value: str) -> None:
    """Keep a fact."""
    database.upsert(connection, Note, [{"name": name, "value": value}])


def try_writing(database: Database) -> None:
    """Write a note in a transaction that is rolled back."""
    with suppress(_TakenBack), database.writing() as connection:
        write_note(database, connection, "doctor", "was here")
        raise _TakenBack


class _TakenBack(Exception):
    """What was written is not to stay."""


def audit(connection: Connection, at: datetime, actor: str, action: str, detail: str) -> None:
    """Write down what a person did by hand."""
    connection.execute(insert(audit_log).values(at=at, actor=actor, action=action, detail=detail))


def use_agreement(
    database: Database, connection: Connection, digest: str, version: str, body: str, at: datetime
) -> bool:
    """Note the agreement in force; a new one makes every account stale. Returns whether it is new."""
    if read_note(connection, "agreement") == digest:
        return False
    row = {"digest": digest, "version": version, "body": body, "first_used_at": at}
    database.upsert(connection, AgreementVersion, [row], keep=("first_used_at",))
    write_note(database, connection, "agreement", digest)
    connection.execute(update(account).where(account.c.stale == false()).values(stale=true()))
    return True


def count_rows(connection: Connection, names: Mapping[str, Any]) -> dict[str, int]:
    """How many rows each table holds."""
    return {
        name: connection.scalar(select(func.count()).select_from(table_of(table))) or 0 for name, table in names.items()
    }


@contextmanager
def alone(database: Database) -> Iterator[None]:
    """Hold the store for one syncd; raises AlreadyRunning. The hold ends with the process, however it ends."""
    if not database.is_sqlite:
        with database.engine.connect() as connection:
            if not connection.scalar(text(f"SELECT pg_try_advisory_lock({_LOCK_NUMBER})")):
                raise AlreadyRunning("another syncd works on this database; wait for it or stop it")
            connection.commit()
            try:
                yield
            finally:
                connection.execute(text(f"SELECT pg_advisory_unlock({_LOCK_NUMBER})"))
                connection.commit()
        return
    path = database.url.database
    if not path or path == ":memory:":
        yield
        return
    descriptor = os.open(Path(f"{path}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise AlreadyRunning(f"another syncd works on {path}; wait for it or stop it") from error
        yield
    finally:
        os.close(descriptor)
