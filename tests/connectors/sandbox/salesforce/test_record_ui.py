"""A record as a page shows and saves it: what is hidden, what is refused, and in which shape."""

from typing import Any

import pytest

from tests.connectors.sandbox.salesforce.orgs import (
    ACME,
    ANN,
    DEAL,
    LEAD,
    ME,
    NOW,
    REP,
    Api,
    field,
    grants,
    object_file,
)

PEER = "005000000000004AAA"
STANDARD = "00e000000000002AAA"
PICKED = field("Verdict__c", "Picklist").replace(
    "<type>Picklist</type>",
    "<type>Picklist</type><valueSet><restricted>true</restricted><valueSetDefinition><sorted>false</sorted>"
    "<value><fullName>accepted</fullName><default>false</default><label>accepted</label></value>"
    "</valueSetDefinition></valueSet>",
)
SECRET = field("Secret__c", "Text", length="40")


@pytest.fixture(scope="module")
def org() -> Api:
    """A rep with a standard profile and a set that grants the verdict; the secret is granted to nobody."""
    api = Api(validation_rules=[lambda sobject, row, before: "No" if row.get("NextStep") == "no" else None])
    for user in (REP, PEER):
        api.org.tables["User"].put(
            {"Id": user, "LastName": "Rep", "Name": "Rita Rep", "IsActive": True, "ProfileId": STANDARD,
             "Username": f"{user}@acme.example", "TimeZoneSidKey": "America/New_York"}
        )  # fmt: skip
    fields = object_file(PICKED + SECRET)
    api.deploy(
        {"objects/Opportunity.object": fields, "permissionsets/S.permissionset": grants("Opportunity.Verdict__c")}
    )
    api.assign("S", REP)
    api("POST", f"/_sandbox/records/Opportunity/{DEAL}", {"fields": {"OwnerId": REP}, "user": ME})
    return api


@pytest.fixture
def rep(org: Api) -> Api:
    org.sign_in(REP)
    return org


def record(api: Api, **query: str) -> dict[str, Any]:
    return dict(api.ok("GET", f"ui-api/records/{DEAL}", **query))


def test_fields_come_with_value_and_display_value(rep: Api) -> None:
    shown = record(rep, fields="Opportunity.Name,Opportunity.Amount,Opportunity.CloseDate,Opportunity.StageName")
    assert shown["fields"] == {
        "Amount": {"value": 1000.0, "displayValue": "$1,000.00"},
        "CloseDate": {"value": "2026-12-31", "displayValue": "12/31/2026"},
        "Name": {"value": "Acme core", "displayValue": None},
        "StageName": {"value": "Prospecting", "displayValue": "Prospecting"},
    }
    assert (shown["apiName"], shown["id"], shown["recordTypeId"]) == ("Opportunity", DEAL, "012000000000000AAA")
    assert shown["lastModifiedDate"] == NOW.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def test_a_relationship_is_a_record_within_the_record(rep: Api) -> None:
    fields = record(rep, fields="Opportunity.Account.Name")["fields"]
    assert fields["AccountId"]["value"] == ACME
    assert fields["Account"]["displayValue"] == "Acme"
    assert fields["Account"]["value"]["fields"]["Name"]["value"] == "Acme"


@pytest.mark.parametrize("name", ["Secret__c", "Nowhere__c", "Nowhere__r.Name", "Account.Nowhere__c"])
def test_a_hidden_or_unknown_field_fails_whole_and_is_left_out_where_it_is_optional(rep: Api, name: str) -> None:
    wanted = f"Opportunity.Name,Opportunity.{name}"
    assert rep.refused("GET", f"ui-api/records/{DEAL}", fields=wanted)[:2] == (400, "INVALID_FIELD")
    assert list(record(rep, optionalFields=wanted)["fields"]) == ["Name"]


def test_a_page_asks_for_fields(rep: Api) -> None:
    assert rep.refused("GET", f"ui-api/records/{DEAL}")[1] == "INVALID_INPUT_COMBINATION"


def test_who_may_not_read_the_record_is_told_so(rep: Api) -> None:
    task = rep.create("Task", Subject="Call", OwnerId=REP)
    rep.sign_in(PEER)
    status, code, message = rep.refused("GET", f"ui-api/records/{task}", fields="Task.Subject")
    assert (status, code) == (403, "INSUFFICIENT_ACCESS")
    assert message.startswith("You don't have access to this record.")


def test_a_record_that_is_not_there_is_not_found(rep: Api) -> None:
    assert rep.refused("GET", "ui-api/records/006000000000999AAA", fields="Opportunity.Name")[:2] == (404, "NOT_FOUND")


def test_a_save_by_the_page_is_a_save_by_its_user(rep: Api) -> None:
    saved = rep.ok("PATCH", f"ui-api/records/{DEAL}", {"fields": {"Verdict__c": "accepted"}})
    assert saved["fields"]["Verdict__c"] == {"value": "accepted", "displayValue": "accepted"}
    assert saved["lastModifiedById"] == REP
    assert rep.stored(DEAL)["Verdict__c"] == "accepted"


def refused(api: Api, record_id: str, **fields: Any) -> dict[str, Any]:
    answer = api("PATCH", f"ui-api/records/{record_id}", {"fields": fields})
    assert answer.status == 400
    assert answer.content["enhancedErrorType"] == "RecordError"
    assert answer.content["message"].startswith("An error occurred while trying to update the record.")
    return dict(answer.content["output"])


def test_a_value_that_is_not_offered_is_the_fields_error(rep: Api) -> None:
    (error,) = refused(rep, DEAL, Verdict__c="maybe")["fieldErrors"]["Verdict__c"]
    assert (error["errorCode"], error["fieldLabel"]) == ("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", "Label")


def test_a_validation_rule_speaks_for_the_whole_record(rep: Api) -> None:
    (error,) = refused(rep, DEAL, NextStep="no")["errors"]
    assert (error["errorCode"], error["message"]) == ("FIELD_CUSTOM_VALIDATION_EXCEPTION", "No")


def test_a_record_that_is_only_read_is_not_saved(rep: Api) -> None:
    rep.sign_in(PEER)
    (error,) = refused(rep, DEAL, NextStep="go")["errors"]
    assert error["errorCode"] == "INSUFFICIENT_ACCESS_OR_READONLY"


def test_a_converted_lead_is_not_saved(rep: Api) -> None:
    rep("POST", "/_sandbox/convert", {"lead": LEAD, "opportunity": False})
    (error,) = refused(rep, LEAD, Title="CFO")["errors"]
    assert error["errorCode"] == "CANNOT_UPDATE_CONVERTED_LEAD"


@pytest.mark.parametrize("fields", [{"Secret__c": "y"}, {"Amount": "many"}])
def test_a_body_that_the_page_could_not_have_sent_is_unreadable(rep: Api, fields: dict[str, Any]) -> None:
    answer = rep.refused("PATCH", f"ui-api/records/{DEAL}", {"fields": fields})
    assert answer[:2] == (400, "POST_BODY_PARSE_ERROR")


def test_a_field_that_the_set_only_shows_is_the_fields_error(rep: Api) -> None:
    rep.org.access.sets[rep.org.tables["PermissionSet"].matching("Name", "S")[0]].add(
        "Opportunity", "Verdict__c", editable=False
    )
    rep.org.access.revision += 1
    assert list(refused(rep, DEAL, Verdict__c="accepted")["fieldErrors"]) == ["Verdict__c"]


def test_a_page_of_this_machine_may_ask_and_one_of_elsewhere_may_not(api: Api) -> None:
    here = {"origin": "http://127.0.0.1:5173"}
    asked = api("OPTIONS", f"ui-api/records/{ANN}", headers=here)
    assert asked.status == 200
    assert "PATCH" in asked.headers["access-control-allow-methods"]
    answer = api("GET", f"ui-api/records/{ANN}", headers=here, fields="Contact.Name")
    assert answer.headers["access-control-allow-origin"] == here["origin"]
    elsewhere = {"origin": "https://elsewhere.example"}
    assert api("OPTIONS", f"ui-api/records/{ANN}", headers=elsewhere).status == 403
    assert "access-control-allow-origin" not in api("GET", "limits", headers=elsewhere).headers


@pytest.mark.parametrize("user", ["rep@acme.example", REP])
def test_any_active_user_signs_in_by_the_door_for_tests(api: Api, user: str) -> None:
    api.sign_in(user)
    created = api.stored(api.create("Account", Name="New"))
    assert created["OwnerId"] == REP


def test_who_was_deactivated_does_not_sign_in(api: Api) -> None:
    assert api("POST", "/_sandbox/sign-in", {"user": "gone@acme.example"}).status == 400
