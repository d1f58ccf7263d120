"""Parts that people see: what Salesforce refuses of them, and what keeps one from being deleted."""

from collections.abc import Mapping

import pytest

from tests.connectors.sandbox.salesforce.orgs import NAMESPACE, Api, field, object_file, package

KINDS = {
    "flexipages": "FlexiPage", "lwc": "LightningComponentBundle", "quickActions": "QuickAction", "reports": "Report",
    "dashboards": "Dashboard", "reportTypes": "ReportType", "objects": "CustomObject",
}  # fmt: skip
HEAD = f'xmlns="{NAMESPACE}"'
LIST = (
    "<listViews><fullName>Mine</fullName><columns>NAME</columns><columns>{}</columns>"
    "<filterScope>Everything</filterScope><label>Mine</label></listViews>"
)
ACTION = (
    f"<QuickAction {HEAD}><label>Say</label><optionsCreateFeedItem>false</optionsCreateFeedItem><quickActionLayout>"
    "<layoutSectionStyle>TwoColumnsLeftToRight</layoutSectionStyle><quickActionLayoutColumns><quickActionLayoutItems>"
    "<emptySpace>false</emptySpace><field>{}</field><uiBehavior>Edit</uiBehavior></quickActionLayoutItems>"
    "</quickActionLayoutColumns></quickActionLayout><type>Update</type></QuickAction>"
)
PAGE = (
    f"<FlexiPage {HEAD}><flexiPageRegions><itemInstances><componentInstance><componentName>c:{{}}</componentName>"
    "<identifier>one</identifier></componentInstance></itemInstances><name>main</name><type>Region</type>"
    "</flexiPageRegions><masterLabel>Page</masterLabel><sobjectType>Contact</sobjectType>"
    "<template><name>flexipage:recordHomeTemplateDesktop</name></template><type>RecordPage</type></FlexiPage>"
)
TILE = (
    f"<LightningComponentBundle {HEAD}><isExposed>true</isExposed><targets><target>lightning__RecordPage</target>"
    "</targets></LightningComponentBundle>"
)
KEY = object_file(field("Key__c", "Text", length="20"))
FOLDER = f"<ReportFolder {HEAD}><name>Ours</name></ReportFolder>"
REPORT = f"<Report {HEAD}><format>Tabular</format><name>{{}}</name><reportType>Opportunity</reportType></Report>"


def deploy(api: Api, files: Mapping[str, str]) -> list[str | None]:
    """Deploy the files, all listed, and return the problems."""
    listed: dict[str, list[str]] = {}
    for kind in {KINDS[name.partition("/")[0]] for name in files}:
        listed[kind] = ["*"]
    made = api.simulator.deployments.start(
        package(files, listed), "005000000000001AAA", check_only=False, rollback=True
    )
    return [failure.problem for failure in api.simulator.deployments.look(made.id).failures]


def remove(api: Api, kind: str, *names: str) -> list[str | None]:
    members = "".join(f"<members>{name}</members>" for name in names)
    listed = f"<Package {HEAD}><types>{members}<name>{kind}</name></types></Package>"
    empty = f"<Package {HEAD}><version>59.0</version></Package>"
    content = package({"package.xml": empty, "destructiveChanges.xml": listed})
    made = api.simulator.deployments.start(content, "005000000000001AAA", check_only=False, rollback=True)
    return [message.problem for message in made.messages]


REFUSED = {
    "a list view of a field that is not there": (
        {"objects/Contact.object": object_file(LIST.format("Nope__c"))},
        "Could not resolve list view column: Nope__c",
    ),
    "a list view of a standard field by its API name": (
        {"objects/Contact.object": object_file(LIST.format("Title"))},
        "Could not resolve list view column: Title",
    ),
    "an action with a field that is not there": (
        {"quickActions/Contact.Say.quickAction": ACTION.format("Nope__c")},
        "In field: field - no CustomField named Contact.Nope__c found",
    ),
    "an action that would write what nobody writes": (
        {"quickActions/Contact.Say.quickAction": ACTION.format("CreatedDate")},
        "Field Contact.CreatedDate is not editable",
    ),
    "a page with a component that is not there": (
        {"flexipages/P.flexipage": PAGE.format("nope")},
        "We couldn't retrieve the design time component information for component c:nope.",
    ),
    "a component with a child that is not there": (
        {"lwc/tile/tile.html": "<template><c-no-such/></template>", "lwc/tile/tile.js-meta.xml": TILE},
        "No MODULE named markup://c:noSuch found : [markup://c:tile]",
    ),
    "a component that reads a field that is not there": (
        {"lwc/tile/tile.js": "import A from '@salesforce/schema/Contact.Nope__c'", "lwc/tile/tile.js-meta.xml": TILE},
        "Invalid reference Contact.Nope__c of type sobjectField in file tile.js",
    ),
    "a report in a folder that is not there": (
        {"reports/Ours/R.report": REPORT.format("R")},
        "Cannot find folder:Ours",
    ),
    "a report whose name is too long": (
        {"reports/Ours-meta.xml": FOLDER, "reports/Ours/R.report": REPORT.format("R" * 41)},
        "Value too long for field: name maximum length is:40",
    ),
}  # fmt: skip


@pytest.mark.parametrize("files, problem", REFUSED.values(), ids=REFUSED)
def test_what_salesforce_refuses(api: Api, files: Mapping[str, str], problem: str) -> None:
    assert deploy(api, files) == [problem]
    assert not api.org.components


def test_a_package_may_bring_what_it_names(api: Api) -> None:
    files = {
        "objects/Contact.object": KEY.replace("</CustomObject>", LIST.format("Key__c") + "</CustomObject>").replace(
            "<columns>NAME</columns>", "<columns>FULL_NAME</columns>"
        ),
        "quickActions/Contact.Say.quickAction": ACTION.format("Key__c"),
        "lwc/tile/tile.js": "import A from '@salesforce/schema/Contact.Key__c'",
        "lwc/tile/tile.js-meta.xml": TILE,
        "flexipages/P.flexipage": PAGE.format("tile"),
    }
    assert deploy(api, files) == []
    kept = "This custom field is referenced elsewhere in salesforce.com. : Lightning Component Bundle - tile."
    assert remove(api, "CustomField", "Contact.Key__c") == [kept]
    (problem,) = remove(api, "LightningComponentBundle", "tile")
    assert problem is not None and problem.endswith('Lightning Page "P".')
    assert remove(api, "FlexiPage", "P") == [None]
    assert remove(api, "LightningComponentBundle", "tile") == [None]
    assert remove(api, "CustomField", "Contact.Key__c") == [None]
    view = api.org.components["ListView", "Contact.Mine"].element
    assert [column.text for column in view.iterfind("{*}columns")] == ["FULL_NAME"]


def test_a_folder_with_a_report_stays(api: Api) -> None:
    assert deploy(api, {"reports/Ours-meta.xml": FOLDER, "reports/Ours/R.report": REPORT.format("R")}) == []
    assert api.column("SELECT DeveloperName FROM Report") == ["R"]
    assert remove(api, "Report", "Ours") == ["The folder can't be deleted: it is not empty."]
    assert remove(api, "Report", "Ours", "Ours/R") == [None, None]
    assert api.query("SELECT Id FROM Report") == []
