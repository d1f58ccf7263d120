"""What objects look like, by describe: asked for in groups, or one by one."""

from connectors.salesforce.describes import Shapes
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
    assert len(org.calls("describe")) == len(connector.streams)


def test_no_more_than_25_describes_go_into_one_call(world):
    org = world()
    with org.connect() as connector:
        shapes = Shapes(connector.client, [f"Nothing{number}__c" for number in range(30)])
        assert shapes.find("Nothing0__c") is None
    assert len(org.calls("POST /services/data/v68.0/composite")) == 2
