"""The picture of every open opportunity of an account, ours and those that sales opened: what is known of its decision.

Per opportunity: the offer, where it is known; which roles are covered, by whom and how strongly; what is known and not
known, with its source and date; and for each gap the next action that closes it: whom to reach, with what, and who does
it. Nothing in it moves by the day, so that a quiet day writes nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

from syncd.agreement.group_terms import StrengthBands
from syncd.agreement.terms import Agreement, Offer
from syncd.model import (
    Account,
    AccountPicture,
    Call,
    Choice,
    ContactJudgement,
    Coverage,
    Decision,
    Destination,
    Knowledge,
    OfferQuestion,
    Opportunity,
    Picture,
    PicturedRole,
    PictureFinding,
    RoleCoverage,
    RolePerson,
    Strength,
    Unknown,
    User,
)
from syncd.rules.answers import latest_answers
from syncd.rules.assessment import Assessment
from syncd.rules.days import local_day, plus, stamp, stamp_or_never, zone
from syncd.rules.groups import cover, subject_of
from syncd.rules.next_actions import Reaching, insiders_of, next_actions
from syncd.rules.opportunities import NONE

STANDS = (Decision.OPEN, Decision.KEEP, Decision.ADOPT)
IT = "it"  # what an opportunity that names no offer is for


class Case(NamedTuple):
    """One open opportunity to picture: under which name, for which offer, owned by whom. None: not made yet."""

    key: str
    name: str
    offer: Offer | None
    owner: str | None
    opportunity: Opportunity | None


def pictures_of(assessment: Assessment, calls: Iterable[Call]) -> tuple[Picture, ...]:
    """The pictures of all opportunities that are open or opened now: by calls first, then as the group has them."""
    cases = [*_cases(assessment, calls)]
    insiders = insiders_of(assessment.seats) if cases else []
    return tuple(_picture(assessment, case, insiders) for case in cases)


def account_picture(account: Account, pictures: Sequence[Picture]) -> AccountPicture:
    """The pictures of the account's open opportunities, together."""
    return AccountPicture(account.name or account.domain or account.id, tuple(pictures))


def strength_in(bands: StrengthBands, strength: float) -> Strength:
    """The band of a strength."""
    rising = ((bands.weak, Strength.WEAK), (bands.fair, Strength.FAIR), (bands.strong, Strength.STRONG))
    return next((band for least, band in reversed(rising) if strength >= least), Strength.NONE)


def opportunity_name(assessment: Assessment, call: Call) -> str:
    """What an opportunity of ours is called when it is opened, as it may stand there."""
    account = assessment.group.account
    label = next(offer.label for offer in assessment.agreement.offers if offer.name == call.offer)
    name = account.name or account.domain or "(no name)"
    shape = assessment.agreement.forecast.name.replace("{account}", name).replace("{offer}", label)
    return str(assessment.destinations["opportunity"].fitted("name", shape))


# ---- which ones --------------------------------------------------------------------------------------------------


def _cases(assessment: Assessment, calls: Iterable[Call]) -> Iterator[Case]:
    offers = {offer.name: offer for offer in (*assessment.whole.offers, *assessment.agreement.offers)}
    standing = {
        opportunity.id: opportunity
        for opportunity in sorted(assessment.group.opportunities, key=_age)
        if not opportunity.is_closed
    }
    called: set[str] = set()
    for call in calls:
        if call.decision is Decision.OPEN:
            yield Case(call.key or "", opportunity_name(assessment, call), offers.get(call.offer), call.owner, None)
        elif call.decision in STANDS and (opportunity := standing.get(call.opportunity_id or "")):
            called.add(opportunity.id)
            yield _standing(opportunity, offers.get(call.offer))
    if others := [opportunity for id, opportunity in standing.items() if id not in called]:
        spoken_of = _spoken_of(assessment)
        for opportunity in others:
            yield _standing(opportunity, offers.get(spoken_of.get(opportunity.id, "")))


def _age(opportunity: Opportunity) -> tuple[datetime, str]:
    return stamp_or_never(opportunity.created_at), opportunity.id


def _standing(opportunity: Opportunity, offer: Offer | None) -> Case:
    name = opportunity.name or opportunity.id
    return Case(opportunity.key or opportunity.id, name, offer, opportunity.owner, opportunity)


def _spoken_of(assessment: Assessment) -> Mapping[str, str]:
    """Opportunity → its offer: by its own field, else the first offer that its words speak of."""
    spoken_of: dict[str, str] = {}
    for offer, place in assessment.places.items():
        for opportunity in (*place.ours, *place.adopted):
            spoken_of[opportunity.id] = offer
        for opportunity in place.adoptable:
            spoken_of.setdefault(opportunity.id, offer)
    return spoken_of


# ---- one of them -------------------------------------------------------------------------------------------------


def _picture(assessment: Assessment, case: Case, insiders: Sequence[ContactJudgement]) -> Picture:
    offer = case.offer or _any_offer(assessment.agreement)
    coverage = _coverage(assessment, case, offer)
    by_what = {subject_of(entry.what): entry for entry in coverage.unknowns}
    users, bands = assessment.group.users, assessment.agreement.group.strength
    roles = tuple(_role(assessment, role, by_what[role.role], bands) for role in coverage.roles)
    findings = [_finding(entry, users, assessment.destinations["opportunity"]) for entry in coverage.unknowns]
    gaps = [entry for entry in coverage.unknowns if entry.state is not Knowledge.KNOWN]
    closes = case.opportunity.close_date if case.opportunity else None
    reaching = Reaching(assessment, case.owner, insiders)
    return Picture(
        opportunity=case.key,
        name=case.name,
        offer=case.offer.name if case.offer else None,
        label=case.offer.label if case.offer else "",
        overdue=closes if closes and closes < assessment.today else None,
        people=len(assessment.judgements),
        roles=roles,
        gaps=tuple(entry.what for entry in coverage.unknowns if entry.state is Knowledge.UNKNOWN),
        known=tuple(finding for finding in findings if finding.state is Knowledge.KNOWN),
        unknown=tuple(finding for finding in findings if finding.state is not Knowledge.KNOWN),
        next=tuple(next_actions(reaching, gaps, named=case.offer is not None)),
        asks=None if case.offer else _asks(assessment),
    )


def _coverage(assessment: Assessment, case: Case, offer: Offer) -> Coverage:
    agreement, where = assessment.agreement, zone(assessment.agreement.time_zone)
    answers = latest_answers([case.opportunity] if case.opportunity else [])
    return cover(
        offer,
        assessment.seats,
        plus(assessment.today, -agreement.engagement.response_days),
        where,
        answers,
        plus(assessment.today, -agreement.group.answer_days),
    )


def _any_offer(agreement: Agreement) -> Offer:
    """What is asked of an opportunity that names no offer: the roles that every offer needs, as many as the least."""
    first, *others = agreement.offers
    roles = {
        role: min(needed, *(other.roles[role] for other in others)) if others else needed
        for role, needed in first.roles.items()
        if all(role in other.roles for other in others)
    }
    return first.model_copy(update={"name": "", "label": IT, "roles": roles, "questions": {}})


def _role(assessment: Assessment, role: RoleCoverage, entry: Unknown, bands: StrengthBands) -> PicturedRole:
    people = [assessment.judgements[contact_id] for contact_id in role.contacts]
    return PicturedRole(
        role=role.role,
        needed=role.needed,
        by=tuple(RolePerson(person.name, person.title or "") for person in people),
        state=entry.state,
        strength=strength_in(bands, role.strength),
    )


def _finding(entry: Unknown, users: Mapping[str, User], destination: Destination) -> PictureFinding:
    """What the ledger says; who said it by name, where it is a user that is known or what somebody typed."""
    user = users.get(entry.by)
    by = (user.name or user.email or "") if user else "" if "/" in entry.by else entry.by
    field, title = destination.answers.get(entry.what), destination.titles.get(entry.what)
    return PictureFinding(entry.what, entry.state, entry.value, entry.source, by, entry.at, field, title)


def _asks(assessment: Assessment) -> OfferQuestion | None:
    """How the offer is said, where the mapping reads it from what people write."""
    destination = assessment.destinations["opportunity"]
    if (field := destination.answers.get("offer")) is None:
        return None
    choices = [Choice(offer.name, offer.label) for offer in assessment.agreement.offers]
    return OfferQuestion(field, destination.titles["offer"], (*choices, Choice(NONE, "None of these")))


# ---- when time changes it ----------------------------------------------------------------------------------------


def reviews(assessment: Assessment, pictures: Sequence[Picture]) -> Iterator[date]:
    """The later days on which time alone changes a picture: a band falls, an answer ages, a close date has passed."""
    if not pictures:
        return
    where, days = zone(assessment.agreement.time_zone), assessment.agreement.group.answer_days
    standing = [opportunity for opportunity in assessment.group.opportunities if not opportunity.is_closed]
    ages = [
        plus(local_day(stamp(answer.at), where), days + 1) for opportunity in standing for answer in opportunity.answers
    ]
    passes = [plus(opportunity.close_date, 1) for opportunity in standing if opportunity.close_date]
    yield from (day for day in (*_falls(assessment), *ages, *passes) if day > assessment.today)


def _falls(assessment: Assessment) -> Iterator[date]:
    """All strengths decay alike: s × 0.5^(days / half-life) falls below b after half-life × log2(s / b) days."""
    bands, half_life = assessment.agreement.group.strength, assessment.agreement.engagement.half_life_days
    for members in assessment.seats.values():
        strength = round(math.fsum(member.interest.strength for member in members), 6)
        below = max((least for least in (bands.weak, bands.fair, bands.strong) if least <= strength), default=None)
        if below is not None:
            yield plus(assessment.today, math.floor(half_life * math.log2(strength / below)) + 1)
