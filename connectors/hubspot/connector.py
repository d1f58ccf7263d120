"""HubSpot as syncd sees it: a source of people and what they do, and a target for what both teams decided."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from functools import cached_property

from connectors.announcing import Recent
from connectors.base import Page, Payload, Problem, Receipt, Record
from connectors.callers import Caller, Sleep
from connectors.endpoints import Endpoint
from connectors.hubspot import checks, deploy, paths, streams, writing
from connectors.hubspot.client import Client
from connectors.hubspot.lately import Lately
from connectors.hubspot.mailings import Campaigns
from connectors.hubspot.refusals import Forbidden
from connectors.hubspot.sign_in import StaticToken, TokenSource
from connectors.transport import BeforeWrite, Clock, at_once, now

SETTLE = timedelta(seconds=10)


class HubSpot:
    """One HubSpot portal, for any number of threads.

    token: a service key or an app's access token, or a TokenSource such as OAuth. api: which versions are asked, see
    `paths`. timeout: seconds to connect, and to read an answer. requests_per_10s: an upper bound of our own; without
    one, HubSpot's headers say what the portal allows. settle: how far in the past a search for changes ends, so that
    the index may catch up. lanes: id ranges of one object that a first load lists side by side; worth it when calls are
    slow and the rate limit is far. sleep: what waiting calls; one that raises ends the call at once.
    """

    system = "hubspot"

    def __init__(
        self,
        token: str | TokenSource,
        *,
        host: str | None = None,
        api: paths.Api = paths.API,
        ca_file: str | None = None,
        timeout: tuple[float, float] = (5, 60),
        requests_per_10s: int | None = None,
        clock: Clock = now,
        sleep: Sleep = time.sleep,
        before_write: BeforeWrite = at_once,
        settle: timedelta | None = None,
        lanes: int = 1,
    ) -> None:
        self._token = StaticToken(token) if isinstance(token, str) else token
        self.client = Client(
            self._token,
            host=host or paths.HOST,
            api=api,
            ca_file=ca_file,
            timeout=timeout,
            requests_per_10s=requests_per_10s,
            clock=clock,
            sleep=sleep,
            before_write=before_write,
        )
        self.streams: Sequence[str] = tuple(streams.STREAMS)
        self.budget = self.client.budget
        self._portal = streams.PortalReading(
            self.client, Campaigns(self.client), SETTLE if settle is None else settle, lanes
        )
        self._lists = writing.Lists(self.client)
        self._lately = Lately(self.client)

    def hang_up(self, caller: Caller | None = None) -> None:
        """Break off every call of a caller that is on its way; None: whoever's."""
        self.client.hang_up(caller)

    def tenant(self) -> str | None:
        """Return the portal's id; None where the app may not ask for it."""
        return self._tenant

    @cached_property
    def _tenant(self) -> str | None:
        try:
            return self.client.portal()
        except Forbidden:
            return None

    def endpoints(self) -> Sequence[Endpoint]:
        """Return the endpoints that are asked, with their versions and when support for these ends."""
        return paths.endpoints(self.client.api, oauth=self._token.oauth)

    def settings(self) -> Mapping[str, str]:
        """Return the portal's own currency, where it tells."""
        return {"companyCurrency": self.client.currency} if self.tenant() and self.client.currency else {}

    def pull(self, stream: str, fields: Sequence[str], cursor: str | None) -> Iterator[Page]:
        """Yield the stream's pages from `cursor` on; see connectors.base.Source."""
        return streams.find(stream).open(self._portal, fields).pages(cursor)

    def fetch(self, stream: str, fields: Sequence[str], ids: Sequence[str]) -> Sequence[Record]:
        """Read single records again. A contact or company that was merged comes as its survivor, under that id."""
        return streams.find(stream).open(self._portal, fields).fetch(ids)

    def lately(self, ids: Sequence[str]) -> Recent:
        """Return what these contacts did lately; see connectors.announcing.Recalling and `lately`."""
        return self._lately.of(ids)

    def check(self, wanted: Mapping[str, Sequence[str]]) -> Sequence[Problem]:
        """Find what would make a cycle fail; see connectors.base.Source."""
        return list(checks.check_reads(self.client, wanted))

    def offered(self, stream: str, field: str) -> Sequence[str]:
        """Return the options of a property that people may choose; none where it is free, or not there for us."""
        known = deploy.definitions(self.client, stream).get(field, {})
        return [option["value"] for option in known.get("options") or () if not option.get("hidden")]

    def labels(self, stream: str, fields: Sequence[str]) -> Mapping[str, Mapping[str, str]]:
        """Return what the options of these properties are called, where that differs from the value kept; one call.

        Hidden options count: records keep them. Source: developers.hubspot.com/docs/api/crm/properties.
        """
        known = deploy.definitions(self.client, stream)
        options = {name: known.get(name, {}).get("options") or () for name in fields}
        return {
            name: {str(one["value"]): str(one["label"]) for one in of if one.get("label") not in (None, one["value"])}
            for name, of in options.items()
        }

    def check_writes(self, wanted: Mapping[str, Sequence[str]]) -> Sequence[Problem]:
        """Find what would make writes be refused; `wanted` are the properties to be written, per kind of record."""
        return list(checks.check_writes(self.client, wanted))

    def push(self, object: str, wishes: Sequence[Payload]) -> Sequence[Receipt]:
        """Write contacts, companies or list members; see connectors.base.Target and `writing`."""
        return writing.push(self._lists, object, wishes)

    def find(self, object: str, keys: Sequence[str]) -> Mapping[str, str]:
        """Look up which keys stand in the portal: key → record id."""
        return writing.find(self.client, object, keys)

    def deploy(self) -> Sequence[str]:
        """Create what writing needs and return it in words; empty where everything stood. Nothing is ever removed."""
        return deploy.deploy(self.client)
