"""What people deleted where syncd writes: hands off, nothing is stuck, and nobody's release stays open for it."""

from collections.abc import Callable
from datetime import timedelta

from syncd.model import Outcome, Release
from syncd.rules.acceptance import CONTACT_DELETED, TASK_DELETED
from syncd.store import Store
from syncd.sync.counts import WriteOutcome
from syncd.sync.cycle import Wiring
from syncd.sync.match import match
from syncd.sync.pull import pull
from syncd.sync.push import push
from syncd.sync.run import Run
from syncd.sync.summary import Summary
from tests.ledger import pending, quarantined, retry_wishes
from tests.sync.conftest import AFTER_A_CYCLE, YESTERDAY, Place, judge


@AFTER_A_CYCLE
def test_whom_sales_deleted_is_not_made_again_and_their_release_is_closed(
    place: Place, run: Callable[..., Summary], wiring: Wiring
) -> None:
    """The contact's task goes with them; HubSpot has them still. Taken out of the bin they are kept true again."""
    release = handed_over(wiring.store)[0]
    (task,) = place.rows("Task", Syncd_Key__c=release.key)
    dead = task["WhoId"]
    place.delete("Contact", dead)
    assert place.rows("Task", Id=task["Id"]) == []
    summary = run()
    assert quarantined(wiring.store) == []
    assert [wish for wish in pending(wiring.store, "salesforce") if wish.remote_id == dead] == []
    (closed,) = (known for known in handed_over(wiring.store) if known.key == release.key)
    assert (closed.outcome, closed.why) == (Outcome.MOOT, CONTACT_DELETED)
    assert summary.counts.of(WriteOutcome.GONE, "contact") == 0
    assert place.rows("Contact", Syncd_Key__c=release.contact_id) == []
    assert run(retry=True).written == 0
    place.undelete("Contact", dead)
    run()
    (again,) = (known for known in handed_over(wiring.store) if known.key == release.key)
    assert again.outcome is Outcome.OPEN
    assert quarantined(wiring.store) == [] and run().written == 0


@AFTER_A_CYCLE
def test_a_task_that_a_rep_deleted_closes_its_release(
    place: Place, run: Callable[..., Summary], wiring: Wiring
) -> None:
    release = handed_over(wiring.store)[0]
    (task,) = place.rows("Task", Syncd_Key__c=release.key)
    place.delete("Task", task["Id"])
    run()
    (closed,) = (known for known in handed_over(wiring.store) if known.key == release.key)
    assert (closed.outcome, closed.why) == (Outcome.MOOT, TASK_DELETED)
    assert run().written == 0 and place.rows("Task", Syncd_Key__c=release.key) == []


@AFTER_A_CYCLE
def test_a_contact_deleted_between_reading_and_writing_settles_as_gone(
    place: Place, run: Callable[..., Summary], wiring: Wiring
) -> None:
    """The receipt says so first; the next reading agrees, and nothing waits for anybody."""
    release = handed_over(wiring.store)[0]
    (task,) = place.rows("Task", Syncd_Key__c=release.key)
    place.edit("Contact", task["WhoId"], Title="Retired")
    for system, source in wiring.sources.items():
        pull(source, wiring.mappings[system], wiring.store, Run())
    match(wiring.store, wiring.readers, Run())
    judge(wiring.store, wiring.book, wiring.today(), Run())
    assert [wish for wish in pending(wiring.store, "salesforce", "contact") if wish.remote_id == task["WhoId"]]
    place.delete("Contact", task["WhoId"])
    pushed = Run()
    push(wiring.targets["salesforce"], wiring.mappings["salesforce"], wiring.store, wiring.readers, pushed)
    assert pushed.counts.of(WriteOutcome.GONE, "contact") == 1
    retry_wishes(wiring.store)
    run()
    assert quarantined(wiring.store) == []
    assert [wish for wish in pending(wiring.store, "salesforce") if wish.remote_id == task["WhoId"]] == []


def handed_over(store: Store) -> list[Release]:
    with store.reading() as unit:
        handed = unit.queue.releases(YESTERDAY.date() - timedelta(days=7))
    return [release for release in handed if release.contact_id.startswith("hubspot.")]
