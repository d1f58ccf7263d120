"""What the connector says and reads: SOQL text, cursors, sign-in forms."""

from datetime import UTC, datetime, timedelta, timezone
from urllib.parse import quote_plus

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given
from hypothesis import strategies as st

from connectors.base import Misconfigured
from connectors.salesforce import Salesforce, soql
from connectors.salesforce.cursor import Cursor
from connectors.salesforce.query import Query
from connectors.salesforce.shapes import Field, Shape
from connectors.salesforce.sign_in import ClientCredentials, JwtBearer, audience

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "literal"),
    [
        ("plain", "'plain'"),
        ("O'Neill", r"'O\'Neill'"),
        ("x' OR Name != '", r"'x\' OR Name != \''"),
        ("back\\slash", r"'back\\slash'"),
        ("line\nbreak", r"'line\nbreak'"),
    ],
)
def test_text_literals_are_quoted(value, literal):
    assert soql.text(value) == literal


def test_stamps_keep_milliseconds_and_are_utc():
    east = datetime(2026, 11, 21, 14, 0, 0, 123_456, tzinfo=timezone(timedelta(hours=2)))
    assert soql.stamp(east) == "2026-11-21T12:00:00.123Z"


def test_select():
    query = soql.select(["Id", "Name"], "Account", "Name = 'a'", None, "Id > 'x'", order=["Name", "Id"], limit=5)
    assert query == "SELECT Id, Name FROM Account WHERE Name = 'a' AND Id > 'x' ORDER BY Name, Id LIMIT 5"


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
    return Shape("Account", True, True, {name: Field(name, "string") for name in fields})


@given(st.lists(st.text(max_size=60), max_size=40), st.integers(100, 2000))
def test_lists_fit_into_a_url_and_lose_nothing(values, room):
    parts = list(soql.lists(values, room))
    assert ",".join(part[1:-1] for part in parts) == ",".join(soql.text(value) for value in values)
    for part in parts:
        assert len(quote_plus(part)) <= room + 6 or "','" not in part  # a single long value stands alone


@pytest.mark.parametrize(
    "cursor",
    [
        Cursor(),
        Cursor(since="2026-11-21T12:00:00.000Z"),
        Cursor(started="2026-11-21T12:00:00.000Z", at=("2026-11-01T12:00:00.000+0000", "001"), locator="/x-2000"),
        Cursor(since="2026-11-20T12:00:00.000Z", started="2026-11-21T12:00:00.000Z", job="750", skip=2000, asked="ab"),
    ],
)
def test_cursors_are_read_as_they_were_written(cursor):
    assert Cursor.read(cursor.text) == cursor


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "{}",
        "nonsense",
        "[1]",
        "7",
        '{"of": "another connector"}',
        '{"at": 5}',
        '{"since": "yesterday"}',
        '{"since": 5}',
    ],
)
def test_an_unreadable_cursor_reads_everything(text):
    assert Cursor.read(text) == Cursor()


def test_a_reading_of_other_fields_gives_its_locator_up_but_not_its_place():
    middle = Cursor("a", "b", ("s", "001"), locator="L", limited=True, job="750", skip=2000, asked="old")
    assert middle.begin("now", "old") == middle
    assert middle.begin("now", "new") == Cursor(since="a", started="b", at=("s", "001"), asked="new")


def test_the_next_reading_starts_where_the_last_one_began():
    assert Cursor(since="a").begin("b", "f").end() == Cursor(since="b")


@pytest.mark.parametrize(
    ("login_url", "expected"),
    [
        ("https://login.salesforce.com", "https://login.salesforce.com"),
        ("https://bank.my.salesforce.com", "https://login.salesforce.com"),
        ("https://test.salesforce.com", "https://test.salesforce.com"),
        ("https://bank--uat.sandbox.my.salesforce.com", "https://test.salesforce.com"),
    ],
)
def test_the_jwt_audience_fits_the_org(login_url, expected):
    assert audience(login_url) == expected


def test_a_jwt_says_who_acts_for_whom_and_for_how_long():
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    form = JwtBearer("client", "sync@bank.example", pem).form(NOW)
    claims = jwt.decode(
        form["assertion"],
        key.public_key(),
        algorithms=["RS256"],
        audience="https://login.salesforce.com",
        options={"verify_exp": False},
    )
    assert (claims["iss"], claims["sub"]) == ("client", "sync@bank.example")
    assert claims["exp"] - NOW.timestamp() == 180


def test_an_unreadable_private_key_is_the_users_mistake():
    with pytest.raises(Misconfigured, match="private key"):
        JwtBearer("client", "sync@bank.example", "no key").form(NOW)


def test_credentials_must_be_whole():
    with pytest.raises(Misconfigured, match="client secret"):
        Salesforce(login_url="https://x.example", client_id="client", private_key="key")


def test_secrets_do_not_show():
    shown = repr(ClientCredentials("client", "s3cret")) + repr(JwtBearer("client", "user", "k3y"))
    assert "s3cret" not in shown
    assert "k3y" not in shown
