"""What `check` finds before the first cycle, and whose problem it is."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from connectors.hubspot import HubSpot
from tests.connectors.hubspot.portals import Open, Portal, contact


@pytest.fixture
def portal(open_portal: Open) -> Portal:
    portal = open_portal({"contacts": [contact(id) for id in range(1, 461)]})
    portal.connect().deploy()
    return portal


@pytest.fixture
def hubspot(portal: Portal) -> HubSpot:
    return portal.connect()


WANTED = {"contacts": ["email", "associations.companies"], "owners": ["email"], "form_submissions": []}


def test_check_finds_nothing_in_a_sound_portal(hubspot: HubSpot) -> None:
    assert hubspot.check(dict.fromkeys(hubspot.streams, ())) == []


def test_check_names_a_property_that_hubspot_would_leave_out_without_a_word(hubspot: HubSpot) -> None:
    [problem] = hubspot.check(WANTED | {"companies": ["name", "hs_lost"]})
    assert problem.level == "error"
    assert problem.where == "hubspot companies"
    assert "'hs_lost'" in problem.what


def test_check_names_missing_scopes_per_stream(portal: Portal) -> None:
    portal.simulator.portal.identity.grant("narrow", ["crm.objects.contacts.read", "crm.schemas.contacts.read"])
    problems = portal.connect(token="narrow").check(WANTED)
    assert [problem.where for problem in problems] == ["hubspot owners", "hubspot form_submissions"]
    assert "crm.objects.owners.read" in problems[0].what


def test_check_with_a_wrong_token_says_only_that(portal: Portal) -> None:
    [problem] = portal.connect(token="rotated").check(WANTED)
    assert "token" in problem.what


def test_check_without_a_connection_says_only_that(portal: Portal) -> None:
    [problem] = portal.connect(host="http://127.0.0.1:9").check(WANTED)
    assert problem.level == "error"


def test_check_of_a_stream_in_trouble_is_a_problem_of_that_stream(portal: Portal, hubspot: HubSpot) -> None:
    portal.spoil("unavailable", path="*/owners*")
    [problem] = hubspot.check(WANTED)
    assert problem.where == "hubspot owners"


@pytest.mark.parametrize(("seconds", "level"), [(-60, "warning"), (60, "warning"), (-600, "error"), (10, None)])
def test_check_compares_the_clocks(portal: Portal, seconds: float, level: str | None) -> None:
    portal.clock.set(datetime.now(UTC))  # skew counts from the real time
    portal.spoil("skew", seconds=seconds)
    assert [problem.level for problem in portal.connect().check({})] == ([level] if level else [])


def test_check_lives_without_a_time_zone(portal: Portal) -> None:
    portal.spoil("status", status=404, path="/account-info/*")
    assert portal.connect().check(WANTED) == []
