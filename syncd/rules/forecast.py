"""The forecast of one account: which opportunities to open, keep or adopt, at which weight, and why.

Nothing here closes or deletes; an opportunity whose group no longer meets the bar is kept, marked with the reason.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import NamedTuple

from syncd.agreement.segments import terms_for
from syncd.agreement.terms import Agreement, ForecastTerms, Offer
from syncd.model import Call, Decision, Opportunity
from syncd.rules.amounts import amount_of
from syncd.rules.assessment import Assessment
from syncd.rules.bar import measure
from syncd.rules.cycles import span_of
from syncd.rules.days import plus, zone
from syncd.rules.groups import completeness, next_question
from syncd.rules.market import sized
from syncd.rules.opportunities import Place, key_of
from syncd.rules.resting import account_rest
from syncd.rules.rounds import hindrance, next_round

CENT = Decimal("0.01")


class _Case(NamedTuple):
    """One offer of one account: the terms by which it is judged, and what stands for it.

    free: the opportunities of sales that it may adopt. without: those that name no offer.
    """

    assessment: Assessment
    terms: Agreement
    offer: Offer
    place: Place
    free: Sequence[Opportunity] = ()
    without: Sequence[Opportunity] = ()


def make_calls(assessment: Assessment) -> tuple[Call, ...]:
    """One call for each viable offer and each offer that an opportunity of ours or an adopted one stands for.

    In the agreement's order. A second opportunity for one offer (after accounts were merged), ours or adopted, gets a
    call of its own, unqualified; one of sales that only speaks of it is named. What sales opened is adopted for one
    offer only.
    """
    viable = assessment.tally.viable
    cases = [
        _case(assessment, offer, place)
        for offer in assessment.agreement.offers
        if (place := assessment.places[offer.name]).ours or place.adopted or offer.name in viable
    ]
    brought = {case.offer.name: _brought(case) for case in cases}
    standing = {opportunity.id for of_offer in brought.values() for opportunity in of_offer}
    without = tuple(opportunity for opportunity in assessment.without if opportunity.id not in standing)
    agreed = _agreed_on(assessment, cases, without)
    calls: list[Call] = []
    taken: set[str | None] = set()
    for case in cases:
        free = [*brought[case.offer.name], *case.place.adoptable, *agreed.get(case.offer.name, ())]
        free = [opportunity for opportunity in free if opportunity.id not in taken]
        calls += _calls(case._replace(free=free, without=without))
        taken.update(call.opportunity_id for call in calls if call.decision is Decision.ADOPT)
    return tuple(calls)


def _case(assessment: Assessment, offer: Offer, place: Place) -> _Case:
    """An opportunity of ours keeps the terms of the segment by which it was opened, whatever its account's is now."""
    opened = next((opportunity.segment for opportunity in place.ours[:1]), None)
    if opened in (None, assessment.segment):
        return _Case(assessment, assessment.agreement, offer, place)
    terms = terms_for(assessment.whole, opened)
    offer = next((one for one in terms.offers if one.name == offer.name), offer)
    return _Case(assessment, terms, offer, place)


def _agreed_on(
    assessment: Assessment, cases: Iterable[_Case], without: Sequence[Opportunity]
) -> Mapping[str, tuple[Opportunity]]:
    """Where the agreement adopts what names no offer: for which qualified offer, the one with most delegates first."""
    if assessment.agreement.forecast.without_offer != "adopt" or not without:
        return {}
    vacant = (case for case in cases if not case.place.taken)
    qualified = [call for case in vacant if (call := _weigh_group(case)).qualified]
    qualified.sort(key=lambda call: -len(call.delegates))
    return {call.offer: (opportunity,) for call, opportunity in zip(qualified, without, strict=False)}


def _brought(case: _Case) -> list[Opportunity]:
    """The open opportunities that the conversion of a delegate's lead made, and that stand for no offer yet."""
    assessment = case.assessment
    delegates = assessment.tally.final.get(case.offer.name, ())
    brought = {assessment.contacts[contact_id].brought for contact_id in delegates}
    return [
        opportunity
        for opportunity in assessment.group.opportunities
        if opportunity.id in brought and not (opportunity.key or opportunity.offer or opportunity.is_closed)
    ]


def probability(share: Fraction, terms: ForecastTerms) -> Decimal:
    """The weight in percent: 10 + 10 × completeness, within the agreement's bounds, to the hundredth."""
    weight = 10 + 10 * share
    percent = (Decimal(weight.numerator) / weight.denominator).quantize(CENT, ROUND_HALF_UP)
    return min(max(percent, terms.probability.min), terms.probability.max)


def share_of(assessment: Assessment, offer: Offer, delegates: Iterable[str]) -> Fraction:
    """The completeness of the supporters' roles for that offer."""
    return completeness(
        offer.roles, Counter([assessment.judgements[contact_id].role or "" for contact_id in delegates])
    )


# ---- one offer ---------------------------------------------------------------------------------------------------


def _calls(offered: _Case) -> Iterable[Call]:
    """The calls of one offer."""
    call, place = _weigh_group(offered), offered.place
    doubles: Sequence[Opportunity] = ()
    match place:
        case Place(ours=[opportunity, *others]):
            doubles = [*others, *place.adopted]
            yield _beside(_keep(offered, call, opportunity), place)
        case Place(adopted=[opportunity, *doubles]):
            yield _beside(_adopt(call, opportunity), place)
        case _:
            yield _adopt(call, offered.free[0]) if call.qualified and offered.free else _open(offered, call)
    for double in doubles:
        yield _double(call, double)


def _weigh_group(case: _Case) -> Call:
    """Whether the group meets the bar for that offer, with what speaks for it or what is missing."""
    assessment, offer = case.assessment, case.offer
    delegates = assessment.tally.final.get(offer.name, ())
    measured = measure(assessment, case.terms.forecast.bar, offer, delegates)
    return Call(
        offer=offer.name,
        decision=Decision.SKIP,
        qualified=not measured.hindrances,
        reasons=measured.hindrances or measured.reasons,
        key=key_of(assessment.group.account.id, offer.name),
        delegates=delegates,
        review_on=plus(measured.until, 1) if measured.until else None,
    )


def _open(case: _Case, call: Call) -> Call:
    assessment, place = case.assessment, case.place
    if rests := hindrance(assessment, case.terms, case.offer, place, call.delegates):
        ended = rests.ending.opportunity
        return replace(call, opportunity_id=ended.id if ended else None, reasons=(rests.reason,), review_on=rests.until)
    if not call.qualified:
        return call
    rest_days, where = case.terms.handover.rest_days, zone(case.terms.time_zone)
    if resting := account_rest(assessment.group, rest_days, where, assessment.today):
        return replace(call, reasons=(f"{resting.why}: it rests until {resting.until}",), review_on=resting.until)
    if taken := [*place.covered, *place.adoptable]:
        reason = "an open opportunity of sales speaks of it and stands for another offer"
        return replace(call, opportunity_id=taken[0].id, reasons=(reason,))
    if case.without and case.terms.forecast.without_offer == "ask first":
        return _ask_first(call, case.without)
    if call.delegates and all(assessment.is_lead(assessment.contacts[one]) for one in call.delegates):
        return replace(call, reasons=("its supporters are leads, and an opportunity stands on contacts: convert one",))
    if doubt := assessment.account_doubt:
        reason = f"this account may be {doubt.other} ({doubt.evidence}): decide with `syncd doubles`"
        return replace(call, reasons=(reason,))
    weighed = _weigh(case, call, None)
    if weighed.amount is None:
        return replace(call, reasons=weighed.reasons[-1:])
    key = key_of(assessment.group.account.id, case.offer.name, next_round(place, case.offer.name))
    return replace(weighed, decision=Decision.OPEN, key=key, stage=case.terms.forecast.stage)


def _ask_first(call: Call, without: Sequence[Opportunity]) -> Call:
    names = ", ".join(opportunity.name or opportunity.id for opportunity in without)
    reason = f"sales has an open opportunity that names no offer: {names}; its owner is asked before one is opened"
    return replace(
        call,
        opportunity_id=without[0].id,
        reasons=(reason, *call.reasons),
        asks_about=tuple(opportunity.id for opportunity in without),
    )


def _keep(case: _Case, call: Call, opportunity: Opportunity) -> Call:
    kept = replace(
        call,
        decision=Decision.KEEP,
        key=opportunity.key,
        opportunity_id=opportunity.id,
        stage=opportunity.stage,
    )
    kept = _weigh(case, kept, opportunity) if call.qualified else _lapsed(case, kept)
    if opportunity.close_date and opportunity.close_date < case.assessment.today:
        return replace(kept, reasons=(*kept.reasons, f"overdue: its close date, {opportunity.close_date}, has passed"))
    return kept


def _lapsed(case: _Case, call: Call) -> Call:
    """The weight of one that qualifies no more follows the agreement."""
    terms = case.terms.forecast
    if terms.lapsed_weight == "kept":
        return call
    least = terms.probability.min
    why = f"{_weight_in_words(least)}: the least, until it qualifies"
    return replace(call, probability=least, reasons=(*call.reasons, why))


def _adopt(call: Call, opportunity: Opportunity) -> Call:
    """Attach evidence and roles to what sales opened; its own id is its key, so that it is never taken for ours."""
    reasons = (*call.reasons, "sales opened it: stage, amount, close date, weight and owner stay theirs")
    return replace(
        call,
        decision=Decision.ADOPT,
        key=opportunity.id,
        opportunity_id=opportunity.id,
        stage=opportunity.stage,
        reasons=reasons,
    )


def _double(call: Call, opportunity: Opportunity) -> Call:
    return replace(
        call,
        decision=Decision.KEEP if opportunity.key else Decision.ADOPT,
        qualified=False,
        key=opportunity.key or opportunity.id,
        opportunity_id=opportunity.id,
        stage=opportunity.stage,
        delegates=(),
        reasons=("a second open opportunity for the same account and offer: close one of them",),
    )


def _beside(call: Call, place: Place) -> Call:
    """The call, which also says where another open opportunity of sales speaks of the same offer."""
    if not place.adoptable:
        return call
    named = place.adoptable[0].name or place.adoptable[0].id
    return replace(call, reasons=(*call.reasons, f"an open opportunity of sales speaks of it too: {named}"))


def _why_so_much(weight: Decimal, share: Fraction, whole: float) -> str:
    """Two shares by their names: the weight goes by the delegates, the opportunity's field shows the whole group."""
    its = f"its delegates fill {float(share):.0%} of the roles, the whole group {whole:.0%}"
    return f"{_weight_in_words(weight)}: {its}"


def _weight_in_words(weight: Decimal) -> str:
    return f"weight {weight.normalize():f}%"


def _weigh(case: _Case, call: Call, opportunity: Opportunity | None) -> Call:
    """Weight, amount, close date, owner and next step, with their reasons; `opportunity`: ours, if it stands."""
    assessment, offer = case.assessment, case.offer
    terms, account = case.terms.forecast, assessment.group.account
    span = span_of(assessment.cycles, offer.name, assessment.segment, terms.sales_cycle_days)
    share = share_of(assessment, offer, call.delegates)
    weight = probability(share, terms)
    segment = next((one for one in assessment.whole.served_market.segments if one.name == assessment.segment), None)
    measured = sized(account, segment.size if segment else None)
    amount, why = amount_of(measured, offer.amount, assessment.agreement.currency, assessment.agreement.rates)
    worth = f"amount {amount:,} {assessment.agreement.currency} {why}" if amount is not None else f"no amount: {why}"
    if amount is None and opportunity and opportunity.amount is not None:
        worth = f"no amount can be told now: {why}; the one that stands there stays as it is"
    return replace(
        call,
        probability=weight,
        amount=amount,
        currency=assessment.agreement.currency,
        close_date=_standing_date(opportunity) or plus(assessment.today, span.days),
        close_basis="" if _standing_date(opportunity) else span.basis,
        owner=opportunity.owner if opportunity else assessment.rep,
        next_step=assessment.destinations["opportunity"].fitted(
            "next_step", next_question(assessment.coverage[offer.name])
        ),
        reasons=(*call.reasons, _why_so_much(weight, share, assessment.coverage[offer.name].completeness), worth),
    )


def _standing_date(opportunity: Opportunity | None) -> date | None:
    """Once opened the date stays: a quiet day changes nothing, and one that has passed is shown, not moved on."""
    return opportunity.close_date if opportunity else None
