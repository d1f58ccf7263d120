"""Where the effect of a term is seen: what an agreement leads to, as a list that two agreements can be compared by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from itertools import zip_longest
from typing import Any

from syncd.agreement import Agreement, load_industries, summary_lines, title_words
from syncd.errors import UnsafePlan
from syncd.model.snapshots import Gap
from syncd.planning.acquisition import to_do, yields_of
from syncd.planning.aims import aimed, to_be_booked
from syncd.planning.audit import AuditScene, audit_account
from syncd.planning.crew import crew_of, queue_terms
from syncd.planning.headcount import Count, by_name
from syncd.planning.queue import hand_out
from syncd.planning.waterfall import Period, waterfall
from syncd.rules import rulebook_of
from syncd.rules.days import zone
from syncd.sync.valve import Extent, require_safe
from tests.rules.a_sensitive_world import USERS, decided, judged, queues, worded, world
from tests.rules.agreements import CONTENT, changed, complaints
from tests.rules.builders import DESTINATIONS, NOON, TODAY, a_contact, an_account

GROUPS = world()
MONDAY = date(2026, 11, 2)
Content = Mapping[str, Any]
Effects = Iterator[Any]  # what an agreement leads to, one thing after the other: two are compared until they differ


def by_decision(content: Content) -> Effects:
    return map(decided, judged(GROUPS, Agreement.model_validate(content)))


def by_words(content: Content) -> Effects:
    return map(worded, judged(GROUPS, Agreement.model_validate(content)))


def by_check(content: Content) -> Effects:
    yield complaints(changed(**content))


def by_summary(content: Content) -> Effects:
    return summary_lines(Agreement.model_validate(content))


def by_queue(content: Content) -> Effects:
    """Who is handed to whom, who waits and until when, as the account's own users, by turns and over the cap."""
    agreement = Agreement.model_validate(content)
    crew = crew_of(agreement, {user.id: user for user in USERS}, "salesforce.User", [])
    for day in (MONDAY, date(2026, 11, 24), date(2027, 2, 9)):
        now = datetime.combine(day, time(15), UTC)
        for entries in queues(agreement, now):
            yield hand_out(entries, (), {}, crew, queue_terms(agreement), now)


def by_valve(content: Content) -> Effects:
    """Which numbers of records one run may not touch, by the number of served accounts and of records that stand."""
    agreement = Agreement.model_validate(content)

    def stops(extent: Extent, served: int) -> bool:
        try:
            require_safe([extent], agreement, served)
        except UnsafePlan:
            return True
        return False

    return (
        stops(Extent("system", kind, *numbers, standing=size), served=size)
        for kind in ("opportunity", "contact")
        for size in (0, 400, 4_000)
        for number in (10, 30, 110, 300, 1_500, 3_000)
        for numbers in ((number, 0), (0, number))
    )


def by_waterfall(content: Content) -> Effects:
    """What was to be reached in the weeks around a day, part by part, and what must be won for the bookings."""
    agreement = Agreement.model_validate(content)
    weeks = Period(MONDAY - timedelta(weeks=2), MONDAY + timedelta(weeks=3), zone(agreement.time_zone))
    for by in ("week", "segment", "offer"):
        result = aimed(waterfall([], weeks, by), agreement.targets.weekly)
        yield [(part.name, [level.wanted for level in part.levels]) for part in (result.whole, *result.parts)]
    for days in (0, 200, 400):
        goal = to_be_booked(agreement, MONDAY + timedelta(days=days))
        yield goal and (goal.first, goal.last, goal.amount, goal.sourced, goal.needed)


def by_audit(content: Content) -> Effects:
    """What the audit counts of every account, of whom something was heard two hundred days ago."""
    agreement = Agreement.model_validate(content)
    book = rulebook_of(agreement, title_words(), load_industries(), DESTINATIONS)
    count, where = Count(agreement), zone(agreement.time_zone)
    for group in GROUPS:
        heard = {contact.id: NOON - timedelta(days=200) for contact in group.contacts}
        scene = AuditScene(group.account, group.contacts, heard=heard)
        count.add(audit_account(scene, book, TODAY, where, agreement.audit.stale_days))
    yield count.headcount()


def by_list(content: Content) -> Effects:
    """What is to be done about a gap of each role, where people came by every word of the shipped sources."""
    agreement = Agreement.model_validate(content)
    count = Count(agreement)
    book = rulebook_of(agreement, title_words(), load_industries(), DESTINATIONS)
    words = [word for source in CONTENT["audit"]["sources"] for word in source["words"]]
    people = [a_contact(word, "Economic Buyer" if word == "partner" else None, origin=word) for word in words]
    count.add(audit_account(AuditScene(an_account(), people), book, TODAY, zone(agreement.time_zone), 365))
    gaps = [Gap("bank", rule.role, "Bank", "banks", 1, TODAY) for rule in agreement.roles]
    yields = yields_of(by_name(count.headcount()))
    yield yields
    yield to_do(gaps, agreement, yields, {})


def differ(effects: Iterable[Any], other: Iterable[Any]) -> bool:
    return any(before != after for before, after in zip_longest(effects, other))
