"""What people found out about the decision of an opportunity."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, SQLModel

from syncd.tables.columns import stamp_column, text_column


class AnswerRow(SQLModel, table=True):
    """One answer. how: `field`, read in the record itself, or `hand`. contact_id: who has the role that it is about."""

    __tablename__ = "answer"
    opportunity_id: str = Field(primary_key=True)
    what: str = Field(primary_key=True)
    how: str = Field(primary_key=True)
    value: str = text_column(nullable=False)
    contact_id: str | None = Field(default=None, index=True)
    at: datetime = stamp_column(nullable=False)
    source: str = text_column(nullable=False)
    by: str = text_column(nullable=False)
