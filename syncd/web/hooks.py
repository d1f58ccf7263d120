"""The systems' own calls: each is signed, noted in the store and answered at once; the daemon works it off behind it.

The signature is the sign-in, and the only one: nothing else that such a call carries is believed. Whoever signs
otherwise learns that alone, and costs no statement of the store.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from http import HTTPStatus
from typing import Any, Final

import structlog
from limits import parse
from starlette.requests import Request
from starlette.responses import Response

from connectors.announcing import Announced, Announcer, Unreadable, Unsigned
from syncd.address import HOOKS
from syncd.health.webhooks import note_refused, note_taken
from syncd.model.runs import CauseKind
from syncd.pulse import Pulse
from syncd.store import Store
from syncd.sync.tenants import tenant_of
from syncd.web.entry.aside import Aside
from syncd.web.entry.limits import TOLD, Limit, Limits
from syncd.web.operations import Call, Operation
from syncd.web.problems import Refusal
from syncd.web.rights import NOBODY, Principal

MOST: Final = 256 * 1024  # bytes of a body: 100 events have about 40,000
CALLS: Final = Limit("calls of a system", parse("600 per minute"))

log = structlog.get_logger()


class NotSigned(Refusal):
    """A call that its system did not sign, or not now: that is all that its sender learns."""

    def __init__(self) -> None:
        super().__init__(HTTPStatus.UNAUTHORIZED, "not signed", "sign it")

    def response(self) -> Response:
        """Nothing but the status."""
        return Response(status_code=HTTPStatus.UNAUTHORIZED)


@dataclass(frozen=True)
class Hook:
    """The door for one system that calls. wake: has the daemon look at what was announced."""

    announcer: Announcer
    store: Store
    pulse: Pulse
    wake: Callable[[], object]
    aside: Aside
    limits: Limits = field(default_factory=Limits)

    @property
    def operation(self) -> Operation:
        """What it is asked, at a path of its own."""
        path, summary = f"{HOOKS}/{self.announcer.system}", f"What {self.announcer.system} calls with, signed"
        bounds: dict[str, Any] = {"status": HTTPStatus.NO_CONTENT, "most": MOST, "admit": self.admit}
        return Operation("POST", path, None, summary, self.hear, **bounds)

    def admit(self, request: Request) -> Principal:
        """Nobody, as far as the headers say; whether it is signed is known with the body."""
        try:
            self.announcer.require_timely(request.headers)
        except Unsigned as refusal:
            raise self._refused(refusal) from None
        return NOBODY

    def hear(self, call: Call) -> Response:
        """Note what is announced. The answer comes once that stands, and before anything is done about it."""
        with self.store.reading() as unit:
            tenant = tenant_of(unit, self.announcer.system)
        try:
            announced = self.announcer.read(call.request.headers, call.raw, tenant)
        except Unsigned as refusal:
            raise self._refused(refusal) from None
        except Unreadable as refusal:
            self._count("unreadable", 1)
            raise Refusal(HTTPStatus.BAD_REQUEST, str(refusal), "look for a newer syncd") from None
        if seconds := self.limits.wait(CALLS, self.announcer.system):
            raise Refusal(
                *(HTTPStatus.TOO_MANY_REQUESTS, "too many calls at a time", "call again later"),
                kind=CauseKind.UNAVAILABLE,
                headers={"retry-after": str(seconds)},
            )
        self._note(announced)
        return Response(status_code=HTTPStatus.NO_CONTENT)

    def _note(self, announced: Announced) -> None:
        system, now = self.announcer.system, datetime.now(UTC)
        with self.store.writing() as unit:
            noted = unit.announcements.note(system, announced.announcements, now)
            note_taken(unit, system, now, announced.foreign)
        numbers = {"new": noted.new, "again": noted.again, "left": noted.left}
        for outcome, number in {**numbers, "foreign": announced.foreign, "passed": announced.passed}.items():
            self._count(outcome, number)
        if noted.new:
            self.wake()

    def _refused(self, refusal: Unsigned) -> NotSigned:
        """Count who is refused; say so, in the log and to health, no more often than every few minutes."""
        system = self.announcer.system
        self._count("refused", 1)
        if not self.limits.wait(TOLD, system):
            log.warning("a webhook was refused", system=system, why=str(refusal))
            self.aside.write(partial(note_refused, system, str(refusal), datetime.now(UTC)))
        return NotSigned()

    def _count(self, outcome: str, number: int) -> None:
        self.pulse.heard[self.announcer.system, outcome] += number


def hooks_of(
    store: Store, announcers: Iterable[Announcer], pulse: Pulse, wake: Callable[[], object]
) -> Sequence[Operation]:
    """The doors of the systems whose secrets are known; where none is, there is none."""
    aside, limits = Aside(store), Limits()
    return [Hook(announcer, store, pulse, wake, aside, limits).operation for announcer in announcers]
