"""What people found out, as the rules take it: answers about a decision, and the roles that they gave to contacts.

A role that a person sets on an opportunity, or answers with, outranks the title's: for that contact, everywhere, as
long as it stands there. It counts where the agreement knows such a role; another value of the picklist teaches nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from syncd.agreement.terms import Agreement
from syncd.model import Answer, Group, Opportunity
from syncd.model.answers import PROCESS
from syncd.rules.days import stamp, stamp_or_never

Answers = Mapping[str, Answer]  # by what they are about


class SaidRole(NamedTuple):
    """The role that a person gave to a contact, and where they did."""

    role: str
    where: str


def latest_answers(opportunities: Iterable[Opportunity]) -> Answers:
    """The latest answer about each part of the decision, of all that these opportunities hold."""
    answers = sorted(
        (answer for opportunity in opportunities for answer in opportunity.answers),
        key=lambda answer: (stamp(answer.at), answer.source, answer.value),
    )
    return {answer.what: answer for answer in answers if answer.what in PROCESS}


def roles_of(agreement: Agreement) -> frozenset[str]:
    """Every role that the agreement knows."""
    return frozenset(
        [rule.role for rule in agreement.roles] + [role for offer in agreement.offers for role in offer.roles]
    )


def said_roles(group: Group, agreement: Agreement) -> Mapping[str, SaidRole]:
    """Contact → the role that a person gave them; of several that on an open, then that on a newer opportunity."""
    said = [one for opportunity in _newest_first(group.opportunities) for one in _said_on(opportunity)]
    if not said:
        return {}
    known = roles_of(agreement)
    return {contact_id: role for contact_id, role in reversed(said) if role.role in known}


def _newest_first(opportunities: Iterable[Opportunity]) -> list[Opportunity]:
    open_last = sorted(
        opportunities,
        key=lambda one: (not one.is_closed, stamp_or_never(one.created_at), one.id),
    )
    return open_last[::-1]


def _said_on(opportunity: Opportunity) -> Iterator[tuple[str, SaidRole]]:
    """By answers, the latest first, then by the contact roles that people set."""
    for answer in sorted(opportunity.answers, key=lambda answer: stamp(answer.at), reverse=True):
        if answer.what not in PROCESS:
            yield answer.value, SaidRole(answer.what, answer.source)
    name = opportunity.name or opportunity.id
    for role in opportunity.roles:
        if role.contact_id and role.role and role.by_people:
            yield role.contact_id, SaidRole(role.role, f"set by sales on {name}")
