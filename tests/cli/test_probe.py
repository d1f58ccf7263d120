"""`syncd health`, the container's probe: past any proxy, on every host that can be set, and where nothing is served."""

import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from syncd.errors import Unavailable
from syncd.health.life import Life
from syncd.sign_of_life import require_beat, store_named
from syncd.store import Store
from tests.benchmarks.starts import MARK, run, seconds
from tests.cli.test_startup import HEAVY, imported

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
LATE, AHEAD = timedelta(minutes=2), timedelta(hours=6)


class Ready(BaseHTTPRequestHandler):
    """A daemon that is ready."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"ready\n")

    def log_message(self, *_: object) -> None:
        """Nothing is logged."""


class Six(HTTPServer):
    """A server on IPv6 alone, as asyncio opens one."""

    address_family = socket.AF_INET6

    def server_bind(self) -> None:
        self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        super().server_bind()


@contextmanager
def listening(host: str) -> Iterator[int]:
    """Somebody who is ready, on a free port of a host."""
    server = (Six if ":" in host else HTTPServer)((host, 0), Ready)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "0.0.0.0", "::", "::1"])
def test_a_daemon_is_asked_on_the_host_that_it_listens_on_past_any_proxy(tmp_path: Path, host: str) -> None:
    proxies = dict.fromkeys(("ALL_PROXY", "HTTP_PROXY", "http_proxy", "all_proxy"), "http://127.0.0.1:9")
    with listening("127.0.0.1" if host == "localhost" else host) as port:
        known = {"SYNCD_HTTP_HOST": host, "SYNCD_HTTP_PORT": str(port), **proxies}
        answer = run([sys.executable, "-m", "syncd", "health"], tmp_path, known)
    assert (answer.returncode, answer.stdout) == (0, "ready\n"), answer.stderr


def lives(store: Store, beat_at: datetime, ended_at: datetime | None = None) -> None:
    """A daemon keeps its record."""
    with store.writing() as unit:
        Life(NOW, beat_at, "process 7 on host", 15, ended_at=ended_at).keep(unit)


def test_a_sign_of_life_is_read_from_either_database(store: Store) -> None:
    url = store.database.url.render_as_string(hide_password=False)
    with pytest.raises(Unavailable, match="no daemon has worked on this store yet"):
        require_beat(url, NOW)
    lives(store, NOW - timedelta(seconds=20))
    assert require_beat(url, NOW) == "alive: a sign of life 20 s ago"


@pytest.mark.parametrize(("beat_at", "ended_at"), [(NOW - LATE, None), (NOW + AHEAD, None), (NOW, NOW)])
def test_a_daemon_that_ended_or_fell_silent_is_told(
    sqlite_store: Store, beat_at: datetime, ended_at: datetime | None
) -> None:
    lives(sqlite_store, beat_at, ended_at)
    with pytest.raises(Unavailable, match="the daemon"):
        require_beat(str(sqlite_store.database.url), NOW)


def test_without_http_the_probe_looks_at_the_store_and_weighs_as_little(sqlite_store: Store, tmp_path: Path) -> None:
    lives(sqlite_store, datetime.now(UTC))
    known = {"SYNCD_HTTP_PORT": "0", "SYNCD_DATABASE_URL": str(sqlite_store.database.url)}
    answer = run([sys.executable, "-m", "syncd", "health"], tmp_path, known)
    assert (answer.returncode, answer.stderr) == (0, "")
    assert answer.stdout.startswith("alive")
    assert not imported("health", folder=tmp_path, **known) & (HEAVY | {"psycopg"})
    assert seconds("health", folder=tmp_path, environment=known) <= MARK


def test_the_probe_makes_no_store_and_says_that_there_is_none(tmp_path: Path) -> None:
    answer = run([sys.executable, "-m", "syncd", "health"], tmp_path, {"SYNCD_HTTP_PORT": "0"})
    assert answer.returncode == 3
    assert "the store cannot be read" in answer.stderr
    assert not [*tmp_path.iterdir()]


def test_the_store_s_url_may_come_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "url"
    file.write_text("postgresql://db/syncd\n", encoding="utf-8")
    assert store_named({"SYNCD_DATABASE_URL_FILE": str(file)}) == "postgresql://db/syncd"
    assert store_named({}) == "sqlite:///syncd.db"
    with pytest.raises(Unavailable, match="SYNCD_DATABASE_URL_FILE"):
        store_named({"SYNCD_DATABASE_URL_FILE": str(tmp_path / "none")})
