"""Who is who, of leads: an opportunity stands on contacts, and what a rep's conversion makes is adopted."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from syncd.model import Call, Decision, Group, Judgement
from syncd.store import Store
from syncd.sync.summary import Summary
from tests.ledger import find
from tests.rules.builders import TODAY, a_contact, a_group, an_agreement, an_opportunity, judge, mobilized
from tests.sync.conftest import AFTER_A_CYCLE, Place
from tests.sync.test_vendor_doubles import served

A_LEAD = a_contact("ann", remote_ids={"salesforce.Lead": ("00Q1",), "hubspot.contacts": ("9",)})


def judged(group: Group) -> Judgement:
    return judge(group, an_agreement(), TODAY)


def fraud(judgement: Judgement) -> Call:
    return next(call for call in judgement.calls if call.offer == "fraud-detection")


def test_no_opportunity_is_opened_that_stands_on_leads_alone() -> None:
    judgement = judged(a_group([A_LEAD], mobilized("ann")))
    assert fraud(judgement).decision is Decision.SKIP
    assert "an opportunity stands on contacts" in " ".join(fraud(judgement).reasons)
    (task,) = [wish for wish in judgement.wishes if wish.object == "task"]
    words = str(task.fields["description"])
    assert "Choose the existing account First Invented Bank (001A), not a new one." in words
    assert "Do not create an opportunity with it" in words


def test_beside_a_contact_a_lead_is_a_delegate_like_others() -> None:
    people, activities = [A_LEAD, a_contact("bob", "Decision Maker")], [*mobilized("ann"), *mobilized("bob")]
    call = fraud(judged(a_group(people, activities)))
    assert (call.decision, set(call.delegates)) == (Decision.OPEN, {"ann", "bob"})


def test_what_a_conversion_opened_is_adopted_whatever_it_is_called() -> None:
    made = an_opportunity(id="made", name="First Invented Bank-", text="First Invented Bank-")
    ann = replace(a_contact("ann"), brought="made")
    call = fraud(judged(a_group([ann], mobilized("ann"), opportunities=(made,))))
    assert (call.decision, call.opportunity_id) == (Decision.ADOPT, "made")


def a_hot_lead(place: Place, account: Mapping[str, Any]) -> tuple[str, str]:
    """A CFO who is a lead of that bank, and asked for business."""
    host = str(account["Website"]).removeprefix("https://www.").strip("/")
    email = f"quentin.ashby@{host}"
    person = {"FirstName": "Quentin", "LastName": "Ashby", "Email": email, "Title": "Chief Financial Officer"}
    where = {"Company": account["Name"], "Website": account["Website"], "Phone": "+1 217 555 0101"}
    lead = place.add("Lead", **person, **where, Status="Open - Not Contacted")
    place.portal_add("contacts", email=email, firstname="Quentin", lastname="Ashby", jobtitle=person["Title"])
    place.submit(email, "ready to buy: digital lending")
    return lead, email


@AFTER_A_CYCLE
def test_a_lead_converted_as_the_vendor_proposes_leaves_one_account_and_one_opportunity(
    place: Place, run: Callable[..., Summary], sqlite_store: Store
) -> None:
    account = served(place)
    lead, email = a_hot_lead(place, account)
    before = {row["Id"] for row in place.rows("Opportunity")}
    run()
    place.org("convert", lead=lead)  # a new account of the same name, and an empty opportunity
    second = next(row for row in place.rows("Account", Name=account["Name"]) if row["Id"] != account["Id"])
    run()
    home, twin = (find(sqlite_store, "account", id) for id in (account["Id"], second["Id"]))
    assert home == twin and len(home) == 1
    (golden_id,) = find(sqlite_store, "contact", email)
    with sqlite_store.reading() as unit:
        assert unit.people.account_of(golden_id) == home[0]
    made = [row for row in place.rows("Opportunity") if row["Id"] not in before]
    lending = [row for row in made if row.get("Syncd_Offer__c") == "digital-lending"]
    assert len(lending) <= 1 and all(row["AccountId"] in (account["Id"], second["Id"]) for row in made)
    assert run().written == 0
