"""Person accounts: an account with the contact behind it, which are one. Off in most orgs; then no field tells of them.

SOAP API Developer Guide, "Person Account Record Types": Salesforce makes the contact, its id stands in PersonContactId,
it may be changed and neither created nor deleted by itself, and it is the only contact of its account. The name is that
of the parts: Name is refused (forcedotcom/SFDX-Data-Move-Utility#6), and so is another AccountId of the contact
(sfb2csolutionarchitects/b2c-crm-sync#14) or a record type of its own (Salesforce Help 005305352). A record type that
makes one of a company, or a company of one, is changed by itself: "Cannot specify any additional fields when marrying
or separating a Person-Account". Both records carry the stamps of either's change (Change Data Capture Developer Guide,
"Updating a Person Account"). With which code the rest is refused is not documented; INVALID_PERSON_ACCOUNT_OPERATION is
the one that the API has for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from .call import Call, living
from .org import Org
from .refusal import Refusal
from .schema import Field, SObject, type_defaults
from .settings import RecordType
from .table import Row

FLAG, BEHIND = "IsPersonAccount", "PersonContactId"
NAMES = ("FirstName", "LastName", "Salutation")
# field of the account → field of the contact behind it
PARTS: Mapping[str, str] = {name: name for name in NAMES} | {
    f"Person{name}": name for name in ("Email", "Title", "MobilePhone", "LeadSource", "DoNotCall", "HasOptedOutOfEmail")
}
_STAMPED = ("LastModifiedDate", "LastModifiedById", "SystemModstamp")


def enable(org: Org) -> None:
    """Turn person accounts on, as Salesforce does for good; whoever stands is a company's, or a company."""
    account, contact = org.schema.objects["Account"], org.schema.objects["Contact"]
    for name in PARTS:
        known = contact.fields[PARTS[name]]
        org.schema.add_field("Account", Field(name, {**known.attributes, "nillable": True}, known.values))
    org.schema.add_field(
        "Account", _told(BEHIND, "reference", relationshipName="PersonContact", referenceTo=["Contact"])
    )
    for sobject in (account, contact):
        org.schema.add_field(sobject.name, _told(FLAG, "boolean"))
        for row in list(org.table(sobject).rows.values()):
            org.table(sobject).put({**row, FLAG: False})
    org.schema.add_field("RecordType", _told("IsPersonType", "boolean"))
    company = org.schema.objects["Lead"].fields["Company"]
    org.schema.add_field("Lead", replace(company, attributes={**company.attributes, "nillable": True}))
    org.settings.record_types = {**org.settings.record_types, "Account": _record_types(org)}
    org.settings.person_accounts = True


def _told(name: str, kind: str, **attributes: Any) -> Field:
    own = {"type": kind, "label": name, "permissionable": False, "createable": False, "updateable": False}
    return Field(name, {**type_defaults()[kind], **own, **attributes})


def _record_types(org: Org) -> tuple[RecordType, ...]:
    """Those of accounts: one of a company, which an org must have before, and the one that makes person accounts."""
    made = []
    for name, is_person in (("Business Account", False), ("Person Account", True)):
        row: Row = {"Id": org.mint.next("012"), "Name": name, "DeveloperName": name.replace(" ", "")}
        org.tables["RecordType"].put(row | {"SobjectType": "Account", "IsActive": True, "IsPersonType": is_person})
        made.append(RecordType(name, row["Id"], default=False))
    return (*org.settings.record_types.get("Account", ()), *made)


def record_type(org: Org, *, person: bool = True) -> str:
    """The id of the record type that makes person accounts, or of the companies' one."""
    types = (row for row in org.tables["RecordType"].rows.values() if row.get("SobjectType") == "Account")
    return str(next(row["Id"] for row in types if bool(row.get("IsPersonType")) is person))


def arranged(call: Call, sobject: SObject, written: Mapping[str, Any], before: Row | None) -> dict[str, Any]:
    """What is written of an account or contact, with what follows for a person account; raises Refusal.

    before: the row as it stands; None on create.
    """
    fields = dict(written)
    if not call.org.settings.person_accounts:
        return fields
    if sobject.name == "Contact":
        _check_contact(call.org, fields, before)
        return fields if before is not None else {**fields, FLAG: False}
    if sobject.name != "Account":
        return fields
    was = bool(before and before.get(FLAG))
    becomes = _becomes(call.org, fields, was=was)
    if before is not None and was != becomes:
        return _turned(call, fields, before, becomes=becomes)
    if not becomes:
        fields = {name: value for name, value in fields.items() if name not in PARTS}
        return fields if before is not None else {**fields, FLAG: False}
    if "Name" in fields:
        message = "Unable to create/update fields: Name. Please check the security settings of this field and verify "
        message += "that it is read/write for your profile or permission set."
        raise Refusal("INVALID_FIELD_FOR_INSERT_UPDATE", message, ["Name"])
    if fields.get("ParentId"):
        raise _refused("a person account has no parent account", ["ParentId"])
    stands = {**(before or {}), **fields}
    kept = {} if before is not None else {"RecordTypeId": record_type(call.org), FLAG: True}
    return {**kept, **fields, "Name": _named(stands)}


def follow(call: Call, sobject: SObject, row: Row, before: Row | None) -> None:
    """Write the contact behind a person account, or the account before its contact, as one of them was written."""
    if not call.org.settings.person_accounts or sobject.name not in ("Account", "Contact"):
        return
    contacts, accounts = call.org.tables["Contact"], call.org.tables["Account"]
    stamps = {name: row[name] for name in _STAMPED}
    if sobject.name == "Account" and row.get(FLAG) and not row.get(BEHIND):
        behind = {"Id": call.org.mint.next("003"), "CreatedDate": stamps["SystemModstamp"], "CreatedById": call.user}
        theirs = {**_defaults(call.org), **_theirs(row), **behind, **stamps}
        call.journal.put(contacts, {**theirs, "AccountId": row["Id"], FLAG: True, "OwnerId": row["OwnerId"]})
        call.journal.put(accounts, {**row, BEHIND: behind["Id"]})
    elif sobject.name == "Account" and row.get(FLAG):
        contact = contacts.rows[row[BEHIND]]
        call.journal.put(contacts, {**contact, **_theirs(row), **stamps, "OwnerId": row["OwnerId"]})
    elif sobject.name == "Contact" and before is not None and before.get(FLAG):
        account = accounts.rows[row["AccountId"]]
        parts = {name: row.get(behind) for name, behind in PARTS.items()}
        call.journal.put(accounts, {**account, **parts, **stamps, "Name": row["Name"]})


def check_delete(sobject: SObject, row: Row) -> None:
    """Raise Refusal for the contact behind a person account: it goes with its account alone."""
    if sobject.name == "Contact" and row.get(FLAG):
        raise _refused("the contact of a person account is deleted with its account")


def check_merge(sobject: SObject, master: Row, victim: Row) -> None:
    """Raise Refusal where a person account would be merged with a company, or the contact behind one at all."""
    if bool(master.get(FLAG)) != bool(victim.get(FLAG)) or (sobject.name == "Contact" and master.get(FLAG)):
        raise _refused("person accounts are merged with person accounts alone")


def _becomes(org: Org, fields: Mapping[str, Any], *, was: bool) -> bool:
    if fields.get("RecordTypeId"):
        return bool(fields["RecordTypeId"] == record_type(org))
    return was or bool(fields.get("LastName"))


def _check_contact(org: Org, fields: Mapping[str, Any], before: Row | None) -> None:
    account = org.tables["Account"].rows.get(fields.get("AccountId") or "") or {}
    if before is not None and before.get(FLAG):
        if "AccountId" in fields and fields["AccountId"] != before["AccountId"]:
            message = "Account: bad field names on insert/update call: AccountId: [AccountId]"
            raise Refusal("INVALID_FIELD_FOR_INSERT_UPDATE", message, ["AccountId"])
        if "RecordTypeId" in fields:
            raise Refusal("INSUFFICIENT_ACCESS_OR_READONLY", "insufficient access rights on object id", [])
    elif account.get(FLAG):
        raise _refused("a person account has no other contacts", ["AccountId"])


def _turned(call: Call, fields: Mapping[str, Any], before: Row, *, becomes: bool) -> dict[str, Any]:
    """A company becomes a person account with its only contact, or the other way round."""
    if fields.keys() != {"RecordTypeId"}:
        message = "Cannot specify any additional fields when marrying or separating a Person-Account"
        raise Refusal("INVALID_FIELD_FOR_INSERT_UPDATE", message, [])
    table = call.org.tables["Contact"]
    contacts = living(call.org, call.org.schema.objects["Contact"], "AccountId", before["Id"])
    if len(contacts) != 1 or before.get("ParentId"):
        raise _refused("an account with one contact, and no parent, becomes a person account")
    contact = table.rows[contacts[0]]
    call.journal.put(table, {**contact, FLAG: becomes, "SystemModstamp": call.org.stamp()})
    if not becomes:
        return {**fields, FLAG: False, BEHIND: None, **dict.fromkeys(PARTS)}
    parts = {name: contact.get(behind) for name, behind in PARTS.items()}
    return {**fields, FLAG: True, BEHIND: contact["Id"], **parts, "Name": _named(parts)}


def _theirs(account: Row) -> Row:
    parts = {behind: account.get(name) for name, behind in PARTS.items()}
    return {**parts, "Name": account["Name"], "Phone": account.get("Phone")}


def _defaults(org: Org) -> Row:
    return dict(org.schema.objects["Contact"].defaults)


def _named(row: Mapping[str, Any]) -> str:
    return " ".join(filter(None, (row.get("FirstName"), row.get("LastName"))))


def _refused(why: str, fields: list[str] | None = None) -> Refusal:
    return Refusal("INVALID_PERSON_ACCOUNT_OPERATION", f"invalid person account operation: {why}", fields or [])
