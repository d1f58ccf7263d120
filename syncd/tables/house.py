"""The house keeping: runs, agreements used, the audit log, requests, notes."""

from __future__ import annotations

from datetime import date, datetime

from sqlmodel import Field, SQLModel

from syncd.tables.columns import json_column, stamp_column, text_column


class Run(SQLModel, table=True):
    """One run of a verb or of a whole cycle, with what it did."""

    __tablename__ = "run"
    id: int | None = Field(default=None, primary_key=True)
    verb: str
    started_at: datetime | None = stamp_column(nullable=False)
    finished_at: datetime | None = stamp_column()
    outcome: str | None = None  # done, incomplete, stopped, failed, broken off
    counts: str = json_column("{}")
    error: str | None = text_column()


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
    """What a person did by hand, and when."""

    __tablename__ = "audit_log"
    id: int | None = Field(default=None, primary_key=True)
    at: datetime | None = stamp_column(nullable=False)
    actor: str
    action: str
    detail: str = text_column(nullable=False)


class Request(SQLModel, table=True):
    """What a person asked the running daemon to do: a resync."""

    __tablename__ = "request"
    id: int | None = Field(default=None, primary_key=True)
    at: datetime | None = stamp_column(nullable=False)
    actor: str
    verb: str
    options: str = json_column("{}")
    done_at: datetime | None = stamp_column()
    outcome: str | None = text_column()


class Tombstone(SQLModel, table=True):
    """A person who was erased: keyed hashes of their remote ids and addresses, so that they stay gone."""

    __tablename__ = "erased"
    token: str = Field(primary_key=True)
    at: datetime | None = stamp_column(nullable=False)


class Note(SQLModel, table=True):
    """A small fact the store keeps of itself, such as the digest of the mapping it last matched by."""

    __tablename__ = "note"
    name: str = Field(primary_key=True)
    value: str = text_column(nullable=False)
