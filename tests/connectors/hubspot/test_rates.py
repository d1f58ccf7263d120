"""How fast a portal may be asked, and what others on the same allowance notice of it."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from connectors.hubspot.paths import ACCOUNT, SEARCH
from connectors.sandbox.hubspot import Options
from tests.connectors.contract import records
from tests.connectors.hubspot.portals import CONTACT, Portal, contact

Open = Callable[..., Portal]


def read(portal: Portal, **options: object) -> int:
    return len({record.id for record in records(portal.connect(**options).pull("contacts", CONTACT, None))})


@pytest.fixture
def portal(open_portal: Open) -> Portal:
    return open_portal({"contacts": [contact(id) for id in range(100, 450)]})


def test_the_portal_s_limit_is_kept_without_a_single_429(open_portal: Open) -> None:
    portal = open_portal({"contacts": [contact(id) for id in range(1, 25_001)]}, Options(tier="free"))
    hubspot = portal.connect()
    start = portal.clock()
    assert len(records(hubspot.pull("contacts", CONTACT, None))) == 25_000
    assert hubspot.budget.retries == {}
    assert (portal.clock() - start).total_seconds() <= 1.1 * 20, "251 calls at 100 per 10 s take 20 s at least"


@pytest.mark.parametrize(("tier", "a_call"), [("free", 10 / 100), ("professional", 10 / 190)])
def test_the_headers_say_how_fast_a_portal_may_be_asked(open_portal: Open, tier: str, a_call: float) -> None:
    portal = open_portal({}, Options(tier=tier))
    hubspot = portal.connect()
    start = portal.clock()
    for _ in range(401):
        hubspot.client.call(ACCOUNT)
    assert hubspot.budget.retries == {}
    assert 0.7 < (portal.clock() - start).total_seconds() / (400 * a_call) < 1.1


def test_until_a_header_says_more_the_smallest_limit_is_kept(open_portal: Open) -> None:
    portal = open_portal({}, Options(tier="free"))
    portal.strip(b"x-hubspot-ratelimit")
    hubspot = portal.connect()
    for _ in range(201):
        hubspot.client.call(ACCOUNT)
    assert (hubspot.budget.limit, hubspot.budget.seen_at) == (None, None)
    assert hubspot.budget.retries == {}


@pytest.mark.parametrize(("policy", "held"), [("TEN_SECONDLY_ROLLING", True), ("SECONDLY", False)])
def test_a_429_holds_the_other_threads_back_too(open_portal: Open, policy: str, held: bool) -> None:
    """The limit of searches concerns searches alone."""
    portal = open_portal({})
    portal.spoil("limited", count=1)
    portal.amend("search", lambda answer: {**answer, "policyName": policy})
    waits: list[float] = []

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 1:
            hubspot.client.call(ACCOUNT)  # what another thread does while this one waits
        portal.clock.advance(seconds)

    hubspot = portal.connect(sleep=sleep)
    hubspot.client.call(SEARCH, body={"limit": 1}, object="contacts")
    assert waits[1:] == ([pytest.approx(1, abs=0.01)] if held else [])


def test_a_smaller_limit_of_our_own_leaves_room_for_others(open_portal: Open) -> None:
    portal = open_portal({"contacts": [contact(id) for id in range(1, 2001)]})
    start = portal.clock()
    read(portal, requests_per_10s=10)
    assert (portal.clock() - start).total_seconds() >= 20


def test_searches_keep_to_five_a_second(open_portal: Open) -> None:
    portal = open_portal({"contacts": [contact(id) for id in range(1, 2001)]}, Options(tier="unlimited"))
    hubspot = portal.connect()
    last = list(hubspot.pull("contacts", (), None))[-1]
    portal.edit_all("contacts", range(1, 2001), jobtitle="Treasurer")
    portal.clock.advance(60)
    assert len(records(hubspot.pull("contacts", (), last.cursor))) == 2000
    assert hubspot.budget.retries == {}


def test_another_app_s_calls_on_the_same_allowance_are_no_disaster(open_portal: Open) -> None:
    portal = open_portal({"contacts": [contact(id) for id in range(1, 5001)]}, Options(tier="free"))
    hubspot, other = portal.connect(), portal.connect()
    pulling = hubspot.pull("contacts", CONTACT, None)
    first = next(pulling)
    for _ in range(60):
        other.fetch("contacts", (), ["1"])
    assert len(records([first, *pulling])) == 5000


def test_a_429_costs_a_moment_and_not_the_whole_interval(open_portal: Open) -> None:
    portal = open_portal({"contacts": [contact(id) for id in range(1, 1001)]}, Options(tier="professional"))
    portal.spoil("limited", skip=3, count=1)
    assert read(portal) == 1000
    assert sum(portal.slept) < 5


def test_the_budget_is_what_the_headers_say(portal: Portal) -> None:
    hubspot = portal.connect()
    list(hubspot.pull("contacts", CONTACT, None))
    budget = hubspot.budget
    assert budget.calls == 5
    assert (budget.limit, budget.daily_limit) == (10_000_000, 1_000_000_000)
    assert budget.daily_remaining == 1_000_000_000 - 5
    assert budget.seen_at == portal.clock()


def test_streams_are_pulled_side_by_side_from_many_threads(portal: Portal) -> None:
    hubspot = portal.connect()
    found: list[int] = []
    threads = [
        threading.Thread(target=lambda: found.append(len(records(hubspot.pull("contacts", CONTACT, None)))))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [350] * 8
    assert hubspot.budget.calls == 8 * 5
