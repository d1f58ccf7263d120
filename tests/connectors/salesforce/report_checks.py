"""What must hold of report types, reports, folders and dashboards before an org sees them: each check yields problems.

The columns are those that Salesforce itself writes into the files of public orgs. Read in November 2026 in
amolkulkarni-hue/IRMDev, pandrangi-sf/Prod, MV-Clouds/EstateXpert (report types), thotaramakrishna3/GILLIG_Dev (reports,
dashboards).
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from tests.connectors.salesforce.package_files import Files, Shown, of, parsed, texts

PERSON = {"Name", "Title", "Phone", "Email"}
# table of a report type → the object whose custom fields stand there, the standard fields
TABLES: Mapping[str, tuple[str, set[str]]] = {
    "Opportunity": (
        "Opportunity",
        {
            *("Name", "Account", "Owner", "StageName", "Amount", "Probability", "ExpectedRevenue", "CloseDate"),
            *("CreatedDate", "IsClosed", "IsWon", "NextStep", "Campaign", "LastActivityDate"),
        },
    ),
    "Opportunity.OpportunityContactRoles": ("Contact", {*PERSON, "Role"}),  # the contact's own fields, and the role
    "Contact": ("Contact", {*PERSON, "Account", "Owner", "LeadSource", "CreatedDate", "LastActivityDate"}),
    "Contact.Activities": (
        "Activity",
        {"Subject", "ActivityDate", "Status", "Priority", "Owner", "IsClosed", "CreatedDate"},
    ),
    "Lead": ("Lead", {*PERSON, "Company", "Owner", "Status", "LeadSource", "IsConverted", "CreatedDate"}),
    "Campaign": ("Campaign", {"Name", "Type", "Status", "StartDate", "EndDate", "Owner", "Parent"}),
    "Campaign.CampaignMembers": (
        "CampaignMember",
        {"Name", "Contact", "Lead", "Title", "Status", "HasResponded", "FirstRespondedDate", "CreatedDate"},
    ),
}


def _check_report_types(files: Files) -> Iterator[str]:
    shown = Shown(files)
    for path, root in of(files, "ReportType"):
        base = root.findtext("baseObject")
        tables = {base} | {f"{base}.{relation}" for relation in texts(root, "join/relationship")}
        for column in root.findall("sections/columns"):
            table, name = column.findtext("table"), column.findtext("field")
            if table not in tables or table not in TABLES:
                yield f"{path}: {table} is not joined"
            elif name.startswith("Syncd_"):
                yield from shown.problems(path, TABLES[table][0], name)
            elif name not in TABLES[table][1]:
                yield f"{path}: {name} is no field of {table} that we know"


def _columns(files: Files, name: str) -> set[str] | None:
    """Return the columns that reports on a type may use, None where there is no such type."""
    content = files.get(f"reportTypes/{name.removesuffix('__c')}.reportType-meta.xml")
    if content is None or not name.endswith("__c"):
        return None
    columns = parsed(content).findall("sections/columns")
    return {f"{column.findtext('table')}${column.findtext('field')}" for column in columns}


def _groupings(root: Any) -> list[str]:
    return [*texts(root, "groupingsDown/field"), *texts(root, "groupingsAcross/field")]


def _summed(root: Any) -> set[str]:
    columns = root.findall("columns")
    return {"RowCount"} | {one.findtext("field") for one in columns if one.find("aggregateTypes") is not None}


def _check_reports(files: Files) -> Iterator[str]:
    for path, root in of(files, "Report"):
        known = _columns(files, root.findtext("reportType"))
        if known is None:
            yield f"{path}: there is no report type {root.findtext('reportType')}"
            continue
        columns, groupings = texts(root, "columns/field"), _groupings(root)
        used = [*columns, *groupings, *texts(root, "filter/criteriaItems/column")]
        used += texts(root, "timeFrameFilter/dateColumn") + texts(root, "sortColumn")
        yield from (f"{path}: {name} is no column of its report type" for name in used if name not in known)
        yield from (f"{path}: {name} is a grouping and a column" for name in {*columns} & {*groupings})
        if (root.findtext("format") == "Matrix") != (root.find("groupingsAcross") is not None):
            yield f"{path}: a matrix groups across, and nothing else does"
        charted = [*texts(root, "chart/groupingColumn"), *texts(root, "chart/secondaryGroupingColumn")]
        yield from (f"{path}: the chart groups by {name}, the report does not" for name in {*charted} - {*groupings})
        sums = {*texts(root, "chart/chartSummaries/column")} - _summed(root)
        yield from (f"{path}: the chart adds up {name}, the report does not" for name in sums)


def _check_folders(files: Files) -> Iterator[str]:
    for above, folder in (("reports", "reportFolder"), ("dashboards", "dashboardFolder")):
        for inside in {path.split("/")[1] for path in files if path.startswith(f"{above}/") and path.count("/") == 2}:
            if f"{above}/{inside}.{folder}-meta.xml" not in files:
                yield f"{above}/{inside}: the folder has no file"


def _check_dashboards(files: Files) -> Iterator[str]:
    for path, root in of(files, "Dashboard"):
        if root.findtext("dashboardType") == "LoggedInUser" and root.find("runningUser") is not None:
            yield f"{path}: runs as the viewer and names a user"
        width, taken = int(root.findtext("dashboardGridLayout/numberOfColumns")), Counter[tuple[int, int]]()
        for cell in root.findall("dashboardGridLayout/dashboardGridComponents"):
            col, row, wide, high = (
                int(cell.findtext(tag)) for tag in ("columnIndex", "rowIndex", "colSpan", "rowSpan")
            )
            taken.update((x, y) for x in range(col, col + wide) for y in range(row, row + high))
            report = cell.findtext("dashboardComponent/report")
            content = files.get(f"reports/{report}.report-meta.xml")
            if content is None:
                yield f"{path}: there is no report {report}"
                continue
            groupings = {*texts(cell, "dashboardComponent/groupingColumn")} - {*_groupings(parsed(content))}
            yield from (f"{path}: groups by {name}, the report does not" for name in groupings)
            sums = {*texts(cell, "dashboardComponent/chartSummary/column")} - _summed(parsed(content))
            yield from (f"{path}: adds up {name}, the report does not" for name in sums)
        if any(count > 1 or x >= width for (x, _), count in taken.items()):
            yield f"{path}: components lie over each other or beyond the grid"


REPORT_CHECKS = (_check_report_types, _check_reports, _check_folders, _check_dashboards)
