"""A fault costs what it stands at: work that breaks is tried again in halves, down to the one thing that breaks it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, OperationalError

from syncd.errors import SyncdError, what_broke
from syncd.store.database import forbidden_by

T = TypeVar("T")
R = TypeVar("R")


def by_halves(
    connection: Connection,
    things: Sequence[T],
    work: Callable[[Sequence[T]], R],
    set_aside: Callable[[T, str], None],
) -> list[R]:
    """Work on things inside a savepoint; where that breaks, on each half by itself. Returns what each part gave.

    set_aside: what is done with the one thing at which it breaks, and what kind of fault it was. Raises what is no
    thing's fault: a database that cannot be used, and what a person must mend.
    """
    try:
        with connection.begin_nested():
            return [work(things)]
    except (SyncdError, MemoryError):
        raise
    except Exception as error:
        if isinstance(error, OperationalError) and not _too_large(error):
            raise
        if isinstance(error, DBAPIError) and forbidden_by(error) is not None:
            raise
        if len(things) == 1:
            set_aside(things[0], what_broke(error))
            return []
    middle = len(things) // 2
    return [
        part for half in (things[:middle], things[middle:]) for part in by_halves(connection, half, work, set_aside)
    ]


def _too_large(error: OperationalError) -> bool:
    """True where PostgreSQL finds a thing too large or too complex: class 54, an operational error to its driver.

    Source: postgresql.org/docs/current/errcodes-appendix.html, "Program Limit Exceeded".
    """
    return str(getattr(error.orig, "sqlstate", None) or "").startswith("54")
