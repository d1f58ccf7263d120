"""What somebody must look at: who explores and is nobody's, or left alone by marketing; a private person's hand-raise.

Who explores stays in marketing, and a named rep asks about their problem: a person and continued marketing. An alert
says which of the two is missing. It changes nothing else; a person mends it.
"""

from __future__ import annotations

from syncd.model import ContactJudgement
from syncd.rules.assessment import Assessment
from syncd.rules.days import local_day, zone
from syncd.rules.occasions import explores

LEFT_OUT = "asked for sales or a price, and is left out as a person account: no rep is told"
NO_OWNER = "explores, and nobody owns the account: no rep calls them"
UNTOUCHED = "marketing did not touch them since"


def alerts_of(assessment: Assessment, judgement: ContactJudgement) -> tuple[str, ...]:
    """What is missing for somebody who explores, and that a person account's hand-raise gets no human; else nothing.

    A marketing touch is an e-mail of ours that arrived and does not sell, on the day on which they began to explore or
    after it.
    """
    interest = judgement.interest
    if assessment.group.account.person and interest.hand_raised:
        return (LEFT_OUT,)
    if interest.explored_at is None or not explores(judgement):
        return ()
    falls = assessment.falls(assessment.contacts[judgement.contact_id])
    alerts = [] if falls.rep or falls.team else [NO_OWNER]
    where = zone(assessment.agreement.time_zone)
    since = local_day(interest.explored_at, where)
    if interest.marketed_at is None or local_day(interest.marketed_at, where) < since:
        alerts.append(f"explores since {since}, and {UNTOUCHED}")
    return tuple(alerts)
