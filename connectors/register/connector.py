"""A register as a source: each row of a CSV file is a record, under the id that the register gives it.

A register changes as a whole (a new edition of the file), so that its cursor is the file's digest: the same file has no
news, another one is read from the start. Its rows carry no stamps.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.resources.abc import Traversable

import orjson

from connectors.base import PROBLEM, Budget, ConnectorError, Misconfigured, Page, Problem, Raw, Record
from connectors.register import rows, saved
from connectors.register.saved import Form

AS_IT_IS = Form()
PAGE = 1000


class Register:
    """The file of one documented universe, with a heading row: CSV (`.gz` if compressed) or a spreadsheet, see `saved`.

    id_field: the heading of the id column. A row that cannot be read (no id, an id that came before, too few or too
    many columns) is handed out under the id `line N` with what is wrong under `_problem` and its cells under `_cells`:
    it carries none of the register's columns, so that a mapping refuses it without stopping the others.
    """

    def __init__(
        self, system: str, file: Traversable, id_field: str, *, stream: str = "institutions", form: Form = AS_IT_IS
    ) -> None:
        self.system = system
        self.streams: Sequence[str] = (stream,)
        self.budget = Budget()
        self._id_field = id_field
        self._file = file
        self._form = form

    def tenant(self) -> None:
        """Return None: a register is the same for everybody."""

    def pull(self, stream: str, fields: Sequence[str], cursor: str | None) -> Iterator[Page]:
        """Yield the rows behind `cursor`, 1,000 a page; none where the file is the one that the cursor has seen."""
        self._require(stream)
        edition = self._digest()
        edition_read, start = _place(cursor)
        if edition_read != edition:
            start = 0
        if start is None:
            yield Page((), _cursor(edition, None))
            return
        waiting: list[Record] = []
        for number, record in enumerate(self._records(), start=1):
            if number <= start:
                continue
            if len(waiting) == PAGE:
                yield Page(waiting, _cursor(edition, number - 1))
                waiting = []
            waiting.append(record)
        yield Page(waiting, _cursor(edition, None))

    def fetch(self, stream: str, fields: Sequence[str], ids: Sequence[str]) -> Sequence[Record]:
        """Return the rows with these ids, in the order of the file."""
        self._require(stream)
        wanted = set(ids)
        return [record for record in self._records() if record.id in wanted] if wanted else []

    def check(self, wanted: Mapping[str, Sequence[str]]) -> Sequence[Problem]:
        """Say whether the file can be read, and which of the columns wanted it lacks."""
        where = f"register {self.system}"
        try:
            with self._open() as table:
                heading = next(table, rows.RegisterRow(1, (), "")).cells
        except ConnectorError as error:
            return [Problem("error", where, str(error), "correct `file` in the register's mapping")]
        lacking = [name for name in dict.fromkeys([self._id_field, *_flat(wanted)]) if name not in heading]
        return [
            Problem("error", where, f"there is no column {name!r}", "correct the register's mapping, or its file")
            for name in lacking
        ] + [
            Problem("error", where, f"there is no stream {name!r}", f"the register has only {self.streams[0]}")
            for name in wanted
            if name not in self.streams
        ]

    def _require(self, stream: str) -> None:
        if stream not in self.streams:
            raise Misconfigured(f"the register {self.system} has no stream {stream!r}, only {self.streams[0]}")

    def _records(self) -> Iterator[Record]:
        ids: set[str] = set()
        with self._open() as table:
            heading = [str(cell).strip() for cell in next(table, rows.RegisterRow(1, (), "")).cells]
            if self._id_field not in heading:
                raise Misconfigured(
                    f"the register {self.system} has no column {self._id_field!r}, only: {_shown(heading)}"
                )
            place = heading.index(self._id_field)
            for line, cells, problem in table:
                id = "" if problem else str(cells[place]).strip()
                if problem := problem or _doubt(self._id_field, id, ids):
                    yield Record(f"line {line}", None, False, {PROBLEM: problem, "_cells": list(cells)})
                    continue
                ids.add(id)
                raw: Raw = dict(zip(heading, cells, strict=True))
                yield Record(id, None, False, raw)

    @contextmanager
    def _open(self) -> Iterator[Iterator[rows.RegisterRow]]:
        try:
            with saved.table(self._file, self._form, self._id_field) as table:
                yield table
        except ConnectorError as error:
            raise type(error)(f"the register {self.system}: {error}") from error
        except OSError as error:
            raise Misconfigured(f"the register {self.system} cannot be read: {error.strerror}") from error

    def _digest(self) -> str:
        digest = hashlib.blake2b(str(self._form).encode(), digest_size=12)
        try:
            with self._file.open("rb") as file:
                while block := file.read(1 << 16):
                    digest.update(block)
        except OSError as error:
            raise Misconfigured(f"the register {self.system} cannot be read: {error.strerror}") from error
        return digest.hexdigest()


def _shown(heading: Sequence[str]) -> str:
    """The first columns of a heading, for a message."""
    return ", ".join(map(repr, heading[:8])) + (", …" if len(heading) > 8 else "")


def _doubt(name: str, id: str, earlier: set[str]) -> str:
    if not id:
        return f"{name} is empty"
    return f"{name} {id} stands in an earlier row" if id in earlier else ""


def _cursor(edition: str, row: int | None) -> str:
    return orjson.dumps({"edition": edition, "row": row}).decode()


def _place(cursor: str | None) -> tuple[str | None, int | None]:
    """Return the edition that a cursor has seen, and up to which row (None: to its end)."""
    try:
        state = orjson.loads(cursor or "")
        row = state["row"]
        return str(state["edition"]), row if row is None else int(row)
    except (ValueError, TypeError, KeyError):
        return None, 0


def _flat(wanted: Mapping[str, Sequence[str]]) -> Iterator[str]:
    for fields in wanted.values():
        yield from fields
