"""The package's files fit Salesforce's schema and each other; every check is shown to fail on a broken file."""

import pytest

from tests import package_table
from tests.connectors.salesforce import package_checks, package_files

FILES = package_files.shipped()
RADAR = "dashboards/Syncd/Radar.dashboard-meta.xml"
GAPS = "reports/Syncd/Role_Gaps.report-meta.xml"
NEW = "reports/Syncd/New_Qualified_Opportunities.report-meta.xml"
VERDICTS = "reports/Syncd/Verdicts_By_Campaign_And_Reason.report-meta.xml"
ROLES = "reportTypes/Syncd_Opportunities_With_Roles.reportType-meta.xml"
WAITING = "objects/Task/listViews/Syncd_Waiting_For_My_Verdict.listView-meta.xml"
EXPLORE = "objects/Lead/listViews/Syncd_My_Explore_Calls.listView-meta.xml"
ACTION = "quickActions/Lead.Syncd_Verdict.quickAction-meta.xml"
PAGE = "flexipages/Syncd_Account_Page.flexipage-meta.xml"
SALES = "permissionsets/Syncd_Sales.permissionset-meta.xml"
FIELD = "objects/Opportunity/fields/Syncd_Gaps__c.field-meta.xml"
BUNDLE = "lwc/syncdDecision/syncdDecision.js-meta.xml"

# file, what stands there, what stands there instead, what is said of it
BROKEN = [
    (ACTION, "<type>Update</type>", "<kind>Update</kind>", "kind"),
    (ACTION, "<type>Update</type>", "", "Missing child element"),
    (ACTION, "<type>Update</type>", "<type>Updates</type>", "Updates"),
    (ACTION, "<type>Update</type>", "<type>Create</type>", "is no Update action"),
    (EXPLORE, "<filterScope>Everything</filterScope>\n", "", "filterScope"),
    (GAPS, "<format>Summary</format>\n    <groupingsDown>", "<groupingsDown>", "groupingsDown"),
    (RADAR, "<rowHeight>36</rowHeight>", "<rowHeight>tall</rowHeight>", "tall"),
    (PAGE, "<mode>Replace</mode>\n        <name>header</name>", "<name>header</name><mode>Replace</mode>", "mode"),
    (FIELD, "<label>Syncd Gaps</label>", f"<label>{'Gaps ' * 9}</label>", "label has more than 40"),
    (EXPLORE, "<label>My explore calls</label>", f"<label>{'My calls ' * 5}</label>", "label has more than 40"),
    (GAPS, "<name>Role gaps</name>", f"<name>{'Role gaps ' * 5}</name>", "name has more than 40"),
    (ROLES, "<label>Opportunities", f"<label>{'Opportunities ' * 2}", "label has more than 50"),
    (RADAR, "<title>Radar</title>", f"<title>{'Radar ' * 14}</title>", "title has more than 80"),
    (FIELD, "<inlineHelpText>", f"<inlineHelpText>{'gap ' * 128}", "inlineHelpText has more than 510"),
    (GAPS, "<description>", f"<description>{'gap ' * 64}", "description has more than 255"),
    (ACTION, "<description>", "<icon>a</icon><label>b</label><description>", "description"),
    (WAITING, "<fullName>Syncd_Waiting", "<fullName>Syncd_Wanting", "its fullName is another name"),
    (SALES, "<field>Lead.Syncd_MQL__c", "<field>Lead.Syncd_MLQ__c", "grants Lead.Syncd_MLQ__c"),
    (SALES, "<field>Task.Syncd_Key__c", "<field>Task.Syncd_Verdict__c", "sales may not read Task.Syncd_Key__c"),
    (ACTION, "Syncd_Verdict__c", "Syncd_Word__c", "Lead.Syncd_Word__c is not there"),
    (ACTION, "Syncd_Verdict__c", "Syncd_MQL__c", "sales may not edit Lead.Syncd_MQL__c"),
    (EXPLORE, "<columns>FULL_NAME", "<columns>LEAD.FULL_NAME", "is no token of Lead"),
    (EXPLORE, "<field>Syncd_Is_Mine__c", "<field>Syncd_Mine__c", "Lead.Syncd_Mine__c is not there"),
    (EXPLORE, "<columns>FULL_NAME", "<booleanFilter>1 OR 2</booleanFilter><columns>FULL_NAME", "filter logic"),
    (WAITING, "<columns>Syncd_Verdict__c</columns>", "", "has no column for it"),
    (WAITING, "<columns>PRIORITY", "<columns>SUBJECT", "or one twice"),
    (ROLES, "<relationship>OpportunityContactRoles", "<relationship>ContactRoles", "is not joined"),
    (ROLES, "<field>Role</field>", "<field>BuyingRole</field>", "BuyingRole is no field"),
    (ROLES, "<field>Syncd_Gaps__c", "<field>Syncd_Holes__c", "Opportunity.Syncd_Holes__c is not there"),
    (GAPS, "<reportType>Syncd_Opportunities_With_Roles__c", "<reportType>Syncd_Roles__c", "there is no report type"),
    (GAPS, "<reportType>Syncd_Opportunities_With_Roles__c", "<reportType>Syncd_Opportunities__c", "is no column of"),
    (GAPS, "<dateColumn>Opportunity$CloseDate", "<dateColumn>CLOSE_DATE", "CLOSE_DATE is no column"),
    (GAPS, "<groupingColumn>Opportunity$Owner", "<groupingColumn>Opportunity$StageName", "the chart groups by"),
    (NEW, "<column>Opportunity$ExpectedRevenue", "<column>Opportunity$Probability", "the chart adds up"),
    (NEW, "<field>Opportunity$Name</field>", "<field>Opportunity$Syncd_Offer__c</field>", "a grouping and a column"),
    (VERDICTS, "<format>Matrix", "<format>Summary", "a matrix groups across"),
    (RADAR, "<report>Syncd/Role_Gaps", "<report>Syncd/Gaps", "there is no report Syncd/Gaps"),
    (RADAR, "<groupingColumn>Campaign$Name", "<groupingColumn>Campaign$Type", "groups by Campaign$Type"),
    (RADAR, "<column>Opportunity$Syncd_Gaps__c", "<column>Opportunity$Amount", "adds up Opportunity$Amount"),
    (RADAR, "<columnIndex>6</columnIndex>", "<columnIndex>3</columnIndex>", "lie over each other"),
    (RADAR, "<columnIndex>6</columnIndex>", "<columnIndex>7</columnIndex>", "beyond the grid"),
    (RADAR, "<textColor>", "<runningUser>a@example.com</runningUser><textColor>", "names a user"),
    (PAGE, "<componentName>syncdDecision", "<componentName>syncdDecisions", "no component syncdDecisions"),
    (PAGE, "<componentName>syncdDecision", "<componentName>syncdPerson", "syncdPerson is not for Account"),
    (PAGE, "<componentName>syncdDecision", "<componentName>syncdTally", "is not for record pages"),
    (PAGE, "<value>Facet-syncd-tabs", "<value>Facet-tabs", "there is no region Facet-tabs"),
    (PAGE, "<identifier>detailTab", "<identifier>relatedListsTab", "two are called relatedListsTab"),
    (BUNDLE, '<supportedFormFactor type="Small" />', "", "is not for desktop and phone"),
]


def test_the_package_fits_the_schema_and_itself():
    assert package_checks.problems(FILES) == []


@pytest.mark.parametrize(("path", "old", "new", "said"), BROKEN, ids=[f"{one[0]}: {one[3]}" for one in BROKEN])
def test_a_broken_file_is_found(path, old, new, said):
    content = FILES[path].decode()
    assert old in content
    broken = {**FILES, path: content.replace(old, new).encode()}
    assert any(said in problem for problem in package_checks.problems(broken)), package_checks.problems(broken)


def named(old: str, new: str) -> dict[str, bytes]:
    return {new if path == old else path: content for path, content in FILES.items()}


@pytest.mark.parametrize(
    ("files", "said"),
    [
        (named(GAPS, "reports/Syncd/Role__Gaps.report-meta.xml"), "Role__Gaps is no developer name"),
        (named(GAPS, f"reports/Syncd/{'Gap' * 14}.report-meta.xml"), "is no developer name"),
        (named("reports/Syncd.reportFolder-meta.xml", "reports/Other.reportFolder-meta.xml"), "the folder has no file"),
        ({**FILES, GAPS.replace("Role", "role"): FILES[GAPS]}, "two files of this name"),
        ({**FILES, GAPS.replace("Role", "Other"): FILES[GAPS]}, "two are labelled Role gaps"),
        ({path: content for path, content in FILES.items() if path != FIELD}, "Opportunity.Syncd_Gaps__c is not there"),
    ],
    ids=["two underscores", "too long a name", "no folder", "names alike", "labels alike", "a field taken out"],
)
def test_a_file_in_the_wrong_place_is_found(files, said):
    assert any(said in problem for problem in package_checks.problems(files))


def test_what_nobody_is_told_is_found():
    text = FILES[ACTION].decode()
    start, end = text.index("    <description>"), text.index("    <label>")
    silent = {**FILES, ACTION: (text[:start] + text[end:]).encode()}
    assert f"{ACTION}: no description" in package_checks.problems(silent)


def test_the_readme_names_all_that_the_package_adds():
    message = "python -m tests.package_table writes it"
    assert package_table.README.read_text(encoding="utf-8") == package_table.readme(), message
