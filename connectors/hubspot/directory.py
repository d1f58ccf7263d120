"""Short lists of records, read whole each time: owners, campaigns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from connectors.base import Page, Record
from connectors.hubspot.client import Client, ListPage, Query
from connectors.hubspot.cursor import Binder, Roll, digest
from connectors.hubspot.paths import Path
from connectors.hubspot.stamps import stamp

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ShortList:
    """A short list of records, read whole each time; unchanged, it yields one empty page.

    archive: whether archived records stand in a list of their own. ask: the query that every page is asked with.
    """

    client: Client
    binder: Binder
    path: Path
    size: int
    archive: bool = False
    ask: Query = ()

    def pages(self, cursor: str | None) -> Iterator[Page]:
        """Yield everything when the live list changed since `cursor`."""
        state = self.binder.load(cursor)
        if not isinstance(state, Roll):
            state = Roll()
        if not state.known:
            yield from self._first(state)
            return
        live = [results for results, _ in self._read("", archived=False)]
        known = _content(live)
        if known == state.known:
            yield Page((), self.binder.dump(state))
            return
        archived = [results for results, _ in self._read("", archived=True)] if self.archive else []
        *others, last = [*live, *archived]
        for results in others:
            yield Page(_entries(results), self.binder.dump(state))
        yield Page(_entries(last), self.binder.dump(Roll(known)))

    def _first(self, state: Roll) -> Iterator[Page]:
        live: list[Sequence[Json]] = []
        whole = not state.after and not state.archived
        if not state.archived:
            for results, after in self._read(state.after, archived=False):
                live.append(results)
                end = Roll(archived=True) if self.archive else self._end(live, whole)
                yield Page(_entries(results), self.binder.dump(Roll(after=after) if after else end))
        if self.archive:
            for results, after in self._read(state.after if state.archived else "", archived=True):
                end = Roll(after=after, archived=True) if after else self._end(live, whole)
                yield Page(_entries(results), self.binder.dump(end))

    def _end(self, live: Sequence[Sequence[Json]], whole: bool) -> Roll:
        # Gone on with after a kill, the list's digest is not known: the next run compares unequal and reads it again.
        return Roll(_content(live) if whole else "partial")

    def _read(self, after: str, *, archived: bool) -> Iterator[ListPage]:
        query = [("limit", self.size), *self.ask, *([("archived", "true")] if archived else [])]
        return self.client.walk(self.path, query, after)


def _content(pages: Sequence[Sequence[Json]]) -> str:
    return digest([orjson.dumps(entry, option=orjson.OPT_SORT_KEYS).decode() for page in pages for entry in page])


def _entries(results: Sequence[Json]) -> list[Record]:
    return [
        Record(str(row["id"]), stamp(row.get("updatedAt")), row.get("archived") is True, {**row, "id": str(row["id"])})
        for row in results
    ]
