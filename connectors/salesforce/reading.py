"""Reading streams: pages by locator, by keyset where a locator is gone, in bulk where there is much.

Every read is ordered by stamp and Id, goes through queryAll (deleted, merged and archived rows show), and starts ten
minutes before the last one began: rows with an older stamp surface late. Query and paging:
https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_queryall.htm
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

from connectors.base import Page, Record
from connectors.salesforce import bulk, marks, soql
from connectors.salesforce.client import Client
from connectors.salesforce.cursor import Cursor
from connectors.salesforce.describes import Shapes
from connectors.salesforce.query import Query, compose
from connectors.salesforce.refusals import KEY, LOCATOR_EXPIRED, Declined
from connectors.transport import batches

T = TypeVar("T")
# The longest transaction takes ten minutes, and its rows carry the stamp of its start.
OVERLAP = timedelta(minutes=10)
LIMIT = 2000
QUERIES = 5  # in one composite call
FEW = 200  # rows that are still worth reading beside those of four other streams
ID = re.compile(r"[0-9A-Za-z]{15}(?:[0-9A-Za-z]{3})?")


class Reader:
    """Pulls and fetches streams. `missing`: per stream, the fields that were wanted and are not there."""

    def __init__(self, client: Client, shapes: Shapes, bulk_threshold: int) -> None:
        self.missing: dict[str, tuple[str, ...]] = {}
        self._client = client
        self._shapes = shapes
        self._threshold = bulk_threshold

    def pull(self, stream: str, fields: Sequence[str], cursor: str | None) -> Iterator[Page]:
        """Yield the pages behind the cursor; the last one's cursor starts the next, incremental pull."""
        query, mark, page = self._seeing(lambda: self._open(stream, fields, Cursor.read(cursor)))
        if page is None:
            pages = self._in_bulk(query, mark)
        elif page["totalSize"] > self._threshold and not page["done"] and not mark.locator:
            pages = self._many(query, mark, page)
        else:
            pages = self._pages(query, mark, page)
        for behind in pages:
            self._name_ours(query, fields, behind.records)
            yield behind

    def glance(self, wanted: Mapping[str, tuple[Sequence[str], str | None]]) -> dict[str, Page]:
        """Return the only page of each stream, of those read to their end before, in which little has happened since.

        Objects are described anew before: a field that was hidden may be shown again. Five streams are asked in one
        call. Where there is more than a few rows, or other fields are shown than before, the stream is left out.
        """
        self._shapes.forget()
        marks = {stream: Cursor.read(cursor) for stream, (_, cursor) in wanted.items()}
        asked = [one for one, mark in marks.items() if mark.since and not mark.started and self._can_be_read(one)]
        began, pages = soql.stamp(self._client.now()), {}
        for some in batches(asked, QUERIES):
            composed = {stream: self._query(stream, wanted[stream][0]) for stream in some}
            queries = {one: query for one, query in composed.items() if query.missing == marks[one].lacking}
            if not queries:
                continue
            texts = {name: query.soql(_since(query, marks[name]), limit=FEW) for name, query in queries.items()}
            try:
                answers = self._client.together({name: self._client.asking(text) for name, text in texts.items()})
            except Declined:
                break
            for name, answer in answers.items():
                if answer and answer["done"] and len(answer["records"]) < FEW:
                    query, mark = queries[name], replace(marks[name], since=self._come(began))
                    records = query.records(answer["records"])
                    self._name_ours(query, wanted[name][0], records)
                    pages[name] = Page(records, mark.text, query.missing)
        return pages

    def _can_be_read(self, stream: str) -> bool:
        shape = self._shapes.find(stream)
        return shape is not None and shape.stamp is not None

    def fetch(self, stream: str, fields: Sequence[str], ids: Sequence[str]) -> list[Record]:
        """Read single records again, deleted ones too; what is no Id cannot be one of a record."""
        known = [id for id in dict.fromkeys(ids) if ID.fullmatch(id)]
        return self._seeing(lambda: self._fetch(stream, fields, known))

    def _fetch(self, stream: str, fields: Sequence[str], ids: Sequence[str]) -> list[Record]:
        query = self._query(stream, fields)
        records: list[Record] = []
        for some in soql.lists(ids):
            records += query.records(self._client.rows(query.soql(f"Id IN {some}", ordered=False), deleted=True))
        self._name_ours(query, fields, records)
        return records

    def _seeing(self, read: Callable[[], T]) -> T:
        """Read; where a field was hidden or removed since the last describe, look at it anew and read again."""
        try:
            return read()
        except Declined as refusal:
            if refusal.code != "INVALID_FIELD":
                raise
        self._shapes.forget()
        return read()

    def _query(self, stream: str, fields: Sequence[str]) -> Query:
        query = compose(self._shapes, stream, fields)
        if known := marks.done_without(query.shape):  # whoever deployed knows of it, and so does doctor
            query = replace(query, missing=tuple(name for name in query.missing if name not in known))
        self.missing[stream] = query.missing
        return query

    def _name_ours(self, query: Query, fields: Sequence[str], records: Sequence[Record]) -> None:
        """Give our records their key where the object has no field for it."""
        if KEY in fields and marks.knows_ours(query.shape):
            marks.name_ours(self._client, query.shape, records)

    def _open(self, stream: str, fields: Sequence[str], mark: Cursor) -> tuple[Query, Cursor, Any]:
        """Query the query and get the first page behind the mark; no page where it is in the middle of a bulk job."""
        query = self._query(stream, fields)
        mark = mark.begin(soql.stamp(self._client.now()), query.fingerprint, query.missing)
        if mark.job:
            return query, mark, None
        if mark.locator:
            return query, *self._next(query, mark)
        page = self._client.query(query.soql(_since(query, mark), query.behind(mark.at)))
        return query, replace(mark, started=self._come(mark.started)), page

    def _come(self, stamp: str | None) -> str:
        """Return a stamp that has come by the server's clock too, as its last answer told it.

        Our clock may have been set on between two calls, and who bookmarks what has not come misses what happens.
        """
        now = soql.stamp(self._client.now())
        return min(stamp or now, now)

    def _pages(self, query: Query, mark: Cursor, page: Any) -> Iterator[Page]:
        while True:
            records = query.records(page["records"])
            if page["done"] and not (mark.limited and page["totalSize"] >= LIMIT):
                yield Page(records, mark.end().text, query.missing)
                return
            at = query.place(records[-1]) if records else mark.at
            mark = replace(mark, locator=page.get("nextRecordsUrl"), at=at)
            yield Page(records, mark.text, query.missing)
            mark, page = self._next(query, mark)

    def _next(self, query: Query, mark: Cursor) -> tuple[Cursor, Any]:
        """Go on by locator, or where it is gone behind the last row.

        A user has ten locators: opening another one closes the oldest, in whichever stream it is. So the limited query,
        which opens none, ends the fight that eleven streams side by side would have.
        """
        if mark.locator:
            try:
                return mark, self._client.follow(mark.locator)
            except Declined as refusal:
                if refusal.code not in LOCATOR_EXPIRED and refusal.code != "NOT_FOUND":
                    raise
        text = query.soql(_since(query, mark), query.behind(mark.at), limit=LIMIT)
        return replace(mark, locator=None, limited=True), self._client.query(text)

    def _many(self, query: Query, mark: Cursor, page: Any) -> Iterator[Page]:
        """Hand the first page out, and read what is behind it in bulk."""
        records = query.records(page["records"])
        mark = replace(mark, at=query.place(records[-1]))
        try:
            job = bulk.start(self._client, query.soql(_since(query, mark), query.behind(mark.at), ordered=False))
        except Declined:  # the object is not for Bulk 2.0, or the org has no such feature: page on
            mark = replace(mark, locator=page["nextRecordsUrl"])
            yield Page(records, mark.text, query.missing)
            yield from self._pages(query, *self._next(query, mark))
            return
        mark = replace(mark, job=job)
        yield Page(records, mark.text, query.missing)
        yield from self._in_bulk(query, mark)

    def _in_bulk(self, query: Query, mark: Cursor) -> Iterator[Page]:
        try:
            yield from bulk.pages(self._client, self._shapes, query, mark)
        except bulk.JobLost:
            mark = replace(mark, job=None, locator=None, skip=0)
            yield from self._pages(query, *self._next(query, mark))


def _since(query: Query, mark: Cursor) -> str | None:
    return query.since(datetime.fromisoformat(mark.since) - OVERLAP if mark.since else None)
