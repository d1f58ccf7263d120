"""Pushing where answers get lost: nothing is written twice or left out, nothing is claimed that is not known."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from connectors.base import BudgetExhausted, Refused, TryLater
from connectors.sandbox.faults import Rule
from tests.connectors.salesforce.opportunities import codes, kinds, opportunity, written


@pytest.fixture
def org(deployed, accounts):
    return deployed(accounts(3))


def test_one_row_that_cannot_even_be_parsed_does_not_take_the_others_with_it(org):
    """One bad row fails the batch (mautic#4664): Salesforce refuses the whole call for what it cannot deserialise."""

    async def refuse_poison(scope, receive, send):
        parts = [await receive()]
        while parts[-1].get("more_body"):
            parts.append(await receive())
        if any(b"poison" in part.get("body", b"") for part in parts):
            body = b'[{"message":"Cannot deserialize instance of date","errorCode":"JSON_PARSER_ERROR"}]'
            headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
            await send({"type": "http.response.start", "status": 400, "headers": headers})
            await send({"type": "http.response.body", "body": body})
            return
        again = iter(parts)

        async def replay():
            return next(again)

        await org.simulator(scope, replay, send)

    org.stand_before(refuse_poison)
    rows = [opportunity(number, CloseDate="poison" if number in (7, 19) else "2027-01-01") for number in range(50)]
    with org.connect() as connector:
        receipts = connector.push("Opportunity", rows)
    assert {receipt.key: receipt.error.code for receipt in receipts if receipt.error} == {
        "key-7": "JSON_PARSER_ERROR",
        "key-19": "JSON_PARSER_ERROR",
    }
    assert len(org.rows("Opportunity")) == 48


@pytest.mark.parametrize(("status", "calls"), [(403, 1), (451, 1), (400, 4)])
def test_a_call_that_is_refused_whatever_stands_in_it_blames_no_row(org, status, calls):
    """A proxy's 403 without JSON took 399 calls for 200 rows, and every row was set aside."""
    org.faults.add(Rule("html", method="PATCH", status=status))
    with org.connect() as connector:
        with pytest.raises(Refused, match=str(status)):
            connector.push("Opportunity", [opportunity(number) for number in range(200)])
        assert len(org.calls("PATCH")) <= calls
        assert connector.budget.calls < calls + 10
        org.faults.clear()
        assert kinds(connector.push("Opportunity", [opportunity(number) for number in range(200)])) == [None] * 200


def test_a_proxy_that_refuses_one_call_of_several_puts_its_rows_off(org):
    org.faults.add(Rule("html", method="PATCH", status=403, skip=1))
    with org.connect() as connector:
        receipts = connector.push("Opportunity", [opportunity(number) for number in range(250)])
    assert kinds(receipts) == [None] * 200 + ["retry"] * 50


@pytest.mark.parametrize("fault", ["cut_after", "cut_before", "empty", "truncated", "html"])
def test_a_lost_receipt_makes_no_double(org, fault):
    """The write took effect, perhaps, and no answer came: the rows are uncertain and are not sent again."""
    org.faults.add(Rule(fault, method="PATCH", count=1))
    rows = [opportunity(number) for number in range(3)]
    with org.connect() as connector:
        receipts = connector.push("Opportunity", rows)
        assert kinds(receipts) == ["uncertain"] * 3
        assert len(org.calls("PATCH")) <= 1
        ids = connector.find("Opportunity", [row.key for row in rows])
        assert len(ids) == (0 if fault in ("cut_before", "html") else 3)
        assert kinds(connector.push("Opportunity", rows)) == [None] * 3
    assert len(org.rows("Opportunity")) == 3


def test_a_second_write_of_a_record_in_doubt_waits_too(org):
    org.faults.add(Rule("cut_after", method="PATCH", count=1))
    with org.connect() as connector:
        receipts = connector.push("Opportunity", [opportunity(1), opportunity(1, Name="again")])
    assert kinds(receipts) == ["uncertain"] * 2
    assert [write["verb"] for write in org.org.writes] == ["create"]


def test_everything_is_written_once_under_a_storm_of_faults(org):
    """As the sync does it: what is uncertain is looked up, what is to be retried is pushed again."""
    kinds_of_fault = ["unavailable", "html", "empty", "truncated", "cut_before", "cut_after", "cut_during", "expired"]
    org.faults.seed = 5
    org.faults.add(*(Rule(kind, path="/services/data/*", probability=0.04) for kind in kinds_of_fault))
    left = {f"key-{number}": opportunity(number) for number in range(2000)}
    with org.connect() as connector:
        for _ in range(50):
            for receipt in connector.push("Opportunity", list(left.values())[:600]):
                if receipt.error is None:
                    del left[receipt.key]
            for key in connector.find("Opportunity", list(left)):
                del left[key]
            if not left:
                break
    assert not left
    assert len(org.rows("Opportunity")) == len(written(org)) == 2000


def test_an_uncertain_call_does_not_keep_the_others_from_being_written(org):
    org.faults.add(Rule("cut_after", method="PATCH", count=1))
    with org.connect() as connector:
        receipts = connector.push("Opportunity", [opportunity(number) for number in range(450)])
    assert kinds(receipts) == ["uncertain"] * 200 + [None] * 250
    assert len(org.rows("Opportunity")) == 450


def test_nothing_more_is_sent_once_two_calls_in_a_row_had_no_answer(org):
    org.faults.add(Rule("cut_after", method="PATCH"))
    with org.connect() as connector:
        receipts = connector.push("Opportunity", [opportunity(number) for number in range(900)])
    assert kinds(receipts) == ["uncertain"] * 400 + ["retry"] * 500
    assert codes(receipts)[-1] == "NOT_TRIED"


def test_calls_without_an_answer_here_and_there_do_not_end_the_push(org):
    org.faults.add(*(Rule("cut_after", method="PATCH", skip=skip, count=1) for skip in (0, 2)))
    with org.connect() as connector:
        receipts = connector.push("Opportunity", [opportunity(number) for number in range(800)])
    assert kinds(receipts) == ["uncertain"] * 200 + [None] * 200 + ["uncertain"] * 200 + [None] * 200


def test_a_busy_server_is_waited_for_because_it_did_nothing(org):
    org.faults.add(Rule("unavailable", method="PATCH", count=2))
    with org.connect() as connector:
        receipts = connector.push("Opportunity", [opportunity(1)])
        assert connector.budget.retries == {"busy": 2}
    assert kinds(receipts) == [None]


def test_where_no_row_was_tried_the_call_raises(org):
    org.faults.add(Rule("unavailable", method="PATCH"))
    with org.connect() as connector, pytest.raises(TryLater):
        connector.push("Opportunity", [opportunity(1)])


def test_a_budget_that_ends_in_the_middle_leaves_the_rest_for_later(org):
    org.faults.add(Rule("exhausted", method="PATCH", skip=1))
    with org.connect() as connector:
        receipts = connector.push("Opportunity", [opportunity(number) for number in range(450)])
        assert kinds(receipts) == [None] * 200 + ["retry"] * 250
        with pytest.raises(BudgetExhausted):
            connector.push("Opportunity", [opportunity(1)])


def test_a_session_that_ends_between_two_calls_is_renewed_once(org):
    org.faults.add(Rule("expired", method="PATCH", skip=1, count=1))
    with org.connect() as connector:
        receipts = connector.push("Opportunity", [opportunity(number) for number in range(450)])
    assert kinds(receipts) == [None] * 450
    assert len([call for call in org.simulator.calls if call["path"].endswith("/token")]) == 2


def test_two_workers_that_create_one_key_make_one_record(org):
    """Two peers for one record: Syncd_Key__c is unique, and the one that comes second updates."""
    rows = [opportunity(number) for number in range(20)]
    with org.connect() as first, org.connect() as other, ThreadPoolExecutor(2) as threads:
        receipts = [*threads.map(lambda worker: worker.push("Opportunity", rows), (first, other))]
    assert kinds(receipts[0]) == kinds(receipts[1]) == [None] * 20
    assert len(org.rows("Opportunity")) == 20


def test_an_answer_that_comes_too_late_is_uncertain(org):
    with org.connect(timeout=(5, 0.3)) as connector:
        org.faults.add(Rule("latency", method="PATCH", seconds=1.0, count=1))
        (receipt,) = connector.push("Opportunity", [opportunity(1)])
    assert receipt.error.kind == "uncertain"
