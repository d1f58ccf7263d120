"""Connections: so many in all, fewer of one address, none for ever; a probe is answered whoever holds the others."""

import logging
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing

import pytest
import requests
import structlog

from syncd import logs
from syncd.store import Store
from syncd.web.server import EACH, MOST
from tests.empty_stores import empty_sqlite
from tests.web import houses

TOKEN = "operate"
MANY = MOST + 50
HELD: dict[str, bytes] = {
    "nothing": b"",
    "half a head": b"GET /livez HTTP/1.1\r\nHost: localhost\r\n",
    "no body": b"POST /api/runs HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer operate\r\n"
    b"Content-Type: application/json\r\nContent-Length: 15\r\n\r\n{",
}


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    store = Store(empty_sqlite(tmp_path_factory.mktemp("connections") / "syncd.db"))
    with houses.served(houses.house(store), TOKEN) as served:
        yield served
    store.close()


def line(address: str, origin: str = "127.0.0.1") -> "closing[socket.socket]":
    """A connection from one of this machine's own addresses."""
    host, _, port = address.removeprefix("http://").partition(":")
    return closing(socket.create_connection((host, int(port)), timeout=5, source_address=(origin, 0)))


def is_open(waiting: socket.socket) -> bool:
    waiting.setblocking(False)
    try:
        return bool(waiting.recv(1))
    except BlockingIOError:
        return True
    except OSError:
        return False


def is_alive(address: str) -> bool:
    return requests.get(f"{address}/livez", timeout=5).ok


@pytest.mark.parametrize("first", HELD.values(), ids=HELD)
@pytest.mark.parametrize("origins", [["127.0.0.2"], ["127.0.0.1"], [f"127.0.1.{last}" for last in range(1, 200)]])
def test_a_probe_is_answered_whoever_holds_the_other_connections(
    address: str, first: bytes, origins: list[str]
) -> None:
    """From one address, from the probe's own, from many: bodies that never came held all that there were."""
    with ExitStack() as many:
        for number in range(MANY):
            many.enter_context(line(address, origins[number % len(origins)])).sendall(first)
        assert [is_alive(address) for _ in range(3)] == [True] * 3


@pytest.mark.parametrize("first", HELD.values(), ids=HELD)
def test_an_address_has_so_many_connections_and_takes_none_of_another_s(address: str, first: bytes) -> None:
    with ExitStack() as many:
        other = many.enter_context(line(address, "127.0.0.3"))
        other.sendall(HELD["half a head"])
        held = [many.enter_context(line(address, "127.0.0.2")) for _ in range(EACH + 10)]
        for waiting in held:
            waiting.sendall(first)
        assert is_alive(address)
        assert sum(map(is_open, held)) == EACH
        assert is_open(held[-1]), "the oldest were cut for the newest"
        other.sendall(b"\r\n")
        assert other.recv(12) == b"HTTP/1.1 200"


def test_a_request_whose_end_is_told_in_two_ways_is_the_last_of_its_connection(address: str) -> None:
    """A proxy may take the one for its end, and what comes behind for its body."""
    both = b"Content-Type: application/json\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    behind = b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with line(address) as sending:
        sending.sendall(
            b"POST /api/runs HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer operate\r\n" + both + behind
        )
        parts = []
        while part := sending.recv(65536):
            parts.append(part)
    answers = b"".join(parts)
    assert answers.startswith(b"HTTP/1.1 400 ")
    assert answers.count(b"HTTP/1.1 ") == 1


def test_nobody_fills_the_log_by_what_is_no_request(address: str, capfd: pytest.CaptureFixture[str]) -> None:
    upgrade = b"GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
    handlers, level = list(logging.getLogger().handlers), logging.getLogger().level
    try:
        logs.configure("warning", "json")
        capfd.readouterr()
        for junk in (b"\x16\x03\x01\x02\x00\x01", b"GET\r\n\r\n", upgrade) * 3:
            with line(address) as sending:
                sending.sendall(junk)
                assert sending.recv(12).startswith(b"HTTP/1.1 ")
        assert capfd.readouterr().err == ""
    finally:
        structlog.reset_defaults()
        logging.getLogger().handlers[:] = handlers
        logging.getLogger().setLevel(level)
        threading.excepthook = threading.__excepthook__
