"""One record, one key: what is found by it, what is written twice in one push, and what an answer says of a row."""

from datetime import UTC, datetime

import orjson
import pytest

from connectors.base import Misconfigured, Payload
from tests.connectors.salesforce.opportunities import KEY, codes, kinds, opportunity, written


@pytest.fixture
def org(deployed, accounts):
    return deployed(accounts(3))


def answer_with(org, body):
    """Let every collection call be answered with this body, whatever it asks; the call itself is carried out."""

    async def amend(scope, receive, send):
        async def amended(message):
            if message["type"] == "http.response.start":
                headers = [pair for pair in message["headers"] if pair[0] != b"content-length"]
                message = {**message, "headers": headers}
            elif message.get("body"):
                message = {**message, "body": orjson.dumps(bodies.pop(0)) if bodies else message["body"]}
            await send(message)

        await org.simulator(scope, receive, amended if scope["method"] == "PATCH" else send)

    bodies = [body]
    org.stand_before(amend)


# ---- finding -----------------------------------------------------------------------------------------------------


def test_before_the_package_is_deployed_finding_says_what_to_do(world, accounts):
    with world(accounts(1)).connect() as connector, pytest.raises(Misconfigured, match="syncd salesforce deploy"):
        connector.find("Opportunity", ["key-1"])


def test_an_archived_task_is_found_by_its_key(org):
    task = org.make("Task", Subject="Long ago")
    org.org.tables["Task"].put({**org.rows("Task")[task], KEY: "task-1", "IsArchived": True})
    with org.connect() as connector:
        assert connector.find("Task", ["task-1"]) == {"task-1": task}


def test_of_two_records_with_one_key_the_older_one_is_found(org):
    """Its id is the larger one: only the day of its creation says that it was there first."""
    tasks = sorted(org.make("Task", Subject="Call") for _ in range(2))
    for task, day in zip(tasks, ("2026-11-02", "2026-11-01"), strict=True):
        created = {KEY: "task-1", "CreatedDate": f"{day}T12:00:00.000+0000"}
        org.org.tables["Task"].put({**org.rows("Task")[task], **created})
    with org.connect() as connector:
        assert connector.find("Task", ["task-1"]) == {"task-1": tasks[1]}


# ---- twice in one push -------------------------------------------------------------------------------------------


def test_one_record_under_two_keys_is_written_twice_and_not_refused(org):
    theirs = org.make("Opportunity", Name="x", StageName="Prospecting", CloseDate="2027-01-01")
    with org.connect() as connector:
        receipts = connector.push("Opportunity", [opportunity(1, theirs), opportunity(2, theirs)])
    assert [(receipt.remote_id, receipt.error) for receipt in receipts] == [(theirs, None)] * 2
    assert org.rows("Opportunity")[theirs]["Name"] == "Deal 2"
    assert len(org.calls("composite/sobjects")) == 2, "Salesforce refuses an id that stands twice in a call"


def test_after_a_refused_write_of_a_record_the_next_one_is_tried(org):
    with org.connect() as connector:
        receipts = connector.push("Opportunity", [opportunity(1, Name="x" * 200), opportunity(1)])
    assert codes(receipts) == ["STRING_TOO_LONG", None]
    assert written(org)["key-1"]["Name"] == "Deal 1"


# ---- what an answer says of a row --------------------------------------------------------------------------------


def test_the_receipt_of_a_refused_update_names_the_record(org):
    theirs = org.make("Opportunity", Name="x", StageName="Prospecting", CloseDate="2027-01-01")
    with org.connect() as connector:
        (receipt,) = connector.push("Opportunity", [opportunity(1, theirs, Name="x" * 200)])
    assert (receipt.remote_id, receipt.error.code) == (theirs, "STRING_TOO_LONG")


@pytest.mark.parametrize("answer", [[], {"a": 1, "b": 2}, [{"success": True}]], ids=["none", "no list", "too few"])
def test_an_answer_of_another_length_says_nothing_of_any_row(org, answer):
    answer_with(org, answer)
    with org.connect() as connector:
        assert kinds(connector.push("Opportunity", [opportunity(1), opportunity(2)])) == ["uncertain"] * 2


def test_a_failed_row_without_a_reason_is_refused(org):
    answer_with(org, [{"success": False, "errors": []}, {"success": False}])
    with org.connect() as connector:
        receipts = connector.push("Opportunity", [opportunity(1), opportunity(2)])
    assert [(receipt.error.kind, receipt.error.code) for receipt in receipts] == [("refused", "UNKNOWN")] * 2


def test_who_loses_the_race_for_a_key_writes_once_more_at_once(org):
    """Two workers upsert one new key: the one that comes second is told of a duplicate, and then updates."""
    message = f"duplicate value found: {KEY} duplicates value on record with id: 006000000000001AAA"
    error = {"statusCode": "DUPLICATE_VALUE", "message": message, "fields": []}
    answer_with(org, [{"success": False, "errors": [error]}])
    with org.connect() as connector:
        (receipt,) = connector.push("Opportunity", [opportunity(1)])
    assert receipt == ("key-1", written(org)["key-1"]["Id"], None, ())
    assert len(org.rows("Opportunity")) == 1


# ---- values ------------------------------------------------------------------------------------------------------


AT = datetime(2026, 11, 20, 23, 30, 0, 999_999, tzinfo=UTC)


@pytest.mark.parametrize("at", [AT, AT.replace(tzinfo=None)], ids=["aware", "naive, taken as UTC"])
def test_a_moment_is_written_to_the_second_in_utc(org, at):
    sent = []

    async def listen(scope, receive, send):
        async def heard():
            message = await receive()
            sent.append(message.get("body", b""))
            return message

        await org.simulator(scope, heard, send)

    org.stand_before(listen)
    payload = Payload("p1", None, {"LastName": "Quandt", "EmailBouncedDate": at})
    with org.connect() as connector:
        assert kinds(connector.push("Contact", [payload])) == [None]
    assert b'"EmailBouncedDate":"2026-11-20T23:30:00+00:00"' in b"".join(sent)
    assert written(org, "Contact")["p1"]["EmailBouncedDate"] == "2026-11-20T23:30:00.000+0000"


def test_a_text_that_is_no_unicode_is_refused_alone(org):
    with org.connect() as connector:
        receipts = connector.push("Opportunity", [opportunity(1, NextStep="\ud800"), opportunity(2)])
    assert codes(receipts) == ["UNWRITABLE_VALUE", None]
