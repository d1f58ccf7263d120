"""Causes: why something was not done, by kind, told once wherever it struck, with what mends it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

from connectors.base import BudgetExhausted, ConnectorError, Misconfigured, Refused, Stopped, TryLater
from syncd.errors import (
    AlreadyRunning,
    ConfigError,
    HoldLost,
    Interrupted,
    NotFound,
    SyncdError,
    Unavailable,
    UnsafePlan,
)
from syncd.model.runs import OF_KINDS, Cause, CauseKind
from syncd.strangers import reason_of

MOST: Final = 40  # causes that a run keeps

SPENT: Final = (
    "wait for the vendor's next day, or find out which other programs use its calls up; fewer cycles need fewer"
)

MENDS: Final[Mapping[CauseKind, str]] = {
    CauseKind.CONFIGURATION: "mend what is named; `syncd doctor` says whether it is mended",
    CauseKind.PREMISE: "have the administrator of that system mend it; `syncd doctor` looks again",
    CauseKind.UNSAFE: "look at `syncd plan`; `syncd apply --force` lets it pass",
    CauseKind.REFUSED: "mend the records, or what refuses them; `syncd quarantine list` names each",
    CauseKind.UNREADABLE: "mend the records; `syncd quarantine list` names each, `syncd quarantine retry` tries again",
    CauseKind.NOT_FOUND: "name something that is there",
    CauseKind.RUNNING: "wait for the other syncd, or stop it",
    CauseKind.BUDGET: SPENT,
    CauseKind.UNAVAILABLE: "nothing: the next run tries it again",
    CauseKind.DEFECT: "look at the log, and tell those who make syncd",
}

_KINDS: Final[tuple[tuple[type[Exception], CauseKind], ...]] = (
    (ConfigError, CauseKind.CONFIGURATION),
    (Misconfigured, CauseKind.CONFIGURATION),
    (UnsafePlan, CauseKind.UNSAFE),
    (AlreadyRunning, CauseKind.RUNNING),
    (NotFound, CauseKind.NOT_FOUND),
    (Unavailable, CauseKind.UNAVAILABLE),
    (BudgetExhausted, CauseKind.BUDGET),
    (TryLater, CauseKind.UNAVAILABLE),
    (Interrupted, CauseKind.UNAVAILABLE),
)

# What differs from one answer to the next and says nothing of the cause: correlation ids, ids of errors such as
# "ErrorId: 1234567890-12345 (1234567890)", and ids of records in a refusal's text.
_CORRELATION = re.compile(r"[,;]? *\bcorrelation(?:[ _]?id)?[ :=]*[\w-]{8,}", re.IGNORECASE)
_ERROR_ID = re.compile(r"[,;]? *\bError ?Id:? *[\d-]+(?: *\(-?\d+\))?", re.IGNORECASE)
_UUID = re.compile(r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b", re.IGNORECASE)
_RECORD_ID = re.compile(r"\b(?=[A-Za-z]*\d)[a-zA-Z0-9]{15}(?:[A-Z0-5]{3})?\b")


def kind_of(error: BaseException) -> CauseKind:
    """What the reader should do about an error; a stranger's is a defect."""
    return next((kind for type_, kind in _KINDS if isinstance(error, type_)), CauseKind.DEFECT)


def exit_code_of(error: BaseException) -> int:
    """What a command ends with that raised this."""
    if isinstance(error, Stopped):
        return Interrupted.exit_code
    return error.exit_code if isinstance(error, SyncdError) else OF_KINDS[kind_of(error)]


def kind_of_failure(error: ConnectorError | HoldLost) -> CauseKind:
    """The same where a run goes on without what failed: a call that was refused is a matter of what it asked for."""
    return CauseKind.REFUSED if isinstance(error, Refused) else kind_of(error)


def mend_of(error: BaseException) -> str:
    """What mends it: what the error itself says, else what mends its kind."""
    return (error.mend if isinstance(error, SyncdError) else "") or MENDS[kind_of(error)]


def cause_of(error: BaseException) -> Cause:
    """The one cause of a run that failed."""
    kind = kind_of(error)
    return Cause(kind, (), plainly(reason_of(error)), mend_of(error))


def plainly(what: str) -> str:
    """A reason without what differs from one answer to the next."""
    for pattern in (_CORRELATION, _ERROR_ID):
        what = pattern.sub("", what)
    return _RECORD_ID.sub("…", _UUID.sub("…", what)).strip().removesuffix(".")


def grouped(causes: Iterable[Cause]) -> tuple[Cause, ...]:
    """Each cause once, with all the places where it struck; what a person must mend comes first."""
    together: dict[tuple[CauseKind, str, str], Cause] = {}
    for cause in (cause._replace(what=plainly(cause.what)) for cause in causes):
        key = (cause.kind, cause.what, cause.mend)
        known = together.get(key, cause._replace(where=(), number=0))
        places = dict.fromkeys((*known.where, *cause.where))
        together[key] = known._replace(where=tuple(places), number=known.number + cause.number)
    return tuple(sorted(together.values(), key=_weight)[:MOST])


def _weight(cause: Cause) -> tuple[int, int]:
    return list(CauseKind).index(cause.kind), -max(cause.number, len(cause.where))
