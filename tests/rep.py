"""A rep at work in the sandbox's Salesforce, over HTTPS and with no more rights than a rep has.

What pages, quick actions and lists do is done as Salesforce does it: a page by the User Interface API, an Update action
by the fields of its own layout, a list by its filters, and one record is saved at a time where a cell is edited.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import requests
from lxml import etree

from connectors.salesforce.components import NAMESPACE, ROOT
from tests.sync.conftest import Place

API = "services/data/v63.0"
NS = {None: NAMESPACE}
# What list views call standard fields (Metadata API Developer Guide, "ListView"), in SOQL's words.
CALLED: Mapping[str, str] = {
    "OPPORTUNITY.CLOSED": "IsClosed",
    "OPPORTUNITY.CREATED_DATE": "CreatedDate",
    "LEAD.CONVERTED": "IsConverted",
    "IS_CLOSED": "IsClosed",
}
OPERATORS: Mapping[str, str] = {"equals": "=", "notEqual": "!=", "greaterThan": ">"}
LITERALS: Mapping[str, Mapping[str, str]] = {"boolean": {"0": "false", "1": "true"}}


class Rep:
    """Somebody of sales, signed in, who has the permission set Syncd Sales."""

    def __init__(self, place: Place, name: str) -> None:
        self._place = place
        self.id = next(row["Id"] for row in place.rows("User") if row["Username"].startswith(name))
        place.org("assign", permission_set="Syncd_Sales", user=self.id)
        self.token = place.org("sign-in", user=self.id)["access_token"]

    def call(self, method: str, path: str, content: Any = None, **query: str) -> requests.Response:
        """Call an API of Salesforce's as this user."""
        sandbox = self._place.sandbox
        headers, address = {"Authorization": f"Bearer {self.token}"}, f"{sandbox.salesforce_url}/{API}/{path}"
        return requests.request(
            method, address, json=content, params=query, headers=headers, verify=sandbox.ca_file, timeout=10
        )

    def see(self, record: str, *fields: str) -> dict[str, Any]:
        """Open a page: those of the fields that this user may see, with their values."""
        answer = self.call("GET", f"ui-api/records/{record}", optionalFields=",".join(fields))
        assert answer.ok, answer.text
        return {name: shown["value"] for name, shown in answer.json()["fields"].items()}

    def save(self, record: str, **fields: Any) -> requests.Response:
        """Save on a page, as a component does."""
        return self.call("PATCH", f"ui-api/records/{record}", {"fields": fields})

    def act(self, action: str, record: str, **fields: Any) -> None:
        """Fill in an Update action: it has the fields of its layout, and no others."""
        root = etree.parse(str(ROOT / "quickActions" / f"{action}.quickAction-meta.xml")).getroot()
        items = root.iterfind("quickActionLayout/quickActionLayoutColumns/quickActionLayoutItems", NS)
        offered = {item.findtext("field", namespaces=NS): item.findtext("uiBehavior", namespaces=NS) for item in items}
        assert root.findtext("type", namespaces=NS) == "Update"
        assert {offered.get(name) for name in fields} <= {"Edit", "Required"}, (action, offered)
        self.edit(action.partition(".")[0], record, **fields)

    def edit(self, object_: str, record: str, **fields: Any) -> None:
        """Save one record, as a cell of a list or a form does."""
        answer = self.call("PATCH", f"sobjects/{object_}/{record}", fields)
        assert answer.ok, answer.text

    def add(self, object_: str, **fields: Any) -> str:
        """Make a record."""
        answer = self.call("POST", f"sobjects/{object_}", fields)
        assert answer.ok, answer.text
        return str(answer.json()["id"])

    def list(self, object_: str, name: str) -> dict[str, dict[str, Any]]:
        """Open a list of the package: by Id, the rows that its filters and its scope leave of what this user sees."""
        answer = self.call("GET", "query", q=query(self._place, object_, name))
        assert answer.ok, answer.text
        return {row["Id"]: row for row in answer.json()["records"]}


def query(place: Place, object_: str, name: str) -> str:
    """The SOQL of a list view: all of its filters hold, none of them with logic of its own."""
    root = etree.parse(str(ROOT / "objects" / object_ / "listViews" / f"{name}.listView-meta.xml")).getroot()
    assert root.find("booleanFilter", NS) is None, "a list with OR is not edited in its cells"
    fields = place.sandbox.salesforce.org.schema.objects[object_].fields
    conditions = []
    for element in root.iterfind("filters", NS):
        field, operation, value = (element.findtext(part, namespaces=NS) for part in ("field", "operation", "value"))
        column = CALLED.get(field, field)
        literal = LITERALS.get(fields[column].type, {}).get(value, value)
        if value is None:
            literal = "null"
        elif fields[column].type in ("string", "picklist"):
            literal = f"'{value}'"
        conditions.append(f"{column} {OPERATORS[operation]} {literal}")
    scope = " USING SCOPE mine" if root.findtext("filterScope", namespaces=NS) == "Mine" else ""
    columns = [column for element in root.iterfind("columns", NS) if (column := element.text) in fields]
    return f"SELECT {', '.join(['Id', *columns])} FROM {object_}{scope} WHERE {' AND '.join(conditions)}"
