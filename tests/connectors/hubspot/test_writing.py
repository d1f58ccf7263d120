"""Writing to HubSpot: contact properties, list members, and what has to stand in the portal for that."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from connectors.base import Misconfigured, Payload, Refused, TryLater
from connectors.hubspot import HubSpot
from connectors.hubspot.paths import CREATE_LIST as CREATE
from connectors.hubspot.writing import LIST
from tests.connectors.hubspot.portals import FREE, Open, Portal, contact


@pytest.fixture
def portal(open_portal: Open) -> Portal:
    portal = open_portal({"contacts": [contact(id) for id in range(1, 461)]})
    portal.connect().deploy()
    return portal


@pytest.fixture
def hubspot(portal: Portal) -> HubSpot:
    return portal.connect()


def wish(id: int, **fields: object) -> Payload:
    return Payload(f"k{id}", str(id), fields)


# ---- contacts ------------------------------------------------------------------------------------------------------


def test_contacts_are_updated_a_hundred_at_a_time(portal: Portal, hubspot: HubSpot) -> None:
    receipts = hubspot.push("contact", [wish(id, syncd_qualification="yes") for id in range(1, 451)])
    assert [receipt.remote_id for receipt in receipts] == [str(id) for id in range(1, 451)]
    assert not any(receipt.error for receipt in receipts)
    assert portal.calls("batch/update") == 5
    assert portal.item("contacts", 450).properties["syncd_qualification"] == "yes"


REQUIRED = "the portal requires it of new records (Settings, Objects, Create Record)"


def test_what_an_admin_made_required_costs_the_records_that_lack_it_alone(open_portal: Open) -> None:
    """By 2026-09, HubSpot holds API writes to it; by the numbered versions it does not."""
    options = replace(
        FREE, record_creator=(("contacts", "jobtitle"),), conditional=(("contacts", "city", "Salem", "state"),)
    )
    portal = open_portal({"contacts": [contact(1), contact(2)]}, options)
    portal.connect().deploy()
    for id, city in ((1, "Salem"), (2, "Boston")):
        portal.edit("contacts", id, city=city)
    wishes = [
        Payload("a", None, {"email": "a@example.com", "jobtitle": "CFO"}),
        Payload("b", None, {"email": "b@example.com"}),
        wish(1, syncd_reason="why"),
        wish(2, syncd_reason="why"),
    ]
    receipts = {receipt.key: receipt.error for receipt in portal.connect().push("contact", wishes)}
    assert [key for key, error in receipts.items() if error is None] == ["a", "k2"]
    lacking, beside = receipts["b"], receipts["k1"]
    assert lacking is not None and beside is not None
    assert (lacking.kind, lacking.code, lacking.fields) == ("refused", "MISSING_REQUIRED_PROPERTY", ("jobtitle",))
    assert REQUIRED in lacking.message and "jobtitle" in lacking.message
    assert (beside.code, beside.fields) == ("MISSING_CONDITIONAL_REQUIRED_PROPERTY", ("state",))
    assert not any(receipt.error for receipt in portal.connect(api="numbered").push("contact", wishes))


VALUES = {
    "true": (True, "true"),
    "false": (False, "false"),
    "nothing": (None, None),
    "number": (Decimal("12.50"), "12.50"),
    "day": (date(2026, 11, 2), "2026-11-02"),
    "moment": (datetime(2026, 11, 2, 12, tzinfo=UTC), "2026-11-02T12:00:00.000Z"),
    "several": (["loans", "cards"], "loans;cards"),
}


@pytest.mark.parametrize(("value", "written"), VALUES.values(), ids=VALUES)
def test_values_are_written_as_hubspot_takes_them(
    portal: Portal, hubspot: HubSpot, value: object, written: str | None
) -> None:
    [receipt] = hubspot.push("contact", [wish(1, syncd_reason=value)])
    assert receipt.error is None
    assert portal.item("contacts", 1).properties.get("syncd_reason") == written


def test_one_bad_row_of_a_hundred_is_refused_alone_and_named(portal: Portal, hubspot: HubSpot) -> None:
    wishes = [wish(id, syncd_verdict="perhaps" if id == 50 else "accepted") for id in range(1, 101)]
    receipts = hubspot.push("contact", wishes)
    [bad] = [receipt for receipt in receipts if receipt.error]
    assert bad.key == "k50"
    assert bad.error is not None
    assert (bad.error.kind, list(bad.error.fields)) == ("refused", ["syncd_verdict"])
    assert portal.item("contacts", 51).properties["syncd_verdict"] == "accepted"
    assert portal.calls("batch/update") == 1, "what a 207 says of a row is believed"


def test_a_batch_refused_as_a_whole_is_halved_until_the_bad_row_stands_alone(portal: Portal, hubspot: HubSpot) -> None:
    twice = [wish(7, syncd_rep="Ann Archer"), Payload("again", "7", {"syncd_rep": "Bob Baker"})]
    receipts = hubspot.push("contact", [*twice, wish(8, syncd_rep="Cid Cooper")])
    assert [receipt.error for receipt in receipts] == [None] * 3
    assert portal.item("contacts", 7).properties["syncd_rep"] == "Bob Baker"
    assert portal.item("contacts", 8).properties["syncd_rep"] == "Cid Cooper"


def test_a_property_that_does_not_exist_is_refused_row_by_row(hubspot: HubSpot) -> None:
    receipts = hubspot.push("contact", [wish(1, syncd_mood="good"), wish(2, syncd_rep="Ann Archer")])
    assert receipts[0].error is not None
    assert "syncd_mood" in receipts[0].error.fields
    assert receipts[1].error is None


def test_an_archived_contact_is_gone(portal: Portal, hubspot: HubSpot) -> None:
    portal.archive("contacts", 3)
    [receipt] = hubspot.push("contact", [wish(3, syncd_rep="Ann Archer")])
    assert receipt.error is not None
    assert receipt.error.kind == "gone"


@pytest.mark.parametrize("traced", [True, False])
def test_a_merged_contact_s_receipt_carries_the_survivor_s_id(portal: Portal, hubspot: HubSpot, traced: bool) -> None:
    def forget(answer: dict[str, Any]) -> dict[str, Any]:
        results = [one if traced else {**one, "objectWriteTraceId": None} for one in answer["results"]]
        return {**answer, "results": results}

    portal.amend("batch/update", forget)
    survivor = portal.merge("contacts", 3, 4)
    receipts = hubspot.push("contact", [wish(3, syncd_rep="Ann Archer"), wish(5, syncd_rep="Bob Baker")])
    assert [(receipt.remote_id, receipt.error) for receipt in receipts] == [(survivor, None), ("5", None)]


def test_a_write_whose_answer_is_lost_is_repeated_without_harm(portal: Portal, hubspot: HubSpot) -> None:
    portal.spoil("cut_after", method="POST", count=2)
    [receipt] = hubspot.push("contact", [Payload("new", None, {"email": "new@example.com"})])
    assert receipt.error is None
    items = [item for item in portal.shelf("contacts").items.values() if item.properties["email"] == "new@example.com"]
    assert [str(item.id) for item in items] == [receipt.remote_id]


def test_a_row_that_an_answer_does_not_mention_is_sent_again_alone(portal: Portal, hubspot: HubSpot) -> None:
    """A 207 raises nothing, and what is not said is not known."""
    silences = iter([{"2"}])

    def leave_out(answer: dict[str, Any]) -> dict[str, Any]:
        unsaid = next(silences, set())
        kept = [one for one in answer["results"] if one["id"] not in unsaid]
        return {**answer, "results": [{**one, "objectWriteTraceId": None} for one in kept]}

    portal.amend("batch/update", leave_out)
    receipts = hubspot.push("contact", [wish(id, syncd_rep="Ann Archer") for id in (1, 2, 3)])
    assert [(receipt.remote_id, receipt.error) for receipt in receipts] == [("1", None), ("2", None), ("3", None)]
    assert portal.calls("batch/update") == 2


def test_a_row_that_is_never_mentioned_is_not_taken_for_written(portal: Portal, hubspot: HubSpot) -> None:
    portal.amend("batch/update", lambda answer: {**answer, "results": []})
    receipts = hubspot.push("contact", [wish(id, syncd_rep="Ann Archer") for id in (1, 2)])
    assert [receipt.error and receipt.error.kind for receipt in receipts] == ["refused", "refused"]


def test_new_records_are_upserted_and_known_ones_updated(portal: Portal, hubspot: HubSpot) -> None:
    hubspot.push("contact", [Payload("new", None, {"email": "new@example.com"})])
    assert (portal.calls("batch/upsert"), portal.calls("batch/update")) == (1, 0)
    hubspot.push("contact", [wish(1, syncd_rep="Ann Archer")])
    assert (portal.calls("batch/upsert"), portal.calls("batch/update")) == (1, 1)


def test_where_no_row_was_tried_the_error_is_raised(portal: Portal, hubspot: HubSpot) -> None:
    portal.spoil("unavailable")
    with pytest.raises(TryLater):
        hubspot.push("contact", [wish(1, syncd_rep="Ann Archer")])


def test_rows_behind_a_failure_are_to_be_retried_and_those_before_it_stand(portal: Portal, hubspot: HubSpot) -> None:
    portal.spoil("unavailable", skip=2)
    receipts = hubspot.push("contact", [wish(id, syncd_rep="Ann Archer") for id in range(1, 451)])
    assert [receipt.error is None for receipt in receipts] == [True] * 200 + [False] * 250
    assert {receipt.error.kind for receipt in receipts if receipt.error} == {"retry"}
    assert portal.calls("batch/update") <= 2 + 8


def test_an_object_that_syncd_does_not_write_is_refused(hubspot: HubSpot) -> None:
    with pytest.raises(Refused, match="deal"):
        hubspot.push("deal", [wish(1)])
    assert hubspot.find("list_member", ["x"]) == {}


# ---- list members --------------------------------------------------------------------------------------------------


def member(id: int, flag: bool, **more: object) -> Payload:
    return Payload(f"m{id}", str(id), {"member": flag} | more)


def members(portal: Portal, name: str = LIST) -> set[int]:
    return next(set(one.members) for one in portal.simulator.portal.lists.values() if one.name == name)


def test_members_are_added_and_removed_in_large_batches(portal: Portal, hubspot: HubSpot) -> None:
    receipts = hubspot.push("list_member", [member(id, True) for id in range(1, 451)])
    assert not any(receipt.error for receipt in receipts)
    assert members(portal) == set(range(1, 451))
    hubspot.push("list_member", [member(1, False), member(2, True), member(460, True), member(459, False)])
    assert members(portal) == {*range(2, 451), 460}
    assert portal.calls("memberships/add-and-remove") == 3


def test_no_more_than_250_members_are_named_in_a_call(open_portal: Open) -> None:
    portal = open_portal({"contacts": [contact(id) for id in range(1, 502)]})
    portal.connect().deploy()
    portal.connect().push("list_member", [member(id, True) for id in range(1, 502)])
    assert len(members(portal)) == 501
    assert portal.calls("memberships/add-and-remove") == 3


def test_a_contact_that_is_gone_cannot_become_a_member_but_can_leave(portal: Portal, hubspot: HubSpot) -> None:
    portal.amend("memberships", lambda answer: {**answer, "recordIdsMissing": ["9999", "8888"]})
    receipts = hubspot.push("list_member", [member(9999, True), member(8888, False), member(1, True)])
    assert [receipt.error.kind if receipt.error else None for receipt in receipts] == ["gone", None, None]


def test_members_of_another_list_are_told_apart(portal: Portal, hubspot: HubSpot) -> None:
    hubspot.client.call(CREATE, body={"name": "Other", "objectTypeId": "0-1", "processingType": "MANUAL"})
    hubspot.push("list_member", [member(1, True, list="Other"), member(2, True)])
    assert members(portal, "Other") == {1}
    assert members(portal) == {2}


def test_a_member_without_a_contact_is_refused_alone(portal: Portal, hubspot: HubSpot) -> None:
    receipts = hubspot.push("list_member", [Payload("nobody", None, {"member": True}), member(1, True)])
    assert receipts[0].error is not None
    assert receipts[0].error.kind == "refused"
    assert members(portal) == {1}


def test_without_the_list_the_way_to_mend_it_is_named(open_portal: Open) -> None:
    portal = open_portal({"contacts": [contact(1)]})
    with pytest.raises(Misconfigured, match="syncd hubspot deploy"):
        portal.connect().push("list_member", [member(1, True)])


def test_a_list_that_was_deleted_meanwhile_says_so_and_is_found_again_once_it_is_back(
    portal: Portal, hubspot: HubSpot
) -> None:
    hubspot.push("list_member", [member(1, True)])
    portal.simulator.portal.lists.clear()
    with pytest.raises(Misconfigured, match="is gone"):
        hubspot.push("list_member", [member(2, True)])
    hubspot.client.call(CREATE, body={"name": "Other", "objectTypeId": "0-1", "processingType": "MANUAL"})
    hubspot.deploy()  # under another id than before
    hubspot.push("list_member", [member(2, True)])
    assert (members(portal), members(portal, "Other")) == ({2}, set())


def test_a_list_that_fills_itself_refuses_members_row_by_row(portal: Portal, hubspot: HubSpot) -> None:
    next(iter(portal.simulator.portal.lists.values())).processing = "DYNAMIC"
    receipts = hubspot.push("list_member", [member(1, True), member(2, True)])
    assert [receipt.error.kind if receipt.error else None for receipt in receipts] == ["refused", "refused"]
