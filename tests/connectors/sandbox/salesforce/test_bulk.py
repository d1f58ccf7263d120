"""Bulk 2.0: query jobs with CSV pages, ingest jobs with their three kinds of results."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from tests.connectors.sandbox.salesforce.orgs import ACME, ANN, BANK, BOB, CY, ME, Api


def lines(body: bytes, delimiter: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(body.decode()), delimiter=delimiter))


def run_query(api: Api, text: str, operation: str = "query", **asked: Any) -> str:
    job = api.ok("POST", "jobs/query", {"operation": operation, "query": text, **asked})
    assert (job["state"], job["object"], job["apiVersion"]) == ("UploadComplete", "Contact", 59.0)
    done = api.ok("GET", f"jobs/query/{job['id']}")
    assert done["state"] == "JobComplete"
    return str(job["id"])


def test_a_result_is_paged_by_locators(api: Api) -> None:
    job = run_query(api, "SELECT Id, LastName, Account.Name, DoNotCall, CreatedDate FROM Contact ORDER BY LastName")
    first = api("GET", f"jobs/query/{job}/results", maxRecords="2")
    assert (first.headers["sforce-numberofrecords"], first.headers["content-type"]) == ("2", "text/csv;charset=UTF-8")
    header, *rows = lines(first.body)
    assert header == ["Id", "LastName", "Account.Name", "DoNotCall", "CreatedDate"]
    assert rows[0] == [ANN, "Abel", "Acme", "false", "2026-11-10T12:00:00.000Z"]
    second = api("GET", f"jobs/query/{job}/results", maxRecords="2", locator=first.headers["sforce-locator"])
    assert second.headers["sforce-locator"] == "null"
    assert [row[1] for row in lines(second.body)[1:]] == ["Cole"]


def test_null_is_empty_and_delimiters_are_a_choice(api: Api) -> None:
    job = run_query(
        api, "SELECT LastName, Title FROM Contact ORDER BY LastName", columnDelimiter="PIPE", lineEnding="CRLF"
    )
    body = api("GET", f"jobs/query/{job}/results").body
    assert body.startswith(b'"LastName"|"Title"\r\n"Abel"|""\r\n"Berg"|"CFO"')
    assert (
        api.refused(
            "POST", "jobs/query", {"operation": "query", "query": "SELECT Id FROM Contact", "lineEnding": "CR"}
        )[1]
        == "INVALIDJOB"
    )


def test_query_all_sees_deleted_rows(api: Api) -> None:
    api.ok("DELETE", f"sobjects/Contact/{CY}")
    text = "SELECT Id FROM Contact WHERE IsDeleted = true"
    for operation, count in (("query", "0"), ("queryAll", "1")):
        answer = api("GET", f"jobs/query/{run_query(api, text, operation)}/results")
        assert (answer.headers["sforce-numberofrecords"], lines(answer.body)[0]) == (count, ["Id"])


def test_what_a_query_job_refuses(api: Api) -> None:
    for body, code in (
        ({"operation": "insert", "query": "SELECT Id FROM Contact"}, "INVALIDJOB"),
        ({"operation": "query"}, "MALFORMED_QUERY"),
        ({"operation": "query", "query": "SELECT Foo FROM Contact"}, "INVALID_FIELD"),
        ({"operation": "query", "query": "SELECT COUNT(Id) FROM Contact"}, "API_ERROR"),
        ({"operation": "query", "query": "SELECT MailingAddress FROM Contact"}, "API_ERROR"),
        ({"operation": "query", "query": "SELECT Id FROM TaskStatus"}, "INVALIDENTITY"),
    ):
        assert api.refused("POST", "jobs/query", body)[:2] == (400, code)
    job = run_query(api, "SELECT Id FROM Contact")
    assert api.refused("GET", f"jobs/query/{job}/results", locator="x")[1] == "INVALID_QUERY_LOCATOR"
    assert api.refused("PATCH", f"jobs/query/{job}", {"state": "Aborted"})[1] == "INVALIDJOBSTATE"
    assert api.refused("GET", f"jobs/ingest/{job}")[:2] == (404, "NOT_FOUND")


def test_a_job_takes_as_many_looks_as_the_org_says() -> None:
    api = Api(bulk_polls=2)
    job = api.ok("POST", "jobs/query", {"operation": "query", "query": "SELECT Id FROM Contact"})["id"]
    assert api.refused("GET", f"jobs/query/{job}/results")[1] == "INVALIDJOBSTATE"
    assert [api.ok("GET", f"jobs/query/{job}")["state"] for _ in range(4)] == [
        "InProgress",
        "InProgress",
        "JobComplete",
        "JobComplete",
    ]
    assert api.ok("GET", f"jobs/query/{job}")["numberRecordsProcessed"] == 3
    other = api.ok("POST", "jobs/query", {"operation": "query", "query": "SELECT Id FROM Contact"})["id"]
    assert api.ok("PATCH", f"jobs/query/{other}", {"state": "Aborted"})["state"] == "Aborted"
    assert [found["id"] for found in api.ok("GET", "jobs/query")["records"]] == [job, other]
    assert api("DELETE", f"jobs/query/{job}").status == 204
    assert api.refused("GET", f"jobs/query/{job}")[0] == 404


def ingest(api: Api, operation: str, text: str, sobject: str = "Contact", **asked: Any) -> dict[str, Any]:
    """Run an ingest job to its end and return what a look at it shows."""
    job = api.ok("POST", "jobs/ingest", {"operation": operation, "object": sobject, "contentType": "CSV", **asked})
    assert (job["state"], job["contentUrl"]) == ("Open", f"services/data/v59.0/jobs/ingest/{job['id']}/batches")
    assert api("PUT", f"jobs/ingest/{job['id']}/batches", text.encode()).status == 201
    assert api.ok("PATCH", f"jobs/ingest/{job['id']}", {"state": "UploadComplete"})["state"] == "UploadComplete"
    shown: dict[str, Any] = api.ok("GET", f"jobs/ingest/{job['id']}")
    return shown


def results(api: Api, job: dict[str, Any], kind: str) -> list[list[str]]:
    return lines(api("GET", f"jobs/ingest/{job['id']}/{kind}").body)


def test_inserted_rows_and_refused_ones_are_told_apart(api: Api) -> None:
    job = ingest(api, "insert", "FirstName,LastName,Email\nOne,Good,one@x.example\nTwo,,\nThree,Bad,nonsense\n")
    assert (job["state"], job["numberRecordsProcessed"], job["numberRecordsFailed"]) == ("JobComplete", 3, 2)
    header, good = results(api, job, "successfulResults")
    assert header == ["sf__Id", "sf__Created", "FirstName", "LastName", "Email"]
    assert good[1:] == ["true", "One", "Good", "one@x.example"]
    assert api.stored(good[0])["CreatedById"] == ME
    _, *bad = results(api, job, "failedResults")
    assert [row[:2] for row in bad] == [
        ["", "REQUIRED_FIELD_MISSING:Required fields are missing: [LastName]:LastName --"],
        ["", "INVALID_EMAIL_ADDRESS:Email: invalid email address: nonsense:Email --"],
    ]
    assert results(api, job, "unprocessedrecords") == [["FirstName", "LastName", "Email"]]


def test_updates_leave_empty_cells_alone_and_null_what_says_so(api: Api) -> None:
    job = ingest(api, "update", f"Id,FirstName,Title\n{BOB},,#N/A\n{ANN},Anna,\n003000000000777AAA,X,\n")
    assert job["numberRecordsFailed"] == 1
    assert (api.stored(BOB)["FirstName"], api.stored(BOB)["Title"], api.stored(ANN)["FirstName"]) == (
        "Bob",
        None,
        "Anna",
    )
    assert results(api, job, "failedResults")[1][:2] == [
        "003000000000777AAA",
        "INVALID_CROSS_REFERENCE_KEY:invalid cross reference id:--",
    ]


def test_upserts_by_external_id_and_parents_by_theirs(api: Api) -> None:
    api.deploy_key()
    job = ingest(api, "upsert", "Key__c,Name\n1,One\n2,Two\n1,Uno\n", "Account", externalIdFieldName="Key__c")
    assert [row[1] for row in results(api, job, "successfulResults")[1:]] == ["true", "true", "false"]
    assert api.column("SELECT Name FROM Account WHERE Key__c != null ORDER BY Key__c") == ["Uno", "Two"]
    job = ingest(api, "insert", "LastName,Account.Key__c\nChild,2\n")
    assert job["numberRecordsFailed"] == 0
    assert api.column("SELECT Account.Name FROM Contact WHERE LastName = 'Child'") == [{"Name": "Two"}]
    job = ingest(api, "upsert", f"Id,Name\n{ACME},Acme & Co\n,Brand new\n", "Account", externalIdFieldName="Id")
    assert [row[1] for row in results(api, job, "successfulResults")[1:]] == ["false", "true"]


def test_deletes_go_to_the_recycle_bin_or_for_good(api: Api) -> None:
    assert ingest(api, "delete", f"Id\n{ANN}\n")["numberRecordsFailed"] == 0
    assert ingest(api, "hardDelete", f"Id\n{BOB}\n")["numberRecordsFailed"] == 0
    assert api.column("SELECT Id FROM Contact ORDER BY Id", "queryAll") == [ANN, CY]
    assert api.column("SELECT Id FROM Contact") == [CY]


def test_an_unknown_column_fails_the_whole_job(api: Api) -> None:
    job = ingest(api, "insert", "LastName,Foo\nOne,1\n")
    assert (job["state"], job["errorMessage"]) == ("Failed", "InvalidBatch : Field name not found : Foo")
    assert results(api, job, "unprocessedrecords") == [["LastName", "Foo"], ["One", "1"]]


def test_an_aborted_job_keeps_what_it_has_done_and_shows_the_rest() -> None:
    api = Api(ingest_rows=2)
    job = ingest(api, "insert", "LastName\n" + "".join(f"L{number}\n" for number in range(5)))
    assert (job["state"], job["numberRecordsProcessed"]) == ("InProgress", 2)
    assert api.ok("PATCH", f"jobs/ingest/{job['id']}", {"state": "Aborted"})["state"] == "Aborted"
    assert len(results(api, job, "successfulResults")) == 3
    assert results(api, job, "unprocessedrecords") == [["LastName"], ["L2"], ["L3"], ["L4"]]
    again = ingest(api, "insert", "LastName\nA\nB\nC\n")
    assert api.ok("GET", f"jobs/ingest/{again['id']}")["state"] == "JobComplete"


def test_what_an_ingest_job_refuses(api: Api) -> None:
    for body, code in (
        ({"operation": "query", "object": "Contact"}, "INVALIDJOB"),
        ({"operation": "insert", "object": "Foo"}, "INVALIDENTITY"),
        ({"operation": "upsert", "object": "Contact", "externalIdFieldName": "Nope__c"}, "INVALIDJOB"),
        ({"operation": "insert", "object": "Contact", "contentType": "XML"}, "INVALIDJOB"),
    ):
        assert api.refused("POST", "jobs/ingest", body)[1] == code
    job = api.ok("POST", "jobs/ingest", {"operation": "insert", "object": "Contact"})["id"]
    assert api("PUT", f"jobs/ingest/{job}/batches", b"LastName\nx\n").status == 201
    assert api.refused("PUT", f"jobs/ingest/{job}/batches", b"LastName\nx\n")[1] == "INVALIDREQUEST"
    assert api.refused("PATCH", f"jobs/ingest/{job}", {"state": "JobComplete"})[1] == "INVALIDJOBSTATE"
    api.ok("PATCH", f"jobs/ingest/{job}", {"state": "UploadComplete"})
    assert api.refused("PUT", f"jobs/ingest/{job}/batches", b"x")[1] == "INVALIDJOBSTATE"
    assert api.refused("GET", f"jobs/ingest/{job}/otherResults")[0] == 404
    assert [found["id"] for found in api.ok("GET", "jobs/ingest")["records"]] == [job]
    assert api("DELETE", f"jobs/ingest/{job}").status == 204


def test_a_lock_fails_one_row_of_a_job(api: Api) -> None:
    api.org.locked[ACME] = 1
    job = ingest(api, "update", f"Id,Name\n{ACME},A\n{BANK},B\n", "Account")
    (error,) = (row[1] for row in results(api, job, "failedResults")[1:])
    assert error == f"UNABLE_TO_LOCK_ROW:unable to obtain exclusive access to this record or 1 records: {ACME}:--"


@pytest.mark.parametrize(
    ("content", "asked", "problem"),
    [
        (b"LastName\r\nA\r\n", {},
         "ClientInputError : LineEnding is invalid on user data. Current LineEnding setting is LF"),
        (b"LastName\nA\n", {"lineEnding": "CRLF"},
         "ClientInputError : LineEnding is invalid on user data. Current LineEnding setting is CRLF"),
        (b'LastName\nA"B"\n', {},
         "InvalidBatch : Failed to parse CSV. Found unescaped quote. A value with quote should be within a quote"),
        (b'\xef\xbb\xbf"LastName"\nA\n', {},
         "InvalidBatch : Failed to parse CSV. Found unescaped quote. A value with quote should be within a quote"),
        (b'LastName\n"A\n', {}, "InvalidBatch : Failed to parse CSV. EOF reached before closing an opened quote"),
        (b"\xff\xfe\x00", {}, "InvalidBatch : Failed to parse CSV. The content is not in UTF-8"),
        (b"LastName;Phone\nA;1\n", {}, "InvalidBatch : Field name not found : LastName;Phone"),
    ],
)  # fmt: skip
def test_a_job_whose_csv_cannot_be_read_fails_when_it_is_processed(
    api: Api, content: bytes, asked: dict[str, Any], problem: str
) -> None:
    job = api.ok("POST", "jobs/ingest", {"operation": "insert", "object": "Contact", **asked})["id"]
    assert api("PUT", f"jobs/ingest/{job}/batches", content).status == 201
    api.ok("PATCH", f"jobs/ingest/{job}", {"state": "UploadComplete"})
    shown = api.ok("GET", f"jobs/ingest/{job}")
    assert (shown["state"], shown["errorMessage"], shown["numberRecordsProcessed"]) == ("Failed", problem, 0)


def test_quotes_and_long_values_within_a_csv(api: Api) -> None:
    job = ingest(api, "insert", '"LastName",Title,Description\n"A ""x"", b\nc","",' + "y" * 200_000 + "\nB,t,\n")
    assert (job["state"], job["numberRecordsFailed"]) == ("JobComplete", 1)
    assert results(api, job, "failedResults")[1][1].startswith("STRING_TOO_LONG:Contact Description: data value too")
    assert results(api, job, "successfulResults")[1][2] == "B"


def test_a_value_that_cannot_be_read_is_named_by_its_column(api: Api) -> None:
    job = ingest(api, "insert", "LastName,Birthdate,DoNotCall\nA,6/15/19,true\nB,2019-06-15,maybe\n")
    assert [row[1] for row in results(api, job, "failedResults")[1:]] == [
        "INVALID_FIELD:Failed to deserialize field at col 1. Due to, '6/15/19' is not a valid value for the type "
        "xsd:date:Birthdate --",
        "INVALID_FIELD:Failed to deserialize field at col 2. Due to, 'maybe' is not a valid value for the type "
        "xsd:boolean:DoNotCall --",
    ]


def test_a_multipart_request_makes_a_job_and_fills_it(api: Api) -> None:
    body = (
        b'--B\r\nContent-Type: application/json\r\nContent-Disposition: form-data; name="job"\r\n\r\n'
        b'{"object": "Contact", "contentType": "CSV", "operation": "insert"}\r\n'
        b'--B\r\nContent-Type: text/csv\r\nContent-Disposition: form-data; name="content"; filename="content"\r\n\r\n'
        b"LastName\nA\nB\n\r\n--B--\r\n"
    )
    kind = {"content-type": "multipart/form-data; boundary=B"}
    made = api("POST", "jobs/ingest", body, headers=kind).content
    assert made["state"] == "UploadComplete"
    assert api.ok("GET", f"jobs/ingest/{made['id']}")["numberRecordsProcessed"] == 2
    assert api("POST", "jobs/ingest", b"--B--", headers=kind).content[0]["errorCode"] == "INVALID_MULTIPART_REQUEST"
    (listed,) = api.ok("GET", "jobs/ingest")["records"]
    assert (listed["jobType"], api.ok("GET", "jobs/ingest", jobType="Classic")["records"]) == ("V2Ingest", [])
