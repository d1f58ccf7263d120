"""SOQL text: literals, SELECT, and lists of literals that fit into a URL."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from urllib.parse import quote_plus

from simple_salesforce.format import format_soql

# A URL may have 16,384 bytes; the rest is for host, path, fields and the other conditions.
ROOM = 9_000


def text(value: str) -> str:
    """Return a quoted literal."""
    return str(format_soql("{}", value))


def stamp(at: datetime) -> str:
    """Return a date-time literal in UTC with milliseconds: `format_soql` cuts them, and ties need them."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def select(
    fields: Iterable[str], table: str, *conditions: str | None, order: Sequence[str] = (), limit: int | None = None
) -> str:
    """Return a SELECT whose conditions must all hold; None among them is left out."""
    query = f"SELECT {', '.join(fields)} FROM {table}"
    if wanted := [condition for condition in conditions if condition]:
        query += f" WHERE {' AND '.join(wanted)}"
    if order:
        query += f" ORDER BY {', '.join(order)}"
    return query if limit is None else f"{query} LIMIT {limit}"


def lists(values: Iterable[str], room: int = ROOM) -> Iterator[str]:
    """Yield `('a','b',…)` lists of the values, each at most `room` bytes once it is encoded in a URL."""
    taken: list[str] = []
    size = 0
    for value in values:
        literal = text(value)
        cost = len(quote_plus(literal)) + 3  # and its comma, encoded
        if taken and size + cost > room:
            yield f"({','.join(taken)})"
            taken, size = [], 0
        taken.append(literal)
        size += cost
    if taken:
        yield f"({','.join(taken)})"
