"""Rounds: after an opportunity was lost, won or deleted, when the next one of its offer may be opened, and as which.

A lost one is followed by another after the agreed rest, a won one where the offer can be sold again; both only on
evidence that is newer than their end. What a person deleted counts as lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time
from typing import NamedTuple

from syncd.agreement.terms import Agreement, Offer
from syncd.model import Opportunity
from syncd.rules.assessment import Assessment
from syncd.rules.days import local_day, plus, stamp, zone
from syncd.rules.opportunities import Place, round_of


class RoundEnding(NamedTuple):
    """How and when an earlier opportunity of an offer ended; opportunity: None of one that was deleted."""

    at: datetime
    how: str
    opportunity: Opportunity | None = None

    @property
    def won(self) -> bool:
        """Whether they bought."""
        return self.opportunity is not None and self.opportunity.is_won


class Hindrance(NamedTuple):
    """Why no other one is opened now; until: the day from which on the time that passed hinders it no more."""

    reason: str
    ending: RoundEnding
    until: date | None = None


def next_round(place: Place, offer: str) -> int:
    """The round of the opportunity that would be opened next: one more than those that are over."""
    keys = [*place.deleted, *(opportunity.key for opportunity in place.closed if opportunity.key)]
    highest = max((round_of(key, offer) for key in keys), default=0)
    return max(highest, len(place.closed) + len(place.deleted)) + 1


def hindrance(
    assessment: Assessment, terms: Agreement, offer: Offer, place: Place, delegates: Iterable[str]
) -> Hindrance | None:
    """What the end of the last one keeps the next one from; None where there was none, or it hinders no more."""
    ending = max(_endings(place), default=None, key=lambda ending: ending.at)
    if ending is None:
        return None
    where = zone(terms.time_zone)
    ended_on = local_day(ending.at, where)
    what = f"{ending.how} on {ended_on}"
    rest = terms.forecast.rest_after_loss_days
    if ending.won and not offer.sold_again:
        return Hindrance(f"{what}, and {offer.label} is not sold again", ending)
    if not ending.won and rest is None:
        return Hindrance(f"{what}, and no other one is opened after a loss", ending)
    until = ended_on if ending.won else plus(ended_on, rest or 0)
    if assessment.today < until:
        return Hindrance(f"{what}: it rests until {until}", ending, until)
    if not _newer(assessment, offer.name, delegates, ending.at):
        return Hindrance(f"{what}: nobody who stands for it was engaged with it since", ending)
    return None


def _endings(place: Place) -> Iterator[RoundEnding]:
    for opportunity in place.closed:
        how = "won" if opportunity.is_won else "lost"
        yield RoundEnding(
            _closed_at(opportunity), f"it stood in the forecast once and was closed as {how}", opportunity
        )
    for at in place.deleted.values():
        yield RoundEnding(stamp(at), "it stood in the forecast once and a person deleted it")


def _closed_at(opportunity: Opportunity) -> datetime:
    """Since when it stands in its last stage; where its system does not tell, its close date."""
    if opportunity.staged_at:
        return stamp(opportunity.staged_at)
    if opportunity.close_date:
        return datetime.combine(opportunity.close_date, time(12), UTC)
    return stamp(opportunity.created_at) if opportunity.created_at else datetime.min.replace(tzinfo=UTC)


def _newer(assessment: Assessment, offer: str, delegates: Iterable[str], than: datetime) -> bool:
    interests = (assessment.judgements[contact_id].interest for contact_id in delegates)
    return any(stamp(at) > than for one in interests if (at := one.last_by_offer.get(offer)))
