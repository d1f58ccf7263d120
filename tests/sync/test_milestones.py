"""Milestones over cycles of the tiny world: they say what was judged and what became of it, and nothing alters them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from syncd.model.milestones import Milestone, Source, Stage
from syncd.store import Store
from syncd.sync.cycle import Wiring, cycle
from syncd.sync.run import Run
from syncd.sync.summary import Summary
from tests.ledger import erase, find
from tests.sync.conftest import NOON, Place
from tests.sync.shadow import Shadow


def everything(store: Store) -> list[Milestone]:
    with store.reading() as unit:
        return list(unit.milestones.stream())


def at(milestones: list[Milestone], stage: Stage) -> list[Milestone]:
    return [milestone for milestone in milestones if milestone.stage is stage and milestone.round]


def test_what_was_judged_and_what_became_of_it_is_kept_once(
    place: Place, wiring: Wiring, run: Callable[..., Summary], sqlite_store: Store
) -> None:
    somebody = next(row for row in place.portal("contacts") if row["properties"].get("associatedcompanyid"))
    place.portal_edit(
        "contacts", somebody["id"], hs_lifecyclestage_marketingqualifiedlead_date="2025-05-06T07:08:09.000Z"
    )
    shadow = Shadow(sqlite_store)
    cycle(wiring, Run(progress=shadow.look))
    shadow.holds()
    kept = everything(sqlite_store)
    opened = [milestone for milestone in at(kept, Stage.SQO) if milestone.source is Source.SEEN]
    assert {row["Syncd_Key__c"] for row in place.ours()} <= {milestone.opportunity_key for milestone in opened}
    closed = [row for row in place.rows("Opportunity") if row["IsClosed"]]
    history = {row["OpportunityId"]: row["CreatedDate"] for row in place.rows("OpportunityHistory")}
    ended = {str(one.opportunity_id).rpartition("/")[2]: one for one in kept if one.stage in (Stage.WON, Stage.LOST)}
    assert ended.keys() == {row["Id"] for row in closed}
    assert all(one.at == datetime.fromisoformat(history[name]).astimezone(UTC) for name, one in ended.items())
    (before,) = [one for one in kept if one.stage is Stage.MQL and one.round == 0]
    assert (before.at, before.source) == (datetime(2025, 5, 6, 7, 8, 9, tzinfo=UTC), Source.HISTORY)

    lost = next(row for row in place.ours() if any(one.opportunity_key == row["Syncd_Key__c"] for one in opened))
    place.edit("Opportunity", lost["Id"], StageName="Closed Lost")
    again = replace(wiring, agreement_digest=f"{wiring.agreement_digest}+")
    cycle(again, Run(progress=shadow.look))
    shadow.holds()
    news = [one for one in everything(sqlite_store) if one.key not in {past.key for past in kept}]
    outcomes = [one for one in news if one.stage is Stage.LOST]
    assert [one.opportunity_key for one in outcomes] == [lost["Syncd_Key__c"]]
    assert outcomes[0].source is Source.SEEN

    count = len(everything(sqlite_store))
    person = at(kept, Stage.MQL)[0].contact_id or ""
    assert find(sqlite_store, "contact", person) == [person]
    erase(sqlite_store, person)
    left = everything(sqlite_store)
    assert len(left) == count
    assert person not in str(left)
    assert at(left, Stage.MQL)[0].at == NOON
