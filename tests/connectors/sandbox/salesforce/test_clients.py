"""The unmodified simple-salesforce against the simulator, over HTTPS with a throw-away certificate authority."""

from __future__ import annotations

import csv
import io
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from requests.adapters import HTTPAdapter
from simple_salesforce import Salesforce, SalesforceAuthenticationFailed, SalesforceMalformedRequest, format_soql
from simple_salesforce.exceptions import SalesforceMoreThanOneRecord, SalesforceResourceNotFound

from connectors.sandbox.salesforce import SalesforceSimulator
from connectors.sandbox.server import Sandbox
from tests.connectors.sandbox.salesforce.orgs import ACME, BANK, WORLD, Api, grants, key_field, object_file, package


class Detour(HTTPAdapter):
    """Sends calls for Salesforce's hosts to the sandbox, as a hosts file would."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self._address = address

    def send(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        request.url = self._address + request.path_url
        return super().send(request, *args, **kwargs)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    api = Api()

    class Fresh:
        """Serves the org of the test in hand."""

        simulator = api.simulator

        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            await self.simulator(scope, receive, send)

    with Sandbox(hubspot=Fresh(), salesforce=Fresh(), clock=api.clock) as running:
        yield running


@pytest.fixture
def org(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> SalesforceSimulator:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", sandbox.ca_file)  # zeep, behind mdapi, has a session of its own
    sandbox.salesforce.simulator = Api(passwords={"rep@acme.example": "secret" + "token"}).simulator
    simulator: SalesforceSimulator = sandbox.salesforce.simulator
    return simulator


@pytest.fixture
def session(sandbox: Sandbox) -> Iterator[requests.Session]:
    with requests.Session() as made:
        made.verify = sandbox.ca_file
        made.mount("https://acme.my.salesforce.com", Detour(sandbox.salesforce_url))
        made.mount("https://login.salesforce.com", Detour(sandbox.salesforce_url))
        yield made


@pytest.fixture
def sf(org: SalesforceSimulator, session: requests.Session) -> Salesforce:
    return Salesforce(
        consumer_key="sandbox-client",
        consumer_secret="sandbox-secret",
        domain="acme.my",
        session=session,
        version="59.0",
    )


def test_signing_in(org: SalesforceSimulator, session: requests.Session, sf: Salesforce) -> None:
    assert sf.query("SELECT COUNT() FROM Account")["totalSize"] == len(WORLD["Account"])
    with pytest.raises(SalesforceAuthenticationFailed):
        Salesforce(consumer_key="sandbox-client", consumer_secret="wrong", domain="acme.my", session=session)


def test_signing_in_with_a_password_over_soap(org: SalesforceSimulator, session: requests.Session) -> None:
    sf = Salesforce(username="rep@acme.example", password="secret", security_token="token", session=session)
    assert sf.query("SELECT Id FROM Account")["totalSize"] == 2
    with pytest.raises(
        SalesforceAuthenticationFailed, match="Invalid username, password, security token; or user locked out"
    ):
        Salesforce(username="rep@acme.example", password="wrong", security_token="token", session=session)


def test_a_session_that_ends_is_renewed_by_the_client(org: SalesforceSimulator, sf: Salesforce) -> None:
    org.sessions.close_all()
    assert sf.query("SELECT Id FROM Account")["totalSize"] == 2


def test_simple_salesforce_creates_updates_and_deletes(sf: Salesforce) -> None:
    made = sf.Account.create({"Name": "New"})
    assert made["success"]
    assert sf.Account.update(made["id"], {"Name": "Newer"}) == 204
    assert sf.Account.get(made["id"])["Name"] == "Newer"
    sf.query("SELECT Id FROM Account")
    assert sf.api_usage["api-usage"].total == 15000
    begin, end = datetime(2026, 11, 10, 11, tzinfo=UTC), datetime(2026, 11, 10, 13, tzinfo=UTC)
    assert made["id"] in sf.Account.updated(begin, end)["ids"]
    assert sf.Account.delete(made["id"]) == 204
    assert sf.Account.deleted(begin, end)["deletedRecords"][0]["id"] == made["id"]
    with pytest.raises(SalesforceResourceNotFound):
        sf.Account.get(made["id"])
    with pytest.raises(SalesforceMalformedRequest) as refused:
        sf.Account.create({"Foo": 1})
    assert refused.value.content[0]["errorCode"] == "INVALID_FIELD"


def test_queries_are_paged_to_their_end(org: SalesforceSimulator, sf: Salesforce) -> None:
    for start in range(0, 4200, 200):
        records = [{"attributes": {"type": "Contact"}, "LastName": f"L{start + n:05d}"} for n in range(200)]
        assert all(row["success"] for row in sf.restful("composite/sobjects", method="POST", json={"records": records}))
    text = format_soql("SELECT LastName FROM Contact WHERE LastName LIKE {} ORDER BY LastName", "L0%")
    rows = [row["LastName"] for row in sf.query_all_iter(text)]
    assert rows == [f"L{number:05d}" for number in range(4200)]
    assert len([call for call in org.calls if "/query" in call["path"]]) == 3
    sf.Contact.delete(sf.query("SELECT Id FROM Contact LIMIT 1")["records"][0]["Id"])
    assert sf.query("SELECT COUNT() FROM Contact WHERE IsDeleted = true", include_deleted=True)["totalSize"] == 1


def test_simple_salesforce_describes_objects_and_their_fields(sf: Salesforce) -> None:
    names = {child["name"] for child in sf.describe()["sobjects"]}
    assert {"Account", "OpportunityStage", "PermissionSet", "Task"} <= names
    described = sf.Opportunity.describe()
    fields = {field["name"]: field for field in described["fields"]}
    assert [value["value"] for value in fields["StageName"]["picklistValues"]][:2] == ["Prospecting", "Qualification"]
    assert fields["AccountId"]["referenceTo"] == ["Account"]
    assert {"childSObject": "OpportunityContactRole", "field": "OpportunityId"}.items() <= next(
        child for child in described["childRelationships"] if child["relationshipName"] == "OpportunityContactRoles"
    ).items()
    assert sf.limits()["DailyApiRequests"]["Max"] == 15000


def deploy_key(sf: Salesforce) -> None:
    files = {
        "objects/Account.object": object_file(key_field()),
        "permissionsets/All.permissionset": grants("Account.Key__c"),
    }
    made = sf.deploy(io.BytesIO(package(files)), sandbox=True)
    assert made["state"] == "Queued"
    done = sf.checkDeployStatus(made["asyncId"])
    assert (done["state"], done["deployment_detail"]["errors"]) == ("Succeeded", [])
    permission_set = sf.query("SELECT Id FROM PermissionSet WHERE Name = 'All'")["records"][0]["Id"]
    sf.PermissionSetAssignment.create({"AssigneeId": "005000000000001AAA", "PermissionSetId": permission_set})


def another(sf: Salesforce) -> Salesforce:
    """Return a second client on the same session: deploying leaves SOAP headers on the first."""
    return Salesforce(session_id=sf.session_id, instance=sf.sf_instance, session=sf.session, version="59.0")


def test_deploying_and_upserting(org: SalesforceSimulator, sf: Salesforce) -> None:
    deploy_key(another(sf))
    assert sf.Account.upsert("Key__c/a%2Fb", {"Name": "One"}) == 201
    assert sf.Account.upsert("Key__c/a%2Fb", {"Name": "Two"}) == 200
    assert sf.Account.get_by_custom_id("Key__c", "a/b")["Name"] == "Two"
    for record_id in (ACME, BANK):
        org.org.tables["Account"].put(org.org.tables["Account"].rows[record_id] | {"Key__c": "same"})
    with pytest.raises(SalesforceMoreThanOneRecord) as several:
        sf.Account.upsert("Key__c/same", {"Name": "Two"})
    assert len(several.value.content) == 2


def test_a_failed_deployment_tells_why(sf: Salesforce) -> None:
    files = {"objects/Account.object": object_file("<fields><fullName>F__c</fullName><type>Date</type></fields>")}
    made = sf.deploy(io.BytesIO(package(files)), sandbox=False)
    done = sf.checkDeployStatus(made["asyncId"])
    assert done["state"] == "Failed"
    (error,) = done["deployment_detail"]["errors"]
    assert error == {
        "type": "CustomField",
        "file": "objects/Account.object",
        "status": "Error",
        "message": "Required field is missing: label",
    }


def test_metadata_one_component_at_a_time(org: SalesforceSimulator, sf: Salesforce) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # zeep's and its XML library's own
        kind = sf.mdapi.CustomField
        made = kind(fullName="Account.Size__c", label="Size", type=sf.mdapi.FieldType("Number"), precision=18, scale=0)
        kind.create([made])
        with pytest.raises(Exception, match="DUPLICATE_DEVELOPER_NAME, There is already a field named Size on Account"):
            kind.create([made])
        with pytest.raises(Exception, match="Must specify 'length' for a CustomField of type Text"):
            kind.create([kind(fullName="Account.Bad__c", label="Bad", type=sf.mdapi.FieldType("Text"))])
        read = kind.read(["Account.Size__c"])
        assert (read["fullName"], read["label"], read["precision"]) == ("Account.Size__c", "Size", 18)
        read["label"] = "How big"
        kind.update([read])
        kind.upsert([read])
        assert org.org.schema.objects["Account"].fields["Size__c"].label == "How big"
        described = sf.mdapi.describe_metadata()
        assert "CustomObject" in [found["xmlName"] for found in described["metadataObjects"]]
        query = sf.mdapi.ListMetadataQuery(type="CustomField")
        assert [found["fullName"] for found in sf.mdapi.list_metadata([query])] == ["Account.Size__c"]
        kind.delete(["Account.Size__c"])
        with pytest.raises(Exception, match="INVALID_CROSS_REFERENCE_KEY"):
            kind.delete(["Account.Size__c"])
        with pytest.raises(Exception, match="INVALID_CROSS_REFERENCE_KEY"):
            kind.update([made])
    assert "Size__c" not in org.org.schema.objects["Account"].fields


def test_bulk_queries(sf: Salesforce) -> None:
    pages = list(sf.bulk2.Contact.query("SELECT Id, LastName FROM Contact ORDER BY LastName", max_records=2, wait=0.01))
    rows = [row for page in pages for row in csv.DictReader(io.StringIO(page))]
    assert (len(pages), [row["LastName"] for row in rows]) == (2, ["Abel", "Berg", "Cole"])


def test_bulk_writes(sf: Salesforce, tmp_path: Path) -> None:
    records = [{"LastName": "Good", "Email": "g@x.example"}, {"LastName": "Bad", "Email": "nonsense"}]
    (done,) = sf.bulk2.Contact.insert(records=records, wait=0.01)
    assert (done["numberRecordsProcessed"], done["numberRecordsFailed"]) == (2, 1)
    good = list(csv.DictReader(io.StringIO(sf.bulk2.Contact.get_successful_records(done["job_id"]))))
    bad = list(csv.DictReader(io.StringIO(sf.bulk2.Contact.get_failed_records(done["job_id"]))))
    assert sf.Contact.get(good[0]["sf__Id"])["LastName"] == "Good"
    assert bad[0]["sf__Error"].startswith("INVALID_EMAIL_ADDRESS:")
    assert sf.bulk2.Contact.get_unprocessed_records(done["job_id"]).strip().count("\n") == 0
    (gone,) = sf.bulk2.Contact.delete(records=[{"Id": good[0]["sf__Id"]}], wait=0.01)
    assert gone["numberRecordsFailed"] == 0


def test_bulk_of_the_first_version(sf: Salesforce) -> None:
    rows = sf.bulk.Contact.query("SELECT LastName FROM Contact ORDER BY LastName")
    assert [row["LastName"] for row in rows] == ["Abel", "Berg", "Cole"]
    good, bad = sf.bulk.Contact.insert([{"LastName": "Good"}, {"LastName": "Bad", "Email": "nonsense"}])
    assert (good["success"], bad["errors"][0]["statusCode"]) == (True, "INVALID_EMAIL_ADDRESS")
    (changed,) = sf.bulk.Contact.upsert([{"Id": good["id"], "LastName": "Better"}], "Id")
    assert (changed["created"], sf.Contact.get(good["id"])["LastName"]) == (False, "Better")


def test_simple_salesforce_searches_by_sosl(sf: Salesforce) -> None:
    records = sf.search("FIND {acme} IN NAME FIELDS RETURNING Account(Id, Name)")["searchRecords"]
    assert [row["Name"] for row in records] == ["Acme"]
    assert len(sf.quick_search("acme")["searchRecords"]) > 1
    assert sf.toolingexecute("query/?q=SELECT+Id+FROM+Profile")["done"]


def test_plain_http_is_served_too(sandbox: Sandbox, org: SalesforceSimulator) -> None:
    answer = requests.get(f"{sandbox.salesforce_http_url}/services/data/", timeout=5)
    assert answer.json()[-1]["version"] == "68.0"
    form = {"grant_type": "client_credentials", "client_id": "sandbox-client", "client_secret": "sandbox-secret"}
    token = requests.post(f"{sandbox.salesforce_http_url}/services/oauth2/token", data=form, timeout=5).json()
    assert urlsplit(token["instance_url"]).scheme == "http"
