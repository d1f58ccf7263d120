"""Yardsticks: how our opportunities stood after our last write, by which a person's touch shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Connection, bindparam, select, update

from syncd.store.statements import among, chunks
from syncd.tables.core import wish


@dataclass(frozen=True)
class Yardstick:
    """The guarded fields of one opportunity as they stood after our last write, and those a person touched since.

    unread: written, and not read back yet.
    """

    key: str
    fields: dict[str, Any]
    touched: tuple[str, ...]
    unread: bool


@dataclass(frozen=True, slots=True)
class Yardsticks:
    """What our opportunity wishes know of their records, by remote id."""

    connection: Connection

    def of(self, system: str, remote_ids: Sequence[str]) -> dict[str, Yardstick]:
        """The yardsticks of those of the system's records that are ours."""
        columns = (wish.c.remote_id, wish.c.key, wish.c.acknowledged, wish.c.touched, wish.c.unread)
        ours = (wish.c.system, system), (wish.c.object, "opportunity")
        return {
            row.remote_id: Yardstick(
                row.key, orjson.loads(row.acknowledged), tuple(orjson.loads(row.touched)), row.unread
            )
            for part in chunks(remote_ids)
            for row in self.connection.execute(select(*columns).where(among(wish.c.remote_id, part, *ours)))
        }

    def roles(self, system: str, remote_ids: Sequence[str]) -> dict[str, str]:
        """The roles that we gave in those contact roles of the system that are ours, as they were sent last."""
        ours = (wish.c.system, system), (wish.c.object, "contact_role")
        return {
            row.remote_id: role
            for part in chunks(remote_ids)
            for row in self.connection.execute(
                select(wish.c.remote_id, wish.c.sent).where(among(wish.c.remote_id, part, *ours))
            )
            if (role := orjson.loads(row.sent).get("role"))
        }

    def keep(self, system: str, yardsticks: Mapping[str, Yardstick]) -> None:
        """Keep what opportunities look like after our write, in every wish that speaks of one (accounts are merged)."""
        rows = [
            {
                "stands_as": remote_id,
                "acknowledged": orjson.dumps(yardstick.fields).decode(),
                "touched": orjson.dumps(list(yardstick.touched)).decode(),
                "unread": yardstick.unread,
            }
            for remote_id, yardstick in yardsticks.items()
        ]
        ours = (wish.c.system == system, wish.c.object == "opportunity", wish.c.remote_id == bindparam("stands_as"))
        if rows:
            self.connection.execute(update(wish).where(*ours), rows)
