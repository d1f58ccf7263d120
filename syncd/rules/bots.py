"""Opens and clicks that a machine made: mail scanners and security agents that follow links before people read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache

from syncd.agreement.terms import Bots
from syncd.model import Engagement
from syncd.rules.days import stamp

OPENED, CLICKED, DELIVERED = "email_opened", "email_clicked", "email_delivered"
WATCHED = frozenset({OPENED, CLICKED})


def machine_made(engagements: Sequence[Engagement], bots: Bots) -> frozenset[str]:
    """The ids of one contact's opens and clicks that count nothing.

    Three signs, each enough: a known agent; within seconds of that message's delivery; many clicks of one message at
    once. All bounds are inclusive.
    """
    watched = [engagement for engagement in engagements if engagement.kind in WATCHED]
    if not watched:
        return frozenset()
    agents = tuple(bots.agents)
    found = {engagement.id for engagement in watched if engagement.agent and _known(engagement.agent, agents)}
    if any(engagement.message for engagement in watched):
        found.update(_on_delivery(watched, engagements, bots.seconds_after_delivery))
        found.update(_at_once(watched, bots.links_at_once.count, bots.links_at_once.seconds))
    return frozenset(found)


@lru_cache(maxsize=20_000)
def _known(agent: str, agents: tuple[str, ...]) -> bool:
    folded = agent.casefold()
    return any(part.casefold() in folded for part in agents if part)


def _on_delivery(watched: Iterable[Engagement], engagements: Iterable[Engagement], seconds: float) -> Iterable[str]:
    delivered: dict[str, list[datetime]] = defaultdict(list)
    for engagement in engagements:
        if engagement.kind == DELIVERED and engagement.message:
            delivered[engagement.message].append(stamp(engagement.at))
    return (
        engagement.id
        for engagement in watched
        for at in delivered.get(engagement.message or "", ())
        # The vendor's stamps of delivery and click come from two machines: the click may seem the earlier one.
        if abs((stamp(engagement.at) - at).total_seconds()) <= seconds
    )


def _at_once(watched: Iterable[Engagement], count: int, seconds: float) -> Iterable[str]:
    clicks: dict[str, list[Engagement]] = defaultdict(list)
    for engagement in watched:
        if engagement.kind == CLICKED and engagement.message:
            clicks[engagement.message].append(engagement)
    for siblings in clicks.values():
        if count < 2 or len(siblings) < count:
            continue
        siblings.sort(key=lambda engagement: (stamp(engagement.at), engagement.id))
        for first in range(len(siblings) - count + 1):
            together = siblings[first : first + count]
            if (stamp(together[-1].at) - stamp(together[0].at)).total_seconds() <= seconds:
                yield from (engagement.id for engagement in together)
