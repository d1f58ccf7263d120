"""A list as a page shows it: its rows, how many there are, and from where the next part goes on."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from syncd.errors import ConfigError

ROWS: Final = 50  # of one part of a list
MOST_COUNTED: Final = 10_000  # and no further: counting on would cost more than it tells


@dataclass(frozen=True, slots=True)
class Listing:
    """One part of a list. number: how many rows there are, at most MOST_COUNTED; capped: whether there are more.

    next: what the next part goes on after; None at the end. begun: whether others come before this part.
    sort: by which column, with a minus where from the last on.
    """

    rows: Sequence[Any]
    number: int
    capped: bool = False
    next: str | None = None
    sort: str = ""
    begun: bool = False


def require_column(sort: str, columns: Collection[str]) -> tuple[str, bool]:
    """The column that a list is sorted by, and whether from the last on. Raises ConfigError."""
    name = sort.removeprefix("-")
    if name not in columns:
        says = f"sort: say one of {', '.join(columns)}"
        raise ConfigError(f"{says}, not {name!r}", plain=says)
    return name, sort.startswith("-")


def listed(
    rows: Sequence[Mapping[str, Any]],
    *,
    key: str | Callable[[Mapping[str, Any]], str],
    columns: Collection[str] = (),
    sort: str | None = None,
    after: str | None = None,
    most: int = ROWS,
) -> Listing:
    """One part of a list that is whole in memory. key: what tells its rows apart; columns: what it may be sorted by.

    What a row lacks comes last. A row that is gone meanwhile begins the list anew. Raises ConfigError.
    """
    name_of = key if callable(key) else lambda row: str(row[key])
    if sort:
        column, backwards = require_column(sort, columns)
        known = sorted((row for row in rows if row[column] is not None), key=lambda row: row[column], reverse=backwards)
        rows = [*known, *(row for row in rows if row[column] is None)]
    first = next((n + 1 for n, row in enumerate(rows) if name_of(row) == after), 0) if after else 0
    part = rows[first : first + most]
    goes_on = name_of(part[-1]) if part and first + most < len(rows) else None
    number = min(len(rows), MOST_COUNTED)
    return Listing(part, number, len(rows) > MOST_COUNTED, goes_on, sort or "", first > 0)
