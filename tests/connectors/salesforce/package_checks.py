"""What must hold of the package's files before an org sees them, as functions over the files: each yields problems.

The tokens of standard fields are those that Salesforce itself writes into the files of public orgs; their names in
describe are others. Read in November 2026 in trailheadapps/dreamhouse-lwc, hj-xi-lin/salesforce, similarweb/salesforce,
utkarshscs/DEV (list views). Those of reports stand in `report_checks`.
"""

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache

from lxml import etree

from tests.connectors.salesforce.package_files import (
    Files,
    Shown,
    custom_fields,
    name_of,
    of,
    parsed,
    schema,
    texts,
)
from tests.connectors.salesforce.report_checks import REPORT_CHECKS

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
STANDARD_COMPONENTS = {
    *("force:highlightsPanel", "force:detailPanel", "force:relatedListContainer", "flexipage:tab", "flexipage:tabset"),
    "runtime_sales_activities:activityPanel",
}


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


def _check_lengths(files: Files) -> Iterator[str]:
    for kind, limits in LIMITS.items():
        for path, root in of(files, kind):
            for tag, limit in limits.items():
                text = root.findtext(tag)
                if not text and tag not in ("description", "inlineHelpText"):
                    yield f"{path}: no {tag}"
                if len(text or "") > limit:
                    yield f"{path}: {tag} has more than {limit} characters"


def _check_told(files: Files) -> Iterator[str]:
    for kind in ("CustomField", "Dashboard", "FlexiPage", "PermissionSet", "QuickAction", "Report", "ReportType"):
        yield from (f"{path}: no description" for path, root in of(files, kind) if not root.findtext("description"))


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
        labels.update((path.rpartition("/")[0], root.findtext(tag)) for path, root in of(files, kind))
    yield from (f"{folder}: two are labelled {label}" for (folder, label), count in labels.items() if count > 1)


def _check_grants(files: Files) -> Iterator[str]:
    own = custom_fields(files)
    for path, root in of(files, "PermissionSet"):
        for field in texts(root, "fieldPermissions/field"):
            owner, _, name = field.partition(".")
            if name.startswith("Syncd_") and (owner, name) not in own:
                yield f"{path}: grants {field}, which is not there"


def _check_actions(files: Files) -> Iterator[str]:
    shown = Shown(files)
    for path, root in of(files, "QuickAction"):
        owner = path.rpartition("/")[2].partition(".")[0]
        if root.findtext("type") != "Update":
            yield f"{path}: is no Update action"
        for name in texts(root, ".//quickActionLayoutItems/field"):
            yield from shown.problems(path, owner, name, editable=True)


def _check_views(files: Files) -> Iterator[str]:
    shown = Shown(files)
    for path, root in of(files, "ListView"):
        owner = path.split("/")[1]
        if root.find("booleanFilter") is not None:
            yield f"{path}: filter logic: the list could not be edited inline"
        columns, filters = texts(root, "columns"), texts(root, "filters/field")
        if len(columns) > 15 or len(filters) > 10 or len(set(columns)) < len(columns):
            yield f"{path}: too many columns or filters, or one twice"
        for token in (*columns, *filters):
            if token.startswith("Syncd_"):
                yield from shown.problems(path, owner, token)
            elif token not in LIST_TOKENS.get(owner, ()):
                yield f"{path}: {token} is no token of {owner} that we know"
        if "Verdict" in path and not {"Syncd_Verdict__c", "Syncd_Verdict_Reason__c"} <= set(columns):
            yield f"{path}: waits for a verdict and has no column for it"


def _check_pages(files: Files) -> Iterator[str]:
    for path, root in of(files, "FlexiPage"):
        regions = texts(root, "flexiPageRegions/name")
        for instance in root.iter("componentInstance"):
            component = instance.findtext("componentName")
            if component not in STANDARD_COMPONENTS:
                yield from _check_bundle(files, path, component, root.findtext("sobjectType"))
            for setting in instance.findall("componentInstanceProperties"):
                if setting.findtext("name") in ("tabs", "body") and setting.findtext("value") not in regions:
                    yield f"{path}: there is no region {setting.findtext('value')}"
        for name, count in Counter([*regions, *texts(root, ".//identifier")]).items():
            if count > 1:
                yield f"{path}: two are called {name}"


def _check_bundle(files: Files, path: str, name: str, sobject: str) -> Iterator[str]:
    content = files.get(f"lwc/{name}/{name}.js-meta.xml")
    if content is None:
        yield f"{path}: there is no component {name}"
        return
    root = parsed(content)
    if root.findtext("isExposed") != "true" or "lightning__RecordPage" not in texts(root, "targets/target"):
        yield f"{path}: {name} is not for record pages"
    if sobject not in texts(root, ".//targetConfig/objects/object"):
        yield f"{path}: {name} is not for {sobject}"
    if {one.get("type") for one in root.iter("supportedFormFactor")} != {"Large", "Small"}:
        yield f"{path}: {name} is not for desktop and phone"


CHECKS = (
    *(_check_lengths, _check_told, _check_names, _check_grants, _check_actions, _check_views),
    *REPORT_CHECKS,
    _check_pages,
)
