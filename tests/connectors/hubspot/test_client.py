"""What HubSpot's own client lacks or does by itself, and what the connector makes of it, seen on the wire."""

from __future__ import annotations

import re
import threading
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement

from connectors.base import TryLater
from connectors.hubspot.paths import ACCOUNT, SEARCH
from connectors.sandbox.hubspot import Options
from tests.connectors.contract import records
from tests.connectors.hubspot.portals import CONTACT, LONG_AGO, Open, Portal, contact, crm

PYPROJECT = Path(__file__).parents[3] / "pyproject.toml"


@pytest.fixture
def portal(open_portal: Open) -> Portal:
    return open_portal({"contacts": [contact(id) for id in range(100, 450)]})


def test_an_answer_that_does_not_come_is_not_waited_for_for_ever(portal: Portal) -> None:
    portal.spoil("latency", seconds=1.0, count=1)
    hubspot = portal.connect(timeout=(5, 0.3))
    assert len(records(hubspot.pull("contacts", CONTACT, None))) == 350
    assert hubspot.budget.retries == {"ReadTimeoutError": 1}


def test_the_portal_tells_its_id_and_the_zone_of_its_day_in_one_call(portal: Portal) -> None:
    hubspot = portal.connect()
    assert [hubspot.tenant() for _ in range(3)] == ["62515"] * 3
    assert hubspot.settings() == {"companyCurrency": "USD"}
    assert str(hubspot.client.zone) == "US/Eastern"
    assert portal.calls() == 1


@pytest.mark.parametrize("status", [403, 404])
def test_a_portal_that_does_not_tell_its_id_is_asked_no_second_time(portal: Portal, status: int) -> None:
    portal.spoil("status", status=status, path="/account-info/*")
    hubspot = portal.connect()
    assert [hubspot.tenant(), hubspot.tenant()] == [None, None]
    assert hubspot.budget.calls == 1


def test_a_portal_that_is_not_reached_is_no_portal_without_id(portal: Portal) -> None:
    with pytest.raises(TryLater):
        portal.connect(host="http://127.0.0.1:9").tenant()


def test_all_calls_share_one_pool_of_connections(portal: Portal) -> None:
    """Every API object that the client hands out opens a pool of its own."""
    heard = portal.overhear()
    hubspot = portal.connect()
    hubspot.check({"contacts": ("email",)})
    assert len(records(hubspot.pull("contacts", CONTACT, None))) == 350
    hubspot.fetch("contacts", CONTACT, ["100"])
    assert len(heard) >= 9
    assert len({scope["client"] for scope in heard}) <= 2, "the caller's thread, and the one that fetches ahead"


def test_answers_are_asked_for_and_read_in_packed_form(open_portal: Open) -> None:
    """The client asks for `identity`, which is six times as much."""
    portal = open_portal({"contacts": [contact(id) for id in range(100, 450)]}, Options(compress=True))
    heard = portal.overhear()
    assert len(records(portal.connect().pull("contacts", CONTACT, None))) == 350
    assert {dict(scope["headers"]).get(b"accept-encoding") for scope in heard} == {b"gzip"}


def test_booleans_go_out_as_hubspot_writes_them(portal: Portal) -> None:
    """The client makes `True` of them."""
    heard = portal.overhear()
    hubspot = portal.connect()
    for stream in hubspot.streams:
        list(hubspot.pull(stream, (), None))
    hubspot.fetch("contacts", (), ["100", "999"])
    asked = [scope["query_string"].decode() for scope in heard]
    assert not [query for query in asked if "True" in query or "False" in query]
    flagged = {scope["path"] for scope in heard if b"archived=true" in scope["query_string"]}
    assert {
        "/crm/objects/2026-09/contacts",
        "/crm/objects/2026-09/contacts/batch/read",
        "/crm/owners/2026-09",
    } <= flagged


@pytest.mark.parametrize("part", ["/contacts/batch/read", "associations"])
def test_a_207_that_answers_only_in_part_is_no_answer(portal: Portal, part: str) -> None:
    """The client raises nothing: what an internal error swallowed would look as if it were not there."""

    def lose(answer: dict[str, Any]) -> dict[str, Any]:
        error = {"status": "error", "category": "INTERNAL_ERROR", "message": "internal error"}
        return {**answer, "results": [], "errors": [error], "numErrors": 1}

    portal.amend(part, lose)
    with pytest.raises(TryLater, match="only in part"):
        portal.connect().fetch("contacts", CONTACT, ["100"])


def test_a_long_list_of_properties_fits_into_an_address(open_portal: Open) -> None:
    """15,000 characters, and the client writes each comma as three."""
    names = [f"our_own_property_number_{number:04}" for number in range(500)]
    portal = open_portal({"companies": [crm(1, {"name": "Bank"}, LONG_AGO)]})
    assert 14_000 < len(",".join(names)) < 15_000 < len("%2C".join(names))
    assert len(records(portal.connect().pull("companies", names, None))) == 1


def test_the_release_of_urllib3_that_breaks_the_client_is_excluded() -> None:
    named = re.findall(r'^  "(urllib3[^"]*)"', PYPROJECT.read_text(encoding="utf-8"), re.MULTILINE)
    assert [Requirement(one).specifier.contains("2.6.0") for one in named] == [False]


def read(portal: Portal, **options: object) -> int:
    return len({record.id for record in records(portal.connect(**options).pull("contacts", CONTACT, None))})


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
    totals: list[int] = []
    threads = [
        threading.Thread(target=lambda: totals.append(len(records(hubspot.pull("contacts", CONTACT, None)))))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert totals == [350] * 8
    assert hubspot.budget.calls == 8 * 5
