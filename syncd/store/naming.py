"""Naming: which raw records name a person, beyond their own: open tasks, memberships, roles, what forms sent.

They hang on nobody by a column, so that every record is looked through: the database finds those that may, and what
they hold is compared value by value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from sqlalchemy import ColumnElement, Connection, and_, or_, select

from syncd.model.references import RemoteRef
from syncd.store.conditions import ref_of, same_record
from syncd.store.mentions import Names, leaves, parsed
from syncd.tables.core import campaign, line_item, link, opportunity, source_record, stage_change

_STANDING_FOR_ITSELF = (opportunity, campaign, stage_change, line_item)


def records_naming(connection: Connection, refs: Sequence[RemoteRef], emails: Sequence[str]) -> list[RemoteRef]:
    """The records, none of somebody and none that stands for itself, that name one of these people's ids or addresses.

    emails: in the one spelling of all theirs.
    """
    if not refs and not emails:
        return []
    table, names = source_record.c, Names((*map(str, refs), *emails))
    linked = select(link.c.golden_id).where(same_record(link, source_record)).exists()
    name = table.system + "." + table.stream + "/" + table.remote_id
    of_itself = [select(other.c.id).where(other.c.id == name).exists() for other in _STANDING_FOR_ITSELF]
    perhaps = or_(names.perhaps_in(table.raw), *_with_ids(refs))
    columns = (table.system, table.stream, table.remote_id, table.raw)
    rows = connection.execute(select(*columns).where(perhaps, ~linked, ~or_(*of_itself)))
    return [ref_of(row) for row in rows if _speaks(row.system, row.raw, refs, names)]


def _with_ids(refs: Sequence[RemoteRef]) -> Iterator[ColumnElement[bool]]:
    """For each id the condition that holds for every record of its system in which it stands, and for some others."""
    table = source_record.c
    for ref in refs:
        ways = [ref.id]
        if ref.id.isdigit():  # as it may stand in JSON: a text or a number, whole
            ways = [f"{before}{ref.id}{behind}" for before in ":[," for behind in ",]}"] + [f'"{ref.id}"']
        yield and_(table.system == ref.system, or_(*(table.raw.contains(way, autoescape=True) for way in ways)))


def _speaks(system: str, raw: str, refs: Sequence[RemoteRef], names: Names) -> bool:
    """Whether a record of a system names one of the ids or addresses."""
    theirs = [ref for ref in refs if ref.system == system]
    return any(
        names.stand_in(words) or any(_is_of(ref, path, words) for ref in theirs) for path, words in leaves(parsed(raw))
    )


def _is_of(ref: RemoteRef, path: Sequence[str], words: str) -> bool:
    """Whether a value that stands under these keys is the id of this record, or names it.

    An id that is a bare number may be any number: a count of employees, the id of somebody else. It is theirs where a
    key says so: `contacts`, `contactId`, `primary_contact`.
    """
    if not ref.id.isdigit():
        return ref.id in words and re.search(rf"(?<!\w){re.escape(ref.id)}(?!\w)", words) is not None
    return words == ref.id and any(_means(key.lower(), ref.stream.lower()) for key in path)


def _means(key: str, stream: str) -> bool:
    kind = stream.removesuffix("s")
    return key == stream or re.sub(r"[\W_]", "", key).endswith((kind, f"{kind}id", f"{kind}ids"))
