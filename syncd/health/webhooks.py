"""Webhooks: whether a system that is to call us does, and as itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from syncd.health.life import Life
from syncd.model.health import Finding, FindingKind, Grade
from syncd.store.notes import WEBHOOKS_FOREIGN, WEBHOOKS_REFUSED, WEBHOOKS_TAKEN
from syncd.store.unit import UnitOfWork

SILENT: Final = timedelta(days=7)  # from which on nobody's call is told of: a quiet week is a quiet week
LATELY: Final = timedelta(days=1)
LOOK: Final = "syncd runs"


def note_taken(unit: UnitOfWork, system: str, now: datetime, foreign: int) -> None:
    """Note that a system called, and whether it told of somebody else's records."""
    unit.notes.keep(WEBHOOKS_TAKEN.of(system), now)
    if foreign:
        unit.notes.keep(WEBHOOKS_FOREIGN.of(system), now)


def note_refused(system: str, why: str, now: datetime, unit: UnitOfWork) -> None:
    """Note that a call was refused, and why."""
    unit.notes.keep(WEBHOOKS_REFUSED.of(system), (now, why))


def of_webhooks(unit: UnitOfWork, life: Life | None, now: datetime) -> Iterator[Finding]:
    """Yield what is wrong with the calls of each system that is to call, since the daemon listens for them."""
    if life is None:
        return
    for system, since in life.webhooks_since:
        last = unit.notes.read(WEBHOOKS_TAKEN.of(system))
        yield from _refused(unit, system, last, now)
        yield from _foreign(unit, system, now)
        quiet = max(filter(None, (since, last)))
        if life.age(quiet, now) > SILENT:
            called = f"has not called since {last:%Y-%m-%d %H:%M} UTC" if last else "has never called"
            what = f"{system} {called}, though its webhooks are listened for; cycles go on reading"
            mend = (
                "look at the app's webhooks, and whether its target URL leads here (docs/how-to/hand-raises-at-once.md)"
            )
            yield _finding(system, "silent", what, mend, quiet + SILENT)


def _refused(unit: UnitOfWork, system: str, last: datetime | None, now: datetime) -> Iterator[Finding]:
    """Somebody calls, and none of it is the system's: a wrong secret or address, mostly."""
    refusal = unit.notes.read(WEBHOOKS_REFUSED.of(system))
    if refusal is None:
        return
    at, why = refusal
    if now - at > LATELY or (last is not None and last > at):
        return
    what = f"calls that should be {system}'s are refused, and none was taken since: {why}"
    mend = (
        f"SYNCD_{system.upper()}_WEBHOOK_SECRET is the app's client secret, and SYNCD_{system.upper()}_WEBHOOK_URL its "
        "target URL, to the letter; the clock of this machine is right"
    )
    yield _finding(system, "refused", what, mend, at)


def _foreign(unit: UnitOfWork, system: str, now: datetime) -> Iterator[Finding]:
    at = unit.notes.read(WEBHOOKS_FOREIGN.of(system))
    if at is None or now - at > LATELY:
        return
    what = f"{system} calls with events of another portal or app than this store's; they are passed over"
    yield _finding(system, "foreign", what, "install the app in this store's portal alone", at)


def _finding(system: str, about: str, what: str, mend: str, since: datetime) -> Finding:
    kind = FindingKind.WEBHOOKS
    return Finding(kind, (system,), what, mend, Grade.WARNING, since, LOOK, about=f"{system} {about}")
