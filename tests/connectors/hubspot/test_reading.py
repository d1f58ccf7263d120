"""CRM objects as HubSpot really shows them; each test fails without the handling that it names."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qs

import orjson
import pytest

from connectors.base import Misconfigured, TryLater
from connectors.sandbox.hubspot import Options
from tests.connectors.contract import live, records
from tests.connectors.hubspot.portals import CONTACT, Open, Portal, contact, crm, crm_news, ids, pull_crm

# ---- calls ---------------------------------------------------------------------------------------------------------


def test_a_first_load_takes_one_call_per_hundred_records_and_one_for_the_archive(portal: Portal) -> None:
    assert len(ids(pull_crm(portal))) == 350
    assert portal.calls() == 4 + 1


def test_an_idle_incremental_pull_takes_one_call(portal: Portal) -> None:
    pages = pull_crm(portal)
    before = portal.calls()
    assert ids(crm_news(portal, pages)) == []
    assert portal.calls() - before == 1


def test_a_few_changes_take_two_calls_associations_included(portal: Portal) -> None:
    pages = pull_crm(portal)
    portal.edit_all("contacts", range(100, 120), jobtitle="Treasurer")
    portal.clock.advance(60)
    before = portal.calls()
    assert len(ids(crm_news(portal, pages))) == 20
    assert portal.calls() - before == 2


def test_a_page_is_asked_for_while_the_last_one_is_stored(portal: Portal) -> None:
    pulling = portal.connect().pull("contacts", CONTACT, None)
    next(pulling)
    rest = list(pulling)
    assert len(rest) == 4
    assert portal.calls() == 5


# ---- associations --------------------------------------------------------------------------------------------------


def test_a_record_looks_the_same_listed_searched_and_fetched(portal: Portal) -> None:
    portal.edit("contacts", 123, jobtitle="Treasurer")
    pages = pull_crm(portal)
    listed = {record.id: record for record in records(pages)}["123"]
    portal.clock.advance(60)
    assert [listed] == records(crm_news(portal, pages)) == portal.connect().fetch("contacts", CONTACT, ["123"])


# ---- search --------------------------------------------------------------------------------------------------------


def test_the_search_cap_of_10000_results_loses_nothing(open_portal: Open) -> None:
    """airbyte#10700. The newest ids were edited first: who sorted by stamp and paged by id would lose most."""
    portal = open_portal({"contacts": [contact(id) for id in range(1, 10_401)]})
    pages = pull_crm(portal)
    for id in range(10_400, 0, -1):
        portal.edit("contacts", id, jobtitle="Treasurer")
        portal.clock.advance(0.01)
    portal.clock.advance(60)
    pages = crm_news(portal, pages)
    assert sorted(ids(pages), key=int) == [str(id) for id in range(1, 10_401)]
    stops = [orjson.loads(page.cursor)["state"].get("stop") for page in pages]
    assert len(set(stops)) > 2, "the window was cut, and each part has an end of its own"


def test_a_bulk_edit_of_more_than_10000_records_under_one_stamp_loses_nothing(open_portal: Open) -> None:
    portal = open_portal({"contacts": [contact(id) for id in range(1, 10_401)]})
    pages = pull_crm(portal)
    portal.edit_all("contacts", range(1, 10_401), jobtitle="Treasurer")
    portal.clock.advance(60)
    before = portal.calls("search")
    assert sorted(ids(crm_news(portal, pages)), key=int) == [str(id) for id in range(1, 10_401)]
    assert portal.calls("search") - before <= 52 + 10, "cutting the window costs few calls"


@pytest.mark.parametrize("delay", [20, 200])
def test_what_search_shows_late_is_found_by_the_next_windows_overlap(open_portal: Open, delay: float) -> None:
    options = Options(tier="unlimited", search_limit=None, search_delay=delay)
    portal = open_portal({"contacts": [contact(id) for id in range(100, 120)]}, options)
    pages = pull_crm(portal)
    portal.edit("contacts", 107, jobtitle="Treasurer")
    portal.clock.advance(15)
    pages = crm_news(portal, pages)
    assert ids(pages) == [], "the index does not know it yet"
    portal.clock.advance(delay)
    assert ids(crm_news(portal, pages)) == ["107"]


def test_what_surfaces_an_hour_late_is_found_by_the_hourly_sweep(open_portal: Open) -> None:
    options = Options(tier="unlimited", search_limit=None, search_delay=55 * 60)
    portal = open_portal({"contacts": [contact(id) for id in range(100, 120)]}, options)
    pages = pull_crm(portal)
    portal.edit("contacts", 107, jobtitle="Treasurer")
    late = []
    for _ in range(26):
        portal.clock.advance(300)
        pages = crm_news(portal, pages)
        late += ids(pages)
    assert set(late) == {"107"}


@pytest.mark.parametrize("stream", ["contacts", "companies", "calls"])
def test_each_object_is_searched_by_its_own_stamp(open_portal: Open, stream: str) -> None:
    portal = open_portal({stream: [crm(id, {"name": "x"}) for id in (1, 2)]})
    pages = pull_crm(portal, stream)
    portal.edit(stream, 2, name="y")
    portal.clock.advance(60)
    assert ids(crm_news(portal, pages, stream)) == ["2"]


def test_a_record_edited_while_a_window_is_read_is_read_again(open_portal: Open) -> None:
    portal = open_portal({"contacts": [contact(id) for id in range(1, 651)]})
    pages = pull_crm(portal)
    portal.edit_all("contacts", range(1, 651), jobtitle="Treasurer")
    portal.clock.advance(60)
    pulling = portal.connect().pull("contacts", CONTACT, pages[-1].cursor)
    first = next(pulling)
    portal.edit("contacts", 1, jobtitle="President")
    portal.edit("contacts", 650, jobtitle="President")
    rest = [first, *pulling]
    portal.clock.advance(60)
    latest = {record.id: record.raw["properties"]["jobtitle"] for record in records([*rest, *crm_news(portal, rest)])}
    assert len(latest) == 650
    assert (latest["1"], latest["650"], latest["2"]) == ("President", "President", "Treasurer")


def test_a_kill_in_the_middle_of_a_window_goes_on_in_the_same_window(open_portal: Open) -> None:
    portal = open_portal({"contacts": [contact(id) for id in range(1, 651)]})
    pages = pull_crm(portal)
    portal.edit_all("contacts", range(1, 651), jobtitle="Treasurer")
    portal.clock.advance(60)
    pulling = portal.connect().pull("contacts", CONTACT, pages[-1].cursor)
    saved = [next(pulling)]
    portal.clock.advance(3 * 86400)
    rest = crm_news(portal, saved)
    assert sorted(ids([*saved, *rest]), key=int) == [str(id) for id in range(1, 651)]


def test_a_total_that_promises_more_than_comes_does_not_stop_the_stream(portal: Portal) -> None:
    """The index counts what it does not show: the next full read finds it."""
    pages = pull_crm(portal)
    portal.amend("search", lambda answer: {**answer, "total": 7, "results": []})
    assert ids(crm_news(portal, pages)) == []


def test_properties_and_associations_are_asked_for_apart(portal: Portal) -> None:
    heard = portal.overhear()
    pull_crm(portal)
    asked = parse_qs(heard[0]["query_string"].decode())
    assert asked["properties"] == ["email,firstname,jobtitle"]
    assert asked["associations"] == ["companies"]


def test_a_long_break_is_made_up_for(portal: Portal) -> None:
    pages = pull_crm(portal)
    portal.edit("contacts", 300, jobtitle="Treasurer")
    portal.clock.advance(20 * 86400)
    assert ids(crm_news(portal, pages)) == ["300"]


def test_a_clock_that_was_put_back_loses_nothing(portal: Portal) -> None:
    pages = crm_news(portal, pull_crm(portal))
    portal.clock.advance(-600)
    pages = crm_news(portal, pages)
    portal.clock.advance(700)
    portal.edit("contacts", 300, jobtitle="Treasurer")
    portal.clock.advance(60)
    assert "300" in ids(crm_news(portal, pages))


def test_search_ends_a_little_in_the_past_unless_told_otherwise(portal: Portal) -> None:
    pages = pull_crm(portal)
    portal.edit("contacts", 300, jobtitle="Treasurer")
    assert ids(crm_news(portal, pages)) == []
    eager = portal.connect(settle=timedelta(0))
    assert ids(list(eager.pull("contacts", CONTACT, pages[-1].cursor))) == ["300"]


# ---- deletions, merges ---------------------------------------------------------------------------------------------


def test_an_archived_record_shows_as_deleted_in_a_full_read_though_no_stamp_moved(portal: Portal) -> None:
    pages = pull_crm(portal)
    portal.archive("contacts", 300)
    portal.clock.advance(60)
    assert ids(crm_news(portal, pages)) == []
    gone = [record for record in records(pull_crm(portal)) if record.deleted]
    assert [record.id for record in gone] == ["300"]
    assert gone[0].raw["archivedAt"]


def test_an_archive_of_many_pages_is_read_to_its_end_and_can_be_resumed(open_portal: Open) -> None:
    gone = [contact(id, archived=True, archivedAt="2026-10-05T00:00:00Z") for id in range(1, 251)]
    portal = open_portal({"contacts": [*gone, *(contact(id) for id in range(251, 260))]})
    pages = pull_crm(portal)
    assert [len(page.records) for page in pages] == [9, 100, 100, 50]
    assert len(ids(pull_crm(portal, cursor=pages[1].cursor))) == 150


def test_a_restored_record_is_live_again(portal: Portal) -> None:
    portal.archive("contacts", 300)
    portal.shelf("contacts").restore(portal.item("contacts", 300))
    assert "300" in live(records(pull_crm(portal)))


def test_a_merge_brings_a_survivor_with_a_new_id_and_the_losers_vanish(portal: Portal) -> None:
    pages = pull_crm(portal)
    survivor = portal.merge("contacts", 100, 200)
    portal.clock.advance(60)
    assert ids(crm_news(portal, pages)) == [survivor]
    everything = records(pull_crm(portal))
    assert not {"100", "200"} & {record.id for record in everything}
    assert survivor in live(everything)


def test_fetching_a_merged_id_brings_the_survivor_under_its_own_id(portal: Portal) -> None:
    survivor = portal.merge("contacts", 100, 200)
    fetched = portal.connect().fetch("contacts", (*CONTACT, "hs_merged_object_ids"), ["100", "200", "300"])
    assert sorted(record.id for record in fetched) == sorted([survivor, "300"])
    merged = next(record for record in fetched if record.id == survivor)
    assert merged.raw["properties"]["hs_merged_object_ids"] == "100;200"


def test_a_gdpr_deletion_leaves_no_trace(portal: Portal) -> None:
    pages = pull_crm(portal)
    portal.erase("contacts", 300)
    portal.clock.advance(60)
    assert ids(crm_news(portal, pages)) == []
    assert "300" not in ids(pull_crm(portal))
    assert portal.connect().fetch("contacts", CONTACT, ["300"]) == []


def test_fetch_compares_what_came_with_what_was_asked(portal: Portal) -> None:
    portal.archive("contacts", 101)
    fetched = portal.connect().fetch("contacts", CONTACT, ["100", "101", "999"])
    assert [(record.id, record.deleted) for record in fetched] == [("100", False), ("101", True)]


def test_many_ids_are_fetched_a_hundred_at_a_time(portal: Portal) -> None:
    fetched = portal.connect().fetch("contacts", CONTACT, [str(id) for id in range(100, 350)])
    assert len(fetched) == 250
    assert portal.calls("batch/read") == 3 + 1  # and their associations


# ---- trust ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [200, 503])
@pytest.mark.parametrize("fault", ["unavailable", "html", "status", "truncated", "empty", "cut_during"])
def test_a_full_read_that_fails_midway_never_looks_like_mass_deletion(portal: Portal, fault: str, status: int) -> None:
    portal.spoil(fault, skip=2, status=status)
    pulling = portal.connect().pull("contacts", CONTACT, None)
    saved = [next(pulling), next(pulling)]
    with pytest.raises(TryLater):
        list(pulling)
    portal.faults.clear()
    assert len(ids([*saved, *crm_news(portal, saved)])) == 350


def test_one_record_without_a_readable_stamp_stops_no_other(portal: Portal) -> None:
    portal.item("contacts", 300).properties["lastmodifieddate"] = "yesterday"
    contacts = {record.id: record for record in records(pull_crm(portal))}
    assert len(contacts) == 350
    assert contacts["300"].modified_at is None


def test_a_stream_is_read_with_no_field_at_all(portal: Portal) -> None:
    assert len(records(portal.connect().pull("companies", (), None))) == 5


def test_the_window_starts_when_the_full_read_started(portal: Portal) -> None:
    pulling = portal.connect().pull("contacts", CONTACT, None)
    first = next(pulling)
    portal.edit("contacts", 100, jobtitle="Treasurer")
    portal.clock.advance(2 * 3600)
    pages = [first, *pulling]
    portal.clock.advance(60)
    assert ids(crm_news(portal, pages)) == ["100"]


def test_a_stream_that_hubspot_does_not_have_is_a_configuration_error(portal: Portal) -> None:
    with pytest.raises(Misconfigured, match="no stream 'deals'"):
        portal.connect().pull("deals", (), None)


@pytest.mark.parametrize("set_by", [timedelta(hours=-6), timedelta(hours=6)], ids=["back", "on"])
@pytest.mark.parametrize("first", ["full", "news"])
def test_a_clock_that_is_set_between_two_calls_loses_no_change(portal: Portal, first: str, set_by: timedelta) -> None:
    """What our clock has seen come, HubSpot has not: a bookmark that runs ahead would jump over six hours."""
    ours = [timedelta()]
    connector = portal.connect(clock=lambda: portal.clock() + ours[0])
    cursor = None
    for number, clock in ((0, first == "full"), (120, True), (121, True), (122, False), (123, False)):
        if number:
            portal.clock.advance(600)
            portal.edit("contacts", number, jobtitle="Treasurer")
            portal.clock.advance(60)
        ours[0] = set_by if clock else timedelta()
        pages = list(connector.pull("contacts", CONTACT, cursor))
        assert not number or str(number) in ids(pages), (number, clock)
        cursor = pages[-1].cursor
