"""The kinds of columns that the tables are made of; stamps are aware UTC, JSON is text."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Boolean, Column, DateTime, ForeignKey, Integer, String, Text, text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field, SQLModel

from connectors.scrubber import scrub

metadata = SQLModel.metadata
metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

_JSON = {"json": True}  # what is known of a column whose text is JSON


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC stamp; SQLite keeps it without a zone, so it is taken off and put back here."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive stamps; hand the database UTC."""
        return _as_utc(value) if value is not None else None

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], Any] | None:
        """Write SQLite's text ourselves: SQLAlchemy's own way takes five times as long."""
        return _sqlite_text if dialect.name == "sqlite" else super().bind_processor(dialect)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give back aware UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Words(TypeDecorator[str]):
    """Text that says what happened, in whose words it may be: no secret that is known is ever kept in it."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Hand the database the text without secrets, and without what it would refuse the row for."""
        return storable(scrub(value)) if value else value


def storable(words: str) -> str:
    """A text without what a database does not take: zero bytes, and halves of surrogate pairs.

    PostgreSQL's text holds no NUL, and valid UTF-8 alone (postgresql.org/docs/current/datatype-character.html).
    """
    return words.replace("\0", "\ufffd").encode("utf-8", "replace").decode()


def _as_utc(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError(f"a stamp without a time zone: {at}")
    return at.astimezone(UTC)


def _sqlite_text(at: datetime | None) -> str | None:
    if at is None:
        return None
    at = at if at.tzinfo is UTC else _as_utc(at)
    return at.isoformat(" ", "microseconds")[:26]


def stamp_column(*, index: bool = False, nullable: bool = True) -> Any:
    """An aware UTC stamp."""
    return Field(default=None, sa_column=Column(UtcDateTime, index=index, nullable=nullable))


def text_column(*, nullable: bool = True) -> Any:
    """Text of any length."""
    return Field(default=None if nullable else "", sa_column=Column(Text, nullable=nullable))


def words_column(*, nullable: bool = True) -> Any:
    """What happened, in words: the text of an error, a reason, a line of audit."""
    return Field(default=None if nullable else "", sa_column=Column(Words, nullable=nullable))


def words_json_column(empty: str) -> Any:
    """The same as JSON."""
    return Field(default=empty, sa_column=Column(Words, nullable=False, server_default=text(f"'{empty}'"), info=_JSON))


def refers_column(target: str, *, nullable: bool = True) -> Any:
    """The key of a row in another table."""
    return Field(default=None, sa_column=Column(String, ForeignKey(target), index=True, nullable=nullable))


def json_column(empty: str) -> Any:
    """JSON as text; `empty` is what stands where nothing was said."""
    return Field(default=empty, sa_column=Column(Text, nullable=False, server_default=text(f"'{empty}'"), info=_JSON))


def document_column() -> Any:
    """JSON as text that every row comes with."""
    return Field(default="", sa_column=Column(Text, nullable=False, info=_JSON))


def is_json(column: Column[Any]) -> bool:
    """Whether a column's text is JSON."""
    return column.info == _JSON


def number_column(first: int = 0) -> Any:
    """A counter."""
    return Field(default=first, sa_column=Column(Integer, nullable=False, server_default=text(str(first))))


def flag_column(*, default: bool = False) -> Any:
    """Yes or no."""
    return Field(
        default=default, sa_column=Column(Boolean, nullable=False, server_default=text("true" if default else "false"))
    )
