"""One account as the rules see it before the forecast: what calls and wishes are made from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from syncd.agreement.terms import Agreement
from syncd.model import (
    Account,
    Contact,
    ContactJudgement,
    Coverage,
    Destinations,
    Gate,
    Group,
    Ref,
    Scalar,
    Standing,
    Tally,
    Wish,
)
from syncd.rules.handover import rep_of


@dataclass(frozen=True, slots=True)
class Assessment:
    """One group with everything judged of it but calls and wishes; contacts in the order of their ids."""

    group: Group
    agreement: Agreement
    today: date
    standing: Standing
    segment: str | None
    market: tuple[Gate, ...]
    judgements: Mapping[str, ContactJudgement]  # by contact id
    contacts: Mapping[str, Contact]
    preferences: Mapping[str, Sequence[str]]  # contact id → offers, most engaged first
    coverage: Mapping[str, Coverage]  # by offer
    tally: Tally
    destinations: Destinations

    @property
    def rep(self) -> str | None:
        """The golden id of the account's rep."""
        stream = self.destinations["user"].stream
        return rep_of(self.group.account, self.group.users, self.agreement.handover, stream)

    def remote_ids(self, object: str, record: Account | Contact) -> tuple[str, ...]:
        """The ids of an account or contact where wishes for it go; the first is used."""
        return record.remote_ids.get(self.destinations[object].stream, ())

    def is_lead(self, contact: Contact) -> bool:
        """Whether the contact is known as a lead only where contacts are written."""
        leads = self.destinations["contact"].forerunners
        return any(contact.remote_ids.get(stream) for stream in leads) and not self.remote_ids("contact", contact)

    def wish(
        self,
        object: str,
        key: str,
        fields: Mapping[str, Scalar | Ref],
        *,
        reason: str,
        remote_id: str | None = None,
        once: bool = False,
    ) -> Wish:
        """A wish for one record, its values as they may stand there."""
        destination = self.destinations[object]
        fitting = {name: destination.fitted(name, value) for name, value in fields.items()}
        return Wish(destination.system, object, key, fitting, once, remote_id, reason, destination.stream)
