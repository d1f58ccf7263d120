"""What is measured of a store as the months pass."""

from __future__ import annotations

from dataclasses import dataclass

import psutil
from sqlalchemy import func, select

from syncd.store import Store
from syncd.tables.columns import metadata
from syncd.tables.growth import GROWTH, Bound


@dataclass(frozen=True)
class Figures:
    """One moment: rows by table, bytes that the store's rows take, bytes of memory of this process: all of it, and what
    it shares with no other."""

    rows: dict[str, int]
    bytes: int
    memory: int
    own: int

    @property
    def bounded(self) -> dict[str, int]:
        """The tables that must level off."""
        return {name: number for name, number in self.rows.items() if GROWTH[name].bound is not Bound.EVER}


def take(store: Store) -> Figures:
    """Measure now."""
    with store.reading() as unit:
        rows = {
            name: int(unit.connection.scalar(select(func.count()).select_from(table)) or 0)
            for name, table in metadata.tables.items()
        }
        used = 0
        if store.database.is_sqlite:
            page, pages, free = (
                int(unit.connection.exec_driver_sql(f"PRAGMA {name}").scalar() or 0)
                for name in ("page_size", "page_count", "freelist_count")
            )
            used = page * (pages - free)
    memory = psutil.Process().memory_full_info()
    return Figures(rows, used, memory.rss, memory.uss)
