"""What doctor finds in the org: fields, picklists, permissions, stages, roles, reps, the currency."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from connectors.sandbox.salesforce import persons, places
from connectors.sandbox.salesforce.duplicates import DuplicateRule
from connectors.sandbox.salesforce.schema import custom_field
from tests.doctor.troubles import Env, Trouble, agreement, environment, examine, mapping, require_found
from tests.sync.conftest import Place


def field_is(object_: str, name: str, **change: Any) -> Callable[[Place, Env, Path], None]:
    """Let a Salesforce field stand there as something else."""

    def make(place: Place, *_: Any) -> None:
        schema = place.sandbox.salesforce.org.schema
        known = schema.objects[object_].fields[name]
        own = {key: change[key] for key in ("values",) if key in change}
        attributes = {key: value for key, value in change.items() if key not in own}
        schema.add_field(object_, replace(known, attributes={**known.attributes, **attributes}, **own))

    return make


def unlisted_country(place: Place, env: Env, folder: Path) -> None:
    places.enable(place.sandbox.salesforce.org)
    field_is("Account", "BillingCountryCode", values=("CA",))(place, env, folder)


def unlisted_state(place: Place, env: Env, folder: Path) -> None:
    places.enable(place.sandbox.salesforce.org)
    agreement(env, folder, "countries: [US]", "countries: [US]\n      states: [NY, PR]")


def required_field(object_: str) -> Callable[[Place, Env, Path], None]:
    """Let the org insist on a custom field of its own."""

    def make(place: Place, *_: Any) -> None:
        region = custom_field("Region__c", "string", "Region", length=80, nillable=False, permissionable=False)
        place.sandbox.salesforce.org.schema.add_field(object_, region)

    return make


def read_only(object_: str, name: str) -> Callable[[Place, Env, Path], None]:
    """Take the right to edit a field away."""

    def make(place: Place, *_: Any) -> None:
        access = place.sandbox.salesforce.org.access
        for grant in (access.everyone, *access.sets.values()):
            grant.fields[object_, name] = False
        access.revision += 1

    return make


def object_may_not(object_: str, right: str) -> Callable[[Place, Env, Path], object]:
    return lambda place, *_: place.sandbox.salesforce.org.schema.objects[object_].attributes.update({right: False})


def duplicate_rule(place: Place, *_: Any) -> None:
    org = place.sandbox.salesforce.org
    rule = DuplicateRule("Same surname", "Contact", ("LastName",), "block")
    org.settings.duplicate_rules = (rule,)
    org.tables["DuplicateRule"].put({"Id": org.mint.next("0Bm"), **rule.row()})


def lonely_user(place: Place, *_: Any) -> None:
    users = place.sandbox.salesforce.org.tables["User"]
    for row in list(users.rows.values()):
        if row["Id"] != place.sandbox.salesforce.org.settings.integration_user:
            users.purge(row["Id"])


def every_stage_is(**change: Any) -> Callable[[Place, Env, Path], None]:
    def make(place: Place, *_: Any) -> None:
        table = place.sandbox.salesforce.org.tables["OpportunityStage"]
        for row in list(table.rows.values()):
            table.put({**row, **change})

    return make


def never_deployed(place: Place, *_: Any) -> None:
    """Let the org be one that never heard of syncd."""
    org = place.sandbox.salesforce.org
    for shape in org.schema.objects.values():
        for name in [name for name in shape.fields if name.startswith("Syncd_")]:
            del shape.fields[name]
    org.access.revision += 1


def stage_is(**change: Any) -> Callable[[Place, Env, Path], None]:
    def make(place: Place, *_: Any) -> None:
        table = place.sandbox.salesforce.org.tables["OpportunityStage"]
        for row in list(table.rows.values()):
            if row["ApiName"] == "Qualification":
                table.put({**row, **change})

    return make


def hide(place: Place, object_: str, field: str) -> None:
    access = place.sandbox.salesforce.org.access
    for grant in access.sets.values():
        grant.fields.pop((object_, field), None)
    access.revision += 1


def without_stage(place: Place, *_: Any) -> None:
    table = place.sandbox.salesforce.org.tables["OpportunityStage"]
    for row in list(table.rows.values()):
        if row["ApiName"] == "Qualification":
            table.put({**row, "IsActive": False})


def without_rep(place: Place, *_: Any) -> None:
    (rep,) = place.rows("User", Email="south@syncd-demo.example")
    place.edit("User", rep["Id"], IsActive=False)


TROUBLES = [
    Trouble(
        "a wrong Salesforce secret",
        lambda p, e, f: e.update(SYNCD_SALESFORCE_CLIENT_SECRET="wrong"),
        "error",
        "salesforce",
        "credentials",
    ),
    Trouble(
        "a Salesforce that does not answer",
        lambda p, e, f: e.update(SYNCD_SALESFORCE_LOGIN_URL="https://127.0.0.1:9"),
        "error",
        "salesforce",
    ),
    Trouble("a hidden Salesforce field", lambda p, e, f: hide(p, "Contact", "Title"), "error", "Contact.Title"),
    Trouble(
        "a hidden key",
        lambda p, e, f: hide(p, "Opportunity", "Syncd_Key__c"),
        "error",
        "Opportunity.Syncd_Key__c",
        "deploy",
    ),
    Trouble(
        "Salesforce's clock",
        lambda p, e, f: p.fault({"kind": "skew", "system": "salesforce", "seconds": 9000}),
        "warning",
        "clock",
    ),
    Trouble("Salesforce's calls", lambda p, e, f: p.org("usage", used=14_500), "warning", "API calls are left"),
    *(
        Trouble(f"{object_}: {name} is otherwise", field_is(object_, name, **change), "error", said, mend)
        for object_, name, change, said, mend in (
            ("Opportunity", "Syncd_Key__c", {"length": 20}, "takes 20 characters, and needs 255", "lengthen"),
            ("Opportunity", "Syncd_Key__c", {"unique": False}, "is not unique", "deploy"),
            ("Contact", "Syncd_Key__c", {"externalId": False}, "is no External ID", "deploy"),
            ("Opportunity", "Syncd_Completeness__c", {"type": "date"}, "has to be of type percent", "rename or delete"),
            ("Contact", "Syncd_MQL__c", {"values": ("no", "unknown")}, "does not take 'yes'", "activate"),
            ("Contact", "Syncd_Rep__c", {"referenceTo": ["Account"]}, "does not point at 'User'", "rename or delete"),
            ("Contact", "Syncd_Is_Mine__c", {"calculated": False}, "has to be a formula", "rename or delete"),
            ("Task", "Status", {"values": ("Open",), "restrictedPicklist": True}, "take 'Not Started'", "record type"),
            ("Task", "Priority", {"values": ("High",), "restrictedPicklist": True}, "take 'Normal'", "record type"),
            ("OpportunityContactRole", "Role", {"values": ("Champion",)}, "lacks Business User", "add them"),
        )
    ),
    Trouble("an unlisted country", unlisted_country, "error", "BillingCountryCode: does not take 'US'", "State and Co"),
    Trouble("an unlisted state", unlisted_state, "error", "BillingStateCode: does not take 'PR'", "State and Country"),
    *(
        Trouble(f"{object_} insists on a field", required_field(object_), "error", f"{object_}.Region__c", "default")
        for object_ in ("Account", "Contact", "Opportunity", "Task")
    ),
    *(
        Trouble(f"read-only {object_}.{name}", read_only(object_, name), level, f"{object_}.{name}", "grant it")
        for object_, name, level in (
            ("Opportunity", "Syncd_Key__c", "error"),
            ("Opportunity", "StageName", "error"),
            ("Opportunity", "Amount", "error"),
            ("Task", "WhoId", "error"),
        )
    ),
    Trouble("no right to create", object_may_not("Opportunity", "createable"), "error", "may not be created", "deploy"),
    Trouble("no right to edit", object_may_not("Contact", "updateable"), "error", "may not be edited", "deploy"),
    Trouble("a duplicate rule", duplicate_rule, "warning", "the duplicate rule 'Same surname' is active", "exempt"),
    Trouble("users that nobody shows", lonely_user, "warning", "sees no user but itself", "View All Users"),
    Trouble("a closed stage", stage_is(IsClosed=True), "error", "forecast.stage", "Needs Analysis"),
    Trouble("a stage of another category", stage_is(ForecastCategoryName="Best Case"), "error", "forecast.stage"),
    Trouble("a stage without forecast", stage_is(ForecastCategoryName="Omitted"), "error", "forecast.stage"),
    Trouble(
        "no stage in the band", every_stage_is(DefaultProbability=50.0), "error", "forecast.stage", "none: add one"
    ),
    Trouble("a stage of even odds", stage_is(DefaultProbability=50.0), "error", "forecast.stage", "Prospecting"),
    Trouble(
        "a currency that is not the org's",
        lambda p, e, f: setattr(p.sandbox.salesforce.org.settings, "currency", "EUR"),
        "error",
        "agreed in USD, and Salesforce would take them for EUR",
        "currency",
    ),
    Trouble(
        "an API version to come", lambda p, e, f: e.update(SYNCD_SALESFORCE_VERSION="99.0"), "error", "99.0", "68.0"
    ),
    Trouble(
        "a field without which nobody is read",
        lambda p, e, f: mapping(e, f, "salesforce", "name: {from: Name, required", "name: {from: Nom__c, required"),
        "error",
        "Account.Nom__c",
    ),
    Trouble("Salesforce's calls used up", lambda p, e, f: p.org("usage", used=14_900), "error", "API calls", "wait"),
    Trouble(
        "an address without TLS",
        lambda p, e, f: e.update(SYNCD_SALESFORCE_LOGIN_URL=p.sandbox.salesforce_http_url),
        "error",
        "SYNCD_SALESFORCE_LOGIN_URL",
    ),
    Trouble("the agreed stage", without_stage, "error", "forecast.stage"),
    Trouble("a territory's rep", without_rep, "error", "south@syncd-demo.example", "activate"),
    Trouble(
        "a role that the org lacks",
        lambda p, e, f: agreement(e, f, "Business User", "Business Userz"),
        "error",
        "Business Userz",
    ),
]


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda trouble: trouble.name)
def test_doctor_finds(place: Place, tmp_path: Path, trouble: Trouble) -> None:
    require_found(trouble, place, tmp_path)


def test_states_and_countries_that_are_picklists_are_no_trouble(place: Place, tmp_path: Path) -> None:
    env = environment(place, tmp_path / "syncd.db")
    before = examine(env)
    places.enable(place.sandbox.salesforce.org)
    assert examine(env) == before


def test_a_field_that_not_every_org_has_is_not_missed(place: Place, tmp_path: Path) -> None:
    hide(place, "Account", "HubSpot_Company_ID__c")
    _, problems = examine(environment(place, tmp_path / "syncd.db"))
    assert not [one for one in problems if "HubSpot_Company_ID__c" in one["where"]]


def test_that_an_org_has_person_accounts_is_said_and_is_nothing_to_mend(place: Place, tmp_path: Path) -> None:
    env = environment(place, tmp_path / "syncd.db")
    code, before = examine(env)
    persons.enable(place.sandbox.salesforce.org)
    again, problems = examine(env)
    (note,) = [one for one in problems if one not in before]
    assert (code, note["level"], note["mend"]) == (again, "note", "")
    assert note["where"] == "salesforce Account (person accounts)" and "left out" in note["what"]


def test_what_one_act_mends_is_told_once_with_every_place(place: Place, tmp_path: Path) -> None:
    never_deployed(place)
    code, problems = examine(environment(place, tmp_path / "syncd.db"))
    assert code == 2
    (cause,) = [cause for cause in problems if "deploy" in cause["mend"]]
    assert cause["where"] == "salesforce" and "Account.Syncd_Key__c" in cause["what"]
    assert {"salesforce Account.Syncd_Key__c", "salesforce Task.Syncd_Answered__c"} <= set(cause["places"])
    assert len(cause["places"]) > 50 and len(cause["what"]) < 1_000
