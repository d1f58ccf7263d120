"""Where a stream's reading stands, as the text that the store keeps beside the page."""

from __future__ import annotations

from collections.abc import Sequence
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
    of other fields is of no use. lacking: fields that were wanted and not shown; lacking_since: what has changed from
    there on was read without one of them at least (None: everything), and is read again once it is shown.
    """

    since: str | None = None
    started: str | None = None
    at: tuple[str, str] | None = None
    locator: str | None = None
    limited: bool = False
    job: str | None = None
    skip: int = 0
    asked: str | None = None
    lacking: tuple[str, ...] = ()
    lacking_since: str | None = None

    @classmethod
    def read(cls, text: str | None) -> Cursor:
        """Read what `text` returned. Anything else reads everything again, which is safe: saving is idempotent."""
        try:
            saved: Any = orjson.loads(text or "{}")
            at = saved.pop("at", None)
            lacking = tuple(map(str, saved.pop("lacking", ())))
            cursor = cls(**saved, at=(at[0], at[1]) if at else None, lacking=lacking)
            for stamp in (cursor.since, cursor.started, cursor.lacking_since, cursor.at and cursor.at[0]):
                datetime.fromisoformat(stamp or "2000-01-01")
        except (ValueError, TypeError, AttributeError, IndexError):
            return cls()
        return cursor

    @property
    def text(self) -> str:
        """The cursor as JSON, without what is not set."""
        return orjson.dumps({name: value for name, value in asdict(self).items() if value}).decode()

    def begin(self, now: str, asked: str, missing: Sequence[str] = ()) -> Cursor:
        """Return the cursor of a reading that begins, or goes on with what is still of use. missing: as `lacking`."""
        since_when = self.lacking_since if self.lacking else self.since
        if not self.started:
            again = not set(self.lacking) <= set(missing)  # something is shown again
            since, lacking_since = since_when if again else self.since, since_when if missing else None
            return Cursor(since, now, asked=asked, lacking=tuple(missing), lacking_since=lacking_since)
        lacking = tuple(sorted({*self.lacking, *missing}))
        known = replace(self, lacking=lacking, lacking_since=since_when if lacking else None)
        if self.asked == asked:
            return known
        return replace(known, locator=None, limited=False, job=None, skip=0, asked=asked)

    def end(self) -> Cursor:
        """Return the cursor behind a finished reading."""
        return Cursor(since=self.started, lacking=self.lacking, lacking_since=self.lacking_since)
