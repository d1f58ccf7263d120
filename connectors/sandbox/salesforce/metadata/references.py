"""Which other components a component names: they must be there before it is deployed, and what names them may keep
them from being deleted.

Source: Salesforce, Metadata API Developer Guide, the types of that name; words of refusals as issues of public
repositories quote them: "Could not resolve list view column", "Cannot find folder:…" (amtrack/force-dev-tool#180),
"We couldn't retrieve the design time component information" (trailheadapps/lwc-recipes#5), "No MODULE named markup://…
found", "In field: … - no … named … found". Where nobody quotes Salesforce's, the sandbox says it in its own words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from ..soql.formulas import custom_names
from .elements import children, text
from .list_columns import path_of
from .packages import Component

_SCHEMA = re.compile(r"@salesforce/schema/(\w+(?:\.\w+)+)")
_MODULE = re.compile(r"""(?:from|import)\s*\(?\s*['"]c/(\w+)['"]""")
_TAG = re.compile(r"<c-([a-z0-9-]+)")
_RECORD = re.compile(r"\{!Record\.([\w.]+)\}")
FIELD, BUNDLE = "CustomField", "LightningComponentBundle"


@dataclass(frozen=True)
class Reference:
    """One component that another names. A field, standard or not, is `Object.path.to.Field`; steps lead up or down."""

    kind: str
    name: str
    problem: str  # what Salesforce says where it is not there
    line: int = 1


def references(component: Component) -> Iterator[Reference]:
    """Yield what a component names."""
    read = _READERS.get(component.kind)
    if read is not None and (component.element is not None or component.files):
        yield from read(component)


def report_fields(element: Any) -> Iterator[Any]:
    """Yield the elements of a report that hold a field: of columns, filters, groupings, its time frame."""
    for path in ("columns/field", "filter/criteriaItems/column", "groupingsDown/field", "groupingsAcross/field"):
        yield from (held for held in children(element, path) if "$" in (held.text or ""))
    yield from (held for held in children(element, "timeFrameFilter/dateColumn") if "$" in (held.text or ""))


def named_module(tag: str) -> str:
    """Return the module of a tag in a template: `c-syncd-roles` is `syncdRoles`."""
    first, *rest = tag.split("-")
    return first + "".join(part.capitalize() for part in rest)


def _of_field(component: Component) -> Iterator[Reference]:
    sobject = component.inside or component.full_name.partition(".")[0]
    for name in custom_names(text(component.element, "formula") or ""):
        yield Reference(FIELD, f"{sobject}.{name}", f"Field {name} does not exist. Check spelling.", _line(component))


def _of_list_view(component: Component) -> Iterator[Reference]:
    sobject = component.inside or component.full_name.partition(".")[0]
    columns = [*children(component.element, "columns"), *children(component.element, "filters/field")]
    for column in columns:
        name = (column.text or "").strip()
        path = path_of(sobject, name) or f"?{name}"
        problem = f"Could not resolve list view column: {name}"
        yield Reference(FIELD, f"{sobject}.{path}", problem, column.sourceline or 1)


def _of_action(component: Component) -> Iterator[Reference]:
    sobject = component.full_name.partition(".")[0]
    for item in children(component.element, "quickActionLayout/quickActionLayoutColumns/quickActionLayoutItems/field"):
        name = f"{sobject}.{(item.text or '').strip()}"
        yield Reference(FIELD, name, f"In field: field - no CustomField named {name} found", item.sourceline or 1)


def _of_page(component: Component) -> Iterator[Reference]:
    sobject = text(component.element, "sobjectType") or ""
    for instance in children(component.element, "flexiPageRegions/itemInstances/componentInstance"):
        name = text(instance, "componentName") or ""
        if name.startswith("c:") or ":" not in name:
            problem = f"We couldn't retrieve the design time component information for component {name}."
            yield Reference(BUNDLE, name.removeprefix("c:"), problem, instance.sourceline or 1)
        for action in _actions(instance):
            yield Reference("QuickAction", action, f"The {action} action isn't valid.", instance.sourceline or 1)
    items = children(component.element, "flexiPageRegions/itemInstances/fieldInstance/fieldItem")
    rules = component.element.iterfind(".//{*}visibilityRule/{*}criteria/{*}leftValue")
    paths = [*((item, (item.text or "").removeprefix("Record.")) for item in items)]
    paths += [(rule, match[1]) for rule in rules if (match := _RECORD.fullmatch(rule.text or ""))]
    for element, path in paths:
        problem = f"We couldn't retrieve or load the information on the field: Record.{path}."
        yield Reference(FIELD, f"{sobject}.{path}", problem, element.sourceline or 1)


def _actions(instance: Any) -> Iterator[str]:
    """Yield the custom actions that a component of a page offers, such as the highlights panel's."""
    for kept in children(instance, "componentInstanceProperties"):
        if text(kept, "name") == "actionNames":
            for value in children(kept, "valueList/valueListItems/value"):
                sobject, dot, _ = (value.text or "").partition(".")
                if dot and sobject not in ("Global", "StandardButton"):
                    yield value.text.strip()


def _of_bundle(component: Component) -> Iterator[Reference]:
    for file, content in sorted(component.files.items()):
        code, short = content.decode("utf-8", "replace"), file.rpartition("/")[2]
        for path in dict.fromkeys(_SCHEMA.findall(code)):
            yield Reference(FIELD, path, f"Invalid reference {path} of type sobjectField in file {short}")
        modules = _MODULE.findall(code) if file.endswith(".js") else []
        tags = map(named_module, _TAG.findall(code)) if file.endswith(".html") else ()
        for name in dict.fromkeys([*modules, *tags]):
            problem = f"No MODULE named markup://c:{name} found : [markup://c:{component.full_name}]"
            yield Reference(BUNDLE, name, problem)


def _of_report_type(component: Component) -> Iterator[Reference]:
    for column in children(component.element, "sections/columns"):
        table, field = text(column, "table") or "", text(column, "field") or ""
        problem = f"Could not find field {field} of table {table}"
        yield Reference(FIELD, f"{table}.{field}", problem, column.sourceline or 1)


def _of_report(component: Component) -> Iterator[Reference]:
    folder = component.full_name.rpartition("/")[0]
    yield Reference("ReportFolder", folder, f"Cannot find folder:{folder}", _line(component))
    kind = text(component.element, "reportType") or ""
    if kind.endswith("__c"):
        name = kind.removesuffix("__c")
        problem = f"In field: reportType - no ReportType named {kind} found"
        yield Reference("ReportType", name, problem, _line(component))
        for element in report_fields(component.element):
            path = (element.text or "").strip()
            yield Reference(FIELD, path.replace("$", "."), f"Invalid field: {path}", element.sourceline or 1)


def _of_dashboard(component: Component) -> Iterator[Reference]:
    folder = component.full_name.rpartition("/")[0]
    yield Reference("DashboardFolder", folder, f"Cannot find folder:{folder}", _line(component))
    for report in component.element.iterfind(".//{*}report"):
        name = (report.text or "").strip()
        yield Reference("Report", name, f"In field: report - no Report named {name} found", report.sourceline or 1)


def _of_set(component: Component) -> Iterator[Reference]:
    """What a permission set grants is checked with its rights (`grants`); here is only what it names."""
    for permission in children(component.element, "fieldPermissions/field"):
        yield Reference(FIELD, (permission.text or "").strip(), "")


def _line(component: Component) -> int:
    return int(component.element.sourceline or 1)


_READERS: dict[str, Callable[[Component], Iterator[Reference]]] = {
    "CustomField": _of_field,
    "Dashboard": _of_dashboard,
    "FlexiPage": _of_page,
    "LightningComponentBundle": _of_bundle,
    "ListView": _of_list_view,
    "PermissionSet": _of_set,
    "QuickAction": _of_action,
    "Report": _of_report,
    "ReportType": _of_report_type,
}
