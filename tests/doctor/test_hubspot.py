"""What doctor finds in the portal: scopes, properties, the list, the calls that are left, the clock."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from connectors.sandbox.hubspot.identity import SCOPES
from tests.doctor.troubles import Env, Trouble, environment, examine, mapping, require_found
from tests.sync.conftest import Place


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
    for contact_list in place.sandbox.hubspot.portal.lists.values():
        contact_list.processing = "DYNAMIC"


def without_list(place: Place, *_: Any) -> None:
    place.sandbox.hubspot.portal.lists.clear()


TROUBLES = [
    Trouble("a wrong HubSpot token", lambda p, e, f: e.update(SYNCD_HUBSPOT_TOKEN="nobody"), "error", "access token"),
    Trouble(
        "a missing HubSpot scope",
        lambda p, e, f: p.fault(
            {"kind": "status", "status": 403, "system": "hubspot", "path": "/crm/objects/2026-09/calls"}
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
            ("crm.schemas.companies.read", "/crm/properties/2026-09/companies"),
            ("crm.schemas.contacts.read", "/crm/properties/2026-09/contacts"),
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
]


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda trouble: trouble.name)
def test_doctor_finds(place: Place, tmp_path: Path, trouble: Trouble) -> None:
    require_found(trouble, place, tmp_path)


def test_a_secret_pasted_with_its_line_end_does_no_harm(place: Place, tmp_path: Path) -> None:
    env = environment(place, tmp_path / "syncd.db")
    assert examine(env | {"SYNCD_HUBSPOT_TOKEN": "sandbox-token\n"})[0] == 0
