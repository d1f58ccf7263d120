"""Deploying the package: fields stand in the org and are granted, twice is as good as once, failures are told."""

import pytest

from connectors.base import TryLater
from connectors.salesforce.package import components
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


def test_soap_headers_do_not_stay_on_the_client_of_other_calls(world):
    org = world()
    with org.connect() as connector:
        connector.deploy()
        assert connector.stages()
        assert connector.shapes.of("Account").fields
