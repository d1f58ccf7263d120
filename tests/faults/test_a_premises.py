"""What a write rests on, and what an admin may take away between two runs: what rests on it waits, all else goes on."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from connectors.sandbox.salesforce.currencies import Currency, enable
from connectors.sandbox.salesforce.loading import record_type_field
from connectors.sandbox.salesforce.schema import custom_field
from connectors.sandbox.salesforce.settings import RecordType
from syncd.errors import UnsafePlan
from syncd.mapping import load_all
from syncd.model.runs import RunOutcome
from syncd.premises import PREMISES
from syncd.store import Store
from syncd.store.status import read_status
from syncd.store.wishes import PendingWish
from syncd.sync.apply import apply
from syncd.sync.counts import WriteOutcome
from syncd.sync.cycle import Wiring, cycle
from syncd.sync.drafts import SENT, Action, Sight, draft_of
from syncd.sync.holds import look_everywhere
from syncd.sync.plan import Plan, make_plan
from syncd.sync.pull import pull
from syncd.sync.run import Run
from syncd.sync.summary import Summary
from syncd.wiring import wire
from tests.ledger import count_pending
from tests.rules.agreements import CONTENT, changed, complaints
from tests.sync.conftest import NOON, Place, wired
from tests.sync.test_drafts import wish

Change = Callable[[Place], object]
Go = Callable[..., Summary]
OTHERS = ("contact", "qualification", "account")  # what rests on none of an opportunity's premises


def stage_is(**change: Any) -> Change:
    """Have an admin change the agreed stage."""

    def make(place: Place) -> None:
        table = place.sandbox.salesforce.org.tables["OpportunityStage"]
        for row in list(table.rows.values()):
            if row["ApiName"] == "Qualification":
                table.put({**row, **change})

    return make


def field_is(object_: str, name: str, **change: Any) -> Change:
    """Have an admin change a field."""

    def make(place: Place) -> None:
        schema = place.sandbox.salesforce.org.schema
        known = schema.objects[object_].fields[name]
        own = {key: change[key] for key in ("values",) if key in change}
        attributes = {key: value for key, value in change.items() if key not in own}
        schema.add_field(object_, replace(known, attributes={**known.attributes, **attributes}, **own))

    return make


def required_field(object_: str) -> Change:
    def make(place: Place) -> None:
        region = custom_field("Region__c", "string", "Region", length=80, nillable=False)
        place.sandbox.salesforce.org.schema.add_field(object_, region)

    return make


def sales_process(*stages: str) -> Change:
    """Have an admin make a record type that new opportunities get, whose sales process has these stages."""

    def make(place: Place) -> None:
        org = place.sandbox.salesforce.org
        record_type = RecordType("Partner sales", "012000000000001AAA", offered={"StageName": stages})
        org.settings.record_types = {"Opportunity": (record_type,)}
        org.schema.add_field("Opportunity", record_type_field())
        row = {
            "Name": record_type.name,
            "DeveloperName": "Partner_sales",
            "SobjectType": "Opportunity",
            "IsActive": True,
        }
        org.tables["RecordType"].put({"Id": record_type.id, **row})

    return make


def with_agreement(wiring: Wiring, **terms: Any) -> Wiring:
    """The same by other terms."""
    return replace(
        wiring, book=replace(wiring.book, agreement=wiring.agreement.model_copy(update={"version": "another", **terms}))
    )


def pull_everything(wiring: Wiring) -> None:
    for system, source in wiring.sources.items():
        pull(source, wiring.mappings[system], wiring.store, Run())


def planned(wiring: Wiring) -> Plan:
    holds = look_everywhere(wiring.targets, wiring.agreement, wiring.mappings)
    return make_plan(wiring.store, wiring.targets, wiring.readers, NOON, holds)


# ---- the stage ---------------------------------------------------------------------------------------------------

STAGES: dict[str, tuple[Change, str]] = {
    "made closed and won": (stage_is(IsClosed=True, IsWon=True, DefaultProbability=100.0), "is closed"),
    "made inactive": (stage_is(IsActive=False), "is inactive"),
    "of even odds": (stage_is(DefaultProbability=50.0), "a default probability of 50 %"),
    "renamed": (stage_is(ApiName="Qualified"), "does not exist in the org"),
    "left out of the forecast": (stage_is(ForecastCategoryName="Omitted"), "forecast category Omitted"),
    "a best case": (stage_is(ForecastCategory="BestCase"), "forecast category BestCase"),
    "not in the sales process": (sales_process("Prospecting", "Closed Won"), "is not in the sales process"),
}


@pytest.mark.parametrize(("change", "why"), STAGES.values(), ids=STAGES)
def test_nothing_is_opened_in_a_stage_that_changed_and_everything_else_goes_on(
    place: Place, run: Go, change: Change, why: str
) -> None:
    change(place)
    summary = run()
    assert summary.outcome is RunOutcome.INCOMPLETE, "exit code 3"
    (premise,) = summary.premises
    assert (premise["premise"], premise["waiting"]) == ("stage", 3)
    assert why in premise["what"]
    assert place.ours() == []
    assert summary.counts.of(WriteOutcome.HELD) == summary.counts.of(WriteOutcome.HELD, "opportunity") == 3
    assert all(summary.counts.of(WriteOutcome.CHANGED, object_) for object_ in OTHERS)
    tasks = [row for row in place.rows("Task") if row.get("Syncd_Key__c")]
    assert tasks, "whoever asked is called all the same"
    assert not [task for task in tasks if str(task.get("WhatId") or "").startswith("006")]


def test_a_stage_made_closed_won_after_a_good_cycle_opens_nothing_and_what_stands_is_kept_up(
    place: Place, run: Go
) -> None:
    """Then a CFO without an opportunity hands in a form."""
    run()
    stood = {row["Id"] for row in place.ours()}
    gone = place.ours()[0]["AccountId"]
    stage_is(IsClosed=True, IsWon=True, DefaultProbability=100.0)(place)
    newcomer = next(row for row in place.rows("Account") if row["Id"] not in {o["AccountId"] for o in place.ours()})
    assert newcomer["Id"] != gone
    cfo(place, newcomer)
    summary = run()
    assert {row["Id"] for row in place.ours()} == stood
    assert "is closed" in summary.failures["salesforce premise agreement forecast.stage"]
    stage_is(IsClosed=False, IsWon=False, DefaultProbability=10.0)(place)
    assert run().outcome is RunOutcome.DONE


def cfo(place: Place, account: dict[str, Any]) -> str:
    """Have a new chief financial officer of an account ask for a demonstration of fraud detection's price."""
    email = "wanda.new@" + str(account["Website"] or "https://www.nowhere.example/").split("www.")[-1].rstrip("/")
    place.add("Contact", AccountId=account["Id"], LastName="New", FirstName="Wanda", Email=email, Title="CFO")
    place.portal_add("contacts", email=email, firstname="Wanda", lastname="New", jobtitle="CFO")
    place.submit(email, "fraud")
    return email


def test_when_the_stage_is_put_right_again_what_waited_is_opened_without_a_resync(place: Place, run: Go) -> None:
    stage_is(IsActive=False)(place)
    run()
    tasks = len(place.rows("Task"))
    stage_is(IsActive=True)(place)
    assert run().outcome is RunOutcome.DONE
    assert {row["StageName"] for row in place.ours()} == {"Qualification"}
    assert len(place.ours()) == 3
    ours = {row["Id"] for row in place.ours()}
    assert [task for task in place.rows("Task") if task.get("WhatId") in ours], "they are put to it now"
    assert len(place.rows("Task")) == tasks


@pytest.mark.parametrize("stage", ["Closed Won", "closed lost", "Closed", "Closed - Won"])
def test_a_closed_stage_in_the_agreement_is_refused_by_its_check(stage: str) -> None:
    text = changed(forecast={**CONTENT["forecast"], "stage": stage})
    assert any("is closed" in line for line in complaints(text))


def test_a_closed_stage_in_the_agreement_opens_nothing(place: Place, wiring: Wiring) -> None:
    closed = wiring.agreement.forecast.model_copy(update={"stage": "Closed Won"})
    summary = cycle(with_agreement(wiring, forecast=closed), Run())
    assert place.ours() == []
    assert "'Closed Won' is closed" in summary.failures["salesforce premise agreement forecast.stage"]


def test_a_plan_drawn_before_the_stage_was_made_inactive_is_applied_without_its_opportunities(
    place: Place, wiring: Wiring
) -> None:
    wish(wiring)
    plan = planned(wiring)
    assert plan.opportunities == 6  # it opens three, and draws the picture of three that sales opened
    stage_is(IsActive=False)(place)
    application = apply(wiring, plan, run := Run(), force=False)
    assert place.ours() == []
    assert "is inactive" in application.premises["salesforce premise agreement forecast.stage"]
    assert run.counts.of(WriteOutcome.CHANGED, "contact") > 0
    sent = {(step.object, step.key) for step in plan.steps if step.action in SENT}
    assert run.counts.of(WriteOutcome.CREATED) + run.counts.of(WriteOutcome.CHANGED) < len(sent)


def test_the_plan_shows_what_waits_and_why(place: Place, wiring: Wiring) -> None:
    stage_is(IsActive=False)(place)
    wish(wiring)
    held = [step for step in planned(wiring).steps if step.action is Action.HOLD]
    assert {step.object for step in held} == {"opportunity"}
    assert all("is inactive" in step.reason for step in held)


# ---- currency ----------------------------------------------------------------------------------------------------


def test_amounts_agreed_in_another_currency_than_the_orgs_are_not_written_and_it_is_said(place: Place, run: Go) -> None:
    place.sandbox.salesforce.org.settings.currency = "EUR"
    summary = run()
    assert [row.get("Amount") for row in place.ours()] == [None] * 3
    assert summary.outcome is RunOutcome.INCOMPLETE
    assert "agreed in USD" in summary.failures["salesforce premise agreement currency"]
    place.sandbox.salesforce.org.settings.currency = "USD"
    run()
    assert all(row["Amount"] for row in place.ours()), "what was left out goes out later"


def test_an_org_that_does_not_tell_its_currency_takes_no_amount_until_a_setting_tells_it(
    place: Place, run: Go, wiring: Wiring
) -> None:
    """SOAP is shut off there: amounts agreed in USD landed in an org of euros, and doctor was silent."""
    place.fault({"kind": "status", "system": "salesforce", "path": "/services/Soap/u/*", "status": 404})
    summary = run()
    assert [row.get("Amount") for row in place.ours()] == [None] * 3
    assert summary.outcome is RunOutcome.INCOMPLETE
    assert "does not tell in which currency" in summary.failures["salesforce premise agreement currency"]
    in_dollars = replace(place, settings=place.settings.model_copy(update={"salesforce_currency": "USD"}))
    assert cycle(wired(in_dollars, wiring.store), Run()).outcome is RunOutcome.DONE
    assert all(row["Amount"] for row in place.ours())


def several_currencies(*codes: str, inactive: str = "") -> Change:
    """Have an org with several currencies, the corporate one first."""

    def make(place: Place) -> None:
        enable(place.sandbox.salesforce.org, [Currency(code, active=code != inactive) for code in codes])

    return make


def test_an_org_with_several_currencies_is_told_the_currency_of_each_amount(place: Place, run: Go) -> None:
    several_currencies("EUR", "USD")(place)
    assert run().outcome is RunOutcome.DONE
    assert {row["CurrencyIsoCode"] for row in place.ours()} == {"USD"}
    assert all(row["Amount"] for row in place.ours())


def test_a_currency_that_an_admin_has_deactivated_takes_no_amount(place: Place, run: Go) -> None:
    several_currencies("EUR", "USD", inactive="USD")(place)
    summary = run()
    assert "no active currency" in summary.failures["salesforce premise agreement currency"]
    assert {row.get("Amount") for row in place.ours()} == {None}
    assert len(place.ours()) == 3, "what carries no amount goes on"


def test_an_amount_is_left_to_the_person_who_chose_another_currency_for_it() -> None:
    rule = load_all()["salesforce"].writes["opportunity"]
    wanted = {"amount": 120_000, "currency": "USD", "reason": "newer"}
    known = {"sent": {**wanted, "amount": 60_000, "reason": "older"}, "acknowledged": {"amount": 60_000}}
    change = PendingWish(
        *("salesforce", "opportunity", "a/b", "a", wanted, "digest"),
        **known,
        once=False,
        remote_id="006",
        touched=(),
        uncertain=False,
        attempts=0,
        retry_at=None,
        error=None,
        gone=False,
        reason="",
    )
    for currency, written in (("EUR", {"reason"}), ("USD", {"reason", "amount"}), (None, {"reason", "amount"})):
        row = {"amount": 60_000, "currency": currency}
        assert set(draft_of(change, rule, Sight({}, {"006": row}, {})).fields) == written


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
    assert run.counts.of(WriteOutcome.HELD, "opportunity") == 3
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


# ---- the valve and the first plan --------------------------------------------------------------------------------


def test_the_valve_counts_everything_in_each_system_before_the_first_write(place: Place, wiring: Wiring) -> None:
    others = wiring.agreement.safety.others.model_copy(update={"percent_of_records": 1, "never_below": 0})
    strict = with_agreement(wiring, safety=wiring.agreement.safety.model_copy(update={"others": others}))
    summary = cycle(strict, Run())
    assert (summary.outcome, summary.written) == (RunOutcome.UNSAFE, 0)
    assert "records as potential in hubspot" in summary.failures["push"]
    assert place.written() == before_any_write(place)
    with pytest.raises(UnsafePlan, match=r"safety\.others"):
        apply(strict, None, Run(), force=False)


def before_any_write(place: Place) -> int:
    """The writes of deploy alone."""
    writes = place.sandbox.salesforce.org.writes
    return sum(write.get("object") in ("PermissionSetAssignment", "PermissionSetLicenseAssign") for write in writes)


def test_our_own_fields_have_a_share_of_their_own(place: Place, wiring: Wiring) -> None:
    own = wiring.agreement.safety.own_fields.model_copy(update={"percent_of_records": 1, "never_below": 0})
    strict = with_agreement(wiring, safety=wiring.agreement.safety.model_copy(update={"own_fields": own}))
    summary = cycle(strict, Run())
    assert (summary.outcome, summary.written) == (RunOutcome.UNSAFE, 0)
    assert "our own fields" in summary.failures["push"]


@pytest.fixture
def fresh(place: Place, sqlite_store: Store) -> Wiring:
    """syncd on a store that never pushed."""
    return replace(wire(place.settings, sqlite_store, sleep=lambda _: None), clock=lambda: NOON)


def test_a_store_that_never_pushed_pushes_nothing_until_its_first_plan_is_applied(place: Place, fresh: Wiring) -> None:
    for force in (False, True):
        summary = cycle(fresh, Run(), force=force)
        assert (summary.outcome, summary.written) == (RunOutcome.UNSAFE, 0)
        assert "first plan" in summary.failures["push"]
    assert place.ours() == []
    assert read_status(fresh.store, NOON)["first_plan"] == "due"
    apply(fresh, planned(fresh), Run(), force=False)
    assert len(place.ours()) == 3
    assert cycle(fresh, Run()).outcome is RunOutcome.DONE
    assert read_status(fresh.store, NOON)["first_plan"] == "applied"


def test_an_empty_first_plan_applied_leaves_the_first_real_one_to_be_looked_at(place: Place, fresh: Wiring) -> None:
    pull_everything(fresh)
    plan = planned(fresh)
    assert plan.steps == ()
    apply(fresh, plan, Run(), force=False)
    assert read_status(fresh.store, NOON)["first_plan"] == "due"
    summary = cycle(fresh, Run())
    assert (summary.outcome, summary.written) == (RunOutcome.UNSAFE, 0)
    assert "first plan" in summary.failures["push"]
    apply(fresh, plan, Run(), force=False)
    assert (place.ours(), cycle(fresh, Run()).outcome) == ([], RunOutcome.UNSAFE)


def test_a_first_plan_of_which_nothing_could_be_sent_waits_still(place: Place, fresh: Wiring) -> None:
    wish(fresh)
    plan = planned(fresh)
    stale = replace(plan, steps=tuple(replace(step, digest="of another day") for step in plan.steps))
    apply(fresh, stale, run := Run(), force=False)
    assert (run.counts.written, run.counts.of(WriteOutcome.LEFT) > 0) == (0, True)
    assert cycle(fresh, Run()).outcome is RunOutcome.UNSAFE
    assert place.ours() == []


def test_a_store_that_pushed_before_the_upgrade_is_past_its_first_plan(run: Go, wiring: Wiring) -> None:
    run()
    with wiring.store.writing() as unit:
        unit.notes.drop("first_plan")
    assert run().outcome is RunOutcome.DONE


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
