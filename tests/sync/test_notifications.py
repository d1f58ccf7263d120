"""Notifications over the tiny world: to the named rep alone, once, and nothing where something does not hold."""

import os
import signal
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from sqlalchemy import Engine, event

from connectors.base import Payload, Receipt
from syncd.model.runs import RunOutcome
from syncd.settings import Settings
from syncd.store import Store
from syncd.store.status import read_status
from syncd.sync import acts
from syncd.sync.acts import LATE, MAYBE
from syncd.sync.apply import push_pending
from syncd.sync.counts import WriteOutcome
from syncd.sync.cycle import Wiring, cycle
from syncd.sync.drafts import Action
from syncd.sync.holds import look_everywhere
from syncd.sync.plan import Step, make_plan
from syncd.sync.run import Run
from syncd.sync.summary import Summary
from syncd.sync.valve import Valve
from syncd.sync.whereabouts import Remote
from syncd.wiring import wire
from tests.ledger import begin, counted_cycle, retry_wishes
from tests.sync.conftest import NOON, Place
from tests.sync.forked import PROCESSES
from tests.sync.test_vendor_doubles import hire

Go = Callable[..., Summary]
ACTION = "customNotificationAction"
AT_REST = 4  # calls of Salesforce, as README says
ENDPOINT = "/services/data/v68.0/actions/standard/customNotificationAction"


def got(place: Place) -> list[dict[str, Any]]:
    """What reps got so far."""
    return place.sandbox.salesforce.org.notifications


def raise_a_hand(place: Place, first: str = "Wren") -> None:
    """Have a new contact of a bank in the market ask for sales, an hour ago."""
    person = {"FirstName": first, "LastName": "Calder", "Email": f"{first.lower()}.calder@calder-asks.example"}
    hire(place, place.rows("Account", Name="Endeavor Bank")[0], **person)
    place.submit(person["Email"], "contact sales", NOON - timedelta(hours=1))


def handed_at_once(store: Store) -> set[str]:
    """The keys of the tasks of who was never held back, the world's older hand-raises among them."""
    with store.reading() as unit:
        releases = unit.queue.releases((NOON - timedelta(days=7)).date())
    return {release.key for release in releases if release.how == "at once"}


def tasks_of(place: Place) -> dict[str, dict[str, Any]]:
    """Our tasks, by their keys."""
    return {row["Syncd_Key__c"]: row for row in place.rows("Task") if row.get("Syncd_Key__c")}


def planned(wiring: Wiring, at: datetime = NOON) -> list[Step]:
    """What a plan of that moment says of notifications."""
    holds = look_everywhere(wiring.targets, wiring.agreement, wiring.mappings, Run())
    plan = make_plan(wiring.store, wiring.targets, wiring.readers, Run(clock=lambda: at), holds)
    return [step for step in plan.steps if step.object == "notification"]


def said(wiring: Wiring, at: datetime = NOON) -> dict[str, int]:
    """What status says of notifications, without zeros."""
    numbers = read_status(wiring.store, at)["notifications"]
    return {name: number for name, number in numbers.items() if number}


def test_a_hand_raise_and_later_a_silent_task_are_told_to_their_named_reps_once(place: Place, wiring: Wiring) -> None:
    raise_a_hand(place)
    run = Run()
    assert cycle(wiring, run).outcome is RunOutcome.DONE
    tasks = tasks_of(place)
    assert len(handed_at_once(wiring.store)) > 1, "some asked longer ago"
    ((notification,), (task,)) = got(place), [row for row in tasks.values() if "Wren" in row["Subject"]]
    assert (notification["type"], notification["targetId"]) == ("Syncd_Radar", task["Id"])
    assert (notification["user"], notification["title"]) == (task["OwnerId"], task["Subject"])
    assert run.counts.wrote["salesforce", "notification"]
    many = {("salesforce", "notification"): dict.fromkeys(map(str, range(10_000)), False)}
    valve = Valve(wiring.store, wiring.agreement, wiring.mappings, {**run.counts.wrote, **many})
    valve.require(
        make_plan(wiring.store, wiring.targets, wiring.readers, Run(clock=lambda: NOON), {})
    )  # they count nothing in it
    assert cycle(wiring, Run()).written == 0
    assert len(got(place)) == 1
    later = replace(wiring, clock=lambda: NOON + timedelta(days=4))
    for _ in range(2):
        cycle(later, Run())
        reminded = got(place)[1:]
        silent = [row["Id"] for row in tasks_of(place).values() if row.get("IsReminderSet")]
        assert len(silent) > 1 and sorted(one["targetId"] for one in reminded) == sorted(silent)
        assert all(one["title"].startswith("Still waits: ") for one in reminded)


class Killed(BaseException):
    """The process is gone."""


@contextmanager
def killed_after(place: Place, count: int) -> Iterator[None]:
    """Die at the first statement after so many notifications went out: none of their receipts is kept."""

    def on_statement(*_: object) -> None:
        if len(got(place)) >= count:
            raise Killed

    event.listen(Engine, "before_cursor_execute", on_statement)
    try:
        with pytest.raises(Killed):
            yield
    finally:
        event.remove(Engine, "before_cursor_execute", on_statement)


def test_who_dies_between_the_notification_and_its_receipt_doubles_none(place: Place, wiring: Wiring) -> None:
    raise_a_hand(place)
    with killed_after(place, 1):
        cycle(wiring, Run())
    assert [(step.action, step.reason) for step in planned(wiring)] == [(Action.LEAVE, MAYBE)]
    assert cycle(wiring, Run()).outcome is RunOutcome.DONE
    assert len(got(place)) == 1
    assert planned(wiring) == []


def test_an_answer_that_is_lost_costs_its_own_notification_alone(place: Place, wiring: Wiring) -> None:
    for first in ("Wren", "Yara", "Zora"):
        raise_a_hand(place, first)
    place.fault({"kind": "cut_before", "path": ENDPOINT, "count": 1})
    for _ in range(2):
        cycle(wiring, Run())
        assert (len({one["title"] for one in got(place)}), len(got(place)), planned(wiring)) == (2, 2, [])
    assert said(wiring) == {"sent": 3}, "what may have been sent counts as sent"


def test_where_nobody_answers_two_are_tried_and_the_others_wait(place: Place, wiring: Wiring) -> None:
    for first in ("Wren", "Xena", "Yara", "Zora"):
        raise_a_hand(place, first)
    place.fault({"kind": "cut_after", "path": ENDPOINT})
    cycle(wiring, Run())
    assert (len(got(place)), len(planned(wiring))) == (2, 2)
    place.fault()
    retry_wishes(wiring.store)
    cycle(wiring, Run())
    titles = Counter(one["title"] for one in got(place))
    assert (len(titles), {*titles.values()}) == (4, {1})


def ring(settings: Settings, die: bool) -> None:
    """Run a cycle in this process, which is killed right after the first notification was noted as under way."""
    noted = False

    def on_statement(_: object, __: object, statement: str, values: object, *___: object) -> None:
        nonlocal noted
        if noted:
            os.kill(os.getpid(), signal.SIGKILL)
        noted = statement.startswith("UPDATE wish SET uncertain") and "told-" in repr(values)

    store = Store(settings.database_url)
    store.migrate()
    begin(store)
    if die:
        event.listen(Engine, "before_cursor_execute", on_statement)
    cycle(replace(wire(settings, store, sleep=lambda _: None), clock=lambda: NOON), Run())
    store.close()


def test_a_kill_costs_at_most_the_notification_in_hand_and_doubles_none(place: Place) -> None:
    for first in ("Wren", "Yara", "Zora"):
        raise_a_hand(place, first)
    ends = []
    for die in (True, False):
        process = PROCESSES.Process(target=ring, args=(place.settings, die))
        process.start()
        process.join(60)
        ends.append(process.exitcode)
    assert ends == [-signal.SIGKILL, 0]
    titles = Counter(one["title"] for one in got(place))
    assert (len(titles), {*titles.values()}) == (3, {1})


class LosingTheHold:
    """A target in front of which the lock file goes, once, before or after a notification is sent."""

    def __init__(self, wiring: Wiring, *, after: bool) -> None:
        self._target = wiring.targets["salesforce"]
        self._lock, self._after = Path(f"{wiring.store.database.url.database}.lock"), after
        self.lost = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._target, name)

    def push(self, object: str, wishes: Sequence[Payload]) -> Sequence[Receipt]:
        """Push them."""
        losing = object == ACTION and not self.lost
        if losing and not self._after:
            self._lose()
        receipts = self._target.push(object, wishes)
        if losing and self._after:
            self._lose()
        return receipts

    def _lose(self) -> None:
        self.lost = True
        self._lock.unlink()


@pytest.mark.parametrize("after", [True, False])
def test_a_hold_that_is_lost_around_a_notification_doubles_none(place: Place, wiring: Wiring, after: bool) -> None:
    for first in ("Wren", "Yara"):
        raise_a_hand(place, first)
    target = LosingTheHold(wiring, after=after)
    losing = replace(wiring, targets={**wiring.targets, "salesforce": cast(Remote, target)})
    with wiring.store.alone():
        assert cycle(losing, Run()).outcome is RunOutcome.INCOMPLETE
        assert (target.lost, len(got(place))) == (True, int(after))
        retry_wishes(wiring.store)
        assert cycle(losing, Run()).outcome is RunOutcome.DONE
    titles = Counter(one["title"] for one in got(place))
    assert (len(titles), {*titles.values()}) == (2, {1})


def revoke(place: Place, *, back: bool = False) -> None:
    access = place.sandbox.salesforce.org.access
    for grant in access.sets.values():
        (grant.permissions.add if back else grant.permissions.discard)("SendCustomNotifications")
    access.revision += 1


def test_without_the_permission_the_notifications_wait_and_nothing_else_does(
    place: Place, wiring: Wiring, run: Go
) -> None:
    raise_a_hand(place)
    revoke(place)
    summary = run()
    assert summary.outcome is RunOutcome.INCOMPLETE
    why = summary.failures["salesforce premise salesforce notifications"]
    assert "may not send custom notifications" in why and "Send Custom Notifications" in why
    assert handed_at_once(wiring.store) <= tasks_of(place).keys(), "the tasks stand"
    assert [step.action for step in planned(wiring)] == [Action.HOLD]
    assert said(wiring) == {"waiting": 1}
    assert [*summary.failures] == ["salesforce premise salesforce notifications"]
    revoke(place, back=True)
    late = planned(wiring, NOON + timedelta(days=3))
    assert [(step.action, step.reason) for step in late] == [(Action.WITHDRAW, LATE)]
    assert got(place) == []
    assert run().outcome is RunOutcome.DONE
    assert len(got(place)) == 1


def test_a_push_that_comes_hours_late_wakes_nobody_and_costs_no_call_until_the_morning(
    place: Place, wiring: Wiring
) -> None:
    raise_a_hand(place)
    revoke(place)
    cycle(wiring, Run())
    revoke(place, back=True)
    night = NOON + timedelta(hours=15)
    cycle(replace(wiring, clock=lambda: night), Run())
    (step,) = planned(wiring, night)
    assert (got(place), step.action) == ([], Action.REST)
    assert said(wiring, night) == {"by_day": 1}
    assert step.reason.startswith("waits for its hour, 2026-11-03 14:00 UTC")
    calls = [counted_cycle(replace(wiring, clock=lambda: night + timedelta(hours=1))).calls for _ in range(2)]
    assert [one["salesforce"] for one in calls] == [AT_REST, AT_REST]
    cycle(replace(wiring, clock=lambda: NOON + timedelta(hours=22)), Run())
    assert len(got(place)) == 1


def test_what_became_of_the_task_since_it_was_read_is_looked_at_before_anybody_is_told(
    place: Place, wiring: Wiring
) -> None:
    raise_a_hand(place)
    revoke(place)
    cycle(wiring, Run())
    revoke(place, back=True)
    (task,) = (row for row in tasks_of(place).values() if "Wren" in row["Subject"])
    assert [step.action for step in planned(wiring)] == [Action.CREATE]

    def why_not() -> list[tuple[Action, str]]:
        return [(step.action, step.reason) for step in planned(wiring)]

    place.edit("Task", task["Id"], Subject="I call her")
    assert why_not() == [(Action.WITHDRAW, "out of date: somebody took the task up")]
    place.sandbox.salesforce.org.tables["Task"].rows[task["Id"]]["Syncd_Verdict__c"] = "accepted"
    assert why_not() == [(Action.WITHDRAW, "out of date: the task was answered")]
    place.edit("Task", task["Id"], Status="Completed")
    assert why_not() == [(Action.WITHDRAW, "out of date: the task is closed")]
    place.delete("Task", task["Id"])
    assert why_not() == [(Action.WITHDRAW, acts.DELETED)]
    push_pending(wiring, run := Run(), force=False)
    assert run.counts.of(WriteOutcome.WITHDRAWN, "notification") == 1
    assert (got(place), planned(wiring)) == ([], [])


def test_at_night_it_waits_for_the_rep_s_morning_and_a_plan_says_so(place: Place, wiring: Wiring) -> None:
    night = NOON + timedelta(hours=12)
    raise_a_hand(place)
    cycle(replace(wiring, clock=lambda: night), Run())
    (step,) = planned(wiring, night)
    assert step.reason.startswith("waits for its hour, 2026-11-03 14:00 UTC")  # eight in the morning, Central time
    retry_wishes(wiring.store)
    cycle(replace(wiring, clock=lambda: night + timedelta(hours=1)), Run())
    assert got(place) == [], "who has refused wishes tried again wakes nobody"
    cycle(replace(wiring, clock=lambda: NOON + timedelta(days=1)), Run())
    assert len(got(place)) == 1
