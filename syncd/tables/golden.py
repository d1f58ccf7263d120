"""Who is who: links with their evidence, and the golden records."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Column, Date, Index, Numeric, String, text
from sqlmodel import Field, SQLModel

from syncd.tables.columns import document_column, flag_column, json_column, refers_column, stamp_column, text_column


class Link(SQLModel, table=True):
    """Which golden record a remote record belongs to, and by what evidence. No evidence moves a manual one."""

    __tablename__ = "link"
    __table_args__ = (Index("ix_link_kind_golden_id", "kind", "golden_id"),)
    system: str = Field(primary_key=True)
    stream: str = Field(primary_key=True)
    remote_id: str = Field(primary_key=True)
    kind: str
    golden_id: str
    evidence: str
    manual: bool = flag_column()


class Identifier(SQLModel, table=True):
    """What a golden record may be recognised by: e-mail, domain, place (name, city, state), or another system's id."""

    __tablename__ = "identifier"
    kind: str = Field(primary_key=True)  # of the golden record: account, contact, user
    how: str = Field(primary_key=True)  # email, domain, place, ref
    value: str = Field(primary_key=True)
    golden_id: str = Field(primary_key=True, index=True)


class Alias(SQLModel, table=True):
    """A golden id that was merged into another one."""

    __tablename__ = "alias"
    kind: str = Field(primary_key=True)
    old_id: str = Field(primary_key=True)
    new_id: str = Field(index=True)


class OpenReference(SQLModel, table=True):
    """A record that refers to one not known yet (`system.stream/id`, `email/address`); matched again when it comes."""

    __tablename__ = "waiting"
    ref: str = Field(primary_key=True)
    system: str = Field(primary_key=True)
    stream: str = Field(primary_key=True)
    remote_id: str = Field(primary_key=True)


class LikelyDouble(SQLModel, table=True):
    """Two golden records of a kind that may be one, the smaller id first. decision: empty, or `apart` for ever."""

    __tablename__ = "likely_double"
    __table_args__ = (Index("ix_likely_double_second_id", "kind", "second_id"),)
    kind: str = Field(primary_key=True)
    first_id: str = Field(primary_key=True)
    second_id: str = Field(primary_key=True)
    evidence: str = text_column(nullable=False)
    since: datetime | None = stamp_column(nullable=False)
    decision: str = Field(default="", sa_column=Column(String, nullable=False, server_default=text("''")))
    decided_at: datetime | None = stamp_column()


class UserRow(SQLModel, table=True):
    """A person of ours."""

    __tablename__ = "user"
    id: str = Field(primary_key=True)
    name: str | None = None
    email: str | None = None
    active: bool = flag_column(default=True)
    time_zone: str | None = None
    sources: str = document_column()


class AccountRow(SQLModel, table=True):
    """One company. Bands are text `low..high`, amounts `low..high USD`; codes are a JSON list of `SIC 1987 6021`."""

    __tablename__ = "account"
    __table_args__ = (
        Index("ix_account_stale", "id", sqlite_where=text("stale"), postgresql_where=text("stale")),
        Index("ix_account_person", "id", sqlite_where=text("person"), postgresql_where=text("person")),
    )
    id: str = Field(primary_key=True)
    name: str | None = None
    domain: str | None = None
    street: str | None = None
    city: str | None = None
    state: str | None = None
    postal_code: str | None = None
    country: str | None = None
    phone: str | None = None
    industry: str | None = None
    codes: str = json_column("[]")
    codes_ambiguous: bool = flag_column()
    employees: str | None = None
    annual_revenue: str | None = None
    total_assets: str | None = None
    relation: str | None = None
    person: bool | None = None
    owner: str | None = Field(default=None, index=True)
    parent: str | None = Field(default=None, index=True)
    registers: str = json_column("[]")
    assumed: str = json_column("[]")
    sources: str = document_column()
    stale: bool = flag_column(default=True)


class ContactRow(SQLModel, table=True):
    """One person at an account."""

    __tablename__ = "contact"
    id: str = Field(primary_key=True)
    account_id: str | None = refers_column("account.id")
    first_name: str | None = None
    last_name: str | None = None
    emails: str = json_column("[]")
    phone: str | None = None
    phones: str = json_column("[]")
    title: str | None = text_column()
    closures: str = json_column("[]")
    legal_basis: str | None = text_column()
    marketable: bool | None = None
    relation: str | None = None
    owner: str | None = None
    lifecycle: str | None = None
    country: str | None = None
    origin: str | None = text_column()
    made: datetime | None = stamp_column()
    lead_since: datetime | None = stamp_column()
    mql_since: datetime | None = stamp_column()
    sql_since: datetime | None = stamp_column()
    converted_at: datetime | None = stamp_column()
    brought: str | None = None
    converted_by: str | None = None
    person_records: str = json_column("[]")
    sources: str = document_column()


class CampaignRow(SQLModel, table=True):
    """A campaign of either system."""

    __tablename__ = "campaign"
    id: str = Field(primary_key=True)
    name: str | None = None
    kind: str | None = None
    starts: date | None = Field(default=None, sa_column=Column(Date))
    ends: date | None = Field(default=None, sa_column=Column(Date))


class ActivityRow(SQLModel, table=True):
    """One activity of one contact."""

    __tablename__ = "activity"
    __table_args__ = (Index("ix_activity_source", "system", "stream", "remote_id"),)
    id: str = Field(primary_key=True)
    system: str
    stream: str
    remote_id: str
    contact_id: str | None = refers_column("contact.id", nullable=False)
    kind: str
    at: datetime = stamp_column(nullable=False)
    made: datetime | None = stamp_column()
    ends: datetime | None = stamp_column()
    outcome: str | None = None
    disposition: str | None = None
    seconds: Decimal | None = Field(default=None, sa_column=Column(Numeric(20, 2)))
    topic: str = text_column(nullable=False)
    campaign_id: str | None = None
    owner: str | None = None
    by_us: bool = flag_column()
    selling: bool = flag_column()
    agent: str | None = text_column()
    message: str | None = None
    link: str | None = text_column()
    links: int | None = None
    filtered: bool = flag_column()
    by_hand: bool = flag_column()


class CampaignMemberRow(SQLModel, table=True):
    """A contact's membership of a campaign."""

    __tablename__ = "campaign_member"
    id: str = Field(primary_key=True)
    campaign_id: str | None = Field(default=None, index=True)
    contact_id: str | None = refers_column("contact.id")
    status: str | None = None
    responded: bool = flag_column()
    at: datetime | None = stamp_column()


class OpportunityRow(SQLModel, table=True):
    """An opportunity as it stands in Salesforce. touched: JSON list of our field names that a person has changed."""

    __tablename__ = "opportunity"
    id: str = Field(primary_key=True)
    account_id: str | None = refers_column("account.id")
    key: str | None = Field(default=None, index=True)
    name: str | None = text_column()
    offer: str | None = None
    words: str = text_column(nullable=False)
    stage: str | None = None
    staged_at: datetime | None = stamp_column()
    segment: str | None = text_column()
    amount: Decimal | None = Field(default=None, sa_column=Column(Numeric(20, 2)))
    currency: str | None = None
    probability: Decimal | None = Field(default=None, sa_column=Column(Numeric(6, 2)))
    close_date: date | None = Field(default=None, sa_column=Column(Date))
    created_at: datetime | None = stamp_column()
    owner: str | None = None
    is_closed: bool = flag_column()
    is_won: bool = flag_column()
    touched: str = json_column("[]")


class StageChangeRow(SQLModel, table=True):
    """One entry of an opportunity's stage history."""

    __tablename__ = "stage_change"
    id: str = Field(primary_key=True)
    opportunity_id: str | None = Field(default=None, index=True)
    stage: str | None = None
    amount: Decimal | None = Field(default=None, sa_column=Column(Numeric(20, 2)))
    probability: Decimal | None = Field(default=None, sa_column=Column(Numeric(6, 2)))
    close_date: date | None = Field(default=None, sa_column=Column(Date))
    at: datetime | None = stamp_column()


class LineItemRow(SQLModel, table=True):
    """A product on an opportunity."""

    __tablename__ = "line_item"
    id: str = Field(primary_key=True)
    opportunity_id: str | None = Field(default=None, index=True)
    product: str = text_column(nullable=False)


class ContactRoleRow(SQLModel, table=True):
    """A contact's role on an opportunity."""

    __tablename__ = "contact_role"
    id: str = Field(primary_key=True)
    opportunity_id: str | None = Field(default=None, index=True)
    contact_id: str | None = Field(default=None, index=True)
    key: str | None = None
    role: str | None = None
    is_primary: bool = flag_column()
    said: bool = flag_column()
