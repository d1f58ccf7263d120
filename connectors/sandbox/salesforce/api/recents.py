"""…/recent and …/limits: what a user last worked on, and how much of the org's allowances is left.

Source: Salesforce, REST API Developer Guide, "Recently Viewed Items", "Limits"; the allowances are a Developer org's.
"""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import Any

from ..wire import Request, Response, Route, reply

_BULK_BATCHES_SINCE = 49.0  # before, the limit was called DailyBulkApiRequests
_MOST_SETS = 1000  # permission sets of one's own


def recent(request: Request) -> Response:
    """Answer GET …/recent: the records that the user last wrote; nobody looks at pages in the sandbox."""
    asked = request.query.get("limit", "")
    return reply(recent_items(request, None, int(asked) if asked.isdecimal() else None))


def recent_items(request: Request, kind: str | None, most: int | None) -> list[dict[str, Any]]:
    """Return the named records of an object (of all where it is None) that the user last wrote, newest first."""
    org = request.org
    shown: dict[str, dict[str, Any]] = {}
    for entry in reversed(org.writes):
        row = org.row(entry["id"])
        if entry["user"] != request.user or kind not in (None, entry["object"]) or entry["id"] in shown:
            continue
        if row is None or row.get("IsDeleted") or not row.get("Name"):
            continue
        url = f"{request.base}/sobjects/{entry['object']}/{row['Id']}"
        shown[row["Id"]] = {"attributes": {"type": entry["object"], "url": url}, "Id": row["Id"], "Name": row["Name"]}
        if len(shown) == most:
            break
    return list(shown.values())


def limits(request: Request) -> Response:
    """Answer GET …/limits; only calls and permission sets use anything up."""
    settings, org = request.org.settings, request.org
    shown: dict[str, dict[str, Any]] = {name: {"Max": most, "Remaining": most} for name, most in _allowances().items()}
    left = max(0, settings.daily_limit - request.simulator.usage.used())
    shown["DailyApiRequests"] = {"Max": settings.daily_limit, "Remaining": left}
    sets = len(org.tables["PermissionSet"].rows)
    shown["PermissionSets"]["Remaining"] -= sets
    shown["PermissionSets"]["CreateCustom"] = {"Max": _MOST_SETS, "Remaining": _MOST_SETS - sets}
    if request.version < _BULK_BATCHES_SINCE:
        shown["DailyBulkApiRequests"] = shown.pop("DailyBulkApiBatches")
    return reply(dict(sorted(shown.items())))


@cache
def _allowances() -> dict[str, int]:
    file = resources.files("connectors.sandbox.salesforce").joinpath("limits.json")
    limits: dict[str, int] = json.loads(file.read_text(encoding="utf-8"))
    return limits


ROUTES: tuple[Route, ...] = (("GET", "limits", limits), ("GET", "recent", recent))
