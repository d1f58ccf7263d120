"""HubSpot's stamps (ISO texts ending in Z, or epoch milliseconds), and which span of time a run reads again.

A run reads again a little of what was read before, and once an hour much more: what HubSpot shows late it mostly shows
within seconds or minutes; disorder of up to an hour has been seen (airbyte#69203, estuary/connectors#2678).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

OVERLAP = timedelta(minutes=5)  # every window begins so much before the last one's end
SWEEP_EVERY = timedelta(hours=1)
SWEEP_BACK = timedelta(hours=1)  # before the last sweep: what may have surfaced since


def begin(since: int, swept: int, now: datetime) -> tuple[int, int]:
    """Return where the next window starts, and up to when late comers will have been looked for."""
    if epoch(now) - swept >= span(SWEEP_EVERY):
        return swept - span(SWEEP_BACK), epoch(now)
    return since - span(OVERLAP), swept


def epoch(at: datetime) -> int:
    """Return a stamp as HubSpot's epoch milliseconds."""
    return int(at.timestamp() * 1000)


def span(length: timedelta) -> int:
    """Return a length of time in milliseconds."""
    return length // timedelta(milliseconds=1)


def stamp(text: str | None) -> datetime | None:
    """Read an ISO stamp; one that cannot be read must not stop the page that it came with."""
    try:
        return datetime.fromisoformat(text) if text else None
    except ValueError:
        return None


def moment(at: object) -> datetime | None:
    """Read epoch milliseconds; None where there are none."""
    return datetime.fromtimestamp(at / 1000, UTC) if isinstance(at, int) and 0 < at < 1 << 47 else None
