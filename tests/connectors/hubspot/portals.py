"""HubSpot portals to test against: the simulator on a real socket, under a clock that stands still unless moved."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from connectors.base import Page
from connectors.hubspot import HubSpot
from connectors.sandbox.clock import Clock
from connectors.sandbox.faults import Faults, Rule
from connectors.sandbox.hubspot import HubSpotSimulator, Options
from connectors.sandbox.hubspot.merging import erase, join
from connectors.sandbox.hubspot.shelf import Item, Shelf
from connectors.sandbox.server import App, Message, Receive, Sandbox, Scope, Send
from tests.connectors.contract import records

Json = dict[str, Any]

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
LONG_AGO = NOON - timedelta(days=30)
FREE = Options(tier="unlimited", search_limit=None)
CONTACT = ("email", "firstname", "jobtitle", "associations.companies")


def iso(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def crm(id: int, properties: Mapping[str, str], changed: datetime = LONG_AGO, **more: Any) -> Json:
    """Return one CRM record in the vendor's form."""
    return {
        "id": str(id),
        "properties": dict(properties),
        "createdAt": iso(LONG_AGO),
        "updatedAt": iso(changed),
        "archived": False,
        **more,
    }


def contact(id: int, changed: datetime = LONG_AGO, *, companies: Sequence[int] = (), **more: Any) -> Json:
    """Return one invented contact; the last of `companies` is the primary one."""
    links = [
        {"id": str(company), "type": "contact_to_company", "primary": company == companies[-1]} for company in companies
    ]
    properties = {"email": f"p{id}@example.com", "firstname": f"Ann {id}", "jobtitle": "CFO"}
    return crm(id, properties, changed, **({"associations": {"companies": links}} if links else {}), **more)


def company(id: int, changed: datetime = LONG_AGO) -> Json:
    return crm(id, {"name": f"Bank {id}", "domain": f"bank{id}.example"}, changed)


def submission(form: str, number: int, at: int, **values: str) -> dict[str, Any]:
    fields = {"email": f"p{number}@example.com"} | values
    return {
        "formId": form,
        "conversionId": f"c{number}",
        "submittedAt": at,
        "values": [{"name": name, "value": value, "objectTypeId": "0-1"} for name, value in fields.items()],
        "pageUrl": "https://www.example.com/whitepaper",
        "pageTitle": "Whitepaper",
    }


def ms(**before_noon: float) -> int:
    return int((NOON - timedelta(**before_noon)).timestamp() * 1000)


def pull(portal: Portal, stream: str, cursor: str | None = None, fields: Sequence[str] = ()) -> list[Page]:
    return list(portal.connect().pull(stream, fields, cursor))


def news(portal: Portal, stream: str, pages: Sequence[Page]) -> list[Page]:
    return pull(portal, stream, pages[-1].cursor)


def ids(pages: Sequence[Page]) -> list[str]:
    return [record.id for record in records(pages)]


class Stage:
    """One server for all portals of a test process: whichever portal opened last answers."""

    def __init__(self) -> None:
        self.app: App | None = None
        self.clock = Clock(NOON, frozen=True)
        self.sandbox = Sandbox(hubspot=self._answer, clock=self.now)

    def now(self) -> datetime:
        return self.clock()

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def plain(message: Message) -> None:
            await send(message)

        assert self.app is not None
        await self.app(scope, receive, plain)


class Portal:
    """One HubSpot account, and what people do in it. Whoever waits moves its clock."""

    def __init__(self, stage: Stage, records: Mapping[str, Iterable[Json]], options: Options = FREE) -> None:
        self.clock = stage.clock = Clock(NOON, frozen=True)
        self.faults = Faults(seed=7)
        self.simulator = stage.app = HubSpotSimulator(
            records, clock=self.clock, faults=self.faults, options=options, timer=lambda: self.clock().timestamp()
        )
        self.slept: list[float] = []
        self._stage = stage
        self.url, self.https_url, self.ca_file = (
            stage.sandbox.hubspot_url,
            stage.sandbox.hubspot_https_url,
            stage.sandbox.ca_file,
        )

    def connect(self, **options: Any) -> HubSpot:
        """Return a new connector to this portal."""
        defaults: Json = {"token": "sandbox-token", "host": self.url, "clock": self.clock, "sleep": self.sleep}
        return HubSpot(**(defaults | options))

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.clock.advance(seconds)

    def spoil(self, kind: str, **rule: Any) -> None:
        """Put a fault in force."""
        self.faults.add(Rule(kind, **rule))

    def overhear(self) -> list[Scope]:
        """Return the calls that come in from now on, as the wire shows them."""
        app, heard = self._app(), list[Scope]()

        async def listen(scope: Scope, receive: Receive, send: Send) -> None:
            heard.append(scope)
            await app(scope, receive, send)

        self._stage.app = listen
        return heard

    def amend(self, part: str, change: Callable[[Json], Json]) -> None:
        """Let `change` have its way with the answers to calls whose path has `part` in it."""
        app = self._app()

        async def answer(scope: Scope, receive: Receive, send: Send) -> None:
            async def amended(message: Message) -> None:
                if message["type"] == "http.response.start":
                    headers = [pair for pair in message["headers"] if pair[0] != b"content-length"]
                    message = {**message, "headers": headers}
                elif message.get("body"):
                    message = {**message, "body": orjson.dumps(change(orjson.loads(message["body"])))}
                await send(message)

            await app(scope, receive, amended if part in scope["path"] else send)

        self._stage.app = answer

    def strip(self, prefix: bytes) -> None:
        """Take the headers whose name begins with `prefix` out of every answer."""
        app = self._app()

        async def answer(scope: Scope, receive: Receive, send: Send) -> None:
            async def stripped(message: Message) -> None:
                if "headers" in message:
                    headers = [pair for pair in message["headers"] if not pair[0].lower().startswith(prefix)]
                    message = {**message, "headers": headers}
                await send(message)

            await app(scope, receive, stripped)

        self._stage.app = answer

    def _app(self) -> App:
        assert self._stage.app is not None
        return self._stage.app

    def calls(self, part: str = "") -> int:
        """Count the calls so far whose path has `part` in it."""
        return sum(count for (_, path), count in self.simulator.portal.calls.items() if part in path)

    def shelf(self, stream: str) -> Shelf:
        return self.simulator.portal.shelf(stream)

    def item(self, stream: str, id: object) -> Item:
        return self.shelf(stream).items[int(str(id))]

    def ids(self, stream: str) -> set[str]:
        return {str(id) for id in self.shelf(stream).live}

    def edit(self, stream: str, id: object, **values: str | None) -> None:
        self.simulator.portal.change(self.shelf(stream), self.item(stream, id), values, "17")

    def edit_all(self, stream: str, ids: Iterable[object], **values: str | None) -> None:
        """Edit many records at one instant, as bulk edits do."""
        for id in ids:
            self.edit(stream, id, **values)

    def archive(self, stream: str, id: object) -> None:
        self.simulator.portal.archive(self.shelf(stream), self.item(stream, id), "17")

    def merge(self, stream: str, primary: object, other: object) -> str:
        shelf = self.shelf(stream)
        survivor = join(self.simulator.portal, shelf, self.item(stream, primary), self.item(stream, other), "17")
        return str(survivor.id)

    def erase(self, stream: str, id: object) -> None:
        erase(self.simulator.portal, self.shelf(stream), self.item(stream, id), "17")

    def rows(self, name: str) -> list[Json]:
        rows: list[Json] = self.simulator.portal.rows.setdefault(name, [])
        return rows


Open = Callable[..., Portal]


def pull_crm(portal: Portal, stream: str = "contacts", cursor: str | None = None) -> list[Page]:
    """The pages behind a cursor, with the usual fields of a contact."""
    return pull(portal, stream, cursor, CONTACT)


def crm_news(portal: Portal, pages: Sequence[Page], stream: str = "contacts") -> list[Page]:
    """The pages behind those that were pulled before."""
    return pull_crm(portal, stream, pages[-1].cursor)
