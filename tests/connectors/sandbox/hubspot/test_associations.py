"""Associations: paging per record, primaries, labels, both directions."""

from __future__ import annotations

from typing import Any

V4 = "/crm/v4/associations/contacts/companies"
PLAIN = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 279}
PRIMARY = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 1}


def companies(call: Any, contact: str) -> dict[int, list[str | None]]:
    page = call.ok("GET", f"/crm/v4/objects/contacts/{contact}/associations/companies")
    return {one["toObjectId"]: [type["label"] for type in one["associationTypes"]] for one in page["results"]}


def test_batch_read_pages_each_record_by_itself(make: Any) -> None:
    call = make(association_batch_page=1)
    body = call.ok("POST", f"{V4}/batch/read", {"inputs": [{"id": "1"}, {"id": "2"}]})
    first, second = body["results"]
    assert (first["from"], [one["toObjectId"] for one in first["to"]]) == ({"id": "1"}, [101])
    after = first["paging"]["next"]["after"]
    assert after == "MC0yLTEwMQ==" and "paging" not in second, "base64 of 0-2-101, as HubSpot's changelog shows it"
    rest = call.ok("POST", f"{V4}/batch/read", {"inputs": [{"id": "1", "after": after}]})["results"][0]
    assert [one["toObjectId"] for one in rest["to"]] == [102] and "paging" not in rest


def test_batch_read_names_who_has_none(call: Any) -> None:
    status, body = call("POST", f"{V4}/batch/read", {"inputs": [{"id": "9"}, {"id": "1"}]})
    assert (status, body["numErrors"]) == (207, 1)
    error = body["errors"][0]
    assert error["subCategory"] == "crm.associations.NO_ASSOCIATIONS_FOUND"
    assert error["message"] == "No company is associated with contact 9."
    assert error["context"] == {"fromObjectId": ["9"], "fromObjectType": ["contact"], "toObjectType": ["company"]}


def test_a_thousand_at_most(call: Any) -> None:
    assert call("POST", f"{V4}/batch/read", {"inputs": [{"id": str(n)} for n in range(1001)]})[0] == 400
    assert call("POST", f"{V4}/batch/read", {"inputs": [{"id": str(n)} for n in range(1000)]})[0] == 207


def test_a_new_primary_takes_the_place_of_the_old(call: Any) -> None:
    assert companies(call, "1") == {101: [None, "Primary"], 102: [None]}
    call.ok("PUT", "/crm/v4/objects/contacts/1/associations/companies/102", [PRIMARY])
    assert companies(call, "1") == {101: [None], 102: [None, "Primary"]}
    people = call.ok("GET", "/crm/v4/objects/companies/101/associations/contacts")["results"]
    assert people == [
        {"toObjectId": 1, "associationTypes": [{"category": "HUBSPOT_DEFINED", "typeId": 280, "label": None}]}
    ]


def test_associations_do_not_touch_the_record(call: Any, clock: Any) -> None:
    before = call.ok("GET", "/crm/v3/objects/contacts/9")["updatedAt"]
    clock.advance(60)
    call.ok("PUT", "/crm/v4/objects/contacts/9/associations/default/companies/101")
    read = call.ok("GET", "/crm/v3/objects/contacts/9", associations="companies")
    assert read["updatedAt"] == before and read["associations"]["companies"]["results"][0]["id"] == "101"


def test_both_sides_change_at_once_even_where_they_were_drawn(call: Any) -> None:
    def people() -> list[str]:
        page = call.ok("GET", "/crm/v3/objects/companies", associations="contacts")
        return [one["id"] for one in page["results"][0]["associations"]["contacts"]["results"]]

    assert people() == ["1", "1"]
    call.ok("POST", f"{V4}/batch/archive", {"inputs": [{"from": {"id": "1"}, "to": [{"id": "101"}]}]})
    call.ok("POST", f"{V4}/batch/create", {"inputs": [{"from": {"id": "8"}, "to": {"id": "101"}, "types": [PLAIN]}]})
    assert people() == ["8", "8"], "plain, and primary because it is the contact's first company"


def test_batch_create_names_ends_that_do_not_exist(call: Any) -> None:
    inputs = [{"from": {"id": id}, "to": {"id": "101"}, "types": [PLAIN]} for id in ("7", "999")]
    status, body = call("POST", f"{V4}/batch/create", {"inputs": inputs})
    assert (status, body["results"][0]["fromObjectId"], body["numErrors"]) == (207, 7, 1)
    default = [{"from": {"id": id}, "to": {"id": "102"}} for id in ("7", "999")]
    status, body = call("POST", f"{V4}/batch/associate/default", {"inputs": default})
    assert (status, body["results"][0]["associationSpec"]["associationTypeId"], body["numErrors"]) == (207, 279, 1)


def test_the_first_company_is_primary_and_the_second_is_not(call: Any) -> None:
    for company in ("101", "102"):
        call.ok("PUT", f"/crm/v4/objects/contacts/9/associations/default/companies/{company}")
    assert companies(call, "9") == {101: [None, "Primary"], 102: [None]}, "as observed of 2026-09"
    read = call.ok("GET", "/crm/v3/objects/contacts/9", properties="associatedcompanyid")
    assert read["properties"]["associatedcompanyid"] == "101"


def test_a_plain_association_is_told_in_both_directions(call: Any) -> None:
    links = call.ok("PUT", "/crm/v4/objects/contacts/9/associations/default/companies/101")["results"]
    ids = [(one["from"]["id"], one["to"]["id"], one["associationSpec"]["associationTypeId"]) for one in links]
    assert ids == [("9", "101", 279), ("101", "9", 280)], "as observed of 2026-09"


def test_v3_batch_read_names_who_has_none_and_pages(make: Any) -> None:
    call = make(association_batch_page=1)
    path = "/crm/v3/associations/contacts/companies/batch/read"
    status, body = call("POST", path, {"inputs": [{"id": "9"}, {"id": "1"}]})
    assert (status, body["errors"][0]["subCategory"]) == (207, "crm.associations.NO_ASSOCIATIONS_FOUND")
    after = body["results"][0]["paging"]["next"]["after"]
    rest = call.ok("POST", path, {"inputs": [{"id": "1", "after": after}]})["results"][0]
    assert [one["id"] for one in rest["to"]] == ["102"]
    assert call("GET", "/crm/v3/objects/contacts/1/associations/companies", limit=0)[0] == 400


def test_labels_are_removed_one_by_one(call: Any) -> None:
    inputs = [{"from": {"id": "1"}, "to": {"id": "101"}, "types": [PRIMARY]}]
    call.ok("POST", f"{V4}/batch/labels/archive", {"inputs": inputs})
    assert companies(call, "1") == {101: [None], 102: [None]}
    inputs[0]["types"] = [PLAIN]
    call.ok("POST", f"{V4}/batch/labels/archive", {"inputs": inputs})
    assert companies(call, "1") == {102: [None]}


def test_types_that_do_not_fit_are_refused(call: Any) -> None:
    strange = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 4}]
    assert call("PUT", "/crm/v4/objects/contacts/1/associations/companies/102", strange)[0] == 400
    assert call("PUT", "/crm/v4/objects/contacts/1/associations/companies/102", [])[0] == 400
    for category in ("USER_DEFINED", "MY_OWN"):
        spec = [PLAIN | {"associationCategory": category}]
        assert call("PUT", "/crm/v4/objects/contacts/1/associations/companies/102", spec)[0] == 400
    assert call("POST", "/crm/v4/associations/owners/contacts/batch/read", {"inputs": []})[0] == 400
    assert call("POST", "/crm/v4/associations/campaigns/contacts/batch/read", {"inputs": []})[0] == 400
    assert call("PUT", "/crm/v4/objects/contacts/1/associations/companies/999", [PLAIN])[0] == 404
    assert call("GET", "/crm/v4/objects/contacts/999/associations/companies")[0] == 404


def test_one_record_pages(call: Any) -> None:
    page = call.ok("GET", "/crm/v4/objects/contacts/1/associations/companies", limit=1)
    after = page["paging"]["next"]["after"]
    rest = call.ok("GET", "/crm/v4/objects/contacts/1/associations/companies", limit=1, after=after)
    assert [one["toObjectId"] for one in rest["results"]] == [102] and "paging" not in rest
    assert call("GET", "/crm/v4/objects/contacts/1/associations/companies", limit=501)[0] == 400


def test_v3_names_its_types(call: Any) -> None:
    listed = call.ok("GET", "/crm/v3/associations/contacts/companies/types")["results"]
    assert listed == [{"id": "279", "name": "contact_to_company_unlabeled"}, {"id": "1", "name": "contact_to_company"}]


def test_v3_creates_and_archives_by_name(call: Any) -> None:
    def pair(to: str) -> dict[str, Any]:
        return {"from": {"id": "9"}, "to": {"id": to}, "type": "contact_to_company"}

    made = call.ok("POST", "/crm/v3/associations/contacts/companies/batch/create", {"inputs": [pair("101"), pair("7")]})
    assert (made["results"], made["numErrors"]) == ([pair("101")], 1)
    assert companies(call, "9") == {101: [None, "Primary"]}
    call.ok("POST", "/crm/v3/associations/contacts/companies/batch/archive", {"inputs": [pair("101")]})
    assert companies(call, "9") == {}
    path = "/crm/v3/objects/contacts/9/associations/companies/102"
    assert call.ok("PUT", f"{path}/279")["id"] == "9"
    assert companies(call, "9") == {102: [None, "Primary"]}
    assert call("PUT", f"{path}/friend_of")[0] == 400
    call.ok("DELETE", f"{path}/contact_to_company")
    assert companies(call, "9") == {}
