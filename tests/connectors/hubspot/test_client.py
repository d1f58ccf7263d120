"""What HubSpot's own client lacks or does by itself, and what the connector makes of it, seen on the wire."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement

import connectors.hubspot
from connectors.base import TryLater
from connectors.hubspot import OAuth
from connectors.sandbox.hubspot import Options
from tests.connectors.contract import records
from tests.connectors.hubspot.portals import CONTACT, LONG_AGO, Portal, contact, crm

Open = Callable[..., Portal]
PYPROJECT = Path(__file__).parents[3] / "pyproject.toml"


@pytest.fixture
def portal(open_portal: Open) -> Portal:
    return open_portal({"contacts": [contact(id) for id in range(100, 450)]})


def test_an_answer_that_does_not_come_is_not_waited_for_for_ever(portal: Portal) -> None:
    portal.spoil("latency", seconds=1.0, count=1)
    hubspot = portal.connect(timeout=(5, 0.3))
    assert len(records(hubspot.pull("contacts", CONTACT, None))) == 350
    assert hubspot.budget.retries == {"ReadTimeoutError": 1}


def test_a_token_that_does_not_come_is_not_waited_for_for_ever(portal: Portal) -> None:
    portal.spoil("latency", path="/oauth/*", seconds=1.0)
    tokens = OAuth("sandbox-client", "sandbox-secret", "sandbox-refresh", host=portal.url, timeout=(5, 0.3))
    with pytest.raises(TryLater, match="Timeout"):
        tokens.token()


def test_the_portal_tells_its_id_and_the_zone_of_its_day_in_one_call(portal: Portal) -> None:
    hubspot = portal.connect()
    assert [hubspot.tenant() for _ in range(3)] == ["62515"] * 3
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


@pytest.mark.parametrize("level", [logging.NOTSET, logging.INFO, logging.ERROR])
def test_a_new_connector_leaves_the_log_level_of_urllib3_alone(portal: Portal, level: int) -> None:
    logger = logging.getLogger("urllib3")
    before = logger.level
    logger.setLevel(level)
    try:
        portal.connect()
        OAuth("client", "secret", "refresh", host=portal.url)
        assert logger.level == level
    finally:
        logger.setLevel(before)


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
    assert {"/crm/v3/objects/contacts", "/crm/v3/objects/contacts/batch/read", "/crm/v3/owners/"} <= flagged


@pytest.mark.parametrize("part", ["objects/contacts/batch/read", "associations"])
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


def test_every_path_stands_in_the_one_table_with_its_version() -> None:
    """Paths of a version end on a day; the table is where to move on."""
    folder = Path(connectors.hubspot.__file__).parent
    modules = {file.name: file.read_text(encoding="utf-8") for file in folder.glob("*.py")}
    written = re.compile(r'"/(?:crm|marketing|email|form-integrations|account-info|oauth|events)/')
    assert [name for name, text in modules.items() if written.search(text)] == ["paths.py"]
    assert not re.search(r"/v\d", modules["paths.py"].partition("Path:")[2].replace('"v', ""))
