"""SOSL: words, groups of fields, what is returned, and what is refused."""

from __future__ import annotations

import pytest

from tests.connectors.sandbox.salesforce.orgs import ACME, Api, plain


@pytest.fixture(scope="module")
def org() -> Api:
    return Api()


FOUND: dict[str, list[str]] = {
    "FIND {acme} RETURNING Account(Name)": ["Acme"],
    "FIND {acm*} IN NAME FIELDS RETURNING Account(Name), Contact(Name)": ["Acme"],
    "FIND {acm} RETURNING Account(Name)": [],
    "FIND {a?me} RETURNING Account(Name)": ["Acme"],
    "FIND {acme OR bank} RETURNING Account(Name ORDER BY Name)": ["Acme", "First Bank"],
    "FIND {first bank} RETURNING Account(Name)": ["First Bank"],
    'FIND {"bank first"} RETURNING Account(Name)': [],
    "FIND {bank AND NOT first} RETURNING Account(Name)": [],
    "FIND {acme} IN EMAIL FIELDS RETURNING Contact(LastName ORDER BY LastName DESC)": ["Berg", "Abel"],
    "FIND {acme} IN ALL FIELDS RETURNING Contact(LastName WHERE Title = 'CFO')": ["Berg"],
    "FIND {acme} RETURNING Contact(LastName ORDER BY LastName LIMIT 1), Account(Name)": ["Abel", "Acme"],
    "FIND {acme} RETURNING Contact(LastName ORDER BY LastName) LIMIT 1": ["Abel"],
    r"FIND {ann@acme\.example} RETURNING Contact(LastName)": ["Abel"],
}


@pytest.mark.parametrize("text", FOUND)
def test_what_is_found(org: Api, text: str) -> None:
    records = org.ok("GET", "search", q=text)["searchRecords"]
    assert [next(iter(plain(record).values())) for record in records] == FOUND[text]


def test_without_returning_every_object_is_searched(org: Api) -> None:
    records = org.ok("GET", "search", q="FIND {acme}")["searchRecords"]
    assert {record["attributes"]["type"] for record in records} >= {"Account", "Contact", "Opportunity"}
    assert {"attributes", "Id"} == set(records[0])


@pytest.mark.parametrize(
    ("text", "code", "end"),
    [
        ("acme", "MALFORMED_SEARCH", "The search term must be enclosed in braces."),
        ("FIND {}", "MALFORMED_SEARCH", "The search term must be enclosed in braces."),
        ("FIND {a}", "MALFORMED_SEARCH", "search term must be longer than one character: a"),
        ("FIND {acme} RETURNING Account(Name", "MALFORMED_SEARCH", "unexpected token: <EOF>"),
        ("FIND {acme} RETURNING", "MALFORMED_SEARCH", "unexpected token: <EOF>"),
        ("FIND {acme} RETURNS Account", "MALFORMED_SEARCH", "unexpected token: RETURNS"),
        ("FIND {acme} RETURNING Account(COUNT(Id))", "MALFORMED_SEARCH", "Only fields can be returned by a search"),
    ],
)
def test_what_is_refused(org: Api, text: str, code: str, end: str) -> None:
    status, said, message = org.refused("GET", "search", q=text)
    assert (status, said) == (400, code) and message.endswith(end)


def test_unknown_names_are_refused_as_in_soql(org: Api) -> None:
    assert org.refused("GET", "search", q="FIND {acme} RETURNING Foo")[1] == "INVALID_TYPE"
    assert org.refused("GET", "search", q="FIND {acme} RETURNING Account(Foo)")[1] == "INVALID_FIELD"


def test_parameters_instead_of_sosl(org: Api) -> None:
    asked = {"q": "acme", "sobject": "Account", "Account.fields": "Id,Name", "Account.limit": "5"}
    assert plain(org.ok("GET", "parameterizedSearch", **asked)["searchRecords"]) == [{"Id": ACME, "Name": "Acme"}]
    sobjects = [{"name": "Contact", "fields": ["LastName"], "where": "Title = 'CFO'"}]
    posted = org.ok("POST", "parameterizedSearch", {"q": "acme", "in": "EMAIL FIELDS", "sobjects": sobjects})
    assert plain(posted["searchRecords"]) == [{"LastName": "Berg"}]
    limited = org.ok("GET", "parameterizedSearch", q="acme", overallLimit="1")
    assert len(limited["searchRecords"]) == 1
