"""The bar of the forecast: what a group must show before its opportunity enters it, and what speaks for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import NamedTuple

from syncd.agreement.terms import Bar, Offer
from syncd.model import Ruling, Standing, Tally
from syncd.rules.assessment import Assessment
from syncd.rules.days import local_day, plus, zone
from syncd.rules.engagement import mobilized


class Measured(NamedTuple):
    """One group held against the bar: what keeps it from the forecast (empty: nothing), and what speaks for it.

    until: the last day on which a response is recent enough, where it is and the agreement asks for that.
    """

    hindrances: tuple[str, ...]
    reasons: tuple[str, ...]
    until: date | None = None


def measure(assessment: Assessment, bar: Bar, offer: Offer, delegates: Sequence[str]) -> Measured:
    """Hold the delegates of an offer, and the account, against the bar."""
    responded_on = _responded_on(assessment, delegates)
    last = plus(responded_on, bar.response_days) if responded_on and bar.response_days else None
    checks = [
        *_always(assessment, bar, offer, delegates),
        *_asked_for(assessment, bar, delegates),
        *_recent(assessment, bar, last),
    ]
    return Measured(
        hindrances=tuple(text for holds, text in checks if not holds),
        reasons=tuple(text for _, text in checks),
        until=last if last and last >= assessment.today else None,
    )


def _always(assessment: Assessment, bar: Bar, offer: Offer, delegates: Sequence[str]) -> Iterator[tuple[bool, str]]:
    tally = assessment.tally
    in_role = [contact_id for contact_id in delegates if assessment.judgements[contact_id].role in offer.roles]
    moved = [contact_id for contact_id in delegates if mobilized(assessment.judgements[contact_id].interest)]
    support = len(delegates) if delegates else len(tally.first.get(offer.name, ()))
    roles = sorted({assessment.judgements[contact_id].role or "" for contact_id in in_role})
    yield assessment.standing is Standing.IN, _market(assessment)
    yield offer.name in tally.viable, _support(offer, support, tally)
    yield len(in_role) >= bar.mqls_in_required_role, f"MQLs in required roles: {', '.join(roles) or 'none'}"
    yield len(moved) >= bar.supporters_at_mobilization, f"supporters at mobilization or beyond: {len(moved)}"


def _asked_for(assessment: Assessment, bar: Bar, delegates: Sequence[str]) -> Iterator[tuple[bool, str]]:
    """What the agreement may ask for beside: a number of people, and roles that somebody of the account must have."""
    if bar.people:
        yield len(delegates) >= bar.people, f"people who stand for it: {len(delegates)} of {bar.people}"
    if bar.roles_known:
        lacking = [role for role in bar.roles_known if role not in assessment.seats]
        what = f"who is not known yet: {', '.join(lacking)}" if lacking else f"known: {', '.join(bar.roles_known)}"
        yield not lacking, what


def _recent(assessment: Assessment, bar: Bar, last: date | None) -> Iterator[tuple[bool, str]]:
    if bar.response_days is not None:
        recent = last is not None and last >= assessment.today
        yield recent, f"{'a response' if recent else 'no response'} within {bar.response_days} days"


def _responded_on(assessment: Assessment, delegates: Iterable[str]) -> date | None:
    """The day on which one of them last responded."""
    interests = (assessment.judgements[contact_id].interest for contact_id in delegates)
    moments: list[datetime] = [interest.responded_at for interest in interests if interest.responded_at]
    return local_day(max(moments), zone(assessment.agreement.time_zone)) if moments else None


def _support(offer: Offer, support: int, tally: Tally) -> str:
    if not tally.present:
        return "no MQL at the account"
    return f"{support} of {tally.present} MQLs for {offer.label}, {tally.threshold} needed"


def _market(assessment: Assessment) -> str:
    if assessment.standing is Standing.IN:
        return f"in the served market: {assessment.segment or ''}"
    reasons = "; ".join(gate.reason for gate in assessment.market if gate.ruling is not Ruling.YES)
    return reasons or f"{assessment.standing} of the served market"
