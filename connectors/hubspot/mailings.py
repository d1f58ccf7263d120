"""Marketing e-mail events: a log by time, newest first, that also takes late comers in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from connectors.base import Page, Record
from connectors.hubspot import paths
from connectors.hubspot.client import Client, Query
from connectors.hubspot.cursor import Binder, Log
from connectors.hubspot.refusals import Absent
from connectors.hubspot.stamps import begin, epoch, moment

Json = dict[str, Any]

PAGE = 1000


@dataclass(frozen=True, slots=True)
class Campaigns:
    """The names of e-mail campaigns, each looked up once in a process."""

    client: Client
    names: dict[str, str | None] = field(default_factory=dict)

    def name(self, event: Json) -> str | None:
        """Return the name (or subject) of the campaign that an event belongs to; None where it has none."""
        id = str(event.get("emailCampaignId") or "")
        if id and id not in self.names:
            app = event.get("appId")
            try:
                campaign = self.client.call(paths.EMAIL_CAMPAIGN, [("appId", app)] if app else (), id=id)
            except Absent:
                campaign = {}
            self.names[id] = campaign.get("name") or campaign.get("subject")
        return self.names.get(id)


@dataclass(frozen=True, slots=True)
class EmailEvents:
    """Marketing e-mail events by time, newest first, 1,000 a page, with their campaign's name.

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
            events, offset = answer["events"], answer.get("offset")
            if not (answer.get("hasMore") and events and offset):
                break
            state = replace(state, stop=events[-1]["created"])
            yield Page([self._record(event) for event in events], self.binder.dump(state))
        end = Log(state.until or 0, state.swept)
        yield Page([self._record(event) for event in events], self.binder.dump(end))

    def _open(self, state: object) -> Log:
        now = self.client.clock()
        until = epoch(now)
        if not isinstance(state, Log):
            return Log(0, until, start=0, stop=until, until=until)
        start, swept = begin(state.since, state.swept, now)
        return Log(state.since, swept, start=max(start, 0), stop=max(until, start), until=until)

    def _record(self, event: Json) -> Record:
        raw = {**event, "campaignName": self.campaigns.name(event)}
        return Record(str(event["id"]), moment(event.get("created")), False, raw)
