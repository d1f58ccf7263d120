"""The safety valve counts what would be sent, by a cycle as by hand, and what it holds back stays held back."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from syncd.agreement.terms import OpportunityShare, Safety
from syncd.errors import UnsafePlan
from syncd.model.runs import RunOutcome
from syncd.store.status import read_status
from syncd.sync.apply import apply
from syncd.sync.counts import WriteOutcome
from syncd.sync.cycle import Wiring, cycle
from syncd.sync.drafts import Action
from syncd.sync.plan import make_plan
from syncd.sync.run import Run
from syncd.sync.summary import Summary
from tests.ledger import count_pending, counted_cycle, find, judgement
from tests.sync.conftest import AFTER_A_CYCLE, NOON, Place
from tests.sync.test_drafts import wish
from tests.sync.test_hands_off import join


def allowing(wiring: Wiring, opportunities: int) -> Wiring:
    """The same, by an agreement that allows so many opportunities a run."""
    safety = Safety(
        opportunities=OpportunityShare(percent_of_served_accounts=Decimal("0.01"), never_below=opportunities)
    )
    return replace(
        wiring,
        book=replace(
            wiring.book, agreement=wiring.agreement.model_copy(update={"version": "another", "safety": safety})
        ),
    )


def refused_by_the_org(name: str, _: Any, __: Any) -> str | None:
    return "Ask a director first" if name == "Opportunity" else None


@pytest.mark.parametrize("most", [2, 3])
def test_a_cycle_and_a_push_by_hand_meet_the_same_valve(place: Place, wiring: Wiring, most: int) -> None:
    """Three opportunities are wished: their accounts do not stand yet, and are made by the same push."""
    strict = allowing(wiring, most)
    wish(strict)
    stopped = most < 3
    if stopped:
        with pytest.raises(UnsafePlan, match="changes 3 opportunities; the agreement allows 2"):
            apply(strict, None, Run(), force=False)
    summary = cycle(strict, Run())
    assert ("changes 3 opportunities" in summary.failures.get("push", "")) is stopped
    assert len(place.ours()) == (0 if stopped else 3)


def test_what_rests_after_a_refusal_does_not_hold_back_the_rest(place: Place, wiring: Wiring) -> None:
    place.sandbox.salesforce.org.settings.validation_rules = [refused_by_the_org]
    assert cycle(wiring, Run()).counts.of(WriteOutcome.REFUSED, "opportunity") == 6, "three of ours, three of sales"
    strict = allowing(wiring, 1)
    assert "push" not in cycle(strict, Run()).failures
    assert make_plan(wiring.store, wiring.targets, wiring.readers, Run(clock=lambda: NOON), {}).opportunities == 0


@AFTER_A_CYCLE
def test_a_deleted_opportunity_is_pending_nowhere_and_shown_as_gone(place: Place, wiring: Wiring) -> None:
    """A person deletes it after the pull, before the push; what the pull has seen to go counts as lost."""
    opportunity = place.ours()[0]
    join(place, opportunity)

    def progress(what: str, _: int) -> None:
        if what == "judge" and place.rows("Opportunity", Id=opportunity["Id"]):
            place.delete("Opportunity", opportunity["Id"])

    assert cycle(wiring, Run(progress=progress)).counts.of(WriteOutcome.GONE, "opportunity") == 1
    assert count_pending(wiring.store, "salesforce").get("opportunity", 0) == 0
    assert "opportunity" not in read_status(wiring.store, NOON)["pending"].get("salesforce", {})
    plan = make_plan(wiring.store, wiring.targets, wiring.readers, Run(clock=lambda: NOON), {})
    assert {step.action for step in plan.steps if step.key == opportunity["Syncd_Key__c"]} >= {Action.GONE}
    assert plan.opportunities == 0


@AFTER_A_CYCLE
def test_an_opportunity_that_was_seen_to_be_deleted_is_lost_and_wished_no_more(
    place: Place, run: Callable[..., Summary], wiring: Wiring
) -> None:
    opportunity = place.ours()[0]
    place.delete("Opportunity", opportunity["Id"])
    join(place, opportunity)
    assert run().counts.of(WriteOutcome.GONE, "opportunity") == 0, "nothing is sent to what is known to be gone"
    (account,) = find(wiring.store, "account", opportunity["AccountId"])
    assert "a person deleted it" in (judgement(wiring.store, account) or "")
    assert count_pending(wiring.store, "salesforce").get("opportunity", 0) == 0
    assert "opportunity" not in read_status(wiring.store, NOON)["pending"].get("salesforce", {})
    plan = make_plan(wiring.store, wiring.targets, wiring.readers, Run(clock=lambda: NOON), {})
    assert [step for step in plan.steps if step.object == "opportunity"] == []
    assert plan.opportunities == 0


def test_a_valve_that_is_shut_in_one_system_holds_back_every_system(place: Place, wiring: Wiring) -> None:
    summary = cycle(allowing(wiring, 1), Run())
    assert (summary.written, summary.outcome) == (0, RunOutcome.UNSAFE)
    assert not summary.counts.writes
    assert place.ours() == []


def test_a_valve_that_stays_shut_asks_nobody_again_until_something_happens(place: Place, wiring: Wiring) -> None:
    strict = allowing(wiring, 1)
    shut = cycle(strict, Run()).failures["push"]
    idle = counted_cycle(strict)
    assert (idle.failures["push"], idle.outcome) == (shut, RunOutcome.UNSAFE)
    assert idle.calls["salesforce"] <= 4, "the news of all streams, and their shapes"
    place.edit("Account", place.rows("Account")[0]["Id"], Phone="+1 404 555 0100")
    assert counted_cycle(strict).calls["salesforce"] > 9, "premises, and what stands where something would be written"
    assert counted_cycle(strict).calls["salesforce"] <= 4
    assert cycle(strict, Run(), force=True).outcome is RunOutcome.DONE
    assert len(place.ours()) == 3


TITLES = ("Chief Financial Officer", "Chief Information Officer", "Chief Executive Officer", "Branch Manager")


@pytest.mark.parametrize("most", [3, 4])
def test_what_arrives_while_a_round_writes_is_counted_with_what_stands_by_then(
    place: Place, wiring: Wiring, most: int
) -> None:
    """Four people of nobody ask for something; while the first round writes, somebody puts them to an account."""
    taken = {opportunity["AccountId"] for opportunity in place.rows("Opportunity")}
    people = {f"nell{number}@orr-joins.example": title for number, title in enumerate(TITLES)}
    for email, title in people.items():
        place.portal_add("contacts", email=email, firstname=email[:5].title(), lastname="Orr", jobtitle=title)
        place.submit(email, "ready to buy: fraud")
    joined: list[str] = []

    def progress(what: str, _: int) -> None:
        if what == "push opportunity" and not joined:
            wished = taken | {opportunity["AccountId"] for opportunity in place.ours()}
            joined.append(next(row["Id"] for row in place.rows("Account") if row["Id"] not in wished and served(row)))
            for email, title in people.items():
                name = {"FirstName": email[:5].title(), "LastName": "Orr"}
                place.add("Contact", AccountId=joined[0], Email=email, Title=title, **name)

    def served(row: dict[str, Any]) -> bool:
        accounts = find(wiring.store, "account", row["Id"])
        return any('"standing":"in"' in (judgement(wiring.store, account) or "") for account in accounts)

    summary = cycle(allowing(wiring, most), Run(progress=progress))
    assert len(place.ours()) == most
    assert (summary.outcome is RunOutcome.UNSAFE) is (most == 3)
    assert ("changes 4 opportunities" in summary.failures.get("push", "")) is (most == 3)
