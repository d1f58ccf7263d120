"""Looking at what deploying would change, and taking it out again: data stays, and what the org refers to as well."""

import pytest
from lxml import etree

from connectors.base import Misconfigured, TryLater
from connectors.salesforce import Administrator
from connectors.salesforce.components import NAMESPACE, Component, Name, shipped
from connectors.salesforce.metadata import pack
from connectors.sandbox.faults import Rule
from connectors.sandbox.salesforce.settings import RecordType


@pytest.fixture
def administrator(server):
    def sign_in(org, token="sandbox-admin-token"):
        return Administrator(
            login_url=server.salesforce_url, token=token, ca_file=server.ca_file, clock=org.clock, sleep=org.sleep
        )

    return sign_in


def states(differences):
    return {comparison.state for comparison in differences.components}


def test_before_the_first_deployment_all_would_be_added_and_nothing_is(world, administrator):
    org = world()
    with org.connect() as connector, administrator(org) as by:
        differences = connector.differences(by, {}, {})
        assert states(differences) == {"added"}
        assert "Syncd_Key__c" not in connector.shapes.of("Account").fields
    assert next(differences.lines()).endswith("would be added, 0 stand there alike, 0 differ")


def test_what_was_deployed_stands_there_alike(world, administrator):
    org = world()
    with org.connect() as connector, administrator(org) as by:
        connector.deploy(by)
        compared = connector.differences(by, {}, {}).components
    kinds = ("CustomField", "FlexiPage", "ListView", "PermissionSet", "QuickAction", "ReportType")
    assert [str(one.name) for one in compared if one.name.kind in kinds and one.state != "alike"] == []


def test_a_list_of_several_record_types_is_told_its_filters(world, administrator):
    types = [RecordType("Private", "012000000000001AAA"), RecordType("Business", "012000000000002AAA", default=False)]
    org = world(record_types={"Contact": types})
    lists = [part for part in shipped() if part.name.kind == "ListView" and part.name.full.startswith("Contact.")]
    with org.connect() as connector, administrator(org) as by:
        notes = [note for note in connector.differences(by, {}, {}).notes if note.startswith("ListView")]
    assert len(notes) == len(lists)
    assert all("“Record Type equals Private”" in note for note in notes)


def test_a_record_type_that_does_not_offer_our_values_is_named_with_them(world, administrator):
    private = RecordType("Private", "012000000000001AAA", offered={"Syncd_Verdict__c": ["accepted"]})
    org = world(record_types={"Contact": [private]})
    with org.connect() as connector, administrator(org) as by:
        connector.deploy(by)
        notes = [note for note in connector.differences(by, {}, {}).notes if "does not offer" in note]
    assert len(notes) == 1
    assert notes[0].startswith(
        "the record type Private of Contact does not offer not yet, rejected in Syncd_Verdict__c"
    )


def test_removing_leaves_fields_and_their_data(world, administrator):
    org = world()
    with org.connect() as connector, administrator(org) as by:
        connector.deploy(by)
        done = connector.remove(by, connector.deployed(by))
        assert done.kept == ()
        assert done.unassigned == 1
        assert {part.name.kind for part in connector.deployed(by)} == {"CustomField"}
        assert connector.remove(by, connector.deployed(by)).removed == ()
    assert org.rows("PermissionSetAssignment") == {}


def test_fields_go_where_that_is_asked_for(world, administrator):
    org = world()
    with org.connect() as connector, administrator(org) as by:
        connector.deploy(by)
        assert connector.remove(by, connector.deployed(by), fields=True).kept == ()
        assert connector.deployed(by) == []


def test_what_the_org_still_refers_to_stays_and_is_named(world, administrator):
    def rule(kind, name, element):
        used = (kind, name) == ("CustomField", "Contact.Syncd_Reason__c") and element is None
        return "This custom field is referenced elsewhere: Flow Follow_Up" if used else None

    org = world(metadata_rules=[rule])
    with org.connect() as connector, administrator(org) as by:
        connector.deploy(by)
        done = connector.remove(by, connector.deployed(by), fields=True)
        assert [part.name for part in done.kept] == ["CustomField Contact.Syncd_Reason__c"]
        assert "Flow Follow_Up" in done.kept[0].why
        assert [part.name.full for part in connector.deployed(by)] == ["Contact.Syncd_Reason__c"]


# ---- what the org's own refers to ------------------------------------------------------------------------------------


def named(kind, full):
    (part,) = (part for part in shipped() if part.name == Name(kind, full))
    return part


def cloned(kind, full, file, of):
    """A copy of a component of ours under a name of somebody's own, as the App Builder or "Save As" makes one."""
    root = named(kind, of).element()
    for title in root.iterchildren(*(f"{{{NAMESPACE}}}{tag}" for tag in ("masterLabel", "name", "title"))):
        title.text = "Our own"
    return Component(Name(kind, full), {file: etree.tostring(root)})


def folder(kind, file, title):
    access = "<accessType>Public</accessType><name>Ours</name>"
    xml = f'<{title} xmlns="{NAMESPACE}">{access}</{title}>'
    return Component(Name(kind, "Ours"), {file: xml.encode()})


FORMULA = (
    f'<CustomField xmlns="{NAMESPACE}"><fullName>Ours__c</fullName>'
    "<formula>Syncd_Gaps__c + 1</formula><label>Ours</label><precision>18</precision><scale>0</scale>"
    "<type>Number</type></CustomField>"
)
THEIRS = [
    cloned("FlexiPage", "Our_Page", "flexipages/Our_Page.flexipage", "Syncd_Opportunity_Page"),
    folder("Report", "reports/Ours-meta.xml", "ReportFolder"),
    cloned("Report", "Ours/Gaps", "reports/Ours/Gaps.report", "Syncd/Role_Gaps"),
    folder("Dashboard", "dashboards/Ours-meta.xml", "DashboardFolder"),
    cloned("Dashboard", "Ours/Mine", "dashboards/Ours/Mine.dashboard", "Syncd/Radar"),
    Component(Name("CustomField", "Opportunity.Ours__c"), {"objects/Opportunity.object": FORMULA.encode()}, "fields"),
]


def test_what_the_org_s_own_refers_to_is_named_before_anything_goes(deployed, administrator):
    org = deployed()
    with org.connect() as connector, administrator(org) as by:
        theirs = org.simulator.deployments.start(pack("63.0", parts=THEIRS), org.REP, check_only=False, rollback=True)
        assert theirs.failures == []
        standing = connector.deployed(by)
        reasons = {part.name: part.why for part in connector.in_the_way(by, standing, fields=True)}
        assert connector.deployed(by) == standing, "nothing is gone yet"
        assert "Our_Page" in reasons["LightningComponentBundle syncdDecision"]
        assert "Mine" in reasons["Report Syncd/Role_Gaps"]
        assert any("Gaps" in why for name, why in reasons.items() if name.startswith("ReportType"))
        assert "Ours__c" in reasons["CustomField Opportunity.Syncd_Gaps__c"]
        done = connector.remove(by, standing, fields=True)
        assert reasons.keys() <= {part.name for part in done.kept}
        assert {str(part.name) for part in connector.deployed(by)} == {part.name for part in done.kept}


def test_nothing_is_in_the_way_where_the_org_has_nothing_of_its_own(deployed, administrator):
    org = deployed()
    with org.connect() as connector, administrator(org) as by:
        assert connector.in_the_way(by, connector.deployed(by), fields=True) == ()
        assert connector.in_the_way(by, []) == ()


def test_what_a_part_of_ours_keeps_until_it_goes_itself_is_not_in_the_way(deployed, administrator):
    """An org that takes parts one by one names ours, which go before: only somebody else's is told."""
    problems = {
        "LightningComponentBundle": 'Remove the usage and try again. : Lightning Page "Syncd_Contact_Page"',
        "ReportType": "This report type is used : Report Role_Gaps, Report Their_Own",
    }

    def rule(kind, name, element):
        return problems.get(kind) if element is None and name in ("syncdPerson", "Syncd_Opportunities") else None

    org = deployed()
    with org.connect() as connector, administrator(org) as by:
        org.org.settings.metadata_rules = (rule,)
        (kept,) = connector.in_the_way(by, connector.deployed(by))
    assert kept.name == "ReportType Syncd_Opportunities"


# ---- broken off ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("fault", "skip"), [("cut_after", 3), ("truncated", 9)])
def test_a_removal_whose_answers_get_lost_goes_on_to_its_end(deployed, administrator, fault, skip):
    """The deployment was taken and nobody heard its number: it is sent again, and finds what is gone already."""
    org = deployed()
    with org.connect() as connector, administrator(org) as by:
        parts = connector.deployed(by)
        org.faults.add(Rule(fault, path="/services/Soap/*", skip=skip, count=1))
        done = connector.remove(by, parts)
        assert done.kept == ()
        assert {part.name.kind for part in connector.deployed(by)} == {"CustomField"}


@pytest.mark.parametrize("calls", [6, 16])
def test_a_removal_that_was_killed_anywhere_is_ended_by_the_next_one(deployed, administrator, calls):
    """Whatever was taken by then is gone; the next one says only what it took itself, and keeps the data."""
    org = deployed()
    with org.connect() as connector, administrator(org) as by:
        parts = connector.deployed(by)
        org.faults.add(Rule("status", path="/services/*", status=503, skip=calls))
        with pytest.raises(TryLater):
            connector.remove(by, parts)
        org.faults.clear()
        left = connector.deployed(by)
        done = connector.remove(by, left)
        assert done.kept == ()
        assert {*done.removed} == {str(part.name) for part in left if part.name.kind != "CustomField"}
        assert next(done.lines()).endswith(
            " stay" + ("; permission sets taken from 1 users" if done.unassigned else "")
        )
        assert {part.name.kind for part in connector.deployed(by)} == {"CustomField"}
        assert connector.remove(by, connector.deployed(by)).removed == ()
    assert org.rows("PermissionSetAssignment") == {}


def test_the_integration_user_removes_nothing(world, administrator):
    org = world()
    own = org.simulator.sessions.open(org.ME)
    with org.connect() as connector, administrator(org, own) as by, pytest.raises(Misconfigured, match="own"):
        connector.remove(by, [])
