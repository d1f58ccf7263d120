"""Alerts: what somebody is to be told of, what was told of it, and what is said now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, NamedTuple

WARNING: Final = "warning"
FAILING: Final = "failing"
GRADES: Final[Mapping[str, int]] = {WARNING: 1, FAILING: 2}


class Matter(NamedTuple):
    """One thing that somebody is to be told of, as it stands. key: what makes it this one and no other.

    where: streams, systems, or golden ids; never a person's name. number: of records; 0 where none are concerned.
    """

    key: str
    kind: str
    grade: str
    where: tuple[str, ...]
    what: str
    mend: str
    look: str
    since: datetime | None = None
    number: int = 0


@dataclass(frozen=True, slots=True)
class Alert:
    """A matter from when it was first seen until it is over, and what was told of it.

    told_at: when it was told last; told_grade: the grade that was told then. gone_at: since when it does not stand
    any more; times: that it was told.
    """

    matter: Matter
    first_at: datetime
    told_at: datetime | None = None
    told_grade: str | None = None
    times: int = 0
    gone_at: datetime | None = None
    over_at: datetime | None = None


class News(StrEnum):
    """What is told of an alert."""

    NEW = "new"
    WORSE = "worse"
    STILL = "still"
    OVER = "over"


MOST_PLACES: Final = 10  # that an entry names


class AlertEntry(NamedTuple):
    """What is told of all the matters that are alike: one cause, wherever it struck.

    number: of matters; records: that are concerned, where records are.
    """

    news: News
    kind: str
    grade: str
    where: tuple[str, ...]
    what: str
    mend: str
    look: str
    since: datetime | None
    number: int
    records: int = 0

    @property
    def places(self) -> str:
        """Where it struck, in a few words."""
        more = self.number - len(self.where)
        return ", ".join(self.where) + (f" and {more:,} more" if self.where and more > 0 else "")

    def plain(self) -> dict[str, Any]:
        """As JSON."""
        return self._asdict() | {
            "news": self.news.value,
            "where": list(self.where),
            "since": self.since.isoformat() if self.since else None,
        }

    @classmethod
    def read(cls, content: Mapping[str, Any]) -> AlertEntry:
        """An entry as it was kept."""
        since = datetime.fromisoformat(content["since"]) if content["since"] else None
        read = {"news": News(content["news"]), "where": tuple(content["where"]), "since": since}
        return cls(**{**content, **read})


class Message(NamedTuple):
    """What is sent to one channel. id: the same however often it is sent, so that its receiver can drop doubles."""

    id: str
    at: datetime
    installation: str
    entries: tuple[AlertEntry, ...]
