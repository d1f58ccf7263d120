"""What Salesforce checks before it saves a row: values, references, locks, validation rules, duplicates, uniqueness."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from . import duplicates, values
from .call import Call, living
from .org import Org
from .refusal import Refusal
from .schema import ACTIVITIES, Field, SObject
from .table import Row

_PAIRS: Mapping[str, Sequence[tuple[str, str, str]]] = {
    "CampaignMember": (
        ("ContactId", "CampaignId", "Already a campaign member."),
        ("LeadId", "CampaignId", "Already a campaign member."),
    ),
    "PermissionSetAssignment": (
        ("AssigneeId", "PermissionSetId", "Duplicate PermissionSetAssignment. Assignee: {}; Permission Set: {}"),
    ),
}


def check_row(call: Call, sobject: SObject, row: Row, before: Row | None, written: Mapping[str, Any]) -> None:
    """Raise Refusal where Salesforce would not save the row as it would stand; `given` are the written fields."""
    org = call.org
    if before is not None and before.get("IsConverted"):
        raise Refusal("CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead", [])
    for name, value in written.items():
        if value is not None:
            values.check(org.schema, sobject.name, sobject.fields[name], value)
            _check_offered(org, sobject, sobject.fields[name], value, row)
            _check_reference(org, sobject, sobject.fields[name], value)
    check_lock(
        org, before or {}, *(org.row(row.get(name)) or {} for name in ("AccountId", "OpportunityId", "CampaignId"))
    )
    for rule in org.settings.validation_rules:
        if message := rule(sobject.name, row, before):
            raise Refusal("FIELD_CUSTOM_VALIDATION_EXCEPTION", message, [])
    if sobject.name in ACTIVITIES and (row.get("WhoId") or "").startswith("00Q") and row.get("WhatId"):
        # Object Reference, Task: "If the WhoId refers to a lead, then the WhatId field must be empty."
        message = "Related To: a task or event of a lead cannot be related to another record"
        raise Refusal("FIELD_INTEGRITY_EXCEPTION", message, ["WhoId", "WhatId"])
    if sobject.name == "PermissionSetAssignment" and before is None:
        _check_license(org, row)
    duplicates.look(org, sobject.name, row, allow=call.allow_duplicates)
    _check_pair(org, sobject, row)
    for name in written:
        _check_unique(org, sobject, sobject.fields[name], row)


def _check_license(org: Org, row: Row) -> None:
    """Raise Refusal where a user of the Salesforce Integration licence lacks the permission set licence behind a set.

    Source: Salesforce Help, "Give Integration Users API Only Access".
    """
    user = org.tables["User"].rows.get(row.get("AssigneeId") or "") or {}
    profile = org.tables["Profile"].rows.get(user.get("ProfileId") or "") or {}
    licence = org.tables["UserLicense"].rows.get(profile.get("UserLicenseId") or "") or {}
    held = org.tables["PermissionSetLicenseAssign"].matching("AssigneeId", user.get("Id"))
    if licence.get("Name") == "Salesforce Integration" and not held:
        message = (
            f"Can't assign permission set to user {user['Id'][:15]}: the user license doesn't allow the permission"
        )
        raise Refusal("FIELD_INTEGRITY_EXCEPTION", message, ["PermissionSetId"])


def _check_offered(org: Org, sobject: SObject, field: Field, value: Any, row: Row) -> None:
    """Raise Refusal where the record's type does not offer a value of a restricted picklist.

    A record that names no type is of the one that is the default. Source: MinnPost/object-sync-for-salesforce#128.
    """
    known = org.settings.record_types.get(sobject.name, ())
    wanted = row.get("RecordTypeId")
    record_type = next((one for one in known if (one.id == wanted if wanted else one.default)), None)
    if record_type is None or field.name not in record_type.offered or not field.attributes.get("restrictedPicklist"):
        return
    for part in str(value).split(";") if field.type == "multipicklist" else (value,):
        if part not in record_type.offered[field.name]:
            message = f"{field.label}: bad value for restricted picklist field: {part}"
            raise Refusal("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", message, [field.name])


def _check_reference(org: Org, sobject: SObject, field: Field, value: Any) -> None:
    if field.type != "reference" or not field.targets:
        return
    target = org.row(value)
    if target is None:
        message = f"insufficient access rights on cross-reference id: {value[:15]}"
        raise Refusal("INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY", message, [])
    if target.get("IsDeleted"):
        raise Refusal("ENTITY_IS_DELETED", "entity is deleted", [field.name])
    if target.get("IsConverted"):
        raise Refusal("CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead", [])
    if field.name == "OwnerId" and value.startswith("005") and target.get("IsActive") is False:
        message = f"operation performed with inactive user [{value}] as owner of {sobject.name.lower()}"
        raise Refusal("INACTIVE_OWNER_OR_USER", message, ["OwnerId"])


def _check_unique(org: Org, sobject: SObject, field: Field, row: Row) -> None:
    if not field["unique"] or row.get(field.name) is None:
        return
    others = [found for found in living(org, sobject, field.name, row[field.name]) if found != row["Id"]]
    if others:
        message = f"duplicate value found: {field.name} duplicates value on record with id: {others[0][:15]}"
        raise Refusal("DUPLICATE_VALUE", message, [])


def _check_pair(org: Org, sobject: SObject, row: Row) -> None:
    """Raise Refusal where another row already joins the same two records: a member, an assignment."""
    for first, second, message in _PAIRS.get(sobject.name, ()):
        if row.get(first) is None or row.get(second) is None:
            continue
        table = org.table(sobject)
        if any(
            table.rows[record_id].get(second) == row[second]
            for record_id in living(org, sobject, first, row[first])
            if record_id != row["Id"]
        ):
            raise Refusal("DUPLICATE_VALUE", message.format(row[first], row[second]), [])


def check_lock(org: Org, *rows: Row) -> None:
    """Raise Refusal UNABLE_TO_LOCK_ROW where one of the rows is locked by somebody else."""
    for row in rows:
        left = org.locked.get(row.get("Id", ""), 0)
        if left:
            org.locked[row["Id"]] = left - 1
            message = f"unable to obtain exclusive access to this record or 1 records: {row['Id']}"
            raise Refusal("UNABLE_TO_LOCK_ROW", message, [])
