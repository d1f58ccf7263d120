"""What a machine did in a person's name: mail scanners that follow links, privacy relays, automatic replies.

Each is named with the sign that gave it away. The vendor's own verdict comes first, then the agent's name, then the
times: clicks close to their mail's delivery or before it, and all links of a mail at once. Whoever hands in a form or
writes a reply soon after clears the clicks that lead there, where time alone spoke against them; neither a scan of many
links at delivery nor an agent that names itself is cleared by anything. A caught click takes the rest of its session
with it: the same agent on the same mail within minutes. All bounds are the agreement's, and inclusive.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from syncd.agreement.lead_terms import Bots, LinksAtOnce
from syncd.model import Activity
from syncd.rules.agents import image_proxy_in, machine_in
from syncd.rules.days import stamp
from syncd.rules.replies import is_automatic

OPENED, CLICKED, DELIVERED = "email_opened", "email_clicked", "email_delivered"
REPLIED, VIEWED = "email_replied", "page_viewed"
WATCHED = frozenset({OPENED, CLICKED})
AUTOMATIC, SESSION = "automatic reply", "in a session with a machine's click"

NOW = timedelta(0)
MANY_TIMES = 6  # fetches of one link within the seconds of links at once: a double click is two
WALK = 6  # links from which all of a mail at an even beat are a crawler's walk
LONGEST_PAUSE = 30  # seconds between two links of such a walk
UNEVEN = 0.2  # of its longest pause: by how much the pauses may differ

Signs = dict[str, str]  # activity id → what gave the machine away


def machine_made(activities: Sequence[Activity], bots: Bots) -> Mapping[str, str]:
    """What of one contact's activities a machine made, by id, each with the sign that gave it away."""
    signs = {
        activity.id: AUTOMATIC
        for activity in activities
        if activity.kind == REPLIED and not activity.by_us and is_automatic(activity.topic, bots.automatic_replies)
    }
    watched = [activity for activity in activities if activity.kind in WATCHED]
    if not watched:
        return signs
    signs |= {activity.id: sign for activity in watched if (sign := _sign_of_its_own(activity, bots))}
    if any(activity.message for activity in watched):
        session = timedelta(minutes=bots.session_minutes)
        by_message, delivered = _by_message(watched), _deliveries(activities)
        led = _that_led_on(watched, activities, signs, session)
        soon = timedelta(seconds=max(bots.seconds_after_delivery, bots.seconds_to_open))
        for message, mailing in by_message.items():
            sent = delivered.get(message, ())
            if not _is_calm(mailing, sent, soon):
                signs |= _by_times(mailing, sent, led, signs, bots)
            if signs:
                signs |= _siblings(mailing, led, signs, session)
        if signs:
            signs |= _pages(watched, activities, signs, session)
    return signs


def _sign_of_its_own(activity: Activity, bots: Bots) -> str | None:
    """What one open or click alone says: the vendor's verdict, or the agent's name."""
    if activity.filtered:
        return f"filtered by {activity.source.partition(' ')[0] or 'the system that tells of it'}"
    if activity.agent is None:  # the system tells of no agents; an empty one it does tell of
        return None
    proxy = image_proxy_in(activity.agent) if activity.kind == CLICKED else None
    name = proxy or machine_in(activity.agent, bots.agents)
    return f"agent {name}" if name else None


def _by_message(watched: Iterable[Activity]) -> Mapping[str, list[Activity]]:
    mailings: dict[str, list[Activity]] = defaultdict(list)
    for activity in watched:
        if activity.message:
            mailings[activity.message].append(activity)
    return mailings


def _deliveries(activities: Iterable[Activity]) -> Mapping[str, list[datetime]]:
    delivered: dict[str, list[datetime]] = defaultdict(list)
    for activity in activities:
        if activity.kind == DELIVERED and activity.message:
            delivered[activity.message].append(stamp(activity.at))
    return delivered


# ---- what clears a suspicion -------------------------------------------------------------------------------------


def _that_led_on(
    watched: Sequence[Activity], activities: Iterable[Activity], signs: Signs, session: timedelta
) -> frozenset[str]:
    """The clicks that led to what only a person does: the last one before it, and its agent's on the same mail."""
    clicks = [activity for activity in watched if activity.kind == CLICKED and activity.id not in signs]
    led: set[str] = set()
    for activity in activities:
        if not activity.by_hand or activity.id in signs:
            continue
        at = stamp(activity.at)
        before = [click for click in clicks if NOW <= at - stamp(click.at) <= session]
        if before:
            last = max(before, key=lambda click: stamp(click.at))
            led |= {click.id for click in before if (click.message, click.agent) == (last.message, last.agent)}
    return frozenset(led)


# ---- times -------------------------------------------------------------------------------------------------------


def _is_calm(mailing: Sequence[Activity], delivered: Sequence[datetime], soon: timedelta) -> bool:
    """Whether nothing of a message came within that time of a delivery, nor more than one click: as people read."""
    if sum(activity.kind == CLICKED for activity in mailing) > 1:
        return False
    return not delivered or min(stamp(activity.at) for activity in mailing) - max(delivered) > soon


def _by_times(
    mailing: Sequence[Activity], delivered: Sequence[datetime], led: frozenset[str], signs: Signs, bots: Bots
) -> Signs:
    """Opens and clicks of one message that came too early, or all at once."""
    opens = [activity for activity in mailing if activity.kind == OPENED and activity.id not in signs]
    too_early = dict(_early(opens, delivered, bots.seconds_to_open)) if opens and delivered else {}
    clicks = [activity for activity in mailing if activity.kind == CLICKED]
    return _clicked(clicks, delivered, led, signs, bots) | too_early if clicks else too_early


def _clicked(
    clicks: Sequence[Activity], delivered: Sequence[datetime], led: frozenset[str], signs: Signs, bots: Bots
) -> Signs:
    early = dict(_early(clicks, delivered, bots.seconds_after_delivery))
    scanned = _scans([click for click in clicks if click.id in early], bots.links_at_once) if led else frozenset()
    others = any(click.id not in early and click.id not in signs for click in clicks)
    at_once = _together(clicks, bots.links_at_once) if others and len(clicks) > 1 else {}
    caught = at_once | early
    return {id: sign for id, sign in caught.items() if id not in signs and (id not in led or id in scanned)}


def _early(mailing: Iterable[Activity], delivered: Sequence[datetime], seconds: float) -> Iterator[tuple[str, str]]:
    """Those within seconds of the delivery before them, or before any: nobody opens what has not arrived."""
    if not delivered:
        return
    soon, first = timedelta(seconds=seconds), min(delivered)
    for activity in mailing:
        at = stamp(activity.at)
        if at < first:
            yield activity.id, "before the delivery"
        elif at - first <= soon or (len(delivered) > 1 and any(NOW <= at - sent <= soon for sent in delivered)):
            yield activity.id, f"within {seconds:g} s of the delivery"


def _scans(early: Iterable[Activity], bound: LinksAtOnce) -> frozenset[str]:
    """Of the early clicks those of an agent that took so many links: a scan, whatever follows."""
    by_agent: dict[str | None, list[Activity]] = defaultdict(list)
    for click in early:
        by_agent[click.agent].append(click)
    return frozenset(click.id for clicks in by_agent.values() if _are_many(clicks, bound) for click in clicks)


def _together(clicks: Sequence[Activity], bound: LinksAtOnce) -> Signs:
    """Clicks that no hand makes one after the other: many links at once, one link many times, all at an even beat."""
    links = len(_links(clicks))
    if links >= WALK and len(clicks) == links and _is_even(clicks, bound.seconds):
        every = "all " if links == max(click.links or 0 for click in clicks) else ""
        return {click.id: f"{every}{links} links at an even beat" for click in clicks}
    again = dict(_again(clicks, bound.seconds)) if len(clicks) >= MANY_TIMES + links - 1 else {}
    return again | dict(_at_once(clicks, bound)) if links > 1 else again


def _is_even(clicks: Sequence[Activity], seconds: float) -> bool:
    """Whether one agent took links with the same pause between every two: all of a mail, or some within seconds each.

    Of many mails nobody knows how many links they have, or a redirect hides which they are.
    """
    if len({click.agent for click in clicks}) > 1:
        return False
    times = sorted(stamp(click.at) for click in clicks)
    pauses = [(later - earlier).total_seconds() for earlier, later in pairwise(times)]
    longest = LONGEST_PAUSE if len(clicks) == max(click.links or 0 for click in clicks) else seconds
    return max(pauses) <= longest and max(pauses) - min(pauses) <= UNEVEN * max(pauses)


def _again(clicks: Sequence[Activity], seconds: float) -> Iterator[tuple[str, str]]:
    """Clicks on one link so often in so short a time."""
    by_link: dict[tuple[str, str | None], list[Activity]] = defaultdict(list)
    for click in clicks:
        if click.link:
            by_link[click.link, click.agent].append(click)
    for fetches in by_link.values():
        in_order = sorted(fetches, key=lambda click: stamp(click.at))
        for first, last in zip(in_order, in_order[MANY_TIMES - 1 :], strict=False):
            if (stamp(last.at) - stamp(first.at)).total_seconds() <= seconds:
                start, end = stamp(first.at), stamp(last.at)
                run = [click for click in in_order if start <= stamp(click.at) <= end]
                yield from ((click.id, "one link many times at once") for click in run)


def _at_once(clicks: Sequence[Activity], bound: LinksAtOnce) -> Iterator[tuple[str, str]]:
    at_once = timedelta(seconds=bound.seconds)
    in_order = sorted(clicks, key=lambda click: (stamp(click.at), click.id))
    for first, click in enumerate(in_order[:-1]):
        start = stamp(click.at)
        together = [other for other in in_order[first:] if stamp(other.at) - start <= at_once]
        if _are_many(together, bound):
            yield from ((other.id, f"{len(_links(together))} links at once") for other in together)


def _are_many(clicks: Sequence[Activity], bound: LinksAtOnce) -> bool:
    """Whether the clicks take more links than a person does: the agreed number, or share of all links of the mail."""
    links = len(_links(clicks))
    if links < 2 or links >= bound.count:
        return links >= 2
    of_mail = max(click.links or 0 for click in clicks)
    return of_mail > 0 and links * 100 >= bound.or_percent * of_mail


def _links(clicks: Iterable[Activity]) -> set[str]:
    """The links that were followed; a click of which no link is known counts as one of its own."""
    return {click.link or click.id for click in clicks}


# ---- the rest of a session ---------------------------------------------------------------------------------------


def _siblings(mailing: Sequence[Activity], led: frozenset[str], signs: Signs, session: timedelta) -> Signs:
    """What an agent did beside a caught click on the same mail."""
    caught: dict[str | None, list[datetime]] = defaultdict(list)
    for activity in mailing:
        if activity.kind == CLICKED and activity.id in signs:
            caught[activity.agent].append(stamp(activity.at))
    if not caught:
        return {}
    return {
        activity.id: SESSION
        for activity in mailing
        if activity.id not in signs
        and activity.id not in led
        and any(abs(stamp(activity.at) - at) <= session for at in caught.get(activity.agent, ()))
    }


def _pages(watched: Iterable[Activity], activities: Iterable[Activity], signs: Signs, session: timedelta) -> Signs:
    """Pages that were loaded because a machine followed a link; what somebody did there by hand is a person's."""
    clicks = sorted((stamp(click.at), click.id) for click in watched if click.kind == CLICKED)
    pages: Signs = {}
    for activity in activities:
        if activity.kind == VIEWED and not activity.by_hand:
            at = stamp(activity.at)
            before = [id for clicked, id in clicks if NOW <= at - clicked <= session]
            if before and before[-1] in signs:
                pages[activity.id] = SESSION
    return pages
