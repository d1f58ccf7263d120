"""Requests that no client should send: every one is refused in Salesforce's form, and none ends in a traceback."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from tests.connectors.sandbox.salesforce.orgs import ACME, ANN, BANK, Api

VALUES: tuple[Any, ...] = (None, 7, 1.5, True, "x", "", [], {}, [7], ["x"], [None], [{}], [[]], {"a": 1})
KEYED = ("records", "compositeRequest", "graphs", "batchRequests", "ids", "fields", "sobjects", "state")
RECORDS: tuple[Any, ...] = (
    {"attributes": 7},
    {"attributes": "x"},
    {"attributes": {"type": 7}},
    {"attributes": {"type": "Account"}, "Id": ["x"]},
    {"attributes": {"type": "Account", "referenceId": 7}, "Name": "x"},
    {"attributes": {"type": "Account", "referenceId": "a"}, "Name": "x", "Contacts": {"records": [7]}},
    {"attributes": {"type": "Account"}, "Owner": {"attributes": {"type": 7}, "Username": "x"}},
)
PLACES = (
    ("POST", "composite"),
    ("POST", "composite/batch"),
    ("POST", "composite/graph"),
    ("POST", "composite/sobjects"),
    ("PATCH", "composite/sobjects"),
    ("PATCH", "composite/sobjects/Account/Id"),
    ("POST", "composite/sobjects/Account"),
    ("POST", "composite/tree/Account"),
    ("POST", "jobs/ingest"),
    ("POST", "jobs/query"),
    ("POST", "parameterizedSearch"),
    ("POST", "sobjects/Account"),
    ("PATCH", f"sobjects/Account/{ACME}"),
)


@pytest.mark.parametrize(("method", "path"), PLACES)
def test_a_body_of_the_wrong_shape_is_refused_in_the_vendors_form(method: str, path: str) -> None:
    api = Api(daily_limit=10**6)
    bodies = [*VALUES, *({key: value} for key in KEYED for value in VALUES), *({"records": [row]} for row in RECORDS)]
    for body in bodies:
        answer = api(method, path, orjson.dumps(body))
        assert answer.status in (200, 201, 204, 400, 404), (body, answer.body)
        if answer.status >= 400 and isinstance(answer.content, list):
            assert {"errorCode", "message"} <= set(answer.content[0])


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "The HTTP entity body is required, but this request has no entity body."),
        (b"}", "Unexpected character ('}' (code 125)): expected a valid value (number, String, array, object, 'true', "
         "'false' or 'null') at [line:1, column:2]"),
        (b'{"a" j}', "Unexpected character ('j' (code 106)): was expecting a colon to separate field name and value at "
         "[line:1, column:7]"),
        (b"{'a': 1}", "Unexpected character (''' (code 39)): was expecting double-quote to start field name at "
         "[line:1, column:3]"),
        (b'{"a": nul}', "Unrecognized token 'nul': was expecting 'null', 'true', 'false' or NaN at [line:1, column:8]"),
        (b'{"a": 1', "Unexpected end-of-input: expected close marker for OBJECT (from [line:1, column:0]) at "
         "[line:1, column:9]"),
        (b"7", "Cannot deserialize instance of sobject from VALUE_NUMBER_INT value 7 or request may be missing a "
         "required field at [line:1, column:1]"),
    ],
)  # fmt: skip
def test_json_that_cannot_be_read_is_refused_in_jacksons_words(body: bytes, message: str) -> None:
    assert Api().refused("POST", "sobjects/Account", body) == (400, "JSON_PARSER_ERROR", message)


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("NumberOfEmployees", "nan", "JSON_PARSER_ERROR"),
        ("NumberOfEmployees", 10**12, "JSON_PARSER_ERROR"),
        ("NumberOfEmployees", 10**8, "NUMBER_OUTSIDE_VALID_RANGE"),
        ("AnnualRevenue", "inf", "JSON_PARSER_ERROR"),
        ("CreatedDate", "9999-12-31T23:59:59-12:00", "JSON_PARSER_ERROR"),
        ("CreatedDate", "2026-13-45T99:99:99.000+0000", "JSON_PARSER_ERROR"),
    ],
)
def test_numbers_and_times_that_are_none(field: str, value: Any, code: str) -> None:
    assert Api().refused("PATCH", f"sobjects/Account/{ACME}", {field: value})[:2] == (400, code)


def test_an_event_cannot_last_for_ever() -> None:
    body = {"StartDateTime": "9999-12-31T00:00:00Z", "DurationInMinutes": 99999999}
    assert Api().refused("POST", "sobjects/Event", body)[1] == "NUMBER_OUTSIDE_VALID_RANGE"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("SELECT COUNT('x') FROM Account", "MALFORMED_QUERY"),
        ("SELECT CONVERTTIMEZONE() FROM Account", "MALFORMED_QUERY"),
        ("SELECT COUNT(Id) FROM Account GROUP BY CALENDAR_YEAR(Name)", "INVALID_FIELD"),
        ("SELECT COUNT(Id) FROM Opportunity GROUP BY HOUR_IN_DAY(CloseDate)", "INVALID_FIELD"),
        ("SELECT COUNT_DISTINCT(BillingAddress) FROM Account", "MALFORMED_QUERY"),
        ("SELECT MAX(IsDeleted) FROM Account", "MALFORMED_QUERY"),
        ("SELECT Id FROM Account WHERE BillingAddress = 'x'", "INVALID_FIELD"),
        ("SELECT Id FROM Account WHERE AnnualRevenue INCLUDES ('x')", "INVALID_QUERY_FILTER_OPERATOR"),
        ("SELECT Id FROM Account WHERE CreatedDate = LAST_N_DAYS:99999999999", "MALFORMED_QUERY"),
        ("SELECT Id FROM Account WHERE CreatedDate = NEXT_N_YEARS:9999", "MALFORMED_QUERY"),
        ("SELECT Id FROM Account WHERE CreatedDate = LAST_N_DAYS:-1", "MALFORMED_QUERY"),
        ("SELECT Id FROM Account FOR NOTHING", "MALFORMED_QUERY"),
        ("SELECT Id FROM Account USING SCOPE nobody", "MALFORMED_QUERY"),
        ("SELECT COUNT() FROM Account GROUP BY Name", "MALFORMED_QUERY"),
        ("SELECT Id FROM Account WHERE CreatedDate = 9999-12-31T23:59:59-12:00", "INVALID_FIELD"),
    ],
)
def test_queries_that_mean_nothing(text: str, code: str) -> None:
    assert Api().refused("GET", "query", q=text)[:2] == (400, code)


def test_groups_that_fill_more_than_a_page_are_refused() -> None:
    api = Api({"Account": [{"Name": f"A{number}"} for number in range(3)]}, page_size=2)
    text = "SELECT Name, COUNT(Id) FROM Account GROUP BY Name"
    assert api.refused("GET", "query", q=text)[:2] == (400, "EXCEEDED_ID_LIMIT")
    assert len(api.query(f"{text} LIMIT 2")) == 2


@pytest.mark.parametrize("text", ["CreatedDate < N_FISCAL_YEARS_AGO:1", "CreatedDate < N_FISCAL_QUARTERS_AGO:2"])
def test_fiscal_spans_ago(text: str) -> None:
    assert Api().column(f"SELECT Id FROM Account WHERE {text}") == []


@pytest.mark.parametrize("body", [b"\xff\xfe", b"grant_type=%FF", b"", b'{"grant_type": "client_credentials"}'])
def test_a_form_that_is_none_gives_no_token(body: bytes) -> None:
    answer = Api()("POST", "/services/oauth2/token", body)
    assert (answer.status, answer.content["error"]) == (400, "unsupported_grant_type")


@pytest.mark.parametrize("body", [b"", b"<a/>", b"<a", b"\xff", b"<!-- x -->"])
@pytest.mark.parametrize("path", ["u", "c", "m"])
def test_soap_that_cannot_be_read_is_a_fault(path: str, body: bytes) -> None:
    answer = Api()("POST", f"/services/Soap/{path}/59.0", body)
    assert (answer.status, b"<faultcode>" in answer.body) == (500, True)


def test_an_unknown_deployment_is_not_found() -> None:
    assert Api().refused("GET", "metadata/deployRequest/x")[0] == 404


@pytest.mark.parametrize("options", [b"7", b'{"deployOptions": 7}', b"{"])
def test_deploy_options_that_are_none(options: bytes) -> None:
    body = b'--x\r\nContent-Disposition: form-data; name="json"\r\n\r\n' + options + b"\r\n--x--"
    answer = Api()("POST", "metadata/deployRequest", body, headers={"content-type": "multipart/form-data; boundary=x"})
    assert (answer.status, answer.content[0]["errorCode"]) == (400, "JSON_PARSER_ERROR")


def test_ids_in_a_collection_must_be_text() -> None:
    api = Api()
    asked = {"ids": [ACME, BANK, ANN], "fields": ["Name"]}
    assert [row and row["Name"] for row in api.ok("POST", "composite/sobjects/Account", asked)] == [
        "Acme", "First Bank", None,
    ]  # fmt: skip
    assert api.refused("POST", "composite/sobjects/Account", asked | {"ids": [7]})[1] == "JSON_PARSER_ERROR"
