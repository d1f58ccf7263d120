"""An org as it is first met: what every org brings along, and the rows of the world."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from importlib import resources

from . import currencies, persons, places, values
from .automation import settle
from .org import Org
from .refusal import Refusal
from .schema import Field, SObject, custom_field
from .settings import Settings
from .table import Row

_OFFERED = {
    "OpportunityStage": ("Opportunity", "StageName"),
    "LeadStatus": ("Lead", "Status"),
    "TaskStatus": ("Task", "Status"),
    "TaskPriority": ("Task", "Priority"),
}


def load(rows: Mapping[str, Iterable[Row]], clock: Callable[[], datetime], settings: Settings | None = None) -> Org:
    """Return an org with these rows (object name → rows) and what it needs besides: stages, statuses, users."""
    org = Org(clock, settings)
    if org.settings.currencies:
        currencies.enable(org, org.settings.currencies)
    _load(org, rows)
    if org.settings.state_and_country_picklists:
        places.enable(org)
    if org.settings.person_accounts:
        persons.enable(org)
    org.begin()
    return org


def _load(org: Org, world: Mapping[str, Iterable[Row]]) -> None:
    text = resources.files(__package__).joinpath("setup.json").read_text(encoding="utf-8")
    standard: dict[str, list[Row]] = json.loads(text)
    for name, rows in (standard | {key: list(rows) for key, rows in world.items()}).items():
        sobject = org.schema.find(name)
        if sobject is None:
            raise ValueError(f"the sandbox's world has rows of an unknown object {name}")
        _adopt_custom_fields(org, sobject, rows)
        _put(org, sobject, rows)
    _put(org, org.schema.objects["DuplicateRule"], [rule.row() for rule in org.settings.duplicate_rules])
    _offer_setup_values(org)
    users = org.tables["User"]
    for row in standard["User"]:
        if row["Id"] not in users.rows:
            _put(org, org.schema.objects["User"], [row])


def _offer_setup_values(org: Org) -> None:
    """Let picklists offer what the setup rows (stages, statuses, priorities) say."""
    for table, (sobject, name) in _OFFERED.items():
        rows = sorted(org.tables[table].live(), key=lambda row: row.get("SortOrder") or 0)
        active = tuple(row["ApiName"] for row in rows if row.get("IsActive", True))
        inactive = tuple(row["ApiName"] for row in rows if not row.get("IsActive", True))
        default = next((row["ApiName"] for row in rows if row.get("IsDefault")), None)
        known = org.schema.objects[sobject].fields[name]
        org.schema.add_field(sobject, replace(known, values=active, inactive=inactive, default=default))
    for sobject in org.settings.record_types:
        org.schema.add_field(sobject, record_type_field())
    for (sobject, name), added in org.settings.added_values.items():
        known = org.schema.objects[sobject].fields[name]
        org.schema.add_field(sobject, replace(known, values=(*known.values, *added)))


def record_type_field() -> Field:
    """An object has it from its first record type on."""
    return custom_field(
        "RecordTypeId", "reference", "Record Type ID", custom=False, permissionable=False, referenceTo=["RecordType"]
    )


def _put(org: Org, sobject: SObject, rows: Iterable[Row]) -> None:
    table, fields, now = org.table(sobject), sobject.fields, org.stamp()
    label = "MasterLabel" in fields
    for place, world_row in enumerate(rows, start=1):
        row = _stored(sobject, world_row)
        row["Id"] = row.get("Id") or org.mint.next(sobject.prefix)
        if label:
            row = {"MasterLabel": row.get("ApiName"), "IsActive": True, "SortOrder": place} | row
        for name in ("CreatedDate", "LastModifiedDate", "SystemModstamp"):
            if name in fields:
                row.setdefault(name, row.get("LastModifiedDate") or row.get("CreatedDate") or now)
        for name in ("CreatedById", "LastModifiedById", "OwnerId"):
            if name in fields:
                row.setdefault(name, org.settings.integration_user)
        table.put(settle(org, sobject.name, row, None, row.keys()))
        if row.get("IsDeleted"):
            table.graves[row["Id"]] = row["SystemModstamp"]


def _adopt_custom_fields(org: Org, sobject: SObject, rows: Iterable[Row]) -> None:
    """Declare the custom fields that the world's rows carry as text that every profile sees."""
    for name in dict.fromkeys(name for row in rows for name in row if name.endswith("__c")):
        if name not in sobject.fields:
            label = name.removesuffix("__c").replace("_", " ")
            org.schema.add_field(sobject.name, custom_field(name, "string", label, length=255))
            org.access.everyone.add(sobject.name, name, editable=True)


def _stored(sobject: SObject, world_row: Row) -> Row:
    """Return a world's row in stored form; raises ValueError for what Salesforce could not hold."""
    row: Row = {}
    for name, value in world_row.items():
        if value is None:
            continue
        try:
            row[name] = values.coerce(sobject.fields[name], value)
        except (KeyError, Refusal) as error:
            raise ValueError(
                f"the sandbox's world has {sobject.name} {world_row.get('Id')} with {name}: {error}"
            ) from None
    return row
