"""The main job: what a first cycle puts into Salesforce, and that a second one puts nothing."""

from collections.abc import Callable
from dataclasses import replace

from connectors.sandbox.salesforce import places
from syncd.store import Store
from syncd.sync.counts import WriteOutcome
from syncd.sync.cycle import Wiring, cycle
from syncd.sync.run import Run
from syncd.sync.summary import Summary
from tests.ledger import count_pending, last_runs
from tests.sync.conftest import AFTER_A_CYCLE, Place, wired


def test_qualified_opportunities_stand_in_salesforce_with_their_reasons(
    place: Place, run: Callable[..., Summary]
) -> None:
    summary = run()
    assert summary.outcome == "done", summary.failures
    ours = place.ours()
    assert ours, "no opportunity came of it"
    for row in ours:
        assert row["StageName"] == "Qualification"
        assert 10 <= row["Probability"] <= 20
        assert row["Amount"] > 0
        assert row["CloseDate"] > "2026-11-02"
        assert "in the served market" in row["Syncd_Reason__c"]
        assert row["Syncd_Qualified__c"] is True
        assert row["Syncd_Agreement__c"] == "2026.1"


@AFTER_A_CYCLE
def test_every_opportunity_has_its_delegates_as_contact_roles(place: Place, run: Callable[..., Summary]) -> None:
    for row in place.ours():
        roles = place.rows("OpportunityContactRole", OpportunityId=row["Id"])
        assert roles
        assert len({role["ContactId"] for role in roles}) == len(roles)
        accounts = {
            contact["AccountId"]
            for contact in place.rows("Contact")
            if contact["Id"] in {r["ContactId"] for r in roles}
        }
        assert accounts == {row["AccountId"]}


def test_a_rep_gets_a_task_that_says_why(place: Place, run: Callable[..., Summary]) -> None:
    summary = run()
    tasks = [task for task in place.rows("Task") if task.get("Syncd_Key__c")]
    assert len(tasks) == summary.counts.of(WriteOutcome.CREATED, "task") > 0
    active = {user["Id"] for user in place.rows("User") if user["IsActive"]}
    for task in tasks:
        assert task["OwnerId"] in active
        assert len(task["Description"]) > 50


GLANCES = 4  # calls: the describes, and all streams, five in one


@AFTER_A_CYCLE
def test_a_second_cycle_writes_nothing_and_only_looks(
    place: Place, run: Callable[..., Summary], wiring: Wiring
) -> None:
    before = place.written()
    second = run()
    assert second.written == 0
    assert place.written() == before
    assert len(second.counts.judged) == 0
    assert (second.counts.changed.total(), second.counts.golden.total()) == (0, 0)
    assert second.calls["salesforce"] <= GLANCES, "no premise is looked at where nothing rests on one"


def test_a_premise_that_does_not_hold_is_told_until_it_does_though_nothing_is_pushed(
    place: Place, run: Callable[..., Summary], wiring: Wiring
) -> None:
    rep = next(line.rep for line in wiring.agreement.handover.territories if line.rep)
    (user,) = place.rows("User", Email=rep)
    place.edit("User", user["Id"], IsActive=False)
    mentions = [f"salesforce premise agreement handover {rep}" in run().failures for _ in range(3)]
    assert mentions == [True, True, True]
    assert count_pending(wiring.store, "salesforce") == {}, "nothing waits for it"
    place.edit("User", user["Id"], IsActive=True)
    assert not run().failures, "it holds again, and that is looked at"
    assert run().calls["salesforce"] <= GLANCES


@AFTER_A_CYCLE
def test_one_changed_record_makes_work_for_one_account(place: Place, run: Callable[..., Summary]) -> None:
    contact = next(one for one in place.portal("contacts") if one["properties"].get("jobtitle") and not one["archived"])
    place.portal_edit("contacts", contact["id"], jobtitle="Janitor")
    changed = run()
    assert changed.counts.pulled["hubspot", "contacts"] >= 1
    assert changed.counts.changed["hubspot", "contacts"] == 1
    assert len(changed.counts.judged) <= 1


def test_accounts_are_made_where_states_and_countries_are_picklists(place: Place, run: Callable[..., Summary]) -> None:
    places.enable(place.sandbox.salesforce.org)
    for object_ in ("Account", "Contact"):
        for row in place.rows(object_):
            place.delete(object_, row["Id"])
    summary = run()
    assert summary.outcome == "done", summary.failures
    assert summary.counts.of(WriteOutcome.CREATED, "account") == 4  # one for its "Investment Analysis VP", of finance
    assert sorted((row["BillingCountry"], row["BillingState"]) for row in place.rows("Account")) == [
        ("United States", "California"),
        ("United States", "Georgia"),
        ("United States", "Michigan"),
        ("United States", "Tennessee"),
    ]
    assert run().written == 0


def test_both_databases_lead_to_the_same_opportunities(place: Place, store: Store) -> None:
    assert cycle(wired(place, store), Run()).outcome == "done"
    assert sorted(row["Syncd_Key__c"].split("/")[-1] for row in place.ours()) == [
        "digital-lending",
        "digital-lending",
        "fraud-detection",
    ]


def test_going_back_to_hubspot_s_numbered_paths_changes_nothing(place: Place, sqlite_store: Store) -> None:
    """SYNCD_HUBSPOT_API may be set on a store that was filled without it: whatever is read looks the same by both."""
    assert cycle(wired(place, sqlite_store), Run()).outcome == "done"
    before, calls = place.written(), place.sandbox.hubspot.portal.calls
    assert calls["GET", "/crm/objects/2026-09/{type}"] and not calls["GET", "/crm/v3/objects/{type}"]
    numbered = replace(place, settings=place.settings.model_copy(update={"hubspot_api": "numbered"}))
    back = cycle(wired(numbered, sqlite_store), Run(), mode="full")
    assert (back.outcome, back.written) == ("done", 0)
    assert calls["GET", "/crm/v3/objects/{type}"]
    assert (back.counts.changed.total(), back.counts.golden.total()) == (0, 0)
    assert place.written() == before


def test_a_run_is_kept_with_its_counts(run: Callable[..., Summary], wiring: Wiring) -> None:
    summary = run()
    (last,) = last_runs(wiring.store, 1)
    assert (last["verb"], last["outcome"]) == ("cycle", "done")
    created = last["counts"]["counts"]["writes"]["salesforce"]["opportunity"]["created"]
    assert created == summary.counts.of(WriteOutcome.CREATED, "opportunity")
