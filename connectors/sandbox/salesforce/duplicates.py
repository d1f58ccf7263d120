"""Duplicate rules: which rows look like a new one, and whether that blocks the save or only alerts.

Source: Salesforce, REST API Developer Guide, "Duplicate Rule Header"; Object Reference, "DuplicateResult". The key of
the result in an error's body is spelled `duplicateResut` on the wire.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from .refusal import Refusal
from .table import Row, fold

if TYPE_CHECKING:
    from .org import Org


@dataclass(frozen=True)
class DuplicateRule:
    """Rows of `sobject` are duplicates of rows of `against` (the same object by default) that agree on all `fields`.

    action: `block` refuses the save whatever the caller says; `alert` refuses it unless the caller sends
    `Sforce-Duplicate-Rule-Header: allowSave=true`.
    """

    name: str
    sobject: str
    fields: Sequence[str]
    action: Literal["alert", "block"] = "alert"
    against: str | None = None
    message: str = "Use one of these records?"

    def row(self) -> Row:
        """Return the rule as it shows in DuplicateRule, which does not say what it does with a double."""
        return {"DeveloperName": self.name, "MasterLabel": self.name, "SobjectType": self.sobject, "IsActive": True}


def look(org: Org, sobject: str, row: Row, *, allow: bool) -> None:
    """Raise Refusal where a rule finds duplicates of the row and does not let it pass."""
    for rule in org.settings.duplicate_rules:
        if rule.sobject != sobject or (allow and rule.action == "alert"):
            continue
        if matches := _matches(org, rule, row):
            raise _detected(org, rule, matches)


def _matches(org: Org, rule: DuplicateRule, row: Row) -> list[Row]:
    if any(row.get(name) in (None, "") for name in rule.fields):
        return []
    table = org.tables[rule.against or rule.sobject]
    candidates = (table.rows[found] for found in table.matching(rule.fields[0], row[rule.fields[0]]))
    return [
        found
        for found in candidates
        if found["Id"] != row.get("Id")
        and not found.get("IsDeleted")
        and all(fold(found.get(name)) == fold(row[name]) for name in rule.fields)
    ]


def _detected(org: Org, rule: DuplicateRule, matches: list[Row]) -> Refusal:
    against = rule.against or rule.sobject
    records: list[dict[str, Any]] = [
        {
            "additionalInformation": [],
            "fieldDiffs": [],
            "matchConfidence": 100.0,
            "record": {
                "attributes": {"type": against, "url": f"/services/data/v59.0/sobjects/{against}/{row['Id']}"},
                "Id": row["Id"],
            },
        }
        for row in matches
    ]
    result = {
        "allowSave": rule.action == "alert",
        "duplicateRule": rule.name,
        "duplicateRuleEntityType": rule.sobject,
        "errorMessage": rule.message,
        "matchResults": [
            {
                "entityType": against,
                "errors": [],
                "matchEngine": "ExactMatchEngine",
                "matchRecords": records,
                "rule": rule.name,
                "size": len(records),
                "success": True,
            }
        ],
    }
    return Refusal("DUPLICATES_DETECTED", rule.message, duplicateResut=result)
