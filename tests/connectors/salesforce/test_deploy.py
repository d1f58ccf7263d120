"""Deploying the package: fields stand in the org and are granted, twice is as good as once, failures are told."""

import pytest

from connectors.base import Misconfigured, TryLater
from connectors.salesforce.metadata import components
from connectors.sandbox.faults import Rule


def test_deploying_makes_every_field_visible_to_us(world):
    org = world()
    with org.connect() as connector:
        assert "Syncd_Key__c" not in connector.shapes.of("Opportunity").fields
        done = connector.deploy()
        assert done.ok
        assert done.assigned
        assert done.errors == ()
        for name in components()["CustomField"]:
            table, _, field = name.partition(".")
            for owner in ("Task", "Event") if table == "Activity" else (table,):
                assert field in connector.shapes.of(owner).fields


def test_deploying_again_changes_nothing(world):
    org = world()
    with org.connect() as connector:
        connector.deploy()
        again = connector.deploy()
    assert again.ok
    assert not again.assigned
    assert len(org.rows("PermissionSetAssignment")) == 1


def test_a_check_changes_nothing(world):
    org = world()
    with org.connect() as connector:
        assert connector.deploy(check_only=True).ok
        assert "Syncd_Key__c" not in connector.shapes.of("Opportunity").fields
    assert org.rows("PermissionSetAssignment") == {}


def test_a_deployment_that_takes_its_time_is_waited_for(world):
    org = world(bulk_polls=4)
    with org.connect() as connector:
        assert connector.deploy().ok
    assert org.naps[:3] == [1.0, 2.0, 5.0]


def test_a_deployment_that_never_ends_is_left_to_the_org(world):
    org = world(bulk_polls=100_000)
    with org.connect() as connector, pytest.raises(TryLater, match="half an hour"):
        connector.deploy()


@pytest.mark.parametrize("kind", ["unavailable", "html", "truncated", "empty", "cut_after", "expired"])
def test_a_fault_on_the_way_is_passed(world, kind):
    org = world()
    org.faults.add(Rule(kind, path="/services/Soap/*", count=1))
    with org.connect() as connector:
        assert connector.deploy().ok


def test_a_session_that_ended_is_renewed_for_the_metadata_api_too(world):
    """There it is a SOAP fault with status 500."""
    org = world()
    with org.connect() as connector:
        connector.client.user()
        org.simulator.sessions.close_all()
        assert connector.deploy().ok


def test_soap_headers_do_not_stay_on_the_client_of_other_calls(world):
    org = world()
    with org.connect() as connector:
        connector.deploy()
        assert connector.stages()
        assert connector.shapes.of("Account").fields


def test_a_component_that_fails_is_named_and_nothing_is_changed(world):
    org = world()
    org.org.schema.remove_field("Account", "Sic")  # the permission set grants it
    with org.connect() as connector:
        done = connector.deploy()
        assert not done.ok
        assert "Syncd_Integration" in done.errors[0]
        assert "Account.Sic" in done.errors[0]
        assert "Syncd_Key__c" not in connector.shapes.of("Opportunity").fields


def test_a_permission_set_that_may_not_be_assigned_is_told(world):
    def rule(table, row, before):
        return "Ask an administrator" if table == "PermissionSetAssignment" else None

    with world(validation_rules=[rule]).connect() as connector:
        done = connector.deploy()
    assert not done.ok
    assert "assign it in Setup" in done.errors[0]


def test_somebody_else_may_assign_it_a_moment_before(world):
    org = world()

    async def be_faster(scope, receive, send):
        if not scope["path"].endswith("/sobjects/PermissionSetAssignment"):
            await org.simulator(scope, receive, send)
            return
        permission_set = next(row for row in org.rows("PermissionSet").values() if row["Name"] == "Syncd_Integration")
        org.make("PermissionSetAssignment", AssigneeId=org.ME, PermissionSetId=permission_set["Id"])
        body = b'[{"message":"Duplicate PermissionSetAssignment","errorCode":"DUPLICATE_VALUE"}]'
        headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": 400, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    org.stand_before(be_faster)
    with org.connect() as connector:
        assert connector.deploy().ok
    assert len(org.rows("PermissionSetAssignment")) == 1


def test_a_deployment_whose_number_is_lost_is_to_be_repeated(world):
    org = world()

    async def answer(scope, receive, send):
        if dict(scope["headers"]).get(b"soapaction") != b"deploy":
            await org.simulator(scope, receive, send)
            return
        body = b"<Envelope/>"
        headers = [(b"content-type", b"text/xml"), (b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    org.stand_before(answer)
    with org.connect() as connector, pytest.raises(TryLater, match="which deployment"):
        connector.deploy()


def test_a_package_cannot_be_deployed_without_the_right_to(world):
    org = world()
    org.simulator.sessions.close_all()
    with org.connect(client_secret="wrong") as connector, pytest.raises(Misconfigured):
        connector.deploy()
