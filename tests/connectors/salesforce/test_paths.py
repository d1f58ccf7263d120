"""Every path stands in one table, with the one version that all of Salesforce's APIs are asked in."""

import json
import re
from pathlib import Path

import pytest

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
