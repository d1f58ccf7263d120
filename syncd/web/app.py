"""The application: every operation of the table at its path, behind its right."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from http import HTTPStatus
from typing import Any

import orjson
import structlog
from pydantic import BaseModel
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.convertors import IntegerConvertor, register_url_convertor
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route, compile_path
from starlette.types import ASGIApp

from connectors.base import ConnectorError
from syncd.errors import SyncdError
from syncd.legible import legible
from syncd.model.runs import CauseKind
from syncd.strangers import outlined, reason_of
from syncd.web.access import Access
from syncd.web.house import House
from syncd.web.operations import Call, Operation, Reply
from syncd.web.pages.serving import refused
from syncd.web.problems import SOON, Refusal, of_error
from syncd.web.reading import content_of, query_of, read_body
from syncd.web.rights import Principal
from syncd.web.scrubbing import Scrubbing
from syncd.web.table import TABLE
from syncd.web.walls import BODY, Walls

log = structlog.get_logger()


class _Number(IntegerConvertor):
    """A number in a path, of no more digits than a run may have: Python itself refuses to read thousands of them."""

    regex = "[0-9]{1,10}"


register_url_convertor("int", _Number())


def application(
    house: House,
    access: Access,
    *,
    hosts: Collection[str] = (),
    secure: bool = False,
    seconds: float = BODY,
    table: Sequence[Operation] = TABLE,
) -> ASGIApp:
    """The ASGI application of a house, behind its walls.

    hosts: further names that it goes by; secure, seconds: as `Walls` has them.
    """
    paths: dict[str, dict[str, _Endpoint]] = {}
    for operation in table:
        paths.setdefault(operation.path, {})[operation.method] = _Endpoint(operation, house, access, table)
    routes = [Route(path, _by_method(endpoints), methods=[*endpoints]) for path, endpoints in paths.items()]
    served = Starlette(routes=routes, exception_handlers={HTTPException: _no_such_thing, Exception: _broken})
    served.router.redirect_slashes = False  # the answer would quote the address
    pages = [compile_path(operation.path)[0] for operation in table if operation.page]
    return Walls(Scrubbing(served), hosts, pages=pages, secure=secure, seconds=seconds)


def _by_method(endpoints: Mapping[str, _Endpoint]) -> Callable[[Request], Awaitable[Response]]:
    """All that may be done at one path, which one answer names where a method is not among them."""

    async def answer(request: Request) -> Response:
        return await endpoints["GET" if request.method == "HEAD" else request.method].answer(request)

    return answer


class _Endpoint:
    """One operation at its path."""

    def __init__(self, operation: Operation, house: House, access: Access, table: Sequence[Operation]) -> None:
        self._operation, self._house, self._access, self._table = operation, house, access, table
        self._at_work = asyncio.Semaphore(1)

    async def answer(self, request: Request) -> Response:
        """Admit, read, work; whatever goes wrong is answered in our words, and a defect by its place alone."""
        named = bool(request.path_params or request.query_params)
        try:
            principal = await self._admit(request)
            raw = await read_body(request, self._operation.most)
            named = named or bool(raw)
            query, body = query_of(request, self._operation), content_of(raw, self._operation)
            return await self._work(Call(self._house, principal, request, query, body, raw, self._table))
        except (Refusal, SyncdError, ConnectorError) as error:
            return self._worded(request, of_error(error, named=named))
        except ClientDisconnect:
            return Response()  # to nobody
        except Exception as error:  # noqa: BLE001 - a defect: it is told by its place, and the others are served
            log.error("broken", operation=self._operation.name, error=reason_of(error), exception=outlined(error))
            return self._worded(request, of_error(error))

    def _worded(self, request: Request, refusal: Response) -> Response:
        """A refusal as its operation words it."""
        return self._operation.refused(request, refusal) if self._operation.refused else refusal

    async def _admit(self, request: Request) -> Principal:
        """Who asks. Probes wait for no thread: they answer while all of them are busy."""
        if self._operation.admit is not None:
            return self._operation.admit(request)
        if self._operation.probe:
            return self._access.admit(request, self._operation)
        return await run_in_threadpool(self._access.admit, request, self._operation)

    async def _work(self, call: Call) -> Response:
        if not self._operation.costly:
            return await self._carry_out(call)
        if self._at_work.locked():
            raise Refusal(
                *(HTTPStatus.TOO_MANY_REQUESTS, "somebody asks for this already, and it is costly", "ask again later"),
                kind=CauseKind.UNAVAILABLE,
                headers={"retry-after": str(SOON)},
            )
        async with self._at_work:
            return await self._carry_out(call)

    async def _carry_out(self, call: Call) -> Response:
        handler: Any = self._operation.handler
        if inspect.iscoroutinefunction(handler):
            answer = await handler(call)
        else:
            answer = await run_in_threadpool(handler, call)
        return _response(answer, self._operation.status)


def _response(answer: Any, status: int) -> Response:
    if isinstance(answer, Response):
        return answer
    reply = answer if isinstance(answer, Reply) else Reply(answer)
    content = reply.content.model_dump(mode="json") if isinstance(reply.content, BaseModel) else reply.content
    text = legible(orjson.dumps(content, option=orjson.OPT_INDENT_2, default=str).decode())
    return Response(
        text, status_code=reply.status or status, media_type="application/json", headers=dict(reply.headers)
    )


async def _no_such_thing(request: Request, error: Exception) -> Response:
    """What no operation answers: another path, another method."""
    assert isinstance(error, HTTPException)
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        what, mend = "this path takes another method", f"use {(error.headers or {}).get('Allow', 'another one')}"
    else:
        what, mend = "there is nothing at this path", "/api/openapi.json has all paths"
    refusal = Refusal(error.status_code, what, mend, kind=CauseKind.NOT_FOUND, headers=error.headers)
    in_words = "html" in request.headers.get("accept", "")
    return refused(request, refusal.response()) if in_words else refusal.response()


async def _broken(_: Request, error: Exception) -> Response:
    """A defect around the operations; the log has it by the walls."""
    return of_error(error)
