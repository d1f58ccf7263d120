"""Reports of waste: whom we touch too early, in vain or not at all."""

from __future__ import annotations

from typing import Any

from syncd.rules.days import local_day, zone
from syncd.views.listing import listed
from syncd.views.report import WINDOW, report_of, rows_of, titles
from syncd.web.operations import Call
from syncd.web.pages.page import Listed, Page


def list_reports(call: Call) -> Any:
    """Every report there is, and what it shows."""
    return {"reports": [{"name": name, "title": title} for name, title in titles().items()]}


def show_report(call: Call) -> Any:
    """As `syncd report NAME` has it, of the last ninety days."""
    wiring, which, report = call.house.wiring, call.query_as(Listed), report_of(call.path["name"])
    today = local_day(wiring.clock(), zone(wiring.book.agreement.time_zone))
    with call.house.store.reading() as unit:
        rows = rows_of(report, unit, wiring.book, today - WINDOW, today)
    numbered = [{**row, "row": n} for n, row in enumerate(rows)]
    part = listed(numbered, key="row", columns=report.columns, sort=which.sort, after=which.after)
    return {
        "title": f"Report: {report.name}",
        "about": report.title,
        "since": today - WINDOW,
        "columns": report.columns,
        "list": part,
    }


PAGES = (
    Page("/reports", "Reports of waste", "reports", list_reports, place="Learning"),
    Page("/reports/{name}", "Report", "report", show_report, query=Listed),
)
