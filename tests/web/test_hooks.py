"""The door for HubSpot's calls: the signature is the sign-in, what is signed is noted once and answered at once."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
import requests
from sqlalchemy import func, select

from connectors.hubspot import Webhooks
from connectors.hubspot.webhooks import SIGNATURE, TIMESTAMP, signature
from syncd.health import examine
from syncd.health.life import Life
from syncd.pulse import Pulse
from syncd.store import Store
from syncd.store.announcements import ROOM
from syncd.store.notes import TENANTS
from syncd.tables.core import announcement
from syncd.web import TABLE, Access, Server, application
from syncd.web.hooks import MOST, hooks_of
from tests.web.houses import OneToken, house

SECRET, PUBLIC = "client-secret", "https://syncd.example.com/from-hubspot"
PATH = "/hooks/hubspot"


@dataclass
class Door:
    """A house with the door open, behind a proxy that shows it under another address."""

    url: str
    store: Store
    pulse: Pulse
    woken: threading.Event

    def call(
        self,
        *events: dict[str, Any],
        secret: str = SECRET,
        age: float = 0,
        address: str = PUBLIC,
        **headers: str | None,
    ) -> requests.Response:
        body, stamp = orjson.dumps(events), str(int((time.time() - age) * 1000))
        signed = {SIGNATURE: signature(secret, address, body, stamp), TIMESTAMP: stamp, "Host": "syncd.example.com"}
        return requests.post(self.url, body, headers={**signed, **headers}, timeout=10)

    def noted(self, waiting: bool | None = None) -> int:
        rows = select(func.count()).select_from(announcement)
        if waiting is not None:
            rows = rows.where(announcement.c.ended_at.is_(None) if waiting else announcement.c.ended_at.is_not(None))
        with self.store.reading() as unit:
            return unit.connection.scalar(rows) or 0

    def heard(self, outcome: str) -> int:
        return self.pulse.heard["hubspot", outcome]

    def findings(self) -> list[str]:
        """What health says of webhooks."""
        report = examine(self.store, datetime.now(UTC), self.pulse)
        return [finding.about for finding in report.findings if finding.kind == "webhooks"]


def event(number: int, **changed: Any) -> dict[str, Any]:
    return {
        "eventId": number,
        "subscriptionId": 7,
        "portalId": 62515,
        "appId": 54321,
        "occurredAt": int(time.time() * 1000) - 2_000,
        "subscriptionType": "contact.propertyChange",
        "attemptNumber": 0,
        "objectId": 100 + number,
        "propertyName": "recent_conversion_date",
        "propertyValue": "whose-value-is-kept-nowhere",
    } | changed


@contextmanager
def opened(store: Store, *announcers: Webhooks) -> Iterator[Door]:
    with store.writing() as unit:
        unit.notes.keep(TENANTS.of("hubspot"), "62515")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    pulse, woken = Pulse(), threading.Event()
    table = (*TABLE, *hooks_of(store, announcers, pulse, woken.set))
    pages = application(
        house(store, pulse), Access(OneToken("t" * 20), False), hosts=["syncd.example.com"], table=table
    )
    with Server(pages, "127.0.0.1", port):
        yield Door(f"http://127.0.0.1:{port}{PATH}", store, pulse, woken)


@pytest.fixture
def door(store: Store) -> Iterator[Door]:
    """The door, on either database."""
    with opened(store, Webhooks(SECRET, PUBLIC)) as door:
        yield door


@pytest.fixture
def sqlite_door(sqlite_store: Store) -> Iterator[Door]:
    """The door where the database does not matter."""
    with opened(sqlite_store, Webhooks(SECRET, PUBLIC)) as door:
        yield door


def test_what_is_signed_is_noted_without_its_value_and_the_daemon_is_woken(door: Door) -> None:
    answer = door.call(event(1), event(2))
    assert (answer.status_code, answer.content) == (204, b"")
    assert (door.noted(waiting=True), door.heard("new"), door.woken.is_set()) == (2, 2, True)
    with door.store.reading() as unit:
        rows = unit.connection.execute(select(announcement)).all()
    assert "whose-value" not in str(rows)
    assert {(row.system, row.stream, row.remote_id) for row in rows} == {
        ("hubspot", "contacts", "101"),
        ("hubspot", "contacts", "102"),
    }


def test_what_is_said_again_in_whatever_order_and_attempt_is_noted_once(door: Door) -> None:
    events = [event(number) for number in range(50)]
    assert door.call(*events).status_code == 204
    again = [one | {"attemptNumber": 1} for one in reversed(events)]
    assert door.call(*again, *again).status_code == 204
    assert (door.noted(), door.heard("new"), door.heard("again")) == (50, 50, 100)


def test_two_calls_that_say_the_same_at_one_time_note_it_once(door: Door) -> None:
    events = [event(number) for number in range(20)]
    calls = [threading.Thread(target=door.call, args=events) for _ in range(6)]
    for call in calls:
        call.start()
    for call in calls:
        call.join()
    assert (door.noted(), door.heard("new"), door.heard("again")) == (20, 20, 100)


@pytest.mark.parametrize(
    "forged",
    [
        {"secret": "another"},
        {"address": f"https://syncd.example.com{PATH}"},
        {"age": 301},
        {"age": -120},
        {SIGNATURE: None},
        {TIMESTAMP: None},
        {SIGNATURE: "AAAA"},
        {TIMESTAMP: "now"},
        {"X-Forwarded-Host": "evil.example", "address": "https://evil.example/from-hubspot"},
        {"Authorization": f"Bearer {'t' * 20}", "secret": "another"},
    ],
    ids=str,
)
def test_a_call_that_is_not_signed_as_it_must_be_is_401_and_nothing_more(
    sqlite_door: Door, forged: dict[str, Any]
) -> None:
    answer = sqlite_door.call(event(1), **forged)
    assert (answer.status_code, answer.content) == (401, b"")
    assert (sqlite_door.noted(), sqlite_door.heard("refused"), sqlite_door.woken.is_set()) == (0, 1, False)


def test_a_body_that_was_changed_on_its_way_is_401(sqlite_door: Door) -> None:
    body, stamp = orjson.dumps([event(1)]), str(int(time.time() * 1000))
    headers = {SIGNATURE: signature(SECRET, PUBLIC, body, stamp), TIMESTAMP: stamp}
    changed = body.replace(b"101", b"102")
    answer = requests.post(sqlite_door.url, changed, headers=headers, timeout=10)
    assert (answer.status_code, answer.content, sqlite_door.noted()) == (401, b"", 0)


def test_a_body_beyond_the_bound_is_refused_unread_and_one_below_it_is_not(sqlite_door: Door) -> None:
    assert sqlite_door.call(event(1, propertyValue="x" * MOST)).status_code == 413
    assert sqlite_door.call(event(1, propertyValue="x" * (MOST - 1_000))).status_code == 204
    assert sqlite_door.noted() == 1


def test_events_of_another_portal_are_answered_and_left_and_told(sqlite_door: Door) -> None:
    listen(sqlite_door, timedelta(hours=1))
    assert sqlite_door.call(event(1, portalId=1), event(2)).status_code == 204
    assert (sqlite_door.noted(), sqlite_door.heard("foreign")) == (1, 1)
    assert sqlite_door.findings() == ["hubspot foreign"]


def test_what_is_signed_and_cannot_be_read_is_400_and_quotes_nothing(sqlite_door: Door) -> None:
    body, stamp = b'{"objectId": "secret-word"}', str(int(time.time() * 1000))
    headers = {SIGNATURE: signature(SECRET, PUBLIC, body, stamp), TIMESTAMP: stamp}
    answer = requests.post(sqlite_door.url, body, headers=headers, timeout=10)
    assert answer.status_code == 400
    assert "secret-word" not in answer.text
    assert sqlite_door.heard("unreadable") == 1


def test_without_a_secret_nothing_is_served_there(sqlite_store: Store) -> None:
    with opened(sqlite_store) as door:
        assert door.call(event(1)).status_code == 404
        assert door.noted() == 0


def test_no_other_method_is_taken(sqlite_door: Door) -> None:
    assert requests.get(sqlite_door.url, timeout=10).status_code == 405


def test_a_burst_of_a_thousand_is_answered_within_seconds_and_what_comes_beyond_is_the_cycle_s(door: Door) -> None:
    slowest = 0.0
    for call in range(11):
        began = time.monotonic()
        events = [event(number) for number in range(call * 100, call * 100 + 100)]
        assert door.call(*events).status_code == 204
        slowest = max(slowest, time.monotonic() - began)
    assert slowest < 5, "HubSpot waits no longer"
    assert (door.noted(waiting=True), door.noted(waiting=False)) == (ROOM, 100)
    assert (door.heard("new"), door.heard("left")) == (ROOM, 100)


def test_an_answer_does_not_wait_for_a_store_that_somebody_else_writes(sqlite_door: Door) -> None:
    """It is told that it comes again: HubSpot calls ten times within a day."""
    with sqlite_door.store.writing():
        answer: list[int] = []
        call = threading.Thread(target=lambda: answer.append(sqlite_door.call(event(1)).status_code))
        call.start()
        call.join(0.5)
    call.join()
    assert answer in ([204], [503])


def listen(door: Door, since: timedelta) -> None:
    """Have a daemon's life say since when it listens."""
    now = datetime.now(UTC)
    with door.store.writing() as unit:
        Life(now, now, "here", 15, webhooks_since=(("hubspot", now - since),)).keep(unit)


def test_health_tells_of_refused_calls_until_one_is_taken(sqlite_door: Door) -> None:
    listen(sqlite_door, timedelta(hours=1))
    assert sqlite_door.findings() == []
    sqlite_door.call(event(1), secret="another")
    end = time.monotonic() + 10
    while sqlite_door.findings() != ["hubspot refused"] and time.monotonic() < end:
        time.sleep(0.02)  # it is noted aside
    assert sqlite_door.findings() == ["hubspot refused"]
    sqlite_door.call(event(1))
    assert sqlite_door.findings() == []


def test_health_says_mildly_that_nobody_called_for_a_week(sqlite_door: Door) -> None:
    listen(sqlite_door, timedelta(days=6))
    assert sqlite_door.findings() == []
    listen(sqlite_door, timedelta(days=8))
    assert sqlite_door.findings() == ["hubspot silent"]
    sqlite_door.call(event(1))
    assert sqlite_door.findings() == []


def test_many_wrong_signatures_write_nothing_and_keep_nobody_out(sqlite_door: Door) -> None:
    statuses = {sqlite_door.call(event(1), secret=f"wrong{number}").status_code for number in range(60)}
    assert statuses == {401}
    assert sqlite_door.call(event(1)).status_code == 204
