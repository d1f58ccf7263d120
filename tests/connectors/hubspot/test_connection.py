"""HubSpot is reached through the proxy that the environment names; its own client would go past it."""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Callable, Iterator
from socketserver import StreamRequestHandler, ThreadingTCPServer
from urllib.parse import urlsplit

import pytest

from connectors.base import ConnectorError, Misconfigured, TryLater
from connectors.hubspot import OAuth
from tests.connectors.hubspot.portals import Open, Portal, contact

VARIABLES = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY")


class Door(ThreadingTCPServer):
    """A proxy: `CONNECT host:port` opens a tunnel, `GET http://…` is passed on. It remembers what it was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Visit)
        self.asked: list[tuple[str, str]] = []  # method, target
        self.signed: set[str] = set()  # what callers said who they are

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.server_address[1]}"


class Visit(StreamRequestHandler):
    """One connection to the proxy."""

    def handle(self) -> None:
        assert isinstance(self.server, Door)
        method, target, version = self.rfile.readline().decode().split()
        head = list(iter(self.rfile.readline, b"\r\n"))
        self.server.asked.append((method, target))
        self.server.signed |= {line.decode().strip() for line in head if line.lower().startswith(b"proxy-auth")}
        place = urlsplit(f"//{target}" if method == "CONNECT" else target)
        with socket.create_connection((place.hostname or "", place.port or 80)) as there:
            if method == "CONNECT":
                self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            else:
                path = f"{place.path}?{place.query}" if place.query else place.path
                first = f"{method} {path} {version}\r\nConnection: close\r\n".encode()
                there.sendall(first + b"".join(head) + b"\r\n")
            back = threading.Thread(target=pour, args=(there.recv, self.connection))
            back.start()
            pour(self.rfile.read1, there)
            back.join()


def pour(read: Callable[[int], bytes], into: socket.socket) -> None:
    """Pass on what comes until it ends."""
    try:
        while part := read(1 << 16):
            into.sendall(part)
        into.shutdown(socket.SHUT_WR)
    except OSError:  # the other end has left
        pass


@pytest.fixture
def door(monkeypatch: pytest.MonkeyPatch) -> Iterator[Door]:
    """A running proxy, in an environment that names none."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    with Door() as door:
        thread = threading.Thread(target=door.serve_forever, args=(0.05,))
        thread.start()
        yield door
        door.shutdown()
        thread.join()


@pytest.fixture
def portal(open_portal: Open) -> Portal:
    return open_portal({"contacts": [contact(id) for id in range(3)]})


@pytest.mark.parametrize(
    ("scheme", "environment", "method"),
    [
        ("https", {"HTTPS_PROXY": "http://{}"}, "CONNECT"),
        ("https", {"https_proxy": "http://{}"}, "CONNECT"),
        ("https", {"HTTPS_PROXY": "{}"}, "CONNECT"),
        ("https", {"ALL_PROXY": "http://{}"}, "CONNECT"),
        ("https", {"HTTP_PROXY": "http://{}"}, None),
        ("https", {"HTTPS_PROXY": "http://{}", "NO_PROXY": "127.0.0.1"}, None),
        ("https", {"HTTPS_PROXY": "http://{}", "NO_PROXY": "example.com,127.0.0.0/8"}, None),
        ("https", {"HTTPS_PROXY": "http://{}", "NO_PROXY": "example.com"}, "CONNECT"),
        ("http", {"HTTP_PROXY": "http://{}"}, "GET"),
        ("http", {"ALL_PROXY": "http://{}"}, "GET"),
        ("http", {"HTTPS_PROXY": "http://{}"}, None),
        ("http", {"HTTP_PROXY": "http://{}", "no_proxy": "*"}, None),
    ],
    ids=lambda value: "&".join(value) if isinstance(value, dict) else value,
)
def test_the_environment_s_proxy_is_gone_through(
    portal: Portal,
    door: Door,
    monkeypatch: pytest.MonkeyPatch,
    scheme: str,
    environment: dict[str, str],
    method: str | None,
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value.format(door.address))
    host = portal.https_url if scheme == "https" else portal.url
    assert portal.connect(host=host, ca_file=portal.ca_file).tenant() == "62515"
    target = urlsplit(host).netloc if method == "CONNECT" else f"{host}/account-info/2026-09/details"
    assert door.asked == ([(method, target)] if method else [])


@pytest.mark.parametrize("scheme", ["https", "http"])
def test_a_proxy_is_told_who_asks(portal: Portal, door: Door, monkeypatch: pytest.MonkeyPatch, scheme: str) -> None:
    monkeypatch.setenv("ALL_PROXY", f"http://syncd:p%40ss@{door.address}")
    host = portal.https_url if scheme == "https" else portal.url
    assert portal.connect(host=host, ca_file=portal.ca_file).tenant() == "62515"
    assert {line.lower().partition(": ")[0]: line.partition(": ")[2] for line in door.signed} == {
        "proxy-authorization": "Basic c3luY2Q6cEBzcw=="
    }


def test_tokens_are_fetched_through_it_too(portal: Portal, door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"http://{door.address}")
    tokens = OAuth("sandbox-client", "sandbox-secret", "sandbox-refresh", host=portal.https_url, ca_file=portal.ca_file)
    assert tokens.token()
    assert door.asked == [("CONNECT", urlsplit(portal.https_url).netloc)]


@pytest.mark.parametrize(
    ("address", "error", "said"),
    [
        ("http://127.0.0.1:9", TryLater, "does not answer"),
        ("socks5://syncd:s3cret@127.0.0.1:9", Misconfigured, "socks5 proxy"),
    ],
)
def test_a_proxy_that_is_none_is_told(
    portal: Portal,
    door: Door,
    monkeypatch: pytest.MonkeyPatch,
    address: str,
    error: type[ConnectorError],
    said: str,
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", address)
    with pytest.raises(error, match=said) as raised:
        portal.connect(host=portal.https_url, ca_file=portal.ca_file).tenant()
    assert "s3cret" not in str(raised.value)


@pytest.mark.parametrize("level", [logging.NOTSET, logging.INFO, logging.ERROR])
def test_a_new_connector_leaves_the_log_level_of_urllib3_alone(portal: Portal, level: int) -> None:
    logger = logging.getLogger("urllib3")
    before = logger.level
    logger.setLevel(level)
    try:
        portal.connect()
        OAuth("client", "secret", "refresh", host=portal.url)
        assert logger.level == level
    finally:
        logger.setLevel(before)
