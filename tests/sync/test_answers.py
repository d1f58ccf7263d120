"""§6: answers come in where people work; they are dated, age, and move the next question on."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from connectors.sandbox.salesforce.api.admin import person
from connectors.sandbox.salesforce.schema import custom_field
from syncd.store import Store
from syncd.sync.cycle import Wiring, cycle
from syncd.sync.run import Run
from syncd.sync.summary import Summary
from tests.rep import Rep
from tests.sync.conftest import AFTER_A_CYCLE, Place, wired

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


def test_an_answer_goes_into_the_field_that_the_orgs_own_mapping_reads_and_comes_back(
    place: Place, mappings: Path, sqlite_store: Store, tmp_path: Path
) -> None:
    """A MEDDIC-like field of the org's own: what a component saves there is known with the next cycle, and rests."""
    schema = place.sandbox.salesforce.org.schema
    for name in ("Decision_Criteria__c", "Economic_Buyer_Signs__c"):
        schema.add_field("Opportunity", custom_field(name, "textarea", name, length=32_768, permissionable=False))
    shutil.copytree(mappings, tmp_path / "own")
    own = "criteria: {from: Decision_Criteria__c, as: words}, signature: {from: Economic_Buyer_Signs__c, as: words}"
    (tmp_path / "own" / "salesforce.yaml").write_text(
        f"system: salesforce\nrest: as shipped\nstreams: {{Opportunity: {{fields: {{{own}}}}}}}\n", encoding="utf-8"
    )
    wiring = wired(
        replace(place, settings=place.settings.model_copy(update={"mappings": tmp_path / "own"})), sqlite_store
    )
    cycle(wiring, Run())
    rep = Rep(place, "central@")
    (ours,) = (row for row in place.ours() if row["OwnerId"] == rep.id)
    asked = {finding["what"]: finding["field"] for finding in picture(ours)["unknown"]}
    assert (asked["criteria"], asked["signature"]) == ("Decision_Criteria__c", "Economic_Buyer_Signs__c")
    assert asked["budget"] == "Syncd_Budget__c"
    assert rep.save(ours["Id"], **{asked["criteria"]: "price, and a core interface", "Syncd_Criteria__c": "unread"}).ok
    cycle(wiring, Run())
    (criteria,) = (one for one in picture(opportunity(place, ours))["known"] if one["what"] == "criteria")
    assert (criteria["value"], criteria["field"]) == ("price, and a core interface", "Decision_Criteria__c")
    assert criteria["source"] == "salesforce Opportunity.Decision_Criteria__c"
    assert cycle(wiring, Run()).written == 0


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


@AFTER_A_CYCLE
def test_a_role_that_a_rep_sets_teaches_a_correction_for_that_person(place: Place, run: Cycle) -> None:
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


@AFTER_A_CYCLE
def test_a_role_that_a_rep_changes_on_our_own_contact_role_teaches_the_same_and_stays(place: Place, run: Cycle) -> None:
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
