"""What a write rests on, and what an admin may take away between two runs: what rests on it waits, all else goes on."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from syncd.model.runs import RunOutcome
from syncd.premises import PREMISES, examine
from syncd.sync.apply import apply
from syncd.sync.counts import WriteOutcome
from syncd.sync.cycle import Wiring, cycle
from syncd.sync.run import Run
from tests.faults.admins import OTHERS, Go, field_is, required_field, sales_process, with_agreement
from tests.ledger import count_pending
from tests.sync.conftest import Place, wired
from tests.sync.test_drafts import wish

# ---- roles, reps, owners -----------------------------------------------------------------------------------------


def test_a_role_that_the_orgs_picklist_lacks_is_said_in_every_run_and_its_contact_roles_wait(
    place: Place, run: Go
) -> None:
    roles = place.sandbox.salesforce.org.schema.objects["OpportunityContactRole"].fields["Role"].values
    field_is("OpportunityContactRole", "Role", values=tuple(role for role in roles if role != "Champion"))(place)
    for _ in range(2):
        summary = run()
        assert "lacks Champion" in summary.failures["salesforce premise agreement roles"]
        assert summary.outcome is RunOutcome.INCOMPLETE
    assert len(place.ours()) == 3
    assert "Champion" not in {row["Role"] for row in place.rows("OpportunityContactRole") if row.get("Syncd_Key__c")}
    field_is("OpportunityContactRole", "Role", values=roles)(place)
    assert run().outcome is RunOutcome.DONE
    assert "Champion" in {row["Role"] for row in place.rows("OpportunityContactRole") if row.get("Syncd_Key__c")}


def test_a_rep_in_the_agreement_who_does_not_exist_is_said_in_every_run_and_nothing_falls_to_our_own_user(
    place: Place, wiring: Wiring
) -> None:
    handover = wiring.agreement.handover
    lines = tuple(line.model_copy(update={"rep": "nobody@syncd-demo.example"}) for line in handover.territories)
    alone = with_agreement(wiring, handover=handover.model_copy(update={"territories": lines}))
    for _ in range(2):
        summary = cycle(alone, Run())
        assert summary.outcome is RunOutcome.INCOMPLETE
        assert "salesforce premise agreement handover nobody@syncd-demo.example" in summary.failures
    ours = place.sandbox.salesforce.org.settings.integration_user
    made = [row for object_ in ("Task", "Opportunity", "Account", "Contact") for row in place.rows(object_)]
    assert [row for row in made if row.get("Syncd_Key__c") and row["OwnerId"] == ours] == []


def test_a_calendar_of_nobody_is_told_and_holds_no_write(wiring: Wiring) -> None:
    calendars = [{"rep": "nobody@syncd-demo.example", "per_week": 0}, {"rep": "Central@Syncd-Demo.example"}]
    agreement = type(wiring.agreement).model_validate(
        wiring.agreement.model_dump(by_alias=True, exclude_unset=True) | {"reps": calendars}
    )
    problems = examine(wiring.targets["salesforce"], agreement, wiring.mappings["salesforce"])
    of_calendars = [problem for problem in problems if "agreement reps" in problem.where]
    assert [(problem.level, problem.where) for problem in of_calendars] == [
        ("warning", "agreement reps nobody@syncd-demo.example")
    ]
    assert "hold for nobody" in of_calendars[0].what and not of_calendars[0].rests


def test_an_owner_who_is_deactivated_after_the_judgement_gets_no_task_and_none_is_refused(
    place: Place, wiring: Wiring
) -> None:
    wish(wiring)
    ours = place.sandbox.salesforce.org.settings.integration_user
    for user in place.rows("User"):
        if user["Id"] != ours:
            place.edit("User", user["Id"], IsActive=False)
    application = apply(wiring, None, run := Run(), force=False)
    assert run.counts.of(WriteOutcome.REFUSED) == 0
    assert run.counts.of(WriteOutcome.HELD, "opportunity") == 1  # the two others stand on contacts that are held
    assert (place.ours(), count_pending(wiring.store, "salesforce")["opportunity"]) == ([], 3)
    assert "inactive" in application.premises["salesforce premise salesforce owner"]


# ---- required fields, record types, keys, rights -------------------------------------------------------------------


@pytest.mark.parametrize("object_", ["Opportunity", "Task"])
def test_a_field_that_the_org_insists_on_holds_new_records_of_its_object_alone(
    place: Place, run: Go, object_: str
) -> None:
    required_field(object_)(place)
    summary = run()
    assert summary.outcome is RunOutcome.INCOMPLETE
    assert "required" in summary.failures[f"salesforce premise salesforce {object_}.Region__c"]
    assert [row for row in place.rows(object_) if row.get("Syncd_Key__c")] == []
    assert summary.counts.of(WriteOutcome.REFUSED) == 0
    assert all(summary.counts.of(WriteOutcome.CHANGED, other) for other in OTHERS)


def test_no_opportunity_is_opened_while_nobody_of_its_delegates_can_be_created(place: Place, run: Go) -> None:
    required_field("Contact")(place)
    summary = run()
    on_one = {row["OpportunityId"] for row in place.rows("OpportunityContactRole") if row.get("Syncd_Key__c")}
    assert {row["Id"] for row in place.ours()} == on_one
    assert len(on_one) < 3
    assert summary.counts.of(WriteOutcome.WAITING, "opportunity") == 3 - len(on_one)
    field_is("Contact", "Region__c", nillable=True)(place)
    assert run().outcome is RunOutcome.DONE
    assert len(place.ours()) == 3


def with_record_type(wiring: Wiring, record_type: str) -> Wiring:
    """The same by a mapping that opens opportunities with a record type of its own."""
    mapping = wiring.mappings["salesforce"]
    rule = mapping.writes["opportunity"].model_copy(update={"constants": {"RecordTypeId": record_type}})
    changed = mapping.model_copy(update={"writes": {**mapping.writes, "opportunity": rule}})
    readers = type(wiring.readers)({**wiring.mappings, "salesforce": changed}, wiring.readers.customs)
    return replace(wiring, readers=readers)


def test_a_record_type_taken_from_the_integration_user_opens_nothing_under_it_or_another(
    place: Place, wiring: Wiring
) -> None:
    sales_process("Qualification")(place)
    summary = cycle(with_record_type(wiring, "012000000000009AAA"), Run())
    assert place.ours() == []
    assert "012000000000009AAA" in summary.failures["salesforce premise salesforce Opportunity.RecordTypeId"]
    assert all(summary.counts.of(WriteOutcome.CHANGED, other) for other in OTHERS)


def test_a_record_type_of_the_mapping_is_what_opportunities_are_opened_with(place: Place, wiring: Wiring) -> None:
    sales_process("Qualification")(place)
    assert cycle(with_record_type(wiring, "012000000000001AAA"), Run()).outcome is RunOutcome.DONE
    assert {row["RecordTypeId"] for row in place.ours()} == {"012000000000001AAA"}


def test_without_a_unique_key_nothing_is_created_and_what_stands_is_kept_up(place: Place, run: Go) -> None:
    field_is("Opportunity", "Syncd_Key__c", unique=False)(place)
    summary = run()
    assert place.ours() == []
    assert "not unique" in summary.failures["salesforce premise salesforce Opportunity.Syncd_Key__c"]


def test_a_permission_set_unassigned_for_a_day_makes_nothing_half_and_all_of_it_the_day_after(
    place: Place, wiring: Wiring, run: Go
) -> None:
    assignments = place.sandbox.salesforce.org.tables["PermissionSetAssignment"]
    kept = [dict(row) for row in assignments.rows.values()]
    for row in kept:
        assignments.purge(row["Id"])
    place.sandbox.salesforce.org.access.revision += 1
    summary = run()
    assert summary.outcome is RunOutcome.INCOMPLETE
    assert any("permission set" in why for why in summary.failures.values()), summary.failures
    assert place.ours() == []
    assert not [row for row in place.rows("Task") if row["CreatedById"] == "005000000000001AAA" and not row["WhoId"]]
    for row in kept:
        assignments.put(row)
    place.sandbox.salesforce.org.access.revision += 1
    assert cycle(wired(place, wiring.store), Run()).outcome is RunOutcome.DONE, "describes are asked anew by then"
    assert len(place.ours()) == 3


# ---- the portal --------------------------------------------------------------------------------------------------


def test_an_archived_property_waits_alone_and_the_same_contacts_get_their_others(place: Place, run: Go) -> None:
    portal = place.sandbox.hubspot.portal
    known = dict(portal.schema["contacts"])
    del portal.schema["contacts"]["syncd_next_ask"]
    portal.schema_changed()
    summary = run()
    assert "syncd_next_ask" in summary.failures["hubspot premise hubspot writes"]
    asked = [one["properties"] for one in place.portal("contacts") if one["properties"].get("syncd_qualification")]
    assert asked
    assert not [one for one in asked if one.get("syncd_next_ask")]
    assert len(place.ours()) == 3
    portal.schema["contacts"] = known
    portal.schema_changed()
    assert run().outcome is RunOutcome.DONE
    assert [one for one in place.portal("contacts") if one["properties"].get("syncd_next_ask")]


@pytest.mark.parametrize("how", ["deleted", "one that fills itself"])
def test_a_list_that_is_gone_or_another_takes_no_members_and_all_else_is_written(
    place: Place, run: Go, how: str
) -> None:
    lists = place.sandbox.hubspot.portal.lists
    if how == "deleted":
        lists.clear()
    for contact_list in lists.values():
        contact_list.processing = "DYNAMIC"
    summary = run()
    assert summary.outcome is RunOutcome.INCOMPLETE
    assert "potential MQLs" in summary.failures["hubspot premise hubspot writes"]
    assert summary.counts.of(WriteOutcome.HELD, "potential") == count_pending_of(run, "potential")
    assert summary.counts.of(WriteOutcome.CHANGED, "qualification") > 0
    assert len(place.ours()) == 3


def count_pending_of(run: Go, object_: str) -> int:
    return run().counts.of(WriteOutcome.HELD, object_)


def test_a_scope_taken_from_the_token_is_named_and_what_needs_it_stays_pending(
    place: Place, run: Go, wiring: Wiring
) -> None:
    from connectors.sandbox.hubspot.identity import SCOPES

    identity = place.sandbox.hubspot.portal.identity
    identity.grant("sandbox-token", set(SCOPES) - {"crm.objects.contacts.write"})
    summary = run()
    assert "crm.objects.contacts.write" in summary.failures["hubspot premise hubspot writes"]
    assert count_pending(wiring.store, "hubspot")["qualification"] > 0
    assert len(place.ours()) == 3
    identity.grant("sandbox-token", set(SCOPES))
    assert run().outcome is RunOutcome.DONE
    assert count_pending(wiring.store, "hubspot").get("qualification", 0) == 0


# ---- the list of premises ----------------------------------------------------------------------------------------


def test_every_premise_of_the_list_says_what_rests_on_it_how_it_is_asked_and_what_mends_it() -> None:
    assert len({premise.name for premise in PREMISES}) == len(PREMISES)
    assert all(premise.rests and premise.asked and premise.mends for premise in PREMISES)


def test_every_problem_on_which_a_write_rests_is_of_a_declared_premise() -> None:
    named = {
        name
        for file in ("connectors/salesforce/checks.py", "connectors/hubspot/checks.py", "syncd/premises/org.py")
        for name in re.findall(
            r'"([a-z ]+)"(?:,\n +|, )(?:rests\b|\(Rest|\(\*missing|everything\b|_rest|tuple)', read(file)
        )
    }
    assert named
    assert named <= {premise.name for premise in PREMISES}


def read(file: str) -> str:
    return (Path(__file__).parents[2] / file).read_text(encoding="utf-8")
