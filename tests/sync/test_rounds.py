"""What a person deleted or lost in Salesforce is followed by another round after the rest, and never by a double."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from syncd.model import Group
from syncd.store import Store
from syncd.sync.cycle import Wiring, cycle
from syncd.sync.run import Run
from syncd.sync.summary import Summary
from tests.sync.conftest import AFTER_A_CYCLE, NOON, Place, wired
from tests.sync.test_hands_off import join


def group_of(wiring: Wiring, opportunity: dict[str, Any]) -> Group:
    with wiring.store.reading() as unit:
        group = unit.groups.of_account("/".join(opportunity["Syncd_Key__c"].split("/")[:2]))
    assert group is not None
    return group


@AFTER_A_CYCLE
def test_a_deleted_and_a_lost_one_rest_and_what_comes_back_is_kept(
    place: Place, run: Callable[..., Summary], wiring: Wiring
) -> None:
    deleted, lost, *_ = place.ours()
    place.delete("Opportunity", deleted["Id"])
    place.edit("Opportunity", lost["Id"], StageName="Closed Lost")
    run()
    keys = {row["Syncd_Key__c"] for row in place.ours()}
    assert deleted["Syncd_Key__c"] not in keys
    assert not [key for key in keys if key.endswith("/2")]
    assert run().written == 0
    assert list(group_of(wiring, deleted).deleted) == [deleted["Syncd_Key__c"]]
    (closed,) = [one for one in group_of(wiring, lost).opportunities if one.key == lost["Syncd_Key__c"]]
    assert closed.staged_at is not None
    assert (closed.is_closed, closed.segment) == (True, "mid-size US banks")
    place.undelete("Opportunity", deleted["Id"])
    run()
    assert group_of(wiring, deleted).deleted == {}
    assert deleted["Syncd_Key__c"] in {row["Syncd_Key__c"] for row in place.ours()}


@AFTER_A_CYCLE
def test_a_store_made_anew_knows_what_was_deleted(place: Place, run: Callable[..., Summary], tmp_path: Path) -> None:
    deleted = place.ours()[0]
    place.delete("Opportunity", deleted["Id"])
    anew = Store(f"sqlite:///{tmp_path / 'anew.db'}")
    anew.migrate()
    fresh = wired(place, anew)
    cycle(fresh, Run(), force=True)
    assert list(group_of(fresh, deleted).deleted) == [deleted["Syncd_Key__c"]]
    assert deleted["Syncd_Key__c"] not in {row["Syncd_Key__c"] for row in place.ours()}
    anew.close()


@AFTER_A_CYCLE
def test_after_the_rest_those_who_come_anew_open_the_next_round(
    place: Place, run: Callable[..., Summary], wiring: Wiring
) -> None:
    deleted, lost, *_ = place.ours()
    place.delete("Opportunity", deleted["Id"])
    place.edit("Opportunity", lost["Id"], StageName="Closed Lost")
    run()
    (closed,) = place.rows("Opportunity", Id=lost["Id"])
    after = max(NOON, datetime.fromisoformat(closed["LastStageChangeDate"])) + timedelta(days=190)
    for opportunity, family in ((deleted, "Orr"), (lost, "Pym")):
        join(place, opportunity, family, after - timedelta(days=1))
    later = replace(wiring, clock=lambda: after)
    cycle(later, Run(), force=True)
    for opportunity in (deleted, lost):
        (next_one,) = place.rows("Opportunity", Syncd_Key__c=f"{opportunity['Syncd_Key__c']}/2")
        assert next_one["AccountId"] == opportunity["AccountId"]
        assert not next_one["IsClosed"]
        roles = place.rows("OpportunityContactRole", OpportunityId=next_one["Id"])
        assert roles
        assert {role["Syncd_Key__c"].rpartition("/2/")[0] for role in roles} == {opportunity["Syncd_Key__c"]}
    cycle(later, Run(), force=True)
    assert cycle(later, Run()).written == 0
    assert len(place.rows("Opportunity", Syncd_Key__c=f"{lost['Syncd_Key__c']}/2")) == 1
