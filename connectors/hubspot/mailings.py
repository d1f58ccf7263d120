"""Marketing e-mail events: a log by time, newest first, that also takes late comers in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from connectors.base import Page, Record, Refused
from connectors.hubspot import paths
from connectors.hubspot.client import Client, Query
from connectors.hubspot.cursor import Binder, Log
from connectors.hubspot.refusals import Forbidden
from connectors.hubspot.stamps import begin, epoch, moment

Json = dict[str, Any]

PAGE = 1000
_HREF = re.compile(r"""href\s*=\s*["']([^"'\s]+)""", re.I)
_PICTURE = re.compile(r"\.(?:png|jpe?g|gif|svg|webp|css)(?:[?#]|$)", re.I)
_TARGETS = frozenset(("href", "url", "destination", "link"))


class Mailing(NamedTuple):
    """What an e-mail campaign says of its mail: its name, and how many links stand in it, where that can be read."""

    name: str | None = None
    links: int | None = None


NAMELESS = Mailing()


@dataclass(frozen=True, slots=True)
class Campaigns:
    """The mails of e-mail campaigns, each looked up once in a process."""

    client: Client
    known: dict[str, Mailing] = field(default_factory=dict)

    def mailing(self, event: Json) -> Mailing:
        """Return the mail that an event belongs to. Its name is the campaign's, or the subject."""
        id = str(event.get("emailCampaignId") or "")
        if id and id not in self.known:
            self.client.heed_stop()
            app = event.get("appId")
            try:
                campaign = self.client.call(paths.EMAIL_CAMPAIGN, [("appId", app)] if app else (), id=id)
            except Refused:  # gone, or one that the portal itself cannot show: its events count without its name
                campaign = {}
            content = str(campaign.get("contentId") or "")
            self.known[id] = Mailing(campaign.get("name") or campaign.get("subject"), self._links(content))
        return self.known.get(id, NAMELESS)

    def _links(self, content: str) -> int | None:
        """Return how many links the mail has; one that is gone, or that we may not read, has an unknown number."""
        if not content:
            return None
        try:
            email = self.client.call(paths.MARKETING_EMAIL, id=content)
        except (Refused, Forbidden):
            return None
        return len(links_in(email.get("content"))) or None


def links_in(content: Any) -> frozenset[str]:
    """Return the addresses that a mail's content links to, of widgets in HTML and of buttons; pictures are none.

    Source: developers.hubspot.com/docs/api-reference/legacy/marketing/marketing-emails/get-email. The shape of a
    widget is its module's own, so that every text in it is looked at; rather one link too many than one too few.
    """
    links: set[str] = set()
    for name, text in _texts("", content):
        links.update(_HREF.findall(text))
        if name in _TARGETS and text.startswith("http"):
            links.add(text)
    return frozenset(link for link in links if link.startswith("http") and not _PICTURE.search(link))


def _texts(name: str, content: Any) -> Iterator[tuple[str, str]]:
    match content:
        case str(text):
            yield name, text
        case dict(fields):
            for key, value in fields.items():
                yield from _texts(str(key), value)
        case list(values):
            for value in values:
                yield from _texts(name, value)


@dataclass(frozen=True, slots=True)
class EmailEvents:
    """Marketing e-mail events by time, newest first, 1,000 a page, with their campaign's name and its number of links.

    Source: developers.hubspot.com/docs/api-reference/legacy/email-analytics-v1. The offset is short-lived, so that a
    cursor remembers the stamp of the last event instead, and a resumed run asks for what is older.
    """

    client: Client
    binder: Binder
    campaigns: Campaigns

    def pages(self, cursor: str | None) -> Iterator[Page]:
        """Yield the events since `cursor`."""
        state = self.binder.load(cursor)
        state = state if isinstance(state, Log) and state.stop is not None else self._open(state)
        query: Query = [("limit", PAGE), ("startTimestamp", state.start or 0), ("endTimestamp", state.stop or 0)]
        offset = ""
        while True:
            answer = self.client.call(paths.EMAIL_EVENTS, [*query, *([("offset", offset)] if offset else [])])
            state = replace(state, until=self.client.come(state.until or 0), swept=self.client.come(state.swept))
            events, offset = answer["events"], answer.get("offset")
            if not (answer.get("hasMore") and events and offset):
                break
            stamps = [event["created"] for event in events if event.get("created")]
            state = replace(state, stop=stamps[-1] if stamps else state.stop)
            yield Page([self._record(event) for event in events], self.binder.dump(state))
        end = Log(state.until or 0, state.swept)
        yield Page([self._record(event) for event in events], self.binder.dump(end))

    def _open(self, state: object) -> Log:
        now = self.client.now()
        until = epoch(now)
        if not isinstance(state, Log):
            return Log(0, until, start=0, stop=until, until=until)
        start, swept = begin(state.since, state.swept, now)
        return Log(state.since, swept, start=max(start, 0), stop=max(until, start), until=until)

    def _record(self, event: Json) -> Record:
        mailing = self.campaigns.mailing(event)
        raw = {**event, "campaignName": mailing.name, "campaignLinks": mailing.links}
        return Record(str(event["id"]), moment(event.get("created")), False, raw)
