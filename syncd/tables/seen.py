"""What we saw: records as they came, bookmarks, full reads, quarantine."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from syncd.tables.columns import document_column, flag_column, number_column, stamp_column, text_column, words_column

_WAITING = text("ended_at IS NULL")


class SourceRecord(SQLModel, table=True):
    """One remote record as it came. `unmatched` until match has understood it."""

    __tablename__ = "source_record"
    __table_args__ = (
        Index(
            "ix_source_record_unmatched",
            "system",
            "stream",
            "remote_id",
            sqlite_where=text("unmatched"),
            postgresql_where=text("unmatched"),
        ),
        Index(
            "ix_source_record_deleted",
            "system",
            "stream",
            "remote_id",
            sqlite_where=text("deleted"),
            postgresql_where=text("deleted"),
        ),
    )
    system: str = Field(primary_key=True)
    stream: str = Field(primary_key=True)
    remote_id: str = Field(primary_key=True)
    modified_at: datetime | None = stamp_column()
    deleted: bool = flag_column()
    gone: str  # how it went without its system showing it as deleted (vanished, merged); else empty
    raw: str = document_column()
    unmatched: bool = flag_column(default=True)
    gone_at: datetime | None = stamp_column()  # when `prune` first found it gone


class Cursor(SQLModel, table=True):
    """How far a stream was read: the bookmark past the last page saved."""

    __tablename__ = "cursor"
    system: str = Field(primary_key=True)
    stream: str = Field(primary_key=True)
    value: str = text_column(nullable=False)
    moved_at: datetime | None = stamp_column()
    complete_at: datetime | None = stamp_column()  # when a pull last reached the end
    full_at: datetime | None = stamp_column()  # when everything was last read


class Seen(SQLModel, table=True):
    """The ids that a running full read has met; what it did not meet is gone."""

    __tablename__ = "seen"
    system: str = Field(primary_key=True)
    stream: str = Field(primary_key=True)
    remote_id: str = Field(primary_key=True)


class AnnouncementRow(SQLModel, table=True):
    """What a system said of one of its records by itself: that something happened to it. It waits until it is ended.

    Kept for some days behind its end, for it is said again.
    """

    __tablename__ = "announcement"
    __table_args__ = (
        Index("ix_announcement_waiting", "due_at", sqlite_where=_WAITING, postgresql_where=_WAITING),
        Index("ix_announcement_ended", "ended_at"),
    )
    id: str = Field(primary_key=True)  # the same as often as it is said
    system: str
    stream: str
    remote_id: str
    gone: bool = flag_column()  # the record was deleted, perhaps for good
    at: datetime | None = stamp_column(nullable=False)  # when it happened, by the system's clock
    heard_at: datetime | None = stamp_column(nullable=False)
    due_at: datetime | None = stamp_column(nullable=False)  # before which it is not followed
    attempts: int = number_column()
    ended_at: datetime | None = stamp_column()
    outcome: str | None = None  # followed, or left to the next cycle


class Quarantine(SQLModel, table=True):
    """A record that cannot be read or written, with the reason, for each step that could not go on with it."""

    __tablename__ = "quarantine"
    system: str = Field(primary_key=True)
    stream: str = Field(primary_key=True)
    remote_id: str = Field(primary_key=True)
    step: str = Field(primary_key=True)
    reason: str = words_column(nullable=False)
    since: datetime | None = stamp_column()
    attempts: int = number_column(1)
