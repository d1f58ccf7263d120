"""The Metadata API: packages, what deploying them changes, and who sees it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.connectors.sandbox.salesforce.orgs import (
    ACME,
    ANN,
    ME,
    REP,
    Api,
    field,
    grants,
    key_field,
    object_file,
)


def picklist(*values: str, restricted: bool = True) -> str:
    inner = "".join(
        f"<value><fullName>{name}</fullName><default>false</default><label>{name}</label></value>" for name in values
    )
    defined = f"<valueSetDefinition><sorted>false</sorted>{inner}</valueSetDefinition>"
    return f"<restricted>{str(restricted).lower()}</restricted>{defined}"


KINDS: dict[str, tuple[str, dict[str, Any]]] = {
    "Text": (field("F__c", "Text", length=20), {"type": "string", "length": 20, "nillable": True, "byteLength": 60}),
    "required text": (field("F__c", "Text", length=20, required="true"), {"nillable": False, "permissionable": False}),
    "external id": (key_field("F__c"), {"externalId": True, "unique": True, "idLookup": True}),
    "LongTextArea": (
        field("F__c", "LongTextArea", length=1000, visibleLines=3),
        {"type": "textarea", "length": 1000, "filterable": False, "sortable": False},
    ),
    "Checkbox": (
        field("F__c", "Checkbox", defaultValue="false"),
        {"type": "boolean", "defaultValue": False, "nillable": False},
    ),
    "Number": (
        field("F__c", "Number", precision=18, scale=2),
        {"type": "double", "precision": 18, "scale": 2, "soapType": "xsd:double"},
    ),
    "Currency": (field("F__c", "Currency", precision=18, scale=2), {"type": "currency"}),
    "Percent": (field("F__c", "Percent", precision=5, scale=2), {"type": "percent"}),
    "Date": (field("F__c", "Date"), {"type": "date", "soapType": "xsd:date"}),
    "DateTime": (field("F__c", "DateTime"), {"type": "datetime"}),
    "Email": (field("F__c", "Email"), {"type": "email", "length": 80}),
    "Picklist": (
        field("F__c", "Picklist", valueSet=picklist("a", "b")),
        {"type": "picklist", "restrictedPicklist": True},
    ),
    "formula": (field("F__c", "Text", formula="Name"), {"calculated": True, "createable": False, "updateable": False}),
    "AutoNumber": (field("F__c", "AutoNumber", displayFormat="A-{0}"), {"autoNumber": True, "createable": False}),
    "Lookup": (
        field("F__c", "Lookup", referenceTo="Contact", relationshipName="Favourites"),
        {"type": "reference", "referenceTo": ["Contact"], "relationshipName": "F__r"},
    ),
}


@pytest.mark.parametrize("name", KINDS)
def test_a_deployed_field_is_described(api: Api, name: str) -> None:
    xml, wanted = KINDS[name]
    required = not wanted.get("permissionable", True)
    files = {"objects/Account.object": object_file(xml)}
    editable = not wanted.get("calculated", False)
    if not required:
        files["permissionsets/All.permissionset"] = grants("Account.F__c", editable=editable)
    done = api.deploy(files)
    assert done.status == "Succeeded", done.failures
    if not required:
        api.assign("All")
    (shown,) = [found for found in api.ok("GET", "sobjects/Account/describe")["fields"] if found["name"] == "F__c"]
    assert {key: shown[key] for key in wanted} == wanted
    assert shown["custom"] is True


def test_a_custom_field_exists_only_once_it_was_deployed(api: Api) -> None:
    assert api.refused("PATCH", f"sobjects/Account/{ACME}", {"Key__c": "1"})[1] == "INVALID_FIELD"
    assert api.refused("GET", "query", q="SELECT Key__c FROM Account")[1] == "INVALID_FIELD"
    api.deploy_key()
    assert api("PATCH", f"sobjects/Account/{ACME}", {"Key__c": "1"}).status == 204
    assert api.query("SELECT Key__c FROM Account WHERE Key__c = '1'") == [{"Key__c": "1"}]


def test_nobody_sees_a_deployed_field_before_a_permission_set_is_assigned(api: Api) -> None:
    """As in Salesforce, where deploying grants field-level security to no profile."""
    api.deploy({"objects/Account.object": object_file(key_field())})
    assert api.refused("GET", "query", q="SELECT Key__c FROM Account")[1] == "INVALID_FIELD"
    api.deploy({"permissionsets/All.permissionset": grants("Account.Key__c")})
    assert api.refused("GET", "query", q="SELECT Key__c FROM Account")[1] == "INVALID_FIELD"
    api.assign("All")
    assert "Key__c" in api.query("SELECT Key__c FROM Account")[0]
    (assigned,) = api.column(f"SELECT Id FROM PermissionSetAssignment WHERE AssigneeId = '{ME}'")
    api.session = api.simulator.sessions.open(REP)
    assert api.refused("GET", "query", q="SELECT Key__c FROM Account")[1] == "INVALID_FIELD"
    api.session = api.simulator.sessions.open(ME)
    api.ok("DELETE", f"sobjects/PermissionSetAssignment/{assigned}")
    assert api.refused("GET", "query", q="SELECT Key__c FROM Account")[1] == "INVALID_FIELD"


def test_a_permission_set_is_assigned_once(api: Api) -> None:
    api.deploy_key()
    (permission_set,) = api.column("SELECT Id FROM PermissionSet WHERE Name = 'All'")
    _, code, message = api.refused(
        "POST", "sobjects/PermissionSetAssignment", {"AssigneeId": ME, "PermissionSetId": permission_set}
    )
    assert (code, message) == (
        "DUPLICATE_VALUE",
        f"Duplicate PermissionSetAssignment. Assignee: {ME}; Permission Set: {permission_set}",
    )


def test_reading_without_editing(api: Api) -> None:
    api.deploy(
        {
            "objects/Account.object": object_file(key_field()),
            "permissionsets/R.permissionset": grants("Account.Key__c", editable=False),
        }
    )
    api.assign("R")
    assert api.query("SELECT Key__c FROM Account LIMIT 1") == [{"Key__c": None}]
    assert api.refused("PATCH", f"sobjects/Account/{ACME}", {"Key__c": "1"})[1] == "INVALID_FIELD_FOR_INSERT_UPDATE"
    (shown,) = [found for found in api.ok("GET", "sobjects/Account/describe")["fields"] if found["name"] == "Key__c"]
    assert (shown["createable"], shown["updateable"]) == (False, False)


def test_a_profile_grants_at_once_and_so_does_the_option(api: Api) -> None:
    profile = grants("Account.Key__c").replace("PermissionSet", "Profile").replace("<label>Everything</label>", "")
    done = api.deploy({"objects/Account.object": object_file(key_field()), "profiles/Admin.profile": profile})
    assert done.status == "Succeeded", done.failures
    assert "Key__c" in api.query("SELECT Key__c FROM Account")[0]
    easy = Api(grant_deployed=True)
    easy.deploy({"objects/Account.object": object_file(key_field())})
    assert "Key__c" in easy.query("SELECT Key__c FROM Account")[0]


def test_a_field_of_activity_stands_on_tasks_and_events(api: Api) -> None:
    files = {
        "objects/Activity.object": object_file(key_field()),
        "permissionsets/P.permissionset": grants("Activity.Key__c"),
    }
    assert api.deploy(files).status == "Succeeded"
    api.assign("P")
    assert api.create("Task", Subject="x", Key__c="1")
    assert api.create("Event", StartDateTime="2026-12-01T00:00:00Z", DurationInMinutes=5, Key__c="1")


def test_a_restricted_picklist_refuses_other_values(api: Api) -> None:
    xml = field("P__c", "Picklist", valueSet=picklist("good"))
    api.deploy({"objects/Account.object": object_file(xml), "permissionsets/P.permissionset": grants("Account.P__c")})
    api.assign("P")
    status, code, message = api.refused("PATCH", f"sobjects/Account/{ACME}", {"P__c": "bad"})
    assert (status, code, message) == (
        400,
        "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
        "Label: bad value for restricted picklist field: bad",
    )
    assert api("PATCH", f"sobjects/Account/{ACME}", {"P__c": "good"}).status == 204


def test_relationships_of_a_deployed_lookup_go_both_ways(api: Api) -> None:
    xml = field("Friend__c", "Lookup", referenceTo="Contact", relationshipName="Favourites")
    api.deploy(
        {"objects/Account.object": object_file(xml), "permissionsets/P.permissionset": grants("Account.Friend__c")}
    )
    api.assign("P")
    api.ok("PATCH", f"sobjects/Account/{ACME}", {"Friend__c": ANN})
    assert api.query("SELECT Friend__r.LastName FROM Account WHERE Friend__c != null") == [
        {"Friend__r": {"LastName": "Abel"}}
    ]
    (row,) = api.query(f"SELECT (SELECT Name FROM Favourites__r) FROM Contact WHERE Id = '{ANN}'")
    assert row["Favourites__r"]["records"] == [{"Name": "Acme"}]


def test_a_custom_object_can_be_deployed_and_written(api: Api) -> None:
    head = (
        "<deploymentStatus>Deployed</deploymentStatus><label>Thing</label>"
        "<nameField><label>Name</label><type>Text</type></nameField><pluralLabel>Things</pluralLabel>"
        "<sharingModel>ReadWrite</sharingModel>"
    )
    files = {
        "objects/Thing__c.object": object_file(head + key_field()),
        "permissionsets/P.permissionset": grants("Thing__c.Key__c"),
    }
    done = api.deploy(files)
    assert done.status == "Succeeded", done.failures
    api.assign("P")
    made = api.create("Thing__c", Name="T", Key__c="1")
    assert made.startswith("a00")
    assert api.query("SELECT Name, Key__c FROM Thing__c") == [{"Name": "T", "Key__c": "1"}]
