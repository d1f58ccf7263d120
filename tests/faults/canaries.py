"""Canaries: secrets and people that are planted, vendors that know and repeat them, and the search for both."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from tests.faults.leaky_vendors import PRIVATE_KEY

CANARY = "canary-"
PERSON = {"lastname": "Kanarienvogel", "email": "ida.kanarienvogel@tinybank.example", "phone": "+1 212 555 0147"}
_PERSONAL = re.compile(r"kanarienvogel|555.?0147", re.IGNORECASE)
# What the simulators take → what is planted in its place.
HUBSPOT_TOKEN, SALESFORCE_SECRET = "canary-hubspot-token-0123", "canary-salesforce-secret-0123"
SESSION = "canary-session-"
_IN_BASE64 = [  # wherever it begins in what is encoded
    b64encode(b"\0" * before + CANARY.encode()).decode()[-(-before * 8 // 6) : (before + len(CANARY)) * 8 // 6]
    for before in range(3)
]


def secrets() -> dict[str, str]:
    """Every secret setting with a value that would be seen; who adds one plants it here."""
    return {
        "SYNCD_HUBSPOT_TOKEN": HUBSPOT_TOKEN,
        "SYNCD_SALESFORCE_CLIENT_SECRET": SALESFORCE_SECRET,
        "SYNCD_HTTP_TOKEN": "canary-http-token-0123",
        "SYNCD_HUBSPOT_WEBHOOK_SECRET": "canary-webhook-client-secret-0123",
        "SYNCD_HUBSPOT_WEBHOOK_URL": "https://syncd.example.com/hooks/hubspot",
        "SYNCD_ALERT_WEBHOOK_URL": "http://127.0.0.1:9/canary-webhook-path-0123",
        "SYNCD_ALERT_WEBHOOK_SECRET": "whsec_" + b64encode(b"canary-signing-key-0123-of-32-by").decode(),
        "SYNCD_ALERT_SLACK_URL": "http://127.0.0.1:9/services/canary-slack-path-0123",
        "SYNCD_PACK_SLACK_URL": "http://127.0.0.1:9/services/canary-pack-path-0123",
        "SYNCD_SMTP_URL": "smtp://alerts:canary-smtp-password-0123@127.0.0.1:9",
        "SYNCD_ALERT_MAIL_TO": "ops@bank.example",
        "SYNCD_ALERT_MAIL_FROM": "syncd@bank.example",
    }


# In the place of some of those above: HubSpot by OAuth, Salesforce by a key, people by a provider.
OTHERS: Mapping[str, str] = {
    "SYNCD_HUBSPOT_CLIENT_ID": "an-app",
    "SYNCD_HUBSPOT_CLIENT_SECRET": "canary-hubspot-secret-0123",
    "SYNCD_HUBSPOT_REFRESH_TOKEN": "canary-hubspot-refresh-0123",
    "SYNCD_SALESFORCE_PRIVATE_KEY": PRIVATE_KEY,
    "SYNCD_SALESFORCE_USERNAME": "integration@bank.example",
    "SYNCD_OIDC_CLIENT_SECRET": "canary-oidc-secret-0123",
}


def betrayals(text: str) -> list[str]:
    """Where a text gives a secret away, in any of the forms that are searched for."""
    key = [line for line in PRIVATE_KEY.splitlines() if not line.startswith("-----")]
    forms = (text, unquote(text), text.replace("\\n", "").replace("\n", ""))
    needles = [CANARY, quote(CANARY), *_IN_BASE64, *key]
    at = [(form, form.find(needle)) for form in forms for needle in needles]
    return [form[max(0, place - 60) : place + 60] for form, place in at if place >= 0]


def people(text: str) -> list[str]:
    """Where a text names the planted person."""
    return [text[max(0, match.start() - 60) : match.end() + 60] for match in _PERSONAL.finditer(text)]


def require_silent(texts: Iterable[str], *, named: bool = False) -> None:
    """No secret stands in these; named: a person may."""
    for text in texts:
        assert betrayals(text) == []
        assert named or people(text) == []


def files_below(*folders: Path) -> list[str]:
    """All that stands in these folders, byte by byte."""
    files = (file for folder in folders for file in folder.rglob("*") if file.is_file())
    return [f"{file} {file.read_bytes().decode('latin-1')}" for file in files]


Answer = tuple[int, list[tuple[bytes, bytes]], bytes]
Spoiler = Callable[[Any, str, Mapping[str, str]], Answer | None]


class Disguise:
    """A simulator that is signed in to with canaries, and that a spoiler may answer for."""

    def __init__(self, app: Any) -> None:
        self.app = app
        self.spoil: Spoiler | None = None
        self.struck = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self.app, name)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        body = await _whole(receive)
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        own = "/_sandbox/" in scope["path"]
        spoilt = None if own or self.spoil is None else self.spoil(scope, body.decode("utf-8", "replace"), headers)
        if spoilt is not None:
            self.struck += 1
            status, more, content = spoilt
            more = [*more, (b"content-length", b"%d" % len(content))]
            await send({"type": "http.response.start", "status": status, "headers": more})
            await send({"type": "http.response.body", "body": content})
            return
        body = body.replace(SALESFORCE_SECRET.encode(), b"sandbox-secret").replace(SESSION.encode(), b"")
        scope = {**scope, "headers": [(name, _inward(value, body)) for name, value in _sized(scope["headers"], body)]}

        whole = [{"type": "http.request", "body": body, "more_body": False}]

        async def read() -> Any:
            return whole.pop() if whole else await receive()

        await self.app(scope, read, _outward(send) if scope["path"].endswith("/token") else send)


async def _whole(receive: Any) -> bytes:
    body = b""
    while (message := await receive()).get("type") == "http.request":
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    return body


def _sized(headers: Any, body: bytes) -> list[tuple[bytes, bytes]]:
    return [(name, b"%d" % len(body) if name == b"content-length" else value) for name, value in headers]


def _inward(value: bytes, _: bytes) -> bytes:
    return value.replace(HUBSPOT_TOKEN.encode(), b"sandbox-token").replace(SESSION.encode(), b"")


def _outward(send: Any) -> Any:
    """A session is granted under a name that would be seen."""
    start: list[Any] = []

    async def dressed(message: Any) -> None:
        if message["type"] == "http.response.start":
            start.append(message)
            return
        content = json.loads(message["body"] or b"{}")
        if "access_token" in content:
            content["access_token"] = SESSION + content["access_token"]
        body = json.dumps(content).encode()
        start[0]["headers"] = _sized(start[0]["headers"], body)
        await send(start[0])
        await send({"type": "http.response.body", "body": body})

    return dressed


# ---- what a vendor says that repeats what it hears ---------------------------------------------------------------


def words_of(scope: Any, body: str, headers: Mapping[str, str]) -> str:
    """All that was heard, as gateways and frameworks in debug mode write it, with the person whom it was about."""
    sent = headers.get("authorization", "")
    return f"refused: {dict(headers)} {body} {b64encode(sent.encode()).decode()} {scope['path']} {PERSON}"


def echo(status: int) -> Spoiler:
    """An error in the vendor's own form whose every word repeats what was heard."""

    def spoil(scope: Any, body: str, headers: Mapping[str, str]) -> Answer:
        words = words_of(scope, body, headers)
        error: dict[str, Any] = {"status": "error", "category": words, "message": words, "error": words}
        error |= {
            "errorCode": words,
            "error_description": words,
            "correlationId": words,
            "errors": [{"message": words}],
        }
        content = json.dumps([error] if "services/data" in scope["path"] else error).encode()
        return status, [(b"content-type", b"application/json")], content

    return spoil


def page(status: int) -> Spoiler:
    """A gateway's page that shows the request."""

    def spoil(scope: Any, body: str, headers: Mapping[str, str]) -> Answer:
        text = f"<html><body><h1>Error</h1><pre>{words_of(scope, body, headers)}</pre></body></html>"
        return status, [(b"content-type", b"text/html")], text.encode()

    return spoil


def body_of(content: Callable[[str], bytes], status: int = 200) -> Spoiler:
    """An answer made of what was heard."""
    return lambda scope, body, headers: (
        status,
        [(b"content-type", b"application/json")],
        content(words_of(scope, body, headers)),
    )


def elsewhere(status: int) -> Spoiler:
    """A way to another host, which names what was heard."""
    return lambda scope, body, headers: (
        status,
        [(b"location", f"http://127.0.0.1:9/?sent={quote(headers.get('authorization', ''))}".encode())],
        b"",
    )


def only(path: str, spoiler: Spoiler) -> Spoiler:
    """The same for paths that hold these words alone."""
    return lambda scope, body, headers: spoiler(scope, body, headers) if path in scope["path"] else None
