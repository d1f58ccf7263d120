"""Glancing at Salesforce: what has little or no news is read five streams a call, as pulling it would."""

import pytest

from connectors.base import Glancing
from connectors.salesforce.streams import STREAMS
from connectors.sandbox.faults import Rule

NAME = ["Name"]
FIELDS = {**{stream: ["Id"] for stream in STREAMS}, "Account": NAME, "Contact": ["LastName"]}


def end(connector, stream, cursor=None):
    """The cursor past all pages."""
    for page in connector.pull(stream, FIELDS[stream], cursor):
        cursor = page.cursor
    return cursor


@pytest.fixture
def read(world, accounts):
    """An org whose streams were all read to their end an hour ago, with a connector and the cursors."""
    org = world(accounts(300))
    connector = org.connect()
    cursors = {stream: end(connector, stream) for stream in STREAMS}
    org.clock.advance(3600)
    org.simulator.calls.clear()
    return org, connector, cursors


def glance(connector, cursors):
    return connector.glance({stream: (FIELDS[stream], cursor) for stream, cursor in cursors.items()})


def test_all_streams_at_rest_are_read_by_three_calls_and_their_shapes_by_one(read):
    org, connector, cursors = read
    assert isinstance(connector, Glancing)
    before, used = connector.budget.calls, org.simulator.usage.used()
    pages = glance(connector, cursors)
    assert pages.keys() == set(STREAMS)
    assert {stream for stream, page in pages.items() if page.records} == {"User"}, "made within the overlap"
    assert org.calls() == ["POST /services/data/v68.0/composite"] * 4
    assert connector.budget.calls - before == org.simulator.usage.used() - used == 4


@pytest.mark.parametrize("changed", [0, 1, 199])
def test_a_glance_reads_what_a_pull_would(read, changed):
    org, connector, cursors = read
    for number in range(1, changed + 1):
        org.edit("Account", f"001{number:012d}AAA", Name=f"Renamed {number}")
    page = glance(connector, cursors)["Account"]
    (pulled,) = connector.pull("Account", NAME, cursors["Account"])
    assert page == pulled
    assert len(page.records) == changed


def test_the_next_glance_starts_where_this_one_began(read):
    org, connector, cursors = read
    cursors = {stream: page.cursor for stream, page in glance(connector, cursors).items()}
    org.edit("Account", "001000000000007AAA", Name="Renamed")
    org.clock.advance(3600)
    pages = glance(connector, cursors)
    assert [record.raw["Name"] for record in pages["Account"].records] == ["Renamed"]
    org.clock.advance(3600)
    assert not glance(connector, {stream: page.cursor for stream, page in pages.items()})["Account"].records


def test_a_stream_with_much_news_is_left_to_be_pulled(read):
    org, connector, cursors = read
    for number in range(1, 201):
        org.edit("Account", f"001{number:012d}AAA", Name=f"Renamed {number}")
    assert glance(connector, cursors).keys() == set(STREAMS) - {"Account"}


def test_what_was_never_read_or_not_to_its_end_is_left_to_be_pulled(world, accounts):
    org = world(accounts(900), page_size=200)
    with org.connect() as connector:
        middle = next(iter(connector.pull("Account", NAME, None))).cursor
        cursors = {
            "Account": middle,
            "Contact": None,
            "Lead": end(connector, "Lead"),
            "Nothing__c": end(connector, "Lead"),
        }
        wanted = {stream: (["Id"], cursor) for stream, cursor in cursors.items()}
        assert connector.glance(wanted).keys() == {"Lead"}


def test_a_field_that_is_hidden_and_shown_again_is_read_again_at_once(deployed, accounts):
    org = deployed(accounts(3))
    with org.connect() as connector:
        cursor = end(connector, "Account")
        shape = connector.shapes.of("Account")
        shape.fields.pop("Name")  # as the describe saw it while the field was hidden
        org.edit("Account", "001000000000001AAA", Name="Renamed")
        (record,) = connector.glance({"Account": (NAME, cursor)})["Account"].records
        assert record.raw["Name"] == "Renamed"
        assert [one.raw["Name"] for one in next(iter(connector.pull("Account", NAME, cursor))).records] == ["Renamed"]


def test_nothing_is_read_at_a_glance_where_composite_is_not_to_be_had(read):
    org, connector, cursors = read
    org.faults.add(Rule("status", path="*/composite", status=400))
    assert glance(connector, cursors) == {}


def test_the_sandbox_takes_five_queries_in_one_call_and_no_more(read):
    _, connector, _ = read
    url = connector.client.asking("SELECT Id FROM Account LIMIT 1")
    assert len(connector.client.together({f"query{number}": url for number in range(5)})) == 5
    with pytest.raises(Exception, match="LIMIT_EXCEEDED"):
        connector.client.together({f"query{number}": url for number in range(6)})
