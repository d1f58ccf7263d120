"""Statements on references: which remote record a wish means when it names a golden one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, and_, false, func, select

from syncd.store.database import among, chunks
from syncd.store.golden import link, opportunity, wish
from syncd.store.records import source_record

Reference = tuple[str, str]  # kind, golden id or key

LIVE_STREAM = {
    "account": "Account",
    "contact": "Contact",
    "user": "User",
    "opportunity": "Opportunity",
}


def as_ref(value: Any) -> Reference | None:
    """The (kind, id) behind a stored reference."""
    if isinstance(value, dict) and "ref" in value:
        kind, name = value["ref"]
        return kind, name
    return None


def resolve(connection: Connection, system: str, refs: Iterable[Reference]) -> dict[Reference, str]:
    """The remote ids behind references; what does not stand there yet is left out."""
    by_kind: dict[str, set[str]] = defaultdict(set)
    for kind, name in refs:
        by_kind[kind].add(name)
    found: dict[Reference, str] = {}
    for kind, names in by_kind.items():
        for part in chunks(sorted(names)):
            if kind == "contact":
                found.update(_linked(connection, system, kind, "Lead", part))
            found.update(_wished(connection, system, kind, part))
            found.update(_linked(connection, system, kind, LIVE_STREAM[kind], part))
    return found


def _linked(connection: Connection, system: str, kind: str, stream: str, ids: Sequence[str]) -> dict[Reference, str]:
    if kind == "opportunity":
        rows = connection.execute(select(opportunity.c.id, opportunity.c.id).where(among(opportunity.c.id, ids)))
        return {(kind, golden_id): own.partition("/")[2] for golden_id, own in rows}
    statement = (
        select(link.c.golden_id, func.min(link.c.remote_id))
        .join(
            source_record,
            and_(
                source_record.c.system == link.c.system,
                source_record.c.stream == link.c.stream,
                source_record.c.remote_id == link.c.remote_id,
            ),
        )
        .where(
            link.c.kind == kind,
            link.c.system == system,
            link.c.stream == stream,
            among(link.c.golden_id, ids),
            source_record.c.deleted == false(),
        )
        .group_by(link.c.golden_id)
    )
    return {(kind, golden_id): remote_id for golden_id, remote_id in connection.execute(statement)}


def _wished(connection: Connection, system: str, kind: str, keys: Sequence[str]) -> dict[Reference, str]:
    rows = connection.execute(
        select(wish.c.key, wish.c.remote_id).where(
            wish.c.system == system,
            wish.c.object == kind,
            among(wish.c.key, keys),
            wish.c.remote_id.is_not(None),
            wish.c.sent_digest != "",
        )
    )
    return {(kind, key): remote_id for key, remote_id in rows}
