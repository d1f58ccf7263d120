"""An org that takes no key of ours on activities: each person is handed over by one task, whatever breaks off.

Answers are lost after Salesforce has carried out the write, and syncd is killed between a write and its receipt.
"""

import os
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

from connectors.salesforce.marks import key_of
from connectors.sandbox.salesforce.api.admin import person
from syncd.settings import Settings
from syncd.store import Store
from syncd.sync.cycle import cycle
from syncd.sync.run import Run
from syncd.sync.summary import Summary
from syncd.wiring import administrator, deploy_salesforce, wire
from tests.ledger import begin, count_pending
from tests.sync.conftest import NOON, Place
from tests.sync.forked import PROCESSES

FIELD = "Syncd_Key__c"


def no_key(kind: str, name: str, element: Any) -> str | None:
    refused = (kind, name) == ("CustomField", f"Activity.{FIELD}") and element is not None
    return "an Activity takes no such field" if refused else None


@pytest.fixture
def keyless(place: Place) -> Iterator[Place]:
    """The tiny world, whose org refuses the key of activities."""
    organization = place.sandbox.salesforce.org
    organization.schema.remove_field("Activity", FIELD)
    organization.components.pop(("CustomField", f"Activity.{FIELD}"), None)
    organization.settings.metadata_rules = (*organization.settings.metadata_rules, no_key)
    with administrator(place.settings, token="sandbox-admin-token") as somebody:
        done = deploy_salesforce(place.settings, somebody)
    assert done.ok, done.errors
    assert f"CustomField Activity.{FIELD}" in {part.name for part in done.left_out}
    yield place


def handed_over(place: Place) -> Counter[str]:
    """The keys of the tasks that syncd made."""
    return Counter(key for row in place.rows("Task") if (key := key_of(row.get("Description"))))


def test_each_person_is_handed_over_once_though_answers_are_lost(
    keyless: Place, run: Callable[..., Summary], sqlite_store: Store
) -> None:
    rules = [{"kind": "cut_after", "method": "POST", "path": "*/composite/sobjects", "count": 1}]
    keyless.fault(*rules)
    run()
    made = handed_over(keyless)
    assert made, "they were made, and nobody heard of it"
    row = next(row for row in keyless.rows("Task") if key_of(row.get("Description")))
    keyless.edit("Task", row["Id"], Subject="I ring her on Monday")
    done = run(retry=True)
    assert handed_over(keyless) == made
    assert set(made.values()) == {1}
    assert count_pending(sqlite_store, "salesforce") == {}
    assert keyless.rows("Task", Id=row["Id"])[0]["Subject"] == "I ring her on Monday"
    assert not [problem for problem in done.premises if FIELD in problem["where"]], "nothing is held for it"


def test_what_reps_say_in_a_task_without_a_key_comes_back(
    keyless: Place, run: Callable[..., Summary], sqlite_store: Store
) -> None:
    keyless.org("assign", permission_set="Syncd_Sales", user=person(keyless.sandbox.salesforce.org))
    run()
    row = next(row for row in keyless.rows("Task") if str(key_of(row.get("Description"))).startswith("mql/"))
    keyless.edit("Task", row["Id"], Syncd_Verdict__c="rejected", Syncd_Verdict_Reason__c="no need")
    run()
    with sqlite_store.reading() as unit:
        (saying,) = unit.verdicts.connection.exec_driver_sql(
            "SELECT word, task FROM verdict WHERE remote_id = ?", (row["Id"],)
        )
    assert tuple(saying) == ("rejected", 1)


def killed_before_the_receipt(settings: Settings, world: str) -> None:
    """Run a cycle in this process, which dies as it writes down what became of its tasks."""
    store = Store(settings.database_url)
    store.migrate()
    begin(store)
    sandbox = Place(None, settings)  # type: ignore[arg-type]

    def on_statement(_: object, __: object, statement: str, *rest: object) -> None:
        if statement.startswith("UPDATE wish") and any(
            key_of(row.get("Description")) for row in sandbox._get(world, "records/Task")
        ):
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(Engine, "before_cursor_execute", on_statement)
    cycle(replace(wire(settings, store, sleep=lambda _: None), clock=lambda: NOON), Run())


def test_killed_between_the_write_and_its_receipt_it_makes_no_second_task(
    keyless: Place, run: Callable[..., Summary], tmp_path: Path
) -> None:
    process = PROCESSES.Process(
        target=killed_before_the_receipt, args=(keyless.settings, keyless.sandbox.salesforce_http_url)
    )
    process.start()
    process.join(60)
    assert process.exitcode == -signal.SIGKILL
    made = handed_over(keyless)
    assert made
    store = Store(keyless.settings.database_url)
    cycle(replace(wire(keyless.settings, store, sleep=lambda _: None), clock=lambda: NOON), Run())
    store.close()
    again = handed_over(keyless)
    assert again.keys() >= made.keys()
    assert set(again.values()) == {1}
