"""Who waits for a rep, and who was handed over. Ids stand as they are today: a merge renames them."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Column, Date, Float, Index, String, Text, text
from sqlmodel import Field, SQLModel

from syncd.tables.columns import flag_column, json_column, number_column, stamp_column, text_column


class CandidateRow(SQLModel, table=True):
    """One task that the rules ask for and that waits for its release, or went back to marketing.

    position and week: as the queue said last. returned_at: since when they rest with marketing, with the reason in why.
    """

    __tablename__ = "candidate"
    key: str = Field(primary_key=True)
    kind: str
    account_id: str = Field(index=True)
    contact_id: str = Field(index=True)
    offer: str | None = None
    rep: str | None = None
    team: str = json_column("[]")
    rank: float = Field(sa_column=Column(Float, nullable=False))
    since: datetime = stamp_column(nullable=False)
    at_once: bool = flag_column()
    segment: str = Field(default="", sa_column=Column(String, nullable=False, server_default=text("''")))
    entered: datetime = stamp_column(nullable=False)
    position: int = number_column()
    week: date | None = Field(default=None, sa_column=Column(Date))
    why: str = text_column(nullable=False)
    returned_at: datetime | None = stamp_column()


class ReleasedRow(SQLModel, table=True):
    """One task that was handed to a rep. team: JSON list of those who took turns, where this was a turn."""

    __tablename__ = "released"
    __table_args__ = (Index("ix_released_rep_week", "rep", "week"),)
    key: str = Field(primary_key=True)
    kind: str
    account_id: str = Field(index=True)
    contact_id: str = Field(index=True)
    offer: str | None = None
    rep: str | None = None
    team: str = json_column("[]")
    at: datetime = stamp_column(nullable=False)
    week: date = Field(sa_column=Column(Date, nullable=False))
    how: str
    segment: str = Field(default="", sa_column=Column(String, nullable=False, server_default=text("''")))
    outcome: str = Field(default="open", sa_column=Column(String, nullable=False, server_default=text("'open'")))
    outcome_at: datetime | None = stamp_column()
    why: str = Field(default="", sa_column=Column(Text, nullable=False, server_default=text("''")))


class VerdictRow(SQLModel, table=True):
    """What stands in one remote record that a rep has before them, and of tasks whether anybody touched them."""

    __tablename__ = "verdict"
    ref: str = Field(primary_key=True)  # the record's name
    system: str
    remote_id: str = Field(index=True)
    task: bool = flag_column()  # one that syncd made
    word: str | None = None
    reason: str | None = text_column()
    at: datetime = stamp_column(nullable=False)
    closed: bool = flag_column()
    touched: bool = flag_column()
