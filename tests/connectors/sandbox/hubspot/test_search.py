"""Search: every operator, the limits of a request, 10,000 results, and an index that lags."""

from __future__ import annotations

from typing import Any

import pytest

SEARCH = "/crm/v3/objects/contacts/search"


def where(property: str, operator: str, **operands: Any) -> dict[str, Any]:
    return {"filterGroups": [{"filters": [{"propertyName": property, "operator": operator, **operands}]}], "limit": 200}


def search(call: Any, body: dict[str, Any], type: str = "contacts") -> list[int]:
    return [int(one["id"]) for one in call.ok("POST", f"/crm/v3/objects/{type}/search", body)["results"]]


# Contact n was modified at 2026-10-01T00:0n:00Z; 1790812800000 is midnight. Number 12 is archived.
OPERATORS: dict[str, tuple[dict[str, Any], list[int]]] = {
    "EQ": (where("email", "EQ", value="c3@bank.example"), [3]),
    "EQ without regard to case": (where("firstname", "EQ", value="FIRST7"), [7]),
    "EQ on a datetime": (where("lastmodifieddate", "EQ", value="1790812980000"), [3]),
    "NEQ holds where there is no value": (where("jobtitle", "NEQ", value="chief risk officer"), [1, 2, *range(4, 12)]),
    "LT": (where("hs_object_id", "LT", value="3"), [1, 2]),
    "LTE": (where("hs_object_id", "LTE", value="3"), [1, 2, 3]),
    "GT": (where("hs_object_id", "GT", value="9"), [10, 11]),
    "GTE": (where("lastmodifieddate", "GTE", value="1790813400000"), [10, 11]),
    "GTE with an ISO stamp": (where("lastmodifieddate", "GTE", value="2026-10-01T00:10:00Z"), [10, 11]),
    "BETWEEN includes both ends": (where("hs_object_id", "BETWEEN", value="3", highValue="5"), [3, 4, 5]),
    "IN": (where("email", "IN", values=["c1@bank.example", "c9@bank.example", "nobody@x.example"]), [1, 9]),
    "NOT_IN": (where("hs_object_id", "NOT_IN", values=[str(n) for n in range(3, 12)]), [1, 2]),
    "HAS_PROPERTY": (where("jobtitle", "HAS_PROPERTY"), [3]),
    "NOT_HAS_PROPERTY": (where("jobtitle", "NOT_HAS_PROPERTY"), [1, 2, *range(4, 12)]),
    "CONTAINS_TOKEN": (where("jobtitle", "CONTAINS_TOKEN", value="risk"), [3]),
    "CONTAINS_TOKEN is no substring": (where("jobtitle", "CONTAINS_TOKEN", value="ris"), []),
    "CONTAINS_TOKEN with a star": (where("email", "CONTAINS_TOKEN", value="c1*"), [1, 10, 11]),
    "NOT_CONTAINS_TOKEN": (where("firstname", "NOT_CONTAINS_TOKEN", value="first3"), [1, 2, *range(4, 12)]),
    "the wrong stamp finds nothing, silently": (where("hs_lastmodifieddate", "GTE", value="0"), []),
}


@pytest.mark.parametrize(("body", "expected"), OPERATORS.values(), ids=OPERATORS)
def test_every_operator_finds_its_records(call: Any, body: dict[str, Any], expected: list[int]) -> None:
    assert search(call, body) == expected


def test_the_wrong_stamp_of_companies_finds_nothing(call: Any) -> None:
    assert search(call, where("lastmodifieddate", "GTE", value="0"), "companies") == []
    assert search(call, where("hs_lastmodifieddate", "GTE", value="0"), "companies") == [101, 102]


def test_numbers_compare_as_numbers(call: Any) -> None:
    assert search(call, where("numberofemployees", "GT", value="20"), "companies") == [101]


def test_filters_of_a_group_hold_together_and_any_group_will_do(call: Any) -> None:
    low = {"propertyName": "hs_object_id", "operator": "GT", "value": "4"}
    high = {"propertyName": "hs_object_id", "operator": "LT", "value": "7"}
    name = {"propertyName": "firstname", "operator": "EQ", "value": "First1"}
    assert search(call, {"filterGroups": [{"filters": [low, high]}, {"filters": [name]}]}) == [1, 5, 6]


def test_free_text(call: Any) -> None:
    assert search(call, {"query": "first3"}) == [3]
    assert search(call, {"query": "c11@bank"}) == [11]


def test_results_are_sorted_by_one_property(call: Any) -> None:
    falling = {"sorts": [{"propertyName": "lastmodifieddate", "direction": "DESCENDING"}], "limit": 3}
    assert search(call, falling) == [11, 10, 9]
    assert search(call, {"sorts": ["-hs_object_id"], "limit": 2}) == [11, 10]
    assert search(call, {"sorts": ["jobtitle"], "limit": 2}) == [3, 1], "records without a value come last"


def test_results_are_paged_with_their_total(call: Any) -> None:
    first = call.ok("POST", SEARCH, {"limit": 4})
    assert (first["total"], first["paging"]["next"]["after"]) == (11, "4")
    last = call.ok("POST", SEARCH, {"limit": 4, "after": "8"})
    assert [int(one["id"]) for one in last["results"]] == [9, 10, 11] and "paging" not in last


def test_never_archived_never_associations(call: Any) -> None:
    page = call.ok("POST", SEARCH, {"limit": 200, "associations": ["companies"]})
    assert "12" not in {one["id"] for one in page["results"]}
    assert not any("associations" in one for one in page["results"])


FILTER = {"propertyName": "email", "operator": "HAS_PROPERTY"}
REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "six groups": ({"filterGroups": [{"filters": [FILTER]}] * 6}, "too many filterGroups (count: 6, max allowed: 5)"),
    "seven filters": (
        {"filterGroups": [{"filters": [FILTER] * 7}]},
        "too many filters per filterGroup (count: 7, max allowed: 6)",
    ),
    "nineteen in all": (
        {"filterGroups": [{"filters": [FILTER] * 5}] * 4},
        "too many filters (count: 20, max allowed: 18)",
    ),
    "201 a page": ({"limit": 201}, "limit"),
    "none a page": ({"limit": 0}, "limit"),
    "two sorts": ({"sorts": ["email", "firstname"]}, "Too many sorts"),
    "unknown property": (where("no_such", "EQ", value="x"), "property no_such does not exist"),
    "unknown sort": ({"sorts": ["no_such"]}, "property no_such does not exist"),
    "bad operator": (
        where("email", "LIKE", value="x"),
        'from String "LIKE": not one of the values accepted for Enum class: [EQ, NEQ',
    ),
    "no operator": ({"filterGroups": [{"filters": [{"propertyName": "email"}]}]}, "[operator]"),
    "IN wants values": (where("email", "IN", value="x"), "requires values"),
    "BETWEEN wants both": (where("hs_object_id", "BETWEEN", value="1"), "requires value and highValue"),
    "EQ wants a value": (where("email", "EQ"), "requires value"),
    "no number": (where("hs_object_id", "GT", value="many"), "invalid value for property hs_object_id"),
    "a long query": ({"query": "x" * 3001}, "maximum length"),
    "a bad offset": ({"after": "-1"}, "Invalid value for after"),
}


@pytest.mark.parametrize(("body", "message"), REFUSED.values(), ids=REFUSED)
def test_a_wrong_search_is_refused_with_a_reason(call: Any, body: dict[str, Any], message: str) -> None:
    status, answer = call("POST", SEARCH, body)
    assert status == 400 and message in answer["message"], answer


def test_ten_thousand_and_no_more(make: Any) -> None:
    records = {"contacts": [{"id": str(n), "createdAt": "2026-01-01T00:00:00Z"} for n in range(1, 10_102)]}
    call = make(records)
    page = call.ok("POST", SEARCH, {"limit": 200, "after": "9800"})
    assert (page["total"], page["paging"]["next"]["after"]) == (10_101, "10000")
    assert call("POST", SEARCH, {"limit": 200, "after": "10000"})[0] == 400
    assert call("POST", SEARCH, {"limit": 200, "after": "9900"})[0] == 400


def test_writes_show_late(make: Any, clock: Any) -> None:
    call = make(search_delay=30)
    call.ok("PATCH", "/crm/v3/objects/contacts/1", {"properties": {"city": "Salem"}})
    made = call.ok("POST", "/crm/v3/objects/contacts", {"properties": {"email": "new@bank.example"}})["id"]
    stamp = where("lastmodifieddate", "GTE", value=str(int(clock().timestamp() * 1000)))
    assert search(call, stamp) == []
    assert call.ok("GET", "/crm/v3/objects/contacts/1", properties="city")["properties"]["city"] == "Salem"
    clock.advance(29)
    assert search(call, where("email", "EQ", value="new@bank.example")) == []
    clock.advance(2)
    assert search(call, stamp) == [1, int(made)]


def test_a_second_write_does_not_show_the_first_early(make: Any, clock: Any) -> None:
    call = make(search_delay=30)
    for city in ("Salem", "Macon"):
        call.ok("PATCH", "/crm/v3/objects/contacts/1", {"properties": {"city": city}})
        clock.advance(20)
    assert search(call, where("city", "HAS_PROPERTY")) == []
    clock.advance(11)
    assert search(call, where("city", "EQ", value="macon")) == [1]


def test_archived_records_leave_the_index_at_once(make: Any) -> None:
    call = make(search_delay=30)
    call.ok("DELETE", "/crm/v3/objects/contacts/1")
    assert 1 not in search(call, {"limit": 200})


def test_order_of_appearance_is_not_the_order_of_writing(make: Any, clock: Any) -> None:
    call = make(search_disorder=3600, seed=3)
    for id in range(1, 12):
        call.ok("PATCH", f"/crm/v3/objects/contacts/{id}", {"properties": {"city": "Salem"}})
        clock.advance(1)
    clock.advance(1800)
    early = search(call, where("city", "HAS_PROPERTY"))
    assert 0 < len(early) < 11 and early != list(range(1, len(early) + 1))
    clock.advance(3600)
    assert search(call, where("city", "HAS_PROPERTY")) == list(range(1, 12))


def test_case_counts_for_enumerations_and_for_the_values_of_in(call: Any) -> None:
    call.ok("PATCH", "/crm/v3/objects/contacts/3", {"properties": {"lifecyclestage": "lead"}})
    assert search(call, where("lifecyclestage", "EQ", value="lead")) == [3]
    assert search(call, where("lifecyclestage", "EQ", value="LEAD")) == []
    assert search(call, where("firstname", "IN", values=["first7"])) == [7]
    assert search(call, where("firstname", "IN", values=["First7"])) == []


def test_filters_beside_groups_are_one_more_group(call: Any) -> None:
    first = {"propertyName": "hs_object_id", "operator": "EQ", "value": "1"}
    assert search(call, {"filterGroups": [{"filters": [first]}], "filters": [first | {"value": "2"}]}) == [1, 2]


@pytest.mark.parametrize(
    ("operator", "operands", "expected"),
    [
        ("EQ", {"value": "102"}, [1, 2]),
        ("IN", {"values": ["101", "999"]}, [1]),
        ("NEQ", {"value": "102"}, list(range(3, 12))),
        ("EQ", {"value": "999"}, []),
    ],
)
def test_what_a_record_is_associated_with(call: Any, operator: str, operands: Any, expected: list[int]) -> None:
    assert search(call, where("associations.company", operator, **operands)) == expected


def test_associations_know_few_operators_and_sorts_two_directions(call: Any) -> None:
    assert call("POST", SEARCH, where("associations.company", "GT", value="1"))[0] == 400
    assert call("POST", SEARCH, where("associations.nothing", "EQ", value="1"))[0] == 400
    assert call("POST", SEARCH, {"sorts": [{"propertyName": "email", "direction": "DOWN"}]})[0] == 400
