"""Reading much through Bulk API 2.0: the same rows as page by page, resumable, given up where it does not work."""

from dataclasses import replace

import orjson
import pytest

from connectors.base import TryLater
from connectors.salesforce import paths
from connectors.sandbox.faults import Rule

FIELDS = ["Name", "NumberOfEmployees", "AnnualRevenue", "Owner.Username", "Parent.Name", "BillingStreet", "IsDeleted"]


@pytest.fixture
def big(world, accounts):
    def make(count=2500, **options):
        org = world(
            accounts(count, NumberOfEmployees=12, AnnualRevenue=1.5e9, BillingStreet='1 "Main",\nSt'), **options
        )
        for number in range(1, 11):
            org.edit("Account", f"001{number:012d}AAA", ParentId="001000000000020AAA", Name=f"Ünïted, {number}")
        org.delete("Account", "001000000000030AAA")
        return org

    return make


def drain(connector, cursor=None):
    pages = list(connector.reader.pull("Account", FIELDS, cursor))
    return [record for page in pages for record in page.records], pages


def test_bulk_rows_are_those_of_paging(big):
    org = big()
    with org.connect() as connector:
        paged, _ = drain(connector)
    with org.connect(bulk_threshold=1000) as connector:
        in_bulk, pages = drain(connector)
    assert org.calls("jobs/query")
    assert sorted(in_bulk) == sorted(paged)
    assert len(in_bulk) == 2500
    assert pages[-1].cursor == '{"since":"2026-11-21T12:00:00.000Z"}'


def test_few_rows_are_paged(big):
    org = big(count=40)
    with org.connect(bulk_threshold=1000) as connector:
        drain(connector)
    assert org.calls("jobs/query") == []


def test_every_page_is_a_place_to_go_on_from(world, accounts):
    org = world(accounts(22_500))
    everything = set(org.rows("Account"))
    with org.connect(bulk_threshold=1000) as connector:
        pages = list(connector.reader.pull("Account", ["Name"], None))
        assert len(pages) == 12
        for place in (0, 3, 5, 6, len(pages) - 2):
            before = {record.id for page in pages[: place + 1] for record in page.records}
            rest = connector.reader.pull("Account", ["Name"], pages[place].cursor)
            after = [record.id for page in rest for record in page.records]
            assert len(after) == len(set(after))
            assert before.isdisjoint(after)
            assert before | set(after) == everything
    assert [call for call in org.calls("jobs/query") if call.startswith("POST")] == [
        "POST /services/data/v68.0/jobs/query"
    ]


def test_a_job_that_takes_its_time_is_waited_for(big):
    org = big(bulk_polls=4)
    with org.connect(bulk_threshold=1000) as connector:
        assert len(drain(connector)[0]) == 2500
    assert org.naps == [1.0, 2.0, 5.0, 10.0]


def test_a_lost_job_is_read_page_by_page(big):
    org = big(count=6500)
    with org.connect(bulk_threshold=1000) as connector:
        first = next(connector.reader.pull("Account", FIELDS, None))
    assert org.calls("jobs/query")
    org.clock.advance(8 * 86400)  # results are kept for seven days
    org.simulator.jobs = type(org.simulator.jobs)(org.org)
    with org.connect(bulk_threshold=1000) as connector:
        records, pages = drain(connector, first.cursor)
    assert {record.id for record in [*first.records, *records]} == set(org.rows("Account"))
    assert not any("job" in orjson.loads(page.cursor) for page in pages), "nobody asks for it again"


def test_an_aborted_job_is_read_page_by_page(big):
    org = big(bulk_polls=100)
    with org.connect(bulk_threshold=1000) as connector:
        pages = connector.reader.pull("Account", FIELDS, None)
        first = next(pages)
        job = orjson.loads(first.cursor)["job"]
        connector.client.call(replace(paths.BULK_JOB, method="PATCH"), job=job, body=b'{"state":"Aborted"}')
        rest = [record for page in pages for record in page.records]
    assert {record.id for record in [*first.records, *rest]} == set(org.rows("Account"))


def test_a_job_that_does_not_end_is_looked_at_again_by_the_next_run(big):
    org = big(bulk_polls=200)
    with org.connect(bulk_threshold=1000) as connector:
        pages = connector.reader.pull("Account", FIELDS, None)
        first = next(pages)
        with pytest.raises(TryLater, match="after an hour"):
            next(pages)
        rest, _ = drain(connector, first.cursor)
    assert {record.id for record in [*first.records, *rest]} == set(org.rows("Account"))
    assert len([call for call in org.calls("jobs/query") if call.startswith("POST")]) == 1


def test_a_result_that_is_cut_off_between_two_rows_is_no_result(big):
    """A proxy that ends the body early leaves good CSV behind; only the header tells how many rows there are."""
    org = big()

    async def shorten(scope, receive, send):
        async def cut(message):
            if scope["path"].endswith("/results") and message["type"] == "http.response.body":
                lines = message["body"].splitlines(keepends=True)
                message = {**message, "body": b"".join(lines[:-3])}
            if message["type"] == "http.response.start":
                headers = [pair for pair in message["headers"] if pair[0] != b"content-length"]
                message = {**message, "headers": headers}
            await send(message)

        await org.simulator(scope, receive, cut)

    org.stand_before(shorten)
    with org.connect(bulk_threshold=1000) as connector, pytest.raises(TryLater, match="cut off"):
        drain(connector)


def test_where_bulk_is_not_to_be_had_paging_does_it(big):
    org = big()
    org.faults.add(Rule("status", path="*/jobs/query", status=400))
    with org.connect(bulk_threshold=1000) as connector:
        records, _ = drain(connector)
    assert {record.id for record in records} == set(org.rows("Account"))


@pytest.mark.parametrize("kind", ["truncated", "html", "empty", "cut_during", "expired"])
def test_a_spoilt_result_is_asked_for_again(big, kind):
    org = big()
    org.faults.add(Rule(kind, path="*/results", count=1))
    with org.connect(bulk_threshold=1000) as connector:
        records, _ = drain(connector)
    assert {record.id for record in records} == set(org.rows("Account"))
