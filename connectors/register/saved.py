"""How a register's file was saved: as text in some encoding and with some delimiter, or as a spreadsheet.

What is declared counts. Else a text is UTF-8, or UTF-16 where its mark says so; in which code page any other one was
saved nobody can tell from the file (ñ and ń are one byte), so that it must be declared. The delimiter is the one that
shows the id's column in the heading line. Spreadsheets (.xlsx, .xls, .xlsb, .ods) keep their numbers as numbers.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from importlib.resources.abc import Traversable
from typing import IO, Any

from connectors.base import Misconfigured, TryLater
from connectors.register import rows
from connectors.register.rows import RegisterRow

SPREADSHEETS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
DELIMITERS = (",", ";", "\t", "|")
BLOCK = 1 << 20
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_CODE_PAGES = "such as cp1252 (a Windows spreadsheet in Western Europe) or cp1250 (in Central Europe)"


@dataclass(frozen=True, slots=True)
class Form:
    """What is declared of a register's file. sheet: of a spreadsheet; the first one where none is named."""

    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None

    def __str__(self) -> str:
        return " ".join(filter(None, (self.encoding, self.delimiter, self.sheet)))


@contextmanager
def table(file: Traversable, form: Form, id_field: str) -> Iterator[Iterator[RegisterRow]]:
    """The heading row, as line 1, and the rows below it. Raises Misconfigured, or TryLater for a damaged file."""
    if file.name.lower().endswith(SPREADSHEETS):
        yield _sheet_rows(file, form)
        return
    encoding = form.encoding or _encoding(file)
    try:
        with _unpacked(file) as raw:
            # A byte that spoils its own cell does not spoil the file.
            text = io.TextIOWrapper(raw, encoding=encoding, errors="replace", newline="")
            first = text.readline()
            if first.startswith("sep="):  # a spreadsheet's word to itself
                first = text.readline()
            yield rows.read(_again(first, text), form.delimiter or _delimiter(first, id_field))
    except LookupError as error:
        raise Misconfigured(f"there is no encoding {encoding!r}: declare one, {_CODE_PAGES}") from error


@contextmanager
def _unpacked(file: Traversable) -> Iterator[IO[bytes]]:
    try:
        with file.open("rb") as packed:
            yield gzip.GzipFile(fileobj=packed) if file.name.endswith(".gz") else packed  # type: ignore[misc]
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise TryLater(f"the register's file is damaged, or being replaced ({type(error).__name__})") from error


def _encoding(file: Traversable) -> str:
    decoder, read, odd = codecs.getincrementaldecoder("utf-8")("replace"), 0, 0
    with _unpacked(file) as raw:
        while block := raw.read(BLOCK):
            if read == 0 and block.startswith(_UTF_16):
                return "utf-16"
            read += len(block)
            letters = decoder.decode(block)
            if not letters.isascii():
                spoiled = letters.count("\N{REPLACEMENT CHARACTER}")
                odd += spoiled - (sum(not letter.isascii() for letter in letters) - spoiled)
    if odd > 0:
        raise Misconfigured(f"this is no UTF-8: declare the `encoding` in which it was saved, {_CODE_PAGES}")
    return "utf-8-sig"


def _delimiter(heading: str, id_field: str) -> str:
    cells = {delimiter: next(csv.reader([heading], delimiter=delimiter), []) for delimiter in DELIMITERS}
    showing = [one for one in DELIMITERS if id_field in map(str.strip, cells[one])]
    return max(showing or DELIMITERS, key=lambda delimiter: len(cells[delimiter]))


def _again(first: str, rest: IO[str]) -> Iterator[str]:
    if first:
        yield first
        yield from rest


def _sheet_rows(file: Traversable, form: Form) -> Iterator[RegisterRow]:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(file.read_bytes()))
    except CalamineError as error:
        raise TryLater(f"the register's file is damaged, or being replaced ({type(error).__name__})") from error
    name = form.sheet or book.sheet_names[0]
    if name not in book.sheet_names:
        raise Misconfigured(f"there is no sheet {name!r}; there are: {', '.join(book.sheet_names)}")
    line = 0
    for number, values in enumerate(book.get_sheet_by_name(name).to_python(), start=1):
        cells = [_cell(value) for value in values]
        if any(cell != "" for cell in cells):
            line += 1
            yield RegisterRow(1 if line == 1 else number, cells, "")


def _cell(value: Any) -> Any:
    """A number stays one, a whole one without its point; a day is told as such; all else is text."""
    if isinstance(value, bool) or value is None:
        return "" if value is None else str(value).lower()
    if isinstance(value, float):
        return int(value) if value.is_integer() else value
    return value if isinstance(value, int) else value.isoformat() if isinstance(value, date) else str(value)
