"""A rep's morning in Salesforce, and what syncd makes of it: lists, verdicts by every way, answers, roles, stages.

The rep signs in to the sandbox with a rep's rights and the permission set Syncd Sales; what they do goes over HTTPS.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from connectors.salesforce import permissions
from connectors.salesforce.components import ROOT
from syncd.model import Outcome
from syncd.model.milestones import Source, Stage
from syncd.sync.cycle import Wiring, cycle
from syncd.sync.lessons import learn
from syncd.sync.run import Run
from syncd.sync.summary import Summary
from tests.rep import Rep
from tests.sync.conftest import AFTER_A_CYCLE, NOON, TODAY, Place

WAITING, NEW = "Syncd_Waiting_For_My_Verdict", "Syncd_My_New_Opportunities"
GAPS, EXPLORE = "Syncd_Gaps_In_My_Open_Opportunities", "Syncd_My_Explore_Calls"
Go = Callable[..., Summary]


def our_tasks(place: Place, rep: Rep) -> dict[str, str]:
    """The rep's tasks of ours: person → task."""
    return {row["WhoId"]: row["Id"] for row in place.rows("Task", OwnerId=rep.id) if row.get("Syncd_Key__c")}


def row(place: Place, object_: str, record: str) -> dict[str, Any]:
    (standing,) = place.rows(object_, Id=record)
    return standing


def became(wiring: Wiring, place: Place) -> dict[str, Outcome]:
    """What became of each release, by the person of its task."""
    people = {row["Syncd_Key__c"]: row["WhoId"] for row in place.rows("Task") if row.get("Syncd_Key__c")}
    with wiring.store.reading() as unit:
        releases = unit.queue.releases((NOON - timedelta(days=7)).date())
    return {people[release.key]: release.outcome for release in releases}


def reached(wiring: Wiring) -> Counter[Stage]:
    with wiring.store.reading() as unit:
        return Counter(one.stage for one in unit.milestones.stream() if one.source is Source.SEEN)


# ---- verdicts, by every way ------------------------------------------------------------------------------------------


@AFTER_A_CYCLE
def test_the_lists_show_what_waits_and_empty_as_the_rep_gives_a_word_by_each_way(
    place: Place, wiring: Wiring, run: Go
) -> None:
    rep, colleague = Rep(place, "central@"), Rep(place, "south@")
    tasks = our_tasks(place, rep)
    (opened,) = (row for row in place.ours() if row["OwnerId"] == rep.id)
    theirs = our_tasks(place, colleague)
    assert rep.list("Contact", WAITING).keys() == tasks.keys()
    assert rep.list("Task", WAITING).keys() == {*tasks.values()}
    assert rep.list("Opportunity", WAITING).keys() == rep.list("Opportunity", NEW).keys() == {opened["Id"]}
    assert rep.list("Lead", WAITING) == rep.list("Contact", EXPLORE) == {}
    assert colleague.list("Contact", WAITING).keys() == theirs.keys()

    on_page, by_action, in_list, on_task = tasks
    assert rep.save(on_page, Syncd_Verdict__c="rejected", Syncd_Verdict_Reason__c="no need").ok
    rep.act("Contact.Syncd_Verdict", by_action, Syncd_Verdict__c="accepted")
    rep.edit("Contact", in_list, Syncd_Verdict__c="not yet", Syncd_Verdict_Reason__c="wrong time")
    rep.act("Task.Syncd_Verdict", tasks[on_task], Syncd_Verdict__c="accepted")
    rep.act("Opportunity.Syncd_Verdict", opened["Id"], Syncd_Verdict__c="accepted")
    assert rep.list("Opportunity", WAITING) == {}, "at once"
    before = reached(wiring)
    run()

    assert rep.list("Contact", WAITING) == {}, "wherever the word was given"
    assert rep.list("Opportunity", NEW).keys() == {opened["Id"]}
    assert tasks[on_page] not in rep.list("Task", WAITING), "it is closed"
    assert tasks[on_task] not in rep.list("Task", WAITING)
    assert colleague.list("Contact", WAITING).keys() == theirs.keys()
    outcomes = became(wiring, place)
    assert [outcomes[person] for person in (on_page, by_action, in_list, on_task)] == [
        Outcome.REJECTED,
        Outcome.ACCEPTED,
        Outcome.NOT_YET,
        Outcome.ACCEPTED,
    ]
    after = reached(wiring)
    assert [after[stage] - before[stage] for stage in (Stage.REJECTED, Stage.ACCEPTED, Stage.NOT_YET)] == [1, 3, 1]
    assert run().written == 0


@AFTER_A_CYCLE
def test_who_was_put_off_or_rejected_rests_and_marketing_learns_the_reason(
    place: Place, wiring: Wiring, run: Go
) -> None:
    """Whoever asked for sales was answered by that word: the same hand-raise does not bring them back."""
    rep = Rep(place, "central@")
    tasks = our_tasks(place, rep)
    for person, word in zip(tasks, ("rejected", "not yet", "rejected", "not yet"), strict=True):
        rep.edit("Contact", person, Syncd_Verdict__c=word, Syncd_Verdict_Reason__c="wrong time")
    for weeks in (0, 1, 2):
        cycle(_at(wiring, weeks), Run())
    again = our_tasks(place, rep)
    assert {person: again[person] for person in tasks} == tasks, "no second task"
    assert not any(row(place, "Contact", person)["Syncd_Waiting__c"] for person in tasks)
    with wiring.store.reading() as unit:
        lessons = learn(unit, TODAY - timedelta(days=30), TODAY + timedelta(days=60), ZoneInfo("America/New_York"))
    assert dict(lessons.reasons)["wrong time"] == 2, "of the two who were rejected"


@AFTER_A_CYCLE
def test_who_is_handed_over_again_is_asked_for_a_word_anew_and_the_same_one_counts(
    place: Place, wiring: Wiring, run: Go
) -> None:
    """The same word a second time would change no record: syncd takes the old one out, once, and never a newer one."""
    rep = Rep(place, "central@")
    person, another, *_ = our_tasks(place, rep)
    no = {"Syncd_Verdict__c": "rejected", "Syncd_Verdict_Reason__c": "no need"}
    for contact in (person, another):
        rep.edit("Contact", contact, **no)
    run()
    for contact in (person, another):
        place.submit(row(place, "Contact", contact)["Email"], "demo", NOON + timedelta(weeks=40))
    later = _at(wiring, 40)
    cycle(later, Run())
    shown = row(place, "Contact", person)
    assert (shown["Syncd_Waiting__c"], shown.get("Syncd_Verdict__c"), shown.get("Syncd_Verdict_Reason__c")) == (
        *(True, None, None),
    )
    org = place.sandbox.salesforce.org
    org.offset = (NOON + timedelta(weeks=40, hours=1) - org.clock()).total_seconds()
    rep.token = place.org("sign-in", user=rep.id)["access_token"]
    assert rep.save(person, **no).ok
    cycle(_at(wiring, 41), Run())
    assert person not in rep.list("Contact", WAITING)
    assert row(place, "Contact", person)["Syncd_Verdict__c"] == "rejected"
    assert cycle(_at(wiring, 41), Run()).written == 0


def _at(wiring: Wiring, weeks: int) -> Wiring:
    return replace(wiring, clock=lambda: NOON + timedelta(weeks=weeks))


# ---- whose they are --------------------------------------------------------------------------------------------------


@AFTER_A_CYCLE
def test_who_is_named_for_somebody_has_them_on_their_lists_whoever_owns_them(place: Place, run: Go) -> None:
    rep, colleague = Rep(place, "central@"), Rep(place, "south@")
    person = next(iter(our_tasks(place, rep)))
    place.edit("Contact", person, OwnerId=colleague.id)
    run()
    assert row(place, "Contact", person)["OwnerId"] == colleague.id
    assert person in rep.list("Contact", WAITING)
    assert person not in colleague.list("Contact", WAITING)
    assert rep.see(person, "Contact.Syncd_Is_Mine__c") == {"Syncd_Is_Mine__c": True}
    assert colleague.see(person, "Contact.Syncd_Is_Mine__c") == {"Syncd_Is_Mine__c": False}


# ---- what they found out, and what they did --------------------------------------------------------------------------


@AFTER_A_CYCLE
def test_answers_roles_stages_and_amounts_come_back_and_stay_the_rep_s(place: Place, wiring: Wiring, run: Go) -> None:
    rep = Rep(place, "central@")
    (opened,) = (row for row in place.ours() if row["OwnerId"] == rep.id)
    before = json.loads(opened["Syncd_Picture_JSON__c"])
    assert {"budget", "timeline"} <= {*before["gaps"]}
    assert opened["Id"] in rep.list("Opportunity", GAPS)

    assert rep.save(opened["Id"], Syncd_Budget__c="200,000 of IT").ok
    rep.act("Opportunity.Syncd_Answers", opened["Id"], Syncd_Timeline__c="by the summer")
    rep.edit("Opportunity", opened["Id"], StageName="Needs Analysis", Amount=123_456, NextStep="Lunch on Friday")
    missing = next(role["role"] for role in before["roles"] if not role["by"])
    reached_at = {"Email": "frieda.halvorsen@firstamerican.example", "Phone": "+1 612 555 0142"}
    somebody = rep.add("Contact", LastName="Halvorsen", AccountId=opened["AccountId"], **reached_at)
    rep.add("OpportunityContactRole", OpportunityId=opened["Id"], ContactId=somebody, Role=missing)
    run()

    now = row(place, "Opportunity", opened["Id"])
    after = json.loads(now["Syncd_Picture_JSON__c"])
    known = {finding["what"]: finding["value"] for finding in after["known"]}
    assert (known["budget"], known["timeline"]) == ("200,000 of IT", "by the summer")
    assert not {"budget", "timeline", missing} & {*after["gaps"]}
    assert now["Syncd_Gaps__c"] == opened["Syncd_Gaps__c"] - 1
    asked = [action["closes"].partition(" (")[0] for action in before["next"]]
    assert missing in asked
    assert missing not in [action["closes"] for action in after["next"]]
    assert (now["StageName"], now["Amount"], now["NextStep"]) == ("Needs Analysis", 123_456, "Lunch on Friday")
    assert run().written == 0
    rep.edit("Opportunity", opened["Id"], StageName="Closed Lost")
    run()
    lost = row(place, "Opportunity", opened["Id"])
    assert (lost["StageName"], lost["Amount"]) == ("Closed Lost", 123_456)
    assert reached(wiring)[Stage.LOST] == 1
    assert opened["Id"] not in {**rep.list("Opportunity", GAPS), **rep.list("Opportunity", WAITING)}
    assert run().written == 0


# ---- what is not the rep's -------------------------------------------------------------------------------------------

SALES = permissions.read(ROOT.joinpath("permissionsets", "Syncd_Sales.permissionset-meta.xml").read_bytes())
LOCKED = [name for name, editable in SALES.fields.items() if not editable]


def locked() -> Iterator[tuple[str, list[str]]]:
    for object_ in ("Account", "Contact", "Lead", "Opportunity", "OpportunityContactRole", "Task"):
        yield object_, [name for owner, name in LOCKED if owner == object_]


@AFTER_A_CYCLE
def test_a_rep_may_read_and_not_edit_what_is_syncd_s_and_a_colleague_without_the_set_sees_none_of_it(
    place: Place, run: Go
) -> None:
    rep = Rep(place, "central@")
    records = {
        "Account": place.rows("Account", OwnerId=rep.id),
        "Contact": place.rows("Contact", OwnerId=rep.id),
        "Lead": [lead for lead in place.rows("Lead", IsConverted=False) if lead["OwnerId"] == rep.id],
        "Opportunity": [one for one in place.ours() if one["OwnerId"] == rep.id],
        "Task": place.rows("Task", OwnerId=rep.id),
    }
    records["OpportunityContactRole"] = place.rows(
        "OpportunityContactRole", OpportunityId=records["Opportunity"][0]["Id"]
    )
    for object_, names in locked():
        record = records[object_][0]["Id"]
        assert rep.see(record, *(f"{object_}.{name}" for name in names)).keys() == {*names}
        for name in names:
            answer = rep.call("PATCH", f"sobjects/{object_}/{record}", {name: None})
            assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, "INVALID_FIELD_FOR_INSERT_UPDATE"), name
    for object_ in ("Opportunity", "Task"):  # read-only for others, or their assignee's, as in a new org
        another = next(one["Id"] for one in place.rows(object_) if one.get("Syncd_Key__c") and one["OwnerId"] != rep.id)
        assert rep.save(another, Syncd_Verdict__c="accepted").status_code == 400
        assert not row(place, object_, another).get("Syncd_Verdict__c")
    stranger = Rep(place, "south@")
    for assignment in place.rows("PermissionSetAssignment", AssigneeId=stranger.id):
        place.sandbox.salesforce.org.tables["PermissionSetAssignment"].purge(assignment["Id"])
    contact = records["Contact"][0]["Id"]
    assert stranger.see(contact, "Contact.LastName", "Contact.Syncd_Reason__c").keys() == {"LastName"}
