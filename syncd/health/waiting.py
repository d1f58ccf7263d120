"""What waits for a person: a pause, wishes that are not accepted, records that were set aside."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from syncd.model.health import Finding, FindingKind, Grade
from syncd.store.alerts import Dropped
from syncd.store.notes import PAUSED
from syncd.store.unit import UnitOfWork

GROWS = 10  # records set aside within a day, from which on somebody should look
DAY = timedelta(days=1)
REASONS = 3  # that are named
FAILURES = 3  # attempts to send that fail before it is told


def paused(unit: UnitOfWork) -> Iterator[Finding]:
    """Yield who paused the daemon, and since when."""
    if not unit.notes.says(PAUSED):
        return
    line = unit.audit.last("pause")
    by, since = (f" by {line.actor}", line.at) if line else ("", None)
    what = f"paused{by}: no cycle is started, and nothing is read or written"
    mend = "`syncd resume` goes on, once what it was paused for is over"
    yield Finding(FindingKind.PAUSED, (), what, mend, Grade.WARNING, since, "syncd audit-log")


def unaccepted(unit: UnitOfWork) -> Iterator[Finding]:
    """Yield the wishes that a system did not accept and that are tried again, by system."""
    numbers: dict[str, dict[str, int]] = {}
    for (system, object_), number in unit.wishes.count_unaccepted().items():
        numbers.setdefault(system, {})[object_] = number
    for system, objects in numbers.items():
        what = f"not accepted, tried again later: {', '.join(f'{number:,} {name}' for name, number in objects.items())}"
        mend = "mend the records, or what refuses them; `syncd plan` says of each why"
        where = tuple(f"{system}.{name}" for name in objects)
        number = sum(objects.values())
        yield Finding(FindingKind.WISHES, where, what, mend, Grade.WARNING, None, "syncd plan", number, system)


def grown(unit: UnitOfWork, now: datetime) -> Iterator[Finding]:
    """Yield that many records were set aside within a day, and why most of them."""
    reasons = sorted(unit.quarantine.reasons(now - DAY), key=lambda each: -each[2])
    number = sum(each[2] for each in reasons)
    if number < GROWS:
        return
    named = "; ".join(f"{where}: {count:,} × {why}" for where, why, count in reasons[:REASONS])
    what = f"{number:,} records were set aside within a day: {named}"
    mend = "mend the records, or the mapping; `syncd quarantine retry` tries them again"
    where = tuple(dict.fromkeys(each[0] for each in reasons))
    yield Finding(FindingKind.QUARANTINE, where, what, mend, Grade.WARNING, None, "syncd quarantine list", number)


def unheard(unit: UnitOfWork, now: datetime) -> Iterator[Finding]:
    """Yield the channels that do not take what they are told; what fails once or twice is sent again within minutes.

    What was dropped is told for two days: the channel may take all that came after it.
    """
    dropped = {each.channel: each for each in unit.alerts.dropped(now)}
    for waiting in unit.alerts.unheard(FAILURES):
        many = f"{waiting.number:,} messages wait for it" if waiting.number else "of the last message"
        lost = _lost(dropped.pop(waiting.channel, None))
        what = f"alerts by {waiting.channel}: {waiting.error}; {many}{lost and f'; {lost}'}"
        yield _unheard(waiting.channel, what, waiting.mend, waiting.since)
    for each in dropped.values():
        yield _unheard(each.channel, f"alerts by {each.channel}: {each.error}; {_lost(each)}", each.mend, each.since)


def _lost(dropped: Dropped | None) -> str:
    return f"{dropped.number:,} dropped; `syncd alert list` shows what stands" if dropped else ""


def _unheard(channel: str, what: str, mend: str, since: datetime) -> Finding:
    grade, look = Grade.WARNING, "syncd alert test"
    return Finding(FindingKind.ALERTS, (channel,), what, mend, grade, since, look, about=channel)
