"""Lists, single records and writes: what is shown, what is refused, and in which words."""

from __future__ import annotations

from typing import Any

import pytest

from connectors.sandbox.hubspot.wire import Request

CONTACTS = "/crm/v3/objects/contacts"


def ids(page: Any) -> list[str]:
    return [one["id"] for one in page["results"]]


def test_list_pages_by_id_until_the_end(call: Any) -> None:
    pages, after = [], "0"
    while after:
        page = call.ok("GET", CONTACTS, limit=4, after=after)
        pages.append(ids(page))
        after = page.get("paging", {}).get("next", {}).get("after")
    assert pages == [["1", "2", "3", "4"], ["5", "6", "7", "8"], ["9", "10", "11"]]


def test_link_leads_to_the_next_page(call: Any) -> None:
    page = call.ok("GET", CONTACTS, limit=1, properties="email")
    link = "https://api.hubapi.com/crm/v3/objects/contacts?limit=1&properties=email&after=2"
    assert page["paging"]["next"] == {"after": "2", "link": link}


def test_defaults_and_names_that_do_not_exist(call: Any) -> None:
    bare = call.ok("GET", f"{CONTACTS}/3")["properties"]
    assert set(bare) == {"createdate", "email", "firstname", "hs_object_id", "lastmodifieddate", "lastname"}
    asked = call.ok("GET", f"{CONTACTS}/3", properties="jobtitle,phone,no_such_property")["properties"]
    assert asked["jobtitle"] == "Chief Risk Officer" and asked["phone"] is None
    assert "no_such_property" not in asked and "email" not in asked


def test_associations_have_their_own_paging(make: Any) -> None:
    call = make(association_page=1)
    links = call.ok("GET", CONTACTS, associations="companies", limit=1)["results"][0]["associations"]["companies"]
    assert [one["id"] for one in links["results"]] == ["101", "101"]
    next = links["paging"]["next"]
    rest = call.ok("GET", next["link"].removeprefix("https://api.hubapi.com").partition("?")[0], after=next["after"])
    assert rest["results"] == [{"id": "102", "type": "contact_to_company_unlabeled"}]


def test_record_without_associations_shows_none(call: Any) -> None:
    assert "associations" not in call.ok("GET", f"{CONTACTS}/9", associations="companies")


@pytest.mark.parametrize("limit", [0, 101, -1])
def test_limit_is_held(call: Any, limit: int) -> None:
    status, body = call("GET", CONTACTS, limit=limit)
    assert status == 400 and body["category"] == "VALIDATION_ERROR" and "limit" in body["message"]


def test_history_halves_the_page(call: Any) -> None:
    assert call("GET", CONTACTS, limit=51, propertiesWithHistory="email")[0] == 400
    assert call("GET", CONTACTS, limit=50, propertiesWithHistory="email")[0] == 200


def test_history_keeps_every_value_newest_first(call: Any, clock: Any) -> None:
    for title in ("CFO", "CEO"):
        clock.advance(60)
        call.ok("PATCH", f"{CONTACTS}/3", {"properties": {"jobtitle": title}})
    past = call.ok("GET", f"{CONTACTS}/3", propertiesWithHistory="jobtitle")["propertiesWithHistory"]["jobtitle"]
    assert [one["value"] for one in past] == ["CEO", "CFO", "Chief Risk Officer"]
    assert [one["timestamp"] for one in past[:2]] == ["2026-11-02T12:02:00Z", "2026-11-02T12:01:00Z"]
    assert past[0]["sourceType"] == "INTEGRATION"


def test_write_moves_the_stamp_and_shows_at_once(call: Any, clock: Any) -> None:
    before = call.ok("GET", CONTACTS, limit=100, properties="city")
    clock.advance(5)
    call.ok("PATCH", f"{CONTACTS}/4", {"properties": {"city": "Salem"}})
    after = call.ok("GET", CONTACTS, limit=100, properties="city")
    assert (before["results"][3]["properties"]["city"], after["results"][3]["properties"]["city"]) == (None, "Salem")
    assert after["results"][3]["updatedAt"] == "2026-11-02T12:00:05Z"
    assert after["results"][3]["properties"]["lastmodifieddate"] == "2026-11-02T12:00:05Z"


def test_empty_text_clears_a_property(call: Any) -> None:
    call.ok("PATCH", f"{CONTACTS}/3", {"properties": {"jobtitle": ""}})
    assert call.ok("GET", f"{CONTACTS}/3", properties="jobtitle")["properties"]["jobtitle"] is None


def test_json_values_are_kept_as_text(call: Any) -> None:
    values = {"is_public": True, "numberofemployees": 12, "city": None}
    read = call.ok("PATCH", "/crm/v3/objects/companies/101", {"properties": values})["properties"]
    assert (read["is_public"], read["numberofemployees"], read["city"]) == ("true", "12", None)


def test_archive_leaves_the_list_without_moving_the_stamp(call: Any) -> None:
    stamp = call.ok("GET", f"{CONTACTS}/5")["updatedAt"]
    assert call("DELETE", f"{CONTACTS}/5")[0] == 204
    assert call("DELETE", f"{CONTACTS}/5")[0] == 204
    assert "5" not in ids(call.ok("GET", CONTACTS, limit=100))
    gone = call.ok("GET", CONTACTS, archived="true")["results"][0]
    assert (gone["id"], gone["updatedAt"], gone["archivedAt"]) == ("5", stamp, "2026-11-02T12:00:00Z")
    assert call("GET", f"{CONTACTS}/5")[0] == 404
    assert call("GET", f"{CONTACTS}/5", archived="true")[0] == 200


def test_email_is_free_again_after_archiving(call: Any) -> None:
    call.ok("DELETE", f"{CONTACTS}/5")
    assert call("POST", CONTACTS, {"properties": {"email": "c5@bank.example"}})[0] == 201


def test_second_contact_of_an_email_is_refused(call: Any) -> None:
    status, body = call("POST", CONTACTS, {"properties": {"email": "C3@bank.example"}})
    assert (status, body["message"], body["category"]) == (409, "Contact already exists. Existing ID: 3", "CONFLICT")
    assert call("PATCH", f"{CONTACTS}/4", {"properties": {"email": "c3@bank.example"}})[0] == 409
    assert call("PATCH", f"{CONTACTS}/3", {"properties": {"email": "c3@bank.example"}})[0] == 200


REFUSED = {
    "unknown property": ({"no_such": "x"}, "PROPERTY_DOESNT_EXIST", 'Property "no_such" does not exist'),
    "read-only": ({"hs_object_id": "9"}, "READ_ONLY_VALUE", '"hs_object_id" is a read only property'),
    "unknown option": ({"lifecyclestage": "hot"}, "INVALID_OPTION", "hot was not one of the allowed options"),
    "no number": ({"associatedcompanyid": "many"}, "INVALID_INTEGER", "many was not a valid number."),
    "no date": ({"closedate": "soon"}, "INVALID_LONG", "soon was not a valid long."),
    "no flag": ({"is_public": "perhaps"}, "INVALID_OPTION", "perhaps was not one of"),
    "no address": ({"email": "not an address"}, "INVALID_EMAIL", "Email address not an address is invalid"),
    "unknown owner": ({"hubspot_owner_id": "999"}, "INVALID_OWNER_ID", "Owner 999 does not exist"),
    "too long": ({"jobtitle": "x" * 65_537}, "STRING_TOO_LONG", "longer than 65536"),
}


@pytest.mark.parametrize(("values", "code", "message"), REFUSED.values(), ids=REFUSED)
def test_values_that_cannot_be_taken(call: Any, values: dict[str, str], code: str, message: str) -> None:
    path = "/crm/v3/objects/companies/101" if "is_public" in values else f"{CONTACTS}/1"
    status, body = call("PATCH", path, {"properties": values})
    assert (status, body["status"], body["category"]) == (400, "error", "VALIDATION_ERROR")
    assert body["message"].startswith("Property values were not valid: [{")
    assert body["errors"][0]["code"] == code and message in body["errors"][0]["message"]
    assert body["errors"][0]["context"] == {"propertyName": [next(iter(values))]}
    assert body["correlationId"]


def test_every_problem_at_once_and_nothing_written(call: Any) -> None:
    values = {"no_such": "x", "lifecyclestage": "hot", "city": "Salem"}
    _, body = call("PATCH", f"{CONTACTS}/1", {"properties": values})
    assert [one["code"] for one in body["errors"]] == ["PROPERTY_DOESNT_EXIST", "INVALID_OPTION"]
    assert call.ok("GET", f"{CONTACTS}/1", properties="city")["properties"]["city"] is None


def test_blanks_around_an_address_are_taken_away(call: Any) -> None:
    shown = call.ok("PATCH", f"{CONTACTS}/3", {"properties": {"email": " A@b.example "}})
    assert shown["properties"]["email"] == "a@b.example"


def test_dates_are_midnight(call: Any) -> None:
    status, body = call("POST", "/crm/v3/objects/campaigns", {"properties": {"hs_start_date": "1790000000000"}})
    assert status == 400 and body["errors"][0]["code"] == "INVALID_DATE"
    made = call.ok("POST", "/crm/v3/objects/campaigns", {"properties": {"hs_start_date": "1790035200000"}})
    assert made["properties"]["hs_start_date"] == "2026-09-22"


def test_required_properties(call: Any) -> None:
    status, body = call("POST", "/crm/v3/objects/notes", {"properties": {"hs_note_body": "Hello"}})
    assert (status, body["message"]) == (400, "Error creating NOTE. Some required properties were not set.")
    assert body["context"] == {"properties": ["hs_timestamp"]}
    assert call("POST", CONTACTS, {"properties": {"city": "Salem"}})[0] == 400
    for type, lacking in (
        ("companies", ["name", "domain"]),
        ("deals", ["dealname"]),
        ("tickets", ["hs_pipeline_stage"]),
    ):
        status, body = call("POST", f"/crm/v3/objects/{type}", {"properties": {}})
        assert (status, body["context"]) == (400, {"properties": lacking}), type


def test_bodies_that_cannot_be_read(call: Any) -> None:
    for body in (b"{", b"[]", b'{"properties": 7}'):
        status, answer = call("POST", CONTACTS, body)
        assert status == 400 and answer["message"].startswith("Invalid input JSON"), body
    assert call("PATCH", f"{CONTACTS}/1", {"properties": {}})[0] == 400
    assert call("PATCH", f"{CONTACTS}/1", {})[0] == 400


def test_unknown_types_records_and_paths(call: Any) -> None:
    status, body = call("GET", "/crm/v3/objects/spaceships")
    assert (status, body["message"]) == (400, "Unable to infer object type from: spaceships")
    status, body = call("GET", f"{CONTACTS}/999")
    assert (status, body["message"]) == (404, "resource not found") and "category" not in body
    status, body = call("GET", f"{CONTACTS}/nobody")
    assert (status, body["category"], body["context"]) == (404, "OBJECT_NOT_FOUND", {"id": ["nobody"]})
    assert body["message"] == "Object not found.  objectId are usually numeric."
    assert call("PATCH", f"{CONTACTS}/999", {"properties": {"city": "x"}})[0] == 404
    assert call("GET", "/crm/v3/nothing")[0] == 404
    assert call("PATCH", CONTACTS, {})[0] == 405


def test_types_by_singular_and_id(call: Any) -> None:
    assert ids(call.ok("GET", "/crm/v3/objects/0-1", limit=1)) == ids(
        call.ok("GET", "/crm/v3/objects/contact", limit=1)
    )


def test_by_unique_property_only(call: Any) -> None:
    assert call.ok("GET", f"{CONTACTS}/C2@bank.example", idProperty="email")["id"] == "2"
    assert call("GET", f"{CONTACTS}/Salem", idProperty="city")[0] == 400


def test_a_new_record_tells_where_it_is_and_every_answer_its_trace(call: Any) -> None:
    status, made, headers = call.full("POST", CONTACTS, {"properties": {"email": "x@y.example"}})
    assert (status, headers[b"location"].decode()) == (201, f"https://api.hubapi.com{CONTACTS}/{made['id']}")
    assert headers[b"x-hubspot-correlation-id"] == headers[b"x-request-id"]
    status, body, headers = call.full("GET", f"{CONTACTS}/999")
    assert body["correlationId"].encode() == headers[b"x-hubspot-correlation-id"]


def test_a_change_answers_what_was_written(call: Any) -> None:
    shown = call.ok("PATCH", f"{CONTACTS}/3", {"properties": {"city": "Salem"}})["properties"]
    assert set(shown) == {"city", "createdate", "hs_object_id", "lastmodifieddate"}, "as in grouparoo's recordings"


def test_create_with_associations_is_all_or_nothing(call: Any) -> None:
    bad = [{"to": {"id": "999"}, "types": [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 279}]}]
    status, body = call("POST", CONTACTS, {"properties": {"email": "x@y.example"}, "associations": bad})
    assert (status, body["message"]) == (400, "One or more associations are invalid")
    assert body["context"]["INVALID_OBJECT_IDS"] == ["COMPANY=999 is not valid"]
    batch = {"inputs": [{"properties": {"email": "x@y.example"}}, {"properties": {"city": "A"}, "associations": bad}]}
    assert call("POST", f"{CONTACTS}/batch/create", batch)[0] == 400
    wrong = [{"to": {"id": "101"}, "types": [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 7}]}]
    assert call("POST", CONTACTS, {"properties": {"email": "x@y.example"}, "associations": wrong})[0] == 400
    assert call("GET", f"{CONTACTS}/x@y.example", idProperty="email")[0] == 404


def test_ids_beyond_the_list_are_no_error(call: Any) -> None:
    assert call.ok("GET", CONTACTS, after=10_000) == {"results": []}
    assert call("GET", CONTACTS, after="x")[0] == 400


def test_archived_records_are_gone_after_ninety_days(call: Any, clock: Any) -> None:
    clock.advance(62 * 86_400)  # number 12 was archived on the fifth of October
    assert ids(call.ok("GET", CONTACTS, archived="true")) == []
    assert call("GET", f"{CONTACTS}/12", archived="true")[0] == 404


def test_archived_records_show_nowhere_until_they_are_restored(call: Any) -> None:
    def people() -> list[str]:
        links = call.ok("GET", "/crm/v3/objects/calls/501", associations="contacts").get("associations", {})
        return [one["id"] for one in links.get("contacts", {}).get("results", ())]

    portal = call.simulator.portal
    shelf = portal.shelves["contacts"]
    assert people() == ["1", "2"]
    call.ok("DELETE", f"{CONTACTS}/1")
    assert people() == ["2"]
    assert "1" not in {one["recordId"] for one in call.ok("GET", "/crm/v3/lists/1/memberships")["results"]}
    portal.restore(shelf, shelf.items[1])
    assert people() == ["2", "1"]
    assert (
        call.ok("GET", f"{CONTACTS}/1", associations="companies")["associations"]["companies"]["results"][0]["id"]
        == "101"
    )


def test_the_primary_company_stands_in_a_property_too(call: Any) -> None:
    def company() -> str | None:
        value: str | None = call.ok("GET", f"{CONTACTS}/1", properties="associatedcompanyid")["properties"][
            "associatedcompanyid"
        ]
        return value

    assert company() == "101"
    call.ok("DELETE", "/crm/v4/objects/contacts/1/associations/companies/101")
    assert company() is None
    primary = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 2}]
    call.ok("PUT", "/crm/v4/objects/companies/102/associations/contacts/1", primary)
    assert company() == "102"
    call.ok("DELETE", "/crm/v3/objects/companies/102")
    assert company() is None


def test_further_addresses_lead_to_the_contact(make: Any) -> None:
    records = {
        "contacts": [
            {"id": "1", "properties": {"email": "a@x.example", "hs_additional_emails": "b@x.example;c@x.example"}}
        ]
    }
    call = make(records)
    assert call.ok("GET", f"{CONTACTS}/C@x.example", idProperty="email")["id"] == "1"
    assert call("POST", CONTACTS, {"properties": {"email": "b@x.example"}})[0] == 409


def test_long_urls_are_refused_before_anything_else(call: Any) -> None:
    call.token = "wrong"
    from_proxy = call.simulator.respond(request("x" * 15_001))
    assert (from_proxy.status, dict(from_proxy.headers)[b"content-type"]) == (414, b"text/html")
    assert call.simulator.respond(request("x" * 1_000)).status == 401


def request(properties: str) -> Request:
    return Request("GET", CONTACTS, f"properties={properties}".encode(), {}, b"")
