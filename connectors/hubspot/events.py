"""Marketing events' participants, read again when the event's own figures change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from connectors.base import Page, Raw, Record
from connectors.hubspot import paths
from connectors.hubspot.client import Client, ListPage
from connectors.hubspot.cursor import Binder, Events, digest
from connectors.hubspot.refusals import Absent
from connectors.hubspot.stamps import moment

Json = dict[str, Any]

PAGE = 100


@dataclass(frozen=True, slots=True)
class MarketingEvents:
    """Who registered for and came to each marketing event; read again when the event's own figures change."""

    client: Client
    binder: Binder
    only: frozenset[str] = frozenset()  # events to read; none named: all

    def pages(self, cursor: str | None) -> Iterator[Page]:
        """Yield the participants of every event that changed since `cursor`."""
        state = self.binder.load(cursor)
        state = state if isinstance(state, Events) else Events()
        listed = self.client.walk(paths.EVENTS, [("limit", PAGE)])
        events = {str(event["objectId"]): event for results, _ in listed for event in results}
        events = {id: event for id, event in events.items() if not self.only or id in self.only}
        figures = {id: _figures(event) for id, event in events.items()}
        known = {id: figure for id, figure in state.seen.items() if id in events}
        after = state.after if state.pending and state.pending[0] in events else ""
        pending = state.pending or tuple(id for id in events if known.get(id) != figures[id])
        pending = tuple(id for id in pending if id in events)
        if not pending:
            yield Page((), self.binder.dump(Events(known)))
        while pending:
            event = events[pending[0]]
            results, after = self._participants(pending[0], after)
            if not after:
                known, pending = {**known, pending[0]: figures[pending[0]]}, pending[1:]
            yield Page(_each_once(event, results), self.binder.dump(Events(known, pending, after)))

    def _participants(self, event: str, after: str) -> ListPage:
        try:
            return self.client.page(paths.PARTICIPANTS, [("limit", PAGE)], after, id=event)
        except Absent:  # deleted since the events were listed
            return (), ""


def _each_once(event: Json, results: Iterable[Json]) -> list[Record]:
    """Return one record a participant; who is listed twice and came once, came."""
    records = sorted(
        (participant(event, result) for result in results), key=lambda record: bool(record.raw["attended"])
    )
    return list({record.id: record for record in records}.values())


def _figures(event: Json) -> str:
    keys = ("eventName", "eventType", "updatedAt", "registrants", "attendees", "cancellations", "noShows")
    return digest([str(event.get(key)) for key in keys])


def participant(event: Json, result: Json) -> Record:
    """Return one participation in its normal form. occurredAt: epoch milliseconds."""
    contact: Mapping[str, Any] = (result.get("associations") or {}).get("contact") or {}
    properties: Mapping[str, Any] = result.get("properties") or {}
    state, at = properties.get("attendanceState"), properties.get("occurredAt")
    raw: Raw = {
        "eventId": str(event["objectId"]),
        "eventName": event.get("eventName"),
        "eventType": event.get("eventType"),
        "email": contact.get("email"),
        "contactId": contact.get("contactId"),
        "attendanceState": state,
        "attended": state == "ATTENDED",
        "occurredAt": at,
    }
    who = contact.get("contactId") or digest([str(contact.get("email") or result.get("id"))])
    return Record(f"{event['objectId']}:{who}", moment(at), False, raw)
