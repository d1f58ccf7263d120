"""Merges make new records, and forgetting a person leaves nothing."""

from __future__ import annotations

from typing import Any

import pytest

CONTACTS = "/crm/v3/objects/contacts"


def merge(call: Any, primary: str, other: str, type: str = "contacts") -> Any:
    return call.ok("POST", f"/crm/v3/objects/{type}/merge", {"primaryObjectId": primary, "objectIdToMerge": other})


def test_the_survivor_is_new_and_both_vanish(call: Any) -> None:
    merged = merge(call, "2", "3")
    assert merged["id"] not in {"2", "3"}
    listed = {one["id"] for one in call.ok("GET", CONTACTS, limit=100)["results"]}
    assert merged["id"] in listed and not {"2", "3"} & listed
    assert {one["id"] for one in call.ok("GET", CONTACTS, archived="true")["results"]} == {"12"}


def test_values_of_the_primary_win_and_gaps_are_filled(call: Any) -> None:
    merged = merge(call, "2", "3")
    read = call.ok("GET", f"{CONTACTS}/{merged['id']}", properties="email,jobtitle")["properties"]
    assert (read["email"], read["jobtitle"]) == ("c2@bank.example", "Chief Risk Officer")


def test_merged_ids_stand_in_both_fields(call: Any) -> None:
    first = merge(call, "2", "3")
    second = merge(call, first["id"], "4")
    read = call.ok("GET", f"{CONTACTS}/{second['id']}", properties="hs_merged_object_ids,hs_calculated_merged_vids")
    assert read["properties"]["hs_merged_object_ids"].split(";") == ["2", "3", first["id"], "4"]
    assert read["properties"]["hs_calculated_merged_vids"] == ";".join(
        f"{id}:1793620800000" for id in ("2", "3", first["id"], "4")
    )


@pytest.mark.parametrize("field", ["hs_merged_object_ids", "hs_calculated_merged_vids"])
def test_or_only_in_one_of_them(make: Any, field: str) -> None:
    call = make(merge_fields=(field,))
    merged = merge(call, "2", "3")
    read = call.ok("GET", f"{CONTACTS}/{merged['id']}", properties="hs_merged_object_ids,hs_calculated_merged_vids")
    assert [name for name, value in read["properties"].items() if "merged" in name and value] == [field]


def test_associations_and_memberships_move(call: Any) -> None:
    merged = merge(call, "2", "1")
    links = call.ok("GET", f"/crm/v4/objects/contacts/{merged['id']}/associations/companies")["results"]
    assert {one["toObjectId"] for one in links} == {101, 102}
    primaries = [one["toObjectId"] for one in links if any(type["label"] for type in one["associationTypes"])]
    assert primaries == [102], "one primary company stays: the primary record's"
    contacts = call.ok("GET", "/crm/v4/objects/calls/501/associations/contacts")["results"]
    assert [one["toObjectId"] for one in contacts] == [int(merged["id"])]
    members = call.ok("GET", "/crm/v3/lists/1/memberships")["results"]
    assert [one["recordId"] for one in members] == ["3", "5", merged["id"]]


def test_old_ids_lead_to_the_survivor(call: Any) -> None:
    merged = merge(call, "2", "3")
    final = merge(call, merged["id"], "4")["id"]
    assert call.ok("GET", f"{CONTACTS}/3")["id"] == final
    body = call.ok("POST", f"{CONTACTS}/batch/read", {"inputs": [{"id": id} for id in ("2", "3", "5")]})
    assert [one["id"] for one in body["results"]] == [final, "5"]


def test_or_to_nothing(make: Any) -> None:
    call = make(merged_ids_resolve=False)
    merge(call, "2", "3")
    assert call("GET", f"{CONTACTS}/3")[0] == 404


def test_a_merge_may_keep_the_id_of_the_primary(make: Any) -> None:
    call = make(merge_keeps_id=True)
    assert merge(call, "2", "3")["id"] == "2"
    assert call.ok("GET", f"{CONTACTS}/3")["id"] == "2"


def test_emails_stay_findable(call: Any) -> None:
    merged = merge(call, "2", "3")
    assert call.ok("GET", f"{CONTACTS}/c2@bank.example", idProperty="email")["id"] == merged["id"]
    assert call.ok("GET", f"{CONTACTS}/C3@bank.example", idProperty="email")["id"] == merged["id"]
    assert call("POST", CONTACTS, {"properties": {"email": "c3@bank.example"}})[0] == 409
    read = call.ok("GET", f"{CONTACTS}/{merged['id']}", properties="hs_additional_emails")
    assert read["properties"]["hs_additional_emails"] == "c3@bank.example"


def test_what_is_said_of_an_address_stays_with_it(call: Any) -> None:
    portal = call.simulator.portal
    portal.shelves["contacts"].items[3].properties["hs_email_optout"] = "true"
    merged = merge(call, "2", "3")["id"]

    def opted_out() -> str | None:
        read = call.ok("GET", f"{CONTACTS}/{merged}", properties="hs_email_optout")["properties"]
        return read["hs_email_optout"] or None

    assert opted_out() is None
    for address, status in (("c3@bank.example", "true"), ("c9@bank.example", None), ("c3@bank.example", "true")):
        contact = portal.shelves["contacts"].items[int(merged)]
        portal.change(portal.shelves["contacts"], contact, {"email": address})
        assert opted_out() == status


def test_companies_merge_too(call: Any) -> None:
    merged = merge(call, "101", "102", "companies")
    contacts = call.ok("GET", f"/crm/v4/objects/companies/{merged['id']}/associations/contacts")["results"]
    assert {one["toObjectId"] for one in contacts} == {1, 2}


@pytest.mark.parametrize(("body", "status"), [
    ({"primaryObjectId": "1"}, 400),
    ({"primaryObjectId": "1", "objectIdToMerge": "1"}, 400),
    ({"primaryObjectId": "1", "objectIdToMerge": "999"}, 404),
    ({"primaryObjectId": "1", "objectIdToMerge": "12"}, 404),
])  # fmt: skip
def test_merges_that_are_refused(call: Any, body: dict[str, str], status: int) -> None:
    assert call("POST", f"{CONTACTS}/merge", body)[0] == status


@pytest.mark.parametrize("body", [{"objectId": "1"}, {"objectId": "C1@bank.example", "idProperty": "email"}])
def test_forgotten_for_good(call: Any, body: dict[str, str]) -> None:
    assert call("POST", f"{CONTACTS}/gdpr-delete", body)[0] == 204
    assert call("GET", f"{CONTACTS}/1")[0] == call("GET", f"{CONTACTS}/1", archived="true")[0] == 404
    assert "1" not in {one["id"] for one in call.ok("GET", CONTACTS, limit=100)["results"]}
    assert call.ok("POST", f"{CONTACTS}/search", {"query": "c1@bank"})["total"] == 0
    assert "1" not in {one["recordId"] for one in call.ok("GET", "/crm/v3/lists/1/memberships")["results"]}
    links = call.ok("GET", "/crm/v4/objects/calls/501/associations/contacts")["results"]
    assert [one["toObjectId"] for one in links] == [2]
    rows = call.simulator.portal.rows
    assert "c1@bank.example" not in str(
        [rows[name] for name in ("form_submissions", "email_events", "marketing_participations")]
    )


def test_forgetting_what_is_not_there(call: Any) -> None:
    assert call("POST", f"{CONTACTS}/gdpr-delete", {"objectId": "999"})[0] == 204
    assert call("POST", f"{CONTACTS}/gdpr-delete", {})[0] == 400
    assert call("POST", f"{CONTACTS}/gdpr-delete", {"objectId": "12"})[0] == 204
    assert call.ok("GET", CONTACTS, archived="true")["results"] == []
