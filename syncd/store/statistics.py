"""What PostgreSQL's planner knows of the tables: made by ourselves where a load has filled one.

Its own daemon comes once a minute, if it is on at all, and a store that was restored from a dump has none.
https://www.postgresql.org/docs/current/monitoring-stats.html
"""

from __future__ import annotations

from sqlalchemy import Connection, text

_GROWN = text(
    "SELECT relname FROM pg_stat_user_tables WHERE schemaname = current_schema()"
    " AND n_mod_since_analyze > 1000 + n_live_tup / 5 ORDER BY relname"
)


def refresh(connection: Connection) -> list[str]:
    """Look anew at each table of which more than a fifth has changed; returns their names. SQLite needs none."""
    if connection.dialect.name != "postgresql":
        return []
    grown = list(connection.execute(_GROWN).scalars())
    quote = connection.dialect.identifier_preparer.quote
    for name in grown:
        connection.execute(text(f"ANALYZE {quote(name)}"))
    return grown
