"""A cycle goes by the clock that it is given, from its judgements to what rests after a refusal."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from syncd.store.status import read_status
from syncd.sync.apply import apply
from syncd.sync.counts import WriteOutcome
from syncd.sync.cycle import Wiring, cycle
from syncd.sync.drafts import Action
from syncd.sync.plan import make_plan
from syncd.sync.run import Run
from tests.ledger import pending
from tests.sync.conftest import AFTER_A_CYCLE, NOON, Place


def at(wiring: Wiring, later: timedelta) -> Wiring:
    return replace(wiring, clock=lambda: NOON + later)


def refused_by_the_org(name: str, _: Any, __: Any) -> str | None:
    return "Ask a director first" if name == "Opportunity" else None


def test_a_refusal_rests_and_ends_its_rest_by_the_clock_of_the_cycle(place: Place, wiring: Wiring) -> None:
    settings = place.sandbox.salesforce.org.settings
    settings.validation_rules = [refused_by_the_org]
    cycle(wiring, Run())
    refused = pending(wiring.store, "salesforce", "opportunity")
    assert {wish.retry_at for wish in refused} == {NOON + timedelta(hours=1)}
    settings.validation_rules = []
    soon, later = at(wiring, timedelta(minutes=59)), at(wiring, timedelta(minutes=61))
    assert _actions(soon) == {Action.REST}
    assert cycle(soon, Run()).counts.of(WriteOutcome.CREATED, "opportunity") == 0
    assert _actions(later) == {Action.CREATE, Action.CHANGE}  # those of sales get their picture
    apply(later, None, run := Run(), force=False)
    assert run.counts.of(WriteOutcome.CREATED, "opportunity") == run.counts.of(WriteOutcome.CHANGED, "opportunity") == 3
    assert len(refused) == 6


def _actions(wiring: Wiring) -> set[Action]:
    plan = make_plan(wiring.store, wiring.targets, wiring.readers, Run(clock=wiring.clock), {})
    assert plan.made_at == wiring.clock().isoformat(timespec="seconds")
    return {step.action for step in plan.steps if step.object == "opportunity"}


@AFTER_A_CYCLE
@pytest.mark.parametrize(("today", "stale"), [(date(2026, 11, 2), 0), (date(2031, 11, 2), 1)])
def test_accounts_to_judge_are_counted_by_the_day_of_the_agreement(
    place: Place, wiring: Wiring, today: date, stale: int
) -> None:
    assert min(read_status(wiring.store, NOON, today)["stale"], 1) == stale
