"""What Salesforce checks before it saves a record, and how it refuses one."""

from __future__ import annotations

from typing import Any

import pytest

from connectors.sandbox.salesforce import DuplicateRule
from tests.connectors.sandbox.salesforce.orgs import (
    ACME,
    ANN,
    BOB,
    DEAL,
    GONE,
    LEAD,
    WEBINAR,
    Api,
)

STAMP = "2026-11-10T12:00:00.000+0000"


DEAL_BODY = {"Name": "D", "StageName": "Prospecting", "CloseDate": "2026-12-01"}


REFUSED: dict[str, tuple[str, dict[str, Any], str, str]] = {
    "unknown field": ("Account", {"Foo": 1}, "INVALID_FIELD", "No such column 'Foo' on sobject of type Account"),
    "required": ("Contact", {"FirstName": "A"}, "REQUIRED_FIELD_MISSING", "Required fields are missing: [LastName]"),
    "several required": (
        "Opportunity",
        {"Name": "A"},
        "REQUIRED_FIELD_MISSING",
        "Required fields are missing: [StageName, CloseDate]",
    ),
    "too long": (
        "Account",
        {"Name": "x" * 256},
        "STRING_TOO_LONG",
        "Account Name: data value too large: " + "x" * 255 + " (max length=255)",
    ),
    "read-only": (
        "Account",
        {"Name": "A", "CreatedDate": STAMP},
        "INVALID_FIELD_FOR_INSERT_UPDATE",
        "Unable to create/update fields: CreatedDate. Please check the security settings of this field and verify that "
        "it is read/write for your profile or permission set.",
    ),
    "derived": (
        "Opportunity",
        DEAL_BODY | {"IsWon": True},
        "INVALID_FIELD_FOR_INSERT_UPDATE",
        "Unable to create/update fields: IsWon. Please check the security settings of this field and verify that it is "
        "read/write for your profile or permission set.",
    ),
    "id on create": (
        "Account",
        {"Id": ACME, "Name": "A"},
        "INVALID_FIELD_FOR_INSERT_UPDATE",
        "cannot specify Id in an insert call",
    ),
    "restricted picklist": (
        "Opportunity",
        DEAL_BODY | {"ForecastCategoryName": "Maybe"},
        "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
        "Forecast Category: bad value for restricted picklist field: Maybe",
    ),
    "e-mail": (
        "Contact",
        {"LastName": "A", "Email": "a@b"},
        "INVALID_EMAIL_ADDRESS",
        "Email: invalid email address: a@b",
    ),
    "malformed id": (
        "Contact",
        {"LastName": "A", "AccountId": "x"},
        "MALFORMED_ID",
        "Account ID: id value of incorrect type: x",
    ),
    "id of another object": (
        "Contact",
        {"LastName": "A", "AccountId": ANN},
        "MALFORMED_ID",
        f"Account ID: id value of incorrect type: {ANN}",
    ),
    "id of nothing": (
        "Contact",
        {"LastName": "A", "AccountId": "001000000000777AAA"},
        "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY",
        "insufficient access rights on cross-reference id: 001000000000777",
    ),
    "inactive owner": (
        "Account",
        {"Name": "A", "OwnerId": GONE},
        "INACTIVE_OWNER_OR_USER",
        f"operation performed with inactive user [{GONE}] as owner of account",
    ),
    "number out of range": (
        "Opportunity",
        DEAL_BODY | {"Amount": 1e17},
        "NUMBER_OUTSIDE_VALID_RANGE",
        "Amount: value outside of valid range on numeric field: 1e+17",
    ),
    "no campaign member without a person": (
        "CampaignMember",
        {"CampaignId": WEBINAR},
        "REQUIRED_FIELD_MISSING",
        "Required fields are missing: [LeadId, ContactId]",
    ),
    "no event without a length": (
        "Event",
        {"StartDateTime": STAMP},
        "REQUIRED_FIELD_MISSING",
        "Required fields are missing: [DurationInMinutes]",
    ),
    "an object that cannot be created": (
        "OpportunityHistory",
        {"OpportunityId": DEAL},
        "INVALID_TYPE_FOR_OPERATION",
        "entity type OpportunityHistory does not support create",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_create_is_refused(api: Api, name: str) -> None:
    sobject, body, code, message = REFUSED[name]
    rows = len(api.org.tables[sobject].rows)
    assert api.refused("POST", f"sobjects/{sobject}", body) == (400, code, message)
    assert len(api.org.tables[sobject].rows) == rows


UNREADABLE: dict[str, tuple[str, Any]] = {
    "text for a number": ("Amount", "abc"),
    "number for text": ("Name", 5),
    "truth for a number": ("Amount", True),
    "text for truth": ("IsPrivate", "perhaps"),
    "no such day": ("CloseDate", "2026-02-30"),
    "time for a day": ("CloseDate", "2026-12-01T00:00:00Z"),
    "object for text": ("Name", {"a": 1}),
    "list for text": ("NextStep", ["a"]),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_value_of_the_wrong_type_is_refused(api: Api, name: str) -> None:
    field, value = UNREADABLE[name]
    status, code, message = api.refused("POST", "sobjects/Opportunity", DEAL_BODY | {field: value})
    assert (status, code) == (400, "JSON_PARSER_ERROR")
    assert message.startswith("Cannot deserialize instance of ")


@pytest.mark.parametrize("value", ["2026-12-01T10:00:00", "2026-12-01", "soon"])
def test_a_time_needs_a_zone(api: Api, value: str) -> None:
    assert (
        api.refused("POST", "sobjects/Event", {"StartDateTime": value, "DurationInMinutes": 5})[1]
        == "JSON_PARSER_ERROR"
    )


def test_bodies_that_are_no_json(api: Api) -> None:
    assert api("POST", "sobjects/Account", b"{").content[0]["errorCode"] == "JSON_PARSER_ERROR"
    assert api("POST", "sobjects/Account", b"[]").content[0]["errorCode"] == "JSON_PARSER_ERROR"


def test_what_does_not_exist(api: Api) -> None:
    assert api.refused("GET", "sobjects/Account/001000000000777AAA")[:2] == (404, "NOT_FOUND")
    assert api.refused("PATCH", "sobjects/Account/001000000000777AAA", {"Name": "x"})[:2] == (404, "NOT_FOUND")
    assert api.refused("POST", "sobjects/Foo", {"Name": "x"})[:2] == (404, "NOT_FOUND")
    assert api.refused("GET", "foo")[:2] == (404, "NOT_FOUND")
    assert api.refused("PUT", f"sobjects/Account/{ACME}")[:2] == (405, "METHOD_NOT_ALLOWED")


def test_a_unique_value_is_kept_unique(api: Api) -> None:
    api.deploy_key()
    first = api.create("Account", Name="One", Key__c="K")
    status, code, message = api.refused("POST", "sobjects/Account", {"Name": "Two", "Key__c": "k"})
    assert (status, code) == (400, "DUPLICATE_VALUE")
    assert message == f"duplicate value found: Key__c duplicates value on record with id: {first[:15]}"
    api.ok("DELETE", f"sobjects/Account/{first}")
    assert api.create("Account", Name="Two", Key__c="k")


def test_what_cannot_be_deleted(api: Api) -> None:
    (history,) = api.org.tables["OpportunityStage"].matching("ApiName", "Prospecting")
    assert api.refused("DELETE", f"sobjects/OpportunityStage/{history}")[1] == "INSUFFICIENT_ACCESS_OR_READONLY"


def test_validation_rules_are_asked_with_the_row_as_it_would_stand() -> None:
    def rule(sobject: str, row: dict[str, Any], before: dict[str, Any] | None) -> str | None:
        lowered = before is not None and (row.get("Amount") or 0) < (before.get("Amount") or 0)
        return "Amounts never sink" if sobject == "Opportunity" and lowered else None

    api = Api(validation_rules=[rule])
    answer = api("PATCH", f"sobjects/Opportunity/{DEAL}", {"Amount": 5})
    assert answer.content == [
        {"message": "Amounts never sink", "errorCode": "FIELD_CUSTOM_VALIDATION_EXCEPTION", "fields": []}
    ]
    assert api.stored(DEAL)["Amount"] == 1000.0
    assert api("PATCH", f"sobjects/Opportunity/{DEAL}", {"Amount": 5000}).status == 204


@pytest.mark.parametrize(
    ("action", "header", "status"),
    [("alert", "", 400), ("alert", "allowSave=true", 201), ("block", "allowSave=true", 400)],
)
def test_duplicate_rules_alert_or_block(action: Any, header: str, status: int) -> None:
    api = Api(duplicate_rules=[DuplicateRule("Same_Email", "Contact", ["Email"], action)])
    body = {"LastName": "Twin", "Email": "ANN@acme.example"}
    answer = api("POST", "sobjects/Contact", body, headers={"sforce-duplicate-rule-header": header})
    assert answer.status == status
    if status == 400:
        (error,) = answer.content
        assert (error["errorCode"], error["message"]) == ("DUPLICATES_DETECTED", "Use one of these records?")
        assert error["duplicateResut"]["allowSave"] is (action == "alert")
        (match,) = error["duplicateResut"]["matchResults"]
        assert [found["record"]["Id"] for found in match["matchRecords"]] == [ANN]
        assert api("PATCH", f"sobjects/Contact/{ANN}", {"Email": "ann@acme.example"}).status == 204, "not its own twin"
    assert api("POST", "sobjects/Contact", {"LastName": "Other", "Email": "x@y.example"}).status == 201
    assert api("POST", "sobjects/Contact", {"LastName": "None"}).status == 201


def test_a_locked_row_is_free_again_after_a_while(api: Api) -> None:
    api.org.locked[ACME] = 2
    status, code, message = api.refused("PATCH", f"sobjects/Account/{ACME}", {"Name": "A"})
    assert (status, code) == (400, "UNABLE_TO_LOCK_ROW")
    assert message == f"unable to obtain exclusive access to this record or 1 records: {ACME}"
    assert api.refused("POST", "sobjects/Contact", {"LastName": "x", "AccountId": ACME})[1] == "UNABLE_TO_LOCK_ROW"
    assert api("PATCH", f"sobjects/Account/{ACME}", {"Name": "A"}).status == 204


def test_a_hidden_field_looks_as_if_it_did_not_exist() -> None:
    api = Api(hidden={"Contact": ["Title"]})
    assert api.refused("GET", "query", q="SELECT Title FROM Contact")[1] == "INVALID_FIELD"
    assert api.refused("PATCH", f"sobjects/Contact/{BOB}", {"Title": "CEO"})[1:] == (
        "INVALID_FIELD",
        "No such column 'Title' on sobject of type Contact",
    )
    assert "Title" not in api.ok("GET", f"sobjects/Contact/{BOB}")
    assert "Title" not in [field["name"] for field in api.ok("GET", "sobjects/Contact/describe")["fields"]]


def test_a_converted_lead_can_neither_be_changed_nor_referred_to(api: Api) -> None:
    api.org.tables["Lead"].put(api.stored(LEAD) | {"IsConverted": True})
    assert api.refused("PATCH", f"sobjects/Lead/{LEAD}", {"City": "Rome"})[1] == "CANNOT_UPDATE_CONVERTED_LEAD"
    assert api.refused("POST", "sobjects/Task", {"WhoId": LEAD})[1] == "CANNOT_UPDATE_CONVERTED_LEAD"


def test_world_rows_of_unknown_objects_are_refused() -> None:
    with pytest.raises(ValueError, match="unknown object Nothing"):
        Api({"Nothing": []})


def test_an_event_cannot_end_before_it_begins(api: Api) -> None:
    body = {"StartDateTime": "2026-12-01T10:00:00Z", "EndDateTime": "2026-12-01T09:00:00Z"}
    assert api.refused("POST", "sobjects/Event", body)[1] == "FIELD_INTEGRITY_EXCEPTION"
    assert api.refused("POST", "sobjects/Event", {"Subject": "x"})[1] == "REQUIRED_FIELD_MISSING"


def test_world_rows_that_salesforce_could_not_hold_are_named() -> None:
    with pytest.raises(ValueError, match="Opportunity None with CloseDate"):
        Api({"Opportunity": [{"CloseDate": "someday"}]})
    with pytest.raises(ValueError, match="Account None with Nothing"):
        Api({"Account": [{"Nothing": 1}]})
