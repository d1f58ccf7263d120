"""What people do at once: hold the daemon, have it go on, let records be tried again; and what people did."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import Field

from syncd.model.runs import CauseKind
from syncd.store.runs import MOST
from syncd.sync import at_once
from syncd.web.api.runs import Word
from syncd.web.operations import Asked, Call, Operation, Told
from syncd.web.rights import Right


class Paused(Told):
    """Whether the daemon starts cycles."""

    paused: bool


class Retried(Told):
    """How many will be tried again by the next cycle."""

    released: int


class Quarantined(Told):
    """A record that could not be read or written."""

    system: str
    stream: str
    remote_id: str
    step: str
    attempts: int
    reason: str


class WhichRecord(Asked):
    """One record, or all."""

    record: Word | None = Field(default=None, description="system.stream/id", examples=["hubspot.contacts/168"])


class AuditLineShown(Told):
    """What somebody did, and who."""

    id: int
    at: datetime
    actor: str
    action: str
    detail: str


class LinesAsked(Asked):
    """Which lines, newest first."""

    last: int = Field(default=50, ge=1, le=1000, description="how many")
    before: int | None = Field(default=None, ge=1, le=MOST, description="those with a smaller number alone")


def pause(call: Call) -> Any:
    """Requests by hand are still carried out."""
    at_once.pause(call.house.store, call.principal.actor, paused=True)
    return {"paused": True}


def resume(call: Call) -> Any:
    """The next cycle comes when it is due."""
    at_once.pause(call.house.store, call.principal.actor, paused=False)
    return {"paused": False}


def list_quarantine(call: Call) -> Any:
    """By system, stream and record."""
    with call.house.store.reading() as unit:
        return unit.quarantine.all()


def retry_quarantine(call: Call) -> Any:
    """All of them, or the one that is named."""
    record = call.body_as(WhichRecord).record if call.body else None
    return {"released": at_once.retry(call.house.store, call.principal.actor, record)}


def read_audit_log(call: Call) -> Any:
    """Every act that changes something, whether or not it came to its end."""
    lines = call.query_as(LinesAsked)
    with call.house.store.reading() as unit:
        return [line._asdict() for line in unit.audit.lines(lines.last, before=lines.before)]


OPERATIONS = (
    Operation(
        "POST",
        "/api/pause",
        Right.OPERATE,
        "Have the daemon start no further cycles",
        pause,
        answer=Paused,
        command="syncd pause",
    ),
    Operation(
        "POST", "/api/resume", Right.OPERATE, "Have the daemon go on", resume, answer=Paused, command="syncd resume"
    ),
    Operation(
        "GET",
        "/api/quarantine",
        Right.VIEW,
        "Records that could not be read or written, with the reason",
        list_quarantine,
        answer=list[Quarantined],
        command="syncd quarantine list",
    ),
    Operation(
        "POST",
        "/api/quarantine/retry",
        Right.OPERATE,
        "Let the next cycle try quarantined records again, at once",
        retry_quarantine,
        body=WhichRecord,
        body_may_be_left_out=True,
        answer=Retried,
        command="syncd quarantine retry",
        refusals=(CauseKind.NOT_FOUND,),
    ),
    Operation(
        "GET",
        "/api/audit-log",
        Right.VIEW,
        "What people did by hand, and who",
        read_audit_log,
        query=LinesAsked,
        answer=list[AuditLineShown],
        command="syncd audit-log",
    ),
)
