"""What an org refuses of the package is left out and named, the rest stands; without the core nothing is changed."""

import io
import zipfile

import pytest
from lxml import etree

from connectors.base import Misconfigured, Payload
from connectors.salesforce import components
from connectors.salesforce.components import Component, Name
from connectors.salesforce.left_out import attempt
from connectors.salesforce.metadata import pack
from connectors.salesforce.metadata_api import Failure
from connectors.sandbox.faults import Rule

NS = {"m": components.NAMESPACE}
KEYS = ["Activity.Syncd_Key__c", "OpportunityContactRole.Syncd_Key__c"]


def refusing(kind, name, problem="no room", unless=lambda element: False):
    """A rule of the org's: it refuses one component, unless its XML is as it likes it."""

    def rule(type_, full_name, element):
        refused = (type_, full_name) == (kind, name) and element is not None and not unless(element)
        return problem if refused else None

    return rule


def says(element, tag):
    return element.findtext(f"m:{tag}", namespaces=NS)


# ---- what is tried next ----------------------------------------------------------------------------------------------


def part(kind, full, file, inside="", tag=None):
    xml = f'<{kind} xmlns="{components.NAMESPACE}"><fullName>{full}</fullName>{inside}</{kind}>'
    return Component(Name(kind, full), {file: xml.encode()}, tag)


FIELD = part("CustomField", "Contact.Syncd_Rep__c", "objects/Contact.object", tag="fields")
KEY = part(
    *("CustomField", "Activity.Syncd_Key__c", "objects/Activity.object"),
    "<caseSensitive>true</caseSensitive><externalId>true</externalId><unique>true</unique>",
    tag="fields",
)
LIST = part("ListView", "Contact.Mine", "objects/Contact.object", "<columns>Syncd_Rep__c</columns>", tag="listViews")
GRANTS = part(
    *("PermissionSet", "Syncd_Sales", "permissionsets/Syncd_Sales.permissionset"),
    "<fieldPermissions><field>Contact.Syncd_Rep__c</field></fieldPermissions>"
    "<fieldPermissions><field>Task.Syncd_Key__c</field></fieldPermissions>"
    "<userPermissions><enabled>true</enabled><name>SendCustomNotifications</name></userPermissions>",
)
RADAR = part(
    *("Dashboard", "Syncd/Radar", "dashboards/Syncd/Radar.dashboard"),
    "<dashboardType>LoggedInUser</dashboardType><textColor>#000000</textColor>",
)
PARTS = (FIELD, KEY, LIST, GRANTS, RADAR)


def failed(part, problem="no room"):
    return Failure(part.name.kind, part.name.full, part.file, problem)


def test_a_refused_field_is_left_out_and_granted_no_more():
    after = attempt(PARTS).without([failed(FIELD)])
    assert FIELD.name not in after.parts
    assert [(part.name, part.why) for part in after.left_out] == [("CustomField Contact.Syncd_Rep__c", "no room")]
    assert b"Contact.Syncd_Rep__c" not in after.parts[GRANTS.name].content
    assert b"Task.Syncd_Key__c" in after.parts[GRANTS.name].content


def test_what_refers_to_a_refused_part_says_so():
    after = attempt(PARTS).without([failed(FIELD), failed(LIST, "Could not resolve list view column")])
    assert "it needs CustomField Contact.Syncd_Rep__c" in after.left_out[1].why


def test_a_key_is_tried_without_unique_then_without_external_id_then_not_at_all():
    tried, said = attempt(PARTS), []
    while KEY.name in tried.parts:
        element = tried.parts[KEY.name].element()
        said.append([tag for tag in ("unique", "externalId") if says(element, tag) == "true"])
        tried = tried.without([failed(KEY)])
    assert said == [["unique", "externalId"], ["externalId"], []]
    assert not tried.notes
    assert "last line of their description" in tried.left_out[0].means
    assert b"Task.Syncd_Key__c" not in tried.parts[GRANTS.name].content


def test_a_dashboard_over_the_limit_runs_as_whom_the_administrator_names():
    over = failed(RADAR, "You reached the limit for dashboards run as the logged-in user.")
    after = attempt(PARTS).without([over], "boss@bank.example")
    children = [etree.QName(child).localname for child in after.parts[RADAR.name].element()]
    assert children == ["fullName", "dashboardType", "runningUser", "textColor"]
    assert says(after.parts[RADAR.name].element(), "runningUser") == "boss@bank.example"
    assert "limit for dashboards" in next(iter(after.notes.values()))
    assert "--dashboard-user" in attempt(PARTS).without([over]).left_out[0].means


def test_a_permission_that_the_org_does_not_know_is_not_granted():
    after = attempt(PARTS).without([failed(GRANTS, "Unknown user permission: SendCustomNotifications")])
    assert b"SendCustomNotifications" not in after.parts[GRANTS.name].content
    assert "does not know it" in next(iter(after.notes.values()))


@pytest.mark.parametrize(
    "failure",
    [
        failed(GRANTS),
        Failure("CustomField", "Contact.Syncd_Verdict__c", "objects/Contact.object", "no room"),
        Failure("", "package.xml", "package.xml", "No package.xml found"),
    ],
    ids=["permission set", "verdict", "nobody's"],
)
def test_the_core_is_never_left_out(failure):
    verdict = part("CustomField", "Contact.Syncd_Verdict__c", "objects/Contact.object", tag="fields")
    assert attempt((GRANTS, verdict)).without([failure]) is None


# ---- in an org -------------------------------------------------------------------------------------------------------


def test_the_rest_stands_without_a_refused_field(world):
    org = world(metadata_rules=[refusing("CustomField", "Account.Syncd_Tally__c", "limit of custom fields reached")])
    with org.connect() as connector:
        done = connector.deploy()
        assert done.ok
        assert done.left_out[0].name == "CustomField Account.Syncd_Tally__c"
        assert done.left_out[0].why == "limit of custom fields reached"
        assert "Syncd_Tally__c" not in connector.shapes.of("Account").fields
        assert "Syncd_Key__c" in connector.shapes.of("Account").fields


def test_a_check_names_what_would_be_left_out_and_changes_nothing(world):
    org = world(metadata_rules=[refusing("CustomField", "Account.Syncd_Tally__c")])
    with org.connect() as connector:
        done = connector.deploy(check_only=True)
        assert done.ok
        assert len(done.left_out) == 1
        assert "Syncd_Key__c" not in connector.shapes.of("Account").fields


def test_a_refused_verdict_changes_nothing(world):
    org = world(metadata_rules=[refusing("CustomField", "Lead.Syncd_Verdict__c")])
    with org.connect() as connector:
        done = connector.deploy()
        assert not done.ok
        assert done.errors[0] == "objects/Lead.object: no room"
        assert "Syncd_Key__c" not in connector.shapes.of("Account").fields


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize(
    ("likes", "unique", "external"),
    [
        (lambda element: says(element, "unique") != "true", False, True),
        (lambda element: "true" not in (says(element, "unique"), says(element, "externalId")), False, False),
    ],
    ids=["no unique", "no External ID"],
)
def test_a_key_stands_as_strong_as_the_org_takes_it(world, key, likes, unique, external):
    with world(metadata_rules=[refusing("CustomField", key, "no such key", likes)]).connect() as connector:
        done = connector.deploy()
        assert done.ok
        assert any(key in note and "no such key" in note for note in done.notes)
        field = connector.shapes.of(key.split(".")[0].replace("Activity", "Task")).fields["Syncd_Key__c"]
    assert (field.unique, field.external) == (unique, external)


@pytest.mark.parametrize("key", KEYS)
def test_a_key_that_the_org_does_not_take_at_all_is_left_out(world, key):
    with world(metadata_rules=[refusing("CustomField", key)]).connect() as connector:
        done = connector.deploy()
        assert done.ok
        shown = (
            ["ListView Task.Syncd_Waiting_For_My_Verdict"] if key == "Activity.Syncd_Key__c" else []
        )  # filters by it
        assert [part.name for part in done.left_out] == [*shown, f"CustomField {key}"]
        assert done.notes == ()


@pytest.mark.parametrize("weak", ["no External ID", "no key"])
def test_a_contact_role_is_written_once_without_a_key_to_upsert_by(world, accounts, weak):
    def likes(element):
        return weak == "no External ID" and "true" not in (says(element, "unique"), says(element, "externalId"))

    org = world(accounts(1), metadata_rules=[refusing("CustomField", KEYS[1], "no such key", likes)])
    with org.connect() as connector:
        connector.deploy()
        account = next(iter(org.rows("Account")))
        contact = org.make("Contact", LastName="Roe", AccountId=account)
        fields = {"Name": "Cards", "StageName": "Prospecting", "CloseDate": "2026-12-31", "AccountId": account}
        opportunity = org.make("Opportunity", **fields)
        pair = {"OpportunityId": opportunity, "ContactId": contact}
        role = Payload("role-1", None, {**pair, "Role": "Decision Maker"})
        made = connector.push("OpportunityContactRole", [role])
        again = connector.push("OpportunityContactRole", [role])
    assert [receipt.error for receipt in (*made, *again)] == [None, None]
    assert made[0].remote_id == again[0].remote_id
    assert len(org.rows("OpportunityContactRole")) == 1


def test_a_task_is_written_once_though_its_key_is_no_external_id(world, accounts):
    def likes(element):
        return "true" not in (says(element, "unique"), says(element, "externalId"))

    org = world(accounts(1), metadata_rules=[refusing("CustomField", KEYS[0], "no such key", likes)])
    with org.connect() as connector:
        connector.deploy()
        task = Payload("task-1", None, {"Subject": "Call", "OwnerId": org.REP})
        receipts = [receipt for _ in range(2) for receipt in connector.push("Task", [task])]
        assert connector.find("Task", ["task-1"]) == {"task-1": receipts[0].remote_id}
    assert [receipt.error for receipt in receipts] == [None, None]
    assert len(org.rows("Task")) == 1


def test_a_task_whose_answer_was_lost_is_found_though_its_key_is_no_external_id(world):
    def likes(element):
        return "true" not in (says(element, "unique"), says(element, "externalId"))

    org = world(metadata_rules=[refusing("CustomField", KEYS[0], "no such key", likes)])
    with org.connect() as connector:
        connector.deploy()
        task = Payload("task-1", None, {"Subject": "Call", "OwnerId": org.REP})
        org.faults.add(Rule("cut_after", path="*/composite/sobjects", count=1))
        (lost,) = connector.push("Task", [task])
        (found_again,) = connector.push("Task", [task])
    assert lost.error.kind == "uncertain"
    assert found_again.error is None
    assert len(org.rows("Task")) == 1


@pytest.mark.parametrize("named", [None, "rep@bank.example"])
def test_an_org_without_room_for_a_dashboard_of_its_viewer_gets_one_of_whom_is_named(world, named):
    """The org refuses as its edition does: the rest stands in either case."""
    org = world(dynamic_dashboards=0)
    with org.connect() as connector:
        done = connector.deploy(dashboard_user=named)
    assert done.ok
    left_out = [part for part in done.left_out if part.name == "Dashboard Syncd/Radar"]
    standing = org.org.components.get(("Dashboard", "Syncd/Radar"))
    if named is None:
        assert "--dashboard-user" in left_out[0].means
        assert "dynamic dashboards" in left_out[0].why
        assert standing is None
    else:
        assert not left_out
        assert [says(standing.element, tag) for tag in ("dashboardType", "runningUser")] == ["SpecifiedUser", named]
        assert any("runs as rep@bank.example" in note for note in done.notes)


def test_a_dashboard_never_runs_as_the_integration_user(world):
    with world().connect() as connector, pytest.raises(Misconfigured, match="would show everybody"):
        connector.deploy(dashboard_user="integration@bank.example")


@pytest.mark.parametrize("username", ["nobody@bank.example", "gone@bank.example"])
def test_a_username_that_nobody_uses_is_refused_before_anything_is_deployed(world, username):
    org = world()
    with org.connect() as connector:
        for names in ({"dashboard_user": username}, {"sales": [username]}):
            with pytest.raises(Misconfigured, match=username):
                connector.deploy(**names)
    assert not org.calls("/Soap/")


def test_sales_get_their_permission_set_by_username(world):
    org = world()
    with org.connect() as connector:
        assert connector.deploy(sales=["rep@bank.example"]).ok
    names = {row["Id"]: row["Name"] for row in org.rows("PermissionSet").values()}
    assigned = {
        (row["AssigneeId"], names[row["PermissionSetId"]]) for row in org.rows("PermissionSetAssignment").values()
    }
    assert assigned == {(org.ME, "Syncd_Integration"), (org.REP, "Syncd_Sales")}


def test_what_was_changed_in_the_org_is_named_when_it_is_written_over(world):
    org = world()
    with org.connect() as connector:
        connector.deploy()
        theirs = pack("63.0", parts=[_relabelled("Account.Syncd_Standing__c")])
        org.simulator.deployments.start(theirs, org.REP, check_only=False, rollback=True)
        (changed,) = (one for one in connector.deploy().changed if one.name.kind == "CustomField")
        assert str(changed.name) == "CustomField Account.Syncd_Standing__c"
        assert [(one.element, one.theirs) for one in changed.differences] == [("label", "Ours now")]
        assert not [one for one in connector.deploy().changed if one.name.kind == "CustomField"]


def _relabelled(full):
    (field,) = (part for part in components.shipped() if part.name == Name("CustomField", full))
    root = field.element()
    root.find("m:label", NS).text = "Ours now"
    return field.rewritten(etree.tostring(root))


def test_a_zip_of_what_is_left_lists_nothing_else():
    with zipfile.ZipFile(io.BytesIO(pack("63.0", parts=[GRANTS]))) as packed:
        assert set(packed.namelist()) == {"permissionsets/Syncd_Sales.permissionset", "package.xml"}
