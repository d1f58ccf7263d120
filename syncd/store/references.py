"""References: which remote record a wish means when it points at a golden one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, false, select

from syncd.mapping import SystemMapping
from syncd.model.references import Ref, RemoteRef
from syncd.store.conditions import same_record
from syncd.store.inheritance import former_keys
from syncd.store.persons import Persons
from syncd.store.statements import among, chunks
from syncd.tables.core import link, opportunity, source_record, wish


@dataclass(frozen=True, slots=True)
class References:
    """What golden ids and keys of wishes stand for in a remote system."""

    connection: Connection

    def resolve(self, mapping: SystemMapping, refs: Iterable[Ref]) -> dict[Ref, str]:
        """The remote ids behind references in that system; what does not stand there yet, or is a person account's, is
        left out.

        A record of the kind's live stream counts before one that we made and have not seen yet, and both before a
        record that is still to be turned into one of them.
        """
        system = mapping.system
        by_kind: dict[str, set[str]] = defaultdict(set)
        for ref in refs:
            by_kind[ref.kind].add(ref.id)
        remote_ids: dict[Ref, str] = {}
        for kind, names in by_kind.items():
            live = mapping.live(kind)
            for part in chunks(sorted(names)):
                for stream in mapping.forerunners(live):
                    remote_ids.update(self._linked(system, kind, stream, part))
                remote_ids.update(self._wished(system, kind, part))
                if live:
                    remote_ids.update(self._linked(system, kind, live, part))
        return remote_ids

    def former_keys(self, keys: Sequence[str]) -> dict[str, list[str]]:
        """The names that these keys had before a merge of contacts or accounts."""
        return former_keys(self.connection, keys)

    def _linked(self, system: str, kind: str, stream: str, ids: Sequence[str]) -> dict[Ref, str]:
        if kind == "opportunity":
            known = self.connection.execute(select(opportunity.c.id).where(among(opportunity.c.id, ids))).scalars()
            return {Ref(kind, golden_id): RemoteRef.read(golden_id).id for golden_id in known}
        statement = (
            select(link.c.golden_id, link.c.system, link.c.stream, link.c.remote_id)
            .join(source_record, same_record(source_record, link))
            .where(among(link.c.golden_id, ids, (link.c.kind, kind)), source_record.c.deleted == false())
        )
        records = {
            RemoteRef(*record): Ref(kind, golden_id)
            for golden_id, *record in self.connection.execute(statement)
            if record[:2] == [system, stream]
        }
        remote_ids: dict[Ref, str] = {}
        persons = Persons(self.connection).among(records) if kind in ("account", "contact") else set()
        for record in records.keys() - persons:
            ref = records[record]
            remote_ids[ref] = min(record.id, remote_ids.get(ref, record.id))
        return remote_ids

    def _wished(self, system: str, kind: str, keys: Sequence[str]) -> dict[Ref, str]:
        statement = select(wish.c.key, wish.c.remote_id).where(
            among(wish.c.key, keys, (wish.c.system, system), (wish.c.object, kind)),
            wish.c.remote_id.is_not(None),
            wish.c.sent_digest != "",
        )
        return {Ref(kind, key): remote_id for key, remote_id in self.connection.execute(statement)}
