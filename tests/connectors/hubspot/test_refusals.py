"""What goes wrong between syncd and HubSpot, and what the connector makes of it. Nobody really waits."""

from __future__ import annotations

import traceback
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from connectors.base import BudgetExhausted, Misconfigured, Refused, TryLater
from connectors.hubspot.paths import BATCH_UPDATE
from connectors.hubspot.refusals import midnight, require_answers, scrub, translate
from connectors.sandbox.hubspot import Options
from connectors.transport import Fault
from tests.connectors.contract import records
from tests.connectors.hubspot.portals import CONTACT, NOON, Open, Portal, contact


def read(portal: Portal, **options: object) -> int:
    return len({record.id for record in records(portal.connect(**options).pull("contacts", CONTACT, None))})


@pytest.fixture
def portal(open_portal: Open) -> Portal:
    return open_portal({"contacts": [contact(id) for id in range(100, 450)]})


PASSING = {
    "too many calls a second": {"kind": "limited"},
    "503": {"kind": "unavailable"},
    "502 as a page of HTML": {"kind": "html", "status": 502},
    "a page of HTML that claims to be fine": {"kind": "html", "status": 200},
    "500 without a word": {"kind": "status", "status": 500},
    "504": {"kind": "status", "status": 504},
    "524 of the proxy": {"kind": "status", "status": 524},
    "423 locked": {"kind": "status", "status": 423},
    "477 migration": {"kind": "status", "status": 477},
    "408": {"kind": "status", "status": 408},
    "an empty body": {"kind": "empty"},
    "JSON that is cut off": {"kind": "truncated"},
    "a connection cut before the answer": {"kind": "cut_before"},
    "a connection cut after the work": {"kind": "cut_after"},
    "a connection cut in the body": {"kind": "cut_during"},
}


@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING)
def test_what_passes_is_repeated_and_counted(portal: Portal, fault: dict[str, object]) -> None:
    portal.spoil(**{"skip": 1, "count": 2} | fault)  # type: ignore[arg-type]
    hubspot = portal.connect()
    assert len(records(hubspot.pull("contacts", CONTACT, None))) == 350
    assert sum(hubspot.budget.retries.values()) == 2
    assert len(portal.slept) >= 2
    assert hubspot.budget.waited >= sum(portal.slept) - 0.1


@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING)
def test_what_does_not_pass_in_time_is_for_later_with_a_time_to_come_back(
    portal: Portal, fault: dict[str, object]
) -> None:
    portal.spoil(**fault)  # type: ignore[arg-type]
    with pytest.raises(TryLater) as raised:
        read(portal)
    assert raised.value.retry_at is not None
    assert portal.calls() <= 8 + 1
    assert sum(portal.slept) <= 130


def test_a_wrong_content_type_does_no_harm(portal: Portal) -> None:
    portal.spoil("wrong_type")
    assert read(portal) == 350


def test_an_answer_that_drips_in_is_given_up_and_asked_for_again(portal: Portal) -> None:
    portal.spoil("drip", seconds=2.0, count=1)
    hubspot = portal.connect(timeout=(5, 0.3))
    assert len(records(hubspot.pull("contacts", CONTACT, None))) == 350
    assert sum(hubspot.budget.retries.values()) == 1


def test_a_locked_record_is_waited_for_at_least_two_seconds(portal: Portal) -> None:
    portal.spoil("status", status=423, count=1)
    read(portal)
    assert portal.slept[0] >= 2


def test_the_daily_limit_ends_the_run_at_once_and_says_when_the_next_day_begins(open_portal: Open) -> None:
    portal = open_portal({"contacts": [contact(id) for id in range(1, 450)]}, Options(daily_limit=3))
    hubspot = portal.connect()
    pulling = hubspot.pull("contacts", CONTACT, None)
    saved = [next(pulling) for _ in range(3)]
    with pytest.raises(BudgetExhausted) as raised:
        next(pulling)
    assert portal.slept == []
    assert hubspot.budget.daily_remaining == 0
    assert raised.value.retry_at == NOON + timedelta(hours=1), "the portal's time zone is not known: look every hour"
    portal.clock.advance(86400)
    rest = records(hubspot.pull("contacts", CONTACT, saved[-1].cursor))
    assert len(records(saved)) + len(rest) == 449


def test_the_day_begins_at_the_portal_s_midnight_once_its_time_zone_is_known(portal: Portal) -> None:
    hubspot = portal.connect()
    hubspot.check({})
    portal.spoil("exhausted")
    with pytest.raises(BudgetExhausted) as raised:
        hubspot.fetch("contacts", (), ["100"])
    assert raised.value.retry_at == datetime(2026, 11, 3, 5, tzinfo=UTC), "midnight in New York"


def test_midnight_follows_daylight_saving() -> None:
    eve = datetime(2026, 10, 31, 23, tzinfo=UTC)
    assert midnight(eve, ZoneInfo("America/New_York")) == datetime(2026, 11, 1, 4, tzinfo=UTC)
    assert midnight(eve + timedelta(days=1), ZoneInfo("America/New_York")) == datetime(2026, 11, 2, 5, tzinfo=UTC)


# ---- who we are ----------------------------------------------------------------------------------------------------


def test_https_with_the_right_authority_works_and_with_another_is_a_configuration_error(portal: Portal) -> None:
    assert read(portal, host=portal.https_url, ca_file=portal.ca_file) == 350
    with pytest.raises(Misconfigured, match="certificate authority"):
        read(portal, host=portal.https_url)


def test_a_host_that_does_not_answer_is_for_later(portal: Portal) -> None:
    with pytest.raises(TryLater):
        read(portal, host="http://127.0.0.1:9")


def test_waiting_ends_when_the_sleeper_says_so(portal: Portal) -> None:
    class Stop(Exception):
        pass

    def stop(seconds: float) -> None:
        raise Stop

    portal.spoil("unavailable")
    with pytest.raises(Stop):
        read(portal, sleep=stop)


# ---- error answers -------------------------------------------------------------------------------------------------


def test_an_address_that_is_too_long_says_what_to_do(portal: Portal) -> None:
    portal.spoil("status", status=414)
    with pytest.raises(Misconfigured, match="map fewer properties"):
        read(portal)


def test_error_messages_carry_nobody_s_data() -> None:
    body = (
        '{"status":"error","message":"Email address ann@example.com is invalid: \\"Ann Example\\" +15550100123",'
        '"category":"VALIDATION_ERROR"}'
    )
    refusal = str(translate(400, {}, body, "POST /crm", NOON, None))
    assert "VALIDATION_ERROR" in refusal
    for secret in ("ann@", "example.com", "Ann Example", "15550100123"):
        assert secret not in refusal


@pytest.mark.parametrize("body", [None, "", "<html>", "[]", '{"errors":"no list"}', '{"errors":[1],"context":7}'])
@pytest.mark.parametrize("status", [400, 403, 404, 409])
def test_error_bodies_of_any_shape_are_understood(status: int, body: str | None) -> None:
    refusal = translate(status, {}, body, "GET /crm", NOON, None)
    assert not isinstance(refusal, Fault)
    assert "GET /crm" in str(refusal)


@pytest.mark.parametrize(("header", "seconds"), [("7", 7.0), ("1.5", 1.5), ("Wed, 21 Oct 2026 07:28:00 GMT", 1.0)])
def test_retry_after_is_obeyed_where_it_is_a_number_of_seconds(header: str, seconds: float) -> None:
    refusal = translate(429, {"Retry-After": header}, "{}", "GET /crm", NOON, None)
    assert isinstance(refusal, Fault)
    assert refusal.wait == seconds


@pytest.mark.parametrize(("status", "seconds"), [(423, 2.0), (429, 1.0), (477, 10.0), (503, 0.0)])
def test_without_retry_after_each_status_has_a_wait_of_its_own(status: int, seconds: float) -> None:
    refusal = translate(status, {}, "{}", "GET /crm", NOON, None)
    assert isinstance(refusal, Fault)
    assert refusal.wait == seconds


def test_not_even_a_traceback_quotes_a_refused_value(portal: Portal) -> None:
    body = {"inputs": [{"id": "100", "properties": {"lifecyclestage": "ann@example.com"}}]}
    with pytest.raises(Refused) as raised:
        portal.connect().client.call(BATCH_UPDATE, body=body, object="contacts")
    assert "lifecyclestage" in str(raised.value)
    assert "ann@example.com" not in "".join(traceback.format_exception(raised.value))


def test_a_multi_status_answer_may_lack_records_but_not_answers() -> None:
    require_answers({"errors": [{"category": "OBJECT_NOT_FOUND"}]}, "contacts by id")
    with pytest.raises(TryLater, match="contacts by id only in part"):
        require_answers(
            {"errors": [{"category": "OBJECT_NOT_FOUND"}, {"category": "INTERNAL_ERROR"}]}, "contacts by id"
        )


def test_scrubbing_keeps_the_sense() -> None:
    assert scrub("Unable to infer object type from: widgets") == "Unable to infer object type from: widgets"


# ---- all at once ---------------------------------------------------------------------------------------------------

STORM = ("limited", "unavailable", "html", "empty", "truncated", "cut_before", "cut_after", "cut_during", "status")


@pytest.mark.parametrize("seed", range(3))
def test_in_a_storm_in_which_every_third_call_fails_everything_arrives(open_portal: Open, seed: int) -> None:
    portal = open_portal({"contacts": [contact(id) for id in range(1, 4001)]})
    portal.faults.dice.seed(seed)
    for kind in STORM:
        portal.spoil(kind, probability=0.04)
    hubspot = portal.connect(lanes=2)
    contacts: dict[str, object] = {}
    cursor: str | None = None
    for _ in range(20):
        try:
            for page in hubspot.pull("contacts", CONTACT, cursor):
                contacts |= {record.id: record.raw for record in page.records}
                cursor = page.cursor
            break
        except TryLater:
            portal.clock.advance(60)
    assert len(contacts) == 4000
    assert sum(hubspot.budget.retries.values()) >= 10
