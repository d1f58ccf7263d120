"""The rows that Salesforce writes beside an opportunity: its stage history and its field history."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .table import Journal, Row

if TYPE_CHECKING:
    from .org import Org

# a change of any of these makes a new OpportunityHistory row (Object Reference, OpportunityHistory)
_WATCHED = ("StageName", "Amount", "Probability", "CloseDate", "ForecastCategory", "ExpectedRevenue")
_TYPES = {"Amount": "Currency", "CloseDate": "DateOnly", "OwnerId": "EntityId", "Probability": "Percent"}


def keep_history(org: Org, journal: Journal, sobject: str, row: Row, before: Row | None, user: str) -> None:
    """Write the history rows that follow from saving the row."""
    if sobject != "Opportunity":
        return
    made = {"OpportunityId": row["Id"], "CreatedById": user, "CreatedDate": row["SystemModstamp"]}
    if before is None or any(row.get(name) != before.get(name) for name in _WATCHED):
        copied = {name: row[name] for name in _WATCHED if row.get(name) is not None}
        history = {**made, **copied, "SystemModstamp": row["SystemModstamp"]}
        journal.put(org.tables["OpportunityHistory"], {"Id": org.mint.next("008"), **history})
    if before is None:
        return
    for name in sorted(org.settings.tracked):
        old, new = before.get(name), row.get(name)
        if old != new:
            change = {"Field": name, "DataType": _TYPES.get(name, "Text"), "OldValue": old, "NewValue": new}
            journal.put(org.tables["OpportunityFieldHistory"], {"Id": org.mint.next("017"), **made, **change})
