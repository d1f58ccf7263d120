"""What an administrator meets beside a plain refusal: each kind says what it is, and what mends it."""

import pytest

from connectors.base import Misconfigured, TryLater
from connectors.salesforce import Administrator
from connectors.salesforce.components import NAMESPACE, Component, Name, shipped
from connectors.salesforce.left_out import attempt
from connectors.salesforce.metadata import pack
from connectors.salesforce.metadata_api import Failure, _read


@pytest.fixture
def signed_in(server):
    def sign_in(org, token="sandbox-admin-token"):
        return Administrator(
            login_url=server.salesforce_url, token=token, ca_file=server.ca_file, clock=org.clock, sleep=org.sleep
        )

    return sign_in


def test_who_may_not_change_metadata_is_told_which_right_it_takes(world, signed_in):
    org = world()
    profile = org.org.tables["Profile"]
    profile.put({"Id": "00e000000000009AAA", "Name": "Standard User"})
    org.org.tables["User"].put({**org.rows("User")[org.REP], "ProfileId": "00e000000000009AAA"})
    with org.connect() as connector, signed_in(org, org.simulator.sessions.open(org.REP)) as by:
        for act in (connector.deploy, lambda one: connector.differences(one, {}, {}), connector.deployed):
            with pytest.raises(Misconfigured, match=r"Modify Metadata .* or Modify All Data") as refused:
                act(by)
            assert "integration user" not in str(refused.value)


def test_a_token_that_ends_in_the_middle_ends_the_act(world, signed_in):
    org = world(bulk_polls=3)
    with org.connect() as connector, signed_in(org, org.simulator.sessions.open(org.REP)) as by:
        by.client.user()
        org.simulator.sessions.close_all()
        with pytest.raises(Misconfigured, match="does not know this access token"):
            connector.deploy(by)


def test_an_org_with_a_namespace_is_refused_before_anything_is_sent(world):
    org = world()
    table = org.org.tables["Organization"]
    (row,) = table.rows.values()
    table.put({**row, "NamespacePrefix": "acme"})
    with org.connect() as connector, pytest.raises(Misconfigured, match="acme__Syncd_"):
        connector.deploy()
    assert not org.calls("/Soap/")


@pytest.mark.parametrize(
    "problem",
    [
        "UNABLE_TO_LOCK_ROW: unable to obtain exclusive access to this record",
        "An unexpected error occurred. Please include this ErrorId if you contact support: ErrorId: 1234-5678 (1)",
    ],
    ids=["a lock", "an accident"],
)
def test_what_passes_by_itself_leaves_nothing_out(world, problem):
    left = [2]

    def rule(kind, name, element):
        if (kind, name) != ("CustomField", "Account.Syncd_Tally__c") or element is None or left[0] == 0:
            return None
        left[0] -= 1
        return problem

    with world(metadata_rules=[rule]).connect() as connector:
        done = connector.deploy()
    assert (done.ok, done.left_out) == (True, ())


def test_a_lock_that_stays_ends_the_act_and_changes_nothing(world):
    def rule(kind, name, element):
        return "UNABLE_TO_LOCK_ROW" if name == "Account.Syncd_Tally__c" and element is not None else None

    org = world(metadata_rules=[rule])
    with org.connect() as connector:
        with pytest.raises(TryLater, match="nothing was changed"):
            connector.deploy()
        assert "Syncd_Key__c" not in connector.shapes.of("Account").fields


def test_the_org_s_own_failing_tests_are_named():
    """An org may run all its tests with every deployment; the package has no Apex of its own."""
    failed = {"name": "TriggerTest", "methodName": "inserts", "message": "System.AssertException"}
    warned = {"message": "Average test coverage across all Apex Classes and Triggers is 60%"}
    tests = {"failures": [failed], "codeCoverageWarnings": [warned]}
    outcome = _read("0Af1", {"status": "Failed", "details": {"runTestResult": tests}})
    assert not outcome.ok
    assert "TriggerTest.inserts" in outcome.detail
    assert "60%" in outcome.detail


@pytest.mark.parametrize(
    ("name", "core"), [("Account.Syncd_Tally__c", False), ("Lead.Syncd_Verdict__c", True)], ids=["a part", "the core"]
)
def test_a_field_of_our_name_and_of_another_type_is_named(world, name, core):
    org = world()
    sobject, _, field = name.partition(".")
    xml = (
        f'<CustomField xmlns="{NAMESPACE}"><fullName>{field}</fullName><label>Theirs</label>'
        "<precision>18</precision><scale>0</scale><type>Number</type></CustomField>"
    )
    theirs = Component(Name("CustomField", name), {f"objects/{sobject}.object": xml.encode()}, "fields")
    made = org.simulator.deployments.start(pack("63.0", parts=[theirs]), org.REP, check_only=False, rollback=True)
    assert made.failures == []
    with org.connect() as connector:
        done = connector.deploy()
        assert done.ok is not core
        said = done.errors if core else [f"{part.name}: {part.why}" for part in done.left_out]
        assert any(name in text and "of the type Number" in text for text in said)
        assert ("Syncd_Key__c" in connector.shapes.of("Account").fields) is done.ok
    assert org.org.schema.objects[sobject].fields[field].type == "double", "theirs stays as it was"


def test_a_permission_that_the_org_does_not_know_is_found_in_any_language():
    parts = [part for part in shipped() if part.name.kind == "PermissionSet"]
    name = Name("PermissionSet", "Syncd_Integration")
    problem = "Unbekannte Benutzerberechtigung: SendCustomNotifications"
    after = attempt(parts).without([Failure(*name, "permissionsets/Syncd_Integration.permissionset", problem)])
    assert after is not None
    assert b"SendCustomNotifications" not in after.parts[name].content
    assert b"ApiEnabled" in after.parts[name].content
