"""Reading streams: pages by locator, by keyset where a locator is gone, in bulk where there is much.

Every read is ordered by stamp and Id, goes through queryAll (deleted, merged and archived rows show), and starts ten
minutes before the last one began: rows with an older stamp surface late. Query and paging:
https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_queryall.htm
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from connectors.base import Page, Record
from connectors.salesforce import bulk, soql
from connectors.salesforce.answers import LOCATOR_EXPIRED, Declined
from connectors.salesforce.cursor import Cursor
from connectors.salesforce.plan import Plan, plan
from connectors.salesforce.session import Session
from connectors.salesforce.shapes import Shapes

# The longest transaction takes ten minutes, and its rows carry the stamp of its start.
OVERLAP = timedelta(minutes=10)
LIMIT = 2000


class Reader:
    """Pulls and fetches streams. `missing`: per stream, the fields that were wanted and are not there."""

    def __init__(self, session: Session, shapes: Shapes, bulk_threshold: int) -> None:
        self.missing: dict[str, tuple[str, ...]] = {}
        self._session = session
        self._shapes = shapes
        self._threshold = bulk_threshold

    def pull(self, stream: str, fields: Sequence[str], cursor: str | None) -> Iterator[Page]:
        """Yield the pages behind the cursor; the last one's cursor starts the next, incremental pull."""
        wanted = self._plan(stream, fields)
        mark = Cursor.read(cursor).begin(soql.stamp(self._session.now()), wanted.fingerprint)
        if mark.job:
            yield from self._in_bulk(wanted, mark)
            return
        if mark.locator:
            yield from self._pages(wanted, *self._next(wanted, mark))
            return
        page = self._session.query(wanted.soql(_since(wanted, mark), wanted.behind(mark.at)))
        if page["totalSize"] > self._threshold and not page["done"] and (job := self._job(wanted, mark)):
            mark = replace(mark, job=job, at=None)
            yield Page((), mark.text)  # so that a kill while it runs does not lose the job
            yield from self._in_bulk(wanted, mark)
        else:
            yield from self._pages(wanted, mark, page)

    def fetch(self, stream: str, fields: Sequence[str], ids: Sequence[str]) -> list[Record]:
        """Read single records again, deleted ones too."""
        wanted = self._plan(stream, fields)
        found: list[Record] = []
        for some in soql.lists(dict.fromkeys(ids)):
            found += wanted.records(self._session.rows(wanted.soql(f"Id IN {some}", ordered=False), deleted=True))
        return found

    def _plan(self, stream: str, fields: Sequence[str]) -> Plan:
        wanted = plan(self._shapes, stream, fields)
        self.missing[stream] = wanted.missing
        return wanted

    def _pages(self, wanted: Plan, mark: Cursor, page: Any) -> Iterator[Page]:
        while True:
            records = wanted.records(page["records"])
            if page["done"] and not (mark.limited and page["totalSize"] >= LIMIT):
                yield Page(records, mark.end().text)
                return
            at = wanted.place(records[-1]) if records else mark.at
            mark = replace(mark, locator=page.get("nextRecordsUrl"), at=at)
            yield Page(records, mark.text)
            mark, page = self._next(wanted, mark)

    def _next(self, wanted: Plan, mark: Cursor) -> tuple[Cursor, Any]:
        """Go on by locator, or where it is gone behind the last row.

        A user has ten locators: opening another one closes the oldest, in whichever stream it is. So the limited query,
        which opens none, ends the fight that eleven streams side by side would have.
        """
        if mark.locator:
            try:
                return mark, self._session.call("GET", mark.locator)
            except Declined as refusal:
                if refusal.code not in LOCATOR_EXPIRED and refusal.code != "NOT_FOUND":
                    raise
        query = wanted.soql(_since(wanted, mark), wanted.behind(mark.at), limit=LIMIT)
        return replace(mark, locator=None, limited=True), self._session.query(query)

    def _job(self, wanted: Plan, mark: Cursor) -> str | None:
        try:
            return bulk.start(self._session, wanted.soql(_since(wanted, mark), ordered=False))
        except Declined:  # the object is not for Bulk 2.0, or the org has no such feature: page on
            return None

    def _in_bulk(self, wanted: Plan, mark: Cursor) -> Iterator[Page]:
        try:
            yield from bulk.pages(self._session, self._shapes, wanted, mark)
        except bulk.JobLost:
            mark = replace(mark, job=None, locator=None, skip=0)
            yield from self._pages(wanted, *self._next(wanted, mark))


def _since(wanted: Plan, mark: Cursor) -> str | None:
    return wanted.since(datetime.fromisoformat(mark.since) - OVERLAP if mark.since else None)
