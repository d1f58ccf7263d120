"""Marks: how records of ours are known in an org that takes no key field of ours on their object.

A task carries its key in the last line of its description, which nobody can query for: so the tasks that our own user
made are read and their last lines looked at. Its subject, its people, its owner and its dates may be changed by anybody
without hiding it. A contact role is known by what it stands between, and as ours by who made it.
That a long text area cannot be filtered by: Salesforce, SOQL and SOSL Reference, "Field Types That Don't Support
WHERE"; who created a record is never changed (Object Reference, "System Fields").
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from connectors.base import Raw, Record
from connectors.salesforce import soql
from connectors.salesforce.client import Client
from connectors.salesforce.refusals import KEY
from connectors.salesforce.shapes import Shape

# object → the field whose last line carries the key
MARKED: Mapping[str, str] = {"Task": "Description"}
# object → the two records that it stands between: of each pair there is one at most
PAIRS: Mapping[str, tuple[str, str]] = {"OpportunityContactRole": ("OpportunityId", "ContactId")}
KEYLESS = frozenset({*MARKED, *PAIRS})  # what can be written without a key field
# object → how its records are found without a key field
HOW: Mapping[str, str] = {
    "Task": "tasks carry their key in the last line of their description, and are found by it",
    "OpportunityContactRole": "contact roles are found by opportunity and contact",
}
# What a task is looked up by before it is made, best first: whom it is about, what, and whose it is.
BESIDE = ("WhoId", "WhatId", "OwnerId")
MARK = re.compile(r"^syncd: (\S+)\s*\Z", re.MULTILINE)
CREATED_BY = "CreatedById"


def is_marked(shape: Shape) -> bool:
    """True where an object's records carry their key as a mark."""
    return shape.keyless and MARKED.get(shape.name) in shape.fields


def is_paired(shape: Shape) -> bool:
    """True where an object's records are found by what they stand between."""
    return shape.keyless and shape.name in PAIRS


def knows_ours(shape: Shape) -> bool:
    """True where an object has no key field, and our records are known without it."""
    return is_marked(shape) or is_paired(shape)


def done_without(shape: Shape) -> frozenset[str]:
    """Return the fields of ours that the org refused and that syncd does without: the key, where it has a mark."""
    return frozenset(name for name in shape.left_out if name != KEY or knows_ours(shape))


def marked(text: str, key: str, room: int) -> str:
    """Return a text with the key as its last line, within `room` characters: the text gives way. 0: no limit."""
    mark = f"syncd: {key}"
    kept = text[: max(0, room - len(mark) - 2)] if room else text
    return f"{kept.rstrip()}\n\n{mark}" if kept.strip() else mark


def key_of(text: str | None) -> str | None:
    """Return the key that a text carries; None where it carries none, any more."""
    mark = MARK.search(text or "")
    return mark[1] if mark else None


def keys_made(client: Client, shape: Shape, *conditions: str | None) -> Iterator[tuple[str, str]]:
    """Yield key and Id of the records that our user made and that carry a mark, oldest first; archived ones too."""
    field = MARKED[shape.name]
    mine = f"{CREATED_BY} = {soql.text(client.user())}"
    query = soql.select(("Id", field), shape.name, mine, *conditions, "IsDeleted = false", order=("CreatedDate", "Id"))
    for row in client.rows(query, deleted=True):
        if key := key_of(row[field]):
            yield key, row["Id"]


def name_ours(client: Client, shape: Shape, records: Sequence[Record]) -> None:
    """Put the key that the field would hold into the records that our user made, in place."""
    me = client.user()[:15]
    ours = {record.id: record.raw for record in records if str(record.raw.get(CREATED_BY))[:15] == me}
    for record_id, key in _keys(client, shape, ours):
        ours[record_id][KEY] = key


def _keys(client: Client, shape: Shape, ours: Mapping[str, Raw]) -> Iterator[tuple[str, str]]:
    if is_paired(shape):
        for record_id, raw in ours.items():
            yield record_id, "/".join(str(raw.get(name) or "") for name in PAIRS[shape.name])
        return
    for some in soql.lists(ours):
        yield from ((record_id, key) for key, record_id in keys_made(client, shape, f"Id IN {some}"))


def beside(fields: Iterable[Mapping[str, object]]) -> Iterator[str]:
    """Yield conditions that together hold for the records that were made of these fields."""
    values: dict[str, set[str]] = {}
    for wanted in fields:
        if name := next((name for name in BESIDE if wanted.get(name)), None):
            values.setdefault(name, set()).add(str(wanted[name]))
    for name, ids in values.items():
        yield from (f"{name} IN {some}" for some in soql.lists(sorted(ids)))
