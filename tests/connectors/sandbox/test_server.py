"""The server: sockets, TLS, the Date header, and every fault as a client sees it."""

from __future__ import annotations

import http.client
import json
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from types import SimpleNamespace
from typing import Any

import pytest
import urllib3
from urllib3.exceptions import HTTPError, ReadTimeoutError

from connectors.sandbox.clock import Clock
from connectors.sandbox.faults import KINDS, REFUSALS, Faults, Rule
from connectors.sandbox.server import Sandbox
from connectors.sandbox.world import Size, build

OWNERS = "/crm/v3/owners"
CONTACT = "/crm/v3/objects/contacts/1"
AUTHORIZED = {"Authorization": "Bearer sandbox-token"}
Send = Callable[..., urllib3.BaseHTTPResponse]


@pytest.fixture
def send(sandbox: Sandbox) -> Iterator[Send]:
    """Call the running portal without retries."""
    with urllib3.PoolManager(retries=False) as pool:

        def call(
            method: str, path: str, body: Any = None, timeout: float = 60, **headers: str
        ) -> urllib3.BaseHTTPResponse:
            content = json.dumps(body).encode() if body is not None else None
            url, signed = sandbox.hubspot_url + path, AUTHORIZED | headers
            return pool.request(method, url, body=content, headers=signed, timeout=timeout)

        yield call


def city(sandbox: Sandbox) -> str | None:
    return sandbox.hubspot.portal.shelves["contacts"].items[1].properties.get("city")


def test_https_with_the_throw_away_authority(sandbox: Sandbox) -> None:
    with urllib3.PoolManager(retries=False, ca_certs=sandbox.ca_file) as pool:
        assert pool.request("GET", sandbox.hubspot_https_url + OWNERS, headers=AUTHORIZED).status == 200
    with urllib3.PoolManager(retries=False) as pool, pytest.raises(urllib3.exceptions.SSLError):
        pool.request("GET", sandbox.hubspot_https_url + OWNERS, headers=AUTHORIZED)


def test_date_header_follows_the_sandboxs_clock(send: Send, clock: Clock) -> None:
    clock.set(datetime(2027, 1, 1, tzinfo=UTC), frozen=True)
    assert send("GET", OWNERS).headers["date"] == "Fri, 01 Jan 2027 00:00:00 GMT"


def test_any_two_apps_may_be_served(call: Any) -> None:
    async def hello(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"5")]})
        await send({"type": "http.response.body", "body": b"hello"})

    with Sandbox(hubspot=call.simulator, salesforce=hello) as sandbox:
        context = ssl.create_default_context(cafile=sandbox.ca_file)
        with urllib3.PoolManager(ssl_context=context) as pool:
            assert pool.request("GET", sandbox.salesforce_url).data == b"hello"
            assert pool.request("GET", sandbox.salesforce_http_url).data == b"hello"
        assert sandbox.clock is call.simulator.clock and sandbox.faults is call.simulator.faults


def test_a_whole_world_serves_both() -> None:
    world = build(seed=1, today=date(2026, 11, 2), size=Size(5, 20, 30))
    with Sandbox(world) as sandbox, urllib3.PoolManager(ca_certs=sandbox.ca_file) as pool:
        place = sandbox.describe()
        page = pool.request("GET", place["hubspot_https"] + "/crm/v3/objects/companies", headers=AUTHORIZED)
        assert page.json()["results"]
        form = {"grant_type": "client_credentials", "client_id": place["salesforce_client_id"]}
        form["client_secret"] = place["salesforce_client_secret"]
        signed = pool.request(
            "POST", sandbox.salesforce_url + "/services/oauth2/token", fields=form, encode_multipart=False
        )
        assert signed.status == 200 and signed.json()["access_token"]


def test_half_a_world_serves_one_vendor() -> None:
    with Sandbox(SimpleNamespace(hubspot={})) as sandbox:
        assert sandbox.salesforce is None and set(sandbox.describe()) >= {"hubspot_http", "hubspot_token", "ca_file"}
        with urllib3.PoolManager() as pool:
            answer = pool.request("GET", sandbox.hubspot_url + "/crm/v3/objects/contacts", headers=AUTHORIZED)
        assert answer.json() == {"results": []}


def test_stopping_frees_the_ports(call: Any) -> None:
    with Sandbox(hubspot=call.simulator) as sandbox:
        port = int(sandbox.hubspot_url.rpartition(":")[2])
    with Sandbox(hubspot=call.simulator, ports={("hubspot", "http"): port}) as sandbox:
        assert sandbox.hubspot_url.endswith(f":{port}")


# ---- faults ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "status", "sign"), [
    ("limited", 429, "TEN_SECONDLY_ROLLING"),
    ("exhausted", 429, "DAILY"),
    ("unavailable", 503, "Service unavailable"),
    ("expired", 401, "EXPIRED_AUTHENTICATION"),
])  # fmt: skip
def test_the_vendors_own_refusals(sandbox: Sandbox, send: Send, kind: str, status: int, sign: str) -> None:
    sandbox.faults.add(Rule(kind, count=1))
    answer = send("PATCH", CONTACT, {"properties": {"city": "Salem"}})
    assert (answer.status, sign in answer.data.decode()) == (status, True)
    assert answer.headers["content-type"] == "application/json;charset=utf-8" and city(sandbox) is None
    assert send("GET", OWNERS).status == 200


@pytest.mark.parametrize("kind", ["limited", "status", "html"])
def test_retry_after(sandbox: Sandbox, send: Send, kind: str) -> None:
    sandbox.faults.add(Rule(kind, status=477, retry_after=3))
    assert send("GET", OWNERS).headers["retry-after"] == "3"


def test_compressed_for_those_who_take_it(make: Any) -> None:
    with Sandbox(hubspot=make(compress=True).simulator) as sandbox, urllib3.PoolManager() as pool:
        url = sandbox.hubspot_url + OWNERS
        packed = pool.request("GET", url, headers=AUTHORIZED | {"Accept-Encoding": "gzip"})
        plain = pool.request("GET", url, headers=AUTHORIZED)
        assert (packed.headers["content-encoding"], "content-encoding" in plain.headers) == ("gzip", False)
        assert packed.json() == plain.json()


@pytest.mark.parametrize(("kind", "written"), [("cut_before", None), ("cut_after", "Salem"), ("cut_during", "Salem")])
def test_cut_connections(sandbox: Sandbox, send: Send, kind: str, written: str | None) -> None:
    sandbox.faults.add(Rule(kind, method="PATCH", count=1))
    with pytest.raises(HTTPError):
        send("PATCH", CONTACT, {"properties": {"city": "Salem"}})
    assert city(sandbox) == written
    assert send("GET", OWNERS).status == 200, "the next connection works"


@pytest.mark.parametrize("kind", ["cut_before", "cut_after", "cut_during"])
def test_cut_connections_over_tls(sandbox: Sandbox, kind: str) -> None:
    sandbox.faults.add(Rule(kind, count=1))
    with urllib3.PoolManager(retries=False, ca_certs=sandbox.ca_file) as pool:
        with pytest.raises(HTTPError):
            pool.request("GET", sandbox.hubspot_https_url + OWNERS, headers=AUTHORIZED)
        assert pool.request("GET", sandbox.hubspot_https_url + OWNERS, headers=AUTHORIZED).status == 200


def test_a_cut_before_sends_not_one_byte(sandbox: Sandbox) -> None:
    sandbox.faults.add(Rule("cut_before"))
    connection = http.client.HTTPConnection(*sandbox.hubspot_url.removeprefix("http://").split(":"))
    connection.request("GET", OWNERS, headers=AUTHORIZED)
    with pytest.raises(ConnectionError):
        connection.getresponse()
    connection.close()


def test_a_fault_may_answer_in_html(sandbox: Sandbox, send: Send) -> None:
    sandbox.faults.add(Rule("html", status=502))
    answer = send("GET", OWNERS)
    assert (answer.status, answer.headers["content-type"]) == (502, "text/html; charset=utf-8")
    assert answer.data.startswith(b"<html>")


def test_bodies_that_are_no_json(sandbox: Sandbox, send: Send) -> None:
    whole = send("GET", OWNERS).data
    sandbox.faults.add(Rule("empty", count=1))
    assert (send("GET", OWNERS).status, sandbox.faults.rules[0].struck) == (200, 1)
    sandbox.faults.clear()
    sandbox.faults.add(Rule("truncated", part=0.25, count=1))
    assert send("GET", OWNERS).data == whole[: len(whole) // 4]
    sandbox.faults.add(Rule("wrong_type", count=1))
    answer = send("GET", OWNERS)
    assert (answer.data, answer.headers["content-type"]) == (whole, "text/plain; charset=utf-8")
    sandbox.faults.add(Rule("status", status=524, count=1))
    assert (send("GET", OWNERS).status, send("GET", OWNERS).data) == (524, whole)


def test_slow_answers(sandbox: Sandbox, send: Send) -> None:
    whole = send("GET", OWNERS).data
    sandbox.faults.add(Rule("latency", seconds=0.2, count=1), Rule("drip", seconds=0.2, count=1))
    started = time.monotonic()
    assert send("GET", OWNERS).data == whole
    assert 0.4 <= time.monotonic() - started < 5


def test_a_fault_may_shift_the_servers_date(sandbox: Sandbox, send: Send, clock: Clock) -> None:
    sandbox.faults.add(Rule("skew", seconds=-600, count=1))
    skewed = parsedate_to_datetime(send("GET", OWNERS).headers["date"])
    assert abs(skewed - (datetime.now(UTC) - timedelta(seconds=600))) < timedelta(seconds=60)


def test_both_vendors_clocks_may_jump(sandbox: Sandbox, send: Send, clock: Clock) -> None:
    before = clock()
    for seconds in (3600, -7200):
        sandbox.faults.rules[:] = [Rule("jump", seconds=seconds, count=1)]
        send("GET", OWNERS)
    assert timedelta(hours=-1) <= clock() - before < timedelta(minutes=-59)


def test_a_hanging_call_ends_with_the_sandbox(call: Any) -> None:
    """It is never answered, and keeps nobody from stopping."""
    with Sandbox(hubspot=call.simulator) as sandbox:
        sandbox.faults.add(Rule("hang"))
        with socket.create_connection(sandbox.hubspot_url.removeprefix("http://").split(":")) as line:
            line.sendall(b"GET /crm/v3/owners HTTP/1.1\r\nHost: sandbox\r\n\r\n")
            line.settimeout(0.2)
            with pytest.raises(TimeoutError):
                line.recv(1)
            began = time.monotonic()
            sandbox.stop()
            assert time.monotonic() - began < 5
            line.settimeout(5)
            with suppress(ConnectionError):
                assert line.recv(1) == b""


def test_records_change_while_they_are_paged(sandbox: Sandbox, send: Send, clock: Clock) -> None:
    clock.advance(60)
    sandbox.faults.add(Rule("disturb", path="/crm/v3/objects/contacts"))
    pages = [send("GET", f"/crm/v3/objects/contacts?limit=4&after={after}").json() for after in (0, 5, 9)]
    assert [one["id"] for page in pages for one in page["results"]] == [str(id) for id in range(1, 12)]
    assert sandbox.hubspot.portal.write_count == 3


def test_expired_sessions_stay_expired(sandbox: Sandbox, send: Send) -> None:
    form = (
        "grant_type=refresh_token&client_id=sandbox-client&client_secret=sandbox-secret&refresh_token=sandbox-refresh"
    )
    with urllib3.PoolManager() as pool:
        token = pool.request("POST", sandbox.hubspot_url + "/oauth/v1/token", body=form).json()["access_token"]
    bearer = {"Authorization": f"Bearer {token}"}
    sandbox.faults.add(Rule("expired", skip=1, count=1))
    assert [send("GET", OWNERS, **bearer).status for _ in range(3)] == [200, 401, 401]
    assert send("GET", OWNERS).status == 200, "a private app's token does not run out"


def test_rules_narrow_by_system_method_and_path(sandbox: Sandbox, send: Send) -> None:
    sandbox.faults.add(
        Rule("unavailable", system="salesforce"),
        Rule("unavailable", method="POST"),
        Rule("unavailable", path="/crm/*/search"),
    )
    assert send("GET", OWNERS).status == 200
    assert send("POST", "/crm/v3/objects/contacts/search", {}).status == 503


def test_skip_burst_and_count(sandbox: Sandbox, send: Send) -> None:
    sandbox.faults.add(Rule("limited", skip=2, burst=3, count=1))
    assert [send("GET", OWNERS).status for _ in range(7)] == [200, 200, 429, 429, 429, 200, 200]


def test_the_same_seed_strikes_the_same_calls() -> None:
    def struck(seed: int) -> list[bool]:
        faults = Faults([Rule("html", probability=0.3)], seed=seed)
        return [faults.rules[0].strikes("hubspot", "GET", "/", faults.dice.random) for _ in range(50)]

    assert struck(1) == struck(1) != struck(2)
    assert 5 < sum(struck(1)) < 25


def test_every_kind_is_carried_out(sandbox: Sandbox, send: Send) -> None:
    """No kind of the table falls through without an effect or an answer."""
    plain = send("GET", OWNERS)
    harmless = {"latency", "disturb", "drip", "skew", "jump", "restart"}
    for kind in KINDS:
        sandbox.faults.rules[:] = [Rule(kind, count=1)]  # one that restarts finds no database here
        if kind == "hang":
            with pytest.raises(ReadTimeoutError):
                send("GET", OWNERS, timeout=0.2)
            continue
        try:
            answer = send("GET", OWNERS)
        except HTTPError:
            assert kind.startswith("cut_")
            continue
        same = (answer.status, answer.data, answer.headers["content-type"]) == (
            200,
            plain.data,
            plain.headers["content-type"],
        )
        assert same == (kind in harmless), kind
    assert set(KINDS) > REFUSALS


def test_the_sandboxs_own_endpoint_is_never_faulty(sandbox: Sandbox, send: Send) -> None:
    sandbox.faults.add(Rule("cut_before"))
    assert send("GET", "/_sandbox/state").status == 200


def test_as_a_process(tmp_path: Any) -> None:
    rules = tmp_path / "faults.json"
    rules.write_text(json.dumps({"rules": [{"kind": "limited", "count": 1}]}))
    ports = [f"--{name}-port=0" for name in ("hubspot", "hubspot-https", "salesforce", "salesforce-http")]
    command = [sys.executable, "-m", "connectors.sandbox", "--contacts", "250", "--faults", str(rules), *ports]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        place = json.loads(process.stdout.readline())
        with urllib3.PoolManager() as pool:
            headers = {"Authorization": f"Bearer {place['hubspot_token']}"}
            statuses = [pool.request("GET", place["hubspot_http"] + OWNERS, headers=headers).status for _ in range(2)]
            assert statuses == [429, 200]
            assert pool.request("GET", place["hubspot_http"] + "/_sandbox/state").json()["records"]["contacts"] == 250
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) in {0, -signal.SIGTERM}
