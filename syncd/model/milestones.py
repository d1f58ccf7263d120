"""Milestones: the day on which a contact or an opportunity reached a stage; appended, never changed.

They hold ids, terms of the agreement and amounts only, so that an erasure takes the person and leaves the count.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum


class Stage(StrEnum):
    """The stages of the waterfall, and what a rep's word or silence makes of those handed over."""

    INQUIRY = "inquiry"
    MQL = "mql"
    RELEASED = "released"
    ACCEPTED = "accepted"
    NOT_YET = "not_yet"
    REJECTED = "rejected"
    RECYCLED = "recycled"
    SQO = "sqo"
    WON = "won"
    LOST = "lost"

    @property
    def words(self) -> str:
        """As people read it."""
        return _WORDS.get(self, self.value)


_WORDS = {Stage.MQL: "MQL", Stage.NOT_YET: "not yet", Stage.SQO: "qualified opportunity"}

OF_OPPORTUNITIES = frozenset({Stage.SQO, Stage.WON, Stage.LOST})
OUTCOMES = (Stage.WON, Stage.LOST)
ENDINGS = frozenset({Stage.REJECTED, Stage.RECYCLED})  # after them a contact begins anew, in the next round
BEFORE = 0  # the round of what a system's own dates tell


class Source(StrEnum):
    """Whether syncd saw it when it came, or a system's own history tells of it."""

    SEEN = "seen"
    HISTORY = "history"


@dataclass(frozen=True, slots=True)
class Milestone:
    """One stage that was reached.

    at: aware UTC. account_id, contact_id, opportunity_id: golden ids; who was erased is `erased.contact/…`, the same
    in all their milestones. agreement, terms: version and digest of the terms in force. evidence: golden ids of
    activities, contacts, stage changes and tasks. rep: golden user id. campaign_id: of the activity that brought it.
    opportunity_key: our own key of an opportunity that we open, verbatim as Salesforce keeps it.
    round: of a contact, one more than the endings before; of an opportunity, which of its outcomes it is, or which of
    the words that were said of it.
    """

    stage: Stage
    at: datetime
    account_id: str
    contact_id: str | None = None
    offer: str | None = None
    opportunity_id: str | None = None
    agreement: str = ""
    terms: str = ""
    evidence: tuple[str, ...] = ()
    source: Source = Source.SEEN
    segment: str | None = None
    campaign_id: str | None = None
    rep: str | None = None
    amount: Decimal | None = None
    currency: str | None = None  # ISO 4217
    opportunity_key: str | None = None
    round: int = 1
    key: str = field(default="", compare=False)  # by which it is kept once

    def __post_init__(self) -> None:
        if not self.key:
            object.__setattr__(self, "key", f"{self.stage}/{self.subject}/{self.round}")

    @property
    def kept_as(self) -> str:
        """What reached the stage under the name that it had then, whatever it was merged into since."""
        return self.key.split("/", 1)[1].rpartition("/")[0]

    @property
    def subject(self) -> str:
        """What reached the stage: an opportunity by our key or its id, else the contact, else the account."""
        of_opportunity = None
        if self.stage in OF_OPPORTUNITIES or self.contact_id is None:
            of_opportunity = self.opportunity_key or self.opportunity_id
        return of_opportunity or self.contact_id or self.account_id
