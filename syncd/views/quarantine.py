"""Quarantine by cause: what each is, what mends it, how many records it keeps, and which."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote, urlencode

from syncd.model import RemoteRef
from syncd.model.runs import CauseKind
from syncd.store import UnitOfWork
from syncd.store.quarantine import Chosen, SetAside
from syncd.sync.causes import MENDS, plainly
from syncd.sync.retry import choose, name_of
from syncd.views.listing import MOST_COUNTED, ROWS, Listing

WISH = "wish:"  # what the stream of a record begins with that is to be written
_PARTS = " "  # between the parts of where a list goes on; no part has one, but for a record's id, which is the last
_PAGES = {"account": "accounts", "contact": "contacts", "opportunity": "opportunities"}


def quarantine_of(unit: UnitOfWork, named: Mapping[str, Any], after: str | None) -> dict[str, Any]:
    """The causes, those of most records first, and one part of the records behind them. Raises NotFound."""
    chosen, everything = choose(unit, named), unit.quarantine.why(Chosen())
    reasons = unit.quarantine.why(chosen)
    number = sum(each.number for each in reasons)
    return {
        "number": number,
        "causes": causes(reasons),
        "records": _records(unit, chosen, number, after),
        "systems": sorted({each.system for each in everything}),
        "streams": sorted({each.stream for each in everything}),
        "steps": sorted({each.step for each in everything}),
    }


def causes(reasons: Iterable[SetAside]) -> list[dict[str, Any]]:
    """Each cause once, with all the places where it struck."""
    together: dict[str, list[SetAside]] = {}
    for each in reasons:
        together.setdefault(name_of(each.reason), []).append(each)
    rows = [_cause(name, those) for name, those in together.items()]
    return sorted(rows, key=lambda row: -row["number"])


def _cause(name: str, those: list[SetAside]) -> dict[str, Any]:
    kind = CauseKind.REFUSED if those[0].stream.startswith(WISH) else CauseKind.UNREADABLE
    return {
        "name": name,
        "kind": kind.value,
        "where": list(dict.fromkeys(f"{each.system} {each.stream.removeprefix(WISH)}" for each in those)),
        "steps": sorted({each.step for each in those}),
        "what": plainly(those[0].reason),
        "mend": MENDS[kind],
        "number": sum(each.number for each in those),
        "since": min((each.since for each in those if each.since), default=None),
    }


def _records(unit: UnitOfWork, chosen: Chosen, number: int, after: str | None) -> Listing:
    parts = after.split(_PARTS, 3) if after else []
    rows = unit.quarantine.some(chosen, ROWS + 1, _key(parts) if len(parts) == 4 else None)
    last = rows[ROWS - 1] if len(rows) > ROWS else None
    goes_on = _PARTS.join(last[name] for name in ("system", "stream", "step", "remote_id")) if last else None
    shown = [row | {"record": str(_ref(row)), "address": _address(row)} for row in rows[:ROWS]]
    return Listing(shown, min(number, MOST_COUNTED), number > MOST_COUNTED, goes_on, "", len(parts) == 4)


def _key(parts: list[str]) -> tuple[str, ...]:
    system, stream, step, remote_id = parts
    return system, stream, remote_id, step


def _address(row: Mapping[str, Any]) -> str:
    """Where a page shows what is to be written, or finds a record of a system's own; empty where none does."""
    if not row["stream"].startswith(WISH):
        return f"/search?{urlencode({'q': str(_ref(row))})}"
    page = _PAGES.get(row["stream"].removeprefix(WISH))
    return f"/{page}/{quote(row['remote_id'])}" if page else ""


def _ref(row: Mapping[str, Any]) -> RemoteRef:
    return RemoteRef(row["system"], row["stream"], row["remote_id"])
