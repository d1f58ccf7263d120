"""What the audit keeps: the counts of each day, and the gaps behind them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import Column, Date, Index, Numeric
from sqlmodel import Field, SQLModel

from syncd.tables.columns import json_column, number_column, text_column


class SnapshotRow(SQLModel, table=True):
    """The audit's counts on one day (JSON: what → number); before: by the terms of the snapshot before this one."""

    __tablename__ = "snapshot"
    day: date = Field(sa_column=Column(Date, primary_key=True))
    agreement: str
    terms: str
    counts: str = json_column("{}")
    before: str | None = text_column()


class GapRow(SQLModel, table=True):
    """People missing at one account for one role; source, owner and due are what people said of it.

    seen_on: the last day on which it was counted. closed_on: the day on which it was counted no more.
    """

    __tablename__ = "gap"
    __table_args__ = (Index("ix_gap_closed_on", "closed_on"),)
    account_id: str = Field(primary_key=True)
    role: str = Field(primary_key=True)
    segment: str
    missing: int = number_column()
    amount: Decimal | None = Field(default=None, sa_column=Column(Numeric(20, 2)))
    rep: str | None = None
    since: date = Field(sa_column=Column(Date, nullable=False))
    seen_on: date = Field(sa_column=Column(Date, nullable=False))
    closed_on: date | None = Field(default=None, sa_column=Column(Date))
    source: str | None = text_column()
    owner: str | None = text_column()
    due: date | None = Field(default=None, sa_column=Column(Date))
