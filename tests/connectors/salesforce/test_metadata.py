"""The metadata package: valid by Salesforce's own schema, complete for the mapping, packed for the Metadata API."""

import io
import zipfile
from importlib import resources
from pathlib import Path

import pytest
import yaml
from lxml import etree

from connectors.salesforce import components, metadata
from syncd.model.answers import PROCESS
from tests.connectors.salesforce.package_files import schema

NS = {"m": components.NAMESPACE}
ROOT = Path(str(components.ROOT))
FIELDS = sorted(ROOT.glob("objects/*/fields/*.field-meta.xml"))
SETS = sorted(ROOT.glob("permissionsets/*.permissionset-meta.xml"))


def unzipped() -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(metadata.pack("68.0"))) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


@pytest.mark.parametrize("file", [*FIELDS, *SETS], ids=lambda file: f"{file.parts[-3]}/{file.name}")
def test_source_file_is_valid(file):
    schema().assertValid(etree.parse(str(file)))


@pytest.mark.parametrize(
    "name", sorted(name for name in unzipped() if not name.endswith((".js", ".html", ".css", ".svg")))
)
def test_packed_file_is_valid(name):
    element = etree.fromstring(unzipped()[name])
    for settings in element.iterfind("m:targetConfigs", NS):  # the WSDL has it as one text; in files it is elements
        settings.clear()
    schema().assertValid(element)


def test_the_schema_refuses_a_wrong_file():
    wrong = b'<CustomField xmlns="%s"><type>Tetx</type></CustomField>' % components.NAMESPACE.encode()
    assert not schema().validate(etree.fromstring(wrong))


def test_manifest_names_what_is_packed():
    files = unzipped()
    manifest = etree.fromstring(files["package.xml"])
    named = {
        kind.findtext("m:name", namespaces=NS): [member.text for member in kind.findall("m:members", NS)]
        for kind in manifest.findall("m:types", NS)
    }
    assert named["CustomField"] == sorted(f"{file.parts[-3]}.{file.name.split('.')[0]}" for file in FIELDS)
    assert named["PermissionSet"] == ["Syncd_Integration", "Syncd_Sales"]
    packed = [
        f"{name.split('/')[1].removesuffix('.object')}.{field.findtext('m:fullName', namespaces=NS)}"
        for name, content in files.items()
        if name.endswith(".object")
        for field in etree.fromstring(content).findall("m:fields", NS)
    ]
    assert sorted(packed) == named["CustomField"]
    assert manifest.findtext("m:version", namespaces=NS) == "68.0"


def xml(kind: str, inside: str = "") -> str:
    return f'<{kind} xmlns="{components.NAMESPACE}">{inside}</{kind}>'


# in source format → (in the zip, type, name in package.xml)
PLACES = {
    "objects/Contact/fields/Syncd_Rep__c.field-meta.xml": (
        *("objects/Contact.object", "CustomField", "Contact.Syncd_Rep__c"),
    ),
    "objects/Task/listViews/Syncd_Mine.listView-meta.xml": ("objects/Task.object", "ListView", "Task.Syncd_Mine"),
    "permissionsets/Syncd_Sales.permissionset-meta.xml": (
        *("permissionsets/Syncd_Sales.permissionset", "PermissionSet", "Syncd_Sales"),
    ),
    "quickActions/Lead.Syncd_Verdict.quickAction-meta.xml": (
        *("quickActions/Lead.Syncd_Verdict.quickAction", "QuickAction", "Lead.Syncd_Verdict"),
    ),
    "reportTypes/Syncd_Roles.reportType-meta.xml": ("reportTypes/Syncd_Roles.reportType", "ReportType", "Syncd_Roles"),
    "reports/Syncd.reportFolder-meta.xml": ("reports/Syncd-meta.xml", "Report", "Syncd"),
    "reports/Syncd/Role_Gaps.report-meta.xml": ("reports/Syncd/Role_Gaps.report", "Report", "Syncd/Role_Gaps"),
    "dashboards/Syncd.dashboardFolder-meta.xml": ("dashboards/Syncd-meta.xml", "Dashboard", "Syncd"),
    "dashboards/Syncd/Radar.dashboard-meta.xml": ("dashboards/Syncd/Radar.dashboard", "Dashboard", "Syncd/Radar"),
    "flexipages/Syncd_Page.flexipage-meta.xml": ("flexipages/Syncd_Page.flexipage", "FlexiPage", "Syncd_Page"),
    "notificationtypes/Syncd_Radar.notiftype-meta.xml": (
        *("notificationtypes/Syncd_Radar.notiftype", "CustomNotificationType", "Syncd_Radar"),
    ),
    "lwc/syncdPerson/syncdPerson.js": ("lwc/syncdPerson/syncdPerson.js", "LightningComponentBundle", "syncdPerson"),
    "lwc/syncdPerson/syncdPerson.html": ("lwc/syncdPerson/syncdPerson.html", "LightningComponentBundle", "syncdPerson"),
    "lwc/syncdPerson/syncdPerson.css": ("lwc/syncdPerson/syncdPerson.css", "LightningComponentBundle", "syncdPerson"),
    "lwc/syncdPerson/syncdPerson.js-meta.xml": (
        *("lwc/syncdPerson/syncdPerson.js-meta.xml", "LightningComponentBundle", "syncdPerson"),
    ),
}
# What a toolchain lays beside the components.
BESIDE = (
    *("lwc/syncdPerson/__tests__/syncdPerson.test.js", "lwc/syncdPerson/node_modules/a/a.js", "lwc/jsconfig.json"),
    *("lwc/syncdPerson/package.json", "lwc/syncdPerson/README.md", "lwc/syncdPerson/.eslintrc.json"),
    *("lwc/node_modules/b.js", "lwc/syncdPerson/tsconfig.json", "reports/README.md"),
)


@pytest.fixture
def every_type(tmp_path):
    """A package with a file of every type, and what does not belong into the org."""
    for place in (*PLACES, *BESIDE):
        file = tmp_path / place
        file.parent.mkdir(parents=True, exist_ok=True)
        name = file.name.split(".")[0]
        file.write_text(xml("Thing", f"<fullName>{name}</fullName>") if place.endswith(".xml") else "x")
    return tmp_path


def test_every_type_has_its_place_in_the_zip_and_its_name_in_the_manifest(every_type):
    parts = components.shipped(every_type)
    with zipfile.ZipFile(io.BytesIO(metadata.pack("63.0", parts=parts))) as packed:
        assert set(packed.namelist()) == {place for place, _, _ in PLACES.values()} | {"package.xml"}
        manifest = etree.fromstring(packed.read("package.xml"))
    named = {
        (kind.findtext("m:name", namespaces=NS), member.text)
        for kind in manifest.findall("m:types", NS)
        for member in kind.findall("m:members", NS)
    }
    assert named == {(kind, name) for _, kind, name in PLACES.values()}


def test_how_a_lead_is_converted_is_the_orgs_own_affair():
    assert not {name for name in unzipped() if "LeadConvert" in name or name.startswith("settings/")}


def test_the_same_files_make_the_same_zip():
    assert metadata.pack("68.0") == metadata.pack("68.0")


def test_every_custom_field_that_the_mapping_writes_is_in_the_package():
    mapping = yaml.safe_load(resources.files("mappings").joinpath("salesforce.yaml").read_text(encoding="utf-8"))
    owner = {"Task": "Activity", "Event": "Activity"}
    written = {
        f"{owner.get(target['object'], target['object'])}.{name}"
        for target in mapping["writes"].values()
        for name in target["fields"].values()
        if name.endswith("__c")
    }
    assert written <= set(metadata.components()["CustomField"])


def text(file: Path, tag: str) -> str | None:
    return etree.parse(str(file)).findtext(f"m:{tag}", namespaces=NS)


@pytest.mark.parametrize("file", FIELDS, ids=lambda file: f"{file.parts[-3]}.{file.name}")
def test_reps_and_admins_are_told_what_a_field_is(file):
    assert text(file, "description")
    assert len(text(file, "inlineHelpText")) <= 510  # the limit in Setup
    assert len(text(file, "label")) <= 40


@pytest.mark.parametrize("name", ["Account", "Activity", "Contact", "Opportunity", "OpportunityContactRole"])
def test_keys_are_unique_external_ids_that_tell_cases_apart(name):
    key = ROOT / "objects" / name / "fields" / "Syncd_Key__c.field-meta.xml"
    assert [text(key, tag) for tag in ("externalId", "unique", "caseSensitive")] == ["true"] * 3


VERDICTS = ("Task", "Event", "Contact", "Lead", "Opportunity")  # where a rep gives one


def grants(name: str) -> dict[str, bool]:
    root = etree.parse(str(ROOT / "permissionsets" / f"{name}.permissionset-meta.xml"))
    return {
        permission.findtext("m:field", namespaces=NS): permission.findtext("m:editable", namespaces=NS) == "true"
        for permission in root.findall("m:fieldPermissions", NS)
    }


def test_the_integration_user_reads_every_field_and_takes_verdicts_out_of_people_alone():
    granted = grants("Syncd_Integration")
    custom = set(metadata.components()["CustomField"])
    # Task and Event share field-level security: a grant for one alone is no grant (Object Reference, Task).
    shared = {name.replace("Activity.", owner) for name in custom for owner in ("Task.", "Event.")}
    assert {name for name in custom | shared if not name.startswith("Activity.")} <= granted.keys()
    assert not granted["Opportunity.Syncd_Verdict__c"]
    assert not granted["Opportunity.Syncd_Verdict_Reason__c"]
    assert not any(granted[f"Opportunity.Syncd_{what.capitalize()}__c"] for what in PROCESS)
    verdicts = {name for name in granted if "Syncd_Verdict" in name}
    assert len(verdicts) == 2 * len((*VERDICTS, "CampaignMember"))  # where one is given, and the formulas that show it
    taken_out = {
        f"{owner}.{name}" for owner in ("Contact", "Lead") for name in ("Syncd_Verdict__c", "Syncd_Verdict_Reason__c")
    }
    assert {name for name in verdicts if granted[name]} == taken_out, "of who is handed over again, and nowhere else"
    assert granted["Opportunity.Syncd_Qualified__c"]


def test_sales_may_read_everything_of_ours():
    custom = set(metadata.components()["CustomField"])
    shown = {name.replace("Activity.", owner) for name in custom for owner in ("Task.", "Event.")}
    assert grants("Syncd_Sales").keys() == {name for name in shown if not name.startswith("Activity.")}


def test_what_the_org_works_out_is_editable_for_nobody():
    formulas = {f"{owner}.{name}" for (owner, name), field in metadata.definitions().items() if field.formula}
    shown = {"CampaignMember.Syncd_Verdict__c", "CampaignMember.Syncd_Verdict_Reason__c"}
    assert formulas == {"Contact.Syncd_Is_Mine__c", "Lead.Syncd_Is_Mine__c"} | shown
    assert not any(grants(name)[formula] for name in ("Syncd_Integration", "Syncd_Sales") for formula in formulas)


def test_sales_may_edit_nothing_but_the_verdict_the_offer_and_what_they_found_out():
    assert {name for name, editable in grants("Syncd_Sales").items() if editable} == {
        "Opportunity.Syncd_Offer__c",
        *(f"{owner}.Syncd_Verdict__c" for owner in VERDICTS),
        *(f"{owner}.Syncd_Verdict_Reason__c" for owner in VERDICTS),
        *(f"Opportunity.Syncd_{what.capitalize()}__c" for what in PROCESS),
    }


def test_the_integration_user_may_delete_nothing():
    root = etree.parse(str(ROOT / "permissionsets" / "Syncd_Integration.permissionset-meta.xml"))
    for tag in ("allowDelete", "modifyAllRecords"):
        assert {one.text for one in root.iterfind(f".//m:{tag}", NS)} == {"false"}
