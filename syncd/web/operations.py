"""Operations: what may be asked over HTTP is declared once; routes, rights and the OpenAPI document come of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeVar

from pydantic import BaseModel, ConfigDict
from starlette.requests import Request
from starlette.responses import Response

from syncd.model.runs import CauseKind
from syncd.web.house import House
from syncd.web.rights import Principal, Right

Model = TypeVar("Model", bound=BaseModel)


class Asked(BaseModel):
    """What stands in a query or a body: nothing there is ignored in silence."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Told(BaseModel):
    """What is answered: fields may come with a newer syncd."""

    model_config = ConfigDict(extra="allow")


class Nothing(Asked):
    """Nothing is named."""


@dataclass(frozen=True)
class Call:
    """One request, looked at: who sends it, and what it says."""

    house: House
    principal: Principal
    request: Request
    query: BaseModel
    body: BaseModel | None
    raw: bytes = b""  # the body as it came
    table: Sequence[Operation] = ()  # all that may be asked

    @property
    def path(self) -> Mapping[str, Any]:
        """What the path names."""
        return self.request.path_params

    def query_as(self, model: type[Model]) -> Model:
        """The query, which the operation declares to be of this model."""
        assert isinstance(self.query, model)
        return self.query

    def body_as(self, model: type[Model]) -> Model:
        """The body, likewise."""
        assert isinstance(self.body, model)
        return self.body


class Reply(NamedTuple):
    """An answer with headers, or with another status than its operation's. content: plain JSON."""

    content: Any
    headers: Mapping[str, str] = {}
    status: int | None = None


# Plain JSON, a Reply, or a Response as it stands. A function that is not async runs beside the event loop: it may wait.
Answer = Any
Handler = Callable[[Call], Answer] | Callable[[Call], Awaitable[Response]]

SMALL = 64 * 1024  # bytes of a body


@dataclass(frozen=True)
class Operation:
    """One thing that may be asked. right: what it takes; None where anybody may, once there is anybody to be known.

    answer: the model of its JSON; None where it answers with text or a page of its own (media_type).
    also: other statuses with the same content. probe: it answers to everybody, on every address.
    costly: it asks the vendors, or works long: at most one at a time. command: what does the same on the command line.
    refusals: kinds that it may answer, beside those that all do. refused: how a page words a refusal, which is JSON.
    admit: its own way to know who asks, from the headers, before the body is read; it raises Refusal.
    """

    method: str
    path: str
    right: Right | None
    summary: str
    handler: Handler
    query: type[BaseModel] = Nothing
    body: type[BaseModel] | None = None
    body_may_be_left_out: bool = False
    answer: Any = None
    status: int = 200
    also: Mapping[int, str] = field(default_factory=dict)  # status → when
    description: str = ""
    media_type: str = "application/json"
    page: bool = False
    command: str = ""
    refusals: Sequence[CauseKind] = ()
    headers: Mapping[str, str] = field(default_factory=dict)  # of the answer: name → what it says
    asked_once: bool = False  # heeds Idempotency-Key
    most: int = SMALL  # bytes of a body
    probe: bool = False
    costly: bool = False
    refused: Callable[[Request, Response], Response] | None = None
    admit: Callable[[Request], Principal] | None = None

    @property
    def name(self) -> str:
        """By which clients call it: the handler's own name."""
        return self.handler.__name__.strip("_")
