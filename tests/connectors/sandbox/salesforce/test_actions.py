"""The action for custom notifications: what it takes, what the documentation bounds, and what people got."""

import pytest

from connectors.sandbox.salesforce.api.actions import MOST_AN_HOUR
from tests.connectors.sandbox.salesforce.orgs import GONE, ME, REP, Api

PATH = "actions/standard/customNotificationAction"
TYPE = """<CustomNotificationType xmlns="http://soap.sforce.com/2006/04/metadata">
<customNotifTypeName>Bell</customNotifTypeName><desktop>true</desktop><masterLabel>A bell</masterLabel>
<mobile>true</mobile></CustomNotificationType>"""
TASK = "00T000000000001EAA"


@pytest.fixture
def bell(api: Api) -> dict[str, object]:
    """What the action takes, in an org into which a type of notification was deployed."""
    assert api.deploy({"notificationtypes/Bell.notiftype": TYPE}).status == "Succeeded"
    (row,) = api.ok("GET", "tooling/query", q="SELECT Id, Mobile FROM CustomNotificationType")["records"]
    assert row["Mobile"] is True
    return {"customNotifTypeId": row["Id"], "recipientIds": [REP], "title": "t", "body": "b", "targetId": TASK}


def test_each_active_recipient_gets_it_once(api: Api, bell: dict[str, object]) -> None:
    answer = api("POST", PATH, {"inputs": [bell | {"recipientIds": [REP, REP, GONE]}]})
    assert (answer.status, answer.content[0]["isSuccess"]) == (200, True)
    (got,) = api.org.notifications
    assert (got["user"], got["sender"], got["type"], got["targetId"]) == (REP, ME, "Bell", TASK)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"recipientIds": []}, "INVALID_INPUT"),
        ({"recipientIds": [REP] * 501}, "LIMIT_EXCEEDED"),
        ({"customNotifTypeId": "0ML000000000009AAA"}, "INVALID_CROSS_REFERENCE_KEY"),
        ({"targetId": None}, "INVALID_INPUT"),
        ({"targetId": "call"}, "MALFORMED_ID"),
        ({"title": "🔔" * 126}, "STRING_TOO_LONG"),
        ({"body": "x" * 751}, "STRING_TOO_LONG"),
    ],
    ids=["nobody", "too many", "unknown type", "no target", "no id", "a long title", "a long body"],
)
def test_what_is_out_of_bounds_is_refused_and_the_input_beside_it_is_not(
    api: Api, bell: dict[str, object], change: dict[str, object], code: str
) -> None:
    answer = api("POST", PATH, {"inputs": [bell | change, bell]})
    assert answer.status == 400
    refused, taken = answer.content
    assert (refused["errors"][0]["statusCode"], taken["isSuccess"]) == (code, True)
    assert len(api.org.notifications) == 1


def test_what_is_too_much_for_an_hour_is_lost_without_a_word(api: Api, bell: dict[str, object]) -> None:
    api("POST", PATH, {"inputs": [bell]})
    api.org.notifications *= MOST_AN_HOUR
    assert api("POST", PATH, {"inputs": [bell]}).status == 200
    assert len(api.org.notifications) == MOST_AN_HOUR
    api.clock.advance(3600)
    api("POST", PATH, {"inputs": [bell]})
    assert len(api.org.notifications) == MOST_AN_HOUR + 1


def test_a_type_that_is_removed_is_there_no_more(api: Api, bell: dict[str, object]) -> None:
    api.org.tables["CustomNotificationType"].purge(str(bell["customNotifTypeId"]))
    assert api("POST", PATH, {"inputs": [bell]}).status == 400


def test_the_action_says_what_it_takes(api: Api) -> None:
    required = [field["name"] for field in api.ok("GET", PATH)["inputs"] if field["required"]]
    assert required == ["customNotifTypeId", "recipientIds", "title", "body"]
