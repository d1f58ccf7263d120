"""What an org has of the package: Salesforce's order and defaults are no difference, what somebody changed is."""

import pytest

from connectors.salesforce.comparing import Difference, compare
from connectors.salesforce.components import NAMESPACE, Component, Name


def component(kind, inside, file="x/y.z"):
    return Component(Name(kind, "Y"), {file: f'<{kind} xmlns="{NAMESPACE}">{inside}</{kind}>'.encode()})


LIST = "<columns>NAME</columns><columns>A__c</columns><filterScope>Everything</filterScope><label>Mine</label>"
COLUMN = "<columns><field>{}</field></columns>"
GRANT = "<fieldPermissions><editable>{}</editable><field>{}</field><readable>true</readable></fieldPermissions>"

ALIKE = {
    "another order": ("ListView", LIST, "<label>Mine</label>" + LIST.replace("<label>Mine</label>", "")),
    "white space": ("ListView", LIST, LIST.replace("Mine", "\n   Mine ")),
    "a language": ("ListView", LIST, LIST + "<language>en_US</language>"),
    "a false that goes without saying": (
        "CustomField",
        "<type>Date</type>",
        "<type>Date</type><required>false</required>",
    ),
    "our false that they drop": ("CustomField", "<required>false</required><type>Date</type>", "<type>Date</type>"),
    "an empty element": ("CustomField", "<type>Date</type>", "<type>Date</type><description/>"),
    "the currency of an org with several": ("Report", "<name>A</name>", "<name>A</name><currency>EUR</currency>"),
    "a report's totals": ("Report", "<name>A</name>", "<name>A</name><showGrandTotal>true</showGrandTotal>"),
    "a filter that its viewers may change": (
        *("Report", "<filter><criteriaItems><column>A</column></criteriaItems></filter>"),
        "<filter><criteriaItems><column>A</column><isUnlocked>true</isUnlocked></criteriaItems></filter>",
    ),
    "a dashboard's colours": ("Dashboard", "<title>A</title>", "<title>A</title><titleColor>#000000</titleColor>"),
    "whom they ran it as last": (
        *("Dashboard", "<dashboardType>LoggedInUser</dashboardType>"),
        "<dashboardType>LoggedInUser</dashboardType><runningUser>a@b.example</runningUser>",
    ),
    "an identifier of a page's part": (
        *("FlexiPage", "<regions><item><name>c:x</name></item></regions>"),
        "<regions><item><identifier>c_x1</identifier><name>c:x</name></item></regions>",
    ),
    "grants in another order": (
        *("PermissionSet", GRANT.format("true", "A.B") + GRANT.format("false", "A.C")),
        GRANT.format("false", "A.C") + GRANT.format("true", "A.B"),
    ),
    "a grant of nothing": (
        *("PermissionSet", GRANT.format("true", "A.B")),
        GRANT.format("true", "A.B")
        + "<userPermissions><enabled>false</enabled><name>ApiEnabled</name></userPermissions>",
    ),
}
DIFFER = {
    "another column": ("ListView", LIST, LIST.replace("A__c", "B__c"), ("columns", "B__c", "A__c")),
    "a column more": ("ListView", LIST, LIST.replace("<filterScope", "<columns>B__c</columns><filterScope"), (
        *("columns", "B__c", ""),
    )),
    "columns in another order": (
        *("ListView", LIST, LIST.replace("NAME", "X").replace("A__c", "NAME").replace("X", "A__c")),
        ("columns", "A__c, NAME", "NAME, A__c"),
    ),
    "a filter of their own": (
        *("ListView", LIST, LIST + "<filters><field>X</field><operation>equals</operation><value>1</value></filters>"),
        ("filters", "X equals 1", ""),
    ),
    "another label": ("ListView", LIST, LIST.replace("Mine", "Yours"), ("label", "Yours", "Mine")),
    "a column of a report": (
        *("Report", COLUMN.format("A") + COLUMN.format("B"), COLUMN.format("A") + COLUMN.format("C")),
        ("columns[2].field", "C", "B"),
    ),
    "a time frame of their own": (
        *("Report", "<name>A</name>"),
        "<name>A</name><timeFrameFilter><dateColumn>X</dateColumn><interval>INTERVAL_LASTWEEK</interval></timeFrameFilter>",
        ("timeFrameFilter", "X INTERVAL_LASTWEEK", ""),
    ),
    "a field that they need": (
        *("CustomField", "<type>Text</type>", "<required>true</required><type>Text</type>"),
        ("required", "true", ""),
    ),
    "a grant of their own": (
        *("PermissionSet", GRANT.format("true", "A.B"), GRANT.format("true", "A.B") + GRANT.format("false", "A.C")),
        ("fieldPermissions[A.C]", "A.C true", ""),
    ),
    "a grant that they took away": (
        *("PermissionSet", GRANT.format("true", "A.B"), GRANT.format("false", "A.B")),
        ("fieldPermissions[A.B].editable", "false", "true"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", ALIKE)
def test_what_salesforce_does_by_itself_is_no_difference(case):
    kind, ours, theirs = ALIKE[case]
    part, standing = component(kind, ours), component(kind, theirs)
    (comparison,) = compare([part], {part.name: standing.files})
    assert (comparison.state, comparison.differences) == ("alike", ())


@pytest.mark.parametrize("case", DIFFER)
def test_what_somebody_changed_is_told_by_element(case):
    kind, ours, theirs, difference = DIFFER[case]
    part, standing = component(kind, ours), component(kind, theirs)
    (comparison,) = compare([part], {part.name: standing.files})
    assert (comparison.state, comparison.differences) == ("differs", (Difference(*difference),))


def test_what_is_not_there_would_be_added():
    (comparison,) = compare([component("ListView", LIST)], {})
    assert comparison.state == "added"


@pytest.mark.parametrize(
    ("theirs", "state"), [(b"let a = 1;\r\n\n", "alike"), (b"let a = 2;\n", "differs")], ids=["line ends", "code"]
)
def test_code_is_compared_by_its_lines(theirs, state):
    meta = f'<LightningComponentBundle xmlns="{NAMESPACE}"/>'.encode()
    name = Name("LightningComponentBundle", "a")
    part = Component(name, {"lwc/a/a.js": b"let a = 1;\n", "lwc/a/a.js-meta.xml": meta})
    (comparison,) = compare([part], {name: {"lwc/a/a.js": theirs, "lwc/a/a.js-meta.xml": meta}})
    assert comparison.state == state
