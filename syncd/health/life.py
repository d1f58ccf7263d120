"""The daemon's record of its life: since when it works, by which clock it starts cycles, and what it reads."""

from __future__ import annotations

import os
import socket
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Self

from syncd.store.notes import LIFE
from syncd.store.unit import UnitOfWork

EVERY = 15.0  # seconds from one beat to the next
LATE = 3  # intervals that a stream may miss …
LEAST = timedelta(hours=1)  # … and at least so long


@dataclass(frozen=True)
class Life:
    """One daemon. ended_at: when it ended as it was told to. late_after: minutes, where the installation says it.

    backups_since: since when it is to make one every night; None where it is not.
    set_at, set_by: when the wall clock was set last, by its new time, and by how many seconds.
    """

    started_at: datetime
    beat_at: datetime
    process: str
    interval: float  # minutes
    late_after: float | None = None
    streams: tuple[tuple[str, str], ...] = ()  # that the mappings name: system, stream
    ended_at: datetime | None = None
    set_at: datetime | None = None
    set_by: float = 0.0
    backups_since: datetime | None = None
    webhooks_since: tuple[tuple[str, datetime], ...] = ()  # system, and since when its calls are listened for

    @property
    def target(self) -> timedelta:
        """How old what was read of a stream may be."""
        if self.late_after is not None:
            return timedelta(minutes=self.late_after)
        return max(LATE * timedelta(minutes=self.interval), LEAST)

    def age(self, stamp: datetime, now: datetime) -> timedelta:
        """How long ago something was, whatever the clock was set by since."""
        if self.set_at is not None:
            moved = timedelta(seconds=self.set_by)
            if stamp > now or stamp < min(self.set_at, self.set_at - moved):  # by the clock as it went before
                stamp += moved
        return max(now - stamp, timedelta())

    def keep(self, unit: UnitOfWork) -> None:
        """Keep it in the place of the one before."""
        unit.notes.keep(LIFE, asdict(self))

    @classmethod
    def read(cls, unit: UnitOfWork) -> Self | None:
        """The life of the daemon that works on the store, or did last; None where none ever did."""
        if (content := unit.notes.read(LIFE)) is None:
            return None
        for name in ("started_at", "beat_at", "ended_at", "set_at", "backups_since"):
            stamp = content.get(name)  # a daemon of before may not have kept it
            content[name] = stamp and datetime.fromisoformat(stamp)
        content["streams"] = tuple((system, stream) for system, stream in content["streams"])
        hooks = content.get("webhooks_since", ())
        content["webhooks_since"] = tuple((system, datetime.fromisoformat(stamp)) for system, stamp in hooks)
        return cls(**content)


def this_process() -> str:
    """This process, as others are told of it."""
    return f"process {os.getpid()} on {socket.gethostname()}"
