"""What objects look like, by describe: asked for in groups, or one by one."""

from connectors.salesforce.describes import Shapes
from connectors.salesforce.streams import LOOKED_INTO
from connectors.sandbox.faults import Rule

NAME = ["Name"]


def drain(connector, stream="Account", fields=NAME, cursor=None):
    """Pull all pages; return the records, and the last cursor."""
    records = []
    for page in connector.pull(stream, fields, cursor):
        records += page.records
        cursor = page.cursor
    return records, cursor


def test_describes_are_asked_one_by_one_where_composite_is_not_to_be_had(world, accounts):
    org = world(accounts(3))
    org.faults.add(Rule("status", path="*/composite", status=400))
    with org.connect() as connector:
        assert len(drain(connector)[0]) == 3
    assert len(org.calls("describe")) == len([*connector.streams, *LOOKED_INTO])


def test_an_object_that_is_not_there_costs_no_call_of_its_own(world, accounts):
    """Each look anew cost one call more for every object that the org does not have or show."""
    org = world(accounts(3))
    del org.simulator.org.schema.lower["opportunitylineitem"], org.simulator.org.schema.lower["product2"]
    with org.connect() as connector:
        assert connector.shapes.find("OpportunityLineItem") is None
        assert connector.shapes.find("Product2") is None
        assert connector.shapes.find("Account") is not None
    assert (org.calls("describe"), len(org.calls("composite"))) == ([], 1)


def test_no_more_than_25_describes_go_into_one_call(world):
    org = world()
    with org.connect() as connector:
        shapes = Shapes(connector.client, [f"Nothing{number}__c" for number in range(30)])
        assert shapes.find("Nothing0__c") is None
    assert len(org.calls("POST /services/data/v68.0/composite")) == 2
