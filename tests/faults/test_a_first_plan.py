"""The valve stops a run before its first write, and a store that never pushed waits for its first plan."""

from dataclasses import replace
from decimal import Decimal

import pytest

from syncd.errors import UnsafePlan
from syncd.model.runs import RunOutcome
from syncd.store import Store
from syncd.store.notes import FIRST_PLAN
from syncd.store.status import read_status
from syncd.sync.apply import apply
from syncd.sync.counts import WriteOutcome
from syncd.sync.cycle import Wiring, cycle
from syncd.sync.run import Run
from syncd.wiring import wire
from tests.faults.admins import Go, planned, pull_everything, with_agreement
from tests.sync.conftest import AFTER_A_CYCLE, NOON, Place
from tests.sync.test_drafts import wish


def test_the_valve_counts_everything_in_each_system_before_the_first_write(place: Place, wiring: Wiring) -> None:
    others = wiring.agreement.safety.others.model_copy(update={"percent_of_records": Decimal(1), "never_below": 0})
    strict = with_agreement(wiring, safety=wiring.agreement.safety.model_copy(update={"others": others}))
    summary = cycle(strict, Run())
    assert (summary.outcome, summary.written) == (RunOutcome.UNSAFE, 0)
    assert "records as potential in hubspot" in summary.failures["push"]
    assert place.written() == before_any_write(place)
    with pytest.raises(UnsafePlan, match=r"safety\.others"):
        apply(strict, None, Run(), force=False)


def before_any_write(place: Place) -> int:
    """The writes of deploy alone."""
    writes = place.sandbox.salesforce.org.writes
    return sum(write.get("object") in ("PermissionSetAssignment", "PermissionSetLicenseAssign") for write in writes)


def test_our_own_fields_have_a_share_of_their_own(place: Place, wiring: Wiring) -> None:
    own = wiring.agreement.safety.own_fields.model_copy(update={"percent_of_records": Decimal(1), "never_below": 0})
    strict = with_agreement(wiring, safety=wiring.agreement.safety.model_copy(update={"own_fields": own}))
    summary = cycle(strict, Run())
    assert (summary.outcome, summary.written) == (RunOutcome.UNSAFE, 0)
    assert "our own fields" in summary.failures["push"]


@pytest.fixture
def fresh(place: Place, sqlite_store: Store) -> Wiring:
    """syncd on a store that never pushed."""
    return replace(wire(place.settings, sqlite_store, sleep=lambda _: None), clock=lambda: NOON)


def test_a_store_that_never_pushed_pushes_nothing_until_its_first_plan_is_applied(place: Place, fresh: Wiring) -> None:
    for force in (False, True):
        summary = cycle(fresh, Run(), force=force)
        assert (summary.outcome, summary.written) == (RunOutcome.UNSAFE, 0)
        assert "first plan" in summary.failures["push"]
        (cause,) = (cause for cause in summary.causes() if cause.where == ("push",))
        assert cause.mend == "look at `syncd plan`, then `syncd apply`"
        assert "--force" not in cause.what
    assert place.ours() == []
    assert read_status(fresh.store, NOON)["first_plan"] == "due"
    apply(fresh, planned(fresh), Run(), force=False)
    assert len(place.ours()) == 3
    assert cycle(fresh, Run()).outcome is RunOutcome.DONE
    assert read_status(fresh.store, NOON)["first_plan"] == "applied"


def test_an_empty_first_plan_applied_leaves_the_first_real_one_to_be_looked_at(place: Place, fresh: Wiring) -> None:
    pull_everything(fresh)
    plan = planned(fresh)
    assert plan.steps == ()
    apply(fresh, plan, Run(), force=False)
    assert read_status(fresh.store, NOON)["first_plan"] == "due"
    summary = cycle(fresh, Run())
    assert (summary.outcome, summary.written) == (RunOutcome.UNSAFE, 0)
    assert "first plan" in summary.failures["push"]
    apply(fresh, plan, Run(), force=False)
    assert (place.ours(), cycle(fresh, Run()).outcome) == ([], RunOutcome.UNSAFE)


def test_a_first_plan_of_which_nothing_could_be_sent_waits_still(place: Place, fresh: Wiring) -> None:
    wish(fresh)
    plan = planned(fresh)
    stale = replace(plan, steps=tuple(replace(step, digest="of another day") for step in plan.steps))
    apply(fresh, stale, run := Run(), force=False)
    assert (run.counts.written, run.counts.of(WriteOutcome.LEFT) > 0) == (0, True)
    assert cycle(fresh, Run()).outcome is RunOutcome.UNSAFE
    assert place.ours() == []


@AFTER_A_CYCLE
def test_a_store_that_pushed_before_the_upgrade_is_past_its_first_plan(run: Go, wiring: Wiring) -> None:
    with wiring.store.writing() as unit:
        unit.notes.drop(FIRST_PLAN)
    assert run().outcome is RunOutcome.DONE
