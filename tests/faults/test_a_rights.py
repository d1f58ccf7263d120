"""A. What the integration user may do: granted by what is mapped, looked at, and settled as it was sent."""

from collections.abc import Callable
from typing import Any

import pytest

from connectors.base import Payload
from connectors.salesforce import permissions
from connectors.salesforce.components import ROOT
from connectors.salesforce.metadata import definitions
from connectors.sandbox.salesforce.access import MINIMUM
from connectors.sandbox.salesforce.writes import Call, update
from syncd.mapping import load_all
from syncd.sync.summary import Summary
from syncd.wiring import administrator, deploy_salesforce, salesforce
from tests import grants
from tests.sync.conftest import AFTER_A_CYCLE, Place
from tests.sync.remote import tell

SHIPPED = permissions.read(grants.FILE.read_bytes())


def test_the_permission_set_grants_what_the_shipped_mapping_reads_or_writes_and_no_more() -> None:
    assert grants.derived() == SHIPPED, "run: python -m tests.grants"


def test_the_permission_set_names_only_what_can_be_granted() -> None:
    """Names, stages, owners and the like are everybody's; parts of addresses go by their compound."""
    named = {f"{owner}.{name}" for owner, name in SHIPPED.fields}
    assert named >= {"Task.WhoId", "Task.WhatId", "Task.ActivityDate", "Task.Description", "Event.WhoId"}
    assert named >= {"Account.BillingAddress", "Lead.Address"}
    assert not {name for name in named if name.endswith(("Street", "City", "State", "OwnerId", ".Name", "StageName"))}
    assert SHIPPED.users == {"ApiEnabled", "EditTask", "SendCustomNotifications", "ViewRoles", "ViewSetup"}


def test_the_sandbox_s_integration_user_has_minimum_access(place: Place) -> None:
    org = place.sandbox.salesforce.org
    assert org.access.profile(org.settings.integration_user).startswith(MINIMUM)


def test_without_the_permission_set_the_integration_user_sees_none_of_the_mapped_objects(place: Place) -> None:
    access = place.sandbox.salesforce.org.access
    access.sets.clear()
    access.revision += 1
    with salesforce(place.settings) as org:
        assert [name for name in ("Account", "Contact", "Lead", "Opportunity") if org.shapes.find(name)] == []
        task = org.shapes.of("Task")
        assert not task.createable
        assert {"WhoId", "WhatId", "ActivityDate", "Description"} & task.fields.keys() == set()
        assert {"Subject", "Status", "OwnerId"} <= task.fields.keys()


def test_permission_sets_only_ever_add(place: Place) -> None:
    """A set that grants reading takes no right to write away that the profile or another set gives."""
    access, organization = place.sandbox.salesforce.org.access, place.sandbox.salesforce.org
    rep = next(row["Id"] for row in organization.tables["User"].rows.values() if row["Email"].startswith("east@"))
    (name,) = (key for key in access.sets if access.sets[key].fields.get(("Account", "Phone")) is not None)
    access.sets[name].fields["Account", "Phone"] = False
    place.org("assign", permission_set="Syncd_Integration", user=rep)
    assert "Phone" not in access.view(rep, organization.schema.objects["Account"]).locked


def test_whatever_the_mapping_in_use_names_is_granted_as_it_is_deployed(place: Place) -> None:
    """The org's own field for HubSpot's id stands in no package, and is read all the same."""
    assert ("Account", "HubSpot_Company_ID__c") not in SHIPPED.fields
    with salesforce(place.settings) as org:
        assert "HubSpot_Company_ID__c" in org.shapes.of("Account").fields


def test_what_the_org_does_not_have_is_told_and_refuses_no_deployment(place: Place) -> None:
    """An edition without campaigns; a standard field that the edition lacks."""
    schema = place.sandbox.salesforce.org.schema
    schema.remove_field("Account", "Sic")
    del schema.objects["Campaign"], schema.lower["campaign"]
    with administrator(place.settings, token="sandbox-admin-token") as somebody:
        done = deploy_salesforce(place.settings, somebody)
    assert done.ok, done.errors
    (note,) = done.notes
    assert "Account.Sic" in note
    assert "Campaign.StartDate" in note
    assert "Syncd_" not in note


def test_every_field_of_the_package_is_granted() -> None:
    assert {name for name in definitions() if name not in SHIPPED.fields} == set()
    assert ROOT.joinpath("permissionsets").is_dir()


def test_a_first_cycle_as_a_minimum_access_user_leaves_nothing_out(place: Place, run: Callable[..., Summary]) -> None:
    done = run()
    assert (done.outcome, done.failures) == ("done", {})
    tasks = [row for row in place.rows("Task") if row.get("Syncd_Key__c")]
    assert tasks
    for row in tasks:
        assert row["ActivityDate"] and row["Description"] and (row.get("WhoId") or row.get("WhatId")), row


@pytest.mark.parametrize("field", ["WhoId", "WhatId", "ActivityDate", "Description"])
def test_a_missing_grant_is_an_error_of_doctor_s(place: Place, field: str) -> None:
    access = place.sandbox.salesforce.org.access
    for granted in access.sets.values():
        granted.fields.pop(("Task", field), None)
    access.revision += 1
    mapping: Any = load_all(None, ("hubspot", "salesforce"))["salesforce"]
    with salesforce(place.settings) as org:
        problems = org.check_writes(mapping.written())
    assert [(one.level, one.where) for one in problems] == [("error", f"salesforce Task.{field}")]


# ---- tasks exactly once ----------------------------------------------------------------------------------------------


def test_the_key_of_tasks_is_unique_where_the_org_takes_that(place: Place) -> None:
    with salesforce(place.settings) as org:
        assert org.shapes.of("Task").fields["Syncd_Key__c"].unique


def test_an_org_that_takes_no_unique_field_on_activities_gets_an_external_id(place: Place) -> None:
    organization = place.sandbox.salesforce.org
    organization.schema.remove_field("Activity", "Syncd_Key__c")
    organization.settings.unique_activities = False
    with administrator(place.settings, token="sandbox-admin-token") as somebody:
        done = deploy_salesforce(place.settings, somebody)
    assert done.ok
    assert "unique" in done.notes[0]
    with salesforce(place.settings) as org:
        key = org.shapes.of("Task").fields["Syncd_Key__c"]
    assert (key.external, key.unique) == (True, False)


def test_a_user_of_the_integration_licence_gets_the_permission_set_licence_first(place: Place) -> None:
    organization = place.sandbox.salesforce.org
    held = [row["AssigneeId"] for row in organization.tables["PermissionSetLicenseAssign"].rows.values()]
    assert held == [organization.settings.integration_user]
    for name in ("PermissionSetLicenseAssign", "PermissionSetAssignment"):
        for record_id in list(organization.tables[name].rows):
            organization.tables[name].purge(record_id)
    with pytest.raises(AssertionError, match="license doesn't allow"):
        place.org("assign", permission_set="Syncd_Integration")


# ---- record access ---------------------------------------------------------------------------------------------------


def demote(place: Place) -> Callable[[], None]:
    """Take the role of the integration user away; what is returned gives it back."""
    organization = place.sandbox.salesforce.org
    users = organization.tables["User"]
    row = users.rows[organization.settings.integration_user]
    users.put({**row, "UserRoleId": None})
    return lambda: users.put(row)


def premises_of(done: Summary, name: str) -> list[dict[str, Any]]:
    return [premise for premise in done.premises if premise["premise"] == name]


def test_without_a_role_above_the_reps_what_rests_on_their_opportunities_waits_and_all_else_goes_on(
    place: Place, run: Callable[..., Summary]
) -> None:
    promote = demote(place)
    done = run()
    assert done.outcome == "incomplete"
    opened = {row["Id"] for row in place.ours()}
    assert len(opened) == 3
    of_sales, premise = premises_of(done, "record access")
    assert (of_sales["where"], of_sales["waiting"]) == ("salesforce Opportunity", 3), (
        "the pictures of what sales opened"
    )
    assert premise["where"] == "salesforce OpportunityContactRole"
    assert all(record in premise["what"] for record in opened)
    assert "a role above the owners" in premise["mend"]
    assert not [row for row in place.rows("OpportunityContactRole") if row.get("Syncd_Key__c")]
    assert [row for row in place.rows("Task") if row.get("Syncd_Key__c")]
    assert not done.quarantined, "nothing was tried that was sure to be refused"
    promote()
    mended = run()
    assert (mended.outcome, premises_of(mended, "record access")) == ("done", [])
    roles = {row["OpportunityId"] for row in place.rows("OpportunityContactRole") if row.get("Syncd_Key__c")}
    assert roles == opened


def test_the_records_that_may_not_be_edited_are_named_and_the_others_are_written(
    place: Place, run: Callable[..., Summary]
) -> None:
    """The org-wide default becomes private: what the integration user owns itself it may still edit."""
    organization = place.sandbox.salesforce.org
    demote(place)
    organization.settings.sharing = {**organization.settings.sharing, "Opportunity": "private"}
    run()
    mine, *others = place.ours()
    organization.tables["Opportunity"].put({**mine, "OwnerId": organization.settings.integration_user})
    of_sales, premise = premises_of(run(), "record access")
    assert mine["Id"] not in premise["what"] + of_sales["what"]
    assert all(row["Id"] in premise["what"] for row in others)
    roles = {row["OpportunityId"] for row in place.rows("OpportunityContactRole") if row.get("Syncd_Key__c")}
    assert roles == {mine["Id"]}


def test_doctor_tells_of_a_sample_whether_reps_records_may_be_edited(place: Place) -> None:
    with salesforce(place.settings) as org:
        assert not [one for one in org.check_rules({"Opportunity": [], "Task": []}) if one.premise == "record access"]
        demote(place)
        problems = [one for one in org.check_rules({"Opportunity": [], "Task": []}) if one.premise == "record access"]
    assert [(one.level, one.where) for one in problems] == [
        ("error", "salesforce Opportunity access"),
        ("error", "salesforce Task access"),
    ]
    assert "a role above the owners" in problems[0].mend


# ---- a receipt settles what was sent, and no more --------------------------------------------------------------------


def take_away(place: Place, *fields: str) -> Callable[[], None]:
    """Take grants of Task's fields away; what is returned gives them back."""
    access = place.sandbox.salesforce.org.access
    kept = [(granted, dict(granted.fields)) for granted in access.sets.values()]
    for granted, _ in kept:
        for field in fields:
            granted.fields.pop(("Task", field), None)
    access.revision += 1

    def give_back() -> None:
        for granted, before in kept:
            granted.fields.update(before)
        access.revision += 1

    return give_back


def our_tasks(place: Place) -> list[dict[str, Any]]:
    return [row for row in place.rows("Task") if row.get("Syncd_Key__c")]


def test_what_was_left_out_for_want_of_a_grant_goes_out_once_it_is_given(
    place: Place, run: Callable[..., Summary]
) -> None:
    give_back = take_away(place, "ActivityDate", "Description")
    done = run()
    assert done.outcome == "incomplete"
    assert {premise["where"] for premise in premises_of(done, "field rights")} == {
        "salesforce Task.ActivityDate",
        "salesforce Task.Description",
    }
    assert not any(row.get("ActivityDate") or row.get("Description") for row in our_tasks(place))
    assert run().outcome == "incomplete", "it is said until it is mended"
    theirs, *others = our_tasks(place)
    place.edit("Task", theirs["Id"], Description="I have called them")
    give_back()
    assert run().outcome == "done"
    tasks = {row["Id"]: row for row in our_tasks(place)}
    assert all(row["ActivityDate"] for row in tasks.values())
    assert all(tasks[row["Id"]]["Description"] for row in others)
    assert tasks[theirs["Id"]]["Description"] == "I have called them"
    assert run().written == 0


def test_a_receipt_names_what_the_connector_left_out(place: Place) -> None:
    account = place.rows("Account")[0]["Id"]
    with salesforce(place.settings) as org:
        payload = Payload("left-out", account, {"Phone": "555", "CreatedDate": "2026-01-01", "Nowhere__c": "x"})
        (receipt,) = org.push("Account", [payload])
    assert (receipt.error, [*receipt.left_out]) == (None, ["CreatedDate", "Nowhere__c"])


@AFTER_A_CYCLE
def test_an_integration_user_who_was_deactivated_is_said_so_and_nothing_is_lost(
    place: Place, run: Callable[..., Summary]
) -> None:
    """Salesforce calls it invalid_grant, as a dozen other things."""
    users, me = place.sandbox.salesforce.org.tables["User"], place.sandbox.salesforce.org.settings.integration_user
    before, row = tell(place), users.rows[me]
    users.put({**row, "IsActive": False})
    broken = run()
    assert (broken.outcome, broken.counts.swept.total()) == ("incomplete", 0)
    assert any("is inactive or locked: activate it" in why for why in broken.failures.values()), broken.failures
    users.put(row)
    mended = run()
    assert (mended.outcome, mended.written) == ("done", 0)
    assert tell(place) == before


# ---- what an older version wrote by halves ---------------------------------------------------------------------------

HALVES = ("WhoId", "WhatId", "ActivityDate", "Description")


def empty(place: Place, task: dict[str, Any], *fields: str, by: str | None = None) -> None:
    """Leave a task as one looks that was made while these fields were hidden: they are blank, and nobody did it."""
    org = place.sandbox.salesforce.org
    blank = dict.fromkeys(fields, None)
    update(Call(org, by or org.settings.integration_user), org.schema.objects["Task"], task["Id"], blank)


def fill_in(place: Place, task: dict[str, Any], text: str) -> None:
    """Fill in a task's text as its creator."""
    org = place.sandbox.salesforce.org
    update(Call(org, org.settings.integration_user), org.schema.objects["Task"], task["Id"], {"Description": text})


@AFTER_A_CYCLE
def test_a_task_that_was_written_by_halves_is_completed_once(place: Place, run: Callable[..., Summary]) -> None:
    before = {row["Id"]: {name: row.get(name) for name in HALVES} for row in our_tasks(place)}
    half, theirs, partly, *_ = our_tasks(place)
    empty(place, half, *HALVES)
    empty(place, theirs, *HALVES, by=place.sandbox.salesforce.org.settings.administrator)
    empty(place, partly, "ActivityDate")
    fill_in(place, partly, "Called twice")
    done = run()
    assert done.outcome == "done"
    tasks = {row["Id"]: {name: row.get(name) for name in HALVES} for row in our_tasks(place)}
    assert tasks[half["Id"]] == before[half["Id"]]
    assert tasks[theirs["Id"]] == dict.fromkeys(HALVES), "somebody else wrote it: it is theirs"
    assert tasks[partly["Id"]] == before[partly["Id"]] | {"Description": "Called twice"}
    assert run().written == 0
    empty(place, half, *HALVES)
    assert run().written == 0, "once, and no more"
    assert not any(next(row for row in our_tasks(place) if row["Id"] == half["Id"]).get(name) for name in HALVES)
