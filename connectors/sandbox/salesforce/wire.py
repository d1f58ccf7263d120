"""HTTP as the simulator's handlers see it: one request, one response, nothing of ASGI."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol
from urllib.parse import parse_qsl

import orjson

from connectors.sandbox.faults import Faults

from .batches import BatchJobs
from .cursors import Cursors
from .jobs import Jobs
from .metadata.deployment import Deployments
from .metadata.retrieval import Retrievals
from .org import Org
from .parsing import read_json, read_object
from .refusal import Refusal
from .sessions import Sessions
from .usage import Usage

JSON = "application/json;charset=UTF-8"
XML = "application/xml"
SOAP = "text/xml;charset=UTF-8"
CSV = "text/csv;charset=UTF-8"


class Simulator(Protocol):
    """What a handler reaches of the simulator that took the call: all that outlives it."""

    org: Org
    faults: Faults
    sessions: Sessions
    cursors: Cursors
    usage: Usage
    jobs: Jobs
    batch_jobs: BatchJobs
    deployments: Deployments
    retrievals: Retrievals
    calls: deque[dict[str, Any]]

    def dispatch(self, request: Request) -> Response:
        """Return the answer to a request whose session is known, as composite calls ask of themselves."""
        ...


@dataclass(frozen=True)
class Request:
    """One call. `user` is whose session it carries, `version` the API version of its path, `parts` what follows it."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    simulator: Simulator
    user: str = ""
    version: float = 59.0
    parts: tuple[str, ...] = ()

    @property
    def org(self) -> Org:
        """The org that is asked."""
        return self.simulator.org

    @property
    def base(self) -> str:
        """The version's path, e.g. /services/data/v59.0."""
        return f"/services/data/v{self.version:.1f}"

    def json(self) -> Any:
        """Return the JSON body; raises Refusal JSON_PARSER_ERROR where it is none."""
        return read_json(self.body)

    def fields(self) -> dict[str, Any]:
        """Return the JSON body where it must be an object."""
        return read_object(self.body)

    def below(self, method: str, url: str, body: Any) -> Request:
        """Return a subrequest of a composite call: the same session, another path."""
        path, _, text = url.partition("?")
        data = b"" if body is None else orjson.dumps(body)
        return replace(self, method=method.upper(), path=path, query=dict(parse_qsl(text)), body=data)


@dataclass(frozen=True)
class Response:
    """An answer: status, bytes, content type, further headers."""

    status: int = 200
    body: bytes = b""
    type: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)
    content: Any = None  # what the body says, for composite calls


Handler = Callable[..., Response]
# (method, path pattern below the version with * for one segment, handler taking the request and the segments)
Route = tuple[str, str, Handler]


def reply(content: Any, status: int = 200, **headers: str) -> Response:
    """Return a JSON response."""
    return Response(status, orjson.dumps(content), JSON, headers, content)


def nothing() -> Response:
    """Return 204 without a body."""
    return Response(204)


def refuse(error: Refusal) -> Response:
    """Return the response of a refused call."""
    return reply(error.as_call(), error.status)
