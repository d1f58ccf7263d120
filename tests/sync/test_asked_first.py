"""An open opportunity of sales that names no offer, from the question to the answer, in Salesforce."""

from collections.abc import Callable

from connectors.sandbox.salesforce.api.admin import person
from syncd.sync.summary import Summary
from tests.sync.conftest import Place


def test_its_owner_is_asked_once_nothing_is_opened_and_the_answer_adopts_it(
    place: Place, run: Callable[..., Summary]
) -> None:
    place.say_offer(None)
    rep = person(place.sandbox.salesforce.org)
    place.org("assign", permission_set="Syncd_Sales", user=rep)
    run()
    (task,) = [task for task in place.rows("Task") if (task.get("Syncd_Key__c") or "").startswith("offer/")]
    (asked,) = place.rows("Opportunity", Id=task["WhatId"])
    assert task["OwnerId"] == asked["OwnerId"]
    assert task["Subject"] == f"Which offer is {asked['Name']} for?"
    assert asked["AccountId"] not in {row["AccountId"] for row in place.ours()}
    assert run().written == 0
    place.edit("Opportunity", asked["Id"], Syncd_Offer__c="Digital Lending")
    run()
    (adopted,) = place.rows("Opportunity", Id=asked["Id"])
    assert adopted["Syncd_Offer__c"] == "digital-lending"
    assert asked["Id"] not in {row["Id"] for row in place.ours()}
    assert adopted["Syncd_Qualified__c"] is True
    assert place.rows("OpportunityContactRole", OpportunityId=asked["Id"])
    assert run().written == 0
