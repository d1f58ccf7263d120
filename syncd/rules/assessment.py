"""One account as the rules see it before the forecast: what calls and wishes are made from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from syncd.agreement.terms import Agreement
from syncd.model import (
    Account,
    Contact,
    ContactJudgement,
    Coverage,
    Destinations,
    Double,
    Gate,
    Group,
    Opportunity,
    Ref,
    Scalar,
    Standing,
    Tally,
    Wish,
)
from syncd.rules.cycles import Cycles
from syncd.rules.days import local_day, plus, zone
from syncd.rules.groups import Seats
from syncd.rules.handover import Falls, Place, falls_to
from syncd.rules.opportunities import Place as OfOffer


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
    seats: Seats  # who takes part in which role
    coverage: Mapping[str, Coverage]  # by offer
    tally: Tally
    places: Mapping[str, OfOffer]  # by offer, of all that the agreement has
    destinations: Destinations
    whole: Agreement  # as it reads for accounts of no segment; `agreement`: as it reads for this one's
    without: Sequence[Opportunity] = ()  # open ones of sales that name no offer
    cycles: Cycles = field(default_factory=dict)

    @property
    def rep(self) -> str | None:
        """The golden id of the account's rep; None where nobody is, or a team takes turns and had none yet."""
        return self.falls().rep

    def falls(self, contact: Contact | None = None, offer: str | None = None) -> Falls:
        """To whom the account falls, or one of its contacts who engages most with that offer."""
        place = Place(self.group.account, self.segment, offer)
        stream = self.destinations["user"].stream
        return falls_to(self.group, self.agreement.handover, stream, place, contact)

    @property
    def handed(self) -> frozenset[str]:
        """The contacts who were handed to a rep."""
        return frozenset(release.contact_id for release in self.group.releases.values())

    def remote_ids(self, object: str, record: Account | Contact) -> tuple[str, ...]:
        """The ids of an account or contact where wishes for it go; the first is used."""
        return record.remote_ids.get(self.destinations[object].stream, ())

    def was_deleted(self, object: str, record: Account | Contact) -> bool:
        """Whether a person deleted their record where wishes for it go, and no other stands: it is not made again."""
        return record.id in self.group.gone and not self.remote_ids(object, record)

    @property
    def account_doubt(self) -> Double | None:
        """What the account may be, as long as it is to be created and people may still decide."""
        account = self.group.account
        if self.remote_ids("account", account):
            return None
        stream = self.destinations["account"].stream
        return self._doubt("account", account.id, lambda double: bool(double.other_ids.get(stream)))

    def doubt(self, contact: Contact) -> Double | None:
        """Who a contact may be, as long as they are to be created and people may still decide."""
        if self.remote_ids("contact", contact):
            return None
        return self._doubt("contact", contact.id, lambda double: self.stands(double.other))

    def awaits(self, contact: Contact) -> bool:
        """Whether somebody is about to be copied there by the vendors' own integration."""
        copied_by = self.copied_by(contact)
        return copied_by is not None and self.today < copied_by

    def copied_by(self, contact: Contact) -> date | None:
        """The day by which an integration has copied them; None where none does, or they stand there."""
        days = self.agreement.doubles.copying_days
        if not days or contact.made is None or self.stands(contact.id):
            return None
        return plus(local_day(contact.made, zone(self.agreement.time_zone)), days)

    def stands(self, contact_id: str) -> bool:
        """Whether a contact of the group is known where contacts are written, as a contact or a lead."""
        contact = self.contacts.get(contact_id)
        return contact is not None and bool(self.remote_ids("contact", contact) or self.is_lead(contact))

    def _doubt(self, kind: str, id: str, stands: Callable[[Double], bool]) -> Double | None:
        """The first open doubt: somebody who stands there already, or who would be created first."""
        doubles = [double for double in self.group.doubles if (double.kind, double.id) == (kind, id)]
        waits = [
            double for double in doubles if self.today < self.until(double) and (stands(double) or double.other < id)
        ]
        return min(waits, key=lambda double: (not stands(double), double.other), default=None)

    def until(self, double: Double) -> date:
        """The day from which on nothing waits for the decision any more."""
        seen_on = local_day(double.since, zone(self.agreement.time_zone))
        return plus(seen_on, self.agreement.doubles.wait_days)

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
