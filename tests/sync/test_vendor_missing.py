"""Missing records: what users of other integrations report, on whole cycles. The numbers are their issues.

What concerns one connector alone (the 10,000 cap, ties, late visibility, the stamps' names) stands in its own tests.
"""

from collections.abc import Callable
from typing import Any

from syncd.store import Store
from syncd.sync.cycle import Wiring, cycle
from syncd.sync.run import Run
from syncd.sync.summary import Summary
from tests.ledger import account_of, find, group_of, stray
from tests.sync.conftest import AFTER_A_CYCLE, Place

PRIMARY = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 1}


def employed(place: Place) -> list[dict[str, Any]]:
    """Live HubSpot contacts with a company that Salesforce does not know."""
    known = {row["Email"] for object_ in ("Contact", "Lead") for row in place.rows(object_)}
    contacts = [one for one in place.portal("contacts") if not one["archived"]]
    hired = [one for one in contacts if "companies" in one.get("associations", {})]
    return [one for one in hired if one["properties"].get("email") not in known]


@AFTER_A_CYCLE
def test_a_changed_association_that_touches_no_record_is_found_by_the_next_full_read(
    place: Place, run: Callable[..., Summary], sqlite_store: Store
) -> None:
    """airbyte#27199"""
    contact = employed(place)[0]
    (golden_id,) = find(sqlite_store, "contact", contact["id"])
    before = account_of(sqlite_store, golden_id)
    other = next(
        company["id"]
        for company in place.portal("companies")
        if before not in find(sqlite_store, "account", company["id"])
    )
    (after,) = find(sqlite_store, "account", other)
    path = f"/crm/v4/objects/contacts/{contact['id']}/associations/companies"
    (old,) = {str(one["id"]) for one in contact["associations"]["companies"]["results"]}
    place.hubspot("PUT", f"{path}/{other}", [PRIMARY])
    place.hubspot("DELETE", f"{path}/{old}")
    (now,) = [one for one in place.portal("contacts") if one["id"] == contact["id"]]
    assert now["updatedAt"] == contact["updatedAt"], "the association must not touch the record"
    summary = run(mode="full")
    assert account_of(sqlite_store, golden_id) == after != before
    assert len(summary.counts.judged) >= 1


def test_what_people_edit_while_a_run_reads_is_there_after_the_next(
    place: Place, wiring: Wiring, sqlite_store: Store
) -> None:
    """airbyte#16214: the edit comes behind the page that would have shown it, in both systems."""
    contact = employed(place)[0]
    row = place.rows("Contact")[0]
    edited: set[str] = set()

    def edit(what: str, _: int) -> None:
        if what in edited:
            return
        edited.add(what)
        if what == "pull hubspot.contacts":
            place.portal_edit("contacts", contact["id"], jobtitle="Juggler of hoops")
        if what == "pull salesforce.Contact":
            place.edit("Contact", row["Id"], Title="Walker of ropes")

    cycle(wiring, Run(progress=edit), mode="full")
    cycle(wiring, Run())
    assert title(sqlite_store, contact["id"]) == "Juggler of hoops"
    assert title(sqlite_store, row["Id"]) == "Walker of ropes"


def title(store: Store, remote_id: str) -> str | None:
    (golden_id,) = find(store, "contact", remote_id)
    account_id = account_of(store, golden_id)
    group = group_of(store, account_id) if account_id else stray(store, golden_id)
    assert group is not None
    return next(one.title for one in group.contacts if one.id == golden_id)
