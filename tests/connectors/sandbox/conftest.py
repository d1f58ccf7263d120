"""A small hand-made portal, the simulator over it, a way to call it without sockets, and the vendor's own client."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import orjson
import pytest
from hubspot import HubSpot

from connectors.sandbox.clock import Clock
from connectors.sandbox.hubspot import HubSpotSimulator, Options
from connectors.sandbox.hubspot.wire import Request
from connectors.sandbox.server import Sandbox
from connectors.sandbox.world import Size, World, build
from tests.connectors.sandbox.worlds import TODAY

NOW = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
FORM = "5b7cc8ba-41fa-42fb-a5f5-8c47806a2206"
GUID = "a9b3259c-9ee2-4324-a168-02aaed8b683f"


def contact(id: int, **properties: str | None) -> dict[str, Any]:
    """Return a contact, modified `id` minutes after the first of October."""
    stamp = f"2026-10-01T{id // 60:02d}:{id % 60:02d}:00.000Z"
    standard = {"firstname": f"First{id}", "lastname": f"Last{id}", "email": f"c{id}@bank.example"}
    return {
        "id": str(id),
        "properties": standard | properties,
        "createdAt": "2026-01-01T00:00:00.000Z",
        "updatedAt": stamp,
        "archived": False,
    }


def portal_records() -> dict[str, list[dict[str, Any]]]:
    """Return twelve contacts at two banks, with something of everything around them."""
    contacts = [contact(id) for id in range(1, 13)]
    contacts[0]["associations"] = {"companies": [{"id": "101", "primary": True}, {"id": "102", "primary": False}]}
    contacts[1]["associations"] = {"companies": [{"id": "102", "primary": True}]}
    contacts[2]["properties"] |= {"jobtitle": "Chief Risk Officer", "hs_email_optout": "true", "phone": None}
    contacts[11] |= {"archived": True, "archivedAt": "2026-10-05T00:00:00.000Z"}
    company = {"createdAt": "2026-01-01T00:00:00.000Z", "updatedAt": "2026-10-01T00:00:00.000Z", "archived": False}
    activity = company | {"associations": {"contacts": [{"id": "1"}, {"id": "2"}], "companies": [{"id": "101"}]}}
    return {
        "contacts": contacts,
        "companies": [
            company | {"id": "101", "properties": {"name": "First Bank", "domain": "first.example",
            "numberofemployees": "204"}},
            company | {"id": "102", "properties": {"name": "Second Bank", "domain": "second.example",
            "numberofemployees": "9"}},
        ],
        "calls": [activity | {"id": "501", "properties": {"hs_timestamp": "2026-10-02T10:00:00.000Z",
        "hs_call_title": "Hello"}}],
        "campaigns": [company | {"id": GUID, "properties": {"hs_name": "Fraud", "hs_start_date": "2026-09-01"}}],
        "owners": [
            {"id": "71", "email": "east@sandbox.example", "firstName": "Evelyn", "lastName": "Hartwell", "userId": 958},
            {"id": "72", "email": "west@sandbox.example", "firstName": "Willa", "lastName": "Stone", "userId": 959},
            {"id": "73", "email": "gone@sandbox.example", "firstName": "Gus", "lastName": "Old", "userId": 960,
            "archived": True},
        ],
        "forms": [{"id": FORM, "name": "Contact sales"}],
        "form_submissions": [
            {
                "formId": FORM,
                "conversionId": f"conversion-{n}",
                "submittedAt": 1_790_000_000_000 + n,
                "values": [{"name": "email", "value": f"c{n}@bank.example", "objectTypeId": "0-1"}],
                "pageUrl": "https://sandbox.example/contact",
                "pageTitle": "Contact",
            }
            for n in range(1, 6)
        ],
        "email_campaigns": [{"id": 2041, "name": "Fraud brief", "subject": "Check fraud is back"}],
        "email_events": [
            {
                "id": f"event-{n}",
                "type": "CLICK" if n % 3 == 0 else "OPEN",
                "created": 1_790_000_000_000 + n * 1000,
                "recipient": f"c{n % 4}@bank.example",
                "emailCampaignId": 2041,
            }
            for n in range(25)
        ],
        "marketing_events": [
            {
                "objectId": "5001",
                "externalEventId": "event-5001",
                "eventName": "Check fraud at the teller line",
                "eventType": "WEBINAR",
                "startDateTime": "2026-09-02T12:00:00.000Z",
                "endDateTime": "2026-09-02T13:00:00.000Z",
            }
        ],
        "marketing_participations": [
            {
                "objectId": "5001",
                "email": f"c{n}@bank.example",
                "contactId": str(n),
                "attended": n < 3,
                "occurredAt": "2026-09-02T12:05:00.000Z",
            }
            for n in range(1, 5)
        ],
        "lists": [{"listId": "1", "name": "Newsletter readers", "objectTypeId": "0-1", "processingType": "MANUAL",
                   "createdAt": "2026-01-01T00:00:00.000Z", "members": ["1", "3", "5"]}],
    }  # fmt: skip


@dataclass
class Caller:
    """Calls a simulator without sockets."""

    simulator: HubSpotSimulator
    token: str = "sandbox-token"

    def __call__(self, method: str, path: str, body: Any = None, **query: Any) -> tuple[int, Any]:
        """Return the status and the parsed answer."""
        status, content, _ = self.full(method, path, body, **query)
        return status, content

    def full(self, method: str, path: str, body: Any = None, **query: Any) -> tuple[int, Any, dict[bytes, bytes]]:
        """Return the headers too."""
        headers = {b"authorization": f"Bearer {self.token}".encode()}
        content = body if isinstance(body, bytes) else orjson.dumps(body) if body is not None else b""
        request = Request(method, path, urlencode(query).encode(), headers, content)
        answer = self.simulator.respond(request)
        returned = dict(answer.headers)
        html = returned.get(b"content-type", b"").startswith(b"text/html")
        parsed = answer.body.decode() if html else orjson.loads(answer.body) if answer.body else None
        return answer.status, parsed, returned

    def ok(self, method: str, path: str, body: Any = None, **query: Any) -> Any:
        """Return the parsed answer of a call that must succeed."""
        status, content = self(method, path, body, **query)
        assert status in {200, 201, 204, 207}, content
        return content


@pytest.fixture
def clock() -> Clock:
    return Clock(NOW, frozen=True)


@pytest.fixture
def make(clock: Clock) -> Callable[..., Caller]:
    """Make a simulator with options, over the hand-made records or those given."""

    def build(records: Any = None, *, timer: Callable[[], float] | None = None, **options: Any) -> Caller:
        world = portal_records() if records is None else records
        known = {"timer": timer} if timer else {}
        settings = Options(**({"tier": "unlimited", "search_limit": None} | options))
        return Caller(HubSpotSimulator(world, clock=clock, options=settings, **known))

    return build


@pytest.fixture
def call(make: Callable[..., Caller]) -> Caller:
    return make()


@pytest.fixture
def sandbox(call: Caller) -> Iterator[Sandbox]:
    """Serve the hand-made portal on a real socket."""
    with Sandbox(hubspot=call.simulator) as running:
        yield running


@pytest.fixture
def client(sandbox: Sandbox) -> HubSpot:
    """Return the vendor's own client, unmodified, pointed at the sandbox."""
    return HubSpot(access_token="sandbox-token", host=sandbox.hubspot_url, retry=False)


@pytest.fixture(scope="module")
def tiny() -> World:
    """The tiny world."""
    return build(1, TODAY, Size.TINY)


@pytest.fixture(scope="module")
def small() -> World:
    """The small world."""
    return build(1, TODAY, Size.SMALL)


@pytest.fixture(scope="module")
def demo() -> World:
    """The demo's world, which takes seconds to build."""
    return build(1, TODAY, Size.DEMO)
