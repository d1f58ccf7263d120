"""Once a person has touched a field, syncd never writes it again."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from syncd.store import Store
from syncd.sync.counts import WriteOutcome
from syncd.sync.cycle import Wiring, cycle
from syncd.sync.match import match
from syncd.sync.pull import pull
from syncd.sync.push import push
from syncd.sync.run import Run
from syncd.sync.summary import Summary
from tests.ledger import pending, quarantined
from tests.sync.conftest import AFTER_A_CYCLE, YESTERDAY, Place, judge, placed, wired


def disturb(place: Place, opportunity: dict[str, Any]) -> None:
    """Change the facts so that syncd wants other values: the account's delegates lose their roles."""
    roles = place.rows("OpportunityContactRole", OpportunityId=opportunity["Id"])
    for contact in place.rows("Contact"):
        if contact["Id"] in {role["ContactId"] for role in roles}:
            place.edit("Contact", contact["Id"], Title="Retired")


@AFTER_A_CYCLE
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("StageName", "Prospecting"),
        ("Amount", 1_234_567.0),
        ("CloseDate", "2027-12-31"),
        ("Probability", 55.0),
        ("NextStep", "Lunch with the president"),
    ],
)
def test_a_touched_field_is_never_overwritten(
    place: Place, run: Callable[..., Summary], wiring: Wiring, field: str, value: Any
) -> None:
    opportunity = place.ours()[0]
    place.edit("Opportunity", opportunity["Id"], **{field: value})
    disturb(place, opportunity)
    run()
    run()
    (now,) = place.rows("Opportunity", Id=opportunity["Id"])
    assert now[field] == value


@AFTER_A_CYCLE
def test_the_own_fields_stay_up_to_date_after_a_touch(place: Place, run: Callable[..., Summary]) -> None:
    opportunity = place.ours()[0]
    place.edit("Opportunity", opportunity["Id"], Amount=1.0)
    disturb(place, opportunity)
    run()
    (now,) = place.rows("Opportunity", Id=opportunity["Id"])
    assert (now["Amount"], now["Syncd_Qualified__c"]) == (1.0, False)
    assert now["Syncd_Reason__c"] != opportunity["Syncd_Reason__c"]


@AFTER_A_CYCLE
def test_an_owner_whom_a_person_chose_stays(place: Place, run: Callable[..., Summary]) -> None:
    opportunity = place.ours()[0]
    other = next(user for user in place.rows("User") if user["IsActive"] and user["Id"] != opportunity["OwnerId"])
    place.edit("Opportunity", opportunity["Id"], OwnerId=other["Id"])
    disturb(place, opportunity)
    run()
    (now,) = place.rows("Opportunity", Id=opportunity["Id"])
    assert now["OwnerId"] == other["Id"]


@AFTER_A_CYCLE
def test_an_edit_between_pull_and_push_is_seen_before_writing(
    place: Place, run: Callable[..., Summary], wiring: Wiring
) -> None:
    """The person is quicker than the next pull: push looks once more before it changes an opportunity."""
    opportunity = place.ours()[0]
    join(place, opportunity)
    for system, source in wiring.sources.items():
        pull(source, wiring.mappings[system], wiring.store, Run())
    match(wiring.store, wiring.readers, Run())
    judge(wiring.store, wiring.book, wiring.today(), Run())
    (wish,) = pending(wiring.store, "salesforce", "opportunity")
    assert "probability" in wish.changes, "another weight must be wished for this to mean anything"
    place.edit("Opportunity", opportunity["Id"], Probability=90.0, Amount=7.0)
    push(wiring.targets["salesforce"], wiring.mappings["salesforce"], wiring.store, wiring.readers, Run())
    (now,) = place.rows("Opportunity", Id=opportunity["Id"])
    assert (now["Probability"], now["Amount"]) == (90.0, 7.0)
    assert now["Syncd_Reason__c"] != opportunity["Syncd_Reason__c"]


def join(place: Place, opportunity: dict[str, Any], family: str = "Orr", at: datetime = YESTERDAY) -> None:
    """Let somebody in every role come to want what the opportunity is about."""
    (account,) = place.rows("Account", Id=opportunity["AccountId"])
    about = opportunity["Syncd_Offer__c"].replace("-", " ")
    titles = ("Chief Financial Officer", "Chief Information Officer", "Chief Executive Officer", "Branch Manager")
    for number, title in enumerate(titles):
        email = f"nell{number}@{family.lower()}-joins.example"
        person = {"FirstName": f"Nell{number}", "LastName": family, "Title": title, "Phone": f"+1 555 010 500{number}"}
        place.add("Contact", AccountId=account["Id"], Email=email, **person)
        place.portal_add("contacts", email=email, firstname=f"Nell{number}", lastname=family, jobtitle=title)
        place.submit(email, f"ready to buy: {about}", at)


@AFTER_A_CYCLE
def test_an_opportunity_that_a_person_deleted_is_not_made_again(place: Place, run: Callable[..., Summary]) -> None:
    opportunity = place.ours()[0]
    place.delete("Opportunity", opportunity["Id"])
    join(place, opportunity)
    assert run().counts.of(WriteOutcome.GONE, "opportunity") == 0, "it counts as lost, and rests"
    join(place, opportunity, "Pym")
    again = run()
    assert len(again.counts.judged) >= 1
    assert again.counts.of(WriteOutcome.GONE, "opportunity") == 0, (
        "nor is it tried again when something else could be said of it"
    )
    assert [row["Id"] for row in place.ours() if row["Syncd_Key__c"].startswith(opportunity["Syncd_Key__c"])] == []


@AFTER_A_CYCLE
def test_an_opportunity_that_comes_back_from_the_bin_is_kept_true_again(
    place: Place, run: Callable[..., Summary], wiring: Wiring
) -> None:
    opportunity = place.ours()[0]
    delegates = [row["ContactId"] for row in place.rows("OpportunityContactRole", OpportunityId=opportunity["Id"])]
    place.delete("Opportunity", opportunity["Id"])
    run()
    assert run(retry=True).written == 0, "it is not made again"
    for contact in delegates:
        place.edit("Contact", contact, Title="Retired")
    run()
    place.undelete("Opportunity", opportunity["Id"])
    run()
    (now,) = place.rows("Opportunity", Id=opportunity["Id"])
    assert now["Syncd_Qualified__c"] is False
    assert quarantined(wiring.store) == []
    assert run().written == 0


_WORDS = {"fraud-detection": "Fraud", "digital-lending": "Lending", "treasury-analytics": "Treasury"}


def test_an_open_opportunity_of_sales_is_adopted_not_doubled(
    place: Place, run: Callable[..., Summary], wiring: Wiring, mappings: Path, tmp_path: Path
) -> None:
    with placed(tmp_path / "first.db", mappings) as first:
        store = Store(f"sqlite:///{tmp_path / 'first.db'}")
        store.migrate()
        cycle(wired(first, store), Run())
        store.close()
        example = first.ours()[0]
        (account,) = first.rows("Account", Id=example["AccountId"])
    (account_id,) = [row["Id"] for row in place.rows("Account", Name=account["Name"])]
    fields = {"StageName": "Prospecting", "CloseDate": "2027-05-05", "Amount": 42.0}
    name = f"{_WORDS[example['Syncd_Offer__c']]} for them"
    opened = place.add("Opportunity", Name=name, AccountId=account_id, **fields)
    run()
    run()
    (now,) = place.rows("Opportunity", Id=opened)
    assert {name: now[name] for name in fields} == fields
    assert now["Syncd_Qualified__c"] is True
    assert place.rows("OpportunityContactRole", OpportunityId=opened)
    assert len(place.rows("Opportunity", AccountId=account_id, Syncd_Offer__c=example["Syncd_Offer__c"])) == 1
