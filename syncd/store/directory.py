"""The directory: accounts as a list, by name or by how many qualified leads they have, a part at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select

from syncd.tables.core import account, judgement, user

SORTS: Final[Mapping[str, ColumnElement[Any]]] = {
    "name": func.coalesce(func.lower(account.c.name), ""),
    "qualified": judgement.c.mqls,
}


class Wanted(NamedTuple):
    """Which accounts a list is of; what is None is not asked for."""

    standing: str | None = None
    segment: str | None = None
    owner: str | None = None  # golden id of a user


@dataclass(frozen=True, slots=True)
class Directory:
    """Judged accounts, as somebody looks through them."""

    connection: Connection

    def accounts(
        self, wanted: Wanted, *, by: str = "name", backwards: bool = False, after: str | None = None, most: int
    ) -> list[dict[str, Any]]:
        """A part of the accounts, at most so many, sorted by one of SORTS; after: the account that the last one was.

        Where that one is gone, the list begins anew.
        """
        column = SORTS[by]
        order = (column.desc(), account.c.id.desc()) if backwards else (column, account.c.id)
        statement = _narrowed(
            select(
                account.c.id,
                account.c.name,
                account.c.domain,
                account.c.city,
                account.c.state,
                judgement.c.standing,
                judgement.c.segment,
                judgement.c.mqls.label("qualified"),
                judgement.c.opportunities,
                func.coalesce(user.c.name, user.c.email).label("owner"),
            ),
            wanted,
        ).outerjoin(user, user.c.id == account.c.owner)
        if after and (behind := self._behind(column, after, backwards=backwards)) is not None:
            statement = statement.where(behind)
        return [dict(row._mapping) for row in self.connection.execute(statement.order_by(*order).limit(most))]

    def count(self, wanted: Wanted, most: int) -> int:
        """How many accounts there are, counted up to `most`."""
        some = _narrowed(select(account.c.id), wanted).limit(most).subquery()
        return self.connection.scalar(select(func.count()).select_from(some)) or 0

    def segments(self) -> list[str]:
        """The segments in which accounts stand."""
        rows = select(judgement.c.segment).where(judgement.c.segment.is_not(None)).distinct()
        return sorted(self.connection.execute(rows).scalars())

    def those_who_own(self) -> list[tuple[str, str]]:
        """Golden id and name of everybody who owns an account, by name."""
        name = func.coalesce(user.c.name, user.c.email, user.c.id)
        owning = select(account.c.owner).where(account.c.owner.is_not(None)).distinct()
        rows = self.connection.execute(select(user.c.id, name).where(user.c.id.in_(owning)).order_by(name, user.c.id))
        return [(row[0], row[1]) for row in rows]

    def _behind(self, column: ColumnElement[Any], after: str, *, backwards: bool) -> ColumnElement[bool] | None:
        """What holds for all that come after an account."""
        one_row = select(column).select_from(_judged()).where(account.c.id == after)
        row = self.connection.execute(one_row).first()
        if row is None:
            return None
        beyond = column < row[0] if backwards else column > row[0]
        further = account.c.id < after if backwards else account.c.id > after
        return or_(beyond, and_(column == row[0], further))


def _judged() -> Any:
    return account.join(judgement, judgement.c.account_id == account.c.id)


def _narrowed(statement: Select[Any], wanted: Wanted) -> Select[Any]:
    statement = statement.select_from(_judged()).where(account.c.person.is_not(True))
    if wanted.standing:
        statement = statement.where(judgement.c.standing == wanted.standing)
    if wanted.segment:
        statement = statement.where(judgement.c.segment == wanted.segment)
    return statement.where(account.c.owner == wanted.owner) if wanted.owner else statement
