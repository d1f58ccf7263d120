"""The plan shown is the plan carried out: drafts are decided once, by what stands in Salesforce this moment."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from connectors.base import Payload, Receipt
from syncd.mapping import load_all
from syncd.store.wishes import PendingWish
from syncd.sync.counts import WriteOutcome
from syncd.sync.cycle import Wiring
from syncd.sync.drafts import SENT, TOUCHED, Action, draft_of
from syncd.sync.match import match
from syncd.sync.plan import Plan, Step, make_plan
from syncd.sync.pull import pull
from syncd.sync.push import SystemPush, push
from syncd.sync.run import Run
from syncd.sync.summary import Summary
from syncd.sync.whereabouts import Remote, Whereabouts
from tests.sync.conftest import Place, judge
from tests.sync.test_hands_off import join

SYSTEM = "salesforce"


@dataclass
class Recorder:
    """Salesforce, and all that is sent to it."""

    remote: Remote
    sent: list[tuple[str, Payload]] = field(default_factory=list)

    def push(self, object_: str, payloads: Sequence[Payload]) -> Sequence[Receipt]:
        self.sent += [(object_, payload) for payload in payloads]
        return self.remote.push(object_, payloads)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.remote, name)


def wish(wiring: Wiring) -> None:
    """Pull, match and judge."""
    for system, source in wiring.sources.items():
        pull(source, wiring.mappings[system], wiring.store, Run())
    match(wiring.store, wiring.readers, Run())
    judge(wiring.store, wiring.book, wiring.today(), Run())


def planned(wiring: Wiring) -> Plan:
    return make_plan(wiring.store, {SYSTEM: wiring.targets[SYSTEM]}, wiring.readers, Run(clock=wiring.clock), {})


def carry_out(wiring: Wiring, plan: Plan | None = None, remote: Any = None) -> SystemPush:
    only = plan.drafts(SYSTEM) if plan else None
    target = remote or wiring.targets[SYSTEM]
    return push(target, wiring.mappings[SYSTEM], wiring.store, wiring.readers, Run(clock=wiring.clock), only=only)


def step_of(plan: Plan, opportunity: dict[str, Any]) -> Step:
    (step,) = [step for step in plan.steps if (step.object, step.key) == ("opportunity", opportunity["Syncd_Key__c"])]
    return step


@pytest.fixture
def heavier(place: Place, run: Callable[..., Summary], wiring: Wiring) -> dict[str, Any]:
    """An opportunity of ours that is wished to weigh otherwise."""
    run()
    opportunity = place.ours()[0]
    join(place, opportunity)
    wish(wiring)
    return opportunity


@pytest.mark.parametrize("apply", [False, True], ids=["push", "apply"])
def test_what_is_sent_is_what_the_plan_showed_field_by_field(place: Place, wiring: Wiring, apply: bool) -> None:
    """Also what points at records that only this push makes: contact roles of an opportunity, the task's."""
    wish(wiring)
    plan, recorder = planned(wiring), Recorder(wiring.targets[SYSTEM])
    carry_out(wiring, plan if apply else None, recorder)
    writes = wiring.mappings[SYSTEM].writes
    shown = {
        (writes[step.object].object, step.key): {writes[step.object].fields[name] for name in step.changes}
        for step in plan.steps
        if step.action in SENT
    }
    assert {"OpportunityContactRole", "Task", "Opportunity"} <= {object_ for object_, _ in shown}
    assert {(object_, payload.key): set(payload.fields) for object_, payload in recorder.sent} == shown


def test_a_field_that_a_person_has_just_changed_is_shown_as_theirs(
    place: Place, wiring: Wiring, heavier: dict[str, Any]
) -> None:
    assert "probability" in step_of(planned(wiring), heavier).changes
    place.edit("Opportunity", heavier["Id"], Probability=90.0)
    step = step_of(planned(wiring), heavier)
    assert (step.action, step.withheld) == (Action.CHANGE, {"probability": TOUCHED})
    assert "probability" not in step.changes


def test_what_a_person_changed_after_the_plan_is_left_for_the_next_one(
    place: Place, wiring: Wiring, heavier: dict[str, Any]
) -> None:
    plan = planned(wiring)
    place.edit("Opportunity", heavier["Id"], Probability=90.0)
    (before,) = place.rows("Opportunity", Id=heavier["Id"])
    assert carry_out(wiring, plan).run.counts.of(WriteOutcome.LEFT, "opportunity") == 1
    assert place.rows("Opportunity", Id=heavier["Id"]) == [before]
    carry_out(wiring, planned(wiring))
    (after,) = place.rows("Opportunity", Id=heavier["Id"])
    assert (after["Probability"], after["Syncd_Reason__c"] == before["Syncd_Reason__c"]) == (90.0, False)


def test_a_record_that_a_person_deleted_is_shown_as_gone(place: Place, wiring: Wiring, heavier: dict[str, Any]) -> None:
    place.delete("Opportunity", heavier["Id"])
    assert step_of(planned(wiring), heavier).action is Action.GONE


def test_a_creation_whose_answer_was_lost_is_looked_up_before_it_is_planned(place: Place, wiring: Wiring) -> None:
    wish(wiring)
    lost = {"kind": "cut_after", "system": SYSTEM, "method": "PATCH", "path": "*/composite/sobjects/Opportunity/*"}
    place.fault({**lost, "count": 1})
    uncertain = carry_out(wiring).run.counts.of(WriteOutcome.UNCERTAIN, "opportunity")
    place.fault()
    steps = [step for step in planned(wiring).steps if step.object == "opportunity"]
    assert len(steps) == uncertain > 0
    assert Action.CREATE not in {step.action for step in steps}


def test_a_wish_that_rests_is_shown_with_the_refusal(place: Place, wiring: Wiring) -> None:
    wish(wiring)
    place.sandbox.salesforce.org.settings.validation_rules = [
        lambda name, _, __: "Ask a director first" if name == "Opportunity" else None
    ]
    carry_out(wiring)
    steps = [step for step in planned(wiring).steps if step.object == "opportunity"]
    assert {step.action for step in steps} == {Action.REST}
    assert all("Ask a director first" in step.reason for step in steps)
    roles = [step for step in planned(wiring).steps if step.object == "contact_role"]
    assert {step.action for step in roles} == {Action.WAIT}, "what they point at is not made by this push"


def test_a_plan_writes_nothing_and_a_second_one_is_the_same(
    place: Place, wiring: Wiring, heavier: dict[str, Any]
) -> None:
    before = place.written()
    assert planned(wiring).digest == planned(wiring).digest
    assert place.written() == before


@pytest.mark.parametrize(
    ("stands", "action"),
    [
        (("rejected", "no need"), Action.CHANGE),
        (("rejected", "wrong time"), Action.LEAVE),
        (("accepted", None), Action.LEAVE),
    ],
    ids=["the word that was meant", "another reason", "another word"],
)
def test_a_word_that_was_given_meanwhile_is_never_taken_out(stands: tuple[str, str | None], action: Action) -> None:
    wanted = {"verdict": None, "verdict_reason": None, "was": "rejected: no need"}
    wish = PendingWish(
        *(SYSTEM, "unsaid", "003A/mql-2/ann", "bank", wanted, "", {}, False, "003A", {}, (), {}, False, 0, None, None),
        gone=False,
        reason="",
    )
    row = dict(zip(("verdict", "verdict_reason"), stands, strict=True))
    draft = draft_of(wish, load_all()[SYSTEM].writes["unsaid"], Whereabouts({}, {"003A": row}, {}))
    assert (draft.action, {*draft.fields}) == (action, {*row} if action is Action.CHANGE else set())
