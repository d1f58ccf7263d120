"""Many records, or many requests, in one call: collections, composite, batch, tree and graph."""

from __future__ import annotations

from typing import Any

import pytest

from tests.connectors.sandbox.salesforce.orgs import ACME, ANN, BANK, BOB, DEAL, Api


def typed(name: str, **fields: Any) -> dict[str, Any]:
    return {"attributes": {"type": name}, **fields}


def codes(results: list[dict[str, Any]]) -> list[str | None]:
    return [result["errors"][0]["statusCode"] if result["errors"] else None for result in results]


def test_each_row_has_its_own_result_and_the_status_is_200(api: Api) -> None:
    records = [
        typed("Contact", LastName="One"),
        typed("Contact", FirstName="Two"),
        typed("Contact", LastName="Three", Foo=1),
        typed("Nothing", LastName="Four"),
        typed("Contact", LastName="Five"),
    ]
    answer = api("POST", "composite/sobjects", {"allOrNone": False, "records": records})
    assert answer.status == 200
    assert codes(answer.content) == [None, "REQUIRED_FIELD_MISSING", "INVALID_FIELD", "INVALID_TYPE", None]
    assert answer.content[1] == {
        "success": False,
        "errors": [
            {
                "statusCode": "REQUIRED_FIELD_MISSING",
                "message": "Required fields are missing: [LastName]",
                "fields": ["LastName"],
            }
        ],
    }
    assert set(api.column("SELECT LastName FROM Contact")) >= {"One", "Five"}


def test_all_or_none_takes_every_row_back(api: Api) -> None:
    records = [typed("Contact", LastName="One"), typed("Contact", FirstName="Two")]
    results = api.ok("POST", "composite/sobjects", {"allOrNone": True, "records": records})
    assert codes(results) == ["ALL_OR_NONE_OPERATION_ROLLED_BACK", "REQUIRED_FIELD_MISSING"]
    assert api.column("SELECT LastName FROM Contact WHERE LastName = 'One'") == []
    assert api.org.writes == []


def test_updates_name_their_ids(api: Api) -> None:
    records = [
        typed("Contact", id=ANN[:15], Title="CEO"),
        typed("Contact", Id="003000000000777AAA", Title="x"),
        typed("Contact", Id="nonsense", Title="x"),
        typed("Contact", Title="x"),
        typed("Opportunity", Id=DEAL, StageName="Closed Lost"),
    ]
    results = api.ok("PATCH", "composite/sobjects", {"records": records})
    assert codes(results) == [None, "INVALID_CROSS_REFERENCE_KEY", "MALFORMED_ID", "MISSING_ARGUMENT", None]
    assert results[0]["id"] == ANN
    assert (api.stored(ANN)["Title"], api.stored(DEAL)["IsClosed"]) == ("CEO", True)


def test_upserts_say_whether_a_record_was_created(api: Api) -> None:
    api.deploy_key()
    path = "composite/sobjects/Account/Key__c"
    first = api.ok("PATCH", path, {"records": [typed("Account", Key__c="1", Name="One")]})
    records = [
        typed("Account", Key__c="1", Name="Uno"),
        typed("Account", Key__c="2", Name="Two"),
        typed("Account", Key__c="2", Name="Two again"),
        typed("Account", Name="No key"),
        typed("Account", Key__c="3"),
    ]
    results = api.ok("PATCH", path, {"records": records})
    assert [result.get("created") for result in results] == [False, True, False, False, False]
    assert codes(results) == [None, None, "DUPLICATE_VALUE", "MISSING_ARGUMENT", "REQUIRED_FIELD_MISSING"]
    assert results[0]["id"] == first[0]["id"]
    assert api.refused("PATCH", "composite/sobjects/Account/Nope__c", {"records": []})[:2] == (404, "NOT_FOUND")


def test_an_upsert_key_that_two_records_carry_is_refused(api: Api) -> None:
    api.deploy_key()
    for record_id in (ACME, BANK):
        api.org.tables["Account"].put(api.stored(record_id) | {"Key__c": "same"})
    (result,) = api.ok("PATCH", "composite/sobjects/Account/Key__c", {"records": [typed("Account", Key__c="same")]})
    (error,) = result["errors"]
    assert error["statusCode"] == "DUPLICATE_EXTERNAL_ID"
    assert error["message"] == f"Key__c: more than one record found for external id field: [{ACME}, {BANK}]"


def test_deletes_are_listed_in_the_url(api: Api) -> None:
    results = api.ok("DELETE", "composite/sobjects", ids=f"{ANN},{BOB},003000000000777AAA,x", allOrNone="false")
    assert codes(results) == [None, None, "INVALID_CROSS_REFERENCE_KEY", "MALFORMED_ID"]
    assert len(api.query("SELECT Id FROM Contact")) == 1
    assert (
        codes(api.ok("DELETE", "composite/sobjects", ids=f"{ACME},x", allOrNone="true"))[0]
        == "ALL_OR_NONE_OPERATION_ROLLED_BACK"
    )
    assert api.query(f"SELECT Id FROM Account WHERE Id = '{ACME}'") == [{"Id": ACME}]


def test_records_are_retrieved_by_ids_with_null_for_what_is_missing(api: Api) -> None:
    body = {"ids": [BOB, "003000000000777AAA", ANN], "fields": ["LastName", "Account.Name"]}
    rows = api.ok("POST", "composite/sobjects/Contact", body)
    assert [row and (row["LastName"], row["Account"]["Name"]) for row in rows] == [
        ("Berg", "Acme"),
        None,
        ("Abel", "Acme"),
    ]
    assert api.ok("GET", "composite/sobjects/Contact", ids=ANN, fields="LastName")[0]["LastName"] == "Abel"


def test_the_limits_of_a_collection(api: Api) -> None:
    many = [typed("Contact", LastName="x")] * 201
    assert api.refused("POST", "composite/sobjects", {"records": many})[1] == "EXCEEDED_ID_LIMIT"
    mixed = [typed(name, Name="x", LastName="x") for _ in range(6) for name in ("Contact", "Account")]
    assert api.refused("POST", "composite/sobjects", {"records": mixed})[1] == "INVALID_INPUT"
    assert api.refused("POST", "composite/sobjects", {})[1] == "INVALID_INPUT"
    assert api.ok("POST", "composite/sobjects", {"records": many[:200]})[199]["success"]


def test_a_lock_concerns_one_row_and_is_gone_when_it_is_tried_again(api: Api) -> None:
    api.org.locked[ANN] = 1
    body = {"records": [typed("Contact", Id=ANN, Title="x"), typed("Contact", Id=BOB, Title="x")]}
    assert codes(api.ok("PATCH", "composite/sobjects", body)) == ["UNABLE_TO_LOCK_ROW", None]
    assert codes(api.ok("PATCH", "composite/sobjects", body)) == [None, None]


def sub(reference: str, method: str, url: str, body: Any = None) -> dict[str, Any]:
    return {"referenceId": reference, "method": method, "url": f"/services/data/v59.0/{url}", "body": body}


def test_composite_requests_refer_to_earlier_results(api: Api) -> None:
    wanted = [
        sub("account", "POST", "sobjects/Account", {"Name": "New"}),
        sub("contact", "POST", "sobjects/Contact", {"LastName": "New", "AccountId": "@{account.id}"}),
        sub("found", "GET", "query?q=SELECT Id FROM Contact WHERE AccountId = '@{account.id}'"),
        sub("same", "GET", "sobjects/Contact/@{found.records[0].Id}"),
        sub("bad", "GET", "sobjects/Contact/@{found.records[7].Id}"),
    ]
    responses = api.ok("POST", "composite", {"compositeRequest": wanted})["compositeResponse"]
    assert [response["httpStatusCode"] for response in responses] == [201, 201, 200, 200, 400]
    assert responses[3]["body"]["LastName"] == "New"
    assert responses[4]["body"][0]["errorCode"] == "PROCESSING_HALTED"
    assert responses[0]["httpHeaders"]["Location"].endswith(responses[0]["body"]["id"])


def test_composite_takes_all_back_where_one_fails(api: Api) -> None:
    wanted = [sub("a", "POST", "sobjects/Account", {"Name": "New"}), sub("b", "POST", "sobjects/Contact", {})]
    responses = api.ok("POST", "composite", {"allOrNone": True, "compositeRequest": wanted})["compositeResponse"]
    assert [response["body"][0]["errorCode"] for response in responses] == [
        "PROCESSING_HALTED",
        "REQUIRED_FIELD_MISSING",
    ]
    assert api.query("SELECT Id FROM Account WHERE Name = 'New'") == []
    partial = api.ok("POST", "composite", {"allOrNone": False, "compositeRequest": wanted})["compositeResponse"]
    assert [response["httpStatusCode"] for response in partial] == [201, 400]
    assert len(api.query("SELECT Id FROM Account WHERE Name = 'New'")) == 1


def test_composite_has_at_most_25_requests_and_counts_as_one_call(api: Api) -> None:
    used = api.simulator.usage.used()
    wanted = [sub(f"r{number}", "GET", "limits") for number in range(25)]
    assert len(api.ok("POST", "composite", {"compositeRequest": wanted})["compositeResponse"]) == 25
    assert api.simulator.usage.used() == used + 1
    assert api.refused("POST", "composite", {"compositeRequest": [*wanted, wanted[0]]})[1] == "INVALID_INPUT"
    assert api.refused("POST", "composite/batch", {"batchRequests": [*wanted, wanted[0]]})[1] == "INVALID_INPUT"


def test_graphs_stand_or_fall_each_on_its_own(api: Api) -> None:
    good = [sub("a", "POST", "sobjects/Account", {"Name": "Good"})]
    bad = [sub("a", "POST", "sobjects/Account", {"Name": "Bad"}), sub("b", "POST", "sobjects/Account", {})]
    graphs = [{"graphId": "1", "compositeRequest": good}, {"graphId": "2", "compositeRequest": bad}]
    answers = api.ok("POST", "composite/graph", {"graphs": graphs})["graphs"]
    assert [(answer["graphId"], answer["isSuccessful"]) for answer in answers] == [("1", True), ("2", False)]
    assert api.column("SELECT Name FROM Account WHERE Name IN ('Good', 'Bad')") == ["Good"]


def test_batches_go_on_unless_told_to_halt(api: Api) -> None:
    wanted = [
        {"method": "GET", "url": "v59.0/sobjects/Account/" + ACME},
        {"method": "PATCH", "url": "v59.0/sobjects/Account/" + ACME, "richInput": {"Foo": 1}},
        {"method": "PATCH", "url": "v59.0/sobjects/Account/" + ACME, "richInput": {"Name": "Renamed"}},
    ]
    content = api.ok("POST", "composite/batch", {"batchRequests": wanted})
    assert content["hasErrors"] is True
    assert [result["statusCode"] for result in content["results"]] == [200, 400, 204]
    assert api.stored(ACME)["Name"] == "Renamed"
    halted = api.ok("POST", "composite/batch", {"batchRequests": wanted, "haltOnError": True})
    assert [result["statusCode"] for result in halted["results"]] == [200, 400, 412]


def test_a_tree_is_planted_wholly_or_not_at_all(api: Api) -> None:
    contact = {"attributes": {"type": "Contact", "referenceId": "c"}, "LastName": "Child"}
    account = {
        "attributes": {"type": "Account", "referenceId": "a"},
        "Name": "Tree",
        "Contacts": {"records": [contact]},
    }
    answer = api("POST", "composite/tree/Account", {"records": [account]})
    assert (answer.status, answer.content["hasErrors"]) == (201, False)
    assert [result["referenceId"] for result in answer.content["results"]] == ["a", "c"]
    assert api.query("SELECT LastName, Account.Name FROM Contact WHERE LastName = 'Child'") == [
        {"LastName": "Child", "Account": {"Name": "Tree"}}
    ]
    bare = {key: value for key, value in account.items() if key != "Contacts"}
    broken = {**account, "Name": "Broken", "Contacts": {"records": [{**contact, "LastName": None}]}}
    answer = api("POST", "composite/tree/Account", {"records": [broken]})
    assert (answer.status, answer.content["results"][0]["errors"][0]["statusCode"]) == (400, "REQUIRED_FIELD_MISSING")
    assert api.query("SELECT Id FROM Account WHERE Name = 'Broken'") == []
    assert (
        api.refused("POST", "composite/tree/Account", {"records": [{**bare, "Foos": {"records": []}}]})[1]
        == "INVALID_FIELD"
    )


def test_retrieving_needs_ids_and_fields_of_at_most_two_thousand(api: Api) -> None:
    assert api.refused("GET", "composite/sobjects/Account", ids=ACME)[:2] == (400, "INVALID_INPUT")
    assert api.refused("GET", "composite/sobjects/Account", fields="Id")[:2] == (400, "INVALID_INPUT")
    many = {"ids": [ACME] * 2001, "fields": ["Id"]}
    assert api.refused("POST", "composite/sobjects/Account", many)[1] == "EXCEEDED_ID_LIMIT"


@pytest.mark.parametrize(
    ("references", "problem"),
    [
        ([None], "The referenceId is required in every subrequest of a composite request."),
        (["1 a"], "Provided referenceId ('1 a') must start with a letter or a number"),
        (["a", "a"], "Duplicate referenceId provided in the request: a"),
    ],
)
def test_subrequests_have_references_of_their_own(api: Api, references: list[str | None], problem: str) -> None:
    url = "/services/data/v59.0/limits"
    wanted = [{"method": "GET", "url": url} | ({"referenceId": name} if name else {}) for name in references]
    for path, body in (
        ("composite", {"compositeRequest": wanted}),
        ("composite/graph", {"graphs": [{"graphId": "g", "compositeRequest": wanted}]}),
    ):
        status, code, message = api.refused("POST", path, body)
        assert (status, code) == (400, "INVALID_INPUT") and message.startswith(problem)


def test_trees_have_references_of_their_own(api: Api) -> None:
    named = {"attributes": {"type": "Account", "referenceId": "a"}, "Name": "x"}
    answer = api("POST", "composite/tree/Account", {"records": [named, named, {"Name": "y"}]})
    said = [(one["referenceId"], one["errors"][0]["message"]) for one in answer.content["results"]]
    assert (answer.status, said) == (
        400,
        [
            ("a", "Duplicate ReferenceId provided in the request."),
            (None, "Include a reference ID for each record in the request."),
        ],
    )
