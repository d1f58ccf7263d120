"""Duplicate rules: which rows look like a new one, and whether that blocks the save or only alerts.

Source: Salesforce, REST API Developer Guide, "Duplicate Rule Header"; Object Reference, "DuplicateResult". The key of
the result in an error's body is spelled `duplicateResut` on the wire.
"""

from __future__ import annotations

from typing import Any

from .org import Org
from .refusal import Refusal
from .settings import DuplicateRule
from .table import Row, fold


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
    candidates = (table.rows[candidate] for candidate in table.matching(rule.fields[0], row[rule.fields[0]]))
    return [
        candidate
        for candidate in candidates
        if candidate["Id"] != row.get("Id")
        and not candidate.get("IsDeleted")
        and all(fold(candidate.get(name)) == fold(row[name]) for name in rule.fields)
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
