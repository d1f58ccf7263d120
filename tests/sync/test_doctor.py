"""`syncd doctor` finds, before the first cycle, everything that would make one fail, and says what mends it."""

import gzip
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import orjson
import pytest
from typer.testing import CliRunner

from connectors.sandbox.hubspot.identity import SCOPES
from connectors.sandbox.salesforce import DuplicateRule, places
from connectors.sandbox.salesforce.access import Access
from connectors.sandbox.salesforce.schema import custom_field
from syncd.cli import app
from tests.sync.conftest import Place
from tests.sync.test_trust import environment

Env = dict[str, str]


@dataclass(frozen=True)
class Trouble:
    """What is wrong, how it is made so, and what of a problem's text must say so."""

    name: str
    make: Callable[[Place, Env, Path], object]
    level: str
    said: str
    mend: str = ""


def agreement(env: Env, folder: Path, old: str, new: str) -> None:
    text = files("mappings").joinpath("agreement.yaml").read_text(encoding="utf-8")
    assert old in text
    (folder / "agreement.yaml").write_text(text.replace(old, new), encoding="utf-8")
    env["SYNCD_AGREEMENT"] = str(folder / "agreement.yaml")


def mapping(env: Env, folder: Path, system: str, old: str, new: str) -> None:
    text = files("mappings").joinpath(f"{system}.yaml").read_text(encoding="utf-8")
    assert old in text
    (folder / f"{system}.yaml").write_text(text.replace(old, new), encoding="utf-8")
    env["SYNCD_MAPPINGS"] = str(folder)


def without_portal_properties(place: Place, *_: Any) -> None:
    portal = place.sandbox.hubspot.portal
    for name in [name for name in portal.schema["contacts"] if name.startswith("syncd_")]:
        del portal.schema["contacts"][name]
    portal.schema_changed()


def scopes_but(missing: str) -> Callable[[Place, Env, Path], None]:
    """Grant the app every scope but one."""

    def make(place: Place, *_: Any) -> None:
        place.sandbox.hubspot.portal.identity.grant("sandbox-token", set(SCOPES) - {missing})

    return make


def property_is(name: str, **change: Any) -> Callable[[Place, Env, Path], None]:
    """Let a contact property stand there as something else."""

    def make(place: Place, *_: Any) -> None:
        known = place.sandbox.hubspot.portal.schema["contacts"]
        known[name] = known[name] | change
        place.sandbox.hubspot.portal.schema_changed()

    return make


def field_is(object_: str, name: str, **change: Any) -> Callable[[Place, Env, Path], None]:
    """Let a Salesforce field stand there as something else."""

    def make(place: Place, *_: Any) -> None:
        schema = place.sandbox.salesforce.org.schema
        found = schema.objects[object_].fields[name]
        own = {key: change[key] for key in ("values",) if key in change}
        attributes = {key: value for key, value in change.items() if key not in own}
        schema.add_field(object_, replace(found, attributes={**found.attributes, **attributes}, **own))

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
        region = custom_field("Region__c", "string", "Region", length=80, nillable=False)
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


def stage_is(**change: Any) -> Callable[[Place, Env, Path], None]:
    def make(place: Place, *_: Any) -> None:
        table = place.sandbox.salesforce.org.tables["OpportunityStage"]
        for row in list(table.rows.values()):
            if row["ApiName"] == "Qualification":
                table.put({**row, **change})

    return make


def database_at(revision: str) -> Callable[[Place, Env, Path], None]:
    """Let another version have worked on the store."""

    def make(_: Place, env: Env, __: Path) -> None:
        assert CliRunner().invoke(app, ["migrate"], env=env).exit_code == 0
        with closing(sqlite3.connect(env["SYNCD_DATABASE_URL"].removeprefix("sqlite:///"))) as store:
            store.execute("UPDATE alembic_version SET version_num = ?", (revision,))
            store.commit()

    return make


def no_database(_: Place, env: Env, folder: Path) -> None:
    (folder / "notes.txt").write_text("Nobody would take these few lines of text for a database file.")
    env["SYNCD_DATABASE_URL"] = f"sqlite:///{folder}/notes.txt"


def taken_port(place: Place, env: Env, _: Path) -> None:
    env["SYNCD_HTTP_PORT"] = place.sandbox.hubspot_url.rpartition(":")[2]


def no_certificates(_: Place, env: Env, folder: Path) -> None:
    (folder / "ca.pem").write_text("a note instead of a certificate")
    env["SYNCD_CA_FILE"] = str(folder / "ca.pem")


def key_without_user(_: Place, env: Env, __: Path) -> None:
    del env["SYNCD_SALESFORCE_CLIENT_SECRET"]
    env["SYNCD_SALESFORCE_PRIVATE_KEY"] = "a key"


def unreadable_key(place: Place, env: Env, folder: Path) -> None:
    key_without_user(place, env, folder)
    env["SYNCD_SALESFORCE_USERNAME"] = "integration@bank.example"


def two_settings_missing(_: Place, env: Env, __: Path) -> None:
    del env["SYNCD_HUBSPOT_TOKEN"], env["SYNCD_SALESFORCE_LOGIN_URL"]


def dynamic_list(place: Place, *_: Any) -> None:
    for one in place.sandbox.hubspot.portal.lists.values():
        one.processing = "DYNAMIC"


def without_list(place: Place, *_: Any) -> None:
    place.sandbox.hubspot.portal.lists.clear()


def hide(place: Place, object_: str, field: str) -> None:
    org = place.sandbox.salesforce.org
    org.access = Access(org.schema, org.tables["PermissionSetAssignment"], {object_: [field]})


def without_stage(place: Place, *_: Any) -> None:
    table = place.sandbox.salesforce.org.tables["OpportunityStage"]
    for row in list(table.rows.values()):
        if row["ApiName"] == "Qualification":
            table.put({**row, "IsActive": False})


def without_rep(place: Place, *_: Any) -> None:
    (rep,) = place.rows("User", Email="south@syncd-demo.example")
    place.edit("User", rep["Id"], IsActive=False)


def damaged_register(_: Place, env: Env, folder: Path) -> None:
    (folder / "registers").mkdir()
    with gzip.open(folder / "registers" / "fdic.csv.gz", "wt", encoding="utf-8") as file:
        file.write("CERT,NAME\n1,First Bank\n")
    env["SYNCD_MAPPINGS"] = str(folder)


TROUBLES = [
    Trouble("a wrong HubSpot token", lambda p, e, f: e.update(SYNCD_HUBSPOT_TOKEN="nobody"), "error", "access token"),
    Trouble(
        "a missing HubSpot scope",
        lambda p, e, f: p.fault(
            {"kind": "status", "status": 403, "system": "hubspot", "path": "/crm/v3/objects/calls"}
        ),
        "error",
        "hubspot calls",
        "scopes",
    ),
    Trouble(
        "a HubSpot property that is not there",
        lambda p, e, f: mapping(e, f, "hubspot", "properties.jobtitle", "properties.job_titel"),
        "error",
        "job_titel",
    ),
    Trouble(
        "HubSpot's clock",
        lambda p, e, f: p.fault({"kind": "skew", "system": "hubspot", "seconds": 9000}),
        "error",
        "clock",
    ),
    Trouble(
        "properties not deployed", without_portal_properties, "error", "syncd_qualification", "syncd hubspot deploy"
    ),
    Trouble("list not deployed", without_list, "error", "potential MQLs", "syncd hubspot deploy"),
    *(
        Trouble(f"without {scope}", scopes_but(scope), "error", said, "grant")
        for scope, said in (
            ("content", "hubspot email_events"),
            ("crm.lists.read", "the scope crm.lists.read"),
            ("crm.lists.write", "the scope crm.lists.write: no list member"),
            ("crm.objects.companies.read", "hubspot companies"),
            ("crm.objects.contacts.read", "hubspot meetings"),
            ("crm.objects.contacts.write", "the scope crm.objects.contacts.write: no contact"),
            ("crm.objects.marketing_events.read", "hubspot marketing_events"),
            ("crm.objects.owners.read", "hubspot owners"),
            ("crm.schemas.companies.read", "/crm/v3/properties/companies"),
            ("crm.schemas.contacts.read", "/crm/v3/properties/contacts"),
            ("forms", "hubspot form_submissions"),
            ("marketing.campaigns.read", "hubspot campaigns"),
        )
    ),
    Trouble("without sales-email-read", scopes_but("sales-email-read"), "warning", "without their subjects", "grant"),
    Trouble(
        "a property of the wrong type",
        property_is("syncd_reason", type="number", fieldType="number"),
        "error",
        "syncd_reason is of type number",
        "archive it",
    ),
    Trouble(
        "a key that is not unique", property_is("syncd_key", hasUniqueValue=False), "error", "unique", "archive it"
    ),
    Trouble("an archived property", property_is("syncd_rep", archived=True), "error", "syncd_rep", "hubspot deploy"),
    Trouble(
        "a property that lacks an option",
        property_is("syncd_qualification", options=[{"label": "No", "value": "no"}]),
        "error",
        "options yes, unknown of property syncd_qualification",
        "syncd hubspot deploy",
    ),
    Trouble(
        "a read-only property",
        property_is("syncd_rep", modificationMetadata={"readOnlyValue": True}),
        "error",
        "'syncd_rep' of contacts is read-only",
        "map another",
    ),
    Trouble(
        "a written property that is not there",
        lambda p, e, f: mapping(e, f, "hubspot", "reason: syncd_reason", "reason: syncd_raison"),
        "error",
        "no property 'syncd_raison'",
        "create it",
    ),
    Trouble(
        "a kind of record that HubSpot does not have",
        lambda p, e, f: mapping(e, f, "hubspot", "object: list_member", "object: list_mumber"),
        "error",
        "list_mumber",
        "list_member",
    ),
    Trouble("a list that fills itself", dynamic_list, "error", "fills itself (DYNAMIC)", "rename or delete"),
    Trouble(
        "a host that is not HubSpot's",
        lambda p, e, f: e.update(SYNCD_HUBSPOT_URL=p.sandbox.salesforce_http_url),
        "error",
        "hubspot",
        "SYNCD_HUBSPOT_URL",
    ),
    Trouble(
        "a proxy's page in HubSpot's place",
        lambda p, e, f: p.fault({"kind": "html", "status": 404, "system": "hubspot"}),
        "error",
        "this is not HubSpot's API",
        "SYNCD_HUBSPOT_URL",
    ),
    Trouble(
        "HubSpot's allowance nearly used up",
        lambda p, e, f: setattr(p.sandbox.hubspot.portal.limits, "today", 999_999_000),
        "warning",
        "API calls are left",
    ),
    Trouble(
        "HubSpot's allowance used up",
        lambda p, e, f: p.fault({"kind": "exhausted", "system": "hubspot"}),
        "error",
        "allowance",
    ),
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
    Trouble("an unknown authority", lambda p, e, f: e.pop("SYNCD_CA_FILE"), "error", "salesforce"),
    Trouble("a hidden Salesforce field", lambda p, e, f: hide(p, "Contact", "Title"), "warning", "Contact.Title"),
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
            ("Task", "Status", {"values": ("Open",), "restrictedPicklist": True}, "take 'Not Started'", "record type"),
            ("Task", "Priority", {"values": ("High",), "restrictedPicklist": True}, "take 'Normal'", "record type"),
            ("OpportunityContactRole", "Role", {"restrictedPicklist": True}, "lacks Champion", "add them"),
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
            ("Opportunity", "Amount", "warning"),
            ("Task", "WhoId", "warning"),
        )
    ),
    Trouble("no right to create", object_may_not("Opportunity", "createable"), "error", "may not be created", "deploy"),
    Trouble("no right to edit", object_may_not("Contact", "updateable"), "error", "may not be edited", "deploy"),
    Trouble("a duplicate rule", duplicate_rule, "warning", "the duplicate rule 'Same surname' is active", "exempt"),
    Trouble("users that nobody shows", lonely_user, "warning", "sees no user but itself", "View All Users"),
    Trouble("a closed stage", stage_is(IsClosed=True), "error", "forecast.stage", "Needs Analysis"),
    Trouble("a stage without forecast", stage_is(ForecastCategoryName="Omitted"), "error", "forecast.stage"),
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
    Trouble("a database of a newer syncd", database_at("9999"), "error", "does not know", "SYNCD_DATABASE_URL"),
    Trouble("a database that is none", no_database, "error", "not a database", "SYNCD_DATABASE_URL"),
    Trouble("a port that is taken", taken_port, "error", "port: SYNCD_HTTP_HOST", "SYNCD_HTTP_PORT"),
    Trouble("a CA file without certificates", no_certificates, "error", "SYNCD_CA_FILE", "settings.md"),
    Trouble("a CA file that is not there", lambda p, e, f: e.update(SYNCD_CA_FILE=f"{f}/ca.pem"), "error", "CA_FILE"),
    Trouble("a database of another make", lambda p, e, f: e.update(SYNCD_DATABASE_URL="mysql://h/d"), "error", "mysql"),
    Trouble("a key without a user", key_without_user, "error", "SYNCD_SALESFORCE_USERNAME"),
    Trouble("a key that is none", unreadable_key, "error", "private key", "key"),
    Trouble("two settings missing: the first", two_settings_missing, "error", "SYNCD_HUBSPOT_TOKEN"),
    Trouble("two settings missing: the second", two_settings_missing, "error", "SYNCD_SALESFORCE_LOGIN_URL"),
    Trouble(
        "an address without TLS",
        lambda p, e, f: e.update(SYNCD_SALESFORCE_LOGIN_URL=p.sandbox.salesforce_http_url),
        "error",
        "SYNCD_SALESFORCE_LOGIN_URL",
    ),
    Trouble("the agreed stage", without_stage, "error", "forecast.stage"),
    Trouble("a territory's rep", without_rep, "warning", "south@syncd-demo.example", "activate"),
    Trouble(
        "a role that the org lacks",
        lambda p, e, f: agreement(e, f, "Business User", "Business Userz"),
        "warning",
        "Business Userz",
    ),
    Trouble(
        "a register that nobody reads",
        lambda p, e, f: agreement(e, f, "register: {name: fdic", "register: {name: ncua"),
        "error",
        "ncua",
        "SYNCD_REGISTERS",
    ),
    Trouble("a register without a mapping", lambda p, e, f: e.update(SYNCD_REGISTERS='["ncua"]'), "error", "ncua"),
    Trouble("a register without its columns", damaged_register, "error", "no column"),
    Trouble(
        "an agreement that says nothing", lambda p, e, f: agreement(e, f, "version:", "verzion:"), "error", "verzion"
    ),
    Trouble(
        "a mapping with a slip",
        lambda p, e, f: mapping(e, f, "hubspot", "as: phone", "as: fone"),
        "error",
        "hubspot.yaml",
    ),
    Trouble(
        "a database that cannot be reached",
        lambda p, e, f: e.update(SYNCD_DATABASE_URL="postgresql://nobody@127.0.0.1:9/none"),
        "error",
        "database",
    ),
    Trouble(
        "a folder that is not there",
        lambda p, e, f: e.update(SYNCD_DATABASE_URL=f"sqlite:///{f}/none/syncd.db"),
        "error",
        "database",
    ),
]


def examine(env: Env) -> tuple[int, list[dict[str, str]]]:
    result = CliRunner().invoke(app, ["doctor", "--json"], env=env)
    assert result.stdout.startswith("["), (result.output, result.exception)
    return result.exit_code, orjson.loads(result.stdout)


def test_a_sound_installation_needs_nothing(place: Place, tmp_path: Path) -> None:
    code, problems = examine(environment(place, tmp_path / "syncd.db"))
    assert [
        one for one in problems if one["where"] != "agreement roles"
    ] == []  # its picklist lacks Champion: a warning
    assert code == 0


def test_states_and_countries_that_are_picklists_are_no_trouble(place: Place, tmp_path: Path) -> None:
    env = environment(place, tmp_path / "syncd.db")
    before = examine(env)
    places.enable(place.sandbox.salesforce.org)
    assert examine(env) == before


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda trouble: trouble.name)
def test_doctor_finds(place: Place, tmp_path: Path, trouble: Trouble) -> None:
    folder = tmp_path / "own"
    folder.mkdir()
    env = environment(place, tmp_path / "syncd.db")
    trouble.make(place, env, folder)
    code, problems = examine(env)
    told = [one for one in problems if trouble.said in f"{one['where']}: {one['what']}"]
    assert told, problems
    assert trouble.level in {one["level"] for one in told}
    assert all(one["mend"] for one in problems)
    assert any(trouble.mend in one["mend"] for one in told), told
    assert code == (2 if any(one["level"] == "error" for one in problems) else 0)


def test_a_secret_pasted_with_its_line_end_does_no_harm(place: Place, tmp_path: Path) -> None:
    env = environment(place, tmp_path / "syncd.db")
    assert examine(env | {"SYNCD_HUBSPOT_TOKEN": "sandbox-token\n"})[0] == 0


def test_a_field_that_not_every_org_has_is_not_missed(place: Place, tmp_path: Path) -> None:
    hide(place, "Account", "HubSpot_Company_ID__c")
    _, problems = examine(environment(place, tmp_path / "syncd.db"))
    assert not [one for one in problems if "HubSpot_Company_ID__c" in one["where"]]
