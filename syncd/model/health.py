"""Health: whether the systems are kept in step, and of each thing that keeps them from it: what, why, since when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple


class FindingKind(StrEnum):
    """What is looked at, one word each: the same word in metrics, alerts and JSON."""

    DATABASE = "database"  # it does not answer, takes nothing, or stands at another revision
    DISK = "disk"  # nearly full
    LEASE = "lease"  # the hold on the store was lost, or another syncd has it
    DAEMON = "daemon"  # not running
    SCHEDULE = "schedule"  # it runs, and starts no cycle although one is due
    PAUSED = "paused"
    CLOCK = "clock"  # it was set
    CONFIGURATION = "configuration"  # as the causes of runs, from here …
    PREMISE = "premise"
    UNSAFE = "unsafe"
    REFUSED = "refused"
    BUDGET = "budget"  # the vendor's allowance of the day; of it the daemon warns besides, before it is spent
    UNAVAILABLE = "unavailable"
    DEFECT = "defect"  # … to here
    BROKEN_OFF = "broken off"  # the process ended before its run did
    FIRST_PLAN = "first plan"  # the first `Plan` of a store waits to be applied
    LATE = "late"  # a system's streams, against their target
    WISHES = "wishes"  # not accepted, and growing old
    QUARANTINE = "quarantine"  # grown
    BACKUP = "backup"  # the last good one is old
    PRUNE = "prune"  # the last one failed
    ALERTS = "alerts"  # a channel does not take what it is told
    WEBHOOKS = "webhooks"  # a system's own calls do not come, or are not its own
    VALIDITY = "validity"  # of keys, tokens and certificates
    API_VERSION = "api version"  # ends


class Grade(StrEnum):
    """How bad it is: nothing goes on until somebody mends it; or it goes on, and somebody should look this week."""

    FAILING = "failing"
    WARNING = "warning"


WELL = "well"  # the state where nothing is wrong


class Finding(NamedTuple):
    """One thing that is wrong. No person and no record stands in it.

    where: systems, streams, files. since: aware UTC; None where nobody knows. look: the command that shows more.
    about: what tells it apart from others of its kind, however often it is looked at: a system, mostly.
    """

    kind: FindingKind
    where: tuple[str, ...]
    what: str
    mend: str
    grade: Grade
    since: datetime | None
    look: str
    number: int = 0
    about: str = ""

    @property
    def key(self) -> str:
        """What stays the same as long as the same thing is wrong."""
        return f"{self.kind.value}:{self.about}" if self.about else self.kind.value

    def plain(self) -> dict[str, Any]:
        """As JSON, without what says nothing."""
        content = {
            "key": self.key,
            "kind": self.kind.value,
            "grade": self.grade.value,
            "where": list(self.where),
            "what": self.what,
            "mend": self.mend,
            "since": self.since and self.since.isoformat(timespec="seconds"),
            "look": self.look,
        }
        return content | ({"number": self.number} if self.number else {})

    @classmethod
    def read(cls, content: Mapping[str, Any]) -> Finding:
        """A finding as it was kept."""
        kind, since = FindingKind(content["kind"]), content["since"]
        return cls(
            kind,
            tuple(content["where"]),
            content["what"],
            content["mend"],
            Grade(content["grade"]),
            datetime.fromisoformat(since) if since else None,
            content["look"],
            int(content.get("number", 0)),
            content["key"].removeprefix(kind.value).removeprefix(":"),
        )

    def __str__(self) -> str:
        return f"{self.kind.value}: {self.what}; mend: {self.mend}"


class Health(NamedTuple):
    """How syncd is: `well`, `warning` or `failing`; since when, and why, the worst first."""

    state: str
    since: datetime | None
    findings: tuple[Finding, ...] = ()

    @classmethod
    def of(cls, findings: Iterable[Finding]) -> Health:
        """The health that these findings make; it has its state since the oldest of the worst."""
        ordered = sorted(findings, key=_weight)
        if not ordered:
            return cls(WELL, None)
        worst = ordered[0].grade
        stamps = [finding.since for finding in ordered if finding.grade is worst and finding.since]
        return cls(worst.value, min(stamps, default=None), tuple(ordered))

    def plain(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "state": self.state,
            "since": self.since and self.since.isoformat(timespec="seconds"),
            "findings": [finding.plain() for finding in self.findings],
        }


def _weight(finding: Finding) -> tuple[int, int, str]:
    return list(Grade).index(finding.grade), list(FindingKind).index(finding.kind), finding.about
