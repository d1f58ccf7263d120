"""A deployed dashboard: its components, each with what its report says in the component's own groups.

A dashboard runs as whoever looks at it (LoggedInUser) or as the user whom it names (SpecifiedUser): theirs are the
records, the hidden fields, and the folders of the reports that it shows. Source: Salesforce, Reports and Dashboards
REST API Developer Guide, "Get Dashboard Results" and "Return Details About Dashboard Components"; Metadata API
Developer Guide, "Dashboard". All of a component's groups are rows, as in the guide's examples, also where a matrix has
them as columns. What a component looks like is told by its type alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .. import ids
from ..metadata.elements import children, text
from ..metadata.packages import Component
from ..metadata.rows import row_of
from ..org import Org
from ..refusal import Refusal
from ..table import Row
from . import report_metadata, reports
from .folders import may_open
from .groups import PREFIXES, ROW_COUNT

DYNAMIC, NAMED = "LoggedInUser", "SpecifiedUser"
COMPONENT = "01a"  # of the ids of components
_PARTS = "dashboardGridLayout/dashboardGridComponents"


def runner(org: Org, user: str, component: Component) -> str:
    """Return the id of the user as whom a dashboard runs for whoever looks at it."""
    kind, name = text(component.element, "dashboardType"), text(component.element, "runningUser")
    if kind == DYNAMIC:
        return user
    named = next(iter(org.tables["User"].matching("Username", name)), None)
    if kind != NAMED or named is None:
        raise Refusal("NOT_FOUND", f"the sandbox runs no dashboard of the type {kind}", status=404)
    return str(named)


def data(org: Org, user: str, component: Component) -> list[dict[str, Any]]:
    """Return each component's data and status, for a user who looks at the dashboard."""
    running = runner(org, user, component)
    return [
        {"componentId": part_id} | _result(org, running, part, org.stamp())
        for part_id, _, part in _parts(org, component)
    ]


def metadata(org: Org, user: str, component: Component) -> dict[str, Any]:
    """Return what a dashboard is: its components, their places, and as whom it runs."""
    running, row = runner(org, user, component), row_of(org, "Dashboard", component.full_name) or {}
    person = org.tables["User"].rows.get(running) or {}
    parts = [*_parts(org, component)]
    return {
        "canChangeRunningUser": False,
        "components": [_described(org, place, *found) for place, found in enumerate(parts)],
        "description": text(component.element, "description"),
        "developerName": row.get("DeveloperName"),
        "filters": [],
        "folderId": row.get("FolderId"),
        "id": row.get("Id"),
        "layout": {
            "components": [_place(grid) for _, grid, _ in parts],
            "gridLayout": True,
            "numColumns": int(text(component.element, "dashboardGridLayout/numberOfColumns") or 0),
            "rowHeight": int(text(component.element, "dashboardGridLayout/rowHeight") or 0),
        },
        "name": row.get("Title"),
        "runningUser": {"displayName": person.get("Name") or person.get("LastName"), "id": running},
    }


def _parts(org: Org, component: Component) -> Iterator[tuple[str, Any, Any]]:
    """Yield each component's id, its place on the grid, and its own element."""
    row: Row = row_of(org, "Dashboard", component.full_name) or {}
    for number, grid in enumerate(children(component.element, _PARTS)):
        for part in children(grid, "dashboardComponent"):
            yield ids.complete(f"{COMPONENT}{row.get('Id', '')[3:12]:0>9}{number:03d}"), grid, part


def _result(org: Org, running: str, part: Any, at: str) -> dict[str, Any]:
    """Return what a component's report says; where the running user may not have it, the status says why."""
    try:
        result = _run(org, running, part)
    except Refusal as refusal:
        failed = {"errorCode": refusal.code, "errorMessage": refusal.message, "errorSeverity": "Error"}
        return {"reportResult": None, "status": _status("ERROR", at) | failed}
    rows = result["factMap"]["T!T"]["aggregates"]
    return {"reportResult": result, "status": _status("DATA" if rows else "NODATA", at)}


def _run(org: Org, running: str, part: Any) -> dict[str, Any]:
    reports.refuse_runner(org, running)
    name = text(part, "report") or ""
    component, row = org.components.get(("Report", name)), row_of(org, "Report", name)
    if component is None or row is None or not may_open(org, running, row["OwnerId"]):
        raise Refusal("FORBIDDEN", "The source report isn't available: it was deleted, or the running user has no "
                      "access to it or its folder.", status=403)  # fmt: skip
    report_type = report_metadata.type_of(org, running, component)
    report = _shaped(report_metadata.read(org, component, report_type), part)
    result = reports.run(org, running, report_type, report, details=False)
    return {"attributes": None} | result | {"groupingsAcross": None}


def _shaped(report: Mapping[str, Any], part: Any) -> dict[str, Any]:
    """Return a report's metadata as a component asks for it: its summaries and groups, no details."""
    known = {one["name"]: one for one in (*report["groupingsDown"], *report["groupingsAcross"])}
    names = [(held.text or "").strip() for held in children(part, "groupingColumn")]
    groupings = [known[name] for name in names if name in known] or [*report["groupingsDown"]]
    return {
        **report,
        "aggregates": _aggregates(part) or report["aggregates"],
        "detailColumns": [],
        "groupingsAcross": [],
        "groupingsDown": groupings,
        "hasDetailRows": False,
        "reportFormat": "SUMMARY" if groupings else "TABULAR",
        "sortBy": [],
    }


def _aggregates(part: Any) -> list[str]:
    names = []
    for held in children(part, "chartSummary"):
        column, prefix = text(held, "column") or "", PREFIXES.get(text(held, "aggregate") or "")
        names.append(f"{prefix}!{column}" if prefix and column != ROW_COUNT else ROW_COUNT)
    return names


def _described(org: Org, place: int, part_id: str, grid: Any, part: Any) -> dict[str, Any]:
    report = row_of(org, "Report", text(part, "report") or "") or {}
    names = [(held.text or "").strip() for held in children(part, "groupingColumn")]
    return {
        "componentData": place,
        "footer": text(part, "footer"),
        "header": text(part, "header"),
        "id": part_id,
        "properties": {
            "aggregates": [{"name": name} for name in _aggregates(part)],
            "autoSelectColumns": text(part, "autoselectColumnsFromReport") == "true",
            "groupings": [{"name": name} for name in names] or None,
            "useReportChart": text(part, "useReportChart") == "true",
            "visualizationType": text(part, "componentType"),
        },
        "reportId": report.get("Id"),
        "title": text(part, "title"),
        "type": "Report",
    }


def _place(grid: Any) -> dict[str, int]:
    names = {"colspan": "colSpan", "column": "columnIndex", "row": "rowIndex", "rowspan": "rowSpan"}
    return {key: int(text(grid, element) or 0) for key, element in names.items()}


def _status(data_status: str, at: str) -> dict[str, Any]:
    return {
        "dataStatus": data_status,
        "errorCode": None,
        "errorMessage": None,
        "errorSeverity": None,
        "refreshDate": at,
        "refreshStatus": "IDLE",
    }
