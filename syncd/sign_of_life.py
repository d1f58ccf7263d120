"""The daemon's sign of life as it stands in its store, read without the weight of a store.

Where nothing is served over HTTP (port 0) a container's health check has nobody to ask but this.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from syncd.errors import Unavailable

NOTE: Final = "daemon"  # the note that holds the daemon's record of its life
SILENT: Final = timedelta(seconds=90)  # without a beat for so long no daemon runs
STORE: Final = "sqlite:///syncd.db"  # unless SYNCD_DATABASE_URL says otherwise
_ASK: Final = f"SELECT value FROM note WHERE name = '{NOTE}'"
_SQLITE: Final = "sqlite:///"


def store_named(environment: Mapping[str, str]) -> str:
    """The store's URL, as the environment, or a file that it names, says it. Raises Unavailable."""
    known = {name.lower(): value for name, value in environment.items() if value}
    if (file := known.get("syncd_database_url_file")) is None:
        return known.get("syncd_database_url", STORE)
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise Unavailable(f"SYNCD_DATABASE_URL_FILE cannot be read: {error.strerror}") from error


def require_beat(url: str, now: datetime | None = None) -> str:
    """Say when the daemon gave its last sign of life; raise Unavailable where it is too old, or cannot be read."""
    text = _read(url)
    if text is None:
        raise Unavailable("no daemon has worked on this store yet")
    life = json.loads(text)
    if life["ended_at"]:
        raise Unavailable(f"the daemon ended at {life['ended_at']}")
    age = (now or datetime.now(UTC)) - datetime.fromisoformat(life["beat_at"])
    if abs(age) > SILENT:
        raise Unavailable(f"the daemon gave its last sign of life at {life['beat_at']}")
    return f"alive: a sign of life {max(0, round(age.total_seconds()))} s ago"


def _read(url: str) -> str | None:
    try:
        return _read_file(url.removeprefix(_SQLITE)) if url.startswith(_SQLITE) else _ask_server(url)
    except Exception as error:  # the drivers' own kinds, which nobody may load before it is known which is needed
        raise Unavailable(f"the store cannot be read: {type(error).__name__}") from error


def _read_file(path: str) -> str | None:
    import sqlite3

    name = path if path.startswith("file:") else f"{Path(path).absolute().as_uri()}?mode=ro"
    with closing(sqlite3.connect(name, timeout=2, uri=True)) as connection:
        row = connection.execute(_ASK).fetchone()
    return str(row[0]) if row else None


def _ask_server(url: str) -> str | None:
    import psycopg

    scheme, _, rest = url.partition("://")
    with psycopg.connect(f"{scheme.partition('+')[0]}://{rest}", connect_timeout=4) as connection:
        row = connection.execute(_ASK).fetchone()
    return str(row[0]) if row else None
