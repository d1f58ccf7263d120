"""What Salesforce checks of report types, reports and dashboards.

Source: Salesforce, Metadata API Developer Guide, "ReportType", "Report", "Dashboard"; Salesforce Help, "Create Dynamic
Dashboards". That what they name is there is checked by `references`; refusals here are in the sandbox's own words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from ..org import Org
from .coming import Coming
from .elements import Fault, children, text
from .limits import DYNAMIC_DASHBOARDS
from .packages import Component
from .references import report_fields
from .screens import check_logic

_GROUPINGS = {"Tabular": (False, False), "Summary": (True, False), "Matrix": (True, True)}
_UNGROUPED = frozenset({"Gauge", "Metric", "FlexTable", "Table"})
_SUMMED = frozenset({"int", "double", "currency", "percent"})
_DYNAMIC = frozenset({"LoggedInUser", "MyTeamUser"})


def check_report_type(plan: Coming, component: Component) -> None:
    """Raise Fault where a report type's objects are not there."""
    element = component.element
    base, line = text(element, "baseObject") or "", element.sourceline or 1
    if plan.sobject(base) is None:
        raise Fault(f"In field: baseObject - no CustomObject named {base} found", line)
    steps = [base]
    for join in _joins(element):
        steps.append(text(join, "relationship") or "")
        if plan.owner(steps) is None:
            raise Fault(f"In field: relationship - no relationship {steps[-1]} of {base} found", join.sourceline or 1)


def _joins(element: Any) -> Iterator[Any]:
    for join in children(element, "join"):
        yield join
        yield from _joins(join)


def check_report(plan: Coming, component: Component) -> None:
    """Raise Fault where a report names what its type does not offer, or has other groupings than its form."""
    element = component.element
    line = element.sourceline or 1
    form = text(element, "format") or ""
    groupings = [children(element, name) for name in ("groupingsDown", "groupingsAcross")]
    if form in _GROUPINGS and tuple(map(bool, groupings)) != _GROUPINGS[form]:
        raise Fault(f"A report of the format {form} has other groupings", line)
    known = plan.component("ReportType", (text(element, "reportType") or "").removesuffix("__c"))
    if known is not None:
        offered = {f"{text(one, 'table')}${text(one, 'field')}" for one in children(known.element, "sections/columns")}
        for held in report_fields(element):
            if (held.text or "").strip() not in offered:
                raise Fault(f"Invalid field: {held.text}", held.sourceline or 1)
    for column in children(element, "columns"):
        resolved = plan.resolve((text(column, "field") or "").replace("$", "."))
        if children(column, "aggregateTypes") and resolved is not None and resolved[1].type not in _SUMMED:
            raise Fault(f"Field {text(column, 'field')} cannot be summarized", column.sourceline or 1)
    items = children(element, "filter/criteriaItems")
    check_logic(text(element, "filter/booleanFilter"), len(items), line)


def check_dashboard(plan: Coming, component: Component) -> None:
    """Raise Fault where a dashboard's viewer is nobody, one too many runs as the viewer, or a chart has no groups."""
    element = component.element
    line = element.sourceline or 1
    kind, runner = text(element, "dashboardType"), text(element, "runningUser")
    users = plan.org.tables["User"]
    if runner is not None and not any(
        users.rows[user_id].get("IsActive") for user_id in users.matching("Username", runner)
    ):
        raise Fault(f"In field: runningUser - no User named {runner} found", line)
    others = (
        other
        for other in plan.standing("Dashboard")
        if other.full_name != component.full_name and other.element is not None
    )
    if kind in _DYNAMIC and sum(text(other.element, "dashboardType") in _DYNAMIC for other in others) >= most(plan.org):
        raise Fault(f"You have reached the limit of {most(plan.org)} dynamic dashboards of your organization", line)
    for part in element.iterfind(".//{*}dashboardComponent"):
        report = plan.component("Report", text(part, "report") or "")
        if report is None:
            continue
        groups = {
            text(held, "field")
            for name in ("groupingsDown", "groupingsAcross")
            for held in children(report.element, name)
        }
        if not groups and text(part, "componentType") not in _UNGROUPED:
            raise Fault(f"The report {report.full_name} has no groups for a chart", part.sourceline or 1)
        for held in children(part, "groupingColumn"):
            if (held.text or "").strip() not in groups:
                raise Fault(f"Invalid groupingColumn: {held.text}", held.sourceline or 1)


def most(org: Org) -> int:
    """Return how many dashboards of the org may run as their viewer, by its edition or its settings."""
    if org.settings.dynamic_dashboards is not None:
        return org.settings.dynamic_dashboards
    edition = next(iter(org.tables["Organization"].rows.values()), {}).get("OrganizationType")
    return DYNAMIC_DASHBOARDS.get(str(edition), 0)


CHECKS: dict[str, Callable[[Coming, Component], None]] = {
    "Dashboard": check_dashboard,
    "Report": check_report,
    "ReportType": check_report_type,
}
