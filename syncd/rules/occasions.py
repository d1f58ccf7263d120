"""The occasions for a rep's task: a new MQL, somebody who explores, a hand-raise that nothing else answers.

Somebody who explores gets the task to explore in place of the MQL's, unless that one was asked for before; whoever is
still an MQL when the exploration has aged gets theirs then. Whoever asked for sales or a price gets a human: the MQL's
task where they pass every gate, else one to find out what is missing, and one for each day on which they ask again.
An occasion is a candidate of the queue until it is released; a task, and a wish, from then on.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from syncd.model import Ask, Candidate, ContactJudgement, GateName, Opportunity, Ruling, TaskKind
from syncd.rules.acceptance import latest
from syncd.rules.asks import is_customer
from syncd.rules.assessment import Assessment
from syncd.rules.days import local_day, plus, stamp, zone
from syncd.rules.handover import Falls, takes_records
from syncd.rules.opportunities import on_open_opportunities

WEAKEST = -1e9  # the rank of somebody without any strength
RANK_DIGITS = 3


@dataclass(frozen=True, slots=True)
class Occasion:
    """One reason to call somebody, as the queue ranks it and in the words of its task."""

    candidate: Candidate
    judgement: ContactJudgement
    subject: str
    why: str


def occasions(assessment: Assessment, *, handed: bool) -> Iterator[Occasion]:
    """The occasions of one account, in the order of contact ids: to explore, for an MQL, for a hand-raise.

    handed: those whose task was handed to a rep; else those that wait.
    """
    engaged = on_open_opportunities(assessment.group.opportunities)
    for contact_id, judgement in assessment.judgements.items():
        if not _in_doubt(assessment, judgement):
            for kind, key in _due(assessment, judgement):
                if is_asked_for(assessment, key) is handed:
                    yield _occasion(assessment, judgement, engaged.get(contact_id), kind, key)


def _due(assessment: Assessment, judgement: ContactJudgement) -> Iterator[tuple[TaskKind, str]]:
    """For what somebody is to be called, and by the key of which task."""
    contact_id = judgement.contact_id
    exploring, key = explores(judgement), key_of(assessment, TaskKind.MQL, contact_id)
    if exploring:
        yield TaskKind.EXPLORE, key_of(assessment, TaskKind.EXPLORE, contact_id)
    if judgement.mql is Ruling.YES and (not exploring or is_asked_for(assessment, key)):
        yield TaskKind.MQL, key
    if day := _asked_on(assessment, judgement):
        yield TaskKind.RAISE, f"raise-{day}/{contact_id}"


def candidates_of(assessment: Assessment) -> Iterator[Candidate]:
    """Who waits for a rep: no task of theirs was handed over, and they do not rest with marketing, or asked since."""
    for occasion in occasions(assessment, handed=False):
        at_once = occasion.candidate.at_once and _asked_since(assessment, occasion.judgement)
        if at_once or not occasion.judgement.returned:
            yield occasion.candidate


def _asked_since(assessment: Assessment, judgement: ContactJudgement) -> bool:
    """Whether they asked after they were handed over last: what was asked before is what the rep has answered."""
    release = latest(assessment.group.releases.values(), judgement.contact_id)
    asked = (at for at in (judgement.interest.raised_at, judgement.interest.explored_at) if at)
    return release is None or any(stamp(at) > stamp(release.at) for at in asked)


def key_of(assessment: Assessment, kind: TaskKind, contact_id: str) -> str:
    """The key of somebody's task: who came back from marketing gets one of its own, `mql-2/…`."""
    ended = sum(
        release.kind is kind and release.contact_id == contact_id and release.outcome.ends
        for release in assessment.group.releases.values()
    )
    return f"{kind}-{ended + 1}/{contact_id}" if ended else f"{kind}/{contact_id}"


def is_asked_for(assessment: Assessment, key: str) -> bool:
    """Whether a task was handed to a rep, or written before there was a queue."""
    return key in assessment.group.releases or key in assessment.group.opened


def explores(judgement: ContactJudgement) -> bool:
    """Whether a rep should call to explore: a demo or trial, in the served market, not excluded, not unreachable."""
    rulings = {gate.name: gate.ruling for gate in judgement.gates}
    return (
        judgement.interest.explore
        and rulings[GateName.MARKET] is Ruling.YES
        and rulings[GateName.RELATION] is not Ruling.NO
        and rulings[GateName.REACHABLE] is not Ruling.NO
    )


def _in_doubt(assessment: Assessment, judgement: ContactJudgement) -> bool:
    """Whether a task waits until it is decided who somebody is; a hand-raise does not wait.

    Whom a person deleted where the task would point has none either, until they raise a hand.
    """
    if judgement.interest.hand_raised or is_asked_for(
        assessment, key_of(assessment, TaskKind.MQL, judgement.contact_id)
    ):
        return False
    contact = assessment.contacts[judgement.contact_id]
    doubt = assessment.doubt(contact) or assessment.account_doubt
    gone = assessment.was_deleted("contact", contact) and not assessment.is_lead(contact)
    return doubt is not None or gone or assessment.awaits(contact)


def _falls(assessment: Assessment, judgement: ContactJudgement, opportunity: Opportunity | None) -> Falls:
    """To whom somebody falls; a hand-raise of one who stands on an open opportunity to its owner."""
    owner = assessment.group.users.get(opportunity.owner or "") if opportunity else None
    stream = assessment.destinations["user"].stream
    if owner and judgement.interest.hand_raised and takes_records(owner, stream):
        return Falls(owner.id)
    return assessment.falls(assessment.contacts[judgement.contact_id], _offer(assessment, judgement))


def _offer(assessment: Assessment, judgement: ContactJudgement) -> str | None:
    return next(iter(assessment.preferences.get(judgement.contact_id) or ()), None)


def _asked_on(assessment: Assessment, judgement: ContactJudgement) -> date | None:
    """The day of a hand-raise that neither a rep nor a task of an MQL answers; None where nobody need, or too late."""
    raised_at = judgement.interest.raised_at
    if raised_at is None or judgement.ask is Ask.DECLINE or judgement.interest.answered:
        return None
    if not _is_fresh(assessment, raised_at):
        return None
    if judgement.mql is Ruling.YES:
        sent_at = assessment.group.sent.get(key_of(assessment, TaskKind.MQL, judgement.contact_id))
        if sent_at is None or raised_at <= sent_at:
            return None
    return local_day(raised_at, zone(assessment.agreement.time_zone))


def _is_fresh(assessment: Assessment, at: datetime) -> bool:
    day = local_day(at, zone(assessment.agreement.time_zone))
    return plus(day, assessment.agreement.engagement.hand_raise_days) >= assessment.today


def _occasion(
    assessment: Assessment, judgement: ContactJudgement, opportunity: Opportunity | None, kind: TaskKind, key: str
) -> Occasion:
    interest, falls = judgement.interest, _falls(assessment, judgement, opportunity)
    act = interest.raised_at or interest.explored_at or interest.last_at
    subject, why = _WORDS[kind](judgement)
    candidate = Candidate(
        key=key,
        kind=kind,
        account_id=assessment.group.account.id,
        contact_id=judgement.contact_id,
        rank=rank_of(assessment, judgement),
        since=stamp(act) if act else datetime.combine(assessment.today, time(), UTC),
        offer=_offer(assessment, judgement),
        rep=falls.rep,
        team=falls.team,
        at_once=kind is TaskKind.RAISE or _at_once(assessment, judgement, kind),
        segment=assessment.segment or "",
    )
    return Occasion(candidate, judgement, subject, why)


def _at_once(assessment: Assessment, judgement: ContactJudgement, kind: TaskKind) -> bool:
    """Whether they are never held back: they asked and nobody answered, or booked what the agreement names."""
    interest = judgement.interest
    if kind is TaskKind.EXPLORE:
        booked = any(name in interest.kinds for name in assessment.agreement.capacity.at_once)
        return booked and interest.explored_at is not None and _is_fresh(assessment, interest.explored_at)
    return interest.raised_at is not None and not interest.answered and _is_fresh(assessment, interest.raised_at)


def rank_of(assessment: Assessment, judgement: ContactJudgement) -> float:
    """Points where the mode counts them, else strength in half-lives.

    Strength halves with each half-life: log2(strength) + day / half-life stays as it is until somebody does something,
    so that a quiet day changes no rank, and accounts that were judged on different days can be compared.
    """
    if judgement.points:
        return float(judgement.points["total"])
    strength, half_life = judgement.interest.strength, assessment.agreement.engagement.half_life_days
    if strength <= 0:
        return WEAKEST
    return round(math.log2(strength) + assessment.today.toordinal() / half_life, RANK_DIGITS)


# ---- the words of a task -----------------------------------------------------------------------------------------


def _asking(judgement: ContactJudgement) -> tuple[str, str]:
    gates = {gate.name: gate for gate in judgement.gates}
    if is_customer(gates):
        return f"Call {_who(judgement)}: a customer who asked", "They buy already, and asked for sales or a price."
    if judgement.mql is Ruling.YES:
        return f"Call {_who(judgement)}: asked again", "They asked for sales or a price again."
    missing = "; ".join(dict.fromkeys(gate.mend for gate in judgement.gates if gate.mend))
    return (
        f"Find out about {_who(judgement)}, who asked for sales",
        f"They asked for sales or a price and cannot be placed. Find out: {missing or 'who they are'}.",
    )


def _exploration(judgement: ContactJudgement) -> tuple[str, str]:
    return (
        f"Explore with {_who(judgement)}",
        "They booked a demo or started a trial: they explore, they do not buy yet.",
    )


def _qualification(judgement: ContactJudgement) -> tuple[str, str]:
    return f"Call {_who(judgement)}: qualified lead", "They meet every condition of a qualified lead."


def words_for(kind: TaskKind, judgement: ContactJudgement) -> tuple[str, str]:
    """The subject of a task, and why it is there."""
    return _WORDS[kind](judgement)


def _who(judgement: ContactJudgement) -> str:
    return f"{judgement.name}, {judgement.role}" if judgement.role else judgement.name


_WORDS = {TaskKind.RAISE: _asking, TaskKind.EXPLORE: _exploration, TaskKind.MQL: _qualification}
