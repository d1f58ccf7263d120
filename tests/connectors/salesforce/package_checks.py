"""What must hold of the package's files before an org sees them, as functions over the files: each yields problems.

The tokens of standard fields are those that Salesforce itself writes into the files of public orgs; their names in
describe are others. Read in November 2026 in trailheadapps/dreamhouse-lwc, hj-xi-lin/salesforce, similarweb/salesforce,
utkarshscs/DEV (list views), amolkulkarni-hue/IRMDev, pandrangi-sf/Prod, MV-Clouds/EstateXpert (report types),
thotaramakrishna3/GILLIG_Dev (reports, dashboards).
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import simple_salesforce
from lxml import etree

from connectors.salesforce.components import NAMESPACE, ROOT

Files = Mapping[str, bytes]  # by their path below the package's root

XSD = "http://www.w3.org/2001/XMLSchema"
ROOTS = (
    *("CustomField", "CustomNotificationType", "CustomObject", "Dashboard", "DashboardFolder", "FlexiPage"),
    *("LightningComponentBundle", "ListView", "Package", "PermissionSet", "QuickAction"),
    *("Report", "ReportFolder", "ReportType"),
)
# The limits of Setup: Salesforce Help, "General Limits"; Object Reference, ListView, Report, Dashboard, FlexiPage.
LIMITS = {
    "CustomField": {"label": 40, "inlineHelpText": 510, "description": 1000},
    "Dashboard": {"title": 80, "description": 255},
    "FlexiPage": {"masterLabel": 80, "description": 255},
    "ListView": {"label": 40},
    "PermissionSet": {"label": 80, "description": 255},
    "QuickAction": {"label": 40, "description": 255},
    "Report": {"name": 40, "description": 255},
    "ReportType": {"label": 50, "description": 255},
}
DEVELOPER_NAME = re.compile(r"[A-Za-z](?:_?[A-Za-z0-9])*")
NAME_LENGTH = 40
LIST_TOKENS = {
    "Contact": {"FULL_NAME", "ACCOUNT.NAME", "CONTACT.TITLE", "CONTACT.PHONE1", "CONTACT.EMAIL"},
    "Lead": {"FULL_NAME", "LEAD.COMPANY", "LEAD.TITLE", "LEAD.PHONE", "LEAD.EMAIL", "LEAD.STATUS", "LEAD.CONVERTED"},
    "Opportunity": {
        *("OPPORTUNITY.NAME", "ACCOUNT.NAME", "OPPORTUNITY.STAGE_NAME", "OPPORTUNITY.AMOUNT", "OPPORTUNITY.CLOSED"),
        *("OPPORTUNITY.PROBABILITY", "OPPORTUNITY.CLOSE_DATE", "OPPORTUNITY.CREATED_DATE"),
    },
    "Task": {"SUBJECT", "WHO_NAME", "WHAT_NAME", "DUE_DATE", "STATUS", "PRIORITY", "IS_CLOSED"},
}
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
STANDARD_COMPONENTS = {
    *("force:highlightsPanel", "force:detailPanel", "force:relatedListContainer", "flexipage:tab", "flexipage:tabset"),
    "runtime_sales_activities:activityPanel",
}


def shipped() -> dict[str, bytes]:
    """Return the package's files that are deployed as metadata, and the descriptions of its components."""
    root = Path(str(ROOT))
    paths = (path for path in root.rglob("*-meta.xml") if "node_modules" not in path.parts)
    return {str(path.relative_to(root)): path.read_bytes() for path in sorted(paths)}


@cache
def schema() -> etree.XMLSchema:
    """The schema inside the metadata WSDL that simple-salesforce ships, with the root elements of metadata files."""
    wsdl = etree.parse(str(Path(simple_salesforce.__file__).parent / "metadata.wsdl"))
    element = wsdl.find(f".//{{{XSD}}}schema")
    element.set("targetNamespace", NAMESPACE)
    for name in ROOTS:
        etree.SubElement(element, f"{{{XSD}}}element", name=name, type=f"tns:{name}")
    return etree.XMLSchema(etree.fromstring(etree.tostring(element)))


def problems(files: Files) -> list[str]:
    """Return what is wrong with the package."""
    broken = [f"{path}: {problem}" for path, content in files.items() if (problem := _invalid(path, content))]
    return broken or [problem for check in CHECKS for problem in check(files)]


@cache
def _invalid(path: str, content: bytes) -> str | None:
    if path.startswith("lwc/"):
        return None  # its targetConfigs are text to the WSDL; the packed file is validated in test_metadata
    try:
        element = etree.fromstring(content)
    except etree.XMLSyntaxError as error:
        return str(error)
    return None if schema().validate(element) else str(schema().error_log.last_error.message)


@cache
def parsed(content: bytes) -> Any:
    """Return a file's root element, without the namespace."""
    root = etree.fromstring(content)
    for element in root.iter(etree.Element):
        element.tag = etree.QName(element).localname
    return root


def _of(files: Files, kind: str) -> Iterator[tuple[str, Any]]:
    for path, content in files.items():
        if (root := parsed(content)).tag == kind:
            yield path, root


def _texts(root: Any, path: str) -> list[str]:
    return [element.text or "" for element in root.findall(path)]


def name_of(path: str) -> str:
    """Return a component's developer name: its file's, without suffixes and the object before it."""
    stem = path.rpartition("/")[2].removesuffix("-meta.xml").rpartition(".")[0]
    return stem.rpartition(".")[2]


def custom_fields(files: Files) -> set[tuple[str, str]]:
    """Return the package's fields by object; one of Activity stands on Task and Event too."""
    own = {(path.split("/")[1], root.findtext("fullName")) for path, root in _of(files, "CustomField")}
    return own | {(owner, name) for table, name in own if table == "Activity" for owner in ("Task", "Event")}


def grants(files: Files, name: str) -> dict[str, bool]:
    """Return a permission set's fields, and whether they may be edited."""
    root = parsed(files[f"permissionsets/{name}.permissionset-meta.xml"])
    return {one.findtext("field"): one.findtext("editable") == "true" for one in root.findall("fieldPermissions")}


def _check_lengths(files: Files) -> Iterator[str]:
    for kind, limits in LIMITS.items():
        for path, root in _of(files, kind):
            for tag, limit in limits.items():
                text = root.findtext(tag)
                if not text and tag not in ("description", "inlineHelpText"):
                    yield f"{path}: no {tag}"
                if len(text or "") > limit:
                    yield f"{path}: {tag} has more than {limit} characters"


def _check_told(files: Files) -> Iterator[str]:
    for kind in ("CustomField", "Dashboard", "FlexiPage", "PermissionSet", "QuickAction", "Report", "ReportType"):
        yield from (f"{path}: no description" for path, root in _of(files, kind) if not root.findtext("description"))


def _check_names(files: Files) -> Iterator[str]:
    for path, content in files.items():
        name, root = name_of(path), parsed(content)
        if not DEVELOPER_NAME.fullmatch(name.removesuffix("__c")) or len(name.removesuffix("__c")) > NAME_LENGTH:
            yield f"{path}: {name} is no developer name"
        if root.findtext("fullName") not in (None, name):
            yield f"{path}: its fullName is another name"
    for path, count in Counter(path.lower() for path in files).items():
        if count > 1:
            yield f"{path}: two files of this name"
    labels: Counter[tuple[str, str | None]] = Counter()
    for kind, tag in (("ListView", "label"), ("Report", "name"), ("ReportType", "label"), ("FlexiPage", "masterLabel")):
        labels.update((path.rpartition("/")[0], root.findtext(tag)) for path, root in _of(files, kind))
    yield from (f"{folder}: two are labelled {label}" for (folder, label), count in labels.items() if count > 1)


def _check_grants(files: Files) -> Iterator[str]:
    own = custom_fields(files)
    for path, root in _of(files, "PermissionSet"):
        for field in _texts(root, "fieldPermissions/field"):
            owner, _, name = field.partition(".")
            if name.startswith("Syncd_") and (owner, name) not in own:
                yield f"{path}: grants {field}, which is not there"


class Shown:
    """The fields of ours that something shows: they are there, and sales may read or edit them."""

    def __init__(self, files: Files) -> None:
        self.fields = custom_fields(files)
        self.grants = grants(files, "Syncd_Sales")

    def problems(self, path: str, owner: str, name: str, editable: bool = False) -> Iterator[str]:
        """Yield what is wrong with one."""
        if (owner, name) not in self.fields:
            yield f"{path}: {owner}.{name} is not there"
        granted = self.grants.get(f"{'Task' if owner == 'Activity' else owner}.{name}")
        if granted is None:
            yield f"{path}: sales may not read {owner}.{name}"
        elif editable and not granted:
            yield f"{path}: sales may not edit {owner}.{name}"


def _check_actions(files: Files) -> Iterator[str]:
    shown = Shown(files)
    for path, root in _of(files, "QuickAction"):
        owner = path.rpartition("/")[2].partition(".")[0]
        if root.findtext("type") != "Update":
            yield f"{path}: is no Update action"
        for name in _texts(root, ".//quickActionLayoutItems/field"):
            yield from shown.problems(path, owner, name, editable=True)


def _check_views(files: Files) -> Iterator[str]:
    shown = Shown(files)
    for path, root in _of(files, "ListView"):
        owner = path.split("/")[1]
        if root.find("booleanFilter") is not None:
            yield f"{path}: filter logic: the list could not be edited inline"
        columns, filters = _texts(root, "columns"), _texts(root, "filters/field")
        if len(columns) > 15 or len(filters) > 10 or len(set(columns)) < len(columns):
            yield f"{path}: too many columns or filters, or one twice"
        for token in (*columns, *filters):
            if token.startswith("Syncd_"):
                yield from shown.problems(path, owner, token)
            elif token not in LIST_TOKENS.get(owner, ()):
                yield f"{path}: {token} is no token of {owner} that we know"
        if "Verdict" in path and not {"Syncd_Verdict__c", "Syncd_Verdict_Reason__c"} <= set(columns):
            yield f"{path}: waits for a verdict and has no column for it"


def _check_report_types(files: Files) -> Iterator[str]:
    shown = Shown(files)
    for path, root in _of(files, "ReportType"):
        base = root.findtext("baseObject")
        tables = {base} | {f"{base}.{relation}" for relation in _texts(root, "join/relationship")}
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
    return [*_texts(root, "groupingsDown/field"), *_texts(root, "groupingsAcross/field")]


def _summed(root: Any) -> set[str]:
    columns = root.findall("columns")
    return {"RowCount"} | {one.findtext("field") for one in columns if one.find("aggregateTypes") is not None}


def _check_reports(files: Files) -> Iterator[str]:
    for path, root in _of(files, "Report"):
        known = _columns(files, root.findtext("reportType"))
        if known is None:
            yield f"{path}: there is no report type {root.findtext('reportType')}"
            continue
        columns, groupings = _texts(root, "columns/field"), _groupings(root)
        used = [*columns, *groupings, *_texts(root, "filter/criteriaItems/column")]
        used += _texts(root, "timeFrameFilter/dateColumn") + _texts(root, "sortColumn")
        yield from (f"{path}: {name} is no column of its report type" for name in used if name not in known)
        yield from (f"{path}: {name} is a grouping and a column" for name in {*columns} & {*groupings})
        if (root.findtext("format") == "Matrix") != (root.find("groupingsAcross") is not None):
            yield f"{path}: a matrix groups across, and nothing else does"
        charted = [*_texts(root, "chart/groupingColumn"), *_texts(root, "chart/secondaryGroupingColumn")]
        yield from (f"{path}: the chart groups by {name}, the report does not" for name in {*charted} - {*groupings})
        sums = {*_texts(root, "chart/chartSummaries/column")} - _summed(root)
        yield from (f"{path}: the chart adds up {name}, the report does not" for name in sums)


def _check_folders(files: Files) -> Iterator[str]:
    for above, folder in (("reports", "reportFolder"), ("dashboards", "dashboardFolder")):
        for inside in {path.split("/")[1] for path in files if path.startswith(f"{above}/") and path.count("/") == 2}:
            if f"{above}/{inside}.{folder}-meta.xml" not in files:
                yield f"{above}/{inside}: the folder has no file"


def _check_dashboards(files: Files) -> Iterator[str]:
    for path, root in _of(files, "Dashboard"):
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
            groupings = {*_texts(cell, "dashboardComponent/groupingColumn")} - {*_groupings(parsed(content))}
            yield from (f"{path}: groups by {name}, the report does not" for name in groupings)
            sums = {*_texts(cell, "dashboardComponent/chartSummary/column")} - _summed(parsed(content))
            yield from (f"{path}: adds up {name}, the report does not" for name in sums)
        if any(count > 1 or x >= width for (x, _), count in taken.items()):
            yield f"{path}: components lie over each other or beyond the grid"


def _check_pages(files: Files) -> Iterator[str]:
    for path, root in _of(files, "FlexiPage"):
        regions = _texts(root, "flexiPageRegions/name")
        for instance in root.iter("componentInstance"):
            component = instance.findtext("componentName")
            if component not in STANDARD_COMPONENTS:
                yield from _check_bundle(files, path, component, root.findtext("sobjectType"))
            for setting in instance.findall("componentInstanceProperties"):
                if setting.findtext("name") in ("tabs", "body") and setting.findtext("value") not in regions:
                    yield f"{path}: there is no region {setting.findtext('value')}"
        for name, count in Counter([*regions, *_texts(root, ".//identifier")]).items():
            if count > 1:
                yield f"{path}: two are called {name}"


def _check_bundle(files: Files, path: str, name: str, sobject: str) -> Iterator[str]:
    content = files.get(f"lwc/{name}/{name}.js-meta.xml")
    if content is None:
        yield f"{path}: there is no component {name}"
        return
    root = parsed(content)
    if root.findtext("isExposed") != "true" or "lightning__RecordPage" not in _texts(root, "targets/target"):
        yield f"{path}: {name} is not for record pages"
    if sobject not in _texts(root, ".//targetConfig/objects/object"):
        yield f"{path}: {name} is not for {sobject}"
    if {one.get("type") for one in root.iter("supportedFormFactor")} != {"Large", "Small"}:
        yield f"{path}: {name} is not for desktop and phone"


CHECKS = (
    *(_check_lengths, _check_told, _check_names, _check_grants, _check_actions, _check_views, _check_report_types),
    *(_check_reports, _check_folders, _check_dashboards, _check_pages),
)
