"""The walls around every operation: who is addressed, where a request comes from, how long it may take; and headers.

They stand before anybody is recognised, so that another site's page, or a name server that answers with our address,
reaches nothing by somebody's cookie. https://web.dev/articles/fetch-metadata,
https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html
"""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import Collection, Mapping
from http import HTTPStatus
from ipaddress import ip_address
from typing import Final

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from syncd.model.runs import CauseKind
from syncd.strangers import outlined, reason_of
from syncd.web.problems import Refusal, of_error

log = structlog.get_logger()

LARGEST_HEAD: Final = 16 * 1024  # bytes of a request's line and headers
LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_HOST: Final = re.compile(r"(?P<name>[\w.-]+|\[[0-9a-f:.]+\])(:[0-9]*)?", re.ASCII | re.IGNORECASE)
PROBES: Final = frozenset({"/livez", "/readyz"})  # asked by address, under whatever name the cluster has for us

# Pages have no script and no style of their own text, and nobody frames them. What a form sends stays here.
POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
ALWAYS: Final[Mapping[str, str]] = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "cache-control": "no-store",
}
BODY: Final = 20.0  # seconds
STRICT_TRANSPORT: Final = "max-age=31536000"  # a year; of other hosts of that domain nothing is said


class Walls:
    """The application behind its walls. hosts: the names that a Host header may carry, besides loopback's and ours.

    pages: what the paths look like to which a link of another site may lead. secure: whether browsers reach us by https
    whatever a proxy says of it. seconds: in which the whole of a body comes.
    """

    def __init__(
        self,
        within: ASGIApp,
        hosts: Collection[str] = (),
        *,
        pages: Collection[re.Pattern[str]] = (),
        secure: bool = False,
        seconds: float = BODY,
    ) -> None:
        self._within, self._pages, self._secure, self._seconds = within, pages, secure, seconds
        self._hosts = LOOPBACK | {socket.gethostname().lower(), *(name.lower() for name in hosts)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in, or answer why not."""
        if scope["type"] != "http":
            return
        headers, clock = Headers(scope=scope), asyncio.get_running_loop()
        due, begun = clock.time() + self._seconds, False

        async def read() -> Message:
            async with asyncio.timeout_at(due):
                return await receive()

        async def send_dressed(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                _dress(MutableHeaders(raw=message["headers"]), secure=self._secure or scope["scheme"] == "https")
            await send(message)

        try:
            _require_small(scope)
            _require_one_end(headers)
            self._require_addressed(scope, headers)
            _require_no_stranger(scope, headers, self._pages, secure=self._secure)
            await self._within(scope, _once_read(read, receive), send_dressed)
        except Refusal as refusal:
            await refusal.response()(scope, receive, send_dressed)
        except Exception as error:  # noqa: BLE001 - a defect: it is told by its place, and the others are served
            log.error("broken", error=reason_of(error), exception=outlined(error))
            if not begun:
                await of_error(error)(scope, receive, send_dressed)

    def _require_addressed(self, scope: Scope, headers: Headers) -> None:
        """Raise Refusal where the request is for somebody else: a name that leads here by a stranger's name server."""
        if scope["path"] in PROBES:
            return
        name = host_of(headers.getlist("host"))
        ours = scope.get("server") or ("",)
        if name in self._hosts or (name and _is_address(name) and name == str(ours[0]).partition("%")[0]):
            return
        raise Refusal(
            421,
            "this daemon does not go by the name in the Host header",
            "set SYNCD_HTTP_HOSTS to the names that it is reached by",
        )


def _require_small(scope: Scope) -> None:
    """Raise Refusal where line and headers are too large, also where they came at once: then nothing else counts."""
    size = len(scope["raw_path"]) + len(scope["query_string"])
    size += sum(len(name) + len(value) for name, value in scope["headers"])
    if size > LARGEST_HEAD:
        why = f"the request's line and headers are larger than {LARGEST_HEAD:,} bytes"
        raise Refusal(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, why, "send less")


def _require_one_end(headers: Headers) -> None:
    """Raise Refusal where a request's end is told in two ways, and end its connection: a proxy may take the other one.

    https://www.rfc-editor.org/rfc/rfc9112#section-6.1
    """
    if "transfer-encoding" in headers and "content-length" in headers:
        why = "Transfer-Encoding and Content-Length tell different ends of the request"
        raise Refusal(HTTPStatus.BAD_REQUEST, why, "send one of them", headers={"connection": "close"})


def _once_read(read: Receive, receive: Receive) -> Receive:
    """Receive the body in its time; that the client has gone, which comes behind it, is no matter of time."""
    whole = False

    async def receive_in_time() -> Message:
        nonlocal whole
        if whole:
            return await receive()
        try:
            message = await read()
        except TimeoutError:
            why = "the request took too long to come"
            raise Refusal(408, why, "send it at once", kind=CauseKind.UNAVAILABLE) from None
        whole = not message.get("more_body", False)
        return message

    return receive_in_time


def host_of(values: list[str]) -> str:
    """The name in a Host header, without its port; empty where there is none, or several, or more than a name."""
    named = _HOST.fullmatch(values[0]) if len(values) == 1 else None
    return named["name"].strip("[]").lower().rstrip(".") if named else ""


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _require_no_stranger(scope: Scope, headers: Headers, pages: Collection[re.Pattern[str]], *, secure: bool) -> None:
    """Raise Refusal for what another site's page has a browser send. What carries a bearer token is no browser's own.

    A page is let through where somebody follows a link to it: to show it costs little. Acting never is. A cookie acts
    only where the browser says whence: by Sec-Fetch-Site, or the older Origin.
    """
    if headers.get("authorization", "").lower().startswith("bearer "):
        return
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site is not None:
        near = site in {"same-origin", "none"}
    elif origin is not None:
        near = origin == f"{'https' if secure else scope['scheme']}://{headers.get('host', '')}"
    else:
        near = scope["method"] in SAFE or "cookie" not in headers
    if near or (_follows_a_link(scope, headers) and any(page.match(scope["path"]) for page in pages)):
        return
    raise Refusal(403, "another site's page sent this", "act on syncd's own pages, or send a token")


def _follows_a_link(scope: Scope, headers: Headers) -> bool:
    """Whether somebody comes by a link. https://www.w3.org/TR/fetch-metadata/"""
    navigates = headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-dest") == "document"
    return navigates and scope["method"] in SAFE


def _dress(headers: MutableHeaders, *, secure: bool) -> None:
    for name, value in ALWAYS.items():
        headers.setdefault(name, value)
    if secure:
        headers.setdefault("strict-transport-security", STRICT_TRANSPORT)
    del headers["server"]
