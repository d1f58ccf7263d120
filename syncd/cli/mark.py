"""What marks every output of an unsigned agreement: text, JSON and CSV, wherever they are sent on to.

Each document of a signed one stays as it is. The mark is made by the settings that every command reads; what shows a
document asks for it here, and a test goes through all commands in all their formats.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextvars import ContextVar
from functools import cached_property
from pathlib import Path
from typing import Any, Final

KEY: Final = "agreement"  # of a JSON document, or of every row where the document is a list of rows
HEADING: Final = "unsigned agreement"  # of a table's last column: an empty table says it as well


class Mark:
    """The mark of one agreement, which is looked at when the first document is shown."""

    def __init__(self, agreement: Path | None, folder: Path | None) -> None:
        self.of = agreement, folder
        self.begun = False  # whether its line stands over the text already

    @cached_property
    def label(self) -> str:
        """The version as every output names it, such as `2026.1, unsigned`; empty where all have signed."""
        from syncd.agreement import unsigned  # what is asked all day long shows no document of an agreement

        tried = unsigned(*self.of)
        return tried.label if tried else ""


_mark: ContextVar[Mark | None] = ContextVar("mark", default=None)


def mark_by(agreement: Path | None, folder: Path | None) -> None:
    """Mark by this agreement what the command shows from now on; to say so again changes nothing."""
    mark = _mark.get()
    if mark is None or mark.of != (agreement, folder):
        _mark.set(Mark(agreement, folder))


def unmark() -> None:
    """Begin a command that has read no agreement yet."""
    _mark.set(None)


def first_line() -> str:
    """The line over a text; empty where it stands there already, or none is needed."""
    mark = _mark.get()
    if mark is None or mark.begun or not mark.label:
        return ""
    mark.begun = True
    return f"agreement {mark.label}"


def marked(content: Any) -> Any:
    """A JSON document that says so in its first key, or in each of its rows."""
    if not (label := _label()):
        return content
    match content:
        case Mapping():
            return {KEY: label, **content} | {KEY: label}
        case list() | tuple():
            return [{KEY: label, **row} if isinstance(row, Mapping) else row for row in content]
        case _:
            return content


def marked_table(
    headings: Sequence[str], rows: Iterable[Sequence[Any]]
) -> tuple[Sequence[str], Iterable[Sequence[Any]]]:
    """A table for a spreadsheet that says so in its last column."""
    if not (label := _label()):
        return headings, rows
    return (*headings, HEADING), _with(rows, label)


def _with(rows: Iterable[Sequence[Any]], label: str) -> Iterator[Sequence[Any]]:
    return ((*row, label) for row in rows)


def _label() -> str:
    mark = _mark.get()
    return mark.label if mark else ""
