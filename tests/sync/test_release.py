"""The release in cycles over the tiny world: who waits has no task, and what stands follows the queue."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, select

from syncd.agreement import load_industries, title_words
from syncd.mapping.destinations import destinations
from syncd.model import How, Release
from syncd.model.milestones import Stage
from syncd.rules import rulebook_of
from syncd.store import Store
from syncd.sync.cycle import Wiring, cycle
from syncd.sync.release import release
from syncd.sync.run import Run
from syncd.tables.core import wish
from tests.rules.builders import an_agreement
from tests.sync.conftest import NOON, Place

WEEK = timedelta(days=7)


def by(wiring: Wiring, later: timedelta = timedelta(), **capacity: Any) -> Wiring:
    """The wiring by an agreement of such a capacity, so much later."""
    agreement = an_agreement(
        version=f"queue {sorted(capacity.items())}", capacity={"holidays": {"country": None}, **capacity}
    )
    book = rulebook_of(agreement, title_words(), load_industries(), destinations(wiring.mappings.values()))
    digest = f"digest of {agreement.version}"
    return replace(wiring, book=book, agreement_digest=digest, clock=lambda: NOON + later)


@pytest.fixture
def scarce(wiring: Wiring) -> Wiring:
    """A rep takes one a week."""
    return by(wiring, per_rep_per_week=1)


def tasks(store: Store) -> set[str]:
    with store.reading() as unit:
        return set(unit.connection.execute(select(wish.c.key).where(wish.c.object == "task")).scalars())


def releases(store: Store) -> list[Release]:
    with store.reading() as unit:
        return unit.queue.releases((NOON - WEEK).date())


def waiting(store: Store) -> set[str]:
    with store.reading() as unit:
        return {entry.candidate.key for entry in unit.queue.waiting()}


def others(these: Sequence[Release]) -> Counter[tuple[str | None, Any]]:
    return Counter((release.rep, release.week) for release in these if release.how in (How.RANK, How.WAITING))


def test_who_waits_has_no_task_and_the_places_of_a_week_are_given_out_once(place: Place, scarce: Wiring) -> None:
    store = scarce.store
    summary = cycle(scarce, Run())
    handed = {release.key for release in releases(store)}
    assert tasks(store) == handed
    assert {task["Syncd_Key__c"] for task in place.rows("Task") if task.get("Syncd_Key__c")} == handed
    assert waiting(store)
    assert not waiting(store) & handed
    assert max(others(releases(store)).values()) == 1
    assert summary.queue.waiting == len(waiting(store))
    assert any("wait for a rep" in note for note in summary.notes)
    again = cycle(scarce, Run())
    assert again.counts.written == 0
    assert {release.key for release in releases(store)} == handed


def test_the_next_week_has_places_anew(place: Place, wiring: Wiring) -> None:
    first = by(wiring, per_rep_per_week=1)
    cycle(first, Run())
    before = {release.key for release in releases(first.store)}
    for days in (1, 3):
        cycle(replace(first, clock=lambda days=days: NOON + timedelta(days=days)), Run())
        assert {release.key for release in releases(first.store)} == before
    cycle(replace(first, clock=lambda: NOON + WEEK), Run())
    assert {release.key for release in releases(first.store)} > before
    assert max(others(releases(first.store)).values()) == 1


def test_an_opportunity_is_opened_with_the_first_of_its_delegates(place: Place, wiring: Wiring) -> None:
    nobody = by(wiring, per_rep_per_week=1, at_once=[])
    away = [{"rep": user["Email"], "per_week": 0} for user in place.rows("User") if user.get("Email")]
    agreement = nobody.agreement.model_copy(update={"reps": an_agreement(reps=away).reps})
    idle = replace(nobody, book=replace(nobody.book, agreement=agreement), agreement_digest="nobody takes anybody")
    cycle(idle, Run())
    asked = {release.contact_id for release in releases(idle.store)}
    assert {release.how for release in releases(idle.store)} <= {How.OVER}
    opened = place.ours()
    assert len(opened) < 3
    for opportunity in opened:
        roles = place.rows("OpportunityContactRole", OpportunityId=opportunity["Id"])
        assert {role["Syncd_Key__c"].removeprefix(f"{opportunity['Syncd_Key__c']}/") for role in roles} & asked
    cycle(by(wiring, per_rep_per_week=50), Run())
    assert len(place.ours()) == 3
    assert waiting(wiring.store) == set()


def test_that_an_mql_was_handed_over_is_a_milestone(scarce: Wiring) -> None:
    cycle(scarce, Run())
    with scarce.store.reading() as unit:
        reached = [entry for entry in unit.milestones.stream() if entry.stage is Stage.RELEASED]
    mqls = {release.contact_id: release for release in releases(scarce.store) if release.kind == "mql"}
    assert {entry.contact_id for entry in reached} >= set(mqls)
    for entry in reached:
        if entry.contact_id in mqls:
            assert (entry.rep, entry.at) == (mqls[entry.contact_id].rep, NOON)


def test_an_idle_release_asks_one_thing(scarce: Wiring) -> None:
    cycle(scarce, Run())
    asked: list[str] = []

    def note(_: Any, __: Any, statement: str, *___: Any) -> None:
        if statement.lstrip().upper().startswith("SELECT"):
            asked.append(statement)

    engine = scarce.store.database.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        release(scarce.store, scarce.book, scarce.today(), Run().by(lambda: NOON + timedelta(hours=1)))
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert len(asked) == 1


def test_what_could_not_be_sent_takes_the_places_of_the_week_in_which_it_is(place: Place, wiring: Wiring) -> None:
    """A dam that breaks floods nobody: for three weeks nothing is written, and then no more than one week's."""
    scarce = by(wiring, per_rep_per_week=1, at_once=[])
    for weeks in range(3):
        later = replace(scarce, targets={}, clock=lambda weeks=weeks: NOON + weeks * WEEK)
        cycle(later, Run())
    cycle(replace(scarce, clock=lambda: NOON + 3 * WEEK), Run())
    unasked = {release.key for release in releases(scarce.store) if release.how is not How.OVER}
    made = [task for task in place.rows("Task") if task.get("Syncd_Key__c") in unasked]
    assert made
    assert max(Counter(task["OwnerId"] for task in made).values()) == 1


def test_over_eight_weeks_an_old_database_gives_no_rep_more_tasks_a_week_than_agreed(
    place: Place, wiring: Wiring
) -> None:
    """Counted where a rep sees it: by the week in which the task was made in Salesforce."""
    scarce = by(wiring, per_rep_per_week=1)
    made: set[str] = set()
    weeks: list[Counter[str]] = []
    for week in range(8):
        cycle(replace(scarce, clock=lambda week=week: NOON + week * WEEK), Run())
        asked = {release.key for release in releases(scarce.store) if release.how in (How.OVER, How.AT_ONCE)}
        new = [task for task in place.rows("Task") if task.get("Syncd_Key__c") and task["Id"] not in made]
        made |= {task["Id"] for task in new}
        weeks.append(Counter(task["OwnerId"] for task in new if task["Syncd_Key__c"] not in asked))
    assert max(max(week.values(), default=0) for week in weeks) == 1
    assert sum(1 for week in weeks if week) >= 3, "the first week does not hold everybody"
    assert not waiting(scarce.store) & tasks(scarce.store)
