"""Whether the store can be used, said in one line where it cannot."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from syncd.errors import ConfigError, NoStore, Unavailable
from syncd.store import Store
from syncd.store.database import forbidden_by
from syncd.store.said import code_of, words_of

CANNOT_OPEN = "SQLITE_CANTOPEN"  # its folder is not there, or may not be written: sqlite.org/rescode.html


def make_ready(store: Store) -> None:
    """Make a SQLite file that is new ready; raise unless the database answers and stands at the newest revision."""
    with reachable(store):
        if store.is_new():
            store.migrate()
        store.require_head()


def require_ready(store: Store) -> None:
    """Raise unless there is a store and it stands at the newest revision; make nothing."""
    with reachable(store):
        if is_missing(store):
            raise NoStore(f"no store at {store.database.url.database}; `syncd migrate` makes one, and so does a cycle")
        store.require_head()


def is_missing(store: Store) -> bool:
    """Whether this is a SQLite file that does not exist, or holds nothing yet."""
    path = Path(str(store.database.url.database))
    if store.database.is_sqlite and not str(path).startswith("file:") and _is_nothing(path):
        return True  # to connect would make it, or write into an empty file
    return store.is_new()


def _is_nothing(path: Path) -> bool:
    return not path.exists() or (path.is_file() and not path.stat().st_size)


@contextmanager
def reachable(store: Store) -> Iterator[None]:
    """Say in one line why the database cannot be used: a file is to be mended, a server may come back."""
    try:
        yield
    except DBAPIError as error:
        if (forbidden := forbidden_by(error)) is not None:
            raise forbidden from error
        why = words_of(error)
        if store.database.is_sqlite:
            raise ConfigError(f"SYNCD_DATABASE_URL: {store.database.url.database}: {why}") from error
        mend = "start the database, or mend the variable, and run it again"
        raise Unavailable(f"SYNCD_DATABASE_URL: the database cannot be used now: {why}; {mend}") from error
    except Unavailable as error:
        cause = error.__cause__
        if not isinstance(cause, DBAPIError) or code_of(cause) != CANNOT_OPEN:  # who holds a file lets it go
            raise
        raise ConfigError(f"SYNCD_DATABASE_URL: {store.database.url.database}: {words_of(cause)}") from error
