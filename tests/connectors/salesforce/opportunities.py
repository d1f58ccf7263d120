"""Opportunities to push, and what came of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from connectors.base import Payload, Receipt

BANK = "001000000000001AAA"
KEY = "Syncd_Key__c"


def opportunity(number: int, remote_id: str | None = None, **fields: Any) -> Payload:
    defaults = {
        "Name": f"Deal {number}",
        "StageName": "Qualification",
        "CloseDate": date(2027, 3, 1),
        "AccountId": BANK,
    }
    return Payload(f"key-{number}", remote_id, defaults | fields)


def written(org: Any, table: str = "Opportunity") -> dict[str, Any]:
    """Return the rows that carry a key of ours, by it."""
    return {row[KEY]: row for row in org.rows(table).values() if row.get(KEY)}


def kinds(receipts: Sequence[Receipt]) -> list[str | None]:
    return [receipt.error and receipt.error.kind for receipt in receipts]


def codes(receipts: Sequence[Receipt]) -> list[str | None]:
    return [receipt.error and receipt.error.code for receipt in receipts]
