"""Streams: how old what was read of each is, against its target."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import datetime, timedelta

import humanize

from syncd.health.life import Life
from syncd.model.health import Finding, FindingKind, Grade
from syncd.store.notes import NOT_OURS
from syncd.store.unit import UnitOfWork

UNTOLD = timedelta(days=1)  # the target where no daemon ever said how often cycles come
LONGEST = timedelta(days=1)  # that a first load or a full read may take; one that is at work for longer is stuck
NAMED = 4  # streams that are named with their age


def of_streams(
    unit: UnitOfWork, life: Life | None, now: datetime, *, explained: Collection[str], held: bool
) -> Iterator[Finding]:
    """Yield each system whose streams are late, or were never read, and of which nothing else tells why.

    explained: the systems of which something does. A first load or a full read that is at work may take its time: late
    is then a warning. What a portal or an org does not have is not waited for.
    """
    target = life.target if life else UNTOLD
    since = unit.runs.open_since()
    at_work = held and since is not None and now - since < LONGEST
    absent = unit.notes.read_all(NOT_OURS)
    begun = life.started_at if life else None
    late: dict[str, dict[str, timedelta | None]] = defaultdict(dict)
    for (system, stream), stamp in unit.streams.completions(life.streams if life else ()).items():
        if f"{system}.{stream}" in absent or any(system in about.split(",") for about in explained):
            continue
        if stamp is None:
            if begun is not None and (life is None or life.age(begun, now) <= target or at_work):
                continue
            late[system][stream] = None
        elif (age := life.age(stamp, now) if life else max(now - stamp, timedelta())) > target:
            late[system][stream] = age
    for system, ages in late.items():
        yield _late(system, ages, target, now, begun, at_work=at_work)


def _late(
    system: str,
    ages: dict[str, timedelta | None],
    target: timedelta,
    now: datetime,
    begun: datetime | None,
    *,
    at_work: bool,
) -> Finding:
    ordered = sorted(ages, key=lambda stream: (ages[stream] is not None, -(ages[stream] or target)))
    named = ", ".join(f"{stream} {_words(ages[stream])}" for stream in ordered[:NAMED])
    more = f" and {len(ordered) - NAMED:,} more" if len(ordered) > NAMED else ""
    what = f"{len(ordered):,} streams are older than {humanize.precisedelta(target)}: {named}{more}"
    known = [age for age in ages.values() if age is not None]
    since = now - max(known) + target if known else begun
    mend = "look what the last runs waited for, or read it by hand: `syncd resync --system " + system + "`"
    grade = Grade.WARNING if at_work else Grade.FAILING
    where = tuple(f"{system}.{stream}" for stream in ordered)
    return Finding(FindingKind.LATE, where, what, mend, grade, since, "syncd status", len(ordered), system)


def _words(age: timedelta | None) -> str:
    return "was never read to its end" if age is None else f"was read {humanize.naturaldelta(age)} ago"
