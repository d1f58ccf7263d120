"""`syncd doctor` finds, before the first cycle, everything that would make one fail, and says what mends it."""

import gzip
from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import orjson
import pytest
from typer.testing import CliRunner

from connectors.sandbox.hubspot.identity import SCOPES
from connectors.sandbox.salesforce.access import Access
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
