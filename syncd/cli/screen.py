"""What the command line shows without colours: lines, numbers, JSON when asked."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import orjson
import typer

from syncd.cli.mark import first_line, marked
from syncd.legible import legible


def show_json(content: Any) -> None:
    """One JSON document on standard output."""
    sys.stdout.write(legible(orjson.dumps(marked(content), option=orjson.OPT_INDENT_2, default=str).decode()) + "\n")


def begin() -> None:
    """Where the agreement is unsigned, say so over a text, once."""
    if line := first_line():
        typer.echo(legible(line))


def show_line(text: str) -> None:
    """One line on standard output."""
    begin()
    typer.echo(legible(text))


def say(text: str) -> None:
    """One line for people, on standard error, so that standard output stays data."""
    typer.echo(legible(text), err=True)


def show_numbers(title: str, numbers: Mapping[str, Any], *, empty: str = "none") -> None:
    """One line of named numbers: `pending: 3 contact, 1 task`."""
    show_line(f"{title}: {', '.join(f'{cell(value)} {name}' for name, value in numbers.items()) or empty}")


WIDEST = 40  # characters up to which a column is padded: one long text would push all others out of sight


def aligned(rows: Sequence[Sequence[str]], right: Sequence[int] = ()) -> Iterator[str]:
    """Lines whose columns stand under each other, two blanks apart; after a text that is too long its line goes on."""
    widths = [min(max(map(len, column)), WIDEST) for column in zip(*rows, strict=True)]
    for row in rows:
        parts = zip(row, widths, strict=True)
        padded = (cell.rjust(width) if n in right else cell.ljust(width) for n, (cell, width) in enumerate(parts))
        yield f"  {'  '.join(padded)}".rstrip()


def cell(value: Any) -> str:
    """A value in one cell of a table: numbers by thousands, text on one line."""
    if value is None:
        return ""
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else " ".join(str(value).split())
