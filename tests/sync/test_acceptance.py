"""Acceptance over the tiny world: what a rep says in Salesforce moves milestones, HubSpot and the queue."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from connectors.sandbox.salesforce.api.admin import person
from syncd.model import About, Outcome, Release, Word
from syncd.model.milestones import Milestone, Source, Stage
from syncd.store import Store
from syncd.sync.cycle import Wiring, cycle
from syncd.sync.run import Run
from syncd.sync.summary import Summary
from tests.sync.conftest import AFTER_A_CYCLE, NOON, Place

CONTACT = "hubspot.contacts/"


def releases(store: Store) -> list[Release]:
    with store.reading() as unit:
        handed = unit.queue.releases((NOON - timedelta(days=7)).date())
    return [release for release in handed if release.kind == "mql"]


def milestones(store: Store, stage: Stage) -> list[Milestone]:
    with store.reading() as unit:
        return [
            reached for reached in unit.milestones.stream() if reached.stage is stage and reached.source is Source.SEEN
        ]


def task_of(place: Place, release: Release) -> dict[str, Any]:
    (task,) = place.rows("Task", Syncd_Key__c=release.key)
    return task


def in_hubspot(place: Place, store: Store, contact_id: str) -> dict[str, Any]:
    with store.reading() as unit:
        records = {str(link.ref) for link in unit.people.links_of("contact", contact_id)}
    return next(row["properties"] for row in place.portal("contacts") if f"{CONTACT}{row['id']}" in records)


def test_a_verdict_moves_milestones_hubspot_and_the_forecast_within_one_cycle(
    place: Place, wiring: Wiring, run: Callable[..., Summary]
) -> None:
    place.org("assign", permission_set="Syncd_Sales", user=person(place.sandbox.salesforce.org))
    run()
    store = wiring.store
    rejected = next(release for release in releases(store) if CONTACT in release.contact_id)
    accepted = next(release for release in releases(store) if release.account_id != rejected.account_id)
    place.edit("Task", task_of(place, rejected)["Id"], Syncd_Verdict__c="rejected", Syncd_Verdict_Reason__c="no need")
    place.edit("Task", task_of(place, accepted)["Id"], Syncd_Verdict__c="accepted")
    run()
    by_key = {release.key: release for release in releases(store)}
    assert (by_key[rejected.key].outcome, by_key[rejected.key].why) == (Outcome.REJECTED, "no need")
    assert by_key[accepted.key].outcome is Outcome.ACCEPTED
    assert [reached.contact_id for reached in milestones(store, Stage.REJECTED)] == [rejected.contact_id]
    assert [reached.contact_id for reached in milestones(store, Stage.ACCEPTED)] == [accepted.contact_id]
    marketing = in_hubspot(place, store, rejected.contact_id)
    assert marketing["syncd_verdict"] == "rejected"
    assert "rejected" in marketing["syncd_reason"] and "no need" in marketing["syncd_reason"]
    assert run().written == 0
    assert len(milestones(store, Stage.REJECTED)) == 1


@AFTER_A_CYCLE
def test_silence_is_reminded_of_and_sends_back_and_a_moot_task_is_closed(place: Place, wiring: Wiring) -> None:
    store = wiring.store
    silent = releases(store)[0]
    later = replace(wiring, clock=lambda: NOON + timedelta(days=4))
    cycle(later, Run())
    task = task_of(place, silent)
    assert (task["IsReminderSet"], task["Priority"]) == (True, "High")
    assert cycle(later, Run()).written == 0
    moot = next(release for release in releases(store) if release.account_id != silent.account_id)
    with store.reading() as unit:
        people = [link.ref.id for link in unit.people.links_of("contact", moot.contact_id)]
    for contact in place.rows("Contact"):
        if contact["Id"] in people:
            place.edit("Account", contact["AccountId"], Type="Competitor")
    cycle(later, Run())
    closed = task_of(place, moot)
    assert (closed["Status"], closed["IsClosed"]) == ("Completed", True)
    assert "ompetitor" in closed["Syncd_Closed_Because__c"]
    cycle(replace(wiring, clock=lambda: NOON + timedelta(days=16)), Run())
    assert silent.contact_id in {reached.contact_id for reached in milestones(store, Stage.RECYCLED)}
    assert not [reached for reached in milestones(store, Stage.ACCEPTED) if reached.contact_id == moot.contact_id]


@AFTER_A_CYCLE
def test_the_named_reps_meeting_is_accepting_and_another_reps_is_not(
    place: Place, wiring: Wiring, run: Callable[..., Summary]
) -> None:
    store = wiring.store
    handed = [release for release in releases(store) if task_of(place, release)["WhoId"]]
    reps = {release.key: task_of(place, release)["OwnerId"] for release in handed}
    theirs = handed[0]
    others = next(release for release in handed if reps[release.key] != reps[theirs.key])
    day, later = NOON + timedelta(days=1), NOON + timedelta(days=2)
    for release, owner in ((theirs, reps[theirs.key]), (others, reps[theirs.key])):
        place.add(
            "Event",
            Subject="A first talk",
            WhoId=task_of(place, release)["WhoId"],
            OwnerId=owner,
            StartDateTime=day.isoformat(),
            EndDateTime=(day + timedelta(minutes=30)).isoformat(),
        )
    cycle(replace(wiring, clock=lambda: later), Run())
    by_key = {release.key: release for release in releases(store)}
    assert (by_key[theirs.key].outcome, by_key[theirs.key].why) == (
        Outcome.ACCEPTED,
        "shown by what they did: meeting held",
    )
    assert by_key[others.key].outcome is Outcome.OPEN


def test_what_is_said_of_a_lead_goes_on_with_the_contact_it_becomes(
    place: Place, wiring: Wiring, run: Callable[..., Summary]
) -> None:
    place.org("assign", permission_set="Syncd_Sales", user=person(place.sandbox.salesforce.org))
    run()
    leads = place.rows("Lead", IsConverted=False)
    lead = next(row for row in leads if row.get("Email") and row["OwnerId"].startswith("005"))
    place.edit("Lead", lead["Id"], Syncd_Verdict__c="rejected", Syncd_Verdict_Reason__c="a student")
    run()
    account = place.rows("Account")[0]
    place.org("convert", lead=lead["Id"], account=account["Id"], opportunity=False)
    run()
    (contact,) = [row for row in place.rows("Contact", AccountId=account["Id"]) if row.get("Email") == lead["Email"]]
    with wiring.store.reading() as unit:
        (golden_id,) = unit.people.find("contact", contact["Id"])
        group = unit.groups.of_account(str(unit.people.account_of(golden_id)))
    assert group
    said = [(verdict.about, verdict.word, verdict.reason) for verdict in group.verdicts if verdict.subject == golden_id]
    assert said == [(About.CONTACT, Word.REJECTED, "a student")]
    (converted,) = place.rows("Lead", Id=lead["Id"])
    assert converted["Syncd_Verdict__c"] == "rejected", "a converted lead is never written"
