"""Properties and groups, and what a new property means for records."""

from __future__ import annotations

from typing import Any

import pytest

PROPERTIES = "/crm/v3/properties/contacts"
STATUS: dict[str, Any] = {
    "name": "syncd_status",
    "label": "Status",
    "type": "enumeration",
    "fieldType": "select",
    "groupName": "contactinformation",
    "options": [{"label": "Yes", "value": "yes"}, {"label": "No", "value": "no"}],
}
KEY: dict[str, Any] = {
    "name": "syncd_key", "label": "Key", "type": "string", "fieldType": "text",
    "groupName": "contactinformation", "hasUniqueValue": True,
}  # fmt: skip


def test_a_property_exists_only_after_it_was_created(call: Any) -> None:
    assert call("PATCH", "/crm/v3/objects/contacts/1", {"properties": {"syncd_status": "yes"}})[0] == 400
    call.ok("GET", "/crm/v3/objects/contacts/1", properties="syncd_status")
    call.ok("POST", PROPERTIES, STATUS)
    call.ok("PATCH", "/crm/v3/objects/contacts/1", {"properties": {"syncd_status": "yes"}})
    read = call.ok("GET", "/crm/v3/objects/contacts/1", properties="syncd_status")
    assert read["properties"]["syncd_status"] == "yes"
    assert call("PATCH", "/crm/v3/objects/contacts/1", {"properties": {"syncd_status": "perhaps"}})[0] == 400


def test_the_dated_versions_want_an_order_of_every_option(call: Any) -> None:
    dated = "/crm/properties/2026-09/contacts"
    status, refusal = call("POST", dated, STATUS)
    assert (status, "[displayOrder, hidden]" in refusal["message"]) == (400, True)
    ordered = [{**option, "displayOrder": place, "hidden": False} for place, option in enumerate(STATUS["options"])]
    call.ok("POST", dated, STATUS | {"options": ordered})
    assert call("PATCH", f"{dated}/syncd_status", {"options": STATUS["options"]})[0] == 400


def test_an_archived_property_is_gone_from_records(call: Any) -> None:
    call.ok("POST", PROPERTIES, STATUS)
    call.ok("PATCH", "/crm/v3/objects/contacts/1", {"properties": {"syncd_status": "yes"}})
    call.ok("GET", "/crm/v3/objects/contacts", properties="syncd_status")
    call.ok("DELETE", f"{PROPERTIES}/syncd_status")
    page = call.ok("GET", "/crm/v3/objects/contacts", properties="syncd_status")
    assert "syncd_status" not in page["results"][0]["properties"]
    assert "syncd_status" in {one["name"] for one in call.ok("GET", PROPERTIES, archived="true")["results"]}
    assert call("GET", f"{PROPERTIES}/syncd_status")[0] == 404


def test_a_unique_property_finds_and_refuses(call: Any) -> None:
    call.ok("POST", PROPERTIES, KEY)
    call.ok("PATCH", "/crm/v3/objects/contacts/1", {"properties": {"syncd_key": "K1"}})
    assert call.ok("GET", "/crm/v3/objects/contacts/K1", idProperty="syncd_key")["id"] == "1"
    status, body = call("PATCH", "/crm/v3/objects/contacts/2", {"properties": {"syncd_key": "K1"}})
    assert (status, body["errors"][0]["code"]) == (400, "CONFLICTING_UNIQUE_VALUE")
    inputs = [{"id": "K2", "idProperty": "syncd_key", "properties": {"firstname": "New"}}]
    made = call.ok("POST", "/crm/v3/objects/contacts/batch/upsert", {"inputs": inputs})["results"][0]
    assert made["new"] and made["properties"]["syncd_key"] == "K2"


def test_definitions_can_be_changed_but_not_the_vendors(call: Any) -> None:
    call.ok("POST", PROPERTIES, STATUS)
    options = [*STATUS["options"], {"label": "Perhaps", "value": "perhaps"}]
    assert len(call.ok("PATCH", f"{PROPERTIES}/syncd_status", {"options": options})["options"]) == 3
    call.ok("PATCH", "/crm/v3/objects/contacts/1", {"properties": {"syncd_status": "perhaps"}})
    assert call("PATCH", f"{PROPERTIES}/email", {"label": "Mail"})[0] == 400
    assert call("DELETE", f"{PROPERTIES}/email")[0] == 400


REFUSED = {
    "exists": (KEY | {"name": "email"}, 409),
    "no label": ({key: value for key, value in KEY.items() if key != "label"}, 400),
    "bad name": (KEY | {"name": "Syncd Key"}, 400),
    "bad type": (KEY | {"type": "money"}, 400),
    "type and field do not fit": (KEY | {"fieldType": "number"}, 400),
    "no such group": (KEY | {"groupName": "nowhere"}, 400),
    "no options": (STATUS | {"options": []}, 400),
    "an option twice": (STATUS | {"options": STATUS["options"] * 2}, 400),
}


@pytest.mark.parametrize(("body", "status"), REFUSED.values(), ids=REFUSED)
def test_a_wrong_property_is_refused(call: Any, body: dict[str, Any], status: int) -> None:
    assert call("POST", PROPERTIES, body)[0] == status


def test_batches_name_what_failed(call: Any) -> None:
    status, body = call("POST", f"{PROPERTIES}/batch/create", {"inputs": [STATUS, KEY | {"name": "email"}]})
    assert (status, [one["name"] for one in body["results"]], body["errors"][0]["context"]) == (
        207, ["syncd_status"], {"name": ["email"]},
    )  # fmt: skip
    status, body = call("POST", f"{PROPERTIES}/batch/read", {"inputs": [{"name": "email"}, {"name": "nothing"}]})
    assert (status, [one["name"] for one in body["results"]]) == (207, ["email"])
    call.ok("POST", f"{PROPERTIES}/batch/archive", {"inputs": [{"name": "syncd_status"}, {"name": "nothing"}]})
    assert call("GET", f"{PROPERTIES}/syncd_status")[0] == 404


def test_groups_of_properties_are_made_once_and_renamed(call: Any) -> None:
    group = {"name": "syncd", "label": "syncd"}
    assert call("POST", f"{PROPERTIES}/groups", group)[0] == 201
    assert call("POST", f"{PROPERTIES}/groups", group)[0] == 409
    assert call("POST", f"{PROPERTIES}/groups", {"name": "x"})[0] == 400
    assert call.ok("PATCH", f"{PROPERTIES}/groups/syncd", {"label": "Syncd"})["label"] == "Syncd"
    call.ok("POST", PROPERTIES, STATUS | {"groupName": "syncd"})
    assert call("DELETE", f"{PROPERTIES}/groups/syncd")[0] == 400, "a group that has properties stays"
    call.ok("DELETE", f"{PROPERTIES}/syncd_status")
    assert call("DELETE", f"{PROPERTIES}/groups/syncd")[0] == 204
    assert call("GET", f"{PROPERTIES}/groups/syncd")[0] == 404


def test_types_without_records_have_properties_all_the_same(call: Any) -> None:
    for type in ("deal_split", "feedback_submissions", "goal_targets", "leads", "quotes", "form"):
        names = {one["name"] for one in call.ok("GET", f"/properties/v2/{type}/properties")}
        assert "hs_object_id" in names
    assert call.ok("GET", "/crm/v3/objects/leads") == {"results": []}
