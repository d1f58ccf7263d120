"""What becomes of a task that stands: the rep is reminded of it, it waits for no word any more, or it is closed.

A task of ours is written again in these ways alone, and only as long as nobody but syncd has modified it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time

from syncd.model import About, ContactJudgement, GateName, Outcome, Release, Ruling, Scalar, Verdict, Wish
from syncd.rules.acceptance import Hearing, is_due_for_a_reminder, reminds_on
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
        judgement = assessment.judgements.get(release.contact_id)
        closing = [*_closing(assessment, verdict, why)] if (why := _moot(release, judgement)) else []
        yield from closing or _answered(assessment, verdict, release)
        if not why and is_due_for_a_reminder(hearing, release):
            yield from _reminder(hearing, assessment, verdict, release)
            yield from reminded(hearing, assessment, release)


def _moot(release: Release, judgement: ContactJudgement | None) -> str:
    """Why there is nothing to do any more; empty where there is."""
    if judgement is None or release.outcome not in (Outcome.OPEN, Outcome.REJECTED):
        return ""
    if judgement.reading.former:
        return "they have left their post"
    closed = (gate for gate in judgement.gates if gate.name in CLOSING and gate.ruling is Ruling.NO)
    return next((gate.reason for gate in closed), "")


def _closing(assessment: Assessment, verdict: Verdict, why: str) -> Iterator[Wish]:
    status = assessment.agreement.handover.moot_status
    if status is not None:
        fields = {"status": status, "because": why}
        yield assessment.wish("closing", verdict.subject, fields, remote_id=verdict.remote_id, reason=why)


def _answered(assessment: Assessment, verdict: Verdict, release: Release) -> Iterator[Wish]:
    """Whether a task waits for no word any more, where it carries none: said elsewhere, shown, or back with marketing.

    Who takes the word back has the task wait again.
    """
    answered = release.outcome is not Outcome.OPEN
    if verdict.word is None and (answered or f"answered/{verdict.subject}" in assessment.group.opened):
        fields: dict[str, Scalar] = {"answered": answered}
        why = f"their release is {release.outcome.value}"
        yield assessment.wish("answered", verdict.subject, fields, remote_id=verdict.remote_id, reason=why)


def _reminder(hearing: Hearing, assessment: Assessment, verdict: Verdict, release: Release) -> Iterator[Wish]:
    day = reminds_on(hearing, release)
    if day is not None:
        at = datetime.combine(day, MORNING, hearing.where).astimezone(UTC)
        fields: dict[str, Scalar] = {"priority": "high", "remind": True, "at": at}
        why = f"nobody said or did anything for {hearing.terms.reminder_days} business days"
        yield assessment.wish("reminder", verdict.subject, fields, remote_id=verdict.remote_id, reason=why)
