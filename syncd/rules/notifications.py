"""Whom to call and why, told to the rep at once: of a hand-raise or booked demo handed over, and of a task left silent.

Once an occasion, and never for what a rep has seen: not of a task that somebody touched, closed, answered or deleted. A
notification is for now: none is made of what is older than the agreed days of silence (after an outage, on the first
cycle over an old store), none before the rep's day begins; the hour is looked at again when it is sent
(`syncd.sync.acts`). It says no more of a person than the task's subject.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time

from syncd.model import About, How, Outcome, Ref, Release, Scalar, TaskKind, Wish
from syncd.rules.acceptance import Hearing, recycles_on, reminds_on
from syncd.rules.assessment import Assessment
from syncd.rules.days import DAY_BEGINS, in_the_day, local_day, plus_business, stamp, zone
from syncd.rules.handover import owner_of
from syncd.rules.occasions import Occasion, occasions, words_for
from syncd.rules.tasks import ASKS, rep_of

WISH = "notification"
AT_ONCE = (How.AT_ONCE, How.OVER)  # what is never held back
ASKED = "They asked for sales or a price."


def asked_for(assessment: Assessment) -> Iterator[Wish]:
    """Of each hand-raise and booked demo whose task was handed over since, as long as nobody has taken it up."""
    if not assessment.destinations[WISH].system or not any(map(_is_open, assessment.group.releases.values())):
        return
    for occasion in occasions(assessment, handed=True):
        release = assessment.group.releases.get(occasion.candidate.key)
        if release is None or not _is_untouched(assessment, release):
            continue
        act = _act(occasion)
        rep = rep_of(assessment, occasion.candidate)
        if rep is None or act is None or act > stamp(release.at):  # asked again: that has a task of its own
            continue
        where = zone(_zone_of(assessment, rep))
        yield from _wish(
            assessment,
            f"told-{release.key}",
            rep,
            release,
            title=occasion.subject,
            body=" ".join(_why(assessment, occasion)),
            at=in_the_day(stamp(release.at), where),
            day=local_day(act, where),
            reason="a rep is told of a hand-raise once its task stands",
        )


def reminded(hearing: Hearing, assessment: Assessment, release: Release) -> Iterator[Wish]:
    """Of a task of which nobody said or did anything for the agreed days."""
    day, back = reminds_on(hearing, release), recycles_on(hearing, release)
    rep = owner_of([release.rep], assessment.group.users, assessment.destinations["user"].stream)
    if not assessment.destinations[WISH].system or day is None or rep is None:
        return
    subject, why = _words(assessment, release)
    silence = f"Nobody said or did anything for {hearing.terms.reminder_days} business days."
    yield from _wish(
        assessment,
        f"reminded-{release.key}",
        rep,
        release,
        title=f"Still waits: {subject}",
        body=" ".join(
            filter(None, (silence, why, f"On {back.day} {back:%B} they go back to marketing." if back else ""))
        ),
        at=datetime.combine(day, DAY_BEGINS, zone(_zone_of(assessment, rep))).astimezone(UTC),
        day=day,
        reason="a rep is reminded of a silent task",
    )


def _wish(
    assessment: Assessment,
    key: str,
    rep: str,
    release: Release,
    *,
    title: str,
    body: str,
    at: datetime,
    day: date,
    reason: str,
) -> Iterator[Wish]:
    """One notification, from `at` on, unless the agreed days of silence have passed since `day`."""
    last, where = plus_business(day, assessment.agreement.handover.reminder_days), _zone_of(assessment, rep)
    if assessment.today >= last:
        return
    fields: dict[str, Scalar | Ref] = {
        "rep": Ref("user", rep),
        "about": Ref("task", release.key),
        "title": title,
        "body": body,
        "until": datetime.combine(last, time(), zone(where)).astimezone(UTC),
        "zone": where,
    }
    yield replace(assessment.wish(WISH, key, fields, once=True, reason=reason), not_before=at)


def _is_open(release: Release) -> bool:
    return release.outcome is Outcome.OPEN and release.how in AT_ONCE


def _is_untouched(assessment: Assessment, release: Release) -> bool:
    """Whether the rep still has to be told: nobody took the task up, nor said or did anything about it."""
    group = assessment.group
    tasks = (verdict for verdict in group.verdicts if verdict.about is About.TASK and verdict.subject == release.key)
    return _is_open(release) and not any(verdict.taken_up for verdict in tasks) and release.key not in group.gone


def _act(occasion: Occasion) -> datetime | None:
    """When they did what a rep is told of."""
    interest = occasion.judgement.interest
    at = interest.explored_at if occasion.candidate.kind is TaskKind.EXPLORE else interest.raised_at
    return stamp(at) if at else None


def _why(assessment: Assessment, occasion: Occasion) -> Iterator[str]:
    if occasion.candidate.kind is TaskKind.MQL:
        yield ASKED
    yield occasion.why
    account = assessment.group.account
    if name := account.name or account.domain:
        yield f"Account: {name}."
    if label := next((of.label for of in assessment.agreement.offers if of.name == occasion.candidate.offer), ""):
        yield f"Offer: {label}."
    yield f"Next step with them: {ASKS[occasion.judgement.ask]}."


def _words(assessment: Assessment, release: Release) -> tuple[str, str]:
    """The subject of a task that stands, and why it is there."""
    if judgement := assessment.judgements.get(release.contact_id):
        return words_for(release.kind, judgement)
    named = {f"offer/{opportunity.id}": opportunity.name for opportunity in assessment.group.opportunities}
    name = named.get(release.key)
    return (f"Which offer is {name} for?" if name else "a task of syncd's"), ""


def _zone_of(assessment: Assessment, rep: str) -> str:
    """The name of the time zone in which a rep works."""
    user = assessment.group.users.get(rep)
    return (user.time_zone if user else None) or assessment.agreement.time_zone
