"""What is pending, as the store alone knows it: how many wishes, and the first of them with what stands there."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import Connection, func, not_, select

from syncd.store.wishes import GONE, PendingWish, pending_wish
from syncd.tables.core import wish
from syncd.tables.meaning import PENDING


class Pending(NamedTuple):
    """How many there are, by system and object, and the first of them."""

    numbers: dict[tuple[str, str], int]
    wishes: list[PendingWish]


def read_pending(
    connection: Connection,
    limit: int,
    *,
    system: str | None = None,
    object_: str | None = None,
    account_id: str | None = None,
) -> Pending:
    """Those of a system, an object, an account, or of all; what a person deleted waits for nothing."""
    named = ((wish.c.system, system), (wish.c.object, object_), (wish.c.account_id, account_id))
    these: tuple[Any, ...] = (PENDING, not_(GONE), *(column == value for column, value in named if value is not None))
    kinds = (wish.c.system, wish.c.object)
    counted = connection.execute(select(*kinds, func.count()).where(*these).group_by(*kinds).order_by(*kinds))
    first = select(wish).where(*these).order_by(*kinds, wish.c.key).limit(limit)
    numbers = {(row[0], row[1]): row[2] for row in counted}
    return Pending(numbers, [pending_wish(row) for row in connection.execute(first)])
