"""Who gets in over HTTP by a token or a password, how long that lasts, and what nobody ever gets to see."""

import re
import socket
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
import requests
from argon2 import PasswordHasher
from sqlalchemy import text
from starlette.requests import Request

from syncd.composition import signing_of
from syncd.errors import ConfigError, Unavailable
from syncd.model.tokens import Token, new_token
from syncd.settings import read
from syncd.store import Store
from syncd.store.notes import EVERYBODY_IS_ASKED
from syncd.store.sessions import GRAIN, IDLE, LONGEST
from syncd.web.entry import passwords
from syncd.web.entry.limits import BY_ADDRESS, BY_NAME, COSTLY, FAILURES, Limits, neighbourhood
from syncd.web.entry.signing import Returned
from syncd.web.operations import Call
from syncd.web.rights import NOBODY
from syncd.web.whence import gateway_of
from tests.web.identities import Pages, paged

PASSWORD = "a quiet lake at dawn"
WRONG = "a quiet lake at dusk"
BOOTSTRAP = "an-invented-bootstrap-token-that-is-long"


@pytest.fixture(scope="module")
def password_hash() -> str:
    """A hash that says itself how little it costs."""
    return PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash(PASSWORD)


@pytest.fixture
def administered(sqlite_store: Store, password_hash: str) -> Store:
    with sqlite_store.writing() as unit:
        unit.administrator.set(password_hash, datetime.now(UTC))
    return sqlite_store


@pytest.fixture
def pages(administered: Store) -> Iterator[Pages]:
    with paged(administered) as pages:
        yield pages


def signed_in(pages: Pages, password: str = PASSWORD, name: str = "admin") -> requests.Response:
    return pages.post("/sign-in", {"name": name, "password": password}, allow_redirects=False)


def made(store: Store, right: str = "view", days: float = 1) -> str:
    secret, now = new_token(), datetime.now(UTC)
    with store.writing() as unit:
        unit.tokens.keep(secret, Token("ci", right, now, "cli:ann", now + timedelta(days=days), None))
    return secret


def asked(pages: Pages, secret: str, path: str = "/api/status") -> int:
    return pages.get(path, headers={"authorization": f"Bearer {secret}"}).status_code


def test_where_nobody_can_be_known_this_machines_people_may_look(sqlite_store: Store) -> None:
    with paged(sqlite_store) as pages:
        assert pages.is_in()
        assert "may look, and no more" in pages.get("/").text
        assert "syncd admin" in pages.get("/sign-in").text
        made(sqlite_store)
        assert not pages.is_in(), "from the first token on, everybody says who they are"


def test_what_lets_somebody_in_opens_nothing_when_it_goes(sqlite_store: Store, password_hash: str) -> None:
    secret = made(sqlite_store)
    with paged(sqlite_store) as pages:
        assert asked(pages, secret) == 200
        with sqlite_store.writing() as unit:
            unit.tokens.revoke("ci")
        assert (asked(pages, secret), pages.is_in()) == (401, False)
        with sqlite_store.writing() as unit:
            unit.notes.drop(EVERYBODY_IS_ASKED)  # as in a store that is older
            unit.administrator.set(password_hash, datetime.now(UTC))
            unit.notes.drop(EVERYBODY_IS_ASKED)
            assert unit.administrator.remove()
        assert (asked(pages, secret), pages.is_in()) == (401, False)
    with paged(sqlite_store) as pages:
        assert not pages.is_in(), "nor behind another start"


@pytest.mark.parametrize("sent", ["Bearer {}", "Bearer ", "Basic YTpi", "{}"])
def test_who_sends_what_nobody_knows_is_not_let_in_as_nobody(sqlite_store: Store, sent: str) -> None:
    with paged(sqlite_store) as pages:
        answer = pages.get("/api/status", headers={"authorization": sent.format(new_token())})
        assert (answer.status_code, pages.is_in()) == (401, True)


PROXIED = [{name: "203.0.113.9"} for name in ("via", "forwarded", "x-real-ip", "x-forwarded-for", "x-forwarded-host")]


@pytest.mark.parametrize("added", [*PROXIED, {}], ids=str)
def test_who_comes_by_a_proxy_is_not_on_this_machine(
    sqlite_store: Store, password_hash: str, added: dict[str, str]
) -> None:
    with paged(sqlite_store, SYNCD_HTTP_URL="") as pages:
        assert by_line(pages, "/api/status", added) == (403 if added else 200)
        assert by_line(pages, "/api/status", added, version="1.0") == 403
        with sqlite_store.writing() as unit:
            unit.administrator.set(password_hash, datetime.now(UTC))
        if added:
            typed = {"name": "admin", "password": PASSWORD}
            answer = pages.post("/sign-in", typed, headers=added, allow_redirects=False)
            assert (answer.status_code, "in the open" in answer.text) == (403, True)


def by_line(pages: Pages, path: str, headers: dict[str, str], version: str = "1.1") -> int:
    """The status that a request gets, as it is written."""
    place = urlsplit(pages.address)
    lines = [f"GET {path} HTTP/{version}", "Host: localhost", *(f"{name}: {value}" for name, value in headers.items())]
    with socket.create_connection((place.hostname, place.port), timeout=5) as line:
        line.sendall("\r\n".join([*lines, "", ""]).encode())
        return int(line.recv(64).split()[1])


def test_the_machine_that_runs_a_container_is_its_gateway() -> None:
    head = "Iface\tDestination\tGateway \tFlags\n"
    assert gateway_of(f"{head}eth0\t000011AC\t00000000\t0001\neth0\t00000000\t010011AC\t0003\n") == "172.17.0.1"
    assert gateway_of(head) == ""


def test_a_session_that_begins_by_https_travels_by_nothing_else(administered: Store) -> None:
    with paged(administered, SYNCD_HTTP_URL="") as pages:
        for scheme, secure in (("https", True), (None, False)):
            headers = {"x-forwarded-proto": scheme} if scheme else {}
            headers |= {"origin": f"{scheme or 'http'}://{urlsplit(pages.address).netloc}"}
            typed = {"name": "admin", "password": PASSWORD}
            entered = pages.post("/sign-in", typed, headers=headers, allow_redirects=False)
            assert entered.status_code == 303
            assert ("Secure" in entered.headers["set-cookie"]) == secure


@pytest.mark.parametrize(("right", "status"), [("view", 403), ("operate", 202), ("administer", 202)])
def test_a_token_may_do_what_it_was_made_for(sqlite_store: Store, right: str, status: int) -> None:
    secret = made(sqlite_store, right)
    with paged(sqlite_store, loopback=False) as pages:
        assert asked(pages, secret) == 200
        headers = {"authorization": f"Bearer {secret}"}
        begun = requests.post(f"{pages.address}/api/runs", json={"verb": "cycle"}, headers=headers, timeout=10)
        assert begun.status_code == status
        pages.signing.entry.settle()
    with sqlite_store.reading() as unit:
        assert [one.used_on for one in unit.tokens.all()] == [datetime.now(UTC).date()]
        assert {one.actor for one in unit.runs.waiting()} == ({"api:ci"} if status == 202 else set())


@pytest.mark.parametrize(
    "break_it",
    [
        lambda it: it[:-1] + "x",
        str.swapcase,
        lambda it: it.removeprefix("syncd_"),
        lambda _: new_token(),
        lambda _: "é",
    ],
    ids=["mistyped", "in capitals", "without its beginning", "another", "no token"],
)
def test_what_is_nearly_a_token_lets_nobody_in(sqlite_store: Store, break_it: Callable[[str], str]) -> None:
    secret = made(sqlite_store)
    with paged(sqlite_store) as pages:
        headers = {"authorization": f"Bearer {break_it(secret)}".encode()}
        assert pages.get("/api/status", headers=headers).status_code == 401


def test_a_token_ends_by_its_day_and_by_hand(sqlite_store: Store) -> None:
    secret = made(sqlite_store, days=1)
    with paged(sqlite_store, SYNCD_HTTP_TOKEN=BOOTSTRAP) as pages:
        assert (asked(pages, secret), asked(pages, BOOTSTRAP)) == (200, 200)
        with sqlite_store.writing() as unit:
            unit.connection.execute(text("UPDATE token SET expires_at = made_at"))
        assert asked(pages, secret) == 401
        with sqlite_store.writing() as unit:
            unit.tokens.revoke("ci")
        assert (asked(pages, secret), asked(pages, BOOTSTRAP)) == (401, 200)


def test_a_token_of_the_settings_that_can_be_guessed_is_refused_and_not_shown(sqlite_store: Store) -> None:
    with (
        pytest.raises(ConfigError, match=r"SYNCD_HTTP_TOKEN.*at least 20") as refused,
        paged(sqlite_store, SYNCD_HTTP_TOKEN="a-short-token"),
    ):
        pytest.fail("nothing counts how often somebody tries")
    assert "a-short-token" not in str(refused.value)


def test_the_administrator_signs_in_and_out(pages: Pages, administered: Store) -> None:
    assert pages.get("/", allow_redirects=False).headers["location"] == "/sign-in"
    entered = signed_in(pages)
    assert (entered.status_code, entered.headers["location"]) == (303, "/")
    assert 'title="may administer"' in pages.get("/").text
    assert pages.get("/sign-in", allow_redirects=False).headers["location"] == "/"
    held = dict(pages.browser.cookies)
    assert pages.post("/sign-out", allow_redirects=False).headers["location"] == "/sign-in"
    assert not pages.browser.cookies
    pages.browser.cookies.update(held)
    assert not pages.is_in(), "what the browser held is worth nothing afterwards"
    with administered.reading() as unit:
        assert [(line.actor, line.action) for line in unit.audit.lines()] == [
            ("page:admin", "sign out"),
            ("page:admin", "sign in"),
        ]


def test_whoever_is_let_in_is_so_on_either_database(store: Store, password_hash: str) -> None:
    secret = made(store, "operate")
    with store.writing() as unit:
        unit.administrator.set(password_hash, datetime.now(UTC))
    with paged(store) as pages:
        assert (asked(pages, secret), asked(pages, new_token())) == (200, 401)
        assert signed_in(pages).status_code == 303
        assert pages.is_in()
        assert pages.post("/sign-out", allow_redirects=False).status_code == 303
        assert not pages.is_in()


@pytest.mark.parametrize(
    ("name", "password"),
    [("admin", WRONG), ("admin", ""), ("Admin", PASSWORD), ("", ""), ("ann", PASSWORD), ("admin", PASSWORD * 90)],
)
def test_a_wrong_name_or_password_is_told_alike_and_never_shown(
    pages: Pages, capsys: pytest.CaptureFixture[str], name: str, password: str
) -> None:
    answer = signed_in(pages, password, name)
    assert answer.status_code == 401
    assert "Name or password are wrong." in answer.text
    assert not pages.is_in()
    out, err = capsys.readouterr()
    assert not password or password not in answer.text + out + err


def test_an_unknown_name_costs_a_hash_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    verified: list[str] = []

    class Counting(PasswordHasher):
        def verify(self, kept: str | bytes, password: str | bytes) -> bool:
            verified.append("$".join(str(kept).split("$")[:4]))
            return super().verify(kept, password)

    monkeypatch.setattr(passwords, "_hasher", Counting())
    assert not passwords.is_right(WRONG, passwords.hash_of(PASSWORD))
    assert not passwords.is_right(WRONG, None)
    assert len(verified) == 2
    assert len(set(verified)) == 1, "of the same costs"


def test_another_password_ends_the_sessions_of_the_one_before(pages: Pages, administered: Store) -> None:
    signed_in(pages)
    assert pages.is_in()
    with administered.writing() as unit:
        unit.administrator.set(PasswordHasher(1, 64, 1).hash(WRONG), datetime.now(UTC))
    assert not pages.is_in()
    pages.signing.entry.settle()
    assert signed_in(pages).status_code == 401
    assert signed_in(pages, WRONG).status_code == 303


def test_a_session_is_new_at_each_sign_in_and_everybody_can_be_signed_out(pages: Pages, administered: Store) -> None:
    signed_in(pages)
    first = dict(pages.browser.cookies)
    signed_in(pages)
    second = dict(pages.browser.cookies)
    assert first != second
    pages.browser.cookies.clear()
    pages.browser.cookies.update(first)
    assert not pages.is_in(), "the former one ended"
    pages.browser.cookies.update(second)
    assert pages.is_in()
    with administered.writing() as unit:
        assert unit.sessions.end_all() == 1
    assert not pages.is_in()


def test_a_cookie_that_somebody_else_chose_signs_nobody_in(pages: Pages) -> None:
    pages.browser.cookies.set("syncd", "chosen-before")
    signed_in(pages)
    assert pages.browser.cookies.get("syncd", domain="127.0.0.1") != "chosen-before"


@pytest.mark.parametrize(("moved", "stays"), [(-2 * GRAIN, False), (GRAIN, True), (IDLE, False), (LONGEST, False)])
def test_a_session_runs_out_by_the_wall_clock(pages: Pages, administered: Store, moved: timedelta, stays: bool) -> None:
    signed_in(pages)
    with administered.writing() as unit:
        at = datetime.now(UTC) - moved
        moving = text("UPDATE session SET begun_at = :at, seen_at = :at")
        unit.connection.execute(moving, {"at": at.replace(tzinfo=None).isoformat(" ")})
    assert pages.is_in() is stays


def test_a_clock_that_is_set_back_makes_no_session_longer(
    pages: Pages, administered: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [10_000.0]
    monkeypatch.setattr("syncd.web.entry.people.steady", lambda: now[0])
    signed_in(pages)
    assert pages.is_in()
    now[0] += IDLE.total_seconds() - 1
    assert pages.is_in()
    now[0] += IDLE.total_seconds()
    assert not pages.is_in()


def test_cookies_are_for_this_host_by_https_alone_and_for_no_script(administered: Store) -> None:
    with paged(administered, SYNCD_HTTP_URL="https://syncd.example.com") as pages:
        cookie = signed_in(pages).headers["set-cookie"]
    assert cookie.startswith("__Host-syncd=")
    parts = {part.strip().lower() for part in cookie.split(";")[1:]}
    assert {"httponly", "secure", "samesite=lax", "path=/"} <= parts
    assert not [part for part in parts if part.startswith("domain")]


def test_no_password_is_taken_in_the_open(pages: Pages) -> None:
    there = urlsplit(pages.address)._replace(netloc=f"{socket.gethostname()}:{urlsplit(pages.address).port}")
    headers = {"host": there.netloc, "origin": there.geturl()}
    answer = pages.post("/sign-in", {"name": "admin", "password": PASSWORD}, headers=headers, allow_redirects=False)
    shown = pages.get("/sign-in", headers=headers).text
    assert answer.status_code == 403
    assert "password" not in shown.casefold().replace("a password is not sent in the open", "")
    assert "SYNCD_HTTP_URL" in shown


def test_whoever_tries_too_often_waits_and_is_told_how_long(pages: Pages) -> None:
    statuses = [signed_in(pages, WRONG).status_code for _ in range(BY_ADDRESS.rate.amount + 1)]
    assert statuses == [401] * BY_ADDRESS.rate.amount + [429]
    answer = signed_in(pages)
    assert answer.status_code == 429
    assert 0 < int(answer.headers["retry-after"]) <= 300
    assert "Try again in" in answer.text
    assert not pages.is_in(), "nor by the right password"


def test_nobody_who_guesses_from_elsewhere_shuts_the_administrator_out(administered: Store) -> None:
    signing = signing_of(read(), administered)

    def tries(place: str, password: str = WRONG) -> int:
        form = urlencode({"name": "admin", "password": password}).encode()
        return signing.sign_in_by_password(call_from(place, form)).status_code

    for number in range(BY_NAME.rate.amount):
        signing.limits.wait(BY_NAME, f"admin\n192.0.2.{number % 3}")  # without the cost of a password each
    assert tries("192.0.2.9", PASSWORD) == 303, "the name is as many addresses' as come"
    for _ in range(FAILURES.rate.amount):
        signing.limits.wait(FAILURES, "admin")
    assert [tries("192.0.2.7"), tries("192.0.2.7")] == [401, 429], "each address has one guess by now"
    assert tries("192.0.2.8", PASSWORD) == 303
    assert tries("192.0.2.7") == 401, "what was in a row is so no more"


def test_only_failures_count(pages: Pages) -> None:
    for _ in range(BY_ADDRESS.rate.amount + 1):
        assert signed_in(pages).status_code == 303
    for _ in range(BY_ADDRESS.rate.amount - 1):
        assert signed_in(pages, WRONG).status_code == 401
    assert signed_in(pages).status_code == 303


def call_from(place: str, form: bytes) -> Call:
    """A form that somebody sends to this machine from there."""
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/sign-in",
        "query_string": b"",
        "scheme": "https",
        "server": ("127.0.0.1", 80),
        "client": (place, 1),
        "headers": [(b"host", b"127.0.0.1")],
    }
    return Call(None, NOBODY, Request(scope), Returned(), None, form)  # type: ignore[arg-type]


def test_an_ipv6_customer_is_one() -> None:
    assert (
        neighbourhood("2001:db8:1:2:3::4") == neighbourhood("2001:db8:1:2:ffff::") != neighbourhood("2001:db8:1:3::4")
    )
    assert neighbourhood("192.0.2.1") != neighbourhood("192.0.2.2")
    assert neighbourhood(None) == ""


def test_whoever_asks_for_what_is_costly_too_often_waits(sqlite_store: Store) -> None:
    with paged(sqlite_store, SYNCD_HTTP_TOKEN=BOOTSTRAP) as pages:
        headers = {"authorization": f"Bearer {BOOTSTRAP}"}
        for _ in range(COSTLY.rate.amount):
            assert pages.get("/api/plan", headers=headers).status_code == 200
        answer = pages.get("/api/plan", headers=headers)
        assert answer.status_code == 429
        assert 0 < int(answer.headers["retry-after"]) <= 60
        assert asked(pages, BOOTSTRAP) == 200, "what costs little is answered"


def test_a_clock_that_is_set_back_shuts_nobody_out(monkeypatch: pytest.MonkeyPatch) -> None:
    limits = Limits()
    for _ in range(BY_ADDRESS.rate.amount):
        limits.wait(BY_ADDRESS, "192.0.2.1")
    assert limits.wait(BY_ADDRESS, "192.0.2.1") > 0
    monkeypatch.setattr(limits, "_jumps", type("Jumped", (), {"since": lambda _: timedelta(hours=-3)})())
    assert limits.wait(BY_ADDRESS, "192.0.2.1") == 0


def test_while_the_store_is_away_whoever_was_known_may_look_and_nobody_else(
    sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    known, unknown = made(sqlite_store, "administer"), new_token()
    with paged(sqlite_store, SYNCD_HTTP_TOKEN=BOOTSTRAP) as pages:
        assert asked(pages, known, "/") == 200
        entry = pages.signing.entry

        def away() -> None:
            raise Unavailable("the database is away")

        monkeypatch.setattr(entry, "_store", type("Away", (), {"reading": lambda _: away()})())
        request = type("Asked", (), {"headers": {"authorization": f"Bearer {known}"}, "cookies": {}})
        principal = entry.recognise(request)  # type: ignore[arg-type]
        assert principal is not None
        assert (principal.name, principal.right.word) == ("ci", "view")
        request.headers = {"authorization": f"Bearer {unknown}"}  # type: ignore[attr-defined]
        with pytest.raises(Unavailable):
            entry.recognise(request)  # type: ignore[arg-type]
        request.headers = {"authorization": f"Bearer {BOOTSTRAP}"}  # type: ignore[attr-defined]
        assert entry.recognise(request).right.word == "administer"  # type: ignore[arg-type, union-attr]


@pytest.mark.parametrize("path", ["/sign-in", "/sign-out"])
def test_another_sites_form_signs_nobody_in_or_out(pages: Pages, path: str) -> None:
    signed_in(pages)
    form = {"name": "admin", "password": PASSWORD}
    for headers in (
        {"origin": "https://elsewhere.example"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"},
        {"sec-fetch-site": "same-site"},
    ):
        assert pages.post(path, form, headers=headers, allow_redirects=False).status_code == 403
    assert pages.is_in()


def test_pages_have_no_script_of_their_own_and_one_style_and_a_label_for_each_field(pages: Pages) -> None:
    shown = pages.get("/sign-in").text
    assert shown.count("<script") == shown.count("<script src=") == 1
    assert "style=" not in shown
    fields = re.findall(r"<input (?!type=\"hidden\")", shown)
    assert shown.count("<label>") == len(fields) == 2
    (sheet,) = re.findall(r'<link rel="stylesheet" href="([^"]+)">', shown)
    style = pages.get(sheet)
    assert style.headers["content-type"].startswith("text/css")
    assert "color-scheme: light dark" in style.text


def test_the_document_for_programs_is_silent_about_pages(pages: Pages) -> None:
    signed_in(pages)
    paths = pages.get("/api/openapi.json").json()["paths"]
    assert "/api/plan" in paths
    assert not [path for path in paths if path == "/" or "sign" in path or path.endswith(".css")]


def test_no_password_and_no_session_stands_in_the_store(pages: Pages, tmp_path: Path) -> None:
    signed_in(pages)
    (held,) = dict(pages.browser.cookies).values()
    kept = b"".join(file.read_bytes() for file in tmp_path.glob("syncd.db*"))
    assert held.encode() not in kept
    assert PASSWORD.encode() not in kept
