"""The questions for those who own opportunities: which offer is it? A task each, written once, answered in the record.

Asked only where the answer decides something: an offer of the account qualifies, nothing stands for it, and beside an
open opportunity that names no offer none is opened until its owner was asked (`forecast.without_offer: ask first`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime

from syncd.model import Call, Candidate, Opportunity, Ref, Scalar, TaskKind, Wish
from syncd.rules.assessment import Assessment
from syncd.rules.days import stamp
from syncd.rules.handover import owner_of
from syncd.rules.occasions import WEAKEST, is_asked_for, rank_of
from syncd.rules.opportunities import NONE
from syncd.rules.tasks import due_day, rep_of

BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


def offer_questions(assessment: Assessment, calls: Iterable[Call]) -> Iterator[Wish]:
    """The task of each question that was handed to its owner."""
    for opportunity, of_opportunity in _asked_about(assessment, calls):
        candidate = _candidate(assessment, opportunity, of_opportunity)
        if is_asked_for(assessment, candidate.key):
            yield _question(assessment, opportunity, of_opportunity, candidate)


def question_candidates(assessment: Assessment, calls: Iterable[Call]) -> Iterator[Candidate]:
    """The questions that wait for a place of their owner's week, like others."""
    for opportunity, of_opportunity in _asked_about(assessment, calls):
        candidate = _candidate(assessment, opportunity, of_opportunity)
        if not is_asked_for(assessment, candidate.key):
            yield candidate


def _asked_about(assessment: Assessment, calls: Iterable[Call]) -> Iterator[tuple[Opportunity, list[Call]]]:
    """Each open opportunity of sales that names no offer, as long as a qualified offer waits for it."""
    waiting: dict[str, list[Call]] = {}
    for call in calls:
        for opportunity_id in call.asks_about:
            waiting.setdefault(opportunity_id, []).append(call)
    opportunities = {opportunity.id: opportunity for opportunity in assessment.group.opportunities}
    for opportunity_id, of_opportunity in waiting.items():
        yield opportunities[opportunity_id], of_opportunity


def _candidate(assessment: Assessment, opportunity: Opportunity, calls: Sequence[Call]) -> Candidate:
    """It ranks as the strongest of the people for whom it is asked."""
    people = dict.fromkeys(contact_id for call in calls for contact_id in call.delegates)
    ranks = [rank_of(assessment, assessment.judgements[contact_id]) for contact_id in people]
    falls = assessment.falls()
    owner = owner_of([opportunity.owner], assessment.group.users, assessment.destinations["user"].stream)
    return Candidate(
        key=f"offer/{opportunity.id}",
        kind=TaskKind.QUESTION,
        account_id=assessment.group.account.id,
        contact_id="",
        rank=max(ranks, default=WEAKEST),
        since=stamp(opportunity.created_at) if opportunity.created_at else BEGINNING,
        rep=owner or falls.rep,
        team=() if owner else falls.team,
        segment=assessment.segment or "",
    )


def _question(assessment: Assessment, opportunity: Opportunity, calls: Sequence[Call], candidate: Candidate) -> Wish:
    name = opportunity.name or opportunity.id
    labels = {offer.name: offer.label for offer in assessment.agreement.offers}
    fields: dict[str, Scalar | Ref] = {
        "key": candidate.key,
        "subject": f"Which offer is {name} for?",
        "due": due_day(assessment, candidate.key),
        "description": "\n".join(_description(calls, labels, assessment)),
        "priority": "normal",
        "status": "open",
        "about": Ref("opportunity", opportunity.id),
    }
    if rep := rep_of(assessment, candidate):
        fields["owner"] = Ref("user", rep)
    return assessment.wish("task", candidate.key, fields, once=True, reason="an open opportunity that names no offer")


def _description(calls: Sequence[Call], labels: dict[str, str], assessment: Assessment) -> Iterator[str]:
    for call in calls:
        yield f"Why: {labels[call.offer]} qualifies at this account: {'; '.join(call.reasons[1:])}."
    yield "This opportunity is open and names no offer, so nothing is opened beside it before you say which it is."
    field = assessment.destinations["opportunity"].offer_field
    offers = "; ".join(f"{label} ({name})" for name, label in labels.items())
    yield f"Answer in {field}, by one of these: {offers}; or {NONE}, where it is for something else."
    yield f"Agreement {assessment.agreement.version}."
