"""How long and how many: what Salesforce counts before it takes a component.

Source: Salesforce Help, "Create a Custom List View", "Report and Dashboard Limits, Limitations, and Allocations"
(dynamic dashboards: 5 in Enterprise, 10 in Unlimited and Performance, 3 in Developer Edition), "Set Up a Custom Report
Type"; Metadata API Developer Guide, "ListView" (label: 40 characters), "CustomField". The words for what is too long
are the platform's ("Value too long for field: … maximum length is:…").
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .elements import Fault, children

LONGEST: Mapping[tuple[str, str], int] = {
    ("CustomField", "description"): 1000,
    ("CustomField", "inlineHelpText"): 510,
    ("CustomField", "label"): 40,
    ("CustomNotificationType", "masterLabel"): 80,
    ("Dashboard", "description"): 255,
    ("Dashboard", "title"): 80,
    ("DashboardFolder", "name"): 80,
    ("FlexiPage", "masterLabel"): 80,
    ("ListView", "label"): 40,
    ("PermissionSet", "description"): 255,
    ("PermissionSet", "label"): 80,
    ("QuickAction", "label"): 80,
    ("Report", "description"): 255,
    ("Report", "name"): 40,
    ("ReportFolder", "name"): 80,
    ("ReportType", "description"): 255,
    ("ReportType", "label"): 50,
}
MOST: Mapping[tuple[str, str], int] = {
    ("Dashboard", "dashboardGridLayout/dashboardGridComponents"): 20,
    ("ListView", "columns"): 15,
    ("ListView", "filters"): 10,
    ("Report", "groupingsAcross"): 2,
    ("Report", "groupingsDown"): 3,
}
DYNAMIC_DASHBOARDS: Mapping[str, int] = {
    "Developer Edition": 3,
    "Enterprise Edition": 5,
    "Performance Edition": 10,
    "Unlimited Edition": 10,
}


def check_limits(element: Any, kind: str) -> None:
    """Raise Fault where a text of a component is too long, or where it has too many of something."""
    for (owner, name), longest in LONGEST.items():
        for held in children(element, name) if owner == kind else ():
            if len((held.text or "").strip()) > longest:
                problem = f"Value too long for field: {name} maximum length is:{longest}"
                raise Fault(problem, held.sourceline or 1)
    for (owner, name), most in MOST.items():
        held_elements = children(element, name) if owner == kind else []
        if len(held_elements) > most:
            raise Fault(
                f"There are {len(held_elements)} {name}, at most {most} may be", held_elements[-1].sourceline or 1
            )
