"""Custom notification types: a deployed one is a row that can be asked for, by the Tooling API as well.

Source: Salesforce, Metadata API Developer Guide and Object Reference, "CustomNotificationType".
"""

from __future__ import annotations

from ..org import Org
from ..table import Row
from .elements import text
from .packages import Component

TABLE = "CustomNotificationType"


def put(org: Org, component: Component) -> None:
    """Let a deployed type stand in the org, under the id that it has there already."""
    table, name = org.tables[TABLE], component.full_name
    known = table.matching("DeveloperName", name)
    row: Row = {
        "Id": known[0] if known else org.mint.next("0ML"),
        "CustomNotifTypeName": text(component.element, "customNotifTypeName"),
        "DeveloperName": name,
        "MasterLabel": text(component.element, "masterLabel"),
        "Description": text(component.element, "description"),
        "Desktop": text(component.element, "desktop") == "true",
        "Mobile": text(component.element, "mobile") == "true",
        "SystemModstamp": org.stamp(),
    }
    table.put(row)


def remove(org: Org, name: str) -> None:
    """Take a type out of the org."""
    for record_id in org.tables[TABLE].matching("DeveloperName", name):
        org.tables[TABLE].purge(record_id)
