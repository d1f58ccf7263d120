"""Bodies that are not what their endpoint takes: the vendor's words for each, and never an error of our own."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from connectors.sandbox.hubspot.bodies import locate
from connectors.sandbox.hubspot.paths import PATHS
from connectors.sandbox.hubspot.wire import Request

CONTACTS = "/crm/v3/objects/contacts"
ARRAY = "from Array value (token `JsonToken.START_ARRAY`)"
OBJECT = "from Object value (token `JsonToken.START_OBJECT`)"
# What HubSpot answered its users, where there is a source; the rest follows from Jackson's own messages.
REFUSED: dict[str, tuple[str, str, bytes, str]] = {
    "properties in a list (HubSpot.NET issue 23)": (
        "PATCH", f"{CONTACTS}/1", b'{"properties":[]}',
        "line 1, column 15: Cannot deserialize value of type "
        f"`java.util.LinkedHashMap<java.lang.String,java.lang.String>` {ARRAY}",
    ),
    "groups in an object (hubspot-api-python issue 71)": (
        "POST", f"{CONTACTS}/search", b'{"filterGroups": {"filters": []}}', f"line 1, column 18: Cannot {{}} {OBJECT}",
    ),
    "values where one belongs (hubspot-api-python issue 76)": (
        "POST", f"{CONTACTS}/search",
        b'{"filterGroups":[{"filters":[{"value": ["1"],"operator":"EQ","propertyName":"email"}]}]}',
        f"line 1, column 40: Cannot deserialize value of type `java.lang.String` {ARRAY}",
    ),
    "a filter without its property (hubspot-api-nodejs issue 226)": (
        "POST", f"{CONTACTS}/search", b'{"filters":[{"value": "x"}]}',
        "line 1, column 26: Cannot build Filter, some of required attributes are not set [propertyName, operator]",
    ),
    "a list without anything": (
        "POST", "/crm/v3/lists/", b"{}",
        "line 1, column 2. Some required fields were not set: [name, objectTypeId, processingType]",
    ),
    "a merge without anything": (
        "POST", f"{CONTACTS}/merge", b"{}",
        "line 1, column 2. Some required fields were not set: [primaryObjectId, objectIdToMerge]",
    ),
    "members in an object": (
        "PUT", "/crm/v3/lists/1/memberships/add", b"{}",
        f"line 1, column 1: Cannot deserialize value of type `java.util.ArrayList<java.lang.Long>` {OBJECT}",
    ),
    "a form where JSON belongs": (
        "POST", CONTACTS, b"%7B", "line 1, column 1: Unexpected character ('%' (code 37)): expected a valid value",
    ),
    "half a body": ("POST", CONTACTS, b'{"properties":\n {', "line 2, column 3: Unexpected end-of-input"),
    "a limit in words": (
        "POST", f"{CONTACTS}/search", b'{"limit":"ten"}',
        'line 1, column 10: Cannot deserialize value of type `java.lang.Integer` from String "ten"',
    ),
    "an object among values": (
        "POST", f"{CONTACTS}/batch/create", b'{"inputs":[{"properties":{"city":{"a":1}}}]}',
        f"line 1, column 34: Cannot deserialize value of type `java.lang.String` {OBJECT}",
    ),
    "an input that is none": (
        "POST", f"{CONTACTS}/batch/read", b'{"inputs":[null]}', "line 1, column 12: Cannot construct instance of",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("method", "path", "body", "words"), REFUSED.values(), ids=REFUSED)
def test_refused_in_the_readers_words(call: Any, method: str, path: str, body: bytes, words: str) -> None:
    status, answer = call(method, path, body)
    before, _, after = words.partition("{}")
    assert status == 400 and answer["message"].startswith(f"Invalid input JSON on {before}"), answer
    assert after in answer["message"]
    assert ("category" in answer) == ("Some required fields" in words)


def test_scalars_are_read_as_what_they_should_be(call: Any) -> None:
    body = {"limit": "2", "after": 2, "sorts": ["hs_object_id"], "unknown": {"to": "the vendor"}}
    assert [one["id"] for one in call.ok("POST", f"{CONTACTS}/search", body)["results"]] == ["3", "4"]
    made = call.ok("POST", CONTACTS, {"properties": {"email": "x@y.example", "phone": 123, "city": None}})
    assert made["properties"]["phone"] == "123"


@pytest.mark.parametrize(
    ("text", "path", "ending", "place"),
    [
        ('{"a": [1, {"b": 2}]}', ("a", 1, "b"), False, (1, 17)),
        ('{\n  "a,}": "x",\n  "b": 1\n}', ("b",), False, (3, 8)),
        ('[{"a": 1}, {}]', (1,), True, (1, 13)),
    ],
)
def test_places_are_told_by_line_and_column(text: str, path: Any, ending: bool, place: tuple[int, int]) -> None:
    assert locate(text, path, ending=ending) == place


UGLY: list[Any] = [None, 7, -1, 1.5, 1e300, True, "x", "", "²", "9" * 30, [], {}, [7], [None], [{}], [[]], {"a": 1}]
SOUND: list[Any] = [
    {"properties": {"firstname": "A"}, "associations": [{"to": {"id": "101"}, "types": [{"associationTypeId": 279}]}]},
    {"inputs": [{"id": "1", "idProperty": "email", "properties": {"city": "A"}, "from": {"id": "1"},
                 "to": {"id": "101"}, "types": [{"associationTypeId": 279}], "type": "contact_to_company",
                 "name": "email"}]},
    {"inputs": [{"from": {"id": "1"}, "to": [{"id": "101"}]}]},
    {"filterGroups": [{"filters": [{"propertyName": "email", "operator": "IN", "values": ["x"]}]}],
     "sorts": [{"propertyName": "email", "direction": "ASCENDING"}], "properties": ["email"], "limit": 9, "after": "0"},
    {"name": "abc", "label": "x", "type": "enumeration", "fieldType": "select", "groupName": "contactinformation",
     "options": [{"label": "a", "value": "a"}], "objectTypeId": "0-1", "processingType": "MANUAL"},
    {"primaryObjectId": "1", "objectIdToMerge": "2", "objectId": "3", "idProperty": "email"},
    {"recordIdsToAdd": ["1"], "recordIdsToRemove": ["2"]}, ["1"], [{"associationTypeId": 279}],
]  # fmt: skip


def spoilt(value: Any) -> Any:
    """Yield the value with every part of it, in turn, in every ugly form."""
    yield from UGLY
    if isinstance(value, dict):
        for name, part in value.items():
            yield {key: one for key, one in value.items() if key != name}
            yield from ({**value, name: bad} for bad in spoilt(part))
    elif isinstance(value, list):
        for place, part in enumerate(value):
            yield from ([*value[:place], bad, *value[place + 1 :]] for bad in spoilt(part))


WRITING = {(path.method, path.template) for path in PATHS if path.method != "GET" and "2026" not in path.template}


@pytest.mark.parametrize(("method", "template"), sorted(WRITING))
def test_no_body_breaks_an_endpoint(call: Any, method: str, template: str) -> None:
    path = template.replace("{type}", "contacts").replace("{from}", "contacts").replace("{to}", "companies")
    for name in ("id", "source", "name", "to_id", "token", "label", "date"):
        path = path.replace(f"{{{name}}}", "1")
    for body in (bad for sound in SOUND for bad in spoilt(sound)):
        assert call(method, path, orjson.dumps(body))[0] < 500, body


QUERIES = [
    {"limit": "0"}, {"limit": "abc"}, {"limit": "²"}, {"limit": "9" * 40}, {"after": "x"}, {"after": "-1"},
    {"after": "MTI="}, {"offset": "x"}, {"associations": "spaceships"}, {"idProperty": "city"}, {"archived": "maybe"},
    {"startTimestamp": "soon"}, {"properties": "\0"}, {"propertiesWithHistory": "no_such"}, {"unknown": "1"},
]  # fmt: skip
READING = {(path.method, path.template) for path in PATHS if path.method == "GET" and "2026" not in path.template}


@pytest.mark.parametrize(("method", "template"), sorted(READING))
def test_no_query_breaks_an_endpoint(call: Any, method: str, template: str) -> None:
    path = template.replace("{type}", "contacts").replace("{from}", "contacts").replace("{to}", "companies")
    for id in ("1", "²", "9" * 40, "%00", "a b"):
        for query in QUERIES:
            filled = path
            for name in ("id", "source", "name", "to_id", "token", "label"):
                filled = filled.replace(f"{{{name}}}", id)
            assert call(method, filled, **query)[0] < 500, (filled, query)


@pytest.mark.parametrize(
    ("type", "status"),
    [("application/json", 200), ("application/json;charset=utf-8", 200), ("text/plain", 415),
     ("application/x-www-form-urlencoded", 415)],
)  # fmt: skip
def test_a_body_that_says_it_is_no_json(call: Any, type: str, status: int) -> None:
    headers = {b"authorization": b"Bearer sandbox-token", b"content-type": type.encode()}
    answer = call.simulator.respond(Request("POST", f"{CONTACTS}/search", b"", headers, b"{}"))
    assert answer.status == status
    if status == 415:
        assert orjson.loads(answer.body)["message"] == "HTTP 415 Unsupported Media Type"


def test_numbers_in_queries_are_numbers(call: Any) -> None:
    status, body = call("GET", CONTACTS, limit="abc")
    assert (status, body["message"]) == (400, "Unable to parse value for query parameter: limit")


VALUES = [
    ("closedate", "99999999999999999999"), ("closedate", "--5"), ("closedate", "²"), ("closedate", "20261301"),
    ("associatedcompanyid", "nan"), ("associatedcompanyid", "inf"), ("associatedcompanyid", "1_000"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value"), VALUES)
def test_what_python_would_read_is_not_what_the_vendor_does(call: Any, name: str, value: str) -> None:
    assert call("PATCH", f"{CONTACTS}/1", {"properties": {name: value}})[0] == (200 if value == "20261301" else 400)
