"""Batches: what a 207 names, what refuses the whole batch, and limits."""

from __future__ import annotations

from typing import Any

import pytest

BATCH = "/crm/v3/objects/contacts/batch"


def values(call: Any, property: str) -> dict[str, str | None]:
    page = call.ok("GET", "/crm/v3/objects/contacts", limit=100, properties=property)
    return {one["id"]: one["properties"][property] for one in page["results"]}


def test_read_names_what_is_not_there(call: Any) -> None:
    status, body = call(
        "POST", f"{BATCH}/read", {"inputs": [{"id": id} for id in ("3", "999", "12")], "properties": ["email"]}
    )
    assert (status, body["status"], body["numErrors"]) == (207, "COMPLETE", 1)
    assert [one["id"] for one in body["results"]] == ["3"]
    assert body["errors"][0]["category"] == "OBJECT_NOT_FOUND" and body["errors"][0]["context"] == {
        "ids": ["999", "12"]
    }


def test_read_archived(call: Any) -> None:
    body = call.ok("POST", f"{BATCH}/read", {"inputs": [{"id": "12"}]}, archived="true")
    assert body["results"][0]["archived"] is True


def test_read_by_email(call: Any) -> None:
    body = call.ok("POST", f"{BATCH}/read", {"inputs": [{"id": "C2@bank.example"}], "idProperty": "email"})
    assert [one["id"] for one in body["results"]] == ["2"]


@pytest.mark.parametrize("verb", ["read", "create", "update", "upsert", "archive"])
def test_one_hundred_at_most(call: Any, verb: str) -> None:
    inputs = [{"id": str(n), "idProperty": "email", "properties": {"firstname": "x"}} for n in range(101)]
    status, body = call("POST", f"{BATCH}/{verb}", {"inputs": inputs})
    assert status == 400 and "maximum number of inputs" in body["message"]


def test_fifty_at_most_with_history(call: Any) -> None:
    asked = {"inputs": [{"id": str(n)} for n in range(51)], "propertiesWithHistory": ["email"]}
    assert call("POST", f"{BATCH}/read", asked)[0] == 400


@pytest.mark.parametrize("body", [{}, {"inputs": "1"}, {"inputs": ["1"]}])
def test_inputs_must_be_a_list_of_objects(call: Any, body: Any) -> None:
    assert call("POST", f"{BATCH}/read", body)[0] == 400


def test_one_bad_input_refuses_the_batch(call: Any) -> None:
    inputs = [{"id": "1", "properties": {"city": "Salem"}}, {"id": "2", "properties": {"no_such": "x"}}]
    status, body = call("POST", f"{BATCH}/update", {"inputs": inputs})
    assert status == 400 and body["errors"][0]["code"] == "PROPERTY_DOESNT_EXIST"
    assert values(call, "city")["1"] is None, "nothing of a refused batch is written"


def test_trace_ids_write_the_rest(call: Any) -> None:
    inputs = [
        {"id": "1", "properties": {"city": "Salem"}, "objectWriteTraceId": "a"},
        {"id": "2", "properties": {"no_such": "x"}, "objectWriteTraceId": "b"},
    ]
    status, body = call("POST", f"{BATCH}/update", {"inputs": inputs})
    assert (status, [one["objectWriteTraceId"] for one in body["results"]]) == (207, ["a"])
    assert body["errors"][0]["context"] == {"objectWriteTraceId": ["b"]}
    assert values(call, "city")["1"] == "Salem"


def test_update_writes_what_is_there_and_names_what_is_not(call: Any) -> None:
    inputs = [{"id": "1", "properties": {"city": "Salem"}}, {"id": "999", "properties": {"city": "Macon"}}]
    status, body = call("POST", f"{BATCH}/update", {"inputs": inputs})
    assert (status, body["errors"][0]["context"]) == (207, {"ids": ["999"]})
    assert values(call, "city")["1"] == "Salem"


def test_create_refuses_an_email_that_stands(call: Any) -> None:
    inputs = [{"properties": {"email": "new@x.example"}}, {"properties": {"email": "c1@bank.example"}}]
    status, body = call("POST", f"{BATCH}/create", {"inputs": inputs})
    assert (status, body["category"]) == (409, "CONFLICT")
    assert call("GET", "/crm/v3/objects/contacts/new@x.example", idProperty="email")[0] == 404


def test_the_same_record_twice(call: Any) -> None:
    twice = [{"id": "1", "properties": {"city": "Salem"}}] * 2
    status, body = call("POST", f"{BATCH}/update", {"inputs": twice})
    assert status == 400 and "Duplicate IDs found in batch input: ['1']" in body["message"]
    emails = [{"properties": {"email": "New@x.example"}}, {"properties": {"email": "new@x.example"}}]
    assert call("POST", f"{BATCH}/create", {"inputs": emails})[0] == 400


def test_upsert_says_what_is_new(call: Any) -> None:
    inputs = [
        {"id": f"{name}@bank.example", "idProperty": "email", "properties": {"city": "Salem"}} for name in ("c4", "new")
    ]
    body = call.ok("POST", f"{BATCH}/upsert", {"inputs": inputs})
    upserts = [(one["new"], one["properties"]["email"]) for one in body["results"]]
    assert upserts == [(False, "c4@bank.example"), (True, "new@bank.example")]
    again = call.ok("POST", f"{BATCH}/upsert", {"inputs": inputs})
    assert [one["new"] for one in again["results"]] == [False, False]


def test_upsert_needs_one_unique_property(call: Any) -> None:
    for inputs in (
        [{"id": "1", "properties": {}}],
        [{"id": "1", "idProperty": "hs_object_id", "properties": {}}],
        [{"id": "Salem", "idProperty": "city", "properties": {}}],
        [{"id": "a@x.example", "idProperty": "email"}, {"id": "1", "idProperty": "other"}],
    ):
        assert call("POST", f"{BATCH}/upsert", {"inputs": inputs})[0] == 400, inputs


def test_archive_answers_nothing(call: Any) -> None:
    assert call("POST", f"{BATCH}/archive", {"inputs": [{"id": "1"}, {"id": "999"}]}) == (204, None)
    assert "1" not in values(call, "city")
