"""Whether the store can be used, said in one line where it cannot."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError

from syncd.errors import ConfigError, Unavailable
from syncd.store import Store


def prepare(store: Store) -> None:
    """Make an empty SQLite file ready; raise unless the database answers and stands at the newest revision."""
    with reachable(store):
        if store.is_new():
            store.migrate()
        store.require_head()


@contextmanager
def reachable(store: Store) -> Iterator[None]:
    """Say in one line why the database cannot be used: a file is to be mended, a server may come back."""
    try:
        yield
    except DBAPIError as error:
        why = str(error.orig or error).splitlines()[0]
        if store.database.is_sqlite:
            raise ConfigError(f"SYNCD_DATABASE_URL: {store.database.url.database}: {why}") from error
        raise Unavailable(f"SYNCD_DATABASE_URL: the database cannot be used now: {why}") from error
