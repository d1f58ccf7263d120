"""What a person deleted or lost in Salesforce is followed by another round after the rest, and never by a double."""

from collections.abc import Callable
from typing import Any

from syncd.model import Group
from syncd.sync.cycle import Wiring
from syncd.sync.summary import Summary
from tests.sync.conftest import Place


def group_of(wiring: Wiring, opportunity: dict[str, Any]) -> Group:
    with wiring.store.reading() as unit:
        group = unit.groups.of_account("/".join(opportunity["Syncd_Key__c"].split("/")[:2]))
    assert group is not None
    return group


def test_a_deleted_and_a_lost_one_rest_and_what_comes_back_is_kept(
    place: Place, run: Callable[..., Summary], wiring: Wiring
) -> None:
    run()
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
