"""Statements on how our opportunities stood after our last write: the yardstick for a person's touch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Connection, select, update

from syncd.store.database import among, chunks
from syncd.store.golden import wish


@dataclass(frozen=True)
class Acknowledged:
    """The guarded fields of one opportunity as they stood after our last write, and those a person touched since.

    unread: written, and not read back yet.
    """

    key: str
    yardstick: dict[str, Any]
    touched: tuple[str, ...]
    unread: bool


def acknowledged(connection: Connection, remote_ids: Sequence[str]) -> dict[str, Acknowledged]:
    """What our opportunity wishes know of these remote records."""
    return {
        row.remote_id: Acknowledged(
            row.key, orjson.loads(row.acknowledged), tuple(orjson.loads(row.touched)), row.unread
        )
        for part in chunks(remote_ids)
        for row in connection.execute(
            select(wish.c.remote_id, wish.c.key, wish.c.acknowledged, wish.c.touched, wish.c.unread).where(
                wish.c.object == "opportunity", among(wish.c.remote_id, part)
            )
        )
    }


def acknowledge(connection: Connection, known: Mapping[str, Acknowledged]) -> None:
    """Keep what opportunities look like after our write: remote id → yardstick and touched fields."""
    for remote_id, one in known.items():
        connection.execute(
            update(wish)
            .where(wish.c.object == "opportunity", wish.c.remote_id == remote_id)
            .values(
                acknowledged=orjson.dumps(one.yardstick).decode(),
                touched=orjson.dumps(list(one.touched)).decode(),
                unread=one.unread,
            )
        )
