"""What becomes of a task that stands: the rep is reminded of it, it waits for no word any more, or it is closed.

A task of ours is written again in these ways alone, and only as long as nobody but syncd has modified it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time

from syncd.model import (
    About,
    Contact,
    GateName,
    How,
    Outcome,
    Release,
    Ruling,
    Scalar,
    TaskKind,
    Verdict,
    Wish,
)
from syncd.rules.acceptance import Hearing, is_due_for_a_reminder, latest, reminds_on, rests_until, words_of
from syncd.rules.assessment import Assessment
from syncd.rules.notifications import reminded

MORNING = time(9)
CLOSING = (GateName.MARKET, GateName.REACHABLE, GateName.RELATION, GateName.VERDICT)  # a no of one of these ends a task


def follow_up(hearing: Hearing, assessment: Assessment) -> Iterator[Wish]:
    """The reminders and closings of one account's tasks, and which of them wait for no word any more."""
    if not assessment.destinations["closing"].system:
        return
    for verdict in hearing.group.verdicts:
        release = hearing.group.releases.get(verdict.subject) if verdict.about is About.TASK else None
        gone = verdict.subject in hearing.group.gone
        if release is None or verdict.closed or verdict.touched or gone:
            continue
        closing = [*_closing(assessment, verdict, why)] if (why := _moot(hearing, assessment, release)) else []
        yield from closing or _answered(assessment, verdict, release)
        if not why and is_due_for_a_reminder(hearing, release):
            yield from _reminder(hearing, assessment, verdict, release)
            yield from reminded(hearing, assessment, release)


def unsaid(hearing: Hearing, assessment: Assessment) -> Iterator[Wish]:
    """The words on people that speak of an earlier time than the release that waits are taken out: one can be given.

    The same word given again changes no record and would never be seen. Once a release and record; of who was converted
    nothing is written.
    """
    for verdict in hearing.group.verdicts:
        if verdict.about is not About.CONTACT or verdict.word is None:
            continue
        release = latest(hearing.group.releases.values(), verdict.subject)
        if release is None or release.outcome is not Outcome.OPEN or release.how is How.BEFORE:
            continue
        contact = assessment.contacts.get(verdict.subject)
        kind = _kind_of(assessment, contact, verdict.remote_id) if contact and verdict.at < release.at else None
        if kind:
            fields: dict[str, Scalar | None] = {"verdict": None, "verdict_reason": None, "was": verdict.words}
            key, why = (
                f"{verdict.remote_id}/{release.key}",
                "they are handed over again: that was said of the last time",
            )
            yield assessment.wish(kind, key, fields, remote_id=verdict.remote_id, reason=why)


def _kind_of(assessment: Assessment, contact: Contact, remote_id: str) -> str | None:
    """By which wish a word is taken out of that record; None where it is none that may be written."""
    for kind in ("unsaid", "lead_unsaid"):
        if remote_id in contact.remote_ids.get(assessment.destinations[kind].stream, ()):
            return None if kind == "lead_unsaid" and contact.converted_at else kind
    return None


def _moot(hearing: Hearing, assessment: Assessment, release: Release) -> str:
    """Why there is nothing to do any more; empty where there is.

    Who is back with marketing is not to be called by that task: when they return they have one of their own.
    """
    if release.kind is TaskKind.QUESTION:
        return _settled(assessment, release)
    judgement = assessment.judgements.get(release.contact_id)
    if judgement is None or release.outcome is Outcome.ACCEPTED:
        return ""
    if release.outcome.ends:
        until = rests_until(release, hearing.terms, hearing.where)
        return f"back with marketing: {words_of(release)}; at rest until {until}"
    if judgement.reading.former:
        return "they have left their post"
    closed = (gate for gate in judgement.gates if gate.name in CLOSING and gate.ruling is Ruling.NO)
    return next((gate.reason for gate in closed), "")


def _settled(assessment: Assessment, release: Release) -> str:
    """Why nobody asks any more which offer an opportunity is for; empty as long as it is open and names none."""
    subject = release.key.partition("/")[2]
    if any(opportunity.id == subject for opportunity in assessment.without):
        return ""
    is_open = any(one.id == subject and not one.is_closed for one in assessment.group.opportunities)
    return "the opportunity says which offer it is for" if is_open else "the opportunity is not open any more"


def _closing(assessment: Assessment, verdict: Verdict, why: str) -> Iterator[Wish]:
    status = assessment.agreement.handover.moot_status
    if status is not None:
        fields = {"status": status, "because": why}
        yield assessment.wish("closing", verdict.subject, fields, remote_id=verdict.remote_id, reason=why)


def _answered(assessment: Assessment, verdict: Verdict, release: Release) -> Iterator[Wish]:
    """Whether a task waits for no word any more, where it carries none: said elsewhere, shown, or back with marketing.

    Who takes the word back has the task wait again. A question waits for an answer, and never for a word.
    """
    answered = release.outcome is not Outcome.OPEN or release.kind is TaskKind.QUESTION
    if verdict.word is None and (answered or f"answered/{verdict.subject}" in assessment.group.opened):
        fields: dict[str, Scalar] = {"answered": answered}
        why = "it asks for no verdict" if release.kind is TaskKind.QUESTION else f"their release is {release.outcome}"
        yield assessment.wish("answered", verdict.subject, fields, remote_id=verdict.remote_id, reason=why)


def _reminder(hearing: Hearing, assessment: Assessment, verdict: Verdict, release: Release) -> Iterator[Wish]:
    day = reminds_on(hearing, release)
    if day is not None:
        at = datetime.combine(day, MORNING, hearing.where).astimezone(UTC)
        fields: dict[str, Scalar] = {"priority": "high", "remind": True, "at": at}
        why = f"nobody said or did anything for {hearing.terms.reminder_days} business days"
        yield assessment.wish("reminder", verdict.subject, fields, remote_id=verdict.remote_id, reason=why)
