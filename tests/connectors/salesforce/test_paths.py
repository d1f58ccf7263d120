"""Every path stands in one table, with the one version that all of Salesforce's APIs are asked in."""

import json
import re
from datetime import date
from pathlib import Path

import pytest
from simple_salesforce.api import Salesforce as VendorClient

import connectors.salesforce
from connectors.salesforce import Salesforce, paths
from syncd.settings import Settings

FOLDER = Path(connectors.salesforce.__file__).parent


def test_every_path_stands_in_the_one_table():
    """Versions end on a day; the table is where to move on."""
    modules = {file.name: file.read_text(encoding="utf-8") for file in FOLDER.glob("*.py")}
    written = re.compile(r"/services/|[\"'/](?:jobs|sobjects|composite)[/\"']")
    assert [name for name, text in modules.items() if written.search(text)] == ["paths.py"]


def test_the_version_is_the_same_wherever_it_is_named():
    project = json.loads((FOLDER / "package" / "sfdx-project.json").read_text(encoding="utf-8"))
    connector = Salesforce(login_url="https://bank.my.salesforce.com", client_id="client", client_secret="secret")
    assert project["sourceApiVersion"] == connector.client.version == paths.VERSION.name
    assert Settings.model_fields["salesforce_version"].default is None, "without a setting it is the connector's"


@pytest.mark.parametrize(
    ("name", "ends", "announced"),
    [
        ("30.0", date(2025, 6, 1), True),
        ("31.0", date(2027, 6, 1), True),
        ("40.0", date(2027, 6, 1), True),
        ("59.0", date(2026, 10, 1), False),
        ("65.0", date(2028, 10, 1), False),
        ("66.0", date(2029, 2, 1), False),
        ("67.0", date(2029, 6, 1), False),
        ("68.0", date(2029, 10, 1), False),
    ],
)
def test_a_version_is_promised_for_three_years_where_no_end_is_announced(name, ends, announced):
    assert paths.version(name) == (name, ends, announced)


def test_endpoints_name_the_version_that_they_are_asked_in_and_what_leads_to_a_later_one():
    ours, older = paths.endpoints(), paths.endpoints("59.0")
    assert len(ours) == len(older) == len(paths.ALL) > 20
    assert {endpoint.version.name for endpoint in ours} == {"", "68.0"}
    assert all(endpoint.version.name in endpoint.path for endpoint in older)
    assert {endpoint.mend for endpoint in older} == {"set SYNCD_SALESFORCE_VERSION=68.0, or take that variable away"}
    assert "upgrade" in ours[0].mend


def test_the_metadata_api_lies_where_its_client_asks_it():
    client = VendorClient(session_id="none", instance_url="https://bank.my.salesforce.com", version="68.0")
    assert client.metadata_url.endswith(paths.METADATA.url("68.0"))


@pytest.mark.parametrize(
    ("path", "names", "url"),
    [
        (paths.TOKEN, {}, "/services/oauth2/token"),
        (paths.QUERY_ALL, {}, "/services/data/v68.0/queryAll"),
        (paths.DESCRIBE, {"object": "Account"}, "/services/data/v68.0/sobjects/Account/describe"),
        (paths.BULK_JOB, {"job": "../limits"}, "/services/data/v68.0/jobs/query/..%2Flimits"),
    ],
)
def test_a_path_is_filled_in_with_its_version_and_names(path, names, url):
    assert path.url("68.0", **names) == url
