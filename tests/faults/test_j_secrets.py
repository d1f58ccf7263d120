"""Secrets, leases, stores: what must never be seen is not, and one syncd works on a store that nobody else reads."""

import json
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote

import pytest
import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from connectors.addresses import is_of_one_house, why_unsafe
from connectors.base import ConnectorError, Misconfigured
from connectors.hubspot import HubSpot, OAuth
from connectors.salesforce import Salesforce
from connectors.sandbox.server import Sandbox
from connectors.scrubber import SECRET, know, know_token, scrub
from syncd.settings import read
from syncd.strangers import outlined, reason_of
from tests.cli.conftest import Syncd, environment, syncd  # noqa: F401
from tests.cli.test_run import free_port
from tests.sync.conftest import mappings  # noqa: F401

# ---- a secret that cannot be one ---------------------------------------------------------------------------------

BAD_TOKENS = [
    ("pat-na1-canary0001\npat-na1-canary0002", "it holds a line break"),
    ("pat-na1-canary0001\r\npat-na1-canary0002", "it holds a line break"),
    ("pat-na1-canary0001 pat-na1-canary0002", "it holds a blank"),
    ("pat-na1-canary0001\tpat-na1-canary0002", "it holds a blank"),
    ("pat-na1-\x1bcanary0001", "it holds a character that nobody sees"),
    ("pat-na1-\u200bcanary0001", "it holds a character that nobody sees"),
    ("pat-na1-cänary0001", "it holds a character that no token has"),
]


@pytest.mark.parametrize(("content", "why"), BAD_TOKENS, ids=[repr(content) for content, _ in BAD_TOKENS])
@pytest.mark.parametrize(
    "variable", ["SYNCD_HUBSPOT_TOKEN", "SYNCD_SALESFORCE_CLIENT_SECRET", "SYNCD_HUBSPOT_REFRESH_TOKEN"]
)
def test_a_secret_that_no_header_can_hold_is_refused_at_start_by_its_setting_s_name(
    syncd: Syncd,  # noqa: F811
    tmp_path: Path,
    variable: str,
    content: str,
    why: str,
) -> None:
    (tmp_path / "secret").write_text(content, encoding="utf-8")
    from_file = {variable: None, f"{variable}_FILE": str(tmp_path / "secret")}
    for command in ("run", "doctor", "cycle", "status"):
        answer = syncd(command, **from_file)
        assert answer.code == 2
        shown = answer.out + answer.err
        assert f"{variable}: " in shown
        assert why in shown
        assert "canary" not in shown
    assert not syncd.database.exists()


def test_a_token_file_that_an_editor_marked_and_ended_is_read(syncd: Syncd, tmp_path: Path) -> None:  # noqa: F811
    (tmp_path / "token").write_text("\ufeffsandbox-token\r\n", encoding="utf-8")
    syncd.done("pull", "--stream", "owners", SYNCD_HUBSPOT_TOKEN=None, SYNCD_HUBSPOT_TOKEN_FILE=str(tmp_path / "token"))


# ---- one scrubber ------------------------------------------------------------------------------------------------

SPELLINGS = {
    "as it is": lambda secret: secret,
    "in a URL": lambda secret: quote(secret, safe=""),
    "in JSON": lambda secret: json.dumps({"token": secret}),
    "in Python's notation": lambda secret: repr(f"Bearer {secret}".encode()),
    "glued to a word": lambda secret: f"Bearer{secret}",
}


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("secret", ["pat-na1-9f8e+/=7d", 'quo"ted\\secret-77', "umläut-secret-1234"])
def test_a_secret_is_scrubbed_however_it_is_spelled(secret: str, spelling: str) -> None:
    know(secret)
    scrubbed = scrub(f"before {SPELLINGS[spelling](secret)} after")
    assert secret not in scrubbed
    assert SECRET in scrubbed
    assert scrubbed.startswith("before ")
    assert scrubbed.endswith(" after")


def test_each_line_of_a_key_is_a_secret() -> None:
    know("-----BEGIN PRIVATE KEY-----\nMIIEcanarycanary01\nMIIEcanarycanary02\n-----END PRIVATE KEY-----")
    assert scrub("no key in MIIEcanarycanary02 of BEGIN PRIVATE KEY") == f"no key in {SECRET} of BEGIN PRIVATE KEY"


def test_a_password_in_the_query_of_the_database_s_url_is_a_secret_too(monkeypatch: pytest.MonkeyPatch) -> None:
    url = "postgresql:///syncd?host=db&user=syncd&password=canary%2Bquery+pw&sslpassword=canary-of-the-key"
    monkeypatch.setenv("SYNCD_DATABASE_URL", url)
    read()
    scrubbed = scrub(f"cannot connect: {url}; 'canary+query pw'")
    assert "canary" not in scrubbed
    assert scrubbed.startswith("cannot connect: postgresql:///syncd?host=db&user=syncd&password=")


def test_a_short_secret_is_one_only_where_it_stands_alone() -> None:
    know("pgpw1")
    assert scrub("password pgpw1, not pgpw12") == f"password {SECRET}, not pgpw12"


def test_tokens_that_were_granted_long_ago_make_the_scrubber_no_slower() -> None:
    for number in range(2_000):
        know_token(f"canary-session-{number:05d}")
    assert scrub("canary-session-01999") == SECRET
    assert scrub("canary-session-00001") != SECRET


# ---- what a stranger says ----------------------------------------------------------------------------------------


def broken() -> BaseException:
    try:
        try:
            raise ValueError("Invalid header value b'Bearer pat-na1-canary'")
        except ValueError as error:
            raise KeyError("pat-na1-canary") from error
    except KeyError as error:
        return error


def test_of_a_stranger_s_error_only_its_type_and_place_are_told() -> None:
    assert reason_of(broken()) == "KeyError"  # it broke in none of our modules
    assert "canary" not in outlined(broken())
    assert [line.strip().split(":")[0] for line in outlined(broken()).splitlines()] == [
        "builtins.ValueError",
        "at tests/faults/test_j_secrets.py",
        "builtins.KeyError",
        "at tests/faults/test_j_secrets.py",
    ]


# ---- the canary: every secret planted, faults injected, and all that can be seen searched ------------------------

PRIVATE_KEY = (
    rsa.generate_private_key(public_exponent=65537, key_size=2048)
    .private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    .decode()
)
PLANTED = {
    "SYNCD_HUBSPOT_TOKEN": "canary-hubspot-token-0123",
    "SYNCD_SALESFORCE_CLIENT_SECRET": "canary-salesforce-secret-0123",
}
OAUTH = {
    "SYNCD_HUBSPOT_CLIENT_ID": "an-app",
    "SYNCD_HUBSPOT_CLIENT_SECRET": "canary-hubspot-secret-0123",
    "SYNCD_HUBSPOT_REFRESH_TOKEN": "canary-hubspot-refresh-0123",
    "SYNCD_SALESFORCE_PRIVATE_KEY": PRIVATE_KEY,
    "SYNCD_SALESFORCE_USERNAME": "integration@bank.example",
}
FETCHED = ("canary-fetched-hubspot-0123", "canary-fetched-salesforce-0123")


class Parrot:
    """A vendor that says everything it hears in its errors, as gateways and frameworks in debug mode do."""

    def __init__(self, status: int, *, grants: bool = True, tail: str = "") -> None:
        self.status, self.grants, self.tail = status, grants, tail
        self.heard = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        body = b""
        while (message := await receive()).get("type") == "http.request":
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        status, content = self._answer(scope, body.decode())
        await send(
            {
                "type": "http.response.start",
                "status": status,
                "headers": [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(content))],
            }
        )
        await send({"type": "http.response.body", "body": content})

    def _answer(self, scope: Any, body: str) -> tuple[int, bytes]:
        path = scope["path"]
        self.heard += 1
        if self.grants and "oauth" in path and path.endswith("/token"):
            fetched = FETCHED["services" in path] + self.tail
            home = f"https://{dict(scope['headers'])[b'host'].decode()}"
            granted = {"access_token": fetched, "id": f"{home}/id/00D/005", "instance_url": home, "expires_in": 1800}
            return 200, json.dumps(granted).encode()
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        words = f"refused: {headers} {body} {parse_qs(body)} {path}"
        error = {"status": "error", "category": words, "message": words, "error": words, "error_description": words}
        error |= {"errorCode": words, "correlationId": words, "errors": [{"message": words, "code": words}]}
        return self.status, json.dumps([error] if "services/data" in path else error).encode()


@contextmanager
def parroted(folder: Path, tables: Path, status: int, *, oauth: bool = False, **options: Any) -> Iterator[Syncd]:
    """A syncd whose vendors repeat what they hear; every secret is planted."""
    parrot = Parrot(status, **options)
    with Sandbox(hubspot=parrot, salesforce=parrot) as sandbox:
        variables = environment(sandbox, folder / "syncd.db") | (OAUTH if oauth else PLANTED)
        variables["SYNCD_MAPPINGS"] = str(tables)
        for gone in ("SYNCD_HUBSPOT_TOKEN", "SYNCD_SALESFORCE_CLIENT_SECRET") if oauth else ():
            del variables[gone]
        yield Syncd(variables, None, folder / "syncd.db")  # type: ignore[arg-type]
        assert parrot.heard


def secrets() -> list[str]:
    lines = [line for line in PRIVATE_KEY.splitlines() if not line.startswith("-----")]
    return ["canary-", *lines]


def require_silent(*texts: str) -> None:
    for text in texts:
        assert not [secret for secret in secrets() if secret in text], text


def everything_in(database: Path) -> str:
    """All that the store's files hold, as text."""
    files = [file for file in database.parent.iterdir() if file.name.startswith(database.name)]
    return "".join(file.read_bytes().decode("utf-8", "replace") for file in files)


@pytest.mark.parametrize("oauth", [False, True], ids=["tokens", "oauth and key"])
@pytest.mark.parametrize("status", [400, 401, 403, 418])
def test_canary_no_command_and_no_store_shows_a_secret_that_a_vendor_repeats(
    tmp_path: Path,
    mappings: Path,  # noqa: F811
    status: int,
    oauth: bool,
) -> None:
    with parroted(tmp_path, mappings, status, oauth=oauth) as planted:
        shown = [planted(*command) for command in (("doctor",), ("doctor", "--json"))]
        shown += [planted(*command) for command in (("cycle",), ("status",), ("status", "--json"))]
    require_silent(everything_in(tmp_path / "syncd.db"))
    require_silent(*(answer.out + answer.err for answer in shown))


@pytest.mark.parametrize(
    ("grants", "tail"),
    [(True, "\nX-Injected: yes"), (True, "\u20ac"), (False, "")],
    ids=["a token with a line break", "a token with a euro", "a refusal"],
)
def test_canary_a_sign_in_that_goes_wrong_shows_nothing(
    tmp_path: Path,
    mappings: Path,  # noqa: F811
    tail: str,
    grants: bool,
) -> None:
    with parroted(tmp_path, mappings, 400, oauth=True, grants=grants, tail=tail) as planted:
        answers = [planted("doctor"), planted("cycle"), planted("pull", "--system", "hubspot")]
        answers += [planted("salesforce", "deploy"), planted("hubspot", "deploy"), planted("status", "--json")]
    require_silent(*(answer.out + answer.err for answer in answers), everything_in(tmp_path / "syncd.db"))


def test_canary_the_daemon_shows_no_secret_in_log_store_pages_or_process_list(
    tmp_path: Path,
    mappings: Path,  # noqa: F811
) -> None:
    port = free_port()
    with parroted(tmp_path, mappings, 400) as planted, planted.started("run", SYNCD_HTTP_PORT=str(port)) as daemon:
        pages = [_page(port, path, daemon) for path in ("/healthz", "/readyz", "/metrics")]
        end = time.monotonic() + 30
        while not _finished(tmp_path / "syncd.db"):
            assert time.monotonic() < end
            time.sleep(0.05)
        pages += [_page(port, path, daemon) for path in ("/api/status", "/metrics", "/readyz")]
        processes = subprocess.run(["ps", "-ww", "-eo", "args"], check=True, capture_output=True, text=True).stdout
        daemon.terminate()
        out, err = daemon.communicate(timeout=30)
    assert daemon.returncode == 0, err
    assert "syncd" in processes
    require_silent(*pages, out, err, everything_in(tmp_path / "syncd.db"), processes)


def _page(port: int, path: str, daemon: "subprocess.Popen[str]") -> str:
    end = time.monotonic() + 30
    while True:
        try:
            return requests.get(f"http://127.0.0.1:{port}{path}", timeout=10).text
        except requests.ConnectionError:
            assert daemon.poll() is None, daemon.communicate()
            assert time.monotonic() < end
            time.sleep(0.05)


def _finished(database: Path) -> bool:
    with closing(sqlite3.connect(database, timeout=30)) as opened:
        return bool(opened.execute("SELECT count(*) FROM run WHERE outcome IS NOT NULL").fetchone()[0])


# ---- where a secret is sent --------------------------------------------------------------------------------------


class Signpost:
    """A vendor that points elsewhere, and counts who comes there."""

    def __init__(self, status: int, *, path: str = "", home: str = "") -> None:
        self.status, self.path, self.home = status, path, home
        self.elsewhere: list[str] = []
        self.destination = ""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        body = (await receive()).get("body", b"")
        status, headers, content = 200, [], b"{}"
        if scope["path"].startswith("/elsewhere"):
            self.elsewhere.append(f"{dict(scope['headers'])} {body!r}")
        elif "oauth" in scope["path"] and self.path and self.path not in scope["path"]:
            host = dict(scope["headers"])[b"host"].decode()
            granted = {"access_token": "canary-fetched-0123", "id": "", "instance_url": self.home or f"https://{host}"}
            content = json.dumps(granted).encode()
        else:
            status, headers = self.status, [(b"location", f"{self.destination}/elsewhere".encode())]
        length = (b"content-length", b"%d" % len(content))
        await send({"type": "http.response.start", "status": status, "headers": [*headers, length]})
        await send({"type": "http.response.body", "body": content})


@contextmanager
def pointed(signpost: Signpost) -> Iterator[Sandbox]:
    with Sandbox(hubspot=signpost, salesforce=signpost) as sandbox:
        signpost.destination = sandbox.salesforce_http_url
        yield sandbox


REDIRECTS = (301, 302, 303, 307, 308)


@pytest.mark.parametrize("status", REDIRECTS)
def test_a_sign_in_to_salesforce_that_is_pointed_elsewhere_sends_nothing_there(status: int) -> None:
    with pointed(signpost := Signpost(status)) as sandbox:
        for secret in ({"client_secret": "canary"}, {"private_key": PRIVATE_KEY, "username": "a@b.example"}):
            org = Salesforce(
                login_url=sandbox.salesforce_url, client_id="client", ca_file=sandbox.ca_file, sleep=no_sleep, **secret
            )
            with pytest.raises(Misconfigured, match="points elsewhere"):
                org.tenant()
            org.close()
    assert signpost.elsewhere == []


@pytest.mark.parametrize("status", REDIRECTS)
def test_a_session_of_salesforce_goes_to_no_other_address(status: int) -> None:
    with pointed(signpost := Signpost(status, path="data")) as sandbox:
        org = Salesforce(
            login_url=sandbox.salesforce_url,
            client_id="client",
            client_secret="canary",
            ca_file=sandbox.ca_file,
            sleep=no_sleep,
        )
        with pytest.raises(ConnectorError):
            org.stages()
        org.close()
    assert signpost.elsewhere == []


@pytest.mark.parametrize("status", REDIRECTS)
def test_a_token_of_hubspot_goes_to_no_other_address(status: int) -> None:
    with pointed(signpost := Signpost(status)) as sandbox:
        tokens = OAuth("client", "canary-secret", "canary-refresh", host=sandbox.hubspot_url)
        for token in ("canary-token", tokens):
            portal = HubSpot(token, host=sandbox.hubspot_url, sleep=no_sleep)
            with pytest.raises(Misconfigured, match="elsewhere"):
                list(portal.pull("contacts", (), None))
    assert signpost.elsewhere == []


HOMES = [
    ("http://bank.my.salesforce.com", "it is not https|http would send"),
    ("https://salesforce.com.evil.example", "not of"),
    ("https://bank.my.salesforce.com.evil.example", "not of"),
    ("https://127.0.0.1.evil.example", "not of"),
    ("https://127.0.0.2", "not of"),
    ("https://user@127.0.0.1", "names a user"),
    ("https://[bank", "no address"),
    ("//127.0.0.1", "no address"),
]


@pytest.mark.parametrize(("home", "why"), HOMES)
def test_an_instance_that_is_not_the_login_host_s_gets_no_session(home: str, why: str) -> None:
    with pointed(signpost := Signpost(200, path="data", home=home)) as sandbox:
        org = Salesforce(
            login_url=sandbox.salesforce_url,
            client_id="client",
            client_secret="canary",
            ca_file=sandbox.ca_file,
            sleep=no_sleep,
        )
        with pytest.raises(Misconfigured, match=why):
            org.stages()
        org.close()
    assert signpost.elsewhere == []


@pytest.mark.parametrize(
    ("host", "other", "same"),
    [
        ("login.salesforce.com", "bank.my.salesforce.com", True),
        ("test.salesforce.com", "bank--uat.sandbox.my.salesforce.com", True),
        ("bank.my.salesforce.com", "na139.salesforce.com", True),
        ("BANK.my.salesforce.com", "bank.my.salesforce.com.", True),
        ("login.salesforce.com", "login.salesforce.co", False),
        ("login.salesforce.com", "notsalesforce.com", False),
        ("bank.co.uk", "evil.co.uk", False),
        ("com", "evil.com", False),
        ("127.0.0.1", "127.0.0.1", True),
        ("10.0.0.1", "11.0.0.1", False),
    ],
)
def test_two_hosts_are_of_one_house_by_what_was_registered(host: str, other: str, same: bool) -> None:
    assert is_of_one_house(host, other) is same


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("SYNCD_HUBSPOT_URL", "http://api.hubapi.example"),
        ("SYNCD_HUBSPOT_URL", "http://10.0.0.7:8080"),
        ("SYNCD_HUBSPOT_URL", "http://127.0.0.1.evil.example"),
        ("SYNCD_HUBSPOT_URL", "http://localhost.evil.example"),
        ("SYNCD_HUBSPOT_URL", "https://canary-user:canary-password@api.hubapi.example"),
        ("SYNCD_HUBSPOT_URL", "https://api.hubapi.example:port"),
        ("SYNCD_SALESFORCE_LOGIN_URL", "http://bank.my.salesforce.com"),
        ("SYNCD_SALESFORCE_LOGIN_URL", "https://canary@bank.my.salesforce.com"),
    ],
)
def test_an_address_to_which_no_secret_may_be_sent_is_refused_at_start(
    syncd: Syncd,  # noqa: F811
    variable: str,
    value: str,
) -> None:
    answer = syncd("cycle", **{variable: value})
    assert answer.code == 2
    assert answer.err.startswith(f"{variable}: ")
    assert "canary" not in answer.err


@pytest.mark.parametrize(
    "url", ["https://api.hubapi.com", "http://127.0.0.1:8080", "http://[::1]:1", "http://localhost"]
)
def test_this_machine_and_tls_may_be_sent_a_secret(url: str) -> None:
    assert why_unsafe(url) is None


def no_sleep(_: float) -> None:
    """Nobody waits."""
