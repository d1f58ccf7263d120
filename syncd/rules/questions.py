"""The questions for those who own opportunities: which offer is it? A task each, written once, answered in the record.

Asked only where the answer decides something: an offer of the account qualifies, nothing stands for it, and beside an
open opportunity that names no offer none is opened until its owner was asked (`forecast.without_offer: ask first`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from syncd.model import Call, Opportunity, Ref, Scalar, Wish
from syncd.rules.assessment import Assessment
from syncd.rules.days import plus_business
from syncd.rules.handover import takes_records
from syncd.rules.opportunities import NONE


def offer_questions(assessment: Assessment, calls: Iterable[Call]) -> Iterator[Wish]:
    """One task for each open opportunity of sales that names no offer, as long as a qualified offer waits for it."""
    waiting: dict[str, list[Call]] = {}
    for call in calls:
        for opportunity_id in call.asks_about:
            waiting.setdefault(opportunity_id, []).append(call)
    opportunities = {opportunity.id: opportunity for opportunity in assessment.group.opportunities}
    for opportunity_id, of_opportunity in waiting.items():
        yield _question(assessment, opportunities[opportunity_id], of_opportunity)


def _question(assessment: Assessment, opportunity: Opportunity, calls: Sequence[Call]) -> Wish:
    name = opportunity.name or opportunity.id
    labels = {offer.name: offer.label for offer in assessment.agreement.offers}
    key = f"offer/{opportunity.id}"
    fields: dict[str, Scalar | Ref] = {
        "key": key,
        "subject": f"Which offer is {name} for?",
        "due": plus_business(assessment.today, assessment.agreement.handover.task_due_days),
        "description": "\n".join(_description(calls, labels, assessment.agreement.version)),
        "priority": "normal",
        "status": "open",
        "about": Ref("opportunity", opportunity.id),
    }
    if owner := _owner(assessment, opportunity):
        fields["owner"] = Ref("user", owner)
    return assessment.wish("task", key, fields, once=True, reason="an open opportunity that names no offer")


def _description(calls: Sequence[Call], labels: dict[str, str], version: str) -> Iterator[str]:
    for call in calls:
        yield f"Why: {labels[call.offer]} qualifies at this account: {'; '.join(call.reasons[1:])}."
    yield "This opportunity is open and names no offer, so nothing is opened beside it before you say which it is."
    offers = "; ".join(f"{label} ({name})" for name, label in labels.items())
    yield f"Answer in its offer field, by one of these: {offers}; or {NONE}, where it is for something else."
    yield f"Agreement {version}."


def _owner(assessment: Assessment, opportunity: Opportunity) -> str | None:
    """Who answers: the opportunity's owner, else the account's rep."""
    owner = assessment.group.users.get(opportunity.owner or "")
    stream = assessment.destinations["user"].stream
    return owner.id if owner and takes_records(owner, stream) else assessment.rep
