"""What Salesforce itself writes into a row that is saved: names, what a stage entails, closed flags, accounts."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import timedelta

from . import values
from .org import Org
from .refusal import Refusal
from .table import Row

Given = Collection[str]


def settle(org: Org, sobject: str, row: Row, before: Row | None, written: Given) -> Row:
    """Return the row as it is stored, with every value that Salesforce derives from the others.

    `before` is None on create; `given` names the fields that the call wrote, which no default may replace.
    Raises Refusal where the values contradict each other.
    """
    for step in _STEPS.get(sobject, ()):
        row = step(org, row, before, written)
    return row


def _changed(row: Row, before: Row | None, field: str) -> bool:
    return before is None or row.get(field) != before.get(field)


def _name(org: Org, row: Row, before: Row | None, written: Given) -> Row:
    name = " ".join(filter(None, (row.get("FirstName"), row.get("LastName"))))
    return row | {"Name": name} if name else row


def _bounced(org: Org, row: Row, before: Row | None, written: Given) -> Row:
    return row | {"IsEmailBounced": True} if row.get("EmailBouncedDate") else row


def _stage(org: Org, row: Row, before: Row | None, written: Given) -> Row:
    """A new stage resets probability and forecast category, unless the same call gives them.

    Source: Salesforce, Object Reference, Opportunity: "StageName controls Probability, IsClosed, ForecastCategory …".
    """
    stage = _labelled(org, "OpportunityStage", row.get("StageName"))
    row = dict(row)
    if stage is not None and _changed(row, before, "StageName"):
        for field, source in _STAGE_DEFAULTS.items():
            if field not in written or row.get(field) is None:
                row[field] = stage.get(source)
        row["IsClosed"], row["IsWon"] = bool(stage.get("IsClosed")), bool(stage.get("IsWon"))
        if before is not None:
            row["LastStageChangeDate"] = org.stamp()
    if _changed(row, before, "ForecastCategoryName") and row.get("ForecastCategoryName"):
        row["ForecastCategory"] = _FORECAST_CATEGORIES.get(row["ForecastCategoryName"], row.get("ForecastCategory"))
    if before is not None and before.get("HasOpportunityLineItem"):
        row["Amount"] = before.get("Amount")  # products make the amount; a written one is ignored
    known = row.get("Amount") is not None and row.get("Probability") is not None
    row["ExpectedRevenue"] = round(row["Amount"] * row["Probability"] / 100, 2) if known else None
    if close := row.get("CloseDate"):
        quarter = (int(close[5:7]) + 2) // 3
        row |= {"FiscalYear": int(close[:4]), "FiscalQuarter": quarter, "Fiscal": f"{close[:4]} {quarter}"}
    return row


def _task(org: Org, row: Row, before: Row | None, written: Given) -> Row:
    closed = bool((_labelled(org, "TaskStatus", row.get("Status")) or {}).get("IsClosed"))
    completed = row.get("CompletedDateTime") or row.get("LastModifiedDate") or org.stamp()
    priority = _labelled(org, "TaskPriority", row.get("Priority")) or {}
    return row | {
        "IsClosed": closed,
        "CompletedDateTime": completed if closed else None,
        "IsHighPriority": bool(priority.get("IsHighPriority")),
    }


def _activity_account(org: Org, row: Row, before: Row | None, written: Given) -> Row:
    """An activity belongs to the account of what it is about, else of who it is with."""
    what, who = org.row(row.get("WhatId")), org.row(row.get("WhoId"))
    if what is not None and what["Id"].startswith("001"):
        return row | {"AccountId": what["Id"]}
    account = (what or {}).get("AccountId") or (who or {}).get("AccountId")
    return row | {"AccountId": account} if account else row


def _event(org: Org, row: Row, before: Row | None, written: Given) -> Row:
    """Start, end and duration of an event follow from each other."""
    start = row.get("StartDateTime") or row.get("ActivityDateTime")
    if start is None:
        if row.get("ActivityDate"):
            return row
        raise Refusal("REQUIRED_FIELD_MISSING", "Required fields are missing: [StartDateTime]", ["StartDateTime"])
    begins = values.read_stamp(start)
    end, minutes = row.get("EndDateTime"), row.get("DurationInMinutes")
    if end is not None and ("EndDateTime" in written or minutes is None):
        minutes = int((values.read_stamp(end) - begins).total_seconds() // 60)
        if minutes < 0:
            raise Refusal(
                "FIELD_INTEGRITY_EXCEPTION", "End date must be on or after start date.", ["DurationInMinutes"]
            )
    elif minutes is None:
        message = "Required fields are missing: [DurationInMinutes]"
        raise Refusal("REQUIRED_FIELD_MISSING", message, ["DurationInMinutes"])
    try:
        end = values.stamp(begins + timedelta(minutes=minutes))
    except OverflowError:
        message = f"Duration: value outside of valid range on numeric field: {minutes}"
        raise Refusal("NUMBER_OUTSIDE_VALID_RANGE", message, ["DurationInMinutes"]) from None
    return row | {
        "StartDateTime": start,
        "ActivityDateTime": start,
        "ActivityDate": start[:10],
        "EndDateTime": end,
        "EndDate": end[:10],
        "DurationInMinutes": minutes,
    }


def _member(org: Org, row: Row, before: Row | None, written: Given) -> Row:
    """A campaign member has responded when its status counts as a response in its campaign."""
    if not row.get("ContactId") and not row.get("LeadId"):
        raise Refusal(
            "REQUIRED_FIELD_MISSING", "Required fields are missing: [LeadId, ContactId]", ["LeadId", "ContactId"]
        )
    statuses = [
        status
        for record_id in org.tables["CampaignMemberStatus"].matching("CampaignId", row["CampaignId"])
        if (status := org.tables["CampaignMemberStatus"].rows[record_id])
    ]
    counting = {status["Label"] for status in statuses if status.get("HasResponded")} or {"Responded"}
    responded = row.get("Status") in counting if statuses or row.get("HasResponded") is None else row["HasResponded"]
    row = row | {"HasResponded": bool(responded)}
    if responded and not row.get("FirstRespondedDate"):
        row["FirstRespondedDate"] = (row.get("CreatedDate") or org.stamp())[:10] if before is None else org.stamp()[:10]
    return row


def _labelled(org: Org, table: str, name: str | None) -> Row | None:
    """Return the setup row (a stage, a status) of that API name."""
    record_ids = org.tables[table].matching("ApiName", name) if name else []
    return org.tables[table].rows[record_ids[0]] if record_ids else None


_STAGE_DEFAULTS = {
    "Probability": "DefaultProbability",
    "ForecastCategory": "ForecastCategory",
    "ForecastCategoryName": "ForecastCategoryName",
}
_FORECAST_CATEGORIES = {
    "Omitted": "Omitted",
    "Pipeline": "Pipeline",
    "Best Case": "BestCase",
    "Most Likely": "MostLikely",
    "Commit": "Forecast",
    "Closed": "Closed",
}
_STEPS: dict[str, tuple[Callable[[Org, Row, Row | None, Given], Row], ...]] = {
    "Contact": (_name, _bounced),
    "Lead": (_name,),
    "User": (_name,),
    "Opportunity": (_stage,),
    "Task": (_task, _activity_account),
    "Event": (_event, _activity_account),
    "CampaignMember": (_member,),
}
