"""The agreed stage is looked at before each write: where it does not hold nothing is opened, and all else goes on."""

from typing import Any

import pytest

from syncd.model.runs import RunOutcome
from syncd.sync.apply import apply
from syncd.sync.counts import WriteOutcome
from syncd.sync.cycle import Wiring, cycle
from syncd.sync.drafts import SENT, Action
from syncd.sync.run import Run
from tests.faults.admins import OTHERS, Change, Go, planned, sales_process, stage_is, with_agreement
from tests.rules.agreements import CONTENT, changed, complaints
from tests.sync.conftest import AFTER_A_CYCLE, Place
from tests.sync.test_drafts import wish

STAGES: dict[str, tuple[Change, str]] = {
    "made closed and won": (stage_is(IsClosed=True, IsWon=True, DefaultProbability=100.0), "is closed"),
    "made inactive": (stage_is(IsActive=False), "is inactive"),
    "of even odds": (stage_is(DefaultProbability=50.0), "a default probability of 50 %"),
    "renamed": (stage_is(ApiName="Qualified"), "does not exist in the org"),
    "left out of the forecast": (stage_is(ForecastCategoryName="Omitted"), "forecast category Omitted"),
    "a best case": (stage_is(ForecastCategory="BestCase"), "forecast category BestCase"),
    "not in the sales process": (sales_process("Prospecting", "Closed Won"), "is not in the sales process"),
}


@pytest.mark.parametrize(("change", "why"), STAGES.values(), ids=STAGES)
def test_nothing_is_opened_in_a_stage_that_changed_and_everything_else_goes_on(
    place: Place, run: Go, change: Change, why: str
) -> None:
    change(place)
    summary = run()
    assert summary.outcome is RunOutcome.INCOMPLETE, "exit code 3"
    (premise,) = summary.premises
    assert (premise["premise"], premise["waiting"]) == ("stage", 3)
    assert why in premise["what"]
    assert place.ours() == []
    assert summary.counts.of(WriteOutcome.HELD) == summary.counts.of(WriteOutcome.HELD, "opportunity") == 3
    assert all(summary.counts.of(WriteOutcome.CHANGED, object_) for object_ in OTHERS)
    tasks = [row for row in place.rows("Task") if row.get("Syncd_Key__c")]
    assert tasks, "whoever asked is called all the same"
    assert not [task for task in tasks if str(task.get("WhatId") or "").startswith("006")]


@AFTER_A_CYCLE
def test_a_stage_made_closed_won_after_a_good_cycle_opens_nothing_and_what_stands_is_kept_up(
    place: Place, run: Go
) -> None:
    """Then a CFO without an opportunity hands in a form."""
    stood = {row["Id"] for row in place.ours()}
    gone = place.ours()[0]["AccountId"]
    stage_is(IsClosed=True, IsWon=True, DefaultProbability=100.0)(place)
    newcomer = next(row for row in place.rows("Account") if row["Id"] not in {o["AccountId"] for o in place.ours()})
    assert newcomer["Id"] != gone
    cfo(place, newcomer)
    summary = run()
    assert {row["Id"] for row in place.ours()} == stood
    assert "is closed" in summary.failures["salesforce premise agreement forecast.stage"]
    stage_is(IsClosed=False, IsWon=False, DefaultProbability=10.0)(place)
    assert run().outcome is RunOutcome.DONE


def cfo(place: Place, account: dict[str, Any]) -> str:
    """Have a new chief financial officer of an account ask for a demonstration of fraud detection's price."""
    email = "wanda.new@" + str(account["Website"] or "https://www.nowhere.example/").split("www.")[-1].rstrip("/")
    place.add("Contact", AccountId=account["Id"], LastName="New", FirstName="Wanda", Email=email, Title="CFO")
    place.portal_add("contacts", email=email, firstname="Wanda", lastname="New", jobtitle="CFO")
    place.submit(email, "fraud")
    return email


def test_when_the_stage_is_put_right_again_what_waited_is_opened_without_a_resync(place: Place, run: Go) -> None:
    stage_is(IsActive=False)(place)
    run()
    tasks = len(place.rows("Task"))
    stage_is(IsActive=True)(place)
    assert run().outcome is RunOutcome.DONE
    assert {row["StageName"] for row in place.ours()} == {"Qualification"}
    assert len(place.ours()) == 3
    ours = {row["Id"] for row in place.ours()}
    assert [task for task in place.rows("Task") if task.get("WhatId") in ours], "they are put to it now"
    assert len(place.rows("Task")) == tasks


@pytest.mark.parametrize("stage", ["Closed Won", "closed lost", "Closed", "Closed - Won"])
def test_a_closed_stage_in_the_agreement_is_refused_by_its_check(stage: str) -> None:
    text = changed(forecast={**CONTENT["forecast"], "stage": stage})
    assert any("is closed" in line for line in complaints(text))


def test_a_closed_stage_in_the_agreement_opens_nothing(place: Place, wiring: Wiring) -> None:
    closed = wiring.agreement.forecast.model_copy(update={"stage": "Closed Won"})
    summary = cycle(with_agreement(wiring, forecast=closed), Run())
    assert place.ours() == []
    assert "'Closed Won' is closed" in summary.failures["salesforce premise agreement forecast.stage"]


def test_a_plan_drawn_before_the_stage_was_made_inactive_is_applied_without_its_opportunities(
    place: Place, wiring: Wiring
) -> None:
    wish(wiring)
    plan = planned(wiring)
    assert plan.opportunities == 6  # it opens three, and draws the picture of three that sales opened
    stage_is(IsActive=False)(place)
    application = apply(wiring, plan, run := Run(), force=False)
    assert place.ours() == []
    assert "is inactive" in application.premises["salesforce premise agreement forecast.stage"]
    assert run.counts.of(WriteOutcome.CHANGED, "contact") > 0
    sent = {(step.object, step.key) for step in plan.steps if step.action in SENT}
    assert run.counts.of(WriteOutcome.CREATED) + run.counts.of(WriteOutcome.CHANGED) < len(sent)


def test_the_plan_shows_what_waits_and_why(place: Place, wiring: Wiring) -> None:
    stage_is(IsActive=False)(place)
    wish(wiring)
    held = [step for step in planned(wiring).steps if step.action is Action.HOLD]
    assert {step.object for step in held} == {"opportunity"}
    assert all("is inactive" in step.reason for step in held)
