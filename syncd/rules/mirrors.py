"""One activity that is seen in both systems counts once.

Where one vendor's own integration copies what happened into the other (HubSpot writes its meetings and calls as
Salesforce tasks and events: knowledge.hubspot.com, "Sync activities and tasks between HubSpot and Salesforce"), or
where people log it in both, the same meeting of the same contact stands twice. What either record knows of it holds:
a meeting that one system marks as missed is not held because the other marks nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from syncd.model import Activity
from syncd.rules.days import stamp

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


def once(activities: Sequence[Activity], within: timedelta) -> Sequence[Activity]:
    """One contact's activities without the copies that another system has. within: how far two stamps differ."""
    families: dict[str, list[Activity]] = defaultdict(list)
    for activity in activities:
        if activity.source and (family := SAME.get(activity.kind)):
            families[family].append(activity)
    copies: set[str] = set()
    merged: dict[str, Activity] = {}
    for family, members in families.items():
        if len({_system(member) for member in members}) > 1:
            for kept, copy in _pairs(members, DAY if family in BY_DAY else within):
                copies.add(copy.id)
                merged[kept.id] = _merge(kept, copy)
    if not copies:
        return activities
    return [merged.get(activity.id, activity) for activity in activities if activity.id not in copies]


def _pairs(members: Iterable[Activity], within: timedelta) -> Iterable[tuple[Activity, Activity]]:
    """Each activity with its copy of another system, the one that knows more first; nobody has two copies."""
    waiting: list[Activity] = []
    for activity in sorted(members, key=lambda member: (stamp(member.at), member.id)):
        at = stamp(activity.at)
        waiting = [earlier for earlier in waiting if at - stamp(earlier.at) <= within]
        others = [earlier for earlier in waiting if _system(earlier) != _system(activity)]
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


def _merge(kept: Activity, copy: Activity) -> Activity:
    return replace(
        kept,
        outcome=copy.outcome if kept.outcome in (None, "open") else kept.outcome,
        disposition=kept.disposition or copy.disposition,
        campaign_id=kept.campaign_id or copy.campaign_id,
    )


def _system(activity: Activity) -> str:
    return activity.source.partition(" ")[0]
