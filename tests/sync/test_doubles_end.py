"""Likely doubles end: what people decide of is what holds today."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from syncd.store import Store
from tests.faults.who_is_who import IN_ORG, ORG_BANK, brought, doubles_of, hub, in_portal

BANK = f"salesforce.Account/{ORG_BANK['Id']}"
OTHER_BANK = {"Id": "001000000000002AAA", "Name": "Prairie Trust", "Website": "prairie.example"}


def a_pair_of_people(store: Store) -> None:
    brought(store, "salesforce", "Account", ORG_BANK)
    brought(store, "salesforce", "Account", OTHER_BANK)
    brought(store, "salesforce", "Contact", IN_ORG)
    brought(store, "hubspot", "contacts", in_portal("i.ost@tinybank.example"))
    assert len(doubles_of(store, BANK)) == 2


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"FirstName": "Uwe"}, id="another name"),
        pytest.param({"AccountId": OTHER_BANK["Id"]}, id="another account"),
    ],
)
def test_two_people_who_can_be_one_no_more_are_withdrawn(store: Store, change: Mapping[str, Any]) -> None:
    a_pair_of_people(store)
    with store.writing() as unit:
        unit.groups.leave(BANK, date(2026, 11, 2))
    brought(store, "salesforce", "Contact", IN_ORG | change)
    with store.reading() as unit:
        assert unit.doubles.undecided() == []
        assert unit.golden.rows("account", [BANK])[BANK]["stale"], "who waited for the decision is judged again"


def test_two_people_who_still_may_be_one_stay_proposed_since_the_first_day(store: Store) -> None:
    a_pair_of_people(store)
    with store.reading() as unit:
        before = unit.doubles.undecided()
    brought(store, "salesforce", "Contact", IN_ORG | {"Title": "CFO"})
    with store.reading() as unit:
        assert unit.doubles.undecided() == before


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"name": "Tiny Bank Holding", "domain": "another.example"}, id="another website"),
        pytest.param({"name": "Walnut Street Bakery"}, id="another name"),
    ],
)
@pytest.mark.parametrize("touched", ["hubspot", "salesforce"])
def test_two_accounts_that_can_be_one_no_more_are_withdrawn(
    store: Store, touched: str, change: Mapping[str, Any]
) -> None:
    theirs = {"Name": change["name"], "Website": change.get("domain", "tinybank.example"), "BillingCity": "Salem"}
    brought(store, "salesforce", "Account", ORG_BANK | {"BillingCity": "Salem"})
    holding = {"id": "9", "properties": dict(hub(name="Tiny Bank Holding"))}
    brought(store, "hubspot", "companies", holding)
    assert len(doubles_of(store, BANK)) == 1
    if touched == "hubspot":
        brought(store, "hubspot", "companies", holding | {"properties": dict(hub(**change))})
    else:
        brought(store, "salesforce", "Account", ORG_BANK | theirs | {"Name": "Walnut Street Bakery"})
    assert doubles_of(store, BANK) == []


def test_a_holding_that_changed_its_telephone_alone_is_still_a_likely_double(store: Store) -> None:
    brought(store, "salesforce", "Account", ORG_BANK | {"BillingCity": "Salem"})
    holding = {"id": "9", "properties": dict(hub(name="Tiny Bank Holding"))}
    brought(store, "hubspot", "companies", holding)
    before = doubles_of(store, BANK)
    brought(
        store, "hubspot", "companies", {"id": "9", "properties": {**holding["properties"], "phone": "+1 217 555 0101"}}
    )
    brought(store, "salesforce", "Account", ORG_BANK | {"BillingCity": "Salem", "Phone": "+1 217 555 0102"})
    assert doubles_of(store, BANK) == before != []
