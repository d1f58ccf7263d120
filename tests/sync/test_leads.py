"""A lead in Salesforce from its first field to the rep's word, orgs without leads, and texts of giants at rest."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from syncd.model import Outcome
from syncd.store import Store
from syncd.sync.cycle import Wiring, cycle
from syncd.sync.run import Run
from syncd.sync.summary import Summary
from tests.rep import Rep
from tests.rules.test_giants import NAMES, counts
from tests.sync.conftest import AFTER_A_CYCLE, NOON, Place, wired

Go = Callable[..., Summary]
WAITING = "Syncd_Waiting_For_My_Verdict"
GATES, PICTURE = "Syncd_Gates_JSON__c", "Syncd_Picture_JSON__c"


def a_lead(place: Place, rep: Rep) -> str:
    """Somebody at a bank in the market who asks for sales, and stands in Salesforce as a lead."""
    account = next(
        row for row in place.rows("Account", OwnerId=rep.id) if row["Website"] and row["Id"] in _served(place)
    )
    email = f"quentin.ashby@{account['Website'].removeprefix('https://www.').strip('/')}"
    place.submit(email, "contact sales")
    return place.add(
        "Lead",
        FirstName="Quentin",
        LastName="Ashby",
        Email=email,
        Title="Chief Financial Officer",
        Company=account["Name"],
        Website=account["Website"],
        OwnerId=rep.id,
        Status="Open - Not Contacted",
    )


def _served(place: Place) -> set[str]:
    return {row["AccountId"] for row in place.ours()}


def lead_of(place: Place, record: str) -> dict[str, Any]:
    (row,) = place.rows("Lead", Id=record)
    return row


@AFTER_A_CYCLE
def test_a_lead_is_told_of_handed_over_and_moves_with_the_rep_s_word_on_it(
    place: Place, wiring: Wiring, run: Go
) -> None:
    rep = Rep(place, "central@")
    record = a_lead(place, rep)
    run()
    shown = lead_of(place, record)
    gates = json.loads(shown[GATES])
    assert (shown["Syncd_MQL__c"], shown["Syncd_Role__c"], shown["Syncd_Rep__c"]) == ("yes", gates["role"], rep.id)
    assert (shown["Syncd_Waiting__c"], shown["Syncd_Released_On__c"]) == (True, NOON.date().isoformat())
    assert (gates["contact"], gates["mql"], gates["rung"]) == ("Quentin Ashby", "yes", "money")
    (task,) = place.rows("Task", WhoId=record)
    assert (task["OwnerId"], task["Status"]) == (rep.id, "Not Started")
    assert record in rep.list("Lead", WAITING)

    rep.act("Lead.Syncd_Verdict", record, Syncd_Verdict__c="rejected", Syncd_Verdict_Reason__c="no budget")
    run()
    rejected = lead_of(place, record)
    after = json.loads(rejected[GATES])
    assert (rejected["Syncd_MQL__c"], rejected["Syncd_Waiting__c"], after["gates"][-1]["name"]) == (
        "no",
        False,
        "verdict",
    )
    assert "no budget" in after["gates"][-1]["reason"]
    assert record not in rep.list("Lead", WAITING)
    (closed,) = place.rows("Task", WhoId=record)
    assert closed["Status"] == "Completed"
    with wiring.store.reading() as unit:
        (release,) = (one for one in unit.queue.releases(NOON.date().replace(day=1)) if one.key == task["Syncd_Key__c"])
    assert release.outcome is Outcome.REJECTED
    assert run().written == 0


def without_leads(place: Place) -> Place:
    return replace(place, settings=place.settings.model_copy(update={"without": ("salesforce.Lead",)}))


def written_of_leads(place: Place) -> list[str]:
    return [name for row in place.rows("Lead") for name in row if name.startswith("Syncd_") and row[name]]


def test_where_leads_are_declared_as_none_of_ours_none_is_written_and_all_else_is(
    place: Place, sqlite_store: Store
) -> None:
    wiring = wired(without_leads(place), sqlite_store)
    first, second = cycle(wiring, Run()), cycle(wiring, Run())
    assert (first.outcome, first.failures, second.written) == ("done", {}, 0)
    assert written_of_leads(place) == []
    assert any(row.get(GATES) for row in place.rows("Contact"))


def test_an_org_that_shows_no_leads_is_told_what_to_grant_or_to_declare_and_gets_all_else(
    place: Place, sqlite_store: Store
) -> None:
    """Hidden leads may be the very people who would be made as contacts: so it is told until declared."""
    objects = place.sandbox.salesforce.org.schema.lower
    hidden = objects.pop("lead")
    first = cycle(wired(place, sqlite_store), Run())
    assert first.outcome == "incomplete"
    assert "SYNCD_WITHOUT=salesforce.Lead" in first.failures["salesforce premise salesforce Lead"]
    assert any(row.get(GATES) for row in place.rows("Contact"))
    declared = cycle(wired(without_leads(place), sqlite_store), Run())
    assert (declared.outcome, declared.failures) == ("done", {})
    objects["lead"] = hidden
    assert written_of_leads(place) == []


@AFTER_A_CYCLE
def test_whatever_people_are_called_what_was_written_rests(place: Place, run: Go) -> None:
    """The longest and oddest names that Salesforce's own fields hold, on accounts, people and opportunities."""
    names = [name for key, name in NAMES.items() if key != "no character"]
    for place_of, row in zip(range(99), place.ours(), strict=False):
        name = names[place_of % len(names)]
        place.edit("Account", row["AccountId"], Name=name[:120])
        for at, person in enumerate(place.rows("Contact", AccountId=row["AccountId"])):
            place.edit("Contact", person["Id"], LastName=names[at % len(names)][:40], Title=f"CFO {name}"[:60])
    run()
    assert run().written == 0
    fields = {"Account": PICTURE, "Opportunity": PICTURE, "Contact": GATES, "Lead": GATES}
    for object_, field in fields.items():
        texts = [row[field] for row in place.rows(object_) if row.get(field)]
        assert texts
        for text in texts:
            assert json.loads(text)["left_out"] == 0
            assert max(counts(text)) <= 32_768
