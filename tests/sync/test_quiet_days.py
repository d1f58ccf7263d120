"""Thirty quiet days over the tiny world: nothing is written but what only time changes, on the agreed days."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from syncd.rules.days import plus
from syncd.sync.cycle import Wiring, cycle
from syncd.sync.judge import judge
from syncd.sync.release import release
from syncd.sync.run import Run
from tests.ledger import pending
from tests.sync.conftest import NOON, TODAY, Place

REMINDED = {"Priority", "IsHighPriority", "IsReminderSet", "ReminderDateTime"}  # silence of three business days
CLOSED = {"Status", "IsClosed", "CompletedDateTime", "Syncd_Closed_Because__c"}  # and of ten: back with marketing
RECYCLED = {"Syncd_Reason__c", "Syncd_Gates_JSON__c", "Syncd_Waiting__c", "syncd_reason"}  # nor does the person
STAMPS = {"LastModifiedDate", "SystemModstamp", "LastModifiedById", "lastmodifieddate"}
LOOKED_AT = ("Opportunity", "Account", "Contact", "Lead", "Task", "OpportunityContactRole")


def standing(place: Place) -> dict[str, dict[str, Any]]:
    """Every record that syncd writes, as it stands in both systems."""
    org = {f"{name} {row['Id']}": row for name in LOOKED_AT for row in place.rows(name)}
    return org | {f"hubspot {row['id']}": row["properties"] for row in place.portal("contacts")}


def written(before: dict[str, dict[str, Any]], now: dict[str, dict[str, Any]]) -> dict[str, set[str]]:
    """Record → the fields that changed; of a new record all of them."""
    fields = {
        name: {
            field
            for field in row.keys() | before.get(name, {}).keys()
            if row.get(field) != before.get(name, {}).get(field)
        }
        for name, row in now.items()
    }
    return {name: theirs - STAMPS for name, theirs in fields.items() if theirs - STAMPS}


def test_thirty_quiet_days_write_nothing_but_bands_ages_what_is_overdue_and_what_was_agreed(
    place: Place, wiring: Wiring
) -> None:
    open_one = next(row for row in place.rows("Opportunity", IsClosed=False) if not row.get("Syncd_Key__c"))
    place.edit("Opportunity", open_one["Id"], CloseDate=str(plus(TODAY, 9)))
    cycle(wiring, Run())
    cycle(wiring, Run())
    before, days = standing(place), {}
    for day in range(1, 31):
        later = replace(wiring, clock=lambda at=NOON + timedelta(days=day): at)
        run = Run(clock=later.clock)
        judge(wiring.store, wiring.book, later.today(), run)
        release(wiring.store, wiring.book, later.today(), run)
        if not any(pending(wiring.store, system) for system in ("hubspot", "salesforce")):
            continue
        cycle(later, Run())
        now = standing(place)
        days[day] = written(before, now)
        before = now
    changed = {name.partition(" ")[0]: set[str]() for of_day in days.values() for name in of_day}
    for of_day in days.values():
        for name, fields in of_day.items():
            changed[name.partition(" ")[0]] |= fields
    assert sorted(days) == [3, 10, 14], "reminders, a close date that has passed, the end of silence"
    assert changed["Task"] <= REMINDED | CLOSED
    assert changed["Contact"] | changed["hubspot"] <= RECYCLED
    assert changed.keys() <= {"Task", "Contact", "hubspot", "Opportunity", "Account"}
    assert {field for kind in ("Opportunity", "Account") for field in changed[kind]} <= {
        "Syncd_Picture__c",
        "Syncd_Picture_JSON__c",
    }
