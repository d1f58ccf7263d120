"""Form submissions: per form, newest first, down to what the last run has seen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson

from connectors.base import Page, Raw, Record
from connectors.hubspot import paths
from connectors.hubspot.client import Client, ListPage, Query
from connectors.hubspot.cursor import Binder, Mark, Submissions, digest
from connectors.hubspot.refusals import Absent
from connectors.hubspot.stamps import OVERLAP, moment, span

Json = dict[str, Any]

PAGE = 50
MARK_IDS = 200  # of one form, within the overlap


@dataclass(frozen=True, slots=True)
class FormSubmissions:
    """Every form's submissions, newest first, down to what the last run has seen.

    Source: developers.hubspot.com/docs/methods/forms/get-submissions-for-a-form (50 a page, reverse order, no contact
    id). An idle run costs one call per form and one for the list of forms: HubSpot has no other way to ask.
    """

    client: Client
    binder: Binder
    only: frozenset[str] = frozenset()  # forms to read; none named: all

    def pages(self, cursor: str | None) -> Iterator[Page]:
        """Yield what was submitted since `cursor`."""
        state = self.binder.load(cursor)
        state = state if isinstance(state, Submissions) else Submissions()
        names = self.names(archived=not state.marks)
        state = state if state.pending else replace(state, pending=tuple(names))
        while state.pending:
            form = state.pending[0]
            records, state = self._read(form, names.get(form, ""), state)
            if records or not state.pending:
                yield Page(records, self.binder.dump(state))
        if not names:
            yield Page((), self.binder.dump(state))

    def _read(self, form: str, name: str, state: Submissions) -> tuple[list[Record], Submissions]:
        """Read one page of a form: what is new in it, and the state behind it."""
        last = state.marks.get(form, Mark())
        results, after = self.page(form, state.after)
        records = [submission(form, name, result) for result in results]
        floor = last.newest - span(OVERLAP)
        new = [record for record in records if record.raw["submittedAt"] >= floor and record.id not in last.ids]
        mark = state.mark or _mark(records, last)
        if after and len(new) == len(records):
            return new, replace(state, after=after, mark=mark)
        return new, Submissions({**state.marks, form: mark}, state.pending[1:])

    def page(self, form: str, after: str) -> ListPage:
        """Return a page of one form's submissions as they come, newest first, and where the next one begins."""
        try:
            return self.client.page(paths.SUBMISSIONS, [("limit", PAGE)], after, id=form)
        except Absent:  # deleted since the forms were listed
            return (), ""

    def names(self, *, archived: bool = False) -> dict[str, str]:
        """Return the forms' names by id; archived ones have submissions too, but get no new ones."""
        flags = ("true", "false") if archived else ("false",)
        queries: list[Query] = [[("limit", 100), ("formTypes", "all"), ("archived", flag)] for flag in flags]
        pages = (results for query in queries for results, _ in self.client.walk(paths.FORMS, query))
        names = {str(form["id"]): form.get("name") or "" for results in pages for form in results}
        return {id: name for id, name in names.items() if not self.only or id in self.only}


def _mark(records: Sequence[Record], last: Mark) -> Mark:
    """Return what the next run compares with, taken from a form's first page."""
    newest = max([last.newest, *(record.raw["submittedAt"] for record in records)])
    floor = newest - span(OVERLAP)
    return Mark(newest, tuple(record.id for record in records if record.raw["submittedAt"] >= floor)[:MARK_IDS])


def submission(form: str, name: str, result: Json) -> Record:
    """Return one submission in its normal form; a field with several values has them joined by semicolons."""
    values: dict[str, str] = {}
    for value in result.get("values") or ():
        key, text = str(value.get("name")), str(value.get("value") or "")
        values[key] = f"{values[key]};{text}" if values.get(key) else text
    at = result.get("submittedAt") or 0
    raw: Raw = {
        "formId": form,
        "formName": name,
        "submittedAt": at,
        "email": values.get("email"),
        "pageUrl": result.get("pageUrl"),
        "pageTitle": result.get("pageTitle"),
        "values": values,
    }
    id = result.get("conversionId") or digest([orjson.dumps(result, option=orjson.OPT_SORT_KEYS).decode()])
    return Record(f"{form}:{id}", moment(at), False, raw)
