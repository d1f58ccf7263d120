"""Merging records and converting leads, and what that leaves behind: MasterRecordId, moved children, Converted ids.

Source: Salesforce, SOAP API Developer Guide, "merge()" and "convertLead()". Children move to the master without their
stamps being moved, so that an incremental pull by SystemModstamp does not see them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from . import ids, persons, writes
from .refusal import Refusal
from .schema import SObject
from .table import Row
from .writes import Call

_MERGEABLE = ("Account", "Contact", "Lead")
# lead → account and contact (Salesforce Help, "Considerations for Converting Leads")
_TO_ACCOUNT = {
    "Company": "Name",
    "Phone": "Phone",
    "Fax": "Fax",
    "Website": "Website",
    "Industry": "Industry",
    "AnnualRevenue": "AnnualRevenue",
    "NumberOfEmployees": "NumberOfEmployees",
    "Rating": "Rating",
    "Street": "BillingStreet",
    "City": "BillingCity",
    "State": "BillingState",
    "PostalCode": "BillingPostalCode",
    "Country": "BillingCountry",
    "OwnerId": "OwnerId",
}
_TO_CONTACT = {
    **{name: name for name in ("FirstName", "LastName", "Salutation", "Title", "Email", "Phone", "Fax", "MobilePhone")},
    **{name: name for name in ("LeadSource", "Description", "OwnerId", "HasOptedOutOfEmail", "DoNotCall")},
    **{name: f"Mailing{name}" for name in ("Street", "City", "State", "PostalCode", "Country")},
}

_TO_PERSON = {behind: name for name, behind in persons.PARTS.items()}  # lead without a company → person account


def merge(
    call: Call, kind: str, master_id: str, victims: Sequence[str], written: Mapping[str, Any] | None = None
) -> None:
    """Merge up to two records into a master of the same object, which takes over their children.

    Raises Refusal where the records do not exist or cannot be merged.
    """
    sobject = call.org.schema.find(kind)
    if sobject is None or sobject.name not in _MERGEABLE:
        raise Refusal("INVALID_TYPE_FOR_OPERATION", f"entity type {kind} does not support merge", [])
    if not 1 <= len(victims) <= 2:
        raise Refusal("INVALID_NUMBER_FIELD", "A merge needs one or two records to merge", [])
    master = writes.find(call, sobject, master_id)
    for victim_id in victims:
        victim = writes.find(call, sobject, victim_id)
        if victim["Id"] == master["Id"]:
            raise Refusal("INVALID_CROSS_REFERENCE_KEY", "The master record cannot be merged into itself", [])
        persons.check_merge(sobject, master, victim)
        _reparent(call, sobject, victim["Id"], master["Id"])
        writes.bury(call, sobject, victim, MasterRecordId=master["Id"])
    writes.update(call, sobject, master["Id"], written or {})


def convert(
    call: Call,
    lead_id: str,
    *,
    account: str | None = None,
    contact: str | None = None,
    opportunity: bool = True,
    name: str | None = None,
    status: str | None = None,
) -> dict[str, str]:
    """Convert a lead into an account, a contact and, unless not wanted, an opportunity; return their ids.

    Given account and contact are used instead of new ones. Raises Refusal where the lead cannot be converted.
    """
    org, objects = call.org, call.org.schema.objects
    lead = writes.find(call, objects["Lead"], lead_id)
    if lead.get("IsConverted"):
        raise Refusal("CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead", [])
    status = status or next((row["ApiName"] for row in org.tables["LeadStatus"].live() if row.get("IsConverted")), None)
    if account is None and not lead.get("Company"):  # with person accounts on alone: a person buys for themselves
        account = writes.create(call, objects["Account"], {**_copied(lead, _TO_PERSON), **_copied(lead, _TO_ACCOUNT)})
        contact = (org.row(account) or {})[persons.BEHIND]
    account = ids.read(account) or writes.create(call, objects["Account"], _copied(lead, _TO_ACCOUNT))
    if contact is None:
        contact = writes.create(call, objects["Contact"], {**_copied(lead, _TO_CONTACT), "AccountId": account})
    made = {"account": account, "contact": ids.read(contact) or contact}
    if opportunity:
        made["opportunity"] = _open(call, lead, made, name)
    _reparent(call, objects["Lead"], lead["Id"], made["contact"])
    stamp = org.stamp()
    converted = {
        **lead,
        "Status": status or lead.get("Status"),
        "IsConverted": True,
        "ConvertedDate": stamp[:10],
        "ConvertedAccountId": made["account"],
        "ConvertedContactId": made["contact"],
        "ConvertedOpportunityId": made.get("opportunity"),
        "LastModifiedDate": stamp,
        "LastModifiedById": call.user,
        "SystemModstamp": stamp,
    }
    call.journal.put(org.tables["Lead"], converted)
    return made


def _open(call: Call, lead: Row, made: Mapping[str, str], name: str | None) -> str:
    """Open the opportunity: the first stage, closing at the end of the quarter, with the contact in a role."""
    org, objects = call.org, call.org.schema.objects
    stage = min(org.tables["OpportunityStage"].live(), key=lambda row: row.get("SortOrder") or 0)
    today = org.now().date()
    month = (today.month - 1) // 3 * 3 + 3
    close = today.replace(month=month, day=31 if month in (3, 12) else 30)
    body = {
        "Name": name or f"{lead.get('Company') or lead['Name']}-",
        "AccountId": made["account"],
        "StageName": stage["ApiName"],
        "CloseDate": close.isoformat(),
        "OwnerId": lead.get("OwnerId"),
        "LeadSource": lead.get("LeadSource"),
        "ContactId": made["contact"],
    }
    return writes.create(call, objects["Opportunity"], {key: value for key, value in body.items() if value is not None})


def _copied(row: Row, names: Mapping[str, str]) -> Row:
    return {to: row[name] for name, to in names.items() if row.get(name) is not None}


def _reparent(call: Call, sobject: SObject, old: str, new: str) -> None:
    """Let the children of one record point at another, without moving their stamps.

    Salesforce keeps one membership per campaign, but may leave a contact with one role twice (NPSP#2114).
    """
    org = call.org
    target = org.schema.of_id(new)
    kept = {row["CampaignId"] for row in _members(call, new)} if sobject.name != "Account" else set()
    for child, reference in list(org.schema.children(sobject.name)):
        name = reference.name if target is sobject else _SAME_ROLE.get((child.name, reference.name))
        if name is None or reference.name in ("MasterRecordId", "LeadOrContactId") or child.name == "User":
            continue
        table = org.table(child)
        for record_id in table.matching(reference.name, old):
            row = table.rows[record_id]
            if child.name == "CampaignMember" and row["CampaignId"] in kept:
                call.journal.purge(table, record_id)
                call.journal.bury(table, record_id, org.stamp())
            else:
                call.journal.put(table, {**row, reference.name: None, name: new})


# where a converted lead's children point afterwards
_SAME_ROLE = {("Task", "WhoId"): "WhoId", ("Event", "WhoId"): "WhoId", ("CampaignMember", "LeadId"): "ContactId"}


def _members(call: Call, person: str) -> list[Row]:
    table = call.org.tables["CampaignMember"]
    field = "ContactId" if person.startswith("003") else "LeadId"
    return [table.rows[record_id] for record_id in table.matching(field, person)]
