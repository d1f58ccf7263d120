"""The store's tables. Three facts: what we saw, what it means today, what we want to stand and what was acknowledged.

Stamps are aware UTC in both databases. Golden ids are text and stable; JSON is text, so that SQLite and PostgreSQL read
alike. `Store` holds every statement on these tables.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Boolean, Column, Date, DateTime, ForeignKey, Index, Integer, Numeric, String, Text, text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field, SQLModel

metadata = SQLModel.metadata
metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC stamp; SQLite keeps it without a zone, so it is taken off and put back here."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive stamps; hand the database UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a stamp without a time zone: {value}")
        at = value.astimezone(UTC)
        return at.replace(tzinfo=None) if dialect.name == "sqlite" else at

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give back aware UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _stamp(*, index: bool = False, nullable: bool = True) -> Any:
    return Field(default=None, sa_column=Column(UtcDateTime, index=index, nullable=nullable))


def _text(*, nullable: bool = True) -> Any:
    return Field(default=None if nullable else "", sa_column=Column(Text, nullable=nullable))


def _refers(target: str, *, nullable: bool = True) -> Any:
    return Field(default=None, sa_column=Column(String, ForeignKey(target), index=True, nullable=nullable))


def _json(empty: str) -> Any:
    return Field(default=empty, sa_column=Column(Text, nullable=False, server_default=text(f"'{empty}'")))


def _number(first: int = 0) -> Any:
    return Field(default=first, sa_column=Column(Integer, nullable=False, server_default=text(str(first))))


def _flag(*, default: bool = False) -> Any:
    return Field(
        default=default, sa_column=Column(Boolean, nullable=False, server_default=text("true" if default else "false"))
    )


# ---- what we saw -------------------------------------------------------------------------------------------------


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
    )
    system: str = Field(primary_key=True)
    stream: str = Field(primary_key=True)
    remote_id: str = Field(primary_key=True)
    modified_at: datetime | None = _stamp()
    deleted: bool = _flag()
    digest: str
    raw: str = _text(nullable=False)
    unmatched: bool = _flag(default=True)


class Cursor(SQLModel, table=True):
    """How far a stream was read: the bookmark past the last page saved."""

    __tablename__ = "cursor"
    system: str = Field(primary_key=True)
    stream: str = Field(primary_key=True)
    value: str = _text(nullable=False)
    moved_at: datetime | None = _stamp()
    complete_at: datetime | None = _stamp()  # when a pull last reached the end
    full_at: datetime | None = _stamp()  # when everything was last read


class Seen(SQLModel, table=True):
    """The ids that a running full read has met; what it did not meet is gone."""

    __tablename__ = "seen"
    system: str = Field(primary_key=True)
    stream: str = Field(primary_key=True)
    remote_id: str = Field(primary_key=True)


class Quarantine(SQLModel, table=True):
    """A record that cannot be read or written, with the reason."""

    __tablename__ = "quarantine"
    system: str = Field(primary_key=True)
    stream: str = Field(primary_key=True)
    remote_id: str = Field(primary_key=True)
    step: str
    reason: str = _text(nullable=False)
    since: datetime | None = _stamp()
    attempts: int = _number(1)


# ---- who is who --------------------------------------------------------------------------------------------------


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
    manual: bool = _flag()


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


class Waiting(SQLModel, table=True):
    """A record that refers to one not known yet (`system.stream/id`, `email/address`); matched again when it comes."""

    __tablename__ = "waiting"
    ref: str = Field(primary_key=True)
    system: str = Field(primary_key=True)
    stream: str = Field(primary_key=True)
    remote_id: str = Field(primary_key=True)


class UserRow(SQLModel, table=True):
    """A person of ours."""

    __tablename__ = "user"
    id: str = Field(primary_key=True)
    name: str | None = None
    email: str | None = None
    active: bool = _flag(default=True)
    time_zone: str | None = None
    sources: str = _text(nullable=False)


class AccountRow(SQLModel, table=True):
    """One company. Bands are text `low..high`; codes are a JSON list of `SIC 1987 6021`."""

    __tablename__ = "account"
    __table_args__ = (Index("ix_account_stale", "id", sqlite_where=text("stale"), postgresql_where=text("stale")),)
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
    codes: str = _json("[]")
    codes_ambiguous: bool = _flag()
    employees: str | None = None
    annual_revenue: str | None = None
    total_assets: str | None = None
    currency: str | None = None
    relation: str | None = None
    owner: str | None = Field(default=None, index=True)
    registers: str = _json("[]")
    sources: str = _text(nullable=False)
    stale: bool = _flag(default=True)


class ContactRow(SQLModel, table=True):
    """One person at an account."""

    __tablename__ = "contact"
    id: str = Field(primary_key=True)
    account_id: str | None = _refers("account.id")
    first_name: str | None = None
    last_name: str | None = None
    emails: str = _json("[]")
    phone: str | None = None
    title: str | None = _text()
    opted_out: bool | None = None
    bounced: bool | None = None
    relation: str | None = None
    owner: str | None = None
    lifecycle: str | None = None
    country: str | None = None
    sources: str = _text(nullable=False)


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
    contact_id: str | None = _refers("contact.id", nullable=False)
    kind: str
    at: datetime = _stamp(nullable=False)
    topic: str = _text(nullable=False)
    campaign_id: str | None = None
    by_us: bool = _flag()
    selling: bool = _flag()
    agent: str | None = _text()
    message: str | None = None


class CampaignMemberRow(SQLModel, table=True):
    """A contact's membership of a campaign."""

    __tablename__ = "campaign_member"
    id: str = Field(primary_key=True)
    campaign_id: str | None = Field(default=None, index=True)
    contact_id: str | None = _refers("contact.id")
    status: str | None = None
    responded: bool = _flag()
    at: datetime | None = _stamp()


class OpportunityRow(SQLModel, table=True):
    """An opportunity as it stands in Salesforce. touched: JSON list of our field names that a person has changed."""

    __tablename__ = "opportunity"
    id: str = Field(primary_key=True)
    account_id: str | None = _refers("account.id")
    key: str | None = Field(default=None, index=True)
    name: str | None = _text()
    offer: str | None = None
    words: str = _text(nullable=False)
    stage: str | None = None
    amount: Decimal | None = Field(default=None, sa_column=Column(Numeric(20, 2)))
    currency: str | None = None
    probability: Decimal | None = Field(default=None, sa_column=Column(Numeric(6, 2)))
    close_date: date | None = Field(default=None, sa_column=Column(Date))
    created_at: datetime | None = _stamp()
    owner: str | None = None
    is_closed: bool = _flag()
    is_won: bool = _flag()
    touched: str = _json("[]")


class StageChangeRow(SQLModel, table=True):
    """One entry of an opportunity's stage history."""

    __tablename__ = "stage_change"
    id: str = Field(primary_key=True)
    opportunity_id: str | None = Field(default=None, index=True)
    stage: str | None = None
    amount: Decimal | None = Field(default=None, sa_column=Column(Numeric(20, 2)))
    probability: Decimal | None = Field(default=None, sa_column=Column(Numeric(6, 2)))
    close_date: date | None = Field(default=None, sa_column=Column(Date))
    at: datetime | None = _stamp()


class ContactRoleRow(SQLModel, table=True):
    """A contact's role on an opportunity."""

    __tablename__ = "contact_role"
    id: str = Field(primary_key=True)
    opportunity_id: str | None = Field(default=None, index=True)
    contact_id: str | None = Field(default=None, index=True)
    key: str | None = None
    role: str | None = None
    is_primary: bool = _flag()


# ---- what it means, what we want, what was acknowledged ----------------------------------------------------------


class JudgementRow(SQLModel, table=True):
    """Everything the rules say of one account today; `body` is the whole judgement as JSON."""

    __tablename__ = "judgement"
    account_id: str = Field(sa_column=Column(String, ForeignKey("account.id"), primary_key=True))
    today: date = Field(sa_column=Column(Date, nullable=False))
    agreement: str
    standing: str = Field(index=True)
    segment: str | None = None
    mqls: int = _number()
    opportunities: int = _number()
    review_on: date | None = Field(default=None, sa_column=Column(Date, index=True))
    body: str = _text(nullable=False)


class WishRow(SQLModel, table=True):
    """What we want to stand in one remote record; pending while `wanted_digest` differs from `sent_digest`.

    acknowledged: the guarded fields as they stood after our last write (JSON, our names): the yardstick for a
    person's touch. touched: JSON list of those that a person has changed since.
    """

    __tablename__ = "wish"
    __table_args__ = (
        Index(
            "ix_wish_pending",
            "system",
            "object",
            "key",
            sqlite_where=text("sent_digest <> wanted_digest"),
            postgresql_where=text("sent_digest <> wanted_digest"),
        ),
        Index("ix_wish_remote_id", "system", "object", "remote_id"),
    )
    system: str = Field(primary_key=True)
    object: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    account_id: str | None = Field(default=None, index=True)
    wanted: str = _text(nullable=False)
    wanted_digest: str
    sent: str = _json("{}")
    sent_digest: str = Field(default="", sa_column=Column(String, nullable=False, server_default=text("''")))
    once: bool = _flag()
    remote_id: str | None = None
    acknowledged: str = _json("{}")
    touched: str = _json("[]")
    unread: bool = _flag()  # written since it was last read back
    uncertain: bool = _flag()
    attempts: int = _number()
    retry_at: datetime | None = _stamp()
    error_code: str | None = None
    error: str | None = _text()
    reason: str = _text(nullable=False)
    sent_at: datetime | None = _stamp()


# ---- the house keeping -------------------------------------------------------------------------------------------


class Run(SQLModel, table=True):
    """One run of a verb or of a whole cycle, with what it did."""

    __tablename__ = "run"
    id: int | None = Field(default=None, primary_key=True)
    verb: str
    started_at: datetime | None = _stamp(nullable=False)
    finished_at: datetime | None = _stamp()
    outcome: str | None = None  # done, failed, stopped
    counts: str = _json("{}")
    error: str | None = _text()


class AgreementVersion(SQLModel, table=True):
    """An agreement that judgements were made by."""

    __tablename__ = "agreement_version"
    digest: str = Field(primary_key=True)
    version: str
    body: str = _text(nullable=False)
    first_used_at: datetime | None = _stamp(nullable=False)


class AuditLog(SQLModel, table=True):
    """What a person did by hand, and when."""

    __tablename__ = "audit_log"
    id: int | None = Field(default=None, primary_key=True)
    at: datetime | None = _stamp(nullable=False)
    actor: str
    action: str
    detail: str = _text(nullable=False)


class Request(SQLModel, table=True):
    """What a person asked the running daemon to do: a resync, a cycle, a retry."""

    __tablename__ = "request"
    id: int | None = Field(default=None, primary_key=True)
    at: datetime | None = _stamp(nullable=False)
    actor: str
    verb: str
    options: str = _json("{}")
    done_at: datetime | None = _stamp()
    outcome: str | None = _text()


class Erased(SQLModel, table=True):
    """A person who was erased: keyed hashes of their remote ids and addresses, so that they stay gone."""

    __tablename__ = "erased"
    token: str = Field(primary_key=True)
    at: datetime | None = _stamp(nullable=False)


class Note(SQLModel, table=True):
    """A small fact the store keeps of itself, such as the digest of the mapping it last matched by."""

    __tablename__ = "note"
    name: str = Field(primary_key=True)
    value: str = _text(nullable=False)
