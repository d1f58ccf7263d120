"""One account as the rules see it before the forecast: what calls and wishes are made from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from syncd.agreement.terms import Agreement
from syncd.model import Contact, ContactJudgement, Coverage, Gate, Group, Standing, Tally


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

    @staticmethod
    def is_lead(contact: Contact) -> bool:
        """Whether Salesforce knows the contact as a lead only."""
        return bool(contact.remote_ids.get("salesforce.Lead")) and not contact.remote_ids.get("salesforce.Contact")


def clip(text: str, length: int) -> str:
    """The text, at most so many characters long; a cut shows."""
    return text if len(text) <= length else text[: length - 1] + "…"
