"""Bulk 1.0: jobs filled batch by batch, in XML and JSON, for the clients that still speak it."""

from __future__ import annotations

import csv
import io
from typing import Any
from xml.etree import ElementTree

import orjson
import pytest

from tests.connectors.sandbox.salesforce.orgs import ANN, CY, Answer, Api

NAMESPACE = "{http://www.force.com/2009/06/asyncapi/dataload}"


class Bulk:
    """Speaks to /services/async/."""

    def __init__(self, api: Api) -> None:
        self.api, self.session = api, api.session

    def __call__(self, method: str, path: str, body: Any = None, kind: str = "application/json", **more: str) -> Answer:
        headers = {"x-sfdc-session": self.session, "content-type": kind, **more}
        return self.api(method, f"/services/async/59.0/{path}", body, headers=headers)

    def job(self, operation: str, kind: str = "JSON", **more: Any) -> str:
        """Return the id of a new job over contacts."""
        asked = {"operation": operation, "object": "Contact", "contentType": kind, **more}
        return str(self("POST", "job", asked).content["id"])

    def batch(self, job: str, content: Any, kind: str = "application/json") -> str:
        """Return the id of a new batch."""
        answer = self("POST", f"job/{job}/batch", content, kind)
        assert answer.status == 201, answer.body
        return str(answer.content["id"] if answer.content else element(answer, "id"))


def element(answer: Answer, name: str) -> str | None:
    return ElementTree.fromstring(answer.body).findtext(f"{NAMESPACE}{name}")


def table(answer: Answer) -> list[list[str]]:
    assert answer.headers["content-type"] == "text/csv"
    return list(csv.reader(io.StringIO(answer.body.decode())))


@pytest.fixture
def bulk() -> Bulk:
    return Bulk(Api())


def test_a_query_in_json(bulk: Bulk) -> None:
    job = bulk.job("query")
    batch = bulk.batch(job, b"SELECT Id, Account.Name FROM Contact ORDER BY LastName LIMIT 1")
    assert bulk("POST", f"job/{job}", {"state": "Closed"}).content["state"] == "Closed"
    done = bulk("GET", f"job/{job}/batch/{batch}").content
    assert (done["state"], done["numberRecordsProcessed"]) == ("Completed", 1)
    (result,) = bulk("GET", f"job/{job}/batch/{batch}/result").content
    (row,) = bulk("GET", f"job/{job}/batch/{batch}/result/{result}").content
    assert (row["Id"], row["Account"]["Name"]) == (ANN, "Acme")
    assert bulk("GET", f"job/{job}").content["numberBatchesCompleted"] == 1


def test_a_query_in_csv_speaks_xml(bulk: Bulk) -> None:
    bulk.api.ok("DELETE", f"sobjects/Contact/{CY}")
    inner = "<operation>queryAll</operation><object>Contact</object><contentType>CSV</contentType>"
    asked = f"<jobInfo xmlns='{NAMESPACE[1:-1]}'>{inner}</jobInfo>"
    made = bulk("POST", "job", asked.encode(), "application/xml; charset=UTF-8")
    assert (made.status, made.headers["content-type"], element(made, "state")) == (201, "application/xml", "Open")
    job = element(made, "id") or ""
    batch = bulk.batch(job, b"SELECT LastName, IsDeleted FROM Contact ORDER BY LastName", "text/csv")
    assert element(bulk("GET", f"job/{job}/batch/{batch}"), "state") == "Completed"
    listed = ElementTree.fromstring(bulk("GET", f"job/{job}/batch").body)
    assert [found.findtext(f"{NAMESPACE}id") for found in listed] == [batch]
    result = element(bulk("GET", f"job/{job}/batch/{batch}/result"), "result")
    rows = table(bulk("GET", f"job/{job}/batch/{batch}/result/{result}"))
    assert rows == [["LastName", "IsDeleted"], ["Abel", "false"], ["Berg", "false"], ["Cole", "true"]]


def test_chunks_by_primary_key(bulk: Bulk) -> None:
    asked = {"operation": "query", "object": "Contact", "contentType": "JSON"}
    job = bulk("POST", "job", asked, **{"sforce-enable-pkchunking": "true; chunkSize=2"}).content["id"]
    bulk.batch(job, b"SELECT LastName FROM Contact")
    infos = bulk("GET", f"job/{job}/batch").content["batchInfo"]
    assert [info["state"] for info in infos] == ["NotProcessed", "Completed", "Completed"]
    names = []
    for info in infos[1:]:
        path = f"job/{job}/batch/{info['id']}/result"
        (result,) = bulk("GET", path).content
        names += [row["LastName"] for row in bulk("GET", f"{path}/{result}").content]
    assert sorted(names) == ["Abel", "Berg", "Cole"]


def test_rows_succeed_and_fail_one_by_one(bulk: Bulk) -> None:
    job = bulk.job("insert")
    rows = [{"LastName": "New"}, {"LastName": "Bad", "Email": "nonsense"}]
    batch = bulk.batch(job, rows)
    good, bad = bulk("GET", f"job/{job}/batch/{batch}/result").content
    assert good == {"success": True, "created": True, "id": good["id"], "errors": []}
    assert (bad["success"], bad["id"], bad["errors"][0]["statusCode"]) == (False, None, "INVALID_EMAIL_ADDRESS")
    assert orjson.loads(bulk("GET", f"job/{job}/batch/{batch}/request").body) == rows
    assert bulk.api.column(f"SELECT LastName FROM Contact WHERE Id = '{good['id']}'") == ["New"]


def test_upsert_update_and_delete_in_csv(bulk: Bulk) -> None:
    job = bulk.job("upsert", "CSV", externalIdFieldName="Id")
    batch = bulk.batch(job, f"Id,LastName\n{ANN},Ann\n,Fresh\n".encode(), "text/csv")
    header, first, second = table(bulk("GET", f"job/{job}/batch/{batch}/result"))
    assert header == ["Id", "Success", "Created", "Error"]
    assert (first[:3], second[1:]) == ([ANN, "true", "false"], ["true", "true", ""])
    job = bulk.job("delete", "CSV")
    batch = bulk.batch(job, f"Id\n{ANN}\n{ANN}\n".encode(), "text/csv")
    gone, again = table(bulk("GET", f"job/{job}/batch/{batch}/result"))[1:]
    assert (gone[1], again[1], again[3]) == ("true", "false", "ENTITY_IS_DELETED:entity is deleted:--")


@pytest.mark.parametrize(
    ("text", "begin"),
    [
        (b"SELECT Foo FROM Contact", "InvalidBatch : Failed to process query: INVALID_FIELD: "),
        (b"SELECT COUNT(Id) FROM Contact", "InvalidBatch : Failed to process query: FUNCTIONALITY_NOT_ENABLED: "),
        (b"SELECT MailingAddress FROM Contact", "InvalidBatch : Failed to process query: FUNCTIONALITY_NOT_ENABLED: "),
        (b"SELECT Id FROM Account", "InvalidBatch : "),
    ],
)
def test_a_bad_query_fails_its_batch(bulk: Bulk, text: bytes, begin: str) -> None:
    job = bulk.job("query")
    batch = bulk.batch(job, text)
    done = bulk("GET", f"job/{job}/batch/{batch}").content
    assert done["state"] == "Failed" and done["stateMessage"].startswith(begin)
    assert bulk("GET", f"job/{job}/batch/{batch}/result").content["exceptionCode"] == "InvalidBatch"


def test_a_column_that_is_no_field_fails_its_batch(bulk: Bulk) -> None:
    job = bulk.job("insert", "CSV")
    batch = bulk.batch(job, b"LastName,Foo\nx,y\n", "text/csv")
    said = element(bulk("GET", f"job/{job}/batch/{batch}"), "stateMessage")
    assert said == "InvalidBatch : Field name not found : Foo"


def test_what_is_refused(bulk: Bulk) -> None:
    def code(method: str, path: str, body: Any = None) -> tuple[int, str]:
        answer = bulk(method, path, body)
        return answer.status, answer.content["exceptionCode"]

    job = {"operation": "query", "object": "Contact", "contentType": "JSON"}
    assert code("POST", "job", job | {"operation": "merge"}) == (400, "InvalidJob")
    assert code("POST", "job", job | {"object": "Foo"}) == (400, "InvalidJob")
    assert code("POST", "job", job | {"object": "TaskStatus"}) == (400, "InvalidEntity")
    assert code("POST", "job", job | {"contentType": "ZIP_CSV"}) == (400, "InvalidJob")
    assert code("POST", "job", job | {"operation": "upsert", "externalIdFieldName": "Foo"}) == (400, "InvalidJob")
    assert code("POST", "job", b"nonsense") == (400, "InvalidJob")
    assert code("GET", "job/750000000000000AAA") == (400, "InvalidJob")
    assert code("GET", "nothing") == (400, "InvalidUrl")
    made = bulk.job("insert")
    assert code("GET", f"job/{made}/batch/751000000000000AAA") == (400, "InvalidBatch")
    assert bulk("POST", f"job/{made}", {"state": "Aborted"}).content["state"] == "Aborted"
    assert code("POST", f"job/{made}/batch", []) == (400, "InvalidJobState")
    assert code("POST", f"job/{made}", {"state": "Closed"}) == (400, "InvalidJobState")
    bulk.session = "nobody's"
    refused = bulk("GET", "job/x", kind="application/xml")
    assert (refused.status, element(refused, "exceptionCode")) == (400, "InvalidSessionId")


def test_a_batch_takes_its_time() -> None:
    bulk = Bulk(Api(bulk_polls=1))
    job = bulk.job("query")
    batch = bulk.batch(job, b"SELECT Id FROM Contact")
    assert bulk("GET", f"job/{job}/batch/{batch}/result").content["exceptionCode"] == "InvalidBatch"
    states = [bulk("GET", f"job/{job}/batch/{batch}").content["state"] for _ in range(2)]
    assert states == ["InProgress", "Completed"]


XML = "application/xml; charset=UTF-8"
XSI = "{http://www.w3.org/2001/XMLSchema-instance}"


def test_batches_of_xml(bulk: Bulk) -> None:
    bulk.api.deploy_key()
    bulk.api.create("Account", Name="Keyed", Key__c="k1")
    asked = (
        '<jobInfo xmlns="http://www.force.com/2009/06/asyncapi/dataload"><!-- made by hand -->'
        "<operation>insert</operation><object>Contact</object></jobInfo>"
    )
    job = element(bulk("POST", "job", asked.encode(), XML), "id") or ""
    rows = (
        '<sObjects xmlns="http://www.force.com/2009/06/asyncapi/dataload" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><sObject><LastName>New</LastName>'
        "<Account><sObject><Key__c>k1</Key__c></sObject></Account><Title xsi:nil='true'/></sObject>"
        "<sObject><FirstName>No last name</FirstName></sObject></sObjects>"
    )
    batch = bulk.batch(job, rows.encode(), XML)
    answer = bulk("GET", f"job/{job}/batch/{batch}/result")
    good, bad = ElementTree.fromstring(answer.body).findall(f"{NAMESPACE}result")
    record_id = good.findtext(f"{NAMESPACE}id") or ""
    assert bulk.api.query(f"SELECT Account.Name FROM Contact WHERE Id = '{record_id}'") == [
        {"Account": {"Name": "Keyed"}}
    ]
    assert bad.findtext(f"{NAMESPACE}errors/{NAMESPACE}statusCode") == "REQUIRED_FIELD_MISSING"
    assert [found.findtext(f"{NAMESPACE}success") for found in (good, bad)] == ["true", "false"]
    assert bulk("GET", f"job/{job}/batch/{batch}/request").body == rows.encode()


def test_a_query_in_xml(bulk: Bulk) -> None:
    job = element(bulk("POST", "job", {"operation": "query", "object": "Contact", "contentType": "XML"}, XML), "id")
    assert job is None  # JSON under a header that says XML
    job = bulk.job("query", "XML")
    batch = bulk.batch(job, b"SELECT LastName, Title, Account.Name FROM Contact ORDER BY LastName LIMIT 1", XML)
    result = element(bulk("GET", f"job/{job}/batch/{batch}/result"), "result")
    answer = bulk("GET", f"job/{job}/batch/{batch}/result/{result}")
    (record,) = ElementTree.fromstring(answer.body).findall(f"{NAMESPACE}records")
    assert record.get(f"{XSI}type") == "sObject"
    assert (record.findtext(f"{NAMESPACE}type"), record.findtext(f"{NAMESPACE}LastName")) == ("Contact", "Abel")
    title = record.find(f"{NAMESPACE}Title")
    assert title is not None and title.get(f"{XSI}nil") == "true"
    assert record.findtext(f"{NAMESPACE}Account/{NAMESPACE}Name") == "Acme"


@pytest.mark.parametrize("content", [b"", b"<a", b"<a/>", b"[7]", b"\xff"])
@pytest.mark.parametrize("kind", ["XML", "JSON"])
def test_a_batch_that_cannot_be_read_fails(bulk: Bulk, kind: str, content: bytes) -> None:
    job = bulk.job("insert", kind)
    answer = bulk("GET", f"job/{job}/batch/{bulk.batch(job, content, XML)}")
    state = answer.content["state"] if answer.content else element(answer, "state")
    assert state == "Failed"
