"""The records by which list views, reports, dashboards and their folders are found: each has an id of its own.

Source: Salesforce, Object Reference, "ListView", "Report", "Dashboard", "Folder".
"""

from __future__ import annotations

from typing import Any

from ..org import Org
from .elements import text
from .packages import Component

TABLES = {"Dashboard": "Dashboard", "ListView": "ListView", "Report": "Report"} | dict.fromkeys(
    ("DashboardFolder", "ReportFolder"), "Folder"
)


def put_row(org: Org, component: Component) -> None:
    """Write the record of a component that was deployed; it keeps its id."""
    table = TABLES.get(component.kind)
    if table is None or component.element is None:
        return
    stamp, sobject = org.stamp(), org.schema.objects[table]
    known = row_of(org, component.kind, component.full_name)
    row = {
        "CreatedDate": stamp,
        "CreatedById": org.settings.administrator,
        **(known or {}),
        "Id": known["Id"] if known else org.mint.next(sobject.prefix),
        "DeveloperName": component.full_name.rpartition(".")[2].rpartition("/")[2],
        "FullName": component.full_name,
        "Kind": component.kind,
        **_own(org, component),
        **dict.fromkeys(("LastModifiedDate", "SystemModstamp"), stamp),
        "LastModifiedById": org.settings.administrator,
    }
    org.tables[table].put(row)


def _own(org: Org, component: Component) -> dict[str, Any]:
    folder, element = component.full_name.rpartition("/")[0], component.element
    match component.kind:
        case "ListView":
            return {"Name": text(element, "label"), "SobjectType": component.full_name.partition(".")[0]}
        case "Report":
            above = row_of(org, "ReportFolder", folder) or {}
            form = text(element, "format")
            return {
                "Name": text(element, "name"),
                "Format": form,
                "FolderName": above.get("Name"),
                "OwnerId": above.get("Id"),
            }
        case "Dashboard":
            above = row_of(org, "DashboardFolder", folder) or {}
            own = {"FolderId": above.get("Id"), "FolderName": above.get("Name"), "Type": text(element, "dashboardType")}
            return {"Title": text(element, "title"), **own}
    return {"Name": text(element, "name"), "Type": component.kind.removesuffix("Folder")}


def row_of(org: Org, kind: str, name: str) -> dict[str, Any] | None:
    """Return the record of a component, None where it has none."""
    table = org.tables[TABLES[kind]]
    return next((row for found in table.matching("FullName", name) if (row := table.rows[found])["Kind"] == kind), None)


def component_of(org: Org, kind: str, record_id: str) -> Component | None:
    """Return the component of a record."""
    row = org.row(record_id)
    return org.components.get((kind, row["FullName"])) if row and row.get("Kind") == kind else None


def drop_row(org: Org, kind: str, name: str) -> None:
    """Take the record of a component away with it."""
    row = row_of(org, kind, name) if kind in TABLES else None
    if row is not None:
        org.tables[TABLES[kind]].purge(row["Id"])
