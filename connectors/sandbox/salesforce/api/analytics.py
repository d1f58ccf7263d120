"""…/analytics: reports and dashboards, listed, described and run for whoever asks.

Source: Salesforce, Reports and Dashboards REST API Developer Guide, "Report List", "Describe", "Execute Sync",
"Dashboard List", "Dashboard Results", "Dashboard Describe", "Dashboard Status". Salesforce lists those that the user
opened lately; the sandbox does not note who opened which, and lists all that they may open. Asynchronous runs are not
served.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .. import ids
from ..metadata.packages import Component
from ..metadata.rows import component_of
from ..refusal import Refusal, not_found
from ..screens import dashboards, report_metadata, reports
from ..screens.folders import may_open
from ..screens.report_types import ReportType
from ..table import Row
from ..wire import Request, Response, Route, reply

REPORT, DASHBOARD = "Report", "Dashboard"
_FOLDER = {REPORT: "OwnerId", DASHBOARD: "FolderId"}


def list_reports(request: Request) -> Response:
    """Answer GET …/analytics/reports."""
    reports.refuse_runner(request.org, request.user)
    return reply([_report_links(request, row) | {"id": row["Id"]} for row in _open(request, REPORT)])


def describe_report(request: Request, report_id: str) -> Response:
    """Answer GET …/analytics/reports/Id/describe."""
    row, component, report_type = _report(request, report_id)
    report = report_metadata.read(request.org, component, report_type)
    return reply(
        {
            "attributes": _attributes(request, row),
            "reportExtendedMetadata": reports.extended(report_type, report),
            "reportMetadata": report,
            "reportTypeMetadata": {"categories": _categories(report_type)},
        }
    )


def run_report(request: Request, report_id: str) -> Response:
    """Answer GET and POST …/analytics/reports/Id?includeDetails=true; a POST may send another `reportMetadata`."""
    row, component, report_type = _report(request, report_id)
    report = report_metadata.read(request.org, component, report_type)
    if request.method == "POST" and request.body.strip():
        sent = request.fields().get("reportMetadata") or {}
        if not isinstance(sent, dict):
            raise Refusal("JSON_PARSER_ERROR", "reportMetadata must be an object")
        report = report_metadata.changed(report, sent)
    details = request.query.get("includeDetails", str(report["hasDetailRows"])).lower() == "true"
    result = reports.run(request.org, request.user, report_type, report, details=details)
    return reply({"attributes": _attributes(request, row)} | result)


def list_dashboards(request: Request) -> Response:
    """Answer GET …/analytics/dashboards."""
    return reply([_dashboard_links(request, row) for row in _open(request, DASHBOARD)])


def show_dashboard(request: Request, dashboard_id: str) -> Response:
    """Answer GET …/analytics/dashboards/Id: what it is, and the data of its components."""
    row, component = _standing(request, DASHBOARD, dashboard_id)
    if request.query.get("runningUser", request.user) != request.user:
        raise Refusal("BAD_REQUEST", "You can't change the running user of this dashboard.")
    described = dashboards.metadata(request.org, request.user, component) | {"attributes": _named(request, row)}
    data = dashboards.data(request.org, request.user, component)
    return reply({"componentData": data, "dashboardMetadata": described})


def describe_dashboard(request: Request, dashboard_id: str) -> Response:
    """Answer GET …/analytics/dashboards/Id/describe."""
    row, component = _standing(request, DASHBOARD, dashboard_id)
    described = dashboards.metadata(request.org, request.user, component)
    return reply({"attributes": _named(request, row)} | described)


def dashboard_status(request: Request, dashboard_id: str) -> Response:
    """Answer GET …/analytics/dashboards/Id/status: every component is up to date."""
    _, component = _standing(request, DASHBOARD, dashboard_id)
    data = dashboards.data(request.org, request.user, component)
    said = [
        {"componentId": part["componentId"], "refreshDate": part["status"]["refreshDate"], "refreshStatus": "IDLE"}
        for part in data
    ]
    return reply({"componentStatus": said})


def _open(request: Request, kind: str) -> Iterator[Row]:
    """Yield the records of reports or dashboards whose folder the user may open."""
    for row in request.org.tables[kind].live():
        if may_open(request.org, request.user, row[_FOLDER[kind]]):
            yield row


def _standing(request: Request, kind: str, record_id: str) -> tuple[Row, Component]:
    whole = ids.read(record_id) or ""
    row, component = request.org.row(whole), component_of(request.org, kind, whole)
    if row is None or component is None:
        raise not_found()
    if not may_open(request.org, request.user, row[_FOLDER[kind]]):
        raise Refusal("FORBIDDEN", "You don’t have access to the folder.", status=403)
    return row, component


def _report(request: Request, report_id: str) -> tuple[Row, Component, ReportType]:
    reports.refuse_runner(request.org, request.user)
    row, component = _standing(request, REPORT, report_id)
    return row, component, report_metadata.type_of(request.org, request.user, component)


def _categories(report_type: ReportType) -> list[dict[str, Any]]:
    by_section: dict[str, dict[str, Any]] = {}
    for label, column in report_type.columns():
        by_section.setdefault(label, {})[column.name] = {
            "dataType": reports.data_type(column),
            "filterValues": [],
            "filterable": bool(column.field["filterable"]),
            "isLookup": column.field.type == "reference",
            "label": column.field.label,
        }
    return [{"columns": columns, "label": label} for label, columns in by_section.items()]


def _report_links(request: Request, row: Row) -> dict[str, Any]:
    url = f"{request.base}/analytics/reports/{row['Id']}"
    return {"describeUrl": f"{url}/describe", "instancesUrl": f"{url}/instances", "name": row["Name"], "url": url}


def _attributes(request: Request, row: Row) -> dict[str, Any]:
    links = _report_links(request, row)
    return {
        "describeUrl": links["describeUrl"],
        "instancesUrl": links["instancesUrl"],
        "reportId": row["Id"],
        "reportName": row["Name"],
        "type": REPORT,
    }


def _dashboard_links(request: Request, row: Row) -> dict[str, Any]:
    url = f"{request.base}/analytics/dashboards/{row['Id']}"
    return {"id": row["Id"], "name": row["Title"], "statusUrl": f"{url}/status", "url": url}


def _named(request: Request, row: Row) -> dict[str, Any]:
    links = _dashboard_links(request, row)
    named = {"dashboardId": row["Id"], "dashboardName": row["Title"], "statusUrl": links["statusUrl"]}
    return named | {"type": DASHBOARD}


ROUTES: tuple[Route, ...] = (
    ("GET", "analytics/reports", list_reports),
    ("GET", "analytics/reports/*", run_report),
    ("POST", "analytics/reports/*", run_report),
    ("GET", "analytics/reports/*/describe", describe_report),
    ("GET", "analytics/dashboards", list_dashboards),
    ("GET", "analytics/dashboards/*", show_dashboard),
    ("GET", "analytics/dashboards/*/describe", describe_dashboard),
    ("GET", "analytics/dashboards/*/status", dashboard_status),
)
