"""Links: where remote records belong, what golden records are recognised by, and what records wait for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import Connection, delete, false, select

from syncd.matching import Candidate, Token
from syncd.model import RemoteRef
from syncd.model.kinds import telling
from syncd.store.conditions import named, ref_of, same_record
from syncd.store.golden import TABLES
from syncd.store.records import Records
from syncd.store.statements import among, chunks, insert_columns, upsert
from syncd.tables import Identifier, OpenReference
from syncd.tables import Link as LinkRow
from syncd.tables.core import alias, identifier, link, source_record, table_of, waiting

_LINK = [link.c[name] for name in ("system", "stream", "remote_id", "kind", "golden_id", "evidence", "manual")]


class Link(NamedTuple):
    """Where a remote record belongs, and why; by hand: no evidence ever moves it."""

    ref: RemoteRef
    kind: str
    golden_id: str
    evidence: str
    manual: bool = False


@dataclass(frozen=True, slots=True)
class Links:
    """The links between remote records and golden ones."""

    connection: Connection

    # ---- remote records and golden ones ----

    def find(self, refs: Iterable[RemoteRef]) -> dict[RemoteRef, Link]:
        """Where these remote records belong; unknown ones are left out."""
        return {
            (ref := RemoteRef(system, stream, remote_id)): Link(ref, *where_and_why)
            for these in named(link, set(refs))
            for system, stream, remote_id, *where_and_why in self.connection.execute(select(*_LINK).where(these)).all()
        }

    def members(self, kind: str, ids: Iterable[str]) -> dict[str, list[RemoteRef]]:
        """The live remote records behind each golden record."""
        members: dict[str, list[RemoteRef]] = defaultdict(list)
        for part in chunks(sorted(set(ids))):
            statement = (
                select(link.c.golden_id, link.c.system, link.c.stream, link.c.remote_id)
                .join(source_record, same_record(source_record, link))
                .where(among(link.c.golden_id, part, (link.c.kind, kind)), source_record.c.deleted == false())
            )
            for golden_id, *names in self.connection.execute(statement).all():
                members[golden_id].append(RemoteRef(*names))
        return members

    def put(self, links: Iterable[Link]) -> None:
        """Put records to their golden ones, whatever they belonged to before."""
        rows = [
            {
                "system": new_link.ref.system,
                "stream": new_link.ref.stream,
                "remote_id": new_link.ref.id,
                "kind": new_link.kind,
                "golden_id": new_link.golden_id,
                "evidence": new_link.evidence,
                "manual": new_link.manual,
            }
            for new_link in links
        ]
        upsert(self.connection, LinkRow, rows)

    def remove(self, refs: Iterable[RemoteRef]) -> None:
        """Forget where these records belonged."""
        for these in named(link, refs):
            self.connection.execute(delete(link).where(these))

    # ---- what golden records are recognised by ----

    def goldens_by(self, kind: str, how: str, values: Iterable[str]) -> dict[str, list[str]]:
        """Golden ids by identifying value."""
        goldens: dict[str, list[str]] = defaultdict(list)
        for part in chunks(sorted(set(values))):
            rows = self.connection.execute(
                select(identifier.c.value, identifier.c.golden_id)
                .where(among(identifier.c.value, part, (identifier.c.kind, kind), (identifier.c.how, how)))
                .order_by(identifier.c.golden_id)
            ).all()
            for value, golden_id in rows:
                goldens[value].append(golden_id)
        return goldens

    def known(self, kind: str, tokens: Iterable[Token]) -> dict[Token, list[Candidate]]:
        """Candidates for each token, with what they are recognised by. `ref` tokens go through links both ways."""
        by_how: dict[str, set[str]] = defaultdict(set)
        for how, value in tokens:
            by_how[how].add(value)
        ids: dict[Token, list[str]] = defaultdict(list)
        for key, golden_id in self._by_key(kind, by_how.pop("key", ())).items():
            ids["key", key].append(golden_id)
        for how, values in by_how.items():
            for value, golden_ids in self.goldens_by(kind, how, values).items():
                ids[how, value] += golden_ids
        for ref, place in self.find(filter(None, map(RemoteRef.spelled, by_how.get("ref", ())))).items():
            if place.kind == kind and place.golden_id not in ids["ref", str(ref)]:
                ids["ref", str(ref)].append(place.golden_id)
        candidates = self.recognisable(kind, {one for group in ids.values() for one in group})
        return {token: [candidates[one] for one in group if one in candidates] for token, group in ids.items()}

    def _by_key(self, kind: str, keys: Iterable[str]) -> dict[str, str]:
        """Golden ids that still stand under these keys, aliases followed."""
        table = table_of(TABLES[kind])
        living: dict[str, str] = {}
        for part in chunks(sorted(set(keys))):
            renamed = select(alias.c.old_id, alias.c.new_id).where(among(alias.c.old_id, part, (alias.c.kind, kind)))
            living.update({row[0]: row[1] for row in self.connection.execute(renamed)})
            ids = self.connection.execute(select(table.c.id).where(among(table.c.id, part))).scalars()
            living.update({key: key for key in ids})
        return living

    def recognisable(self, kind: str, ids: Iterable[str]) -> dict[str, Candidate]:
        """The identifying fields and linked streams of golden records."""
        table = table_of(TABLES[kind])
        columns = [table.c[name] for name in ("id", *telling(kind))]
        candidates: dict[str, Candidate] = {}
        for part in chunks(sorted(set(ids))):
            streams: dict[str, set[str]] = defaultdict(set)
            linked = select(link.c.golden_id, link.c.system, link.c.stream)
            its_own = among(link.c.golden_id, part, (link.c.kind, kind))
            for golden_id, system, stream in self.connection.execute(linked.where(its_own)).all():
                streams[golden_id].add(f"{system}.{stream}")
            for row in self.connection.execute(select(*columns).where(among(table.c.id, part))).all():
                candidates[row.id] = Candidate(row.id, dict(row._mapping), frozenset(streams[row.id]))
        return candidates

    def identify(self, kind: str, tokens: Mapping[str, Sequence[Token]]) -> None:
        """Replace what golden records are recognised by: golden id → tokens."""
        for part in chunks(list(tokens)):
            before = among(identifier.c.golden_id, part, (identifier.c.kind, kind))
            self.connection.execute(delete(identifier).where(before))
        rows = [(how, value, one) for one, its_own in tokens.items() for how, value in dict.fromkeys(its_own)]
        if rows:
            hows, values, golden_ids = zip(*rows, strict=True)
            columns = {"kind": [kind] * len(rows), "how": hows, "value": values, "golden_id": golden_ids}
            insert_columns(self.connection, Identifier, columns)

    # ---- who waits for whom ----

    def wait(self, missing: Mapping[RemoteRef, Iterable[RemoteRef | str]]) -> None:
        """Have records matched again once what they refer to arrives: `system.stream/id`, or `how/value`."""
        rows = [
            {"ref": name, "system": ref.system, "stream": ref.stream, "remote_id": ref.id}
            for ref, names in missing.items()
            for name in {str(name) for name in names}
        ]
        upsert(self.connection, OpenReference, rows)

    def wake(self, arrived: Iterable[str]) -> None:
        """Have the records matched again that waited for these."""
        for part in chunks(sorted(arrived)):
            names = select(waiting.c.system, waiting.c.stream, waiting.c.remote_id)
            woken = self.connection.execute(names.where(among(waiting.c.ref, part)).distinct()).all()
            Records(self.connection).unmatch(map(ref_of, woken))
            if woken:
                self.connection.execute(delete(waiting).where(among(waiting.c.ref, part)))
