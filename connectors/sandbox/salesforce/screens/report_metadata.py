"""A deployed report's metadata as the REST API tells it, and what a caller may send in its place.

Source: Salesforce, Reports and Dashboards REST API Developer Guide, "Get Report Metadata" and "Filter Reports on
Demand"; Metadata API Developer Guide, "Report".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..metadata.elements import children, text
from ..metadata.packages import Component
from ..metadata.rows import row_of
from ..org import Org
from ..refusal import Refusal
from .groups import PREFIXES, ROW_COUNT
from .report_types import ReportType

INTERVALS: Mapping[str, str] = {
    "INTERVAL_CUSTOM": "CUSTOM",
    "INTERVAL_CURY": "THIS_FISCAL_YEAR",
    "INTERVAL_CURRENT": "THIS_FISCAL_QUARTER",
    "INTERVAL_TODAY": "TODAY",
    "INTERVAL_YESTERDAY": "YESTERDAY",
    "INTERVAL_THISWEEK": "THIS_WEEK",
    "INTERVAL_LASTWEEK": "LAST_WEEK",
    "INTERVAL_THISMONTH": "THIS_MONTH",
    "INTERVAL_LASTMONTH": "LAST_MONTH",
    **{f"INTERVAL_LAST{days}": f"LAST_N_DAYS:{days}" for days in (7, 30, 60, 90, 120)},
}
# What a caller may send in the place of the report's own.
_CHANGEABLE = (
    *("aggregates", "detailColumns", "groupingsAcross", "groupingsDown", "reportBooleanFilter", "reportFilters"),
    *("reportFormat", "scope", "sortBy", "standardDateFilter"),
)


def type_of(org: Org, user: str, component: Component) -> ReportType:
    """Return a report's type as a user sees it; raises Refusal where it is none that was deployed."""
    name = (text(component.element, "reportType") or "").removesuffix("__c")
    known = org.components.get(("ReportType", name))
    if known is None:
        raise Refusal("NOT_FOUND", f"the sandbox has no report type {name}", status=404)
    return ReportType(org, user, known)


def read(org: Org, component: Component, report_type: ReportType) -> dict[str, Any]:
    """Return a report's `reportMetadata` for the user of its type: columns that are hidden from them are left out."""
    element, row = component.element, row_of(org, "Report", component.full_name) or {}
    details = [name for held in children(element, "columns") if report_type.find(name := text(held, "field") or "")]
    down, across = (_groupings(element, report_type, side) for side in ("groupingsDown", "groupingsAcross"))
    form = (text(element, "format") or "Tabular").upper()
    summed = [
        f"{PREFIXES[kind.text]}!{name}"
        for held in children(element, "columns")
        for kind in children(held, "aggregateTypes")
        if (name := text(held, "field") or "") in details and kind.text in PREFIXES
    ]
    return {
        "aggregates": [*summed, ROW_COUNT],
        "chart": None,
        "crossFilters": [],
        "currency": None,
        "description": text(element, "description"),
        "detailColumns": details,
        "developerName": row.get("DeveloperName"),
        "division": None,
        "folderId": row.get("OwnerId"),
        "groupingsAcross": across,
        "groupingsDown": down,
        "hasDetailRows": text(element, "showDetails") == "true",
        "hasRecordCount": True,
        "historicalSnapshotDates": [],
        "id": row.get("Id"),
        "name": row.get("Name"),
        "reportBooleanFilter": text(element, "filter/booleanFilter"),
        "reportFilters": [_filter(item) for item in children(element, "filter/criteriaItems")],
        "reportFormat": form,
        "reportType": {"label": report_type.label, "type": f"{report_type.name}__c"},
        "scope": text(element, "scope") or "organization",
        "showGrandTotal": text(element, "showGrandTotal") != "false",
        "showSubtotals": text(element, "showSubTotals") != "false",
        "sortBy": _sorting(element, details),
        "standardDateFilter": _time_frame(element),
        "standardFilters": None,
    }


def changed(report: Mapping[str, Any], sent: Mapping[str, Any]) -> dict[str, Any]:
    """Return a report's metadata with what a caller sent in its place."""
    return {**report, **{name: sent[name] for name in _CHANGEABLE if name in sent}}


def _groupings(element: Any, report_type: ReportType, side: str) -> list[dict[str, Any]]:
    groupings = []
    for held in children(element, side):
        column = report_type.column(text(held, "field") or "")
        dated = column.field.type in ("date", "datetime")
        groupings.append(
            {
                "dateGranularity": (text(held, "dateGranularity") or "Day") if dated else "None",
                "name": column.name,
                "sortAggregate": None,
                "sortOrder": text(held, "sortOrder") or "Asc",
            }
        )
    return groupings


def _filter(item: Any) -> dict[str, Any]:
    return {
        "column": text(item, "column"),
        "filterType": "fieldValue",
        "isRunPageEditable": text(item, "isUnlocked") == "true",
        "operator": text(item, "operator"),
        "value": text(item, "value") or "",
    }


def _sorting(element: Any, details: Sequence[str]) -> list[dict[str, str]]:
    column = text(element, "sortColumn") or ""
    return [{"sortColumn": column, "sortOrder": text(element, "sortOrder") or "Asc"}] if column in details else []


def _time_frame(element: Any) -> dict[str, Any]:
    interval = text(element, "timeFrameFilter/interval") or "INTERVAL_CUSTOM"
    if interval not in INTERVALS:
        raise Refusal("INVALID_FILTER_VALUE", f"the sandbox serves no time frame {interval}")
    return {
        "column": text(element, "timeFrameFilter/dateColumn"),
        "durationValue": INTERVALS[interval],
        "endDate": text(element, "timeFrameFilter/endDate"),
        "startDate": text(element, "timeFrameFilter/startDate"),
    }
