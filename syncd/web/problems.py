"""Refusals over HTTP: the kinds and exit codes of the command line, as RFC 9457 has errors told.

https://www.rfc-editor.org/rfc/rfc9457
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

import orjson
from pydantic import BaseModel, Field
from starlette.responses import Response

from connectors.scrubber import scrub
from syncd.errors import SyncdError
from syncd.model.runs import OF_KINDS, Cause, CauseKind
from syncd.strangers import reason_of
from syncd.sync.causes import exit_code_of, kind_of, mend_of

MEDIA_TYPE: Final = "application/problem+json"
SOON: Final = 5  # seconds, after which it is worth to ask again what is unavailable now

STATUS_OF: Final[Mapping[CauseKind, int]] = {
    CauseKind.CONFIGURATION: 400,
    CauseKind.PREMISE: 409,
    CauseKind.UNSAFE: 409,
    CauseKind.REFUSED: 502,
    CauseKind.UNREADABLE: 422,
    CauseKind.NOT_FOUND: 404,
    CauseKind.RUNNING: 409,
    CauseKind.BUDGET: 503,
    CauseKind.UNAVAILABLE: 503,
    CauseKind.DEFECT: 500,
}
TITLES: Final[Mapping[CauseKind, str]] = {
    CauseKind.CONFIGURATION: "Something that was asked for, or configured, must be mended",
    CauseKind.PREMISE: "What this rests on does not hold in the other system",
    CauseKind.UNSAFE: "A person must look at the plan",
    CauseKind.REFUSED: "The other system refused it",
    CauseKind.UNREADABLE: "Records cannot be read",
    CauseKind.NOT_FOUND: "Nothing answers to that name",
    CauseKind.RUNNING: "Another syncd works on this store",
    CauseKind.BUDGET: "A vendor's calls of the day are spent",
    CauseKind.UNAVAILABLE: "It cannot be done now",
    CauseKind.DEFECT: "syncd broke, which is a defect",
}


class Problem(BaseModel):
    """Why something was refused; the same kind, words and exit code as on the command line."""

    type: str = Field(description="names the kind; nothing is to be fetched there", examples=["urn:syncd:not-found"])
    title: str = Field(description="the kind in a sentence")
    status: int = Field(description="the HTTP status", ge=400, le=599)
    detail: str = Field(description="what was refused, and why")
    kind: CauseKind = Field(description="by what you should do about it")
    exit_code: int = Field(description="what the command of that name ends with")
    where: list[str] = Field(default=[], description="which fields, streams or records")
    what: str = Field(description="the same as `detail`, by the name that it has among the causes of a run")
    mend: str = Field(description="what mends it")


class Refusal(Exception):
    """A request that is refused before anybody works on it, with a status of its own."""

    def __init__(
        self,
        status: int,
        what: str,
        mend: str,
        *,
        kind: CauseKind = CauseKind.CONFIGURATION,
        where: tuple[str, ...] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(what)
        self.status, self.cause, self.headers = status, Cause(kind, where, what, mend), dict(headers or {})

    def response(self) -> Response:
        """As it is answered."""
        return answer(self.cause, self.status, OF_KINDS[self.cause.kind], self.headers)


# What may quote who asked, and says so without: a guess that comes back changed was right (syncd/web/scrubbing.py).
UNQUOTED: Final[Mapping[CauseKind, str]] = {
    CauseKind.CONFIGURATION: "what is named cannot be done so",
    CauseKind.NOT_FOUND: "nothing answers to what is named",
    CauseKind.UNREADABLE: "what was sent cannot be read",
}


def of_error(error: Exception, *, named: bool = False) -> Response:
    """An error as it is answered: ours in its own words, a stranger's by its type and place alone.

    named: whether the request names something; then no word of it is quoted.
    """
    if isinstance(error, Refusal):
        return error.response()
    kind = kind_of(error)
    status = STATUS_OF[kind]
    headers = {"retry-after": str(SOON)} if status == HTTPStatus.SERVICE_UNAVAILABLE else {}
    code = exit_code_of(error) if isinstance(error, SyncdError) else OF_KINDS[kind]
    return answer(Cause(kind, (), _words_of(error, kind, named=named), mend_of(error)), status, code, headers)


def _words_of(error: Exception, kind: CauseKind, *, named: bool) -> str:
    if not named or kind not in UNQUOTED:
        return reason_of(error)
    return (error.plain if isinstance(error, SyncdError) else None) or UNQUOTED[kind]


def answer(cause: Cause, status: int, exit_code: int, headers: Mapping[str, str] | None = None) -> Response:
    """A cause as problem+json."""
    problem = Problem(
        type=f"urn:syncd:{cause.kind.value.replace(' ', '-')}",
        title=TITLES[cause.kind],
        status=status,
        detail=cause.what,
        kind=cause.kind,
        exit_code=exit_code,
        where=list(cause.where),
        what=cause.what,
        mend=cause.mend,
    )
    text = scrub(orjson.dumps(problem.model_dump(mode="json"), option=orjson.OPT_INDENT_2).decode())
    return Response(text, status_code=status, media_type=MEDIA_TYPE, headers=dict(headers or {}))
