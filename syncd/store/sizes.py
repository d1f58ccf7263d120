"""How large the store is: each table's rows, its oldest, how long they are kept; and the whole."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, text

from syncd.model.keeping import Keep
from syncd.store import Store, UnitOfWork
from syncd.store.notes import FORGOTTEN_BEFORE
from syncd.tables.columns import metadata
from syncd.tables.growth import GROWTH, Bound, Growth

_SIZES = text(
    "SELECT relname, pg_total_relation_size(relid) FROM pg_stat_user_tables WHERE schemaname = current_schema()"
)

_ROWS = text("SELECT relname, n_live_tup FROM pg_stat_user_tables WHERE schemaname = current_schema()")


def read_sizes(store: Store, keep: Keep) -> dict[str, Any]:
    """Plain JSON values: by table its rows, bytes where they are known without counting, oldest day, days kept (0: for
    ever) and why; and bytes of the whole store, with those that are free and are used again."""
    with store.reading() as unit:
        known = {name: metadata.tables[name] for name in GROWTH}
        rows = unit.pruning.rows_of(known, {name: growth.oldest for name, growth in GROWTH.items()})
        measured = () if store.database.is_sqlite else unit.connection.execute(_SIZES).all()
        sizes = {row[0]: int(row[1]) for row in measured}
        return {
            "tables": {
                name: _table(unit, name, growth, rows[name], sizes.get(name), keep) for name, growth in GROWTH.items()
            },
            "store": _whole(store, unit.connection),
        }


def _table(
    unit: UnitOfWork, name: str, growth: Growth, rows: tuple[int, Any], size: int | None, keep: Keep
) -> dict[str, Any]:
    number, oldest = rows
    day = oldest.date() if isinstance(oldest, datetime) else oldest
    days = keep.days(growth.keep)
    content = {
        "rows": number,
        "bytes": size,
        "oldest": day.isoformat() if isinstance(day, date) else None,
        "bound": growth.bound.value,
        "days": days if growth.bound is Bound.DAYS else None,
        "after": growth.after or None,
        "why": growth.why,
    }
    if name == "activity" and days:
        since = unit.notes.read(FORGOTTEN_BEFORE)
        content["let_go_before"] = since.date().isoformat() if since else None
    return content


def count_rows(store: Store, unit: UnitOfWork) -> dict[str, int]:
    """The rows of each table: counted on SQLite, a server's own estimate elsewhere, where counting reads everything."""
    if store.database.is_sqlite:
        known = {name: metadata.tables[name] for name in GROWTH}
        return {name: number for name, (number, _) in unit.pruning.rows_of(known, {}).items()}
    return {row[0]: int(row[1]) for row in unit.connection.execute(_ROWS) if row[0] in GROWTH}


def bytes_of(store: Store, connection: Connection) -> int:
    """The bytes of the whole store."""
    return int(_whole(store, connection)["bytes"])


def _whole(store: Store, connection: Connection) -> dict[str, Any]:
    """The store's bytes. SQLite gives none back: what is let go of is free for what comes."""
    if not store.database.is_sqlite:
        return {"bytes": int(connection.scalar(text("SELECT pg_database_size(current_database())")) or 0)}
    page = int(connection.exec_driver_sql("PRAGMA page_size").scalar() or 0)
    free = int(connection.exec_driver_sql("PRAGMA freelist_count").scalar() or 0)
    path = Path(str(store.database.url.database))
    files = [path, path.with_name(f"{path.name}-wal")]
    return {"bytes": sum(file.stat().st_size for file in files if file.exists()), "free": page * free}


def kept_in_words(table: dict[str, Any]) -> str:
    """How long a table's rows are kept, for people."""
    if table["days"] is None:
        return str(table["bound"])
    if not table["days"]:
        return Bound.EVER.value
    return " ".join(filter(None, (f"{table['days']:,} days", table["after"])))
