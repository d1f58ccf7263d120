"""Keeping: how long the store remembers what nobody asks for any more."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Final

A_YEAR: Final = 366  # days: how far back `syncd agreement diff` looks by itself


@dataclass(frozen=True)
class Keep:
    """For how many days each thing is kept; 0: for ever. Settings say them.

    runs: those that ended well. failed_runs: the others. gone: raw records whose system does not show them any more.
    activities: what people did, as far as no rule rests on it. snapshots: the audit's counts of a day, and gaps that
    were closed. replayed: how far back terms can be replayed whatever the agreement's own windows are.
    """

    runs: int = 90
    failed_runs: int = 365
    gone: int = 180
    activities: int = 1_095
    snapshots: int = 1_095
    replayed: int = A_YEAR

    def days(self, name: str | None) -> int:
        """The days under a name; 0 where nothing of that name goes by days."""
        return int(getattr(self, name)) if name in {one.name for one in fields(self)} else 0

    def since(self, name: str | None, now: datetime) -> datetime | None:
        """From when on it is kept; None: for ever."""
        days = self.days(name)
        return now - timedelta(days=days) if days else None
