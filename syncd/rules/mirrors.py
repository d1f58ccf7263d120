"""One activity that is seen in both systems counts once.

Where one vendor's own integration copies what happened into the other (HubSpot writes its meetings and calls as
Salesforce tasks and events: knowledge.hubspot.com, "Sync activities and tasks between HubSpot and Salesforce"), or
where people log it in both, the same meeting of the same contact stands twice. What either record knows of it holds:
a meeting that one system marks as missed is not held because the other marks nothing. Where both say something, the
stricter word holds: the copy's mark of "completed" holds no meeting that was missed, and the shorter call is the call.
A webinar of one day is another's copy where nothing speaks against it: one campaign, one offer or one title.
An event and the answer to its invitation are one meeting as well: who declined was not there.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial

from syncd.model import Activity
from syncd.rules.days import stamp
from syncd.rules.offers import Recognise
from syncd.rules.outcomes import DONE, OPEN, Answered

# Kinds by which two systems may tell of one activity. What somebody came to has a day in one of them, no hour.
SAME: Mapping[str, str] = {
    "meeting_held": "meeting",
    "demo_booked": "meeting",
    "call_made": "call",
    "call_answered": "call",
    **{kind: kind for kind in ("webinar", "event", "breakfast_seminar")},
}
BY_DAY = frozenset({"webinar", "event", "breakfast_seminar"})
DAY = timedelta(days=1)
STRICTNESS = (None, OPEN, DONE, "unread", "missed")  # what says less of a held meeting stands behind

Alike = Callable[[Activity, Activity], bool]


def once(
    activities: Sequence[Activity],
    within: timedelta,
    answered: Answered,
    words: Callable[[Activity], str],
    recognise: Recognise,
) -> Sequence[Activity]:
    """One contact's activities without the copies that another system has.

    within: how far two stamps differ. words: in which an activity's offers are recognised.
    """
    families: dict[str, list[Activity]] = defaultdict(list)
    for activity in activities:
        if activity.source and (family := SAME.get(activity.kind)):
            families[family].append(activity)
    copies: set[str] = set()
    merged: dict[str, Activity] = {}
    for family, records in families.items():
        for kept, copy in _answers(records):
            copies.add(copy.id)
            merged[kept.id] = _merge(merged.get(kept.id, kept), copy, answered)
        members = [merged.get(member.id, member) for member in records if member.id not in copies]
        if len({_system(member) for member in members}) > 1:
            by_day = family in BY_DAY
            alike = partial(_about_the_same, words=words, recognise=recognise) if by_day else _any
            for kept, copy in _pairs(members, DAY if by_day else within, alike):
                copies.add(copy.id)
                merged[kept.id] = _merge(kept, copy, answered)
    if not copies:
        return activities
    return [merged.get(activity.id, activity) for activity in activities if activity.id not in copies]


def _answers(members: Iterable[Activity]) -> Iterable[tuple[Activity, Activity]]:
    """An event with what somebody answered to its invitation: two records of one system tell of one meeting."""
    events: dict[str, list[Activity]] = defaultdict(list)
    for member in members:
        if member.message:
            events[member.message].append(member)
    for event, records in events.items():
        first, *others = sorted(records, key=lambda member: (f"/{event}" not in member.id, member.id))
        yield from ((first, other) for other in others if other.source != first.source)


def _any(_one: Activity, _other: Activity) -> bool:
    """Two meetings of one moment are one, whatever either system calls it."""
    return True


def _about_the_same(
    activity: Activity, other: Activity, words: Callable[[Activity], str], recognise: Recognise
) -> bool:
    """Whether two that fell on one day may be one: the same campaign, a common offer or title, or no title at all."""
    if activity.campaign_id and activity.campaign_id == other.campaign_id:
        return True
    its, theirs = words(activity), words(other)
    if set(recognise(its)) & set(recognise(theirs)):
        return True
    few, more = sorted((_title(its), _title(theirs)), key=len)
    return few <= more


def _title(words: str) -> set[str]:
    return set(re.findall(r"[^\W_]+", words.casefold()))


def _pairs(members: Iterable[Activity], within: timedelta, alike: Alike) -> Iterable[tuple[Activity, Activity]]:
    """Each activity with its copy of another system, the one that knows more first; nobody has two copies."""
    waiting: list[Activity] = []
    for activity in sorted(members, key=lambda member: (stamp(member.at), member.id)):
        at = stamp(activity.at)
        waiting = [earlier for earlier in waiting if at - stamp(earlier.at) <= within]
        others = [one for one in waiting if _system(one) != _system(activity) and alike(one, activity)]
        if not others:
            waiting.append(activity)
            continue
        other = others[-1]
        waiting.remove(other)
        first, second = sorted((other, activity), key=_knowledge, reverse=True)
        yield first, second


def _knowledge(activity: Activity) -> tuple[bool, bool, bool, str]:
    """What a record says of how it went: a mark, a disposition, a kind of its own."""
    return (
        activity.outcome not in (None, "open"),
        activity.disposition is not None,
        activity.kind != "meeting_held",
        activity.id,
    )


def _merge(kept: Activity, copy: Activity, answered: Answered) -> Activity:
    """What either knows; the stricter word where both say something."""
    both = (kept, copy)
    return replace(
        kept,
        outcome=max((one.outcome for one in both), key=_strictness),
        disposition=_disposition(both, answered),
        seconds=min((one.seconds for one in both if one.seconds is not None), default=None),
        ends=max((one.ends for one in both if one.ends), key=stamp, default=None),
        made=min((one.made for one in both if one.made), key=stamp, default=None),
        topic=_topic(kept.topic, copy.topic),
        campaign_id=kept.campaign_id or copy.campaign_id,
        selling=kept.selling or copy.selling,
        filtered=kept.filtered or copy.filtered,
        by_hand=kept.by_hand or copy.by_hand,
    )


def _strictness(outcome: str | None) -> int:
    return STRICTNESS.index(outcome) if outcome in STRICTNESS else len(STRICTNESS)


def _disposition(both: Iterable[Activity], answered: Answered) -> str | None:
    """How a call went: as nobody took it, where one of both says so."""
    known = [one.disposition for one in both if one.disposition]
    return next((word for word in known if word not in answered.dispositions), next(iter(known), None))


def _topic(kept: str, copy: str) -> str:
    """Both titles where neither holds the other, so that the offers of both are recognised."""
    if copy.casefold() in kept.casefold():
        return kept
    return copy if kept.casefold() in copy.casefold() else f"{kept} / {copy}"


def _system(activity: Activity) -> str:
    return activity.source.partition(" ")[0]
