"""The table of all that the package adds, in its README, derived from its files: `python -m tests.package_table`."""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from connectors.salesforce.components import NAMESPACE, ROOT, Component, shipped

README = Path(str(ROOT)).parents[2] / "README.md"
START, END = "<!-- Derived from the files: `python -m tests.package_table` writes it. -->\n", "<!-- end -->\n"
# type → what it is called here, in the order of the table
KINDS = {
    "CustomField": "fields",
    "QuickAction": "quick actions",
    "ListView": "list views",
    "ReportType": "report types",
    "Report": "reports, and their folder",
    "Dashboard": "dashboard, and its folder",
    "LightningComponentBundle": "Lightning components",
    "FlexiPage": "pages to clone",
    "CustomNotificationType": "notification types",
    "PermissionSet": "permission sets",
}


def table() -> str:
    """The table, one row a type; fields and list views have one row an object."""
    rows: dict[tuple[str, str], list[str]] = defaultdict(list)
    for component in shipped():
        owner, _, name = component.name.full.rpartition(".") if component.tag else ("", "", component.name.full)
        if _shown(component):
            rows[component.name.kind, owner].append(name)
    lines = ["| what | on | names |", "|---|---|---|"]
    for kind in [*KINDS, *sorted({kind for kind, _ in rows} - KINDS.keys())]:
        lines += _lines(
            KINDS.get(kind, kind), sorted((owner, names) for (of, owner), names in rows.items() if of == kind)
        )
    return "\n".join(lines) + "\n"


def _lines(called: str, rows: list[tuple[str, list[str]]]) -> Iterator[str]:
    for owner, names in rows:
        shown = "Activity (shows on Task and Event)" if owner == "Activity" else owner
        yield f"| {called} | {shown} | {', '.join(f'`{name}`' for name in sorted(names))} |"


def _shown(component: Component) -> bool:
    """False for a component that only another one uses."""
    if component.name.kind != "LightningComponentBundle":
        return True
    return etree.fromstring(component.content).findtext(f"{{{NAMESPACE}}}isExposed") == "true"


def readme() -> str:
    """The README with the table as it should be."""
    text = README.read_text(encoding="utf-8")
    before, _, rest = text.partition(START)
    return f"{before}{START}{table()}{END}{rest.partition(END)[2]}"


if __name__ == "__main__":
    README.write_text(readme(), encoding="utf-8")
