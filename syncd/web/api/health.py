"""Health: whether the systems are kept in step, and if not, why, since when, what mends it and where to look."""

from __future__ import annotations

from datetime import UTC, datetime

from syncd.health import examine
from syncd.model.health import Grade
from syncd.web.operations import Call, Operation, Reply, Told
from syncd.web.rights import Right


class Wrong(Told):
    """One thing that is wrong. key: stays the same as long as it is; number: of records or streams."""

    key: str
    kind: str
    grade: Grade
    where: list[str]
    what: str
    mend: str
    since: datetime | None
    look: str
    number: int | None = None


class State(Told):
    """`well`, `warning` or `failing`, since when, and all that is wrong, the worst first."""

    state: str
    since: datetime | None
    findings: list[Wrong]


def health(call: Call) -> Reply:
    """All that is wrong at this moment, from the store and the machine."""
    report = examine(call.house.store, datetime.now(UTC), call.house.pulse)
    return Reply(report.plain(), status=503 if report.state == Grade.FAILING.value else 200)


OPERATIONS = (
    Operation(
        "GET",
        "/api/health",
        Right.VIEW,
        "Whether the systems are kept in step, and what is wrong",
        health,
        answer=State,
        also={503: "Something is failing"},
        description="503 with the same content where something is failing, so that a monitor needs the status alone.",
        command="syncd status",
    ),
)
