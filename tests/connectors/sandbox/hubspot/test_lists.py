"""Lists: memberships by hand, pages of 250, and what is refused."""

from __future__ import annotations

from typing import Any

LISTS = "/crm/v3/lists"
MADE = {"name": "Potential MQLs", "objectTypeId": "0-1", "processingType": "MANUAL"}


def members(call: Any, id: str) -> list[str]:
    return [one["recordId"] for one in call.ok("GET", f"{LISTS}/{id}/memberships", limit=250)["results"]]


def test_members_of_the_world_are_there(call: Any) -> None:
    assert members(call, "1") == ["1", "3", "5"]


def test_adding_twice_adds_once(call: Any) -> None:
    assert call.ok("PUT", f"{LISTS}/1/memberships/add", ["3", "4", "999"]) == {
        "recordsIdsAdded": ["4"], "recordIdsRemoved": [], "recordIdsMissing": ["999"],
    }  # fmt: skip
    assert members(call, "1") == ["1", "3", "4", "5"]
    assert call.ok("PUT", f"{LISTS}/1/memberships/remove", ["3", "999"])["recordIdsRemoved"] == ["3"]


def test_memberships_are_paged_in_both_directions(call: Any) -> None:
    page = call.ok("GET", f"{LISTS}/1/memberships", limit=2)
    assert page["paging"]["next"]["after"] == "3"
    rest = call.ok("GET", f"{LISTS}/1/memberships", limit=2, after="3")
    assert [one["recordId"] for one in rest["results"]] == ["5"] and "paging" not in rest
    falling = call.ok("GET", f"{LISTS}/1/memberships", before="5")
    assert [one["recordId"] for one in falling["results"]] == ["3", "1"]
    assert call("GET", f"{LISTS}/1/memberships", limit=251)[0] == 400


def test_names_are_unique_while_the_list_stands(call: Any) -> None:
    id = call.ok("POST", LISTS, MADE)["list"]["listId"]
    assert call("POST", LISTS, MADE)[0] == 400
    call.ok("DELETE", f"{LISTS}/{id}")
    assert call("GET", f"{LISTS}/{id}")[0] == 404
    assert call("POST", LISTS, MADE)[0] == 200


def test_restore_and_rename(call: Any) -> None:
    call.ok("DELETE", f"{LISTS}/1")
    call.ok("PUT", f"{LISTS}/1/restore")
    assert members(call, "1") == ["1", "3", "5"]
    call.ok("PUT", f"{LISTS}/1/update-list-name", listName="Readers")
    assert call.ok("GET", f"{LISTS}/object-type-id/0-1/name/Readers")["list"]["listId"] == "1"
    assert call("GET", f"{LISTS}/object-type-id/0-1/name/Nobody")[0] == 404


def test_dynamic_lists_take_no_members(call: Any) -> None:
    dynamic = MADE | {"processingType": "DYNAMIC"}
    assert call("POST", LISTS, dynamic)[0] == 400
    id = call.ok("POST", LISTS, dynamic | {"filterBranch": {"filterBranchType": "OR"}})["list"]["listId"]
    assert call("PUT", f"{LISTS}/{id}/memberships/add", ["1"])[0] == 400
    assert call.ok("GET", f"{LISTS}/{id}", includeFilters="true")["list"]["filterBranch"] == {"filterBranchType": "OR"}


def test_many_ways_to_fill_and_empty(call: Any) -> None:
    id = call.ok("POST", LISTS, MADE)["list"]["listId"]
    call.ok("PUT", f"{LISTS}/{id}/memberships/add-from/1")
    assert members(call, id) == ["1", "3", "5"]
    call.ok("PUT", f"{LISTS}/{id}/memberships/add-and-remove", {"recordIdsToAdd": ["2"], "recordIdsToRemove": ["1"]})
    assert members(call, id) == ["2", "3", "5"]
    assert call.ok("GET", f"{LISTS}/records/0-1/3/memberships")["total"] == 2
    call.ok("DELETE", f"{LISTS}/{id}/memberships")
    assert members(call, id) == []


def test_order_of_joining(call: Any, clock: Any) -> None:
    clock.advance(1)
    call.ok("PUT", f"{LISTS}/1/memberships/add", ["2"])
    joined = call.ok("GET", f"{LISTS}/1/memberships/join-order")["results"]
    assert [one["recordId"] for one in joined] == ["1", "3", "5", "2"]


def test_a_wrong_list_or_membership_is_refused(call: Any) -> None:
    assert call("POST", LISTS, {"name": "x"})[0] == 400
    assert call("POST", LISTS, MADE | {"processingType": "MAGIC"})[0] == 400
    assert call("PUT", f"{LISTS}/1/memberships/add", {"ids": ["1"]})[0] == 400
    assert call("PUT", f"{LISTS}/1/memberships/add", [str(n) for n in range(100_001)])[0] == 400
    assert call("PUT", f"{LISTS}/9/memberships/add", ["1"])[0] == 404


def test_filters_change_and_records_are_looked_up_together(call: Any) -> None:
    branch = {"filterBranchType": "OR", "filterBranches": []}
    id = call.ok("POST", LISTS, MADE | {"processingType": "DYNAMIC", "filterBranch": {"filterBranchType": "AND"}})
    path = f"{LISTS}/{id['list']['listId']}/update-list-filters"
    assert call.ok("PUT", path, {"filterBranch": branch})["updatedList"]["filterBranch"] == branch
    assert call("PUT", f"{LISTS}/1/update-list-filters", {"filterBranch": branch})[0] == 400
    asked = {"inputs": [{"objectTypeId": "0-1", "recordId": id} for id in ("3", "4")]}
    memberships = call.ok("POST", f"{LISTS}/records/memberships/batch/read", asked)["results"]
    assert [(one["recordId"], one["listId"]) for one in memberships] == [("3", "1")]
    assert 1 in call.ok("GET", f"{LISTS}/folders")["folder"]["childLists"]
    status, body = call("GET", f"{LISTS}/99")
    assert (status, body["context"]) == (404, {"listId": ["99"]})


def test_searching_lists(call: Any) -> None:
    call.ok("POST", LISTS, MADE)
    lists = call.ok("POST", f"{LISTS}/search", {"query": "", "count": 1})
    assert (lists["total"], lists["hasMore"], lists["offset"]) == (2, True, 1)
    rest = call.ok("POST", f"{LISTS}/search", {"query": "", "count": 1, "offset": 1})
    assert rest["lists"][0]["name"] == "Potential MQLs" and not rest["hasMore"]
    falling = call.ok("POST", f"{LISTS}/search", {"query": "", "sort": "-HS_UPDATED_AT"})["lists"]
    assert [one["name"] for one in falling] == ["Potential MQLs", "Newsletter readers"]
    assert call("POST", f"{LISTS}/search", {"sort": "HS_COLOUR"})[0] == 400
    assert [one["listId"] for one in call.ok("GET", LISTS, listIds="1,2")["lists"]] == ["1", "2"]
