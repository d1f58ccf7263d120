"""A. What is not seen is not known: a hidden field or record tells of no person's hand."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from connectors.base import Record
from syncd.sync.counts import WriteOutcome
from syncd.sync.cycle import Wiring
from syncd.sync.drafts import HIDDEN, UNSEEN, Action, draft_of
from syncd.sync.holds import Holds
from syncd.sync.plan import make_plan
from syncd.sync.push import push
from syncd.sync.run import Run
from syncd.sync.summary import Summary
from syncd.sync.whereabouts import Whereabouts
from tests.ledger import pending
from tests.sync.conftest import AFTER_A_CYCLE, Place
from tests.sync.test_drafts import heavier, wish

__all__ = ["heavier"]
SYSTEM = "salesforce"


@dataclass
class Blind:
    """Salesforce as somebody sees it to whom nobody shows opportunities."""

    remote: Any

    def fetch(self, stream: str, fields: Any, ids: Any) -> list[Record]:
        return []

    def __getattr__(self, name: str) -> Any:
        return getattr(self.remote, name)


def hide(place: Place, field: str) -> Callable[[], None]:
    """Take the grant of one of Opportunity's fields away; what is returned gives it back."""
    access = place.sandbox.salesforce.org.access
    kept = [(granted, dict(granted.fields)) for granted in access.sets.values()]
    for granted, _ in kept:
        granted.fields.pop(("Opportunity", field), None)
    access.revision += 1

    def give_back() -> None:
        for granted, before in kept:
            granted.fields.update(before)
        access.revision += 1

    return give_back


@AFTER_A_CYCLE
def test_a_field_that_was_hidden_for_a_night_is_kept_true_again_once_it_is_shown(
    place: Place, run: Callable[..., Summary], wiring: Wiring
) -> None:
    give_back = hide(place, "Amount")
    run(mode="full")
    give_back()
    run(mode="full")
    with wiring.store.reading() as unit:
        opportunities = unit.golden.rows("opportunity", [f"salesforce.Opportunity/{one['Id']}" for one in place.ours()])
        yardsticks = unit.yardsticks.of(SYSTEM, [one["Id"] for one in place.ours()])
    assert len(opportunities) == 3
    assert {tuple(row["touched"]) for row in opportunities.values()} == {()}
    assert {one.touched for one in yardsticks.values()} == {()}
    place.edit("Opportunity", place.ours()[0]["Id"], Amount=None)
    run()
    with wiring.store.reading() as unit:
        (emptied,) = unit.golden.rows("opportunity", [f"salesforce.Opportunity/{place.ours()[0]['Id']}"]).values()
    assert emptied["touched"] == ["amount"], "a person who empties a field has touched it all the same"


def test_a_field_that_is_hidden_as_we_are_about_to_write_waits_and_is_nobody_s(
    place: Place, wiring: Wiring, heavier: dict[str, Any]
) -> None:
    (wanted,) = [one for one in pending(wiring.store, SYSTEM, "opportunity") if one.remote_id == heavier["Id"]]
    row = {"stage": "Prospecting", "modified_by": "a", "created_by": "b"}
    rule = wiring.mappings[SYSTEM].writes["opportunity"]
    acknowledged = {name: value for name, value in wanted.acknowledged.items() if name != "stage"}
    known = {**vars(wanted), "acknowledged": acknowledged}
    draft = draft_of(type(wanted)(**known), rule, Whereabouts({}, {heavier["Id"]: row}, {}))
    assert (draft.action, draft.touched) == (Action.CHANGE, ())
    assert draft.left_out["probability"] == HIDDEN
    assert "probability" not in draft.fields


@pytest.mark.parametrize("why", ["not shown", "unreadable"])
def test_a_record_that_is_not_seen_waits_for_access_and_is_not_taken_for_deleted(
    wiring: Wiring, heavier: dict[str, Any], monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    remote: Any = wiring.targets[SYSTEM]
    if why == "not shown":
        remote = Blind(remote)
    else:
        monkeypatch.setattr(wiring.readers, "row", lambda system, stream, raw: {})
    holds = Holds()
    plan = make_plan(wiring.store, {SYSTEM: remote}, wiring.readers, Run(clock=wiring.clock), {SYSTEM: holds})
    (step,) = [one for one in plan.steps if (one.object, one.key) == ("opportunity", heavier["Syncd_Key__c"])]
    assert step.action is Action.HOLD
    assert UNSEEN in step.reason
    pushed = push(remote, wiring.mappings[SYSTEM], wiring.store, wiring.readers, Run(clock=wiring.clock), holds=holds)
    assert pushed.run.counts.of(WriteOutcome.GONE, "opportunity") == 0
    assert {problem.premise for problem in holds.problems} == {"record access"}
    assert [one.remote_id for one in pending(wiring.store, SYSTEM, "opportunity")] == [heavier["Id"]]
    monkeypatch.undo()
    again = push(wiring.targets[SYSTEM], wiring.mappings[SYSTEM], wiring.store, wiring.readers, Run(clock=wiring.clock))
    assert again.run.counts.of(WriteOutcome.CHANGED, "opportunity") == 1
    assert pending(wiring.store, SYSTEM, "opportunity") == []


def test_a_record_whose_deletion_was_read_is_gone_also_when_it_left_the_bin(
    place: Place, run: Callable[..., Summary], wiring: Wiring, heavier: dict[str, Any]
) -> None:
    place.delete("Opportunity", heavier["Id"])
    wish(wiring)
    with wiring.store.writing() as unit:
        unit.receipts.retry()
    remote: Any = Blind(wiring.targets[SYSTEM])
    plan = make_plan(wiring.store, {SYSTEM: remote}, wiring.readers, Run(clock=wiring.clock), {})
    assert {one.action for one in plan.steps if one.key == heavier["Syncd_Key__c"]} <= {Action.GONE}
