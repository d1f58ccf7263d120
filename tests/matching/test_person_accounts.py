"""A person account is matched with no company, names nobody's employer, and gives no record to write at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from syncd.model import Contact, Ref
from syncd.store import Store
from tests.faults.who_is_who import READ, belongs_to, brought, in_portal

PLACE = {"BillingCity": "Salem", "BillingCountry": "US", "BillingStreet": "1 Elm Street", "Phone": "+1 217 555 0101"}
PERSON = {
    "Id": "001000000000007AAA",
    "Name": "Ida Ost",
    "Website": "tinybank.example",
    "IsPersonAccount": True,
    **PLACE,
}
BANK = {**PERSON, "Id": "001000000000001AAA", "IsPersonAccount": False}
HERS = {"Id": "003000000000007AAA", "FirstName": "Ida", "LastName": "Ost", "AccountId": PERSON["Id"]}
HERS |= {"Email": "ida@tinybank.example", "IsPersonAccount": True}
COMPANY = {
    "id": "9",
    "properties": {
        "name": "Ida Ost",
        "domain": "tinybank.example",
        "city": "Salem",
        "country": "US",
        "address": "1 Elm Street",
        "phone": "+1 217 555 0101",
    },
    "associations": {},
}
SF_PERSON, SF_BANK, HUB_COMPANY = (
    f"salesforce.Account/{PERSON['Id']}",
    f"salesforce.Account/{BANK['Id']}",
    "hubspot.companies/9",
)
SF_CONTACT, HUB_CONTACT = f"salesforce.Contact/{HERS['Id']}", "hubspot.contacts/168"


def account_of(store: Store, contact_ref: str) -> str | None:
    with store.reading() as unit:
        return unit.people.account_of(belongs_to(store, contact_ref))


def the_contact(store: Store, account_ref: str) -> Contact:
    with store.reading() as unit:
        (group,) = unit.groups.of([belongs_to(store, account_ref)])
    (contact,) = group.contacts
    return contact


def bring(store: Store, *steps: tuple[str, Mapping[str, Any]]) -> None:
    for name, row in steps:
        brought(store, *name.split("."), row)


@pytest.mark.parametrize("first", ["the person", "the company"])
def test_an_institution_of_the_same_name_place_and_website_is_another_account(first: str, sqlite_store: Store) -> None:
    steps = [("salesforce.Account", PERSON), ("hubspot.companies", COMPANY), ("salesforce.Account", BANK)]
    bring(sqlite_store, *(steps if first == "the person" else steps[::-1]))
    assert belongs_to(sqlite_store, SF_PERSON) == SF_PERSON
    assert belongs_to(sqlite_store, SF_BANK) == belongs_to(sqlite_store, HUB_COMPANY) != SF_PERSON
    with sqlite_store.reading() as unit:
        assert unit.doubles.count() == 0
        assert unit.golden.persons([SF_PERSON, SF_BANK, HUB_COMPANY]) == {SF_PERSON}


def test_two_person_accounts_alike_are_two(sqlite_store: Store) -> None:
    bring(sqlite_store, ("salesforce.Account", PERSON), ("salesforce.Account", {**PERSON, "Id": "001000000000008AAA"}))
    assert len({belongs_to(sqlite_store, f"salesforce.Account/00100000000000{n}AAA") for n in "78"}) == 2


def test_even_an_explicit_reference_makes_no_company_of_one(sqlite_store: Store) -> None:
    pointing = {**PERSON, "HubSpot_Company_ID__c": "9", "Syncd_Key__c": HUB_COMPANY}
    bring(sqlite_store, ("hubspot.companies", COMPANY), ("salesforce.Account", pointing))
    assert belongs_to(sqlite_store, SF_PERSON) == SF_PERSON


def test_its_contact_says_for_whom_nobody_works(sqlite_store: Store) -> None:
    """Where HubSpot knows them at the bank they are the bank's; the person account's own record is nothing to write."""
    with_company = {**in_portal("ida@tinybank.example"), "associations": {"companies": {"results": [{"id": "9"}]}}}
    bring(sqlite_store, ("salesforce.Account", PERSON), ("salesforce.Contact", HERS))
    assert account_of(sqlite_store, SF_CONTACT) == SF_PERSON
    bring(sqlite_store, ("hubspot.companies", COMPANY), ("hubspot.contacts", with_company))
    assert belongs_to(sqlite_store, SF_CONTACT) == belongs_to(sqlite_store, HUB_CONTACT)
    assert account_of(sqlite_store, SF_CONTACT) == HUB_COMPANY
    ida = the_contact(sqlite_store, HUB_COMPANY)
    assert ida.person_records == (SF_CONTACT,)
    assert ida.remote_ids == {"hubspot.contacts": ("168",)}
    with sqlite_store.reading() as unit:
        assert unit.references.resolve(READ.mappings["salesforce"], [Ref("contact", ida.id)]) == {}


def test_what_other_records_say_of_them_comes_first(sqlite_store: Store) -> None:
    bring(sqlite_store, ("salesforce.Account", PERSON), ("salesforce.Contact", {**HERS, "Title": "Violinist"}))
    bring(sqlite_store, ("hubspot.companies", COMPANY))
    bring(sqlite_store, ("hubspot.contacts", in_portal("ida@tinybank.example", jobtitle="Chief Risk Officer")))
    assert the_contact(sqlite_store, HUB_COMPANY).title == "Chief Risk Officer"


def test_who_is_known_for_no_company_belongs_to_the_person_account(sqlite_store: Store) -> None:
    mail = "ida.ost@gmail.com"
    bring(sqlite_store, ("hubspot.contacts", in_portal(mail)), ("salesforce.Account", PERSON))
    bring(sqlite_store, ("salesforce.Contact", {**HERS, "Email": mail}))
    assert belongs_to(sqlite_store, SF_CONTACT) == belongs_to(sqlite_store, HUB_CONTACT)
    assert account_of(sqlite_store, HUB_CONTACT) == SF_PERSON


def test_a_lead_converted_into_one_leaves_its_bank(sqlite_store: Store) -> None:
    lead = {"Id": "00Q000000000001AAA", "FirstName": "Ida", "LastName": "Ost", "Company": "Ida Ost", "City": "Salem"}
    lead |= {"Country": "US", "Email": "ida@tinybank.example", "IsConverted": False}
    bring(sqlite_store, ("salesforce.Account", BANK), ("salesforce.Lead", lead))
    assert account_of(sqlite_store, f"salesforce.Lead/{lead['Id']}") == SF_BANK
    turned = {"IsConverted": True, "ConvertedContactId": HERS["Id"], "ConvertedAccountId": PERSON["Id"]}
    bring(sqlite_store, ("salesforce.Account", PERSON), ("salesforce.Contact", HERS))
    bring(sqlite_store, ("salesforce.Lead", {**lead, **turned, "ConvertedDate": "2026-11-01"}))
    assert account_of(sqlite_store, SF_CONTACT) == SF_PERSON
    ida = the_contact(sqlite_store, SF_PERSON)
    assert (len(ida.person_records), ida.remote_ids) == (2, {})
    assert {belongs_to(sqlite_store, SF_BANK), belongs_to(sqlite_store, SF_PERSON)} == {SF_BANK, SF_PERSON}


@pytest.mark.parametrize("first", ["salesforce.Account", "hubspot.companies"])
def test_a_company_that_becomes_a_person_account_leaves_what_it_was_matched_with(
    first: str, sqlite_store: Store
) -> None:
    steps = [("salesforce.Account", BANK), ("hubspot.companies", COMPANY)]
    bring(sqlite_store, *(steps if first == steps[0][0] else steps[::-1]))
    person = {**HERS, "AccountId": BANK["Id"], "IsPersonAccount": False}
    colleague = {**in_portal("bo@tinybank.example", firstname="Bo", lastname="Lind")}
    bring(sqlite_store, ("salesforce.Contact", person), ("hubspot.contacts", colleague))
    assert belongs_to(sqlite_store, SF_BANK) == belongs_to(sqlite_store, HUB_COMPANY)
    bring(sqlite_store, ("salesforce.Account", {**BANK, "IsPersonAccount": True}))
    bring(sqlite_store, ("salesforce.Contact", {**person, "IsPersonAccount": True}))
    assert belongs_to(sqlite_store, SF_BANK) != belongs_to(sqlite_store, HUB_COMPANY)
    assert account_of(sqlite_store, HUB_CONTACT) == belongs_to(sqlite_store, HUB_COMPANY)
    assert account_of(sqlite_store, SF_CONTACT) == belongs_to(sqlite_store, SF_BANK)
    with sqlite_store.reading() as unit:
        homes = {belongs_to(sqlite_store, SF_BANK), belongs_to(sqlite_store, HUB_COMPANY)}
        assert unit.golden.persons(homes) == {belongs_to(sqlite_store, SF_BANK)}
    bring(sqlite_store, ("salesforce.Account", BANK))
    with sqlite_store.reading() as unit:
        assert unit.golden.persons(homes) == set()
