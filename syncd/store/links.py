"""Statements on who is who: where remote records belong, and what golden records are recognised by."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, and_, delete, false, select

from syncd.matching import Candidate, Token
from syncd.model.kinds import telling
from syncd.store.database import Database, among, chunks, table_of
from syncd.store.golden import TABLES, alias, identifier, link, waiting
from syncd.store.records import Ref, by_stream, source_record, split, unmatch_named
from syncd.tables import Identifier, Waiting


@dataclass
class Linked:
    """Where a remote record belongs today."""

    golden_id: str
    kind: str
    manual: bool


def find(connection: Connection, refs: Iterable[Ref]) -> dict[Ref, Linked]:
    """Where the named remote records belong; unknown ones are left out."""
    found: dict[Ref, Linked] = {}
    for (system, stream), ids in by_stream(split(ref) for ref in set(refs)).items():
        if not stream:
            continue
        for part in chunks(sorted(ids)):
            rows = connection.execute(
                select(link.c.remote_id, link.c.golden_id, link.c.kind, link.c.manual).where(
                    link.c.system == system, link.c.stream == stream, among(link.c.remote_id, part)
                )
            ).all()
            for remote_id, golden_id, kind, manual in rows:
                found[f"{system}.{stream}/{remote_id}"] = Linked(golden_id, kind, manual)
    return found


def goldens_by(connection: Connection, kind: str, how: str, values: Iterable[str]) -> dict[str, list[str]]:
    """Golden ids by identifying value."""
    found: dict[str, list[str]] = defaultdict(list)
    for part in chunks(sorted(set(values))):
        rows = connection.execute(
            select(identifier.c.value, identifier.c.golden_id)
            .where(identifier.c.kind == kind, identifier.c.how == how, among(identifier.c.value, part))
            .order_by(identifier.c.golden_id)
        ).all()
        for value, golden_id in rows:
            found[value].append(golden_id)
    return found


def known(connection: Connection, kind: str, tokens: Iterable[Token]) -> dict[Token, list[Candidate]]:
    """Candidates for each token, with what they are recognised by. `ref` tokens go through links both ways."""
    by_how: dict[str, set[str]] = defaultdict(set)
    for how, value in tokens:
        by_how[how].add(value)
    ids: dict[Token, list[str]] = defaultdict(list)
    for key, golden_id in _standing(connection, kind, by_how.pop("key", ())).items():
        ids["key", key].append(golden_id)
    for how, values in by_how.items():
        for value, golden_ids in goldens_by(connection, kind, how, values).items():
            ids[how, value] += golden_ids
    for ref, place in find(connection, by_how.get("ref", ())).items():
        if place.kind == kind and place.golden_id not in ids["ref", ref]:
            ids["ref", ref].append(place.golden_id)
    rows = recognisable(connection, kind, {one for group in ids.values() for one in group})
    return {token: [rows[one] for one in group if one in rows] for token, group in ids.items()}


def _standing(connection: Connection, kind: str, keys: Iterable[str]) -> dict[str, str]:
    """Golden ids that still stand under these keys, aliases followed."""
    table = table_of(TABLES[kind])
    found: dict[str, str] = {}
    for part in chunks(sorted(set(keys))):
        renamed = select(alias.c.old_id, alias.c.new_id).where(alias.c.kind == kind, among(alias.c.old_id, part))
        found.update({row[0]: row[1] for row in connection.execute(renamed)})
        standing = connection.execute(select(table.c.id).where(among(table.c.id, part))).scalars()
        found.update({key: key for key in standing})
    return found


def recognisable(connection: Connection, kind: str, ids: Iterable[str]) -> dict[str, Candidate]:
    """The identifying fields and linked streams of golden records."""
    table = table_of(TABLES[kind])
    columns = [table.c[name] for name in ("id", *telling(kind))]
    found: dict[str, Candidate] = {}
    for part in chunks(sorted(set(ids))):
        streams: dict[str, set[str]] = defaultdict(set)
        for golden_id, system, stream in connection.execute(
            select(link.c.golden_id, link.c.system, link.c.stream).where(
                link.c.kind == kind, among(link.c.golden_id, part)
            )
        ).all():
            streams[golden_id].add(f"{system}.{stream}")
        for row in connection.execute(select(*columns).where(among(table.c.id, part))).all():
            found[row.id] = Candidate(row.id, dict(row._mapping), frozenset(streams[row.id]))
    return found


def members(connection: Connection, kind: str, ids: Iterable[str]) -> dict[str, list[Ref]]:
    """The live remote records behind each golden record."""
    found: dict[str, list[Ref]] = defaultdict(list)
    live = source_record.c.deleted == false()
    here = and_(
        source_record.c.system == link.c.system,
        source_record.c.stream == link.c.stream,
        source_record.c.remote_id == link.c.remote_id,
    )
    for part in chunks(sorted(set(ids))):
        statement = (
            select(link.c.golden_id, link.c.system, link.c.stream, link.c.remote_id)
            .join(source_record, here)
            .where(link.c.kind == kind, among(link.c.golden_id, part), live)
        )
        for golden_id, system, stream, remote_id in connection.execute(statement).all():
            found[golden_id].append(f"{system}.{stream}/{remote_id}")
    return found


def identify(
    database: Database, connection: Connection, kind: str, tokens: Mapping[str, Sequence[Token]]
) -> set[Token]:
    """Replace what golden records are recognised by; returns the new tokens."""
    for part in chunks(list(tokens)):
        connection.execute(delete(identifier).where(identifier.c.kind == kind, among(identifier.c.golden_id, part)))
    rows = [
        {"kind": kind, "how": how, "value": value, "golden_id": golden_id}
        for golden_id, found in tokens.items()
        for how, value in dict.fromkeys(found)
    ]
    database.insert(connection, Identifier, rows)
    return {token for found in tokens.values() for token in found}


def unlink(connection: Connection, refs: Sequence[Ref]) -> None:
    """Forget where these records belonged."""
    for ref in refs:
        system, stream, remote_id = split(ref)
        connection.execute(
            delete(link).where(link.c.system == system, link.c.stream == stream, link.c.remote_id == remote_id)
        )


def wait(database: Database, connection: Connection, refs: Mapping[tuple[str, str, str], Iterable[Ref]]) -> None:
    """Have the records matched again once what they refer to arrives."""
    rows = [
        {"ref": ref, "system": system, "stream": stream, "remote_id": remote_id}
        for (system, stream, remote_id), missing in refs.items()
        for ref in set(missing)
    ]
    database.upsert(connection, Waiting, rows)


def wake(connection: Connection, arrived: Iterable[Ref]) -> None:
    """Have the records matched again that waited for these."""
    for part in chunks(sorted(arrived)):
        woken = connection.execute(
            select(waiting.c.system, waiting.c.stream, waiting.c.remote_id).where(among(waiting.c.ref, part)).distinct()
        ).all()
        unmatch_named(connection, (f"{system}.{stream}/{remote_id}" for system, stream, remote_id in woken))
        if woken:
            connection.execute(delete(waiting).where(among(waiting.c.ref, part)))
