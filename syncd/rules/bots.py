"""Opens and clicks that a machine made: mail scanners and security agents that follow links before people read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from syncd.agreement.terms import Bots
from syncd.model import Activity
from syncd.rules.agents import is_machine
from syncd.rules.days import stamp

OPENED, CLICKED, DELIVERED = "email_opened", "email_clicked", "email_delivered"
WATCHED = frozenset({OPENED, CLICKED})


def machine_made(activities: Sequence[Activity], bots: Bots) -> frozenset[str]:
    """The ids of one contact's opens and clicks that count nothing.

    Three signs, each enough: a known agent; within seconds of that message's delivery; many clicks of one message at
    once. All bounds are inclusive.
    """
    watched = [activity for activity in activities if activity.kind in WATCHED]
    if not watched:
        return frozenset()
    machines = {activity.id for activity in watched if activity.agent and is_machine(activity.agent, bots.agents)}
    if any(activity.message for activity in watched):
        machines.update(_on_delivery(watched, activities, bots.seconds_after_delivery))
        machines.update(_at_once(watched, bots.links_at_once.count, bots.links_at_once.seconds))
    return frozenset(machines)


def _on_delivery(watched: Iterable[Activity], activities: Iterable[Activity], seconds: float) -> Iterable[str]:
    delivered: dict[str, list[datetime]] = defaultdict(list)
    for activity in activities:
        if activity.kind == DELIVERED and activity.message:
            delivered[activity.message].append(stamp(activity.at))
    return (
        activity.id
        for activity in watched
        for at in delivered.get(activity.message or "", ())
        # The vendor's stamps of delivery and click come from two machines: the click may seem the earlier one.
        if abs((stamp(activity.at) - at).total_seconds()) <= seconds
    )


def _at_once(watched: Iterable[Activity], count: int, seconds: float) -> Iterable[str]:
    clicks: dict[str, list[Activity]] = defaultdict(list)
    for activity in watched:
        if activity.kind == CLICKED and activity.message:
            clicks[activity.message].append(activity)
    for siblings in clicks.values():
        if count < 2 or len(siblings) < count:
            continue
        siblings.sort(key=lambda activity: (stamp(activity.at), activity.id))
        for first in range(len(siblings) - count + 1):
            together = siblings[first : first + count]
            if (stamp(together[-1].at) - stamp(together[0].at)).total_seconds() <= seconds:
                yield from (activity.id for activity in together)
