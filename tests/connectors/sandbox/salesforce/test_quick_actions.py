"""Quick actions as the REST API serves them: the form, what it opens with, what it writes, and whose it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from tests.connectors.sandbox.salesforce.orgs import (
    ANN,
    DEAL,
    ME,
    NAMESPACE,
    REP,
    Api,
    field,
    grants,
    object_file,
)

PEER = "005000000000004AAA"
STANDARD = "00e000000000002AAA"
FIELDS = "".join(field(name, "Text", length="40") for name in ("Verdict__c", "Reason__c", "Shown__c", "Secret__c"))
ITEMS = (("Verdict__c", "Required"), ("Reason__c", "Edit"), ("NextStep", "Readonly"), ("Secret__c", "Edit"))


def action(*items: tuple[str, str], kind: str = "Update") -> str:
    columns = "".join(
        "<quickActionLayoutColumns><quickActionLayoutItems><emptySpace>false</emptySpace>"
        f"<field>{name}</field><uiBehavior>{behaviour}</uiBehavior></quickActionLayoutItems></quickActionLayoutColumns>"
        for name, behaviour in items
    )
    return (
        f'<QuickAction xmlns="{NAMESPACE}"><label>Say</label><optionsCreateFeedItem>false</optionsCreateFeedItem>'
        f"<quickActionLayout><layoutSectionStyle>TwoColumnsLeftToRight</layoutSectionStyle>{columns}"
        f"</quickActionLayout><type>{kind}</type></QuickAction>"
    )


@pytest.fixture(scope="module")
def org() -> Api:
    """Two reps who may fill in verdict and reason; one owns the opportunity, and opportunities are read-only."""
    api = Api()
    for user in (REP, PEER):
        api.org.tables["User"].put(
            {"Id": user, "LastName": "Rep", "IsActive": True, "ProfileId": STANDARD, "Username": user}
        )
    done = api.deploy(
        {
            "objects/Opportunity.object": object_file(FIELDS),
            "quickActions/Opportunity.Say.quickAction": action(*ITEMS, ("Shown__c", "Edit")),
            "quickActions/Opportunity.Log.quickAction": action(("NextStep", "Edit"), kind="LogACall"),
            "permissionsets/S.permissionset": grants("Opportunity.Verdict__c", "Opportunity.Reason__c").replace(
                "<label>",
                "<fieldPermissions><editable>false</editable><field>Opportunity.Shown__c</field><readable>true"
                "</readable></fieldPermissions><label>",
            ),
        }
    )
    assert done.status == "Succeeded", done.failures
    for user in (REP, PEER):
        api.assign("S", user)
    api("POST", f"/_sandbox/records/Opportunity/{DEAL}", {"fields": {"OwnerId": REP, "NextStep": "Call"}, "user": ME})
    return api


@pytest.fixture
def rep(org: Api) -> Api:
    org.sign_in(REP)
    org.org.tables["Opportunity"].put(org.stored(DEAL) | {"Verdict__c": None, "Reason__c": None})
    return org


def act(api: Api, record: Mapping[str, Any], context: str | None = DEAL) -> Any:
    return api("POST", "sobjects/Opportunity/quickActions/Say", {"contextId": context, "record": record})


def test_the_actions_of_an_object_say_where_they_are_found(rep: Api) -> None:
    listed = rep.ok("GET", "sobjects/Opportunity/quickActions")
    url = "/services/data/v59.0/sobjects/Opportunity/quickActions/Say"
    assert [one["name"] for one in listed] == ["Opportunity.Log", "Opportunity.Say"]
    assert listed[1] == {
        "label": "Say",
        "name": "Opportunity.Say",
        "type": "Update",
        "urls": {
            "defaultValues": f"{url}/defaultValues",
            "defaultValuesTemplate": f"{url}/defaultValues/{{ID}}",
            "describe": f"{url}/describe",
            "quickAction": url,
        },
    }
    assert rep.ok("GET", "sobjects/Account/quickActions") == []
    assert rep.refused("GET", "sobjects/Opportunity/quickActions/Nope/describe")[0] == 404


def test_the_form_has_what_its_reader_may_see_and_says_what_they_may_fill_in(rep: Api) -> None:
    shown = rep.ok("GET", "sobjects/Opportunity/quickActions/Say/describe")
    assert (shown["type"], shown["targetSobjectType"], shown["layout"]["columns"]) == ("Update", "Opportunity", 5)
    items = [item for row in shown["layout"]["layoutRows"] for item in row["layoutItems"]]
    behaviours = {
        item["layoutComponents"][0]["value"]: (item["editableForUpdate"], item["required"])  # Secret__c is hidden
        for item in items
    }
    assert behaviours == {
        "Verdict__c": (True, True),
        "Reason__c": (True, False),
        "NextStep": (False, False),
        "Shown__c": (False, False),
    }
    assert items[0]["layoutComponents"][0]["details"]["name"] == "Verdict__c"


def test_the_form_opens_with_the_record_s_own_values(rep: Api) -> None:
    path = "sobjects/Opportunity/quickActions/Say/defaultValues"
    opened = rep.ok("GET", f"{path}/{DEAL}")
    assert {name: value for name, value in opened.items() if name != "attributes"} == {
        "NextStep": "Call",
        "Reason__c": None,
        "Shown__c": None,
        "Verdict__c": None,
    }
    assert rep.ok("GET", path) == {"attributes": {"type": "Opportunity"}}


def test_an_update_action_writes_what_was_filled_in(rep: Api) -> None:
    answer = act(rep, {"Verdict__c": "accepted", "reason__c": "now"})
    assert (answer.status, answer.content["success"], answer.content["ids"]) == (200, True, [DEAL])
    assert answer.content["feedItemIds"] is None
    stored = rep.stored(DEAL)
    assert (stored["Verdict__c"], stored["Reason__c"], stored["LastModifiedById"]) == ("accepted", "now", REP)
    assert act(rep, {"Reason__c": "later"}).status == 200, "the required field is filled in already"


REFUSED: Mapping[str, tuple[dict[str, Any], str | None, str]] = {
    "a field that is not on the form": ({"Verdict__c": "a", "Amount": 1}, DEAL, "INVALID_FIELD_FOR_INSERT_UPDATE"),
    "a field that the form only shows": ({"Verdict__c": "a", "NextStep": "x"}, DEAL, "INVALID_FIELD_FOR_INSERT_UPDATE"),
    "a field that is hidden": ({"Verdict__c": "a", "Secret__c": "x"}, DEAL, "INVALID_FIELD_FOR_INSERT_UPDATE"),
    "a field that is locked": ({"Verdict__c": "a", "Shown__c": "x"}, DEAL, "INVALID_FIELD_FOR_INSERT_UPDATE"),
    "a required field left empty": ({"Reason__c": "x"}, DEAL, "REQUIRED_FIELD_MISSING"),
    "a required field emptied": ({"Verdict__c": ""}, DEAL, "REQUIRED_FIELD_MISSING"),
    "a record of another object": ({"Verdict__c": "a"}, ANN, "MALFORMED_ID"),
    "no record": ({"Verdict__c": "a"}, None, "MISSING_ARGUMENT"),
    "a value that is too long": ({"Verdict__c": "a" * 41}, DEAL, "STRING_TOO_LONG"),
}


@pytest.mark.parametrize("record, context, code", REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_filled_in_is_refused_and_nothing_is_written(
    rep: Api, record: dict[str, Any], context: str | None, code: str
) -> None:
    before = rep.stored(DEAL)
    answer = act(rep, record, context)
    assert (answer.status >= 400, answer.content[0]["errorCode"]) == (True, code)
    assert rep.stored(DEAL) == before


def test_who_may_only_read_the_record_does_not_change_it(rep: Api) -> None:
    rep.sign_in(PEER)
    assert act(rep, {"Verdict__c": "accepted"}).content[0]["errorCode"] == "INSUFFICIENT_ACCESS_OR_READONLY"
    assert rep.stored(DEAL)["Verdict__c"] is None


def test_an_action_of_another_type_is_described_and_not_carried_out(rep: Api) -> None:
    assert rep.ok("GET", "sobjects/Opportunity/quickActions/Log")["type"] == "LogACall"
    body = {"contextId": DEAL, "record": {}}
    code = rep.refused("POST", "sobjects/Opportunity/quickActions/Log", body)[1]
    assert code == "INVALID_TYPE_FOR_OPERATION"
