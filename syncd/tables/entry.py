"""Who may come in: tokens of programs, sessions of people, the local administrator. Of each secret its digest alone."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Column, Date
from sqlmodel import Field, SQLModel

from syncd.tables.columns import stamp_column, text_column


class TokenRow(SQLModel, table=True):
    """A program's token: the SHA-256 of it, what it may do, and until when."""

    __tablename__ = "token"
    digest: str = Field(primary_key=True)
    name: str = Field(unique=True)
    right: str  # view, operate or administer
    made_at: datetime | None = stamp_column(nullable=False)
    made_by: str  # as the audit log names them
    expires_at: datetime | None = stamp_column(nullable=False)
    used_on: date | None = Field(default=None, sa_column=Column(Date))  # the day alone: no write at each request


class SessionRow(SQLModel, table=True):
    """Somebody who is signed in: the SHA-256 of what their browser holds, and how they are called.

    source: what the right was granted by, as a digest; where that changes, the session has ended.
    """

    __tablename__ = "session"
    digest: str = Field(primary_key=True)
    name: str
    right: str
    source: str
    begun_at: datetime | None = stamp_column(nullable=False)
    seen_at: datetime | None = stamp_column(nullable=False)  # to a few minutes


class AdministratorRow(SQLModel, table=True):
    """The local administrator, of whom there is one at most: their password's Argon2 hash, with its salt in it."""

    __tablename__ = "administrator"
    name: str = Field(primary_key=True)
    password_hash: str = text_column(nullable=False)
    changed_at: datetime | None = stamp_column(nullable=False)
