"""The last thing an answer passes on its way out: no secret that is known is in it, whichever operation made it.

What hands a token out has just made it, and the scrubber hears of tokens when they are recognised: so it passes.
A session goes out in Set-Cookie, which is left as it is.
"""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from connectors.scrubber import scrub

_TEXT = ("text/", "application/json", "application/problem+json", "application/openmetrics-text")


class Scrubbing:
    """An application whose answers are scrubbed, body and headers. They are whole in memory, and stay so."""

    def __init__(self, within: ASGIApp) -> None:
        self._within = within

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hold an answer back until it is whole, and send it without secrets."""
        start: Message = {}
        parts: list[bytes] = []

        async def hold(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                start = message
                return
            if message["type"] == "http.response.body":
                parts.append(message.get("body", b""))
                if message.get("more_body"):
                    return
                start["headers"], body = _scrubbed(start["headers"], b"".join(parts))
                await send(start)
                message = {"type": "http.response.body", "body": body}
            await send(message)

        await self._within(scope, receive, hold)


def _scrubbed(headers: list[tuple[bytes, bytes]], body: bytes) -> tuple[list[tuple[bytes, bytes]], bytes]:
    kind = next((value.decode("latin-1") for name, value in headers if name == b"content-type"), "")
    if kind.startswith(_TEXT):
        whole = body.decode("utf-8", "surrogateescape")
        text = scrub(whole)
        body = body if text is whole or text == whole else text.encode("utf-8", "surrogateescape")
    return [(name, _value(name, value, body)) for name, value in headers], body


def _value(name: bytes, value: bytes, body: bytes) -> bytes:
    if name == b"set-cookie":
        return value
    if name == b"content-length":
        return value if int(value) == 0 or not body else b"%d" % len(body)
    return scrub(value.decode("latin-1")).encode("latin-1")
