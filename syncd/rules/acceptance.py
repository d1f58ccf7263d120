"""What became of those who were handed over: the rep's word, what the rep did, or what silence led to.

The latest word counts, wherever it stands: on the task, or on the contact or lead. Working them is accepting: the named
rep's answered call, held meeting, answered mail, conversion or opportunity after the release. What another rep did is
not; what names nobody counts as the named rep's. Only silence is reminded of, and then sends them back to marketing. A
task that was written before there was a queue, or that does not stand yet, is not counted as silence. A task that a
person deleted, or that went with a deleted contact, is moot: the release is closed, and back with marketing. Who came
back and is handed over again: what is said of them or done since is about the last time, and the first no stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, tzinfo

from syncd.agreement.handing_over import Handover
from syncd.model import About, Activity, Contact, Gate, GateName, Group, How, Outcome, Release, Ruling, Verdict, Word
from syncd.rules.days import local_day, plus, plus_business, stamp
from syncd.rules.outcomes import ANSWERED, HELD, Answered, counts_from, kind_of

REPLIED = "email_replied"
SHOWN = "shown by what they did: {what}"
TASK_DELETED = "a person deleted the task"
CONTACT_DELETED = "a person deleted the contact, and the task with it; neither is made again"
SILENCE = "nobody said or did anything for {days} business days"
_MAY_BE_MOOT = (Outcome.OPEN, Outcome.MOOT)


@dataclass(frozen=True, slots=True)
class Hearing:
    """What outcomes are read from. answered: when a call was; unmarked: whether a meeting nobody marked was held."""

    group: Group
    terms: Handover
    answered: Answered
    unmarked: bool
    where: tzinfo
    today: date


def outcomes(hearing: Hearing) -> dict[str, Release]:
    """Every release of the account with what became of it by today, by its key."""
    contacts = {contact.id: contact for contact in hearing.group.contacts}
    activities: dict[str, list[Activity]] = {}
    if hearing.group.releases:
        for activity in hearing.group.activities:
            activities.setdefault(activity.contact_id, []).append(activity)
    return {
        key: _past(hearing, release)
        if _is_past(hearing.group, release)
        else _outcome(hearing, release, contacts.get(release.contact_id), activities.get(release.contact_id, ()))
        for key, release in hearing.group.releases.items()
    }


def heard(hearing: Hearing) -> Group:
    """The group whose releases say what became of them by today."""
    group = hearing.group
    return replace(group, releases=outcomes(hearing)) if group.releases else group


def changed(kept: Mapping[str, Release], now: Mapping[str, Release]) -> tuple[Release, ...]:
    """The releases of which something else became than is kept."""
    return tuple(release for key, release in now.items() if release != kept[key])


def reviews(hearing: Hearing) -> Iterator[date]:
    """The days on which silence is reminded of, sends somebody back, and on which a rest ends."""
    for verdict in hearing.group.verdicts:
        if verdict.word is Word.REJECTED:
            yield plus(local_day(verdict.at, hearing.where), hearing.terms.rest_days)
    for release in hearing.group.releases.values():
        if release.outcome.ends:
            yield rests_until(release, hearing.terms, hearing.where)
        else:
            yield from filter(None, (reminds_on(hearing, release), recycles_on(hearing, release)))


def reminds_on(hearing: Hearing, release: Release) -> date | None:
    """The day on which a rep is reminded if nobody says or does anything; None where there is nothing to wait for."""
    return _after_silence(hearing, release, hearing.terms.reminder_days)


def recycles_on(hearing: Hearing, release: Release) -> date | None:
    """The day on which they go back to marketing if nobody says or does anything; None as for the reminder."""
    return _after_silence(hearing, release, hearing.terms.recycle_days)


def is_due_for_a_reminder(hearing: Hearing, release: Release) -> bool:
    """Whether nobody said or did anything for the agreed days."""
    day = reminds_on(hearing, release)
    return day is not None and hearing.today >= day


def latest(releases: Iterable[Release], contact_id: str) -> Release | None:
    """The last release of a contact."""
    theirs = (release for release in releases if release.contact_id == contact_id)
    return max(theirs, key=lambda release: (release.at, release.key), default=None)


def about(group: Group) -> frozenset[str]:
    """Those who were handed over, or of whom a rep said something."""
    said = [verdict.subject for verdict in group.verdicts if verdict.about is About.CONTACT]
    return frozenset([*said, *(release.contact_id for release in group.releases.values())])


def rests(release: Release | None, terms: Handover, where: tzinfo, today: date) -> bool:
    """Whether who was handed over is back with marketing and not to be handed over again yet."""
    return release is not None and release.outcome.ends and today < rests_until(release, terms, where)


def rejection(hearing: Hearing, contact_id: str, offers: Iterable[str]) -> Gate | None:
    """The gate that a rep's rejection closes as long as they rest; None where it does not.

    A task's rejection is one for its offer: it closes nothing where they engage with another of `offers`.
    """
    word = _word_on_person(hearing.group.verdicts, contact_id)
    release = latest(hearing.group.releases.values(), contact_id)
    if release and release.outcome is Outcome.REJECTED and (word is None or word.at <= (release.outcome_at or word.at)):
        for_all = word is not None and word.word is Word.REJECTED and word.at == release.outcome_at
        if release.offer and not for_all and set(offers) - {release.offer}:
            return None
        at, why = release.outcome_at or release.at, release.why
    elif word is not None and word.word is Word.REJECTED and (release is None or word.at >= release.at):
        at, why = word.at, word.reason
    else:
        return None
    until = plus(local_day(at, hearing.where), hearing.terms.rest_days)
    if hearing.today >= until:
        return None
    said = f"rejected by sales: {why}" if why else "rejected by sales, without a reason"
    mend = f"their rest, until {until}"
    return Gate(GateName.VERDICT, Ruling.NO, Outcome.REJECTED.value, "the rep's verdict", said, mend)


def rests_for(hearing: Hearing) -> dict[str, frozenset[str]]:
    """The offers for which each contact rests: that of a task that was rejected, or of an opportunity they stand on."""
    group, terms = hearing.group, hearing.terms
    offers: dict[str, set[str]] = {}
    for release in group.releases.values():
        rejected = release.outcome is Outcome.REJECTED and rests(release, terms, hearing.where, hearing.today)
        if rejected and release.offer:
            offers.setdefault(release.contact_id, set()).add(release.offer)
    opportunities = {opportunity.id: opportunity for opportunity in group.opportunities}
    for verdict in group.verdicts:
        opportunity = opportunities.get(verdict.subject) if verdict.about is About.OPPORTUNITY else None
        until = plus(local_day(verdict.at, hearing.where), terms.rest_days)
        if opportunity and opportunity.offer and verdict.word is Word.REJECTED and hearing.today < until:
            for role in opportunity.roles:
                offers.setdefault(role.contact_id or "", set()).add(opportunity.offer)
    return {contact_id: frozenset(theirs) for contact_id, theirs in offers.items()}


def word_on(hearing: Hearing, contact_id: str) -> str:
    """The rep's latest word on somebody: accepted, not yet, rejected; empty where nothing was said or shown."""
    release = latest(hearing.group.releases.values(), contact_id)
    word = _word_on_person(hearing.group.verdicts, contact_id)
    if release is None or (word and word.at > (release.outcome_at or release.at)):
        return word.word.value if word and word.word else ""
    return release.outcome.value if release.outcome.value in {word.value for word in Word} else ""


def _word_on_person(verdicts: Iterable[Verdict], contact_id: str) -> Verdict | None:
    """The latest word that stands on somebody themselves."""
    theirs = [
        verdict
        for verdict in verdicts
        if verdict.about is About.CONTACT and verdict.subject == contact_id and verdict.word
    ]
    return max(theirs, key=lambda verdict: verdict.at, default=None)


def words_of(release: Release | None) -> str:
    """Why somebody is back with marketing, in words."""
    if release is None or not release.outcome.ends:
        return ""
    return f"{release.outcome}: {release.why}" if release.why else release.outcome.value


def _is_past(group: Group, release: Release) -> bool:
    """Whether something became of it, and the person was handed over again since."""
    if not release.contact_id or release.outcome is Outcome.OPEN:
        return False
    ended, last = release.outcome_at or release.at, latest(group.releases.values(), release.contact_id)
    return last is not None and last.at > ended


def _past(hearing: Hearing, release: Release) -> Release:
    """What became of it stands, unless its own task says something else by now."""
    on_task = [verdict for verdict in hearing.group.verdicts if verdict.about is About.TASK]
    said = _said(on_task, release)
    return _became(release, Outcome(said.word.value), said.at, said.reason) if said and said.word else release


def _outcome(hearing: Hearing, release: Release, contact: Contact | None, activities: Iterable[Activity]) -> Release:
    said = _said(hearing.group.verdicts, release)
    if said and said.word:
        return _became(release, Outcome(said.word.value), said.at, said.reason)
    if release.outcome is Outcome.ACCEPTED and release.why:  # what they did stays done
        return release
    if work := _work(hearing, release, contact, activities):
        at, what = work
        return _became(release, Outcome.ACCEPTED, at, SHOWN.format(what=what))
    if release.outcome is Outcome.RECYCLED:
        return release
    if (deleted := hearing.group.gone.get(release.key)) is not None:
        why = CONTACT_DELETED if release.contact_id in hearing.group.gone else TASK_DELETED
        return _became(release, Outcome.MOOT, deleted, why) if release.outcome in _MAY_BE_MOOT else release
    if (sent := _sent(hearing, release)) is not None:
        due = plus_business(local_day(sent, hearing.where), hearing.terms.recycle_days)
        if hearing.today >= due:
            at = datetime.combine(due, time(), hearing.where).astimezone(UTC)
            return _became(release, Outcome.RECYCLED, at, SILENCE.format(days=hearing.terms.recycle_days))
    return replace(release, outcome=Outcome.OPEN, outcome_at=None, why="")


def _became(release: Release, outcome: Outcome, at: datetime, why: str) -> Release:
    if (release.outcome, release.why) == (outcome, why):
        return release
    return replace(release, outcome=outcome, outcome_at=stamp(at), why=why)


def _said(verdicts: Iterable[Verdict], release: Release) -> Verdict | None:
    """The latest word on the task, or on the person since they were handed over."""
    theirs = [
        verdict
        for verdict in verdicts
        if verdict.word
        and (
            (verdict.about is About.TASK and verdict.subject == release.key)
            or (verdict.about is About.CONTACT and verdict.subject == release.contact_id and verdict.at >= release.at)
        )
    ]
    return max(theirs, key=lambda verdict: (verdict.at, verdict.about), default=None)


def _work(
    hearing: Hearing, release: Release, contact: Contact | None, activities: Iterable[Activity]
) -> tuple[datetime, str] | None:
    """When the rep worked them first, and by what; None where nobody did."""
    done = [
        (stamp(activity.at), what)
        for activity in activities
        if stamp(activity.at) > release.at and _is_theirs(hearing, release, activity.owner)
        if (what := _worked(hearing, activity))
    ]
    converted = stamp(contact.converted_at) if contact is not None and contact.converted_at else None
    if contact and converted and converted > release.at and _is_theirs(hearing, release, contact.converted_by):
        done.append((converted, "converted"))
    for opportunity in hearing.group.opportunities:
        made = stamp(opportunity.created_at) if opportunity.created_at else None
        on_it = any(role.contact_id == release.contact_id for role in opportunity.roles)
        theirs = on_it and (None in (release.rep, opportunity.owner) or release.rep == opportunity.owner)
        if made and made > release.at and opportunity.key is None and theirs:
            done.append((made, "an opportunity"))
    return min(done, default=None)


def _is_theirs(hearing: Hearing, release: Release, name: str | None) -> bool:
    """Whether that record of a user is the named rep's; so is what names nobody, or where no rep is known."""
    rep = hearing.group.users.get(release.rep or "")
    return name is None or rep is None or name in rep.records


def _worked(hearing: Hearing, activity: Activity) -> str | None:
    kind = kind_of(activity, hearing.answered)
    if kind not in (ANSWERED, HELD, REPLIED) or (kind == REPLIED and activity.filtered):
        return None
    day = counts_from(activity, hearing.answered, hearing.unmarked, hearing.where)
    return kind.replace("_", " ") if day is not None and day <= hearing.today else None


def _after_silence(hearing: Hearing, release: Release, days: int) -> date | None:
    sent = _sent(hearing, release)
    if release.outcome is not Outcome.OPEN or sent is None:
        return None
    return plus_business(local_day(sent, hearing.where), days)


def _sent(hearing: Hearing, release: Release) -> datetime | None:
    """Since when silence counts; None where the task does not stand, or stood before there was a queue."""
    return None if release.how is How.BEFORE else hearing.group.sent.get(release.key)


def rests_until(release: Release, terms: Handover, where: tzinfo) -> date:
    """The day from which who is back with marketing may be handed over again."""
    return plus(local_day(release.outcome_at or release.at, where), terms.rest_days)
