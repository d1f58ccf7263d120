"""The house keeping: runs, agreements used, the audit log, alerts, notes."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Column, ForeignKey, Index, Integer, String, text
from sqlmodel import Field, SQLModel

from syncd.tables.columns import json_column, number_column, stamp_column, text_column, words_column, words_json_column

_OPEN = text("finished_at IS NULL")
_STANDING = text("over_at IS NULL")
_UNSENT = text("sent_at IS NULL")


class Run(SQLModel, table=True):
    """One act: asked for or begun at once, at work, ended. What waits for the daemon was asked for and not begun."""

    __tablename__ = "run"
    __table_args__ = (Index("ix_run_open", "id", sqlite_where=_OPEN, postgresql_where=_OPEN),)
    id: int | None = Field(default=None, primary_key=True)
    verb: str
    scope: str = words_json_column("{}")  # what was named: a stream, an account, a record, a plan, --full, --force
    actor: str = Field(
        sa_column=Column(String, nullable=False, server_default=text("''"))
    )  # schedule, cli:ann, api:grafana
    asked_as: str | None = Field(
        default=None, index=True, unique=True
    )  # digest of an Idempotency-Key, and of whose it is
    asked_at: datetime | None = stamp_column()
    started_at: datetime | None = stamp_column()
    heartbeat_at: datetime | None = stamp_column()  # while it works
    finished_at: datetime | None = stamp_column()
    phase: str | None = None
    done: int | None = None
    total: int | None = None
    cancel_asked_at: datetime | None = stamp_column()
    cancel_by: str | None = None
    outcome: str | None = None  # done, incomplete, unsafe, stopped, cancelled, failed, broken off
    exit_code: int | None = None
    counts: str = words_json_column("{}")  # what it did, without zeros
    causes: str = words_json_column("[]")  # kind, where, what, mend, number of records
    error: str | None = words_column()


class AgreementVersion(SQLModel, table=True):
    """An agreement that judgements were made by."""

    __tablename__ = "agreement_version"
    digest: str = Field(primary_key=True)
    version: str
    body: str = text_column(nullable=False)
    first_used_at: datetime | None = stamp_column(nullable=False)
    terms: str | None = None  # digest of what the signatures bind; None where an older syncd wrote the row
    signed_on: date | None = None  # the day of the last signature


class AuditLog(SQLModel, table=True):
    """What a person did by hand, and when. The database itself refuses to change a line, or to take one away."""

    __tablename__ = "audit_log"
    id: int | None = Field(default=None, primary_key=True)
    at: datetime | None = stamp_column(nullable=False)
    actor: str
    action: str
    detail: str = words_column(nullable=False)


class AuditMention(SQLModel, table=True):
    """A record that a line of the audit log names, in the place of its `{number}`: it may go, the line stays."""

    __tablename__ = "audit_mention"
    audit_id: int = Field(sa_column=Column(Integer, ForeignKey("audit_log.id"), primary_key=True, autoincrement=False))
    place: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    name: str = Field(index=True)


class AlertRow(SQLModel, table=True):
    """What somebody was told of, or is to be told of once it has stood for a while; over_at: since when it is over."""

    __tablename__ = "alert"
    __table_args__ = (
        Index("ix_alert_standing", "key", unique=True, sqlite_where=_STANDING, postgresql_where=_STANDING),
    )
    id: int | None = Field(default=None, primary_key=True)
    key: str
    kind: str
    grade: str
    places: str = json_column("[]")  # where it struck: streams, systems, golden ids
    what: str = words_column(nullable=False)
    mend: str = words_column(nullable=False)
    look: str
    number: int = number_column()  # of records
    since: datetime | None = stamp_column()
    first_at: datetime | None = stamp_column(nullable=False)  # when it was first seen
    told_at: datetime | None = stamp_column()  # when it was told last
    told_grade: str | None = None  # the grade that was told then
    times: int = number_column()  # that it was told
    gone_at: datetime | None = stamp_column()  # since when it does not stand
    over_at: datetime | None = stamp_column()  # when it was told that it is over


class AlertMessageRow(SQLModel, table=True):
    """One message to one channel: it is sent until the channel has taken it, or for a week, always under the same id.

    One that is refused for itself goes as soon as the channel has taken a later one.
    """

    __tablename__ = "alert_message"
    __table_args__ = (Index("ix_alert_message_unsent", "channel", sqlite_where=_UNSENT, postgresql_where=_UNSENT),)
    id: str = Field(primary_key=True)
    channel: str = Field(primary_key=True)
    at: datetime | None = stamp_column(nullable=False)
    entries: str = json_column("[]")
    attempts: int = number_column()
    retry_at: datetime | None = stamp_column()
    sent_at: datetime | None = stamp_column()
    error: str | None = words_column()  # why the last attempt failed, or what went wrong beside its success
    mend: str | None = words_column()


class Tombstone(SQLModel, table=True):
    """A person who was erased: keyed hashes of their remote ids and addresses, so that they stay gone."""

    __tablename__ = "erased"
    token: str = Field(primary_key=True)
    at: datetime | None = stamp_column(nullable=False)


class Note(SQLModel, table=True):
    """A small fact the store keeps of itself, such as the digest of the mapping it last matched by."""

    __tablename__ = "note"
    name: str = Field(primary_key=True)
    value: str = words_column(nullable=False)
