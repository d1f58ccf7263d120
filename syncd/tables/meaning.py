"""What it means, what we want to stand, and what was acknowledged."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Column, Date, ForeignKey, Index, Numeric, String, text
from sqlmodel import Field, SQLModel

from syncd.tables.columns import (
    document_column,
    flag_column,
    json_column,
    number_column,
    stamp_column,
    text_column,
    words_column,
)

PENDING = text("sent_digest <> wanted_digest")  # of a wish
ALERTED = text("alerts > 0")  # of a judgement


class JudgementRow(SQLModel, table=True):
    """Everything the rules say of one account today; `body` is the whole judgement as JSON."""

    __tablename__ = "judgement"
    __table_args__ = (Index("ix_judgement_alerts", "alerts", sqlite_where=ALERTED, postgresql_where=ALERTED),)
    account_id: str = Field(sa_column=Column(String, ForeignKey("account.id"), primary_key=True))
    today: date = Field(sa_column=Column(Date, nullable=False))
    agreement: str
    standing: str = Field(index=True)
    segment: str | None = None
    mqls: int = number_column()
    opportunities: int = number_column()
    alerts: int = number_column()  # contacts somebody must look at
    review_on: date | None = Field(default=None, sa_column=Column(Date, index=True))
    body: str = document_column()


class WishRow(SQLModel, table=True):
    """What we want to stand in one remote record; pending while `wanted_digest` differs from `sent_digest`.

    acknowledged: the guarded fields as they stood after our last write (JSON, our names): the yardstick for a
    person's touch. touched: JSON list of those that a person has changed since. deleted_at: when a person deleted it.
    late: what a new record starts with and that was left out then (JSON, our names).
    healed: of what is written once, whether it was found half written and wanted again: that happens once.
    """

    __tablename__ = "wish"
    __table_args__ = (
        Index(
            "ix_wish_pending",
            "system",
            "object",
            "key",
            sqlite_where=PENDING,
            postgresql_where=PENDING,
        ),
        Index("ix_wish_remote_id", "system", "object", "remote_id"),
    )
    system: str = Field(primary_key=True)
    object: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    account_id: str | None = Field(default=None, index=True)
    wanted: str = document_column()
    wanted_digest: str
    sent: str = json_column("{}")
    sent_digest: str = Field(default="", sa_column=Column(String, nullable=False, server_default=text("''")))
    once: bool = flag_column()
    remote_id: str | None = None
    acknowledged: str = json_column("{}")
    touched: str = json_column("[]")
    late: str = json_column("{}")
    healed: bool = flag_column()
    unread: bool = flag_column()  # written since it was last read back
    uncertain: bool = flag_column()
    attempts: int = number_column()
    retry_at: datetime | None = stamp_column()
    error_code: str | None = None
    error: str | None = words_column()
    reason: str = text_column(nullable=False)
    sent_at: datetime | None = stamp_column()
    deleted_at: datetime | None = stamp_column()


class MilestoneRow(SQLModel, table=True):
    """One stage that was reached: appended in the transaction that reached it, never changed.

    Ids stand as they were then and refer to no row, so that merges and edits alter nothing; of an erased person the
    contact's id and the evidence go. key: `stage/subject/round`, by which it is kept once.
    """

    __tablename__ = "milestone"
    __table_args__ = (Index("ix_milestone_stage_at", "stage", "at"),)
    key: str = Field(primary_key=True)
    stage: str
    at: datetime = stamp_column(index=True, nullable=False)
    account_id: str = Field(index=True)
    contact_id: str | None = Field(default=None, index=True)
    offer: str | None = None
    opportunity_id: str | None = None
    opportunity_key: str | None = None
    agreement: str
    terms: str
    evidence: str = json_column("[]")
    source: str  # seen, history
    segment: str | None = None
    campaign_id: str | None = None
    rep: str | None = None
    amount: Decimal | None = Field(default=None, sa_column=Column(Numeric(20, 2)))
    currency: str | None = None
    round: int = number_column(1)


class TitleCorrectionRow(SQLModel, table=True):
    """What a person says that a job title means; null leaves that half to the rules, an empty level says none."""

    __tablename__ = "title_correction"
    key: str = Field(primary_key=True)  # the title without case and spare blanks
    title: str = text_column(nullable=False)
    functions: str | None = text_column()  # JSON list
    level: str | None = None
    corrected_at: datetime | None = stamp_column(nullable=False)
