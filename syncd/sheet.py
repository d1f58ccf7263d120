"""CSV tables with a line of headings: every row has a cell for each, or the complaint says where it has not.

What is written is safe to open in a spreadsheet: no text begins a formula (OWASP, CSV Injection).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any, NamedTuple, TextIO

from syncd.document import Complaint
from syncd.errors import ConfigError

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")  # full width beside ASCII


MOST_COMPLAINTS = 20  # that are told of one file


class Row(NamedTuple):
    """The cells wanted of one row, and the line on which it ends."""

    line: int
    cells: tuple[str, ...]


def rows(text: str, file: str, headings: Sequence[str]) -> Iterator[Row]:
    """Yield the cells below these headings, in their order; other columns may stand beside them. Raises ConfigError."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    heads: list[str] | None = None
    places: list[int] = []
    try:
        for cells in reader:
            if not cells:
                continue
            if heads is None:
                heads = [cell.strip() for cell in cells]
                places = _places(heads, file, reader.line_num, headings)
            elif len(cells) != len(heads):
                what = f"{len(cells)} cells, and the headings are {len(heads)}"
                mend = "put a cell that holds a comma in double quotes" if len(cells) > len(heads) else "fill the row"
                raise _error(file, reader.line_num, what, mend)
            else:
                yield Row(reader.line_num, tuple(cells[place].strip() for place in places))
    except csv.Error as error:
        raise _error(
            file, max(reader.line_num, 1), f"this is no CSV: {error}", "look for a quote that stays open"
        ) from error
    if heads is None:
        raise _error(file, 1, "the file is empty", f"begin with the headings {','.join(headings)}")


def _places(heads: Sequence[str], file: str, line: int, headings: Sequence[str]) -> list[int]:
    missing = [heading for heading in headings if heading not in heads]
    if missing:
        semicolons = len(heads) == 1 and ";" in heads[0]
        mend = "separate the cells by commas" if semicolons else f"begin with the headings {','.join(headings)}"
        raise _error(file, line, f"there is no heading {' and no heading '.join(missing)}", mend)
    return [heads.index(heading) for heading in headings]


def require_none(complaints: Sequence[Complaint], after: str) -> None:
    """Raise ConfigError with every complaint at once, or the first of them; after: what becomes of the file."""
    if complaints:
        more = len(complaints) - MOST_COMPLAINTS
        rest = [f"and {more:,} more"] if more > 0 else []
        raise ConfigError("\n".join([*map(str, complaints[:MOST_COMPLAINTS]), *rest, after]))


def _error(file: str, line: int, what: str, mend: str) -> ConfigError:
    return ConfigError(str(Complaint(file, line, what, mend)))


def write(target: TextIO, headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write these rows as CSV, one after the other, so that their number does not matter.

    A text that a spreadsheet would take for a formula gets an apostrophe before it.
    """
    writer = csv.writer(target)
    writer.writerow(headings)
    writer.writerows([_safe(value) for value in row] for row in rows)


def written(headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """The CSV of these rows as a text, see `write`."""
    target = io.StringIO(newline="")
    write(target, headings, rows)
    return target.getvalue()


def meant(cell: str) -> str:
    """What was meant by a cell that was written so: the apostrophe before what looks like a formula goes."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA) else cell


def _safe(value: Any) -> Any:
    if value is None or isinstance(value, int | float | Decimal):
        return value
    text = str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text
