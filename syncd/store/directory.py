"""The directory: accounts as a list, by name or by how many qualified leads they have, a part at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select

from syncd.model import Ruling
from syncd.store.judgements import Judgements
from syncd.store.statements import among, chunks
from syncd.tables.core import account, activity, contact, judgement, opportunity, user

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
class Blip:
    """An account on the radar, with everybody in it: golden id → name; qualified: those who are, as it was judged."""

    account_id: str
    name: str | None
    owner: str | None
    standing: str
    segment: str | None
    contacts: dict[str, str]
    qualified: frozenset[str]


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

    def blips(self, since: datetime, others: Sequence[str] = ()) -> dict[str, Blip]:
        """The judged accounts where somebody did something since then, and these others, by golden id."""
        active = select(contact.c.account_id).join(activity, activity.c.contact_id == contact.c.id)
        active = active.where(activity.c.at >= since, contact.c.account_id.is_not(None)).distinct()
        ids = sorted({*self.connection.execute(active).scalars(), *others})
        blips: dict[str, Blip] = {}
        for part in chunks(ids):
            people: dict[str, dict[str, str]] = defaultdict(dict)
            named = select(contact.c.account_id, contact.c.id, contact.c.first_name, contact.c.last_name)
            for account_id, contact_id, *names in self.connection.execute(
                named.where(among(contact.c.account_id, part)).order_by(contact.c.id)
            ):
                people[account_id][contact_id] = " ".join(filter(None, names))
            columns = (account.c.id, account.c.name, account.c.owner, judgement.c.standing, judgement.c.segment)
            known = select(*columns, judgement.c.mqls).select_from(_judged())
            rows = self.connection.execute(
                known.where(among(account.c.id, part), account.c.person.is_not(True)).order_by(account.c.id)
            ).all()
            qualified = self._qualified([row.id for row in rows if row.mqls])
            for row in rows:
                its_own = frozenset(qualified.get(row.id, ()))
                blips[row.id] = Blip(row.id, row.name, row.owner, row.standing, row.segment, people[row.id], its_own)
        return blips

    def beginning(self, kind: str, words: str, most: int) -> list[str]:
        """Golden ids of accounts or contacts whose name, or last name, begins with these words, by name."""
        begins = f"{_as_written(words.lower())}%"
        if kind == "account":
            name = func.lower(account.c.name)
            rows = select(account.c.id).where(name.like(begins, escape="\\")).order_by(name, account.c.id)
        else:
            last = func.lower(contact.c.last_name)
            whole = func.lower(contact.c.first_name + " " + contact.c.last_name)
            rows = select(contact.c.id).where(or_(last.like(begins, escape="\\"), whole.like(begins, escape="\\")))
            rows = rows.order_by(last, contact.c.id)
        return list(self.connection.execute(rows.limit(most)).scalars())

    def called(self, kind: str, ids: Sequence[str]) -> list[dict[str, Any]]:
        """These accounts or contacts, as they are called and where they are, in this order."""
        statement: Any
        if kind == "account":
            columns = (account.c.id, account.c.name, account.c.domain, account.c.city, account.c.state)
            statement = select(*columns).where(among(account.c.id, ids))
        else:
            statement = select(
                contact.c.id,
                contact.c.first_name,
                contact.c.last_name,
                contact.c.title,
                contact.c.account_id,
                account.c.name.label("account"),
            ).outerjoin(account, account.c.id == contact.c.account_id)
            statement = statement.where(among(contact.c.id, ids))
        known = {row.id: dict(row._mapping) for row in self.connection.execute(statement)}
        return [known[golden_id] for golden_id in ids if golden_id in known]

    def opportunities(self, ids: Sequence[str], words: str, most: int) -> list[dict[str, Any]]:
        """These opportunities, and those whose name begins with these words."""
        columns = (opportunity.c.id, opportunity.c.name, opportunity.c.stage, opportunity.c.is_closed)
        begins = func.lower(opportunity.c.name).like(f"{_as_written(words.lower())}%", escape="\\")
        wanted = or_(among(opportunity.c.id, ids), begins) if ids else begins
        rows = select(*columns).where(wanted).order_by(opportunity.c.name, opportunity.c.id).limit(most)
        return [dict(row._mapping) for row in self.connection.execute(rows)]

    def _qualified(self, account_ids: Sequence[str]) -> dict[str, list[str]]:
        """Who is a qualified lead of these accounts, as they were judged."""
        return {
            body["account_id"]: [one["contact_id"] for one in body["contacts"] if one["mql"] == Ruling.YES]
            for body in Judgements(self.connection).bodies(account_ids)
        }

    def _behind(self, column: ColumnElement[Any], after: str, *, backwards: bool) -> ColumnElement[bool] | None:
        """What holds for all that come after an account."""
        one_row = select(column).select_from(_judged()).where(account.c.id == after)
        row = self.connection.execute(one_row).first()
        if row is None:
            return None
        beyond = column < row[0] if backwards else column > row[0]
        further = account.c.id < after if backwards else account.c.id > after
        return or_(beyond, and_(column == row[0], further))


def _as_written(words: str) -> str:
    """Words for LIKE, in which nothing stands for something else."""
    return words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _judged() -> Any:
    return account.join(judgement, judgement.c.account_id == account.c.id)


def _narrowed(statement: Select[Any], wanted: Wanted) -> Select[Any]:
    statement = statement.select_from(_judged()).where(account.c.person.is_not(True))
    if wanted.standing:
        statement = statement.where(judgement.c.standing == wanted.standing)
    if wanted.segment:
        statement = statement.where(judgement.c.segment == wanted.segment)
    return statement.where(account.c.owner == wanted.owner) if wanted.owner else statement
