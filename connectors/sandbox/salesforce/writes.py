"""Creating, changing, deleting and restoring rows, with every check that Salesforce makes on the way.

Each function writes one row or raises Refusal; the rows of one call share a Journal, so that they can be taken back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from . import currencies, ids, persons, places, sharing, values
from .access import Right
from .automation import settle
from .bodies import read_body
from .call import Call, find, living
from .checks import check_lock, check_row
from .history import keep_history
from .refusal import Refusal
from .schema import Field, SObject
from .table import Row

_NO_RIGHTS = "insufficient access rights on object id"
_STAMPED = ("LastModifiedDate", "SystemModstamp")
_HARD_DELETED = frozenset(
    {"CampaignMember", "PermissionSetAssignment", "CampaignMemberStatus", "OpportunityFieldHistory"}
)
# "The IsDeleted flag is usable only when the parent record is deleted to the recycle bin, and not when the
# OpportunityContactRole record is deleted directly": Object Reference, OpportunityContactRole.
_GONE_ALONE = frozenset({"OpportunityContactRole"})


def create(call: Call, sobject: SObject, body: Mapping[str, Any]) -> str:
    """Insert a row and return its id."""
    if not sobject.attributes.get("createable", True):
        message = f"entity type {sobject.name} does not support create"
        raise Refusal("INVALID_TYPE_FOR_OPERATION", message, [])
    _require_right(call, sobject, "create")
    written = persons.arranged(call, sobject, read_body(call, sobject, body, creating=True), None)
    org, stamp = call.org, call.org.stamp()
    row: Row = {
        "Id": "",
        **_defaults(call, sobject),
        **{name: value for name, value in written.items() if value is not None},
    }
    row |= _stamps(sobject, call.user, stamp, creating=True)
    _require(sobject.required, row)
    row = places.agree(sobject, row, None, written.keys())
    row = settle(org, sobject.name, row, None, written.keys())
    check_row(call, sobject, row, None, written)
    _require_parent(call, sobject, row)
    row["Id"] = org.mint.next(sobject.prefix)
    call.journal.put(org.table(sobject), row)
    keep_history(org, call.journal, sobject.name, row, None, call.user)
    call.note("create", sobject, row["Id"], written)
    _stay_single(call, sobject, row)
    _follow(call, sobject, row)
    persons.follow(call, sobject, row, None)
    return str(row["Id"])


def update(call: Call, sobject: SObject, record_id: str, body: Mapping[str, Any]) -> None:
    """Change a row; a body that changes nothing still moves the stamps, as in Salesforce."""
    before = find(call, sobject, record_id)
    _require_record(call, before)
    written = persons.arranged(call, sobject, read_body(call, sobject, body, creating=False), before)
    _require_transfer(call, before, written)
    row = {**before, **written, **_stamps(sobject, call.user, call.org.stamp(), creating=False)}
    _require((found for found in sobject.never_null if found.name in written), row)
    row = places.agree(sobject, row, before, written.keys())
    row = settle(call.org, sobject.name, row, before, written.keys())
    check_row(call, sobject, row, before, written)
    call.journal.put(call.org.table(sobject), row)
    keep_history(call.org, call.journal, sobject.name, row, before, call.user)
    call.note("update", sobject, record_id, written)
    _stay_single(call, sobject, row)
    persons.follow(call, sobject, row, before)


def upsert(call: Call, sobject: SObject, key: Field, value: Any, body: Mapping[str, Any]) -> tuple[str, bool]:
    """Update the row whose key field has the value, or create it; return its id and whether it was created."""
    if key.name == "Id":
        if value in (None, ""):
            return create(call, sobject, body), True
        update(call, sobject, str(value), body)
        return find(call, sobject, str(value))["Id"], False
    wanted = values.coerce(key, value)
    if wanted is None:
        raise Refusal("MISSING_ARGUMENT", f"{key.name} not specified", [])
    record_ids = living(call.org, sobject, key.name, wanted)
    if len(record_ids) > 1:
        message = f"{key.name}: more than one record found for external id field: [{', '.join(record_ids)}]"
        raise Refusal("DUPLICATE_EXTERNAL_ID", message, [key.name])
    if record_ids:
        update(call, sobject, record_ids[0], body)
        return record_ids[0], False
    return create(call, sobject, {**body, key.name: value}), True


def delete(call: Call, sobject: SObject, record_id: str) -> None:
    """Move a row to the recycle bin with the children that go with it; some objects lose it for good."""
    row = find(call, sobject, record_id)
    check_lock(call.org, row)
    persons.check_delete(sobject, row)
    _require_right(call, sobject, "delete")
    _require_record(call, row)
    if not sobject.attributes.get("deletable", True):
        raise Refusal("INSUFFICIENT_ACCESS_OR_READONLY", "insufficient access rights on object id", [])
    bury(call, sobject, row)
    call.note("delete", sobject, row["Id"], {})


def bury(call: Call, sobject: SObject, row: Row, top: str | None = None, **marks: Any) -> None:
    """Mark a row as deleted (with `marks`, e.g. MasterRecordId), and its children with it.

    `top` is the id of the row whose deletion takes this one along, to come back with it.
    """
    org, stamp = call.org, call.org.stamp()
    org.gone_with[row["Id"]] = top or row["Id"]
    for child, reference in list(org.schema.children(sobject.name)):
        table = org.table(child)
        for child_id in table.matching(reference.name, row["Id"]):
            held = table.rows[child_id]
            if held.get("IsDeleted"):
                continue
            if reference.cascade and not marks:
                bury(call, child, held, top or row["Id"])
            elif not marks and reference["nillable"] and reference["updateable"]:
                call.journal.put(table, {**held, reference.name: None, "SystemModstamp": stamp})
    table = org.table(sobject)
    if sobject.name in _HARD_DELETED or (sobject.name in _GONE_ALONE and top is None):
        call.journal.purge(table, row["Id"])
    else:
        gone = {**row, **marks, **_stamps(sobject, call.user, stamp, creating=False), "IsDeleted": True}
        call.journal.put(table, gone)
    call.journal.bury(table, row["Id"], stamp)


def undelete(call: Call, sobject: SObject, record_id: str) -> None:
    """Take a row out of the recycle bin, with the children that went with it."""
    whole = ids.read(record_id) or ""
    table = call.org.table(sobject)
    row = table.rows.get(whole)
    kept = table.graves.get(whole, "") >= call.org.recycled_since()
    if row is None or not row.get("IsDeleted") or not kept:
        raise Refusal("UNDELETE_FAILED", "Entity is not in the recycle bin", [])
    for gone in [gone for gone, top in call.org.gone_with.items() if top == whole]:
        _restore(call, gone)
    call.note("undelete", sobject, whole, {})


def _restore(call: Call, record_id: str) -> None:
    sobject, row = call.org.schema.of_id(record_id), call.org.row(record_id)
    if sobject is None or row is None or not row.get("IsDeleted"):
        return
    table = call.org.table(sobject)
    back = {**row, "IsDeleted": False, **_stamps(sobject, call.user, call.org.stamp(), creating=False)}
    back.pop("MasterRecordId", None)
    call.journal.put(table, back)
    call.journal.bury(table, record_id, None)


def _defaults(call: Call, sobject: SObject) -> Row:
    own: Row = {"OwnerId": call.user} if "OwnerId" in sobject.fields else {}
    if call.org.currencies and currencies.CODE in sobject.fields:
        own[currencies.CODE] = currencies.default(call.org, call.user)
    return sobject.defaults | own


def _stamps(sobject: SObject, user: str, stamp: str, *, creating: bool) -> Row:
    row: Row = {name: stamp for name in _STAMPED if name in sobject.fields}
    if "LastModifiedById" in sobject.fields:
        row["LastModifiedById"] = user
    if creating:
        row |= {
            name: value for name, value in (("CreatedDate", stamp), ("CreatedById", user)) if name in sobject.fields
        }
    return row


def _require_right(call: Call, sobject: SObject, right: Right) -> None:
    """Raise Refusal where the user may not do that with records of the object."""
    if right not in call.view(sobject).rights and not call.behind:
        if right == "create":
            problem = f"entity type cannot be inserted: {sobject.attributes['label']}"
            raise Refusal("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", problem, [])
        raise Refusal("INSUFFICIENT_ACCESS_OR_READONLY", _NO_RIGHTS, [])


def _require_record(call: Call, row: Row) -> None:
    """Raise Refusal where the user may not edit this record."""
    if not call.behind and not sharing.may_edit(call.org, call.user, row):
        raise Refusal("INSUFFICIENT_ACCESS_OR_READONLY", _NO_RIGHTS, [])


def _require_transfer(call: Call, before: Row, written: Row) -> None:
    """Raise Refusal where the record would get another owner, and the user may not give it one."""
    moved = "OwnerId" in written and written["OwnerId"] != before.get("OwnerId")
    if moved and not call.behind and not sharing.may_transfer(call.org, call.user, before):
        raise Refusal("INSUFFICIENT_ACCESS_OR_READONLY", _NO_RIGHTS, [])


def _require_parent(call: Call, sobject: SObject, row: Row) -> None:
    """Raise Refusal where the record would belong to one that the user may not edit."""
    parent = call.org.row(row.get(sharing.BEHIND.get(sobject.name, "")))
    if parent is not None and not call.behind and not sharing.may_edit(call.org, call.user, parent):
        message = f"insufficient access rights on cross-reference id: {parent['Id'][:15]}"
        raise Refusal("INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY", message, [])


def _require(fields: Iterable[Field], row: Row) -> None:
    missing = [found.name for found in fields if row.get(found.name) is None]
    if missing:
        raise Refusal("REQUIRED_FIELD_MISSING", f"Required fields are missing: [{', '.join(missing)}]", missing)


def _stay_single(call: Call, sobject: SObject, row: Row) -> None:
    """Take the mark off the role that was primary before: "Each Opportunity has only one primary contact".

    Source: Object Reference, OpportunityContactRole, IsPrimary.
    """
    if sobject.name != "OpportunityContactRole" or not row.get("IsPrimary"):
        return
    table = call.org.table(sobject)
    for record_id in living(call.org, sobject, "OpportunityId", row["OpportunityId"]):
        other = table.rows[record_id]
        if other.get("IsPrimary") and record_id != row["Id"]:
            stamps = _stamps(sobject, call.user, call.org.stamp(), creating=False)
            call.journal.put(table, {**other, **stamps, "IsPrimary": False})


def _follow(call: Call, sobject: SObject, row: Row) -> None:
    """Write what a create brings with it: an opportunity's primary contact role, where it was created with one."""
    if sobject.name == "Opportunity" and row.get("ContactId"):
        role = {"OpportunityId": row["Id"], "ContactId": row["ContactId"], "IsPrimary": True}
        create(call, call.org.schema.objects["OpportunityContactRole"], role)


__all__ = ["Call", "bury", "create", "delete", "find", "living", "undelete", "update", "upsert"]
