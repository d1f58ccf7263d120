"""What SOQL refuses whatever its names mean: aliases, semi-joins, depth; and what a query's columns are."""

from __future__ import annotations

import pytest

from tests.connectors.sandbox.salesforce.orgs import Api


@pytest.fixture(scope="module")
def org() -> Api:
    return Api()


SEMI = "(SELECT AccountId FROM Contact)"
NESTED = (
    "Semi join sub-selects are only allowed at the top level WHERE expressions and not in nested WHERE expressions."
)
REFUSED: dict[str, tuple[str, str]] = {
    "SELECT Id FROM Contact LIMIT -1": ("MALFORMED_QUERY", "unexpected token: '-'"),
    "SELECT Id FROM Contact LIMIT 1.5": ("MALFORMED_QUERY", "unexpected token: '1'"),
    "SELECT Name n FROM Account": ("MALFORMED_QUERY", "only aggregate expressions use field aliasing"),
    "SELECT Id, (SELECT Name n FROM Contacts) FROM Account": (
        "MALFORMED_QUERY",
        "only aggregate expressions use field aliasing",
    ),
    "SELECT Id, (SELECT COUNT(Id) FROM Contacts) FROM Account": (
        "MALFORMED_QUERY",
        "only root queries support aggregate expressions",
    ),
    f"SELECT Id FROM Account WHERE Name = 'x' OR Id IN {SEMI}": (
        "MALFORMED_QUERY",
        "Semi join sub-selects are not allowed with the 'OR' operator",
    ),
    f"SELECT Id FROM Account WHERE Name = 'x' AND (Name = 'y' OR Id IN {SEMI})": ("MALFORMED_QUERY", NESTED),
    f"SELECT Id FROM Account WHERE NOT (Id IN {SEMI})": ("MALFORMED_QUERY", NESTED),
    f"SELECT Id FROM Account WHERE Id IN {SEMI} AND Id IN {SEMI} AND Id NOT IN {SEMI}": (
        "MALFORMED_QUERY",
        "Maximum 2 semi join sub-selects are allowed",
    ),
    "SELECT Id FROM Contact WHERE AccountId IN (SELECT Id FROM Account WHERE OwnerId IN (SELECT Id FROM User))": (
        "MALFORMED_QUERY",
        "Nesting of semi join sub-selects is not supported",
    ),
    "SELECT Id FROM Account WHERE Id IN (SELECT ParentId FROM Account)": (
        "MALFORMED_QUERY",
        "The inner and outer selects should not be on the same object type",
    ),
    "SELECT Id FROM Account WHERE Id IN (SELECT AccountId FROM Contact LIMIT 1)": (
        "MALFORMED_QUERY",
        "unexpected token: 'LIMIT'",
    ),
    "SELECT Id FROM Account WHERE Name IN (SELECT LastName FROM Contact)": (
        "INVALID_FIELD",
        "cannot use: 'Name'",
    ),
    "SELECT Id FROM Account WHERE Id IN (SELECT OwnerId FROM Contact)": (
        "MALFORMED_QUERY",
        "should point to the same object type",
    ),
    "SELECT Account.Parent.Parent.Parent.Parent.Parent.Name FROM Contact": (
        "MALFORMED_QUERY",
        "Cannot query foreign key relationships more than 5 levels away from the root SObject",
    ),
    "SELECT Id FROM Contact ALL ROWS": ("MALFORMED_QUERY", "ALL ROWS not allowed in this context"),
}


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_refused(org: Api, text: str) -> None:
    code, end = REFUSED[text]
    status, said, message = org.refused("GET", "query", q=text)
    assert (status, said) == (400, code) and message.endswith(end)


@pytest.mark.parametrize(
    "text",
    [
        f"SELECT Name FROM Account WHERE Id IN {SEMI} AND Name != 'x'",
        "SELECT Id FROM Contact WHERE AccountId NOT IN (SELECT Id FROM Account WHERE Name = 'x')",
        "SELECT Account.Parent.Parent.Parent.Parent.Name FROM Contact",
        "SELECT Name n, COUNT(Id) c FROM Account GROUP BY Name",
        "SELECT toLabel(Industry) shown FROM Account",
    ],
)
def test_what_is_allowed(org: Api, text: str) -> None:
    assert org.query(text)


def test_children_of_children_are_read_since_version_58() -> None:
    api, text = Api(), "SELECT Id, (SELECT Id, (SELECT Id FROM Tasks) FROM Contacts) FROM Account"
    assert len(api.query(text)) == 2
    api.version = "57.0"
    assert "more than 1 level away" in api.refused("GET", "query", q=text)[2]


def test_a_query_tells_its_columns_instead_of_its_rows(org: Api) -> None:
    text = "SELECT Id, AnnualRevenue, Owner.Name, Owner.IsActive, (SELECT LastName FROM Contacts) FROM Account"
    columns = org.ok("GET", "query", q=text, columns="true")
    assert {key: columns[key] for key in ("entityName", "groupBy", "idSelected", "keyPrefix")} == {
        "entityName": "Account",
        "groupBy": False,
        "idSelected": True,
        "keyPrefix": "001",
    }
    shapes = [
        (
            column["columnName"],
            column["apexType"],
            column["aggregate"],
            [below["columnName"] for below in column["joinColumns"]],
        )
        for column in columns["columnMetadata"]
    ]
    assert shapes == [
        ("Id", "Id", False, []),
        ("AnnualRevenue", "Double", False, []),
        ("Owner", None, False, ["Name", "IsActive"]),
        ("Contacts", None, True, ["LastName"]),
    ]
    grouped = org.ok(
        "GET", "query", q="SELECT Name, COUNT(Id), MAX(CreatedDate) last FROM Account GROUP BY Name", columns="true"
    )
    assert [column["columnName"] for column in grouped["columnMetadata"]] == ["Name", "expr0", "last"]
    everything = org.ok("GET", "query", q="SELECT FIELDS(ALL) FROM Account LIMIT 1", columns="true")
    assert {"Id", "Name"} <= {column["columnName"] for column in everything["columnMetadata"]}
