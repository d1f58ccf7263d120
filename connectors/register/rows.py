"""The rows of a CSV text, where one bad row never takes others with it.

A cell may run over several lines inside quotes. A quote that is never closed would swallow the rest of the file, so
that a row of several lines counts only where it has the heading's number of columns; otherwise its first line alone is
bad, and reading goes on with the next one.
"""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

SPAN = 50  # lines that one row may run over


class RegisterRow(NamedTuple):
    """One row: the number of its (first) line, its cells, and what is wrong with it (empty: nothing)."""

    line: int
    cells: Sequence[Any]  # texts; of a spreadsheet also numbers
    problem: str


def read(lines: Iterable[str], delimiter: str = ",") -> Iterator[RegisterRow]:
    """Yield the rows behind the heading row, which comes first as line 1; blank lines are left out."""
    source = _Lines(lines, delimiter)
    width: int | None = None
    while (row := _next(source, width)) is not None:
        width = width or len(row.cells) or None
        if row.cells:
            yield row


class _Lines:
    """Lines that can be taken back."""

    def __init__(self, lines: Iterable[str], delimiter: str) -> None:
        self.delimiter = delimiter
        self._lines = iter(lines)
        self._back: deque[str] = deque()
        self.number = 0

    def take(self) -> str | None:
        line = self._back.popleft() if self._back else next(self._lines, None)
        self.number += line is not None
        return line

    def give_back(self, lines: Sequence[str]) -> None:
        self._back.extendleft(reversed(lines))
        self.number -= len(lines)


def _next(source: _Lines, width: int | None) -> RegisterRow | None:
    first = source.take()
    if first is None:
        return None
    number, more = source.number, list[str]()
    while True:
        cells, problem = _split(first + "".join(more), source.delimiter)
        if cells is not None and (not more or len(cells) == width):
            return RegisterRow(number, cells, _count(cells, width))
        line = source.take() if problem == _OPEN and len(more) < SPAN else None
        if line is None:
            source.give_back(more)
            return RegisterRow(number, [first.rstrip("\r\n")], problem or _OPEN)
        more.append(line)


_OPEN = "unexpected end of data"  # the csv module's complaint of a quote that is not closed


def _split(text: str, delimiter: str) -> tuple[list[str] | None, str]:
    if "\0" in text:  # no database takes it
        return None, "a null character"
    try:
        return next(csv.reader([text], delimiter=delimiter, strict=True), []), ""
    except csv.Error as error:
        return None, str(error)


def _count(cells: Sequence[str], width: int | None) -> str:
    if width is None or not cells or len(cells) == width:
        return ""
    return f"{len(cells)} columns where the heading has {width}"
