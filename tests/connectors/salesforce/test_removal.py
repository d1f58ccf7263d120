"""Looking at what deploying would change, and taking it out again: data stays, and what the org refers to as well."""

import pytest

from connectors.base import Misconfigured
from connectors.salesforce import Administrator
from connectors.salesforce.components import shipped
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


def test_the_integration_user_removes_nothing(world, administrator):
    org = world()
    own = org.simulator.sessions.open(org.ME)
    with org.connect() as connector, administrator(org, own) as by, pytest.raises(Misconfigured, match="own"):
        connector.remove(by, [])
