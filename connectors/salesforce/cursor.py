"""Where a stream's reading stands, as the text that the store keeps beside the page."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

import orjson


@dataclass(frozen=True, slots=True)
class Cursor:
    """A bookmark: either behind a finished reading (only `since`), or in the middle of one (`started` is set).

    since: reading starts at what changed from here on; None reads everything. started: the server's time when this
    reading began, `since` of the next one. at: stamp and Id of the last row handed out. locator: where Salesforce
    goes on (for two days). limited: the query has a LIMIT, so that more may follow its end. job, skip: the Bulk 2.0
    query, and rows of the result at `locator` that were handed out. asked: fingerprint of the query's fields; a locator
    of other fields is of no use.
    """

    since: str | None = None
    started: str | None = None
    at: tuple[str, str] | None = None
    locator: str | None = None
    limited: bool = False
    job: str | None = None
    skip: int = 0
    asked: str | None = None

    @classmethod
    def read(cls, text: str | None) -> Cursor:
        """Read what `text` returned. Anything else reads everything again, which is safe: saving is idempotent."""
        try:
            saved: Any = orjson.loads(text or "{}")
            at = saved.pop("at", None)
            cursor = cls(**saved, at=(at[0], at[1]) if at else None)
            for stamp in (cursor.since, cursor.started, cursor.at and cursor.at[0]):
                datetime.fromisoformat(stamp or "2000-01-01")
        except (ValueError, TypeError, AttributeError, IndexError):
            return cls()
        return cursor

    @property
    def text(self) -> str:
        """The cursor as JSON, without what is not set."""
        return orjson.dumps({name: value for name, value in asdict(self).items() if value}).decode()

    def begin(self, now: str, asked: str) -> Cursor:
        """Return the cursor of a reading that begins, or goes on with what is still of use."""
        if not self.started:
            return Cursor(since=self.since, started=now, asked=asked)
        if self.asked == asked:
            return self
        return replace(self, locator=None, limited=False, job=None, skip=0, asked=asked)

    def end(self) -> Cursor:
        """Return the cursor behind a finished reading."""
        return Cursor(since=self.started)
