"""What marketing gets back of who has a role in the served market, so that marketers can build lists on it.

Qualification with its reason, the next ask and the named rep stand on the contact; the list of potential MQLs holds
who passes every gate but the response: whom outbound should reach.
"""

from __future__ import annotations

from collections.abc import Iterator

from syncd.model import Ask, ContactJudgement, GateName, Ref, Ruling, Scalar, Standing, Wish
from syncd.rules.assessment import Assessment
from syncd.rules.reasons import reason_of

BEHAVIOUR = frozenset({GateName.RESPONDED, GateName.POINTS})  # gates that only behaviour opens


def marketing_wishes(assessment: Assessment) -> Iterator[Wish]:
    """The wishes for every record that marketing has of the account's contacts, duplicates included."""
    rep = _rep(assessment)
    records = {
        remote_id: assessment.judgements[contact.id]
        for contact in assessment.contacts.values()
        for remote_id in assessment.remote_ids("qualification", contact)
    }
    for remote_id, judgement in records.items():
        yield from _contact(assessment, judgement, remote_id, rep)
        yield from _member(assessment, judgement, remote_id)


def is_potential(judgement: ContactJudgement) -> bool:
    """Whether mail reaches them, and every gate is passed but those that only behaviour opens."""
    return judgement.by_mail and all(
        gate.ruling is Ruling.YES for gate in judgement.gates if gate.name not in BEHAVIOUR
    )


def _rep(assessment: Assessment) -> str | None:
    user = assessment.group.users.get(assessment.rep or "")
    return (user.name or user.email) if user else None


def _contact(assessment: Assessment, judgement: ContactJudgement, remote_id: str, rep: str | None) -> Iterator[Wish]:
    """Who has no role or stands outside the market is left alone, unless they were written before, ask or explore."""
    key = f"{assessment.destinations['qualification'].stream}/{remote_id}"
    interest = judgement.interest
    concerned = assessment.standing is Standing.IN and judgement.role is not None
    asks = judgement.ask is Ask.EXPLORE or (interest.hand_raised and judgement.ask is Ask.ASK)
    concerned = concerned or interest.hand_raised or asks or bool(judgement.verdict)
    if not concerned and f"qualification/{key}" not in assessment.group.opened:
        return
    fields: dict[str, Scalar | Ref] = {
        "mql": judgement.mql.value,
        "reason": reason_of(judgement),
        "next_ask": judgement.ask.value,
        "rep": rep if judgement.mql is Ruling.YES or asks else None,
        "verdict": judgement.verdict or None,
    }
    yield assessment.wish("qualification", key, fields, remote_id=remote_id, reason=f"MQL: {judgement.mql}")


def _member(assessment: Assessment, judgement: ContactJudgement, remote_id: str) -> Iterator[Wish]:
    key = f"potential/{remote_id}"
    potential = is_potential(judgement)
    if potential or key in assessment.group.opened:
        why = "passes every gate but the response" if potential else "does not pass every gate any more"
        yield assessment.wish("potential", key, {"member": potential}, remote_id=remote_id, reason=why)
