"""docs/reference/tables.md, from the SQLModel classes."""

import inspect
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Table

from syncd import tables
from syncd.tables import golden, house, meaning, seen
from tests.reference.markdown import comments, head, prose, row, table

PARTS = {
    "What we saw": seen,
    "Who is who": golden,
    "What it means, what we want, what was acknowledged": meaning,
    "The house": house,
}


def lines() -> Iterator[str]:
    """Every table with its columns."""
    yield from head("Tables of the store", "`syncd/tables/`", tables.__doc__ or "")
    for title, module in PARTS.items():
        yield from ("", f"## {title}")
        models = [one for _, one in inspect.getmembers(module, inspect.isclass) if one.__module__ == module.__name__]
        for model in sorted(models, key=lambda model: inspect.getsourcelines(model)[1]):
            if isinstance(getattr(model, "__table__", None), Table):
                yield from _table(model)


def _table(model: Any) -> Iterator[str]:
    described: Table = model.__table__
    yield from ("", f"### {described.name}", "", prose(model.__doc__))
    yield from table("column", "type", "note")
    notes = comments(model)
    for column in described.columns:
        parts = [
            "key" if column.primary_key else "" if column.nullable else "always set",
            *(f"→ {key.target_fullname}" for key in column.foreign_keys),
            notes.get(column.name, ""),
        ]
        yield row(f"`{column.name}`", str(column.type).lower(), "; ".join(filter(None, parts)))
