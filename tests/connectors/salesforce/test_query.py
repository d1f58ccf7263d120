"""What a stream's query says, and which field tells what changed."""

import pytest

from connectors.salesforce.query import Query
from connectors.salesforce.shapes import OrgField, Shape


@pytest.mark.parametrize(
    ("fields", "stamp"),
    [
        (["CreatedDate", "SystemModstamp", "LastModifiedDate"], "SystemModstamp"),
        (["CreatedDate", "LastModifiedDate"], "LastModifiedDate"),
        (["CreatedDate"], "CreatedDate"),
        (["Name"], None),
    ],
)
def test_an_object_s_best_stamp_tells_what_changed(fields, stamp):
    assert shape(*fields).stamp == stamp


def test_a_stream_is_read_in_the_order_that_its_cursor_relies_on():
    query = Query(shape("Id", "SystemModstamp"), ("Id",), (), "SystemModstamp", {})
    assert query.soql() == "SELECT Id FROM Account ORDER BY SystemModstamp, Id"


def shape(*fields):
    return Shape("Account", True, True, {name: OrgField(name, "string") for name in fields})
