"""What only matching reads of a record: who it is, whom it belongs to, who wrote it last. No rule looks at it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from syncd.model.facts import VITAL

Refs = tuple[str, ...]  # `system.stream/id`, or `email/address`


@dataclass(frozen=True, slots=True)
class AccountEvidence:
    """Beside its fields, what an account may be recognised by, and the unit of its amounts."""

    key: Annotated[str | None, VITAL] = None  # the golden id that syncd wrote into a record of its own making
    currency: str | None = None  # ISO 4217, of the record's own amounts, with which it is kept
    domains: tuple[str, ...] = ()  # of all its websites: one company may have several
    cross_ids: Refs = ()  # the same company in another system
    merged_ids: tuple[str, ...] = ()  # records of the same stream that were merged into this one


@dataclass(frozen=True, slots=True)
class ContactEvidence:
    """Beside their fields, what a contact and their employer may be recognised by."""

    key: Annotated[str | None, VITAL] = None  # the golden id that syncd wrote into a record of its own making
    # These are of the record's own first address, or its own numbers: what closes them (`Contact.closures`).
    bounced: Annotated[bool | None, VITAL] = None  # mail came back for good
    quarantined: Annotated[bool | None, VITAL] = None  # the system that sends mail sends none there
    opted_out: Annotated[bool | None, VITAL] = None  # of all mail
    unsubscribed: Annotated[tuple[str, ...], VITAL] = ()  # names of the kinds of mail that they opted out of
    do_not_call: Annotated[bool | None, VITAL] = None
    no_contact: Annotated[bool | None, VITAL] = None  # they asked to be left alone, wherever
    person: Annotated[bool | None, VITAL] = None  # the record is a person account's own
    account: Refs = ()  # the company they belong to
    company: str | None = None  # what a lead's company is called
    domain: str | None = None  # of that company
    city: str | None = None  # of that company
    state: str | None = None  # of that company
    cross_ids: Refs = ()  # the same person in another system
    cross_lead: Refs = ()  # the same person as a lead there
    converted_contact: Refs = ()  # whom a lead was turned into
    verdict: str | None = None  # what a rep says of them
    verdict_reason: str | None = None
    changed_at: datetime | None = None  # when the record was written last
    converted_account: Refs = ()  # whose contact they became
    merged_ids: tuple[str, ...] = ()  # records of the same stream that were merged into this one


@dataclass(frozen=True, slots=True)
class ActivityEvidence:
    """Beside its fields, what tells whose activity it was."""

    key: Annotated[str | None, VITAL] = None  # of a task that syncd made
    verdict: str | None = None  # what a rep says of whom it is about
    verdict_reason: str | None = None
    changed_at: datetime | None = None  # when the record was written last
    closed: bool = False  # whether it is done
    closed_because: str | None = None  # why syncd closed it: then it was nobody's touch
    modified_by: str | None = None  # who wrote it last
    created_by: str | None = None


@dataclass(frozen=True, slots=True)
class CampaignMemberEvidence:
    """What those who responded did thereby."""

    kind: str | None = None  # of the activity
    topic: str | None = None  # of the activity
    outcome: str | None = None  # of the activity


@dataclass(frozen=True, slots=True)
class OpportunityEvidence:
    """What tells whether a person has touched what syncd wrote."""

    next_step: str | None = None
    modified_by: str | None = None  # who wrote it last
    created_by: str | None = None
    verdict: str | None = None  # what a rep says of it
    verdict_reason: str | None = None
    changed_at: datetime | None = None  # when the record was written last
    criteria: str | None = None  # these five: what somebody found out about the decision
    steps: str | None = None
    timeline: str | None = None
    budget: str | None = None
    signature: str | None = None


@dataclass(frozen=True, slots=True)
class ContactRoleEvidence:
    """Which opportunity a contact role stands on, and what tells whether a person has changed it."""

    opportunity: Annotated[Refs, VITAL] = ()
    modified_by: str | None = None  # who wrote it last
    created_by: str | None = None
