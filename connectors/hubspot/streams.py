"""The streams that HubSpot has for us, each with its way of being read and the scope that it needs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Protocol

from connectors.base import Misconfigured, Page, Record
from connectors.hubspot import paths
from connectors.hubspot.client import Client, Query
from connectors.hubspot.cursor import Binder
from connectors.hubspot.directory import ShortList
from connectors.hubspot.events import MarketingEvents
from connectors.hubspot.forms import FormSubmissions
from connectors.hubspot.mailings import Campaigns, EmailEvents
from connectors.hubspot.paths import Path
from connectors.hubspot.reading import Objects, Selection
from connectors.transport import ahead_where_slow


class StreamReader(Protocol):
    """Reads one stream."""

    def pages(self, cursor: str | None) -> Iterator[Page]:
        """Yield what is left to read behind `cursor`."""
        ...

    def fetch(self, ids: Sequence[str]) -> Sequence[Record]:
        """Read single records."""
        ...


@dataclass(frozen=True, slots=True)
class PortalReading:
    """What the readers share: the client, the names of mailings, and how changes are looked for."""

    client: Client
    campaigns: Campaigns
    settle: timedelta
    lanes: int


@dataclass(frozen=True, slots=True)
class Stream:
    """One stream: how it is opened for a selection of fields, and a call that shows whether it may be read."""

    name: str
    open: Callable[[PortalReading, Sequence[str]], StreamReader]
    trial: Path
    object: str = ""  # of CRM objects, whose properties can be looked up
    query: Query = (("limit", 1),)


@dataclass(frozen=True, slots=True)
class Feed:
    """A reader of a stream whose records cannot be read singly: they are picked out of the whole.

    parts: reads only some forms or events, where a record's id begins with the one it belongs to.
    """

    source: Callable[[str | None], Iterator[Page]]
    parts: Callable[[frozenset[str]], Iterator[Page]] | None = None

    def pages(self, cursor: str | None) -> Iterator[Page]:
        """Yield the source's pages, the next one fetched while the last one is stored."""
        return ahead_where_slow(self.source(cursor))

    def fetch(self, ids: Sequence[str]) -> Sequence[Record]:
        """Read through the stream until the records are found, or to its end."""
        if self.parts is None:
            return pick(self.source(None), ids)
        return pick(self.parts(frozenset(id.partition(":")[0] for id in ids)), ids)


def pick(pages: Iterable[Page], ids: Sequence[str]) -> list[Record]:
    """Return the records with these ids; ends when all are found."""
    wanted, picked = set(ids), dict[str, Record]()
    for page in pages if wanted else ():
        picked |= {record.id: record for record in page.records if record.id in wanted}
        if len(picked) == len(wanted):
            break
    return list(picked.values())


def _object(name: str, stamp: str = "hs_lastmodifieddate") -> Stream:
    def open(portal: PortalReading, fields: Sequence[str]) -> StreamReader:
        selection = Selection.of(name, stamp, fields)
        return Objects(portal.client, selection, Binder(name, fields), settle=portal.settle, lanes=portal.lanes)

    return Stream(name, open, paths.LIST, object=name)


def _owners(portal: PortalReading, fields: Sequence[str]) -> StreamReader:
    return Feed(ShortList(portal.client, Binder("owners", ()), paths.OWNERS, size=500, archive=True).pages)


def _campaigns(portal: PortalReading, fields: Sequence[str]) -> StreamReader:
    ask = (("properties", ",".join(fields)),) if fields else ()
    return Feed(ShortList(portal.client, Binder("campaigns", fields), paths.CAMPAIGNS, size=100, ask=ask).pages)


def _submissions(portal: PortalReading, fields: Sequence[str]) -> StreamReader:
    reader = FormSubmissions(portal.client, Binder("form_submissions", ()))
    return Feed(reader.pages, lambda forms: replace(reader, only=forms).pages(None))


def _email_events(portal: PortalReading, fields: Sequence[str]) -> StreamReader:
    return Feed(EmailEvents(portal.client, Binder("email_events", ()), portal.campaigns).pages)


def _marketing_events(portal: PortalReading, fields: Sequence[str]) -> StreamReader:
    reader = MarketingEvents(portal.client, Binder("marketing_events", ()))
    return Feed(reader.pages, lambda events: replace(reader, only=events).pages(None))


# What others point at comes first.
_ALL = (
    Stream("owners", _owners, paths.OWNERS),
    _object("companies"),
    _object("contacts", stamp="lastmodifieddate"),  # contacts alone keep it under this name (airbyte#85019)
    Stream("campaigns", _campaigns, paths.CAMPAIGNS),
    _object("calls"),
    _object("emails"),
    _object("meetings"),
    _object("notes"),
    _object("tasks"),
    Stream("form_submissions", _submissions, paths.FORMS),
    Stream("email_events", _email_events, paths.EMAIL_EVENTS),
    Stream("marketing_events", _marketing_events, paths.EVENTS),
)
STREAMS = {stream.name: stream for stream in _ALL}


def find(name: str) -> Stream:
    """Return the stream of this name; raise Misconfigured where there is none."""
    if name not in STREAMS:
        raise Misconfigured(f"HubSpot has no stream {name!r}; there are {', '.join(STREAMS)}")
    return STREAMS[name]
