"""How Salesforce refuses a query: code, words, and the place in the text."""

from __future__ import annotations

import pytest

from tests.connectors.sandbox.salesforce.orgs import (
    Api,
)

PLEASE = "Please reference your WSDL or the describe call for the appropriate names."


CUSTOM = "If you are attempting to use a custom {0}, be sure to append the '{1}' after the {2} name. " + PLEASE


FIELD = CUSTOM.format("field", "__c", "custom field")


PATH = CUSTOM.format("relationship", "__r", "custom relationship")


OBJECT = CUSTOM.format("object", "__c", "entity")


def mistyped(field: str, kind: str, quotes: str = "should not be") -> str:
    return f"value of filter criterion for field '{field}' must be of type {kind} and {quotes} enclosed in quotes"


REFUSED: dict[str, tuple[str, str, str]] = {
    "SELECT Foo FROM Contact": (
        "INVALID_FIELD",
        "\nSELECT Foo FROM Contact\n       ^\nERROR at Row:1:Column:8\n",
        f"No such column 'Foo' on entity 'Contact'. {FIELD}",
    ),
    "SELECT Id FROM Foo": (
        "INVALID_TYPE",
        "\nSELECT Id FROM Foo\n               ^\nERROR at Row:1:Column:16\n",
        f"sObject type 'Foo' is not supported. {OBJECT}",
    ),
    "SELECT Foo.Name FROM Contact": (
        "INVALID_FIELD",
        "",
        f"Didn't understand relationship 'Foo' in field path. {PATH}",
    ),
    "SELECT (SELECT Id FROM Foos) FROM Contact": (
        "INVALID_TYPE",
        "",
        f"Didn't understand relationship 'Foos' in FROM part of query call. {PATH}",
    ),
    "SELECT Who.Foo FROM Task": ("INVALID_FIELD", "", f"No such column 'Foo' on entity 'Name'. {FIELD}"),
    "SELECT Id FROM Contact WHERE Account.Foo = 1": (
        "INVALID_FIELD",
        "",
        f"No such column 'Foo' on entity 'Account'. {FIELD}",
    ),
    "SELECT Id, Id FROM Contact": ("INVALID_FIELD", "duplicate field selected: Id", ""),
    "SELECT Id FROM Contact WHERE": ("MALFORMED_QUERY", "", "unexpected token: '<EOF>'"),
    "SELECT FROM Contact": (
        "MALFORMED_QUERY",
        "\nSELECT FROM Contact\n       ^\nERROR at Row:1:Column:8\n",
        "unexpected token: 'FROM'",
    ),
    "SELECT Id, FROM Contact": ("MALFORMED_QUERY", "", "unexpected token: 'FROM'"),
    'SELECT Id FROM Contact WHERE Name = "x"': ("MALFORMED_QUERY", "", "unexpected token: '\"'"),
    "SELECT Id FROM Contact WHERE Name = 'a' AND Title = 'b' OR Title = 'c'": (
        "MALFORMED_QUERY",
        "",
        "unexpected token: 'OR'",
    ),
    "SELECT Id FROM Contact WHERE Name IN ()": ("MALFORMED_QUERY", "", "unexpected token: ')'"),
    "SELECT Id FROM Contact LIMIT": ("MALFORMED_QUERY", "", "unexpected token: '<EOF>'"),
    "DELETE FROM Contact": ("MALFORMED_QUERY", "", "unexpected token: 'DELETE'"),
    "": ("MALFORMED_QUERY", "unexpected token: <EOF>", ""),
    "SELECT Id FROM Contact WHERE CreatedDate = '2026-01-01'": (
        "INVALID_FIELD",
        "",
        mistyped("CreatedDate", "dateTime"),
    ),
    "SELECT Id FROM Contact WHERE CreatedDate > 2026-01-01": ("INVALID_FIELD", "", mistyped("CreatedDate", "dateTime")),
    "SELECT Id FROM Opportunity WHERE CloseDate > 2026-01-01T00:00:00Z": (
        "INVALID_FIELD",
        "",
        mistyped("CloseDate", "date"),
    ),
    "SELECT Id FROM Opportunity WHERE CloseDate > 2026-13-01": ("INVALID_FIELD", "", "invalid date: 2026-13-01"),
    "SELECT Id FROM Contact WHERE LastName = 5": ("INVALID_FIELD", "", mistyped("LastName", "string", "should be")),
    "SELECT Id FROM Contact WHERE IsDeleted = 'false'": ("INVALID_FIELD", "", mistyped("IsDeleted", "boolean")),
    "SELECT Id FROM Account WHERE AnnualRevenue > '5'": ("INVALID_FIELD", "", mistyped("AnnualRevenue", "double")),
    "SELECT Id FROM Contact WHERE Id = 'x'": ("INVALID_QUERY_FILTER_OPERATOR", "", "invalid ID field: x"),
    "SELECT Id FROM Contact WHERE AccountId LIKE '001%'": (
        "INVALID_QUERY_FILTER_OPERATOR",
        "",
        "invalid operator on reference field",
    ),
    "SELECT Id FROM Contact WHERE Description = 'x'": (
        "INVALID_FIELD",
        "",
        "field 'Description' can not be filtered in a query call",
    ),
    "SELECT Id FROM Contact ORDER BY Description": (
        "INVALID_FIELD",
        "",
        "field 'Description' can not be sorted in a query call",
    ),
    "SELECT CreatedDate, COUNT(Id) FROM Contact GROUP BY CreatedDate": (
        "INVALID_FIELD",
        "",
        "field 'CreatedDate' can not be grouped in a query call",
    ),
    "SELECT Name, COUNT(Id) FROM Contact": ("MALFORMED_QUERY", "", "Field must be grouped or aggregated: Name"),
    "SELECT SUM(LastName) FROM Contact": (
        "MALFORMED_QUERY",
        "",
        "field LastName does not support aggregate operator SUM",
    ),
    "SELECT Id FROM Contact LIMIT 1 OFFSET 2001": (
        "NUMBER_OUTSIDE_VALID_RANGE",
        "",
        "Maximum SOQL offset allowed is 2000",
    ),
    "SELECT Id FROM Contact WHERE AccountId IN (SELECT Id, Name FROM Account)": (
        "MALFORMED_QUERY",
        "",
        "semi join sub-selects must select exactly one field",
    ),
}


@pytest.mark.parametrize("text", REFUSED)
def test_a_query_is_refused_in_salesforces_words(org: Api, text: str) -> None:
    code, begin, end = REFUSED[text]
    status, said, message = org.refused("GET", "query", q=text)
    assert (status, said) == (400, code)
    assert message.startswith(begin)
    assert message.endswith(end)


def test_a_long_query_shows_only_the_words_around_the_place() -> None:
    names = ", ".join(f"Field{number}" for number in range(40))
    _, _, message = Api().refused("GET", "query", q=f"SELECT Id, {names} FROM Contact")
    shown, caret, place = message.split("\n")[1:4]
    assert len(shown) < 100
    assert shown[len(caret) - 1 :].startswith("Field0")
    assert place == "ERROR at Row:1:Column:12"


def test_a_place_in_the_second_line_is_counted_from_there() -> None:
    _, _, message = Api().refused("GET", "query", q="SELECT Id\nFROM Foo")
    assert "ERROR at Row:2:Column:6" in message


def test_a_query_that_is_too_long_is_refused_before_it_is_read() -> None:
    answer = Api()("GET", "query", q="SELECT Id FROM Contact WHERE LastName = '" + "x" * 17000 + "'")
    assert answer.status == 414
    assert b"URI Too Long" in answer.body


def test_functions_that_are_not_known_or_out_of_place(org: Api) -> None:
    assert "unexpected token" in org.refused("GET", "query", q="SELECT Id FROM Contact WHERE FOO(CreatedDate) = 1")[2]
    assert "needs GROUP BY" in org.refused("GET", "query", q="SELECT CALENDAR_YEAR(CreatedDate) FROM Contact")[2]
    text = "SELECT COUNT(Id), (SELECT Id FROM Contacts) FROM Account"
    assert "cannot use child relationships" in org.refused("GET", "query", q=text)[2]
