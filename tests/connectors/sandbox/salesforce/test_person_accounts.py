"""Person accounts: off in most orgs; where they are on, account and contact are one, and are not parted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from connectors.sandbox.salesforce import persons
from tests.connectors.sandbox.salesforce.orgs import ACME, BANK, CY, LEAD, Api

IDA = {"FirstName": "Ida", "LastName": "Ost", "PersonEmail": "ida@home.example"}
TURNING = "Cannot specify any additional fields when marrying or separating a Person-Account"


@pytest.fixture
def api() -> Api:
    """The small org with person accounts on."""
    return Api(person_accounts=True)


def pair(api: Api, account_id: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """A person account and the contact behind it."""
    account = api.stored(account_id)
    return account, api.stored(account["PersonContactId"])


def test_where_they_are_off_no_field_tells_of_them() -> None:
    api = Api()
    names = {field["name"] for field in api.ok("GET", "sobjects/Account/describe")["fields"]}
    assert not names & {"IsPersonAccount", "PersonContactId", "PersonEmail", "LastName"}
    assert api.refused("GET", "query", q="SELECT IsPersonAccount FROM Contact")[1] == "INVALID_FIELD"


def test_whoever_stands_when_they_are_turned_on_is_a_company_or_its_contact(api: Api) -> None:
    assert api.column("SELECT IsPersonAccount FROM Account") == [False, False]
    assert set(api.column("SELECT IsPersonAccount FROM Contact")) == {False}
    (made,) = api.query(
        "SELECT Id, DeveloperName FROM RecordType WHERE IsPersonType = true AND SobjectType = 'Account'"
    )
    assert made == {"Id": persons.record_type(api.org), "DeveloperName": "PersonAccount"}


def test_a_last_name_makes_one_with_the_contact_behind_it(api: Api) -> None:
    made = api.create("Account", **IDA)
    (account,) = api.query(f"SELECT Name, IsPersonAccount, PersonContactId FROM Account WHERE Id = '{made}'")
    assert (account["Name"], account["IsPersonAccount"]) == ("Ida Ost", True)
    asked = f"SELECT Id, Name, Email, AccountId, IsPersonAccount FROM Contact WHERE AccountId = '{made}'"
    assert api.query(asked) == [
        {
            "Id": account["PersonContactId"],
            "Name": "Ida Ost",
            "Email": "ida@home.example",
            "AccountId": made,
            "IsPersonAccount": True,
        }
    ]


def test_what_is_written_at_one_stands_at_the_other(api: Api) -> None:
    made = api.create("Account", **IDA)
    api.clock.advance(60)
    api.ok("PATCH", f"sobjects/Account/{made}", {"LastName": "Lind", "PersonTitle": "CFO"})
    account, contact = pair(api, made)
    assert (account["Name"], contact["Name"], contact["Title"]) == ("Ida Lind", "Ida Lind", "CFO")
    api.clock.advance(60)
    api.ok("PATCH", f"sobjects/Contact/{contact['Id']}", {"Email": "ida@work.example"})
    account, contact = pair(api, made)
    assert account["PersonEmail"] == "ida@work.example"
    assert account["SystemModstamp"] == contact["SystemModstamp"]


REFUSED: Mapping[str, tuple[str, str, dict[str, Any], str]] = {
    "a name in one": ("POST", "Account", {**IDA, "Name": "Ida Ost"}, "INVALID_FIELD_FOR_INSERT_UPDATE"),
    "another name in one": ("PATCH", "Account/{account}", {"Name": "Ida"}, "INVALID_FIELD_FOR_INSERT_UPDATE"),
    "that it is one": ("PATCH", "Account/{account}", {"IsPersonAccount": False}, "INVALID_FIELD_FOR_INSERT_UPDATE"),
    "a parent": ("PATCH", "Account/{account}", {"ParentId": ACME}, "INVALID_PERSON_ACCOUNT_OPERATION"),
    "another account of its contact": (
        "PATCH",
        "Contact/{contact}",
        {"AccountId": ACME},
        "INVALID_FIELD_FOR_INSERT_UPDATE",
    ),
    "a second contact": (
        "POST",
        "Contact",
        {"LastName": "Lind", "AccountId": "{account}"},
        "INVALID_PERSON_ACCOUNT_OPERATION",
    ),
    "its contact's deletion": ("DELETE", "Contact/{contact}", {}, "INVALID_PERSON_ACCOUNT_OPERATION"),
    "a record type and more": (
        "PATCH",
        f"Account/{BANK}",
        {"RecordTypeId": "{type}", "Phone": "1"},
        "INVALID_FIELD_FOR_INSERT_UPDATE",
    ),
    "an account of several contacts": (
        "PATCH",
        f"Account/{ACME}",
        {"RecordTypeId": "{type}"},
        "INVALID_PERSON_ACCOUNT_OPERATION",
    ),
}


@pytest.mark.parametrize(("method", "path", "body", "code"), REFUSED.values(), ids=REFUSED)
def test_the_org_refuses(api: Api, method: str, path: str, body: dict[str, Any], code: str) -> None:
    account, contact = pair(api, api.create("Account", **IDA))
    names = {"account": account["Id"], "contact": contact["Id"], "type": persons.record_type(api.org)}
    fields = {name: str(value).format(**names) if value is not False else value for name, value in body.items()}
    refusal = api.refused(method, f"sobjects/{path.format(**names)}", fields or None)
    assert refusal[1] == code
    assert "record type" not in path or refusal[2] == TURNING
    assert pair(api, account["Id"]) == (account, contact)


def test_a_company_with_one_contact_becomes_one_and_a_company_again(api: Api) -> None:
    api.ok("PATCH", f"sobjects/Account/{BANK}", {"RecordTypeId": persons.record_type(api.org)})
    account, contact = pair(api, BANK)
    assert (account["Name"], account["IsPersonAccount"], contact["Id"]) == ("Cy Cole", True, CY)
    assert contact["IsPersonAccount"] and account["PersonDoNotCall"] is True
    api.ok("PATCH", f"sobjects/Account/{BANK}", {"RecordTypeId": persons.record_type(api.org, person=False)})
    assert not api.stored(BANK)["IsPersonAccount"] and not api.stored(CY)["IsPersonAccount"]


def test_it_goes_with_its_contact_and_is_merged_with_its_like_alone(api: Api) -> None:
    ida, bo = (api.create("Account", **{**IDA, "FirstName": name}) for name in ("Ida", "Bo"))
    admin = {"master": ida, "victims": [ACME]}
    answer = api("POST", "/_sandbox/merge", {"object": "Account", **admin})
    assert answer.status >= 400
    api.ok("DELETE", f"sobjects/Account/{bo}")
    assert api.stored(api.stored(bo)["PersonContactId"])["IsDeleted"]


def test_a_lead_without_a_company_is_converted_into_one(api: Api) -> None:
    lead = api.create("Lead", FirstName="Ida", LastName="Ost", Email="ida@home.example")
    made = api.ok("POST", "/_sandbox/convert", {"lead": lead})
    account, contact = pair(api, made["account"])
    assert (account["Name"], account["PersonEmail"]) == ("Ida Ost", "ida@home.example")
    assert contact["Id"] == made["contact"] == api.stored(lead)["ConvertedContactId"]
    other = api.ok("POST", "/_sandbox/convert", {"lead": LEAD})
    assert not api.stored(other["account"])["IsPersonAccount"]
