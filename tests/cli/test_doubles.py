"""`syncd doubles`: likely doubles are listed, made one, or kept apart for good."""

from typing import Any

from tests.cli.conftest import Syncd


def twins(syncd: Syncd) -> tuple[str, str]:
    """Two people of one name at one bank, one in each system; returns how their records are called."""
    account = next(row for row in syncd.place.rows("Account", Syncd_Standing__c="in") if row["Website"])
    host = account["Website"].removeprefix("https://www.").strip("/")
    names = {"FirstName": "Ida", "LastName": "Ost", "Title": "Chief Financial Officer"}
    contact = syncd.place.add("Contact", AccountId=account["Id"], Email=f"ida@{host}", **names)
    person = {"firstname": "Ida", "lastname": "Ost", "jobtitle": "Chief Financial Officer"}
    id_ = syncd.place.portal_add("contacts", email=f"i.ost@{host}", **person)
    syncd.done("cycle")
    return f"salesforce.Contact/{contact}", f"hubspot.contacts/{id_}"


def listed(syncd: Syncd) -> list[dict[str, Any]]:
    pairs: list[dict[str, Any]] = syncd.done("doubles", "--json").json
    return pairs


def test_what_is_kept_apart_is_listed_no_more(synced: Syncd) -> None:
    org, portal = twins(synced)
    (pair,) = listed(synced)
    assert {pair["first"]["id"], pair["second"]["id"]} == {org, portal}
    assert pair["evidence"] == "the same name at one company"
    assert "Ida Ost" in synced.done("doubles").out
    synced.done("doubles", "--apart", org, portal)
    synced.done("cycle", "--full")
    assert listed(synced) == []


def test_what_is_linked_is_one(synced: Syncd) -> None:
    org, portal = twins(synced)
    answer = synced.done("doubles", "--link", org, portal, "--json").json
    assert answer["decision"] == "link"
    synced.done("cycle")
    assert listed(synced) == []
    assert synced.done("explain", portal, "--json").json == synced.done("explain", org, "--json").json


def test_a_decision_names_two(synced: Syncd) -> None:
    assert synced("doubles", "--link", "hubspot.contacts/1").code == 2
    assert synced("doubles", "hubspot.contacts/1", "hubspot.contacts/2").code == 2
