"""List views as the REST API serves them: which there are, what each asks, and which rows whoever asks is shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from tests.connectors.sandbox.salesforce.orgs import (
    ANN,
    BANK,
    BOB,
    CY,
    DEAL,
    LEAD,
    ME,
    REP,
    Api,
    field,
    grants,
    object_file,
)

PEER = "005000000000004AAA"
STANDARD = "00e000000000002AAA"
FIELDS = (
    field("Rep__c", "Lookup", referenceTo="User", relationshipName="Contacts_of_Rep")
    + field("Mine__c", "Checkbox", formula="Rep__c = $User.Id")
    + field("Rank__c", "Number", precision="3", scale="0")
    + field("Secret__c", "Text", length="20")
)


def view(name: str, *columns: str, scope: str = "Everything", **filters: str) -> str:
    """A list view's metadata; filters are `Field__operation="value"` with dots as `_dot_`, in a field that has none."""
    asked = "".join(
        f"<filters><field>{key.rpartition('__')[0].replace('_dot_', '.')}</field><operation>{key.rpartition('__')[2]}"
        f"</operation>{f'<value>{value}</value>' if value else ''}</filters>"
        for key, value in filters.items()
    )
    inner = "".join(f"<columns>{column}</columns>" for column in columns)
    return (
        f"<listViews><fullName>{name}</fullName>{inner}<filterScope>{scope}</filterScope>{asked}<label>{name} list"
        "</label></listViews>"
    )


CONTACTS: Mapping[str, tuple[str, set[str]]] = {
    "everybody": (view("A", "FULL_NAME"), {ANN, BOB, CY}),
    "one's own by a formula": (view("A", "FULL_NAME", Mine__c__equals="1"), {ANN}),
    "others' by a formula": (view("A", "FULL_NAME", Mine__c__equals="False"), {BOB, CY}),
    "whose lookup is empty": (view("A", "FULL_NAME", Rep__c__equals=""), {CY}),
    "by the name behind a lookup": (view("A", "FULL_NAME", Rep__c__equals="Rita Rep"), {ANN}),
    "a number above": (view("A", "FULL_NAME", Rank__c__greaterThan="1"), {BOB}),
    "a number at least": (view("A", "FULL_NAME", Rank__c__greaterOrEqual="1"), {ANN, BOB}),
    "no number": (view("A", "FULL_NAME", Rank__c__equals=""), {CY}),
    "all filters hold": (view("A", "FULL_NAME", Rank__c__greaterThan="0", CONTACT_dot_TITLE__equals="cfo"), {BOB}),
    "one of several texts": (view("A", "FULL_NAME", CONTACT_dot_TITLE__equals="CEO, CFO"), {BOB}),
    "neither of several texts": (view("A", "FULL_NAME", CONTACT_dot_TITLE__notEqual="CEO, CFO"), {ANN, CY}),
    "a text that begins so": (view("A", "FULL_NAME", ACCOUNT_dot_NAME__startsWith="acm"), {ANN, BOB}),
    "a text that holds it": (view("A", "FULL_NAME", ACCOUNT_dot_NAME__contains="st b"), {CY}),
    "a day by its word": (view("A", "FULL_NAME", CONTACT_dot_CREATED_DATE__equals="TODAY"), {ANN, BOB, CY}),
    "a day long ago": (view("A", "FULL_NAME", CONTACT_dot_CREATED_DATE__lessThan="1/31/2020"), set()),
    "those that one owns": (view("A", "FULL_NAME", scope="Mine"), {CY}),
}  # fmt: skip


@pytest.fixture(scope="module")
def org() -> Api:
    """Two reps with standard profiles, a set that grants all but the secret, and contacts of three ranks."""
    api = Api()
    for user, name in ((REP, "Rita Rep"), (PEER, "Paul Peer")):
        api.org.tables["User"].put(
            {"Id": user, "Name": name, "LastName": name, "IsActive": True, "ProfileId": STANDARD, "Username": user,
             "TimeZoneSidKey": "America/New_York"}
        )  # fmt: skip
    lists = [text.replace("<fullName>A<", f"<fullName>A{place}<") for place, (text, _) in enumerate(CONTACTS.values())]
    secret = view("Secret", "FULL_NAME", "Secret__c") + view("By_Secret", "FULL_NAME", Secret__c__equals="x")
    done = api.deploy(
        {
            "objects/Contact.object": object_file(FIELDS + "".join(lists) + secret),
            "objects/Opportunity.object": object_file(
                view("Deals", "OPPORTUNITY.NAME", "ACCOUNT.NAME", "OPPORTUNITY.STAGE_NAME", "OPPORTUNITY.AMOUNT")
            ),
            "objects/Task.object": object_file(view("Open", "SUBJECT", "WHO_NAME", IS_CLOSED__equals="0")),
            "permissionsets/S.permissionset": grants("Contact.Rep__c", "Contact.Rank__c").replace(
                "<label>",
                "<fieldPermissions><editable>false</editable><field>Contact.Mine__c</field><readable>true</readable>"
                "</fieldPermissions><label>",
            ),
        }
    )
    assert done.status == "Succeeded", done.failures
    for user in (ME, REP, PEER):
        api.assign("S", user)
    changes: Mapping[str, dict[str, Any]] = {
        ANN: {"Rep__c": REP, "Rank__c": 1}, BOB: {"Rep__c": PEER, "Rank__c": 2}, CY: {"OwnerId": REP},
    }  # fmt: skip
    for record, fields in changes.items():
        assert api("POST", f"/_sandbox/records/Contact/{record}", {"fields": fields, "user": ME}).status == 200
    return api


@pytest.fixture
def rep(org: Api) -> Api:
    org.sign_in(REP)
    return org


def lists(api: Api, sobject: str) -> dict[str, str]:
    listed = api.ok("GET", f"sobjects/{sobject}/listviews")["listviews"]
    return {one["developerName"]: one["id"] for one in listed}


def results(api: Api, sobject: str, name: str, **query: str) -> list[dict[str, Any]]:
    shown = api.ok("GET", f"sobjects/{sobject}/listviews/{lists(api, sobject)[name]}/results", **query)
    return [{cell["fieldNameOrPath"]: cell["value"] for cell in record["columns"]} for record in shown["records"]]


@pytest.mark.parametrize("place, wanted", [(n, want) for n, (_, want) in enumerate(CONTACTS.values())], ids=CONTACTS)
def test_which_rows_a_list_shows(rep: Api, place: int, wanted: set[str]) -> None:
    assert {row["Id"] for row in results(rep, "Contact", f"A{place}")} == wanted
    described = rep.ok("GET", f"sobjects/Contact/listviews/{lists(rep, 'Contact')[f'A{place}']}/describe")
    assert {row["Id"] for row in rep.query(described["query"])} == wanted, described["query"]


def test_an_own_list_is_another_for_somebody_else(rep: Api) -> None:
    rep.sign_in(PEER)
    assert [row["Id"] for row in results(rep, "Contact", "A1")] == [BOB]
    assert results(rep, "Contact", "A15") == []


def test_describe_tells_columns_conditions_order_and_query(rep: Api) -> None:
    names = lists(rep, "Contact")
    shown = rep.ok("GET", f"sobjects/Contact/listviews/{names['A8']}/describe")
    assert shown["whereCondition"] == {
        "conditions": [
            {"field": "Rank__c", "operator": "greaterThan", "values": ["0"]},
            {"field": "Title", "operator": "equals", "values": ["'cfo'"]},
        ],
        "conjunction": "and",
    }
    assert shown["query"] == (
        "SELECT Name, Id, CreatedDate, LastModifiedDate, SystemModstamp FROM Contact WHERE Rank__c > 0 AND Title = "
        "'cfo' ORDER BY Name ASC NULLS FIRST, Id ASC NULLS FIRST"
    )
    assert [(column["fieldNameOrPath"], column["hidden"]) for column in shown["columns"][:2]] == [
        ("Name", False),
        ("Id", True),
    ]
    assert shown["orderBy"][0] == {"fieldNameOrPath": "Name", "nullsPosition": "first", "sortDirection": "ascending"}
    assert (shown["scope"], shown["sobjectType"]) == (None, "Contact")
    mine = rep.ok("GET", f"sobjects/Contact/listviews/{names['A15']}/describe")
    assert mine["scope"] == "mine" and " FROM Contact USING SCOPE mine ORDER BY" in mine["query"]


def test_a_list_says_where_it_is_found(rep: Api) -> None:
    known = lists(rep, "Contact")["A0"]
    url = f"/services/data/v59.0/sobjects/Contact/listviews/{known}"
    assert rep.ok("GET", f"sobjects/Contact/listviews/{known}") == {
        "describeUrl": f"{url}/describe",
        "developerName": "A0",
        "id": known,
        "label": "A list",
        "resultsUrl": f"{url}/results",
        "soqlCompatible": True,
        "url": url,
    }
    assert rep.refused("GET", f"sobjects/Lead/listviews/{known}")[0] == 404
    assert rep.ok("GET", "sobjects/Contact/listviews/recent")["size"] == 0


def test_rows_come_in_order_and_by_the_page(rep: Api) -> None:
    assert [row["Name"] for row in results(rep, "Contact", "A0")] == ["Ann Abel", "Bob Berg", "Cy Cole"]
    page = rep.ok("GET", f"sobjects/Contact/listviews/{lists(rep, 'Contact')['A0']}/results", limit="1", offset="1")
    assert (page["done"], page["size"], page["developerName"], page["label"]) == (False, 1, "A0", "A list")
    assert page["records"][0]["columns"][0] == {"fieldNameOrPath": "Name", "value": "Bob Berg"}
    for query in ({"limit": "0"}, {"limit": "2001"}, {"offset": "-1"}, {"limit": "x"}):
        path = f"sobjects/Contact/listviews/{lists(rep, 'Contact')['A0']}/results"
        assert rep.refused("GET", path, **query)[:2] == (400, "ILLEGAL_QUERY_PARAMETER_VALUE")


def test_values_are_texts(rep: Api) -> None:
    (deal,) = results(rep, "Opportunity", "Deals")
    assert (deal["Id"], deal["Amount"], deal["Account.Name"]) == (DEAL, "1000.0", "Acme")
    assert deal["CreatedDate"] == "Tue Nov 10 12:00:00 GMT 2026"


def test_a_hidden_column_is_left_out_and_a_hidden_filter_refuses_the_list(rep: Api) -> None:
    assert "Secret__c" not in results(rep, "Contact", "Secret")[0]
    by_secret = lists(rep, "Contact")["By_Secret"]
    assert rep.refused("GET", f"sobjects/Contact/listviews/{by_secret}/results")[1] == "INVALID_FIELD"


def test_a_list_shows_no_record_that_its_reader_may_not_read(rep: Api) -> None:
    own, about = rep.create("Task", Subject="Call", WhoId=LEAD), rep.create("Task", Subject="Nobody's")
    assert {row["Id"] for row in results(rep, "Task", "Open")} == {own, about}
    rep.sign_in(PEER)
    assert [(row["Id"], row["Who.Name"]) for row in results(rep, "Task", "Open")] == [(own, "Lee Lind")]


@pytest.mark.parametrize("more", ["<booleanFilter>1 OR 2</booleanFilter>", ""], ids=["logic", "another scope"])
def test_what_the_sandbox_does_not_serve_it_says(api: Api, more: str) -> None:
    made = view("Other", "FULL_NAME", scope="Everything" if more else "Team", CONTACT_dot_TITLE__equals="a",
                CONTACT_dot_EMAIL__equals="b")  # fmt: skip
    made = made.replace("<columns>", f"{more}<columns>", 1)
    assert api.deploy({"objects/Contact.object": object_file(made)}).failures == []
    (listed,) = api.ok("GET", "sobjects/Contact/listviews")["listviews"]
    assert listed["soqlCompatible"] is False
    status, code, _ = api.refused("GET", f"sobjects/Contact/listviews/{listed['id']}/results")
    assert (status, code) == (400, "ILLEGAL_QUERY_PARAMETER_VALUE")


def test_lists_of_another_object_are_not_shown(rep: Api) -> None:
    assert list(lists(rep, "Opportunity")) == ["Deals"]
    assert lists(rep, "Account") == {}
    assert BANK not in lists(rep, "Contact").values()
