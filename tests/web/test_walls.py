"""The walls: who is addressed, where a request comes from, how large and slow it may be; what no answer tells."""

import json
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing

import pytest
import requests
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from syncd.store import Store
from syncd.sync.drafts import Action
from syncd.sync.plan import Plan, Step
from syncd.web import Access, House, application, server
from syncd.web.entry.people import Person
from syncd.web.operations import Call, Nothing, Operation
from syncd.web.rights import Kind, Principal, Right
from syncd.web.table import TABLE
from tests import ledger
from tests.empty_stores import empty_sqlite
from tests.web import houses
from tests.web.identities import paged

TOKEN = {"authorization": "Bearer administer"}
SESSION = {"cookie": "session=administer"}
OURS = "syncd.example.com"


class Both:
    """Knows a right by a token, and by a session."""

    configured = True

    def recognise(self, request: Request) -> Principal | None:
        if word := request.headers.get("authorization", "").removeprefix("Bearer "):
            return Principal(word, Right.read(word), Kind.TOKEN)
        word = request.cookies.get("session")
        return Principal(word, Right.read(word), Kind.PERSON) if word else None


def breaks(_: Call) -> None:
    raise ValueError("the row of Ann Example, token hunter2")


def shown(_: Call) -> Response:
    return HTMLResponse("<p>a page</p>")


PAGE = Operation("GET", "/page", None, "A page", shown, page=True, media_type="text/html")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    store = Store(empty_sqlite(tmp_path_factory.mktemp("walls") / "syncd.db"))
    yield store
    store.close()


@pytest.fixture(scope="module")
def here(store: Store) -> Iterator[str]:
    table = (*TABLE, Operation("GET", "/breaks", Right.VIEW, "A defect", breaks, query=Nothing), PAGE)
    pages = application(houses.house(store), Access(Both(), loopback=True), hosts=[OURS], seconds=0.5, table=table)
    with houses.listening(pages) as address:
        yield address


# ---- who is addressed ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "host", [OURS, OURS.upper(), f"{OURS}:443", f"{OURS}.", "localhost:1", "[::1]:80", "127.0.0.1"]
)
def test_it_answers_to_its_own_names(here: str, host: str) -> None:
    assert requests.get(f"{here}/api/runs", headers=TOKEN | {"host": host}, timeout=5).ok


@pytest.mark.parametrize(
    "host",
    [
        "rebound.example",
        "127.0.0.1.rebound.example",
        "127.0.0.2",
        "localhost@rebound.example:80",
        "[",
        "",
        "x@localhost",
        "localhost/evil",
        "localhost?",
        "localhost#a",
        "localhost:80:80",
        "local\thost",
    ],
)
def test_it_answers_to_no_other_name_which_a_strangers_name_server_may_lead_here(here: str, host: str) -> None:
    for headers in (TOKEN, SESSION, {}):
        answer = requests.get(f"{here}/api/runs", headers=headers | {"host": host}, timeout=5)
        assert answer.status_code == 421
        assert "SYNCD_HTTP_HOSTS" in answer.json()["mend"]
    assert requests.get(f"{here}/readyz", headers={"host": host}, timeout=5).ok, "probes ask by address"


# ---- where a request comes from ------------------------------------------------------------------------------------

NEAR = [
    {"sec-fetch-site": "same-origin"},
    {"sec-fetch-site": "none"},
    {"origin": f"https://{OURS}", "x-forwarded-proto": "https", "host": OURS},
    {"origin": f"http://{OURS}", "host": OURS},
]
FAR = [
    {},
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
    {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"},
    {"sec-fetch-site": "cross-site", "origin": f"http://{OURS}", "host": OURS},
    {"sec-fetch-site": ""},
    {"origin": "https://evil.example"},
    {"origin": "null"},
    {"origin": f"http://{OURS}.evil.example", "host": OURS},
    {"origin": f"http://{OURS}:81", "host": OURS},
]


@pytest.mark.parametrize("whence", NEAR, ids=json.dumps)
def test_a_cookie_acts_on_our_own_pages(here: str, whence: dict[str, str]) -> None:
    assert requests.post(f"{here}/api/resume", headers=SESSION | whence, timeout=5).status_code == 200


@pytest.mark.parametrize("whence", FAR, ids=json.dumps)
def test_a_cookie_acts_from_nowhere_else(store: Store, here: str, whence: dict[str, str]) -> None:
    lines = audit(store)
    answer = requests.post(f"{here}/api/pause", headers=SESSION | whence, timeout=5)
    assert (answer.status_code, answer.json()["detail"]) == (403, "another site's page sent this")
    assert audit(store) == lines


@pytest.mark.parametrize("whence", [one for one in FAR if one.get("sec-fetch-site") != ""], ids=json.dumps)
def test_a_token_acts_from_everywhere_for_no_browser_sends_it_by_itself(here: str, whence: dict[str, str]) -> None:
    assert requests.post(f"{here}/api/resume", headers=TOKEN | whence, timeout=5).status_code == 200


def test_another_sites_page_looks_at_nothing_and_a_link_leads_to_pages_alone(here: str) -> None:
    def status(path: str = "/page", **sent: str) -> int:
        headers = SESSION | {f"sec-fetch-{name}": value for name, value in sent.items()}
        return requests.get(f"{here}{path}", headers=headers, timeout=5).status_code

    link = {"site": "cross-site", "mode": "navigate", "dest": "document"}
    assert status("/api/plan", **link) == status("/api/doctor", **link) == status("/api/runs", **link) == 403

    assert status(site="cross-site", mode="no-cors", dest="image") == 403
    assert status(site="cross-site", mode="cors", dest="empty") == 403
    assert status(site="cross-site", mode="navigate", dest="iframe") == 403
    assert status(site="cross-site", mode="navigate", dest="document") == 200
    assert status(site="same-origin", mode="cors", dest="empty") == 200


def test_no_other_site_is_told_that_it_may(here: str) -> None:
    asked = {"origin": "https://evil.example", "access-control-request-method": "POST", **TOKEN}
    for method in ("GET", "OPTIONS"):
        answer = requests.request(method, f"{here}/api/runs", headers=asked, timeout=5)
        assert not [name for name in answer.headers if name.lower().startswith("access-control")]


def audit(store: Store) -> int:
    with store.reading() as unit:
        return len(unit.audit.lines(1000))


# ---- what every answer says, and what none does ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/runs", 200),
        ("/readyz", 200),
        ("/nothing", 404),
        ("/api/runs/7", 404),
        ("/breaks", 500),
        ("/metrics", 200),
    ],
)
def test_every_answer_is_dressed_and_tells_nothing_of_its_server(here: str, path: str, status: int) -> None:
    for secure in (False, True):
        headers = TOKEN | ({"x-forwarded-proto": "https"} if secure else {})
        answer = requests.get(f"{here}{path}", headers=headers, timeout=5)
        assert answer.status_code == status
        dressed = {name.lower(): value for name, value in answer.headers.items()}
        assert dressed["x-content-type-options"] == "nosniff"
        assert "default-src 'none'" in dressed["content-security-policy"]
        assert "frame-ancestors 'none'" in dressed["content-security-policy"]
        assert "unsafe" not in dressed["content-security-policy"]
        assert dressed["referrer-policy"] == "no-referrer"
        assert dressed["cross-origin-opener-policy"] == dressed["cross-origin-resource-policy"] == "same-origin"
        assert dressed["cache-control"] == "no-store"
        assert ("strict-transport-security" in dressed) == secure
        assert not {"server", "date", "x-powered-by"} & dressed.keys()


def test_where_browsers_come_by_https_that_holds_whatever_a_proxy_says(store: Store) -> None:
    with houses.listening(application(houses.house(store), Access(Both(), loopback=True), secure=True)) as address:
        answer = requests.get(f"{address}/readyz", timeout=5)
        host = address.removeprefix("http://")
        acts = {
            scheme: requests.post(
                f"{address}/api/resume", headers=SESSION | {"origin": f"{scheme}://{host}"}, timeout=5
            ).status_code
            for scheme in ("http", "https")
        }
    assert answer.headers["strict-transport-security"].startswith("max-age=")
    assert acts == {"http": 403, "https": 200}


def test_a_defect_is_told_by_its_place_and_without_its_words(here: str) -> None:
    answer = requests.get(f"{here}/breaks", headers=TOKEN, timeout=5)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json() | {"where": []} == {
        "type": "urn:syncd:defect",
        "title": "syncd broke, which is a defect",
        "status": 500,
        "detail": answer.json()["detail"],
        "kind": "defect",
        "exit_code": 1,
        "where": [],
        "what": answer.json()["detail"],
        "mend": "look at the log, and tell those who make syncd",
    }
    assert "hunter2" not in answer.text
    assert "Ann" not in answer.text
    assert "Traceback" not in answer.text


def test_what_is_not_there_is_a_problem_too(here: str) -> None:
    nowhere = requests.get(f"{here}/nothing", headers=TOKEN, timeout=5)
    assert (nowhere.status_code, nowhere.json()["kind"], nowhere.json()["exit_code"]) == (404, "not found", 6)
    otherwise = requests.delete(f"{here}/api/runs", headers=TOKEN, timeout=5)
    assert otherwise.status_code == 405
    assert "POST" in otherwise.headers["allow"] or "GET" in otherwise.headers["allow"]


# ---- how large, how deep, how slow ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b'{"verb": "resync", "scope": {"account": "' + b"x" * 70_000 + b'"}}', 413),
        (b'{"verb": ' * 100 + b"1" + b"}" * 100, 400),
        (b"[" * 5_000 + b"]" * 5_000, 400),
        (b'{"verb": "cycle"', 400),
        (b'{"verb": "cycle", "force": true}', 400),
        (b'{"verb": "cycle", "scope": {"force": true}}', 400),
        (b'{"verb": "apply"}', 400),
        (b'{"verb": "erase"}', 400),
        (b'{"verb": "pull", "scope": {"stream": "a\\u0000b"}}', 400),
        (b"\xff\xfe", 400),
        (b"", 400),
        (b"null", 400),
        (b'{"verb": "judge", "verb": "cycle"}', 400),
        (b'{"verb": "resync", "scope": {"full": true, "full": false}}', 400),
    ],
)
def test_a_body_is_what_is_described_or_refused_before_anybody_works(
    store: Store, here: str, body: bytes, status: int
) -> None:
    before = len(ledger.open_requests(store))
    answer = requests.post(f"{here}/api/runs", headers=TOKEN, data=body, timeout=5)
    assert (answer.status_code, answer.json()["exit_code"]) == (status, 2)
    assert len(ledger.open_requests(store)) == before


def test_who_is_not_known_sends_no_large_body_before_that_is_said(here: str) -> None:
    answer = requests.post(f"{here}/api/apply", data=b" " * 1_000_000, timeout=5)
    assert answer.status_code == 401


def test_a_body_that_never_comes_is_waited_for_so_long(here: str) -> None:
    with line(here) as waiting:
        waiting.sendall(request("POST", "/api/runs", "Content-Length: 10") + b"{")
        began = time.monotonic()
        answer = waiting.recv(4096)
    assert b"408" in answer.splitlines()[0]
    assert time.monotonic() - began < 4


@pytest.mark.parametrize("first", [b"", b"GET /api/runs HTTP/1.1\r\nHost: local"], ids=["nothing", "half a header"])
def test_headers_that_never_end_are_waited_for_so_long(
    store: Store, monkeypatch: pytest.MonkeyPatch, first: bytes
) -> None:
    monkeypatch.setattr(server, "HEAD", 0.3)
    with houses.served(houses.house(store)) as address, line(address) as waiting:
        waiting.sendall(first)
        began = time.monotonic()
        assert not received(waiting)
        assert time.monotonic() - began < 4


def test_half_a_header_behind_a_whole_request_is_waited_for_as_long(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "HEAD", 0.3)
    with houses.served(houses.house(store)) as address, line(address) as waiting:
        waiting.sendall(request("GET", "/readyz"))
        assert b"200" in waiting.recv(4096).splitlines()[0]
        waiting.sendall(b"GET /readyz HT")
        began = time.monotonic()
        assert not received(waiting)
        assert time.monotonic() - began < 4


def test_an_answer_that_nobody_takes_is_waited_for_so_long(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "TAKEN", 0.3)
    house = houses.house(store)
    step = Step("salesforce", "task", "k", Action.CREATE, {"text": ["", "x" * 20_000_000]}, {}, "", "")
    drawing = House(house.wiring, house.pulse, lambda _: Plan("2026-11-02", (step,)))
    with houses.served(drawing, "administer") as address, line(address) as waiting:
        waiting.settimeout(60)  # scrubbing so much takes seconds
        waiting.sendall(request("GET", "/api/plan"))
        assert waiting.recv(1, socket.MSG_PEEK), "it has begun"
        time.sleep(2)  # real time: neither side does anything meanwhile
        assert len(rest(waiting)) < 20_000_000, "it was cut"


def rest(waiting: socket.socket) -> bytes:
    parts = []
    while part := received(waiting):
        parts.append(part)
    return b"".join(parts)


def test_a_token_that_is_none_leaves_no_cookie_to_act(store: Store) -> None:
    lines = audit(store)
    with paged(store, SYNCD_HTTP_TOKEN="an-invented-bootstrap-token-that-is-long") as pages:
        secret = pages.signing.entry.people.begin(Person("ann", Right.ADMINISTER, "by hand"), None)
        pages.signing.entry.people._source = "by hand"
        cookie = {"cookie": f"{pages.signing.entry.cookie}={secret}"}
        assert pages.get("/api/status", headers=cookie).status_code == 200
        for sent in ("Bearer ", "Bearer", "Bearer  ", "Basic YTpi", ""):
            headers = cookie | {"authorization": sent, "origin": "https://evil.example"}
            answer = requests.post(f"{pages.address}/api/pause", headers=headers, timeout=5)
            assert answer.status_code in (401, 403), sent
    assert audit(store) == lines + 1, "the sign-in alone"


def test_headers_without_end_are_refused(here: str) -> None:
    with line(here) as waiting:
        waiting.sendall(request("GET", "/api/runs", "X-Long: " + "x" * 400_000))
        assert b"400" in received(waiting).splitlines()[0]


def test_headers_that_come_at_once_are_bounded_as_well(here: str) -> None:
    for path, headers in (("/livez", {"x-long": "x" * 20_000}), (f"/livez?{'x' * 17_000}", {})):
        assert requests.get(f"{here}{path}", headers=headers, timeout=5).status_code in (400, 431)


def test_a_number_without_end_is_nothing_at_that_path(here: str, capsys: pytest.CaptureFixture[str]) -> None:
    for digits in (11, 5_000):
        for headers in (TOKEN, {}):
            answer = requests.get(f"{here}/api/runs/{'9' * digits}", headers=headers, timeout=5)
            assert (answer.status_code, answer.json()["kind"]) == (404, "not found")
    assert requests.get(f"{here}/api/runs/9999999999", headers=TOKEN, timeout=5).status_code == 404
    assert "Traceback" not in capsys.readouterr().out


def test_a_defect_around_the_operations_is_a_problem_without_a_trace(
    store: Store, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def breaks_outside(*_: object) -> None:
        raise ValueError("hunter2 of Ann")

    monkeypatch.setattr("syncd.web.scrubbing._scrubbed", breaks_outside)
    with houses.served(houses.house(store)) as address:
        answer = requests.get(f"{address}/livez", timeout=5)
    assert (answer.status_code, answer.headers["content-type"]) == (500, "application/problem+json")
    assert answer.headers["x-content-type-options"] == "nosniff"
    said = answer.text + "".join(capfd.readouterr())
    assert "broken" in said
    assert "hunter2" not in said
    assert "Traceback" not in said


def test_half_a_request_from_many_leaves_room_for_a_probe(store: Store) -> None:
    with houses.served(houses.house(store)) as address, ExitStack() as many:
        for _ in range(300):
            many.enter_context(line(address)).sendall(b"GET /livez HTTP/1.1\r\n")
        for _ in range(3):
            assert requests.get(f"{address}/livez", timeout=5).ok


def line(address: str) -> "closing[socket.socket]":
    host, port = address.removeprefix("http://").split(":")
    return closing(socket.create_connection((host, int(port)), timeout=5))


def request(method: str, path: str, *headers: str) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", "Authorization: Bearer administer", *headers]
    return "\r\n".join([*lines, "", ""]).encode()


def received(waiting: socket.socket) -> bytes:
    """Whatever comes until the other side closes."""
    try:
        return waiting.recv(65536)
    except ConnectionResetError:
        return b""
