"""docs/reference/http.md, from the table of operations."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from http import HTTPStatus
from typing import Any, get_args

from pydantic import BaseModel, RootModel

from syncd.address import HOOKS
from syncd.model.runs import OF_KINDS
from syncd.web import hooks, server, walls
from syncd.web.api.runs import MOST_WAITING
from syncd.web.operations import SMALL, Operation
from syncd.web.problems import STATUS_OF, TITLES
from syncd.web.table import TABLE
from tests.reference.markdown import default, head, prose, row, shape, table

TEXT = """
`syncd run` serves the verbs of the command line over HTTP, with the same words, refusals and exit codes; how to use
them: [use the API](../how-to/use-the-api.md). It listens on `SYNCD_HTTP_HOST` and `SYNCD_HTTP_PORT`: by default on
127.0.0.1, port 8080. Port 0 serves nothing. `GET /api/openapi.json` has all of this as OpenAPI 3.1.
"""
RIGHTS = """
Each operation takes one right, and who has one has those before it: **view** looks, **operate** has syncd work, holds
it and takes things back, **administer** applies plans. A token is sent as `Authorization: Bearer …`. Where nothing is
configured (no token, nobody who may sign in), everybody on this machine may view, and beyond it `/livez` and
`/readyz` alone answer: so does the container until it has a token. Once somebody can be known, everything else asks
who it is.
"""
REFUSALS = f"""
A refusal is `application/problem+json` ([RFC 9457](https://www.rfc-editor.org/rfc/rfc9457)): `status`, `title` and
`detail` (what was refused, and why); and as the causes of a run have them `kind`, `where`, `what` (which is `detail`)
and `mend`, with the `exit_code` of the command of that name. Beside the kinds, 401 says that nobody is known by what
was sent, 403 that they may not, 421 that the Host header names somebody else, 413 that a body is larger than
{SMALL // 1024} KiB ({{large}} MiB for a plan), 408 that it came too slowly, 429 that something costly is asked for
already, or that {MOST_WAITING} runs wait.
"""
WALLS = f"""
The Host header must name this machine: `localhost`, its own name, the address that was connected to,
`SYNCD_HTTP_HOST`, or one of `SYNCD_HTTP_HOSTS`; `/livez` and `/readyz` answer to any. What another site's page sends
is refused (`Sec-Fetch-Site`, `Origin`), unless it carries a bearer token, which no browser sends by itself. Answers
are not kept by caches (`no-store`), nobody frames them, they load nothing from elsewhere (CSP), and where they go
over https browsers keep to that for a year: so they do where `SYNCD_HTTP_URL` says https. A proxy that ends TLS
is believed what it says of it
(`X-Forwarded-Proto`) where it asks from 127.0.0.1, or from an address in `FORWARDED_ALLOW_IPS`. Headers must come
within {server.HEAD:.0f} seconds and {server.LARGEST_HEAD // 1024} KiB, a body within {walls.BODY:.0f}, and an
answer be taken within {server.TAKEN:.0f}. {server.MOST} connections are served at a time.
"""
PAGES = """
People sign in at `/sign-in`, by the identity provider or as the local administrator, and come to `/`; `POST /sign-out`
ends the session. A session is a cookie of this host alone, out of scripts' reach; where it stands, operations of its
right are answered as they are to a token. How to set it up: [let people and programs in](../how-to/let-people-in.md).
"""
CALLS = f"""
`POST {HOOKS}/hubspot` is for HubSpot's webhooks, and is there where `SYNCD_HUBSPOT_WEBHOOK_SECRET` is set: how to set
it up: [hand-raises at once](../how-to/hand-raises-at-once.md). Its sign-in is the signature (`X-HubSpot-Signature-v3`,
of the last five minutes) and nothing else; what is not signed so is answered 401 without a word. 204 says that it is
noted. A body has {hooks.MOST // 1024} KiB at most; beyond {hooks.CALLS.rate.amount} calls a minute 429 asks to call
again.
"""
ELSEWHERE = """
Figures for Prometheus: [metrics](metrics.md). What is wrong, and what mends it:
[health](../how-to/when-something-is-wrong.md).
"""
ONCE = """
`Idempotency-Key` is a text of your choice, new for each thing that you ask for: a request that is sent again under
it, because its answer was lost, is the same run. For something else the key is refused.
"""


def lines() -> Iterator[str]:
    """Rights, operations, refusals, walls."""
    yield from head("HTTP", "the table `syncd/web/table.py`", TEXT)
    yield from ("", "## Who may do what", "", prose(RIGHTS))
    yield from table("operation", "right", "what it does", "on the command line")
    for operation in TABLE:
        right = operation.right.word if operation.right else "none"
        command = ", ".join(f"`{line}`" for line in operation.command.split(", ") if line)
        yield row(f"`{operation.method} {_path(operation)}`", right, operation.summary, command)
    yield from ("", "## Pages", "", prose(PAGES))
    yield from ("", "## Calls of systems", "", prose(CALLS))
    yield from ("", "## What is asked and answered", "", prose(ONCE))
    for operation in TABLE:
        if operation.path.startswith("/api/"):
            yield from _described(operation)
    yield from ("", "## Refusals", "", prose(REFUSALS.format(large=max(one.most for one in TABLE) // 1024**2)))
    yield from table("kind", "status", "exit code", "what it is")
    for kind, status in STATUS_OF.items():
        yield row(f"`{kind}`", f"{status} {HTTPStatus(status).phrase}", OF_KINDS[kind], TITLES[kind])
    yield from ("", "## Walls", "", prose(WALLS))
    yield from ("", prose(ELSEWHERE))


def _path(operation: Operation) -> str:
    return re.sub(r"{(\w+):\w+}", r"{\1}", operation.path)


def _described(operation: Operation) -> Iterator[str]:
    yield from ("", f"### {operation.method} {_path(operation)}", "")
    text = operation.description or operation.handler.__doc__ or ""
    answers = f"It answers {operation.status}" + _with(operation)
    yield prose(f"{operation.summary}. {text}\n\n{answers}")
    fields = [*_fields("query", operation.query), *(_fields("body", operation.body) if operation.body else ())]
    if fields:
        yield from table("where", "field", "what it is", "kind", "default")
        yield from fields


def _with(operation: Operation) -> str:
    answer, several = operation.answer, get_args(operation.answer)
    model: Any = several[0] if several else answer
    if not (isinstance(model, type) and issubclass(model, BaseModel)):
        return " with text."
    names = ", ".join(f"`{name}`" for name in model.model_fields)
    shape_ = f"a list, each with {names}" if several else f"{names}"
    headers = "".join(f"; header `{name}`: {text}" for name, text in operation.headers.items())
    once = "; it heeds `Idempotency-Key`" if operation.asked_once else ""
    return f" with {shape_}{headers}{once}."


def _fields(where: str, model: type[BaseModel], within: str = "") -> Iterator[str]:
    if issubclass(model, RootModel):
        for part in _models(model.model_fields["root"].annotation):
            yield from _fields(where, part)
        return
    for name, field in model.model_fields.items():
        words, sections = shape(field.annotation)
        of = next(iter(sections), None)
        needed = default(field)
        yield row(where, f"`{within}{name}`", field.description or _first_line(of), words, needed)
        if of is not None and where == "body" and not words.startswith("list"):
            yield from _fields(where, of, f"{within}{name}.")


def _models(annotation: Any) -> Sequence[type[BaseModel]]:
    return [part for part in get_args(annotation) if isinstance(part, type)]


def _first_line(model: type[BaseModel] | None) -> str:
    return (model.__doc__ or "").splitlines()[0] if model else ""
