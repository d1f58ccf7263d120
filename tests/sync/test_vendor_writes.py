"""Writes: what users of other integrations report, on whole cycles. The numbers are their issues.

A row lock for one row (airflow#64575): test_trust.test_a_locked_row_is_tried_again. `success: false` without an
exception (simple-salesforce#817) and one bad row in a batch (mautic#4664): test_trust.test_a_refused_row_is_told_….
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from syncd.model import Ref
from syncd.store import Store
from syncd.sync.counts import WriteOutcome
from syncd.sync.cycle import Wiring
from syncd.sync.match import match
from syncd.sync.pull import pull
from syncd.sync.push import push
from syncd.sync.run import Run
from syncd.sync.summary import Summary
from tests.ledger import account_of, find, group_of, pending, quarantined, resolve
from tests.sync.conftest import Place, judge


def owners(place: Place) -> set[str]:
    ours = [row for object_ in ("Opportunity", "Task") for row in place.rows(object_) if row.get("Syncd_Key__c")]
    return {row["OwnerId"] for row in ours}


def active(place: Place) -> set[str]:
    return {row["Id"] for row in place.rows("User") if row["IsActive"]}


def test_what_an_inactive_owner_had_goes_to_somebody_who_takes_it(place: Place, run: Callable[..., Summary]) -> None:
    """NPSP#751: the owners left before the first run."""
    for account in place.rows("Account"):
        if account["OwnerId"] in active(place) and len(active(place)) > 8:
            place.edit("User", account["OwnerId"], IsActive=False)
    summary = run()
    assert all("agreement handover" in where for where in summary.failures), "territories without a rep are named"
    assert owners(place) <= active(place)
    waiting = 3 - len(place.ours())
    assert (waiting > 0) == (summary.queue.nobody > 0), "where nobody is found its people wait, and with them it"
    assert len(place.ours()) > waiting


def test_an_owner_who_leaves_between_reading_and_writing_costs_one_run(
    place: Place, run: Callable[..., Summary], wiring: Wiring
) -> None:
    """NPSP#751: syncd does not know it yet, Salesforce refuses the rows; nobody else is found until the rep is back."""
    for system, source in wiring.sources.items():
        pull(source, wiring.mappings[system], wiring.store, Run())
    match(wiring.store, wiring.readers, Run())
    wiring.use_agreement()
    judge(wiring.store, wiring.book, wiring.today(), Run())
    wanted = pending(wiring.store, "salesforce", "opportunity")
    reps = [ref for one in wanted if isinstance(ref := one.wanted.get("owner"), Ref)]
    places = resolve(wiring.store, wiring.mappings["salesforce"], reps)
    for rep in set(places.values()):
        place.edit("User", rep, IsActive=False)
    refused = push(wiring.targets["salesforce"], wiring.mappings["salesforce"], wiring.store, wiring.readers, Run())
    assert refused.run.counts.of(WriteOutcome.REFUSED, "opportunity") > 0
    assert "INACTIVE_OWNER" in {one["reason"].partition("_OR")[0] for one in quarantined(wiring.store)}
    run()
    assert owners(place) <= active(place)
    for rep in set(places.values()):
        place.edit("User", rep, IsActive=True)
    run(retry=True)
    assert len(place.ours()) == 3
    assert owners(place) <= active(place)
    assert quarantined(wiring.store) == []


def test_a_value_that_a_restricted_picklist_lacks_waits_alone_and_is_told(
    place: Place, run: Callable[..., Summary], wiring: Wiring
) -> None:
    schema = place.sandbox.salesforce.org.schema
    whole = schema.objects["Account"].fields["Syncd_Standing__c"]
    schema.add_field("Account", replace(whole, values=tuple(one for one in whole.values if one != "out")))
    summary = run()
    assert summary.outcome == "incomplete"
    assert "does not take 'out'" in summary.failures["salesforce premise salesforce Account.Syncd_Standing__c"]
    assert summary.counts.of(WriteOutcome.REFUSED, "account") == 0
    assert summary.counts.of(WriteOutcome.CHANGED, "account") > 0
    assert summary.counts.of(WriteOutcome.CREATED, "opportunity") == 3
    assert "out" not in {row.get("Syncd_Standing__c") for row in place.rows("Account")}
    schema.add_field("Account", whole)
    assert run().outcome == "done"
    assert "out" in {row.get("Syncd_Standing__c") for row in place.rows("Account")}
    assert quarantined(wiring.store) == []


def test_one_bad_row_for_hubspot_keeps_no_other_from_being_written(
    place: Place, run: Callable[..., Summary], wiring: Wiring
) -> None:
    """mautic#4664: a contact is archived behind our back, and a batch of HubSpot's holds a hundred."""
    for system, source in wiring.sources.items():
        pull(source, wiring.mappings[system], wiring.store, Run())
    match(wiring.store, wiring.readers, Run())
    judge(wiring.store, wiring.book, wiring.today(), Run())
    wanted = pending(wiring.store, "hubspot", "qualification")
    gone = wanted[0].remote_id
    place.hubspot("DELETE", f"/crm/v3/objects/contacts/{gone}")
    done = push(wiring.targets["hubspot"], wiring.mappings["hubspot"], wiring.store, wiring.readers, Run())
    assert done.failure is None
    assert done.run.counts.of(WriteOutcome.GONE, "qualification") == 1
    assert done.run.counts.of(WriteOutcome.CHANGED, "qualification") == len(wanted) - 1 > 10


def test_nothing_known_in_one_system_never_overwrites_what_the_other_knows(
    place: Place, run: Callable[..., Summary], sqlite_store: Store
) -> None:
    """Nulls overwrite good values: neither in the golden record nor in either system."""
    contact = next(row for row in place.rows("Contact") if row["Email"] and row["Email"].startswith("nora.bhatt"))
    (twin,) = [one for one in place.portal("contacts") if one["properties"].get("email") == contact["Email"]]
    place.edit("Contact", contact["Id"], Phone="+1 555 010 2000")
    place.portal_edit("contacts", twin["id"], jobtitle="", phone="", firstname="")
    run()
    assert golden(sqlite_store, twin["id"]) == (contact["Title"], "+1 555 010 2000", contact["FirstName"])
    kept = {name: contact[name] for name in ("FirstName", "LastName", "Email", "Title", "AccountId")}
    place.edit("Contact", contact["Id"], Title=None, Phone=None)
    place.portal_edit("contacts", twin["id"], jobtitle="Chief Financial Officer", phone="+1 555 010 3000")
    run()
    assert golden(sqlite_store, twin["id"]) == ("Chief Financial Officer", "+1 555 010 3000", contact["FirstName"])
    (now,) = place.rows("Contact", Id=contact["Id"])
    assert {**kept, "Title": None} == {name: now[name] for name in kept}
    (there,) = [one for one in place.portal("contacts") if one["id"] == twin["id"]]
    assert there["properties"]["lastname"] == twin["properties"]["lastname"]
    assert not there["properties"].get("firstname")


def golden(store: Store, remote_id: str) -> tuple[Any, ...]:
    (golden_id,) = find(store, "contact", remote_id)
    group = group_of(store, str(account_of(store, golden_id)))
    assert group is not None
    (contact,) = [contact for contact in group.contacts if contact.id == golden_id]
    return contact.title, contact.phone, contact.first_name
