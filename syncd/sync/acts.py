"""Acts: what is done once and kept as no record, such as a notification. Whether it still has its sense, and whether it
is the hour for it, is looked at when it is to be done, not when it was wished.

A push may come hours after the wish: because a system did not answer, a premise did not hold, or somebody applies a
plan by hand. What was said of the task meanwhile, and who has left, is then known to the system and the store alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from connectors.base import Source
from syncd.mapping import SystemMapping
from syncd.model import Ref, User
from syncd.model.queue import is_touched, taken_up
from syncd.rules.days import in_the_day, zone
from syncd.store import Store
from syncd.store.wishes import PendingWish
from syncd.sync.reader import Readers

MAYBE = "it may have been sent, which nobody can look up: it is not sent a second time"
LATE = "it came too late to be sent"
LEFT = "out of date: the rep is no active user any more"
DELETED = "out of date: a person deleted the task"
# Our names of the fields of an act: whom it tells, of what, until when it has its sense, and where they work.
REP, ABOUT, UNTIL, ZONE = "rep", "about", "until", "zone"


@dataclass(frozen=True)
class Occasion:
    """What is known, at one moment, of those whom some acts tell, and of the records that they tell of.

    over: record that an act tells of → why nobody is to be told of it any more.
    """

    now: datetime
    users: Mapping[str, User] = field(default_factory=dict)
    over: Mapping[Ref, str] = field(default_factory=dict)

    def why_not(self, wish: PendingWish) -> str:
        """Why it is not to be done any more; empty where it is."""
        until = wish.wanted.get(UNTIL)
        if until and self.now >= datetime.fromisoformat(until):
            return LATE
        rep, about = wish.wanted.get(REP), wish.wanted.get(ABOUT)
        if isinstance(rep, Ref) and (user := self.users.get(rep.id)) and not user.active:
            return LEFT
        return self.over.get(about, "") if isinstance(about, Ref) else ""

    def hour(self, wish: PendingWish) -> datetime | None:
        """When the day of whom it tells begins; None where it is day there."""
        rep = wish.wanted.get(REP)
        user = self.users.get(rep.id) if isinstance(rep, Ref) else None
        name = (user.time_zone if user else None) or wish.wanted.get(ZONE)
        hour = in_the_day(self.now, zone(name)) if name else self.now
        return hour if hour > self.now else None


def look(
    remote: Source,
    mapping: SystemMapping,
    store: Store,
    readers: Readers,
    wishes: Sequence[PendingWish],
    remote_ids: Mapping[Ref, str],
    now: datetime,
) -> Occasion:
    """Look what became of what these acts tell of, in a call; none where it is night for all of them.

    Raises ConnectorError.
    """
    if not wishes:
        return Occasion(now)
    with store.looking_up() as unit:
        users = unit.groups.users()
    occasion = Occasion(now, users)
    due = [wish for wish in wishes if not (wish.uncertain or occasion.why_not(wish) or occasion.hour(wish))]
    return Occasion(now, users, dict(_over(remote, mapping, readers, due, remote_ids)))


def _over(
    remote: Source,
    mapping: SystemMapping,
    readers: Readers,
    wishes: Sequence[PendingWish],
    remote_ids: Mapping[Ref, str],
) -> Iterator[tuple[Ref, str]]:
    """The records of which nobody is to be told any more, and why; what is not shown to us counts as it was."""
    about = {ref for wish in wishes if isinstance(ref := wish.wanted.get(ABOUT), Ref)}
    for kind in sorted({ref.kind for ref in about}):
        rule = mapping.writes.get(kind)
        stream = mapping.stream_written(rule) if rule else None
        places = {remote_ids[ref]: ref for ref in about if ref.kind == kind and ref in remote_ids}
        if stream is None or not places:
            continue
        for record in remote.fetch(stream, mapping.asked(stream), [*places]):
            row = readers.row(mapping.system, stream, record.raw)
            if why := DELETED if record.deleted else _why_over(row):
                yield places[record.id], why


def _why_over(row: Mapping[str, Any]) -> str:
    why = taken_up(row.get("closed"), row.get("verdict"), is_touched(row))
    return f"out of date: {why}" if why else ""
