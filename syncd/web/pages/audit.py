"""The audit: whom we have where somebody decides, and the list of who is missing, also as a table for a spreadsheet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import Field
from starlette.responses import Response

from syncd.errors import NotFound
from syncd.legible import legible
from syncd.rules.days import local_day, zone
from syncd.sheet import written
from syncd.store import UnitOfWork
from syncd.views.acquisition import COLUMNS, items, row_of
from syncd.views.audit import audit_of, require_segment, segments_of
from syncd.views.listing import listed
from syncd.web.api.runs import Word
from syncd.web.operations import Asked, Call, Operation
from syncd.web.pages.page import Listed, Page, Shown
from syncd.web.pages.serving import refused
from syncd.web.rights import Right

SORTS = ("rank", "account", "segment", "role", "missing", "worth", "since", "source", "owner", "due")


class WhichAudit(Shown):
    """Which segment."""

    segment: Word | None = Field(default=None, description="a segment of the agreement")


class WhichGaps(Listed):
    """Which gaps."""

    segment: Word | None = Field(default=None, description="a segment of the agreement")
    role: Word | None = Field(default=None, description="a role of the agreement")


class WhichTable(Asked):
    """Which gaps the table has."""

    segment: Word | None = Field(default=None, description="a segment of the agreement")


def show_audit(call: Call) -> Any:
    """The counts of the last day, as `syncd audit` counts them, and how they moved in four weeks."""
    wiring, which = call.house.wiring, call.query_as(WhichAudit)
    agreement = wiring.book.agreement
    with call.house.store.reading() as unit:
        return audit_of(unit, agreement, local_day(wiring.clock(), zone(agreement.time_zone)), which.segment)


def show_acquisition(call: Call) -> Any:
    """As `syncd audit --list` has it: who is missing, the first to find first."""
    which = call.query_as(WhichGaps)
    with call.house.store.reading() as unit:
        rows = _gaps(call, unit, which.segment)
    roles = sorted({row["role"] for row in rows})
    if which.role is not None and which.role not in roles:
        raise NotFound("nobody is missing in a role of that name", plain="nobody is missing in a role of that name")
    mine = [row for row in rows if which.role in (None, row["role"])]
    part = listed(mine, key=_key, columns=SORTS, sort=which.sort, after=which.after)
    return {
        "gaps": part,
        "missing": sum(row["missing"] for row in mine),
        "overdue": sum(bool(row["overdue"]) for row in mine),
        "currency": call.house.wiring.book.agreement.currency,
        "segments": segments_of(call.house.wiring.book.agreement),
        "roles": roles,
    }


def download_acquisition(call: Call) -> Response:
    """The list as CSV, safe to open in a spreadsheet; filled in, `syncd audit --read` takes it back."""
    with call.house.store.reading() as unit:
        rows = _gaps(call, unit, call.query_as(WhichTable).segment)
    cells = ([legible(cell) if isinstance(cell, str) else cell for cell in row.values()] for row in rows)
    headers = {"content-disposition": 'attachment; filename="acquisition.csv"'}
    return Response(written(COLUMNS, cells), media_type="text/csv", headers=headers)


def _gaps(call: Call, unit: UnitOfWork, segment: str | None) -> list[dict[str, Any]]:
    wiring = call.house.wiring
    agreement = wiring.book.agreement
    require_segment(segment, segments_of(agreement))
    today = local_day(wiring.clock(), zone(agreement.time_zone))
    chosen = (item for item in items(unit, agreement) if segment in (None, item.gap.segment))
    return [dict(zip(COLUMNS, row_of(item, today), strict=True)) for item in chosen]


def _key(row: Mapping[str, Any]) -> str:
    return f"{row['account id']} {row['role']}"


PAGES = (
    Page("/audit", "Audit", "audit", show_audit, place="Market", query=WhichAudit),
    Page("/acquisition", "Acquisition list", "acquisition", show_acquisition, place="Market", query=WhichGaps),
)
DOWNLOADS = (
    Operation(
        "GET",
        "/acquisition.csv",
        Right.VIEW,
        "The acquisition list for a spreadsheet",
        download_acquisition,
        query=WhichTable,
        media_type="text/csv",
        page=True,
        refused=refused,
    ),
)
