"""CRM objects: listed in full by id, searched for changes by stamp, read singly by id.

The full list is the only place that shows archived records and changed associations, and it is complete; search is
cheap, but lags behind, forgets archived records and ends at 10,000 results. So the first read lists, the next ones
search, and a regular read from the start (cursor None) sets right what search cannot show.

A whole bulk edit may carry one stamp (supaglue#585), records change while they are read (airbyte#16214), and search
lags. Hence each run reads a closed window [start, stop) that ends a little in the past, and pages in it by ascending id
(never by `after`, which ends at 10,000); `stamps` says how far it goes back.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from connectors.base import Page, Raw, Record, Refused
from connectors.hubspot import links, paths
from connectors.hubspot.client import Client, ListPage
from connectors.hubspot.cursor import Binder, ChangeSearch, Full, Lane
from connectors.hubspot.refusals import TooLong, require_answers
from connectors.hubspot.stamps import OVERLAP, begin, epoch, span, stamp
from connectors.transport import ahead, ahead_where_slow, batches

Json = dict[str, Any]

PAGE = 100
SEARCH_PAGE = 200
SEARCH_CAP = 10_000
BATCH = 100
SPLIT_DOWN_TO = timedelta(minutes=1)
LANE_WORTH = 1_000  # records: below, several lanes cost more than they bring


@dataclass(frozen=True, slots=True)
class Selection:
    """What is asked of each record: properties, and the object types whose associated ids come along."""

    object: str
    stamp: str  # the property that search must use; the wrong one finds nothing and says nothing
    properties: tuple[str, ...]
    types: tuple[str, ...]

    @classmethod
    def of(cls, object: str, stamp: str, fields: Sequence[str]) -> Selection:
        """Return the selection that a mapping's fields mean."""
        types = links.wanted(fields)
        return cls(object, stamp, tuple(f for f in fields if not f.startswith(links.PREFIX)), types)


class Objects:
    """Reads one CRM object type. lanes: how many id ranges are listed side by side in a first load."""

    def __init__(self, client: Client, selection: Selection, binder: Binder, *, settle: timedelta, lanes: int) -> None:
        self._client = client
        self._selection = selection
        self._binder = binder
        self._settle = settle
        self._lanes = lanes
        self._long = False  # an address cannot hold all properties: they are asked for in a body, page by page

    def pages(self, cursor: str | None) -> Iterator[Page]:
        """Yield what is left to read behind `cursor`."""
        state = self._binder.load(cursor)
        if isinstance(state, ChangeSearch):
            return ahead_where_slow(self._changes(state))
        return self._full(state if isinstance(state, Full) else None)

    # ---- the full list ------------------------------------------------------------------------------------------

    def _full(self, state: Full | None) -> Iterator[Page]:
        if state is None:
            started = epoch(self._client.clock())
            state = Full(started, self._split() if self._lanes > 1 else (Lane(),))
        if not state.archived:
            for turn in self._listed(state):
                state = turn[1]
                yield Page(turn[0], self._binder.dump(state))
        after = state.lanes[0].after
        while True:
            # A deleted record's associations are of no use.
            results, after = self._list(after, archived=True)
            if not after:
                break
            yield Page(self._records(results), self._binder.dump(replace(state, lanes=(Lane(after),))))
        yield Page(self._records(results), self._binder.dump(ChangeSearch(state.started, swept=state.started)))

    def _listed(self, state: Full) -> Iterator[tuple[Sequence[Record], Full]]:
        """Yield each lane's pages as they come, with the state behind them."""
        lanes, started = list(state.lanes), state.started
        reading = [self._lane(place, lane) for place, lane in enumerate(lanes)]
        for place, records, after in ahead(*reading) if len(reading) > 1 else ahead_where_slow(*reading):
            state = replace(state, started=min(state.started, self._client.come(started)))
            lanes[place] = replace(lanes[place], after=after)
            left = tuple(lane for lane in lanes if lane.after != _DONE)
            yield records, replace(state, lanes=left) if left else Full(state.started, archived=True)

    def _lane(self, place: int, lane: Lane) -> Iterator[tuple[int, Sequence[Record], str]]:
        after = lane.after
        while after != _DONE:
            results, after = self._list(after, archived=False)
            if lane.stop is not None:
                results = [result for result in results if int(result["id"]) < lane.stop]
                after = after if after and int(after) < lane.stop else ""
            after = after or _DONE
            yield place, self._records(results, listed=True), after

    def _list(self, after: str, *, archived: bool) -> ListPage:
        chosen = self._selection
        query: list[tuple[str, str | int]] = [("limit", PAGE)]
        properties = [("properties", ",".join(chosen.properties))] if chosen.properties and not self._long else []
        query += [("associations", ",".join(chosen.types))] if chosen.types and not archived else []
        query += [("archived", "true")] if archived else []
        try:
            results, following = self._client.page(paths.LIST, [*query, *properties], after, object=chosen.object)
        except TooLong:
            if not properties:
                raise
            self._long = True
            return self._list(after, archived=archived)
        return (self._filled(results, archived=archived) if self._long else results), following

    def _filled(self, results: Sequence[Json], *, archived: bool) -> list[Json]:
        """The records of a page with the properties that its address could not name; who went meanwhile is left out."""
        read = self._batch([str(result["id"]) for result in results], archived=archived) if results else ()
        properties = {str(result["id"]): result["properties"] for result in read}
        known = [result for result in results if str(result["id"]) in properties]
        return [result | {"properties": properties[str(result["id"])]} for result in known]

    def _split(self) -> tuple[Lane, ...]:
        """Cut the ids into ranges of equal width; one range where there is little, or where ranges cannot be listed.

        That a list's `after` is the id to begin at is how HubSpot behaves, not what it documents. So it is tried first:
        begun at the newest id, a list must show that one record, which no position in a list would do.
        """
        object = self._selection.object
        body = {"sorts": [{"propertyName": "hs_object_id", "direction": "DESCENDING"}], "limit": 1}
        try:
            newest = self._client.call(paths.SEARCH, body=body, object=object)
            if int(newest.get("total") or 0) < LANE_WORTH:
                return (Lane(),)
            ends = [self._client.page(paths.LIST, [("limit", 1)], object=object)[0], newest["results"]]
            low, high = (int(results[0]["id"]) for results in ends)
            [trial], _ = self._client.page(paths.LIST, [("limit", 1)], str(high), object=object)
        except (Refused, ValueError, IndexError):
            return (Lane(),)
        if int(trial["id"]) != high:
            return (Lane(),)
        bounds = [low + (high - low) * place // self._lanes for place in range(1, self._lanes)]
        edges = zip(["", *bounds], [*bounds, None], strict=True)
        return tuple(Lane(str(start), stop) for start, stop in edges)

    # ---- changes ------------------------------------------------------------------------------------------------

    def _changes(self, state: ChangeSearch) -> Iterator[Page]:
        begun, opened = state, state.horizon is None
        state = self._open(state) if opened else state
        while state.horizon is not None:
            answer = self._search(state)
            if opened:
                opened, late = False, epoch(self._client.now() - self._settle) - (state.stop or 0)
                if late > span(OVERLAP):  # our clock was put back since the last answer: that was no window of today
                    state = self._open(begun)
                    continue
                state = self._come(state)
            results, total = answer["results"], int(answer.get("total") or 0)
            if (half := _half(state, total)) is not None:
                state = replace(state, stop=half)
                continue
            more = bool(results) and total > len(results)
            state = replace(state, after=str(results[-1]["id"])) if more else _behind(state)
            yield Page(self._searched(results), self._binder.dump(state))

    def _open(self, state: ChangeSearch) -> ChangeSearch:
        """Freeze the window of this run."""
        now = self._client.now()
        start, swept = begin(state.since, state.swept, now)
        stop = max(epoch(now - self._settle), start) + 1  # the clock may have been put back
        return ChangeSearch(state.since, swept, start=start, stop=stop, horizon=stop)

    def _come(self, state: ChangeSearch) -> ChangeSearch:
        """Return the window up to what has come by HubSpot's clock too, which its first answer tells."""
        come = self._client.come
        horizon, swept = come(state.horizon or 0, self._settle), come(state.swept)
        return state if horizon == state.horizon else replace(state, swept=swept, stop=horizon, horizon=horizon)

    def _search(self, state: ChangeSearch) -> Json:
        chosen = self._selection
        tests = (
            (chosen.stamp, "GTE", state.start),
            (chosen.stamp, "LT", state.stop),
            ("hs_object_id", "GT", state.after),
        )
        filters = [{"propertyName": name, "operator": operator, "value": str(value)} for name, operator, value in tests]
        body = {
            "filterGroups": [{"filters": filters}],
            "sorts": [{"propertyName": "hs_object_id", "direction": "ASCENDING"}],
            "properties": list(chosen.properties),
            "limit": SEARCH_PAGE,
        }
        answer: Json = self._client.call(paths.SEARCH, body=body, object=chosen.object)
        return answer

    # ---- single records -----------------------------------------------------------------------------------------

    def fetch(self, ids: Sequence[str]) -> Sequence[Record]:
        """Read records by id, archived ones too. A merged id brings the survivor under the survivor's own id."""
        results_by_id: dict[str, Json] = {}
        for archived in (False, True):
            for batch in batches((id for id in dict.fromkeys(ids) if id.isdigit() and id not in results_by_id), BATCH):
                results = self._batch(batch, archived=archived)
                results_by_id |= {str(result["id"]): result for result in results}
                # 207: ids that are not there come as errors; ids that were merged come under another id.
        live = [result for result in results_by_id.values() if not result.get("archived")]
        return [*self._searched(live), *self._records([r for r in results_by_id.values() if r.get("archived")])]

    def _batch(self, ids: Sequence[str], *, archived: bool) -> Sequence[Json]:
        chosen = self._selection
        body = {
            "properties": list(chosen.properties),
            "propertiesWithHistory": [],
            "inputs": [{"id": id} for id in ids],
        }
        query = [("archived", "true")] if archived else []
        answer = self._client.call(paths.BATCH_READ, query, body, object=chosen.object)
        require_answers(answer, f"{chosen.object} by id")
        results: Sequence[Json] = answer["results"]
        return results

    # ---- records ------------------------------------------------------------------------------------------------

    def _searched(self, results: Sequence[Json]) -> list[Record]:
        """Return records whose associations have to be read beside them."""
        types = self._selection.types
        ids = [str(result["id"]) for result in results]
        linked = {type: links.read(self._client, self._selection.object, type, ids) for type in types}
        return [record(result, {type: linked[type].get(str(result["id"]), []) for type in types}) for result in results]

    def _records(self, results: Sequence[Json], *, listed: bool = False) -> list[Record]:
        types = self._selection.types
        if not (listed and types):
            return [record(result, {type: [] for type in types}) for result in results]
        linked = links.embedded(results, types, self._client, self._selection.object)
        return [record(result, associated) for result, associated in zip(results, linked, strict=True)]


_DONE = "done"
_STAMPS = ("lastmodifieddate", "hs_lastmodifieddate")


def record(result: Json, associations: Mapping[str, Sequence[str]]) -> Record:
    """Return a CRM record in its one shape, whichever endpoint it came from.

    Its stamps stand in Record.modified_at alone: they also move on hidden properties and on our own writes, and what
    looks the same must be the same.
    """
    archived = result.get("archived") is True
    properties = result.get("properties")  # a record without any must not stop the page that it came with
    for name in _STAMPS:
        (properties or {}).pop(name, None)
    raw: Raw = {
        "id": result["id"],
        "properties": properties,
        "createdAt": result.get("createdAt"),
        "archived": archived,
        "associations": associations,
    }
    if archived:
        raw["archivedAt"] = result.get("archivedAt")
    return Record(result["id"], stamp(result.get("updatedAt")), archived, raw)


def _half(state: ChangeSearch, total: int) -> int | None:
    """Return where to cut a window that holds more than search can page through; None where it fits, or is short.

    What more than 10,000 records share within a minute is a bulk edit. It is read by ascending ids all the same: each
    page is a search of its own behind the last id.
    """
    assert state.start is not None and state.stop is not None
    if total <= SEARCH_CAP or state.after != "0" or state.stop - state.start <= span(SPLIT_DOWN_TO):
        return None
    return (state.start + state.stop) // 2


def _behind(state: ChangeSearch) -> ChangeSearch:
    """Return the state behind a window that was read: the next window of the run, or the end of the run."""
    assert state.stop is not None and state.horizon is not None
    if state.stop < state.horizon:
        return replace(state, start=state.stop, stop=state.horizon, after="0")
    return ChangeSearch(state.horizon, state.swept)
