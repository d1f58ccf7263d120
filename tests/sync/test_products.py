"""Which offer an open opportunity of sales is for shows in its products, from Salesforce's line items to the call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import update

from connectors.sandbox.world.topics import PLAIN_PRODUCTS
from syncd.model import Opportunity
from syncd.store import Store
from syncd.sync.cycle import Wiring
from syncd.sync.match import match
from syncd.sync.pull import pull
from syncd.sync.reader import Readers, load_customs
from syncd.sync.run import Run
from syncd.sync.summary import Summary
from syncd.tables.core import account
from tests.ledger import find
from tests.sync.conftest import Place

STREAMS = ("Account", "Contact", "Opportunity", "OpportunityLineItem")


def plain(place: Place) -> dict[str, Any]:
    """An open opportunity of sales whose name tells no offer."""
    rows = place.rows("Opportunity", IsClosed=False)
    return min((row for row in rows if row["Name"].endswith(PLAIN_PRODUCTS)), key=lambda row: str(row["Id"]))


def sell(place: Place, opportunity_id: str, name: str, **fields: Any) -> str:
    """Have sales put a product of that name on the opportunity; gives the line item's id."""
    product = place.add("Product2", Name=name, IsActive=True, **fields)
    return place.add("OpportunityLineItem", OpportunityId=opportunity_id, Product2Id=product, Quantity=1, UnitPrice=9)


def questions(place: Place) -> list[dict[str, Any]]:
    return [task for task in place.rows("Task") if (task.get("Syncd_Key__c") or "").startswith("offer/")]


def test_a_product_says_what_its_owner_would_have_been_asked(place: Place, run: Callable[..., Summary]) -> None:
    place.say_offer(None)
    for row in place.rows("Opportunity", IsClosed=False):
        sell(place, row["Id"], "Suite 7", ProductCode="LENDING-7")
    run()
    assert questions(place) == []
    adopted = [
        row
        for row in place.rows("Opportunity", Syncd_Offer__c="digital-lending")
        if not row.get("Syncd_Key__c") and row["Name"].endswith(PLAIN_PRODUCTS)
    ]
    assert adopted and all(row["Syncd_Qualified__c"] for row in adopted)
    assert not {row["AccountId"] for row in adopted} & {
        row["AccountId"] for row in place.ours() if row.get("Syncd_Offer__c") == "digital-lending"
    }
    assert run().written == 0


def test_an_org_that_does_not_show_products_is_told_once_and_costs_nobody_a_call(
    place: Place, wiring: Wiring, run: Callable[..., Summary]
) -> None:
    """Whoever may not read products sees no line items either: the right came with a later permission set."""
    access = place.sandbox.salesforce.org.access
    (granting,) = (granted for granted in access.sets.values() if "Product2" in granted.objects)
    right = granting.objects.pop("Product2")
    access.revision += 1
    budget = wiring.sources["salesforce"].budget
    first, _, before = run(), run(), budget.calls
    rest = run()
    hidden = budget.calls - before
    assert (first.outcome, first.failures, rest.outcome, rest.notes) == ("done", {}, "done", [])
    assert [note for note in first.notes if note.startswith("salesforce.OpportunityLineItem is not ours")]
    granting.objects["Product2"] = right
    access.revision += 1
    sell(place, plain(place)["Id"], "Fraud suite")
    shown = run()
    assert "salesforce.OpportunityLineItem is there by now, and read" in shown.notes
    assert shown.counts.pulled["salesforce", "OpportunityLineItem"] == 1
    run()
    before = budget.calls
    run()
    assert hidden == budget.calls - before == 4


@pytest.fixture
def look(place: Place, wiring: Wiring, sqlite_store: Store) -> Callable[[str], tuple[Opportunity | None, bool]]:
    """Read the org's news; gives an opportunity's fact, and whether its account is to be judged anew."""
    readers = Readers(wiring.mappings, load_customs(wiring.mappings.values()))

    def once(opportunity_id: str) -> tuple[Opportunity | None, bool]:
        home = place.sandbox.salesforce.org.tables["Opportunity"].rows[opportunity_id]["AccountId"]
        source, mapping = wiring.sources["salesforce"], wiring.mappings["salesforce"]
        assert not pull(source, mapping, sqlite_store, Run(), streams=STREAMS).failures
        match(sqlite_store, readers, Run())
        (account_id,) = find(sqlite_store, "account", home)
        with sqlite_store.writing() as unit:
            (group,) = unit.groups.of([account_id])
            stale = bool(unit.golden.rows("account", [account_id])[account_id]["stale"])
            unit.connection.execute(update(account).values(stale=False))
        return next((row for row in group.opportunities if row.remote_id == opportunity_id), None), stale

    return once


def test_products_come_and_go_and_only_what_is_sold_wakes_an_account(
    place: Place, look: Callable[[str], tuple[Opportunity, bool]]
) -> None:
    opportunity = plain(place)["Id"]
    assert look(opportunity)[0].products == ()
    first = sell(place, opportunity, "Fraud suite", ProductCode="FS-1", Family="None")
    sell(place, opportunity, "Lending suite")
    after, stale = look(opportunity)
    assert (sorted(after.products), stale) == (["Fraud suite FS-1 None", "Lending suite"], True)
    place.edit("OpportunityLineItem", first, Quantity=12, UnitPrice=7)
    assert look(opportunity) == (after, False)
    place.delete("OpportunityLineItem", first)
    left, stale = look(opportunity)
    assert (left.products, stale) == (("Lending suite",), True)
    assert look(opportunity) == (left, False)


def test_products_go_with_their_opportunity(place: Place, sqlite_store: Store, look: Callable[..., Any]) -> None:
    opportunity = plain(place)["Id"]
    item = sell(place, opportunity, "Fraud suite")
    look(opportunity)
    place.delete("Opportunity", opportunity)
    assert look(opportunity)[0] is None
    with sqlite_store.reading() as unit:
        assert unit.golden.rows("line_item", [f"salesforce.OpportunityLineItem/{item}"]) == {}


def test_erasing_somebody_leaves_the_products_where_they_are(
    place: Place, sqlite_store: Store, look: Callable[..., Any]
) -> None:
    """A product that is called as somebody's address is stays: it is a record of its own, and about nobody."""
    opportunity = plain(place)["Id"]
    contact = next(row for row in place.rows("Contact") if row.get("Email"))
    sell(place, opportunity, f"Fraud suite {contact['Email']}")
    look(opportunity)
    (contact_id,) = find(sqlite_store, "contact", contact["Id"])
    with sqlite_store.writing() as unit:
        unit.people.erase(contact_id)
    assert len(look(opportunity)[0].products) == 1
