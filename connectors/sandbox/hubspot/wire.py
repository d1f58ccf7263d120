"""One HTTP request and its answer, as raw ASGI: no framework stands on the hot path."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import parse_qs, quote

import orjson

from connectors.sandbox.hubspot import bodies
from connectors.sandbox.hubspot.bodies import Shape
from connectors.sandbox.hubspot.refusals import Refusal, malformed, unparsed
from connectors.sandbox.hubspot.shelf import iso

Json = dict[str, Any]
Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Headers = tuple[tuple[bytes, bytes], ...]

JSON_TYPE = (b"content-type", b"application/json;charset=utf-8")


class Answer(NamedTuple):
    """What goes back: the status, the rendered body, and headers beside the usual ones."""

    status: int
    body: bytes = b""
    headers: Headers = ()


def reply(content: Any, status: int = 200) -> Answer:
    """Render `content` as the JSON answer."""
    return Answer(status, orjson.dumps(content))


NO_CONTENT = Answer(204)


def answer_batch(now: int, results: Sequence[Json], errors: Sequence[Json] = (), status: int = 200) -> Answer:
    """Answer a batch at `now` (epoch milliseconds): 207 with the errors where there are any."""
    content: Json = {"status": "COMPLETE", "results": list(results), "startedAt": iso(now), "completedAt": iso(now)}
    if errors:
        return reply(content | {"numErrors": len(errors), "errors": list(errors)}, 207)
    return reply(content, status)


def inputs(content: Json, most: int, what: str = "a batch") -> list[Json]:
    """Return a batch's inputs; refuse too many."""
    entries: list[Json] = content["inputs"]
    if len(entries) > most:
        limit = f"The maximum number of inputs supported in {what} is {most}"
        raise Refusal(400, f"{limit}. Please reduce the number of items and try again")
    return entries


class Request:
    """One call: its path with the parts that the path table names, its query, headers and body."""

    __slots__ = (
        "_body",
        "_content",
        "_query",
        "headers",
        "method",
        "params",
        "path",
        "raw_query",
        "template",
        "version",
    )

    def __init__(self, method: str, path: str, query: bytes, headers: Mapping[bytes, bytes], body: bytes) -> None:
        self.method = method
        self.path = path
        self.headers = headers
        self.params: Mapping[str, str] = {}
        self.template = path
        self.version = ""
        self._body = body
        self._content: Any = None
        self.raw_query = query.decode("latin-1")
        self._query: dict[str, list[str]] | None = None

    @property
    def query(self) -> dict[str, list[str]]:
        """Every query parameter with all its values."""
        if self._query is None:
            self._query = parse_qs(self.raw_query, keep_blank_values=True)
        return self._query

    @property
    def body(self) -> bytes:
        """The body as it came."""
        return self._body

    def parameter(self, name: str, default: str = "") -> str:
        """Return the last value of a query parameter."""
        values = self.query.get(name)
        return values[-1] if values else default

    def names(self, name: str) -> tuple[str, ...]:
        """Return a list-valued query parameter, whether repeated or comma-separated."""
        return split(self.query.get(name, ()))

    def flag(self, name: str) -> bool:
        """Say whether a query parameter is `true`."""
        return self.parameter(name).lower() == "true"

    def number(self, name: str, default: int) -> int:
        """Return a whole-number query parameter; refuse anything else as the vendor does."""
        text = self.parameter(name)
        if not text:
            return default
        if not _WHOLE.fullmatch(text):
            raise unparsed(name)
        return int(text)

    def json(self) -> Any:
        """Return the parsed body; refuse what is no JSON."""
        if self._content is None:
            try:
                self._content = orjson.loads(self._body or b"{}")
            except orjson.JSONDecodeError as fault:
                raise bodies.unread(self._body, fault) from None
        return self._content

    def shape(self, shape: Shape) -> None:
        """Bring the body into its endpoint's shape; refuse one that cannot be, and one that says it is no JSON."""
        if self._body and b"json" not in self.headers.get(b"content-type", b"json"):
            raise Refusal(415, "HTTP 415 Unsupported Media Type", None)
        self._content = bodies.read(shape, self.json(), self._body)

    def document(self) -> Json:
        """Return the body, which must be a JSON object."""
        content: Json = self.json()
        if not isinstance(content, dict):
            raise malformed("Cannot deserialize value from Array value (token `JsonToken.START_ARRAY`)")
        return content


_WHOLE = re.compile(r"[+-]?[0-9]{1,18}")


def split(values: Iterable[str]) -> tuple[str, ...]:
    """Flatten comma-separated values, without blanks, each once, in order."""
    return tuple(dict.fromkeys(name for value in values for part in value.split(",") if (name := part.strip())))


async def read_body(receive: Receive) -> bytes:
    """Read the request's whole body."""
    message = await receive()
    body: bytes = message.get("body", b"")
    while message.get("more_body"):
        message = await receive()
        body += message.get("body", b"")
    return body


async def write(send: Send, answer: Answer) -> None:
    """Send the answer with its length and type."""
    length = (b"content-length", str(len(answer.body)).encode())
    headers = [length, *answer.headers]
    if not any(name == b"content-type" for name, _ in answer.headers):
        headers.insert(0, JSON_TYPE)
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})


def following(host: str, request: Request, after: object) -> Json:
    """Return the paging block that leads to the next page."""
    # As it was asked, encoding and all: building the query anew would be the dearest part of a page.
    parts = [part for part in request.raw_query.split("&") if part and not part.startswith("after=")]
    link = f"{host}{request.path}?{'&'.join([*parts, f'after={quote(str(after))}'])}"
    return {"paging": {"next": {"after": str(after), "link": link}}}
