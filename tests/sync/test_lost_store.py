"""A store that was lost: the one begun anew takes up what the earlier one wrote, and makes nothing a second time.

In the first store a person may begin as HubSpot's contact, in the next one as the Salesforce contact made of it.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from connectors.salesforce.marks import key_of
from syncd.model.runs import RunOutcome
from syncd.store import Store
from syncd.store.notes import FIRST_PLAN
from syncd.sync.cycle import Wiring, cycle
from syncd.sync.first_plan import taken_up
from syncd.sync.match import match
from syncd.sync.pull import pull
from syncd.sync.run import Run
from tests.empty_stores import empty_sqlite
from tests.faults.admins import pull_everything
from tests.ledger import begin as carry_on
from tests.sync.conftest import Place, wired
from tests.sync.test_keyless import keyless

__all__ = ["keyless"]
Begin = Callable[[Wiring], None]


def as_ever(wiring: Wiring) -> None:
    """Nothing was pulled before the first cycle: Salesforce's people are matched first."""


def by_system(*systems: str) -> Begin:
    """Pull and match one system after the other."""

    def begin(wiring: Wiring) -> None:
        for name in systems:
            run = Run()
            pull(wiring.sources[name], wiring.mappings[name], wiring.store, run)
            match(wiring.store, wiring.readers, run)

    return begin


@pytest.fixture
def next_store(database_url: str) -> Iterator[Store]:
    """The store that is begun anew, on either database."""
    opened = Store(database_url)
    yield opened
    opened.close()


@pytest.fixture(params=["keyed", "keyless"])
def org(request: pytest.FixtureRequest, place: Place) -> Place:
    """The tiny world, whose org takes the key of tasks and contact roles, or does not."""
    return request.getfixturevalue("keyless") if request.param == "keyless" else place


def tasks_of(place: Place) -> Counter[tuple[str, ...]]:
    """Whom tasks of ours are about, and what they say."""
    return Counter(
        (row.get("WhoId") or "", row["Subject"])
        for row in place.rows("Task")
        if row.get("Syncd_Key__c") or key_of(row.get("Description"))
    )


def roles_of(place: Place) -> Counter[tuple[str, ...]]:
    rows = place.rows("OpportunityContactRole")
    return Counter((row["OpportunityId"], row["ContactId"], row.get("Role")) for row in rows)


@pytest.mark.parametrize("begin", [as_ever, by_system("hubspot", "salesforce"), by_system("salesforce", "hubspot")])
def test_a_store_begun_anew_makes_no_task_and_no_role_twice(
    org: Place, tmp_path: Path, next_store: Store, begin: Begin
) -> None:
    first = Store(empty_sqlite(tmp_path / "first.db"))
    for _ in range(2):
        assert cycle(wired(org, first), Run()).outcome is RunOutcome.DONE
    first.close()
    tasks, roles, opportunities = tasks_of(org), roles_of(org), len(org.ours())
    made_of_hubspot = {row["Id"] for row in org.rows("Contact") if str(row.get("Syncd_Key__c")).startswith("hubspot.")}
    assert {who for who, _ in tasks} & made_of_hubspot, "a task of somebody whom syncd made is among them"
    assert {who for _, who, _ in roles} & made_of_hubspot, "a role of somebody whom syncd made is among them"
    begun = wired(org, next_store)
    begin(begun)
    with next_store.writing() as unit:
        unit.notes.drop(FIRST_PLAN)
    pull_everything(begun)
    match(next_store, begun.readers, Run())
    with next_store.reading() as unit:
        assert taken_up(unit).startswith(f"an earlier store wrote here: {opportunities} opportunities and ")
    carry_on(next_store)
    for _ in range(2):
        assert cycle(begun, Run()).outcome is RunOutcome.DONE
    with next_store.reading() as unit:
        assert taken_up(unit) == "", "it has written itself"
    assert tasks_of(org) == tasks
    assert roles_of(org) == roles
    assert len(org.ours()) == opportunities
