"""`--diff` after a deployment, type by type: what Salesforce adds and reorders is alike, one value changed is named."""

import re

import pytest
from lxml import etree

from connectors.salesforce import Administrator
from connectors.salesforce.comparing import compare, retrieved
from connectors.salesforce.components import Component, Name, shipped
from connectors.salesforce.metadata import pack
from connectors.salesforce.metadata_api import MetadataApi

# type → a component, what somebody changes in it, and what is told: element, theirs, ours
CHANGED = {
    "ListView": (
        *("Contact.Syncd_My_Explore_Calls", rb"<label>([^<]+)</label>", b"<label>Ours</label>"),
        ("label", "Ours", "My explore calls"),
    ),
    "Report": (
        *("Syncd/Role_Gaps", rb"<name>([^<]+)</name>", b"<name>Ours</name>"),
        ("name", "Ours", "Role gaps"),
    ),
    "Dashboard": (
        *("Syncd/Radar", rb"<title>(Radar)</title>", b"<title>Ours</title>"),
        ("title", "Ours", "Radar"),
    ),
    "ReportType": (
        *("Syncd_Leads", rb"<label>([^<]+)</label>", b"<label>Ours</label>"),
        ("label", "Ours", None),
    ),
    "FlexiPage": (
        *("Syncd_Contact_Page", rb"<masterLabel>([^<]+)</masterLabel>", b"<masterLabel>Ours</masterLabel>"),
        ("masterLabel", "Ours", "Syncd Contact Page"),
    ),
    "QuickAction": (
        *("Task.Syncd_Verdict", rb"<label>([^<]+)</label>", b"<label>Ours</label>"),
        ("label", "Ours", "Give Verdict"),
    ),
    "CustomNotificationType": (
        *("Syncd_Radar", rb"<desktop>true</desktop>", b"<desktop>false</desktop>"),
        ("desktop", "false", "true"),
    ),
    "LightningComponentBundle": (
        *("syncdDecision", rb"<masterLabel>([^<]+)</masterLabel>", b"<masterLabel>Ours</masterLabel>"),
        ("masterLabel", "Ours", None),
    ),
    "PermissionSet": (
        *("Syncd_Sales", rb"<label>([^<]+)</label>", b"<label>Ours</label>"),
        ("label", "Ours", "Syncd Sales"),
    ),
    "CustomField": (
        *("Account.Syncd_Standing__c", rb"<label>([^<]+)</label>", b"<label>Ours</label>"),
        ("label", "Ours", None),
    ),
}


@pytest.fixture
def sent(deployed, server):
    """An org with the package, and what it has of it after somebody deployed other components."""
    org = deployed()

    def again(*parts):
        if parts:
            theirs = org.simulator.deployments.start(pack("63.0", parts=parts), ME, check_only=False, rollback=True)
            assert theirs.failures == []
        with (
            Administrator(
                login_url=server.salesforce_url, token="sandbox-admin-token", ca_file=server.ca_file, sleep=org.sleep
            ) as by,
            by.client.lend() as http,
        ):
            return retrieved(MetadataApi(by.client, http), shipped())

    return again


ME = "005000000000007AAA"


def changed(kind: str) -> Component:
    full, before, after, _ = CHANGED[kind]
    (part,) = (part for part in shipped() if part.name == Name(kind, full))
    content, times = re.subn(before, after, part.content, count=1)
    assert times == 1, "somebody changes what stands there"
    return part.rewritten(content)


def reordered(content: bytes) -> bytes:
    """The same elements, those of each name still in their order: as an org writes them out, or nearly."""
    root = etree.fromstring(content)
    for element in [root, *root.iterdescendants("*")]:
        element[:] = sorted(element, key=lambda child: etree.QName(child).localname, reverse=True)
    return etree.tostring(root)


def test_no_order_of_unlike_elements_is_a_difference_in_any_type():
    standing = {
        part.name: {
            file: reordered(content) if file.endswith(("xml", "report", "dashboard", "reportType")) else content
            for file, content in part.files.items()
        }
        | {part.file: reordered(part.content)}
        for part in shipped()
    }
    assert {one.state for one in compare(shipped(), standing)} == {"alike"}


def test_each_type_is_alike_after_a_deployment_and_one_changed_value_is_named(sent):
    """One org for all: a deployment takes a second."""
    untouched = compare(shipped(), sent())
    assert [(str(one.name), one.differences) for one in untouched if one.state != "alike"] == []
    assert {one.name.kind for one in untouched} == {*CHANGED}, "each type of the package"
    differing = [one for one in compare(shipped(), sent(*map(changed, CHANGED))) if one.state != "alike"]
    assert {one.name for one in differing} == {Name(kind, full) for kind, (full, *_) in CHANGED.items()}
    for comparison in differing:
        (difference,) = comparison.differences
        element, theirs, ours = CHANGED[comparison.name.kind][3]
        assert (difference.element, difference.theirs) == (element, theirs)
        assert ours is None or difference.ours == ours
