"""The rules: from a group, the agreement and today's date to a judgement. Pure, total, and the same every time.

judge() composes them in this order: market (where the account stands), titles and roles (who decides there),
engagement (how far each contact has come), mql (the gates; contacts.py puts these together), groups (who is missing),
caucus (which offer they stand for), forecast (which opportunities that makes), wishes (what should stand in
Salesforce).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, tzinfo

from syncd.agreement.terms import Agreement
from syncd.model import Call, ContactJudgement, Coverage, Decision, GateName, Group, Judgement, Ruling
from syncd.rules.acceptance import Hearing, changed, heard, rests_for, reviews
from syncd.rules.alerts import alerts_of
from syncd.rules.answers import Answers, latest_answers
from syncd.rules.assessment import Assessment
from syncd.rules.caucus import Voter, hold
from syncd.rules.contacts import judge_contacts, meeting_sales, weigh_contacts
from syncd.rules.currencies import as_of
from syncd.rules.days import plus
from syncd.rules.engagement import Weighing
from syncd.rules.follow_ups import follow_up, unsaid
from syncd.rules.forecast import make_calls
from syncd.rules.groups import Seats, cover, seat
from syncd.rules.market import stand
from syncd.rules.mql import decide, market_gate
from syncd.rules.occasions import candidates_of
from syncd.rules.opportunities import Place, on_open_opportunities, sort_by_offer
from syncd.rules.picture import pictures_of
from syncd.rules.picture import reviews as picture_reviews
from syncd.rules.questions import question_candidates
from syncd.rules.resting import rests_until
from syncd.rules.rulebook import Rulebook, rulebook_of
from syncd.rules.tasks import wait_for_release
from syncd.rules.wishes import make_wishes, told_to_marketing

__all__ = ["Rulebook", "judge", "rulebook_of"]


def judge(group: Group, book: Rulebook, today: date) -> Judgement:
    """Judge one account by the rulebook as of `today`, a calendar day in the agreement's time zone.

    Never raises on odd facts: what cannot be read is unknown. The order in which the group's records come makes no
    difference.
    """
    hearing = _hearing(group, book, today)
    assessment, weighings = _assess(hearing, book)
    rates = [rate.on for rate in book.agreement.rates if rate.on > today]
    if group.account.person:
        return _left_out(group, hearing, assessment, book, weighings.values())
    calls = wait_for_release(assessment, make_calls(assessment))
    pictures = pictures_of(assessment, calls)
    return Judgement(
        account_id=group.account.id,
        today=today,
        agreement=book.agreement.label,
        standing=assessment.standing,
        segment=assessment.segment,
        market=assessment.market,
        contacts=tuple(_alerted(assessment)),
        coverage=tuple(assessment.coverage.values()),
        tally=assessment.tally,
        calls=calls,
        wishes=(
            *make_wishes(assessment, calls, pictures),
            *follow_up(hearing, assessment),
            *unsaid(hearing, assessment),
        ),
        candidates=(*candidates_of(assessment), *question_candidates(assessment, calls)),
        outcomes=changed(group.releases, hearing.group.releases),
        terms=book.terms,
        pictures=pictures,
        review_on=min(
            (*_reviews(hearing, assessment, calls, weighings.values()), *picture_reviews(assessment, pictures), *rates),
            default=None,
        ),
    )


def _left_out(
    group: Group, hearing: Hearing, assessment: Assessment, book: Rulebook, weighings: Iterable[Weighing]
) -> Judgement:
    """The judgement of a person account: nothing is wanted of it, and marketing alone is told of its person."""
    return Judgement(
        account_id=group.account.id,
        today=hearing.today,
        agreement=book.agreement.label,
        standing=assessment.standing,
        segment=None,
        market=assessment.market,
        contacts=tuple(_alerted(assessment)),
        coverage=(),
        tally=assessment.tally,
        calls=(),
        wishes=told_to_marketing(assessment),
        outcomes=changed(group.releases, hearing.group.releases),
        terms=book.terms,
        review_on=min(_reviews(hearing, assessment, (), weighings), default=None),
    )


def _hearing(group: Group, book: Rulebook, today: date) -> Hearing:
    """The group, whose releases say what became of them by today, and the terms that it goes by."""
    scale = book.scale
    hearing = Hearing(group, book.agreement.handover, scale.answered, scale.unmarked, scale.where, today)
    return replace(hearing, group=heard(hearing))


def _assess(hearing: Hearing, book: Rulebook) -> tuple[Assessment, Mapping[str, Weighing]]:
    group, today = hearing.group, hearing.today
    whole = as_of(book.agreement, today)
    standing, segment, market = stand(group.account, whole, book.industries)
    places, without = sort_by_offer(group, whole.offers)
    book = _book_in(book, segment, places)
    agreement = as_of(book.agreement, today)
    contacts = {contact.id: contact for contact in sorted(group.contacts, key=lambda contact: contact.id)}
    weighings = weigh_contacts(group, contacts, book.scale, today)
    since = plus(today, -book.scale.window)
    meeting = meeting_sales(group, book.scale, since, today)
    judgements = judge_contacts(hearing, book, contacts, weighings, market_gate(standing, segment, market), meeting)
    resting = rests_for(hearing)
    voters = {contact_id: _voter(judgement, resting) for contact_id, judgement in judgements.items()}
    engaged = on_open_opportunities(group.opportunities)
    present = [
        voters[contact_id]
        for contact_id, judgement in judgements.items()
        if _votes(judgement) and (not judgement.interest.explore or contact_id in engaged)
    ]
    seats, where = seat(judgements.values()), book.scale.where
    labels = {offer.name: offer.label for offer in agreement.offers}
    assessment = Assessment(
        group=group,
        agreement=agreement,
        today=today,
        standing=standing,
        segment=segment,
        market=market,
        judgements=judgements,
        contacts=contacts,
        preferences={contact_id: voter.preferences(book.offers) for contact_id, voter in voters.items()},
        seats=seats,
        coverage=_coverage(group, agreement, places, seats, since, where, today),
        tally=hold(present, book.offers, agreement.caucus.viable_percent, labels),
        places=places,
        without=without,
        destinations=book.destinations,
        whole=whole,
        cycles=book.cycles,
    )
    return assessment, weighings


def _coverage(
    group: Group,
    agreement: Agreement,
    places: Mapping[str, Place],
    seats: Seats,
    since: date,
    where: tzinfo,
    today: date,
) -> Mapping[str, Coverage]:
    """The coverage of each offer, with what people answered on the open opportunities that stand for it."""
    answered: Mapping[str, Answers] = {}
    if any(opportunity.answers for opportunity in group.opportunities):
        answered = {
            offer: latest_answers([*place.ours, *place.adopted, *place.adoptable]) for offer, place in places.items()
        }
    answered_since = plus(today, -agreement.group.answer_days)
    return {
        offer.name: cover(offer, seats, since, where, answered.get(offer.name, {}), answered_since)
        for offer in agreement.offers
    }


def _book_in(book: Rulebook, segment: str | None, places: Mapping[str, Place]) -> Rulebook:
    """The rulebook of the account's segment, with what is not sold there and an open opportunity stands for."""
    own = book.in_segment(segment)
    if own.offers == book.offers:
        return own
    kept = [
        offer
        for offer in book.agreement.offers
        if offer.name not in own.offers and (places[offer.name].ours or places[offer.name].adopted)
    ]
    return own.selling(kept) if kept else own


def _voter(judgement: ContactJudgement, resting: Mapping[str, frozenset[str]]) -> Voter:
    """Somebody with the offers that they engage with, but those for which they rest."""
    by_offer, rests = judgement.interest.by_offer, resting.get(judgement.contact_id)
    if rests:
        by_offer = {offer: strength for offer, strength in by_offer.items() if offer not in rests}
    return Voter(judgement.contact_id, by_offer, judgement.interest.last_by_offer)


def _alerted(assessment: Assessment) -> Iterator[ContactJudgement]:
    """The judgements of the contacts, with what somebody must look at."""
    for judgement in assessment.judgements.values():
        alerts = alerts_of(assessment, judgement)
        yield replace(judgement, alerts=alerts) if alerts else judgement


def _votes(judgement: ContactJudgement) -> bool:
    """Whether they are an MQL, or would be but that marketing does not reach them, whom sales meets."""
    if not judgement.meets:
        return judgement.mql is Ruling.YES
    return decide(gate for gate in judgement.gates if gate.name is not GateName.REACHABLE) is Ruling.YES


def _reviews(
    hearing: Hearing, assessment: Assessment, calls: Iterable[Call], weighings: Iterable[Weighing]
) -> Iterator[date]:
    """The later days on which time alone changes something: a window closes, a close date of ours has passed."""
    opportunities = {opportunity.id: opportunity for opportunity in assessment.group.opportunities}
    days = [weighing.review_on for weighing in weighings if weighing.review_on]
    kept = (opportunities[call.opportunity_id or ""] for call in calls if call.decision is Decision.KEEP)
    days += [plus(opportunity.close_date, 1) for opportunity in kept if opportunity.close_date]
    days += [call.review_on for call in calls if call.review_on]
    days += [assessment.until(double) for double in assessment.group.doubles]
    rest, where = hearing.terms.rest_days, hearing.where
    days += reviews(hearing)
    days += [rests_until(back, rest, where) for back in assessment.group.returned.values()]
    days += [day for contact in assessment.contacts.values() if (day := assessment.copied_by(contact))]
    return (day for day in days if day > assessment.today)
