"""§6: answers come in where people work; they are dated, age, and move the next question on."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from connectors.sandbox.salesforce.api.admin import person
from syncd.sync.cycle import Wiring
from syncd.sync.summary import Summary
from tests.sync.conftest import Place

Cycle = Callable[..., Summary]


def may_edit(place: Place) -> None:
    """Let sales see and edit the fields that the package brings."""
    place.org("assign", permission_set="Syncd_Sales", user=person(place.sandbox.salesforce.org))


def picture(row: dict[str, Any]) -> dict[str, Any]:
    shown: dict[str, Any] = json.loads(row["Syncd_Picture_JSON__c"])
    return shown


def opportunity(place: Place, row: dict[str, Any]) -> dict[str, Any]:
    (now,) = place.rows("Opportunity", Id=row["Id"])
    return now


def test_what_a_rep_writes_into_the_field_is_an_answer_until_it_is_emptied(place: Place, run: Cycle) -> None:
    may_edit(place)
    run()
    ours = place.ours()[0]
    asked = ours["NextStep"]
    assert "budget" in picture(ours)["gaps"]
    place.edit("Opportunity", ours["Id"], Syncd_Budget__c="200,000 of IT")
    run()
    now = opportunity(place, ours)
    (budget,) = (finding for finding in picture(now)["known"] if finding["what"] == "budget")
    assert (budget["value"], budget["source"]) == ("200,000 of IT", "salesforce Opportunity.Syncd_Budget__c")
    assert "budget" not in [action["closes"] for action in picture(now)["next"]]
    assert asked == now["NextStep"], "a missing role is asked for first"
    place.edit("Opportunity", ours["Id"], Syncd_Budget__c=None)
    run()
    assert "budget" in picture(opportunity(place, ours))["gaps"]


def test_the_day_of_an_answer_stays_whatever_else_is_written(place: Place, run: Cycle, wiring: Wiring) -> None:
    may_edit(place)
    run()
    ours = place.ours()[0]
    place.edit("Opportunity", ours["Id"], Syncd_Timeline__c="by the summer")
    run()
    golden_id = f"salesforce.Opportunity/{ours['Id']}"

    def kept() -> Any:
        with wiring.store.reading() as unit:
            return unit.answers.of([golden_id])[golden_id]

    before = kept()
    place.edit("Opportunity", ours["Id"], Description="something else")
    run()
    assert kept() == before


def test_a_role_that_a_rep_sets_teaches_a_correction_for_that_person(place: Place, run: Cycle) -> None:
    run()
    (contact, standing) = next(
        (contact, standing)
        for standing in place.rows("Opportunity", IsClosed=False)
        for account in place.rows("Account", Id=standing["AccountId"])
        for contact in place.rows("Contact", AccountId=account["Id"])
        if contact.get("Syncd_Role__c") not in (None, "Influencer")
        and not place.rows("OpportunityContactRole", ContactId=contact["Id"])
    )
    place.add("OpportunityContactRole", OpportunityId=standing["Id"], ContactId=contact["Id"], Role="Influencer")
    run()
    (now,) = place.rows("Contact", Id=contact["Id"])
    assert now["Syncd_Role__c"] == "Influencer"
    assert "set by sales on" in now["Syncd_Reason__c"]


def test_a_role_that_a_rep_changes_on_our_own_contact_role_teaches_the_same_and_stays(place: Place, run: Cycle) -> None:
    run()
    (ours, contact) = next(
        (role, contact)
        for role in place.rows("OpportunityContactRole")
        for contact in place.rows("Contact", Id=role["ContactId"])
        if role.get("Syncd_Key__c") and role["Role"] == contact["Syncd_Role__c"] != "Influencer"
    )
    place.edit("OpportunityContactRole", ours["Id"], Role="Influencer")
    run()
    (now,) = place.rows("Contact", Id=contact["Id"])
    assert now["Syncd_Role__c"] == "Influencer"
    assert "set by sales on" in now["Syncd_Reason__c"]
    assert run().written == 0
    (standing,) = place.rows("OpportunityContactRole", Id=ours["Id"])
    assert standing["Role"] == "Influencer"
    place.edit("OpportunityContactRole", ours["Id"], Role=ours["Role"])
    run()
    (again,) = place.rows("Contact", Id=contact["Id"])
    assert (again["Syncd_Role__c"], "set by sales" in again["Syncd_Reason__c"]) == (ours["Role"], False)
