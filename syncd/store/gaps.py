"""Gaps: who is missing at which account for which role, as it was last counted, with what people said of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Connection, func, select, update

from syncd.model.snapshots import Gap
from syncd.store.statements import OnConflict, upsert
from syncd.tables import GapRow
from syncd.tables.core import account, gap, judgement

# One that comes back after it was closed is a new one, and what was said of the old one is said no more.
_AGAIN = "CASE WHEN gap.closed_on IS NULL THEN gap.{0} ELSE excluded.{0} END"
_COUNTED = OnConflict(put=tuple((name, _AGAIN.format(name)) for name in ("since", "source", "owner", "due")))


class Said(NamedTuple):
    """What people say of one gap; None of what they leave to the agreement."""

    account_id: str
    role: str
    source: str | None
    owner: str | None
    due: date | None


@dataclass(frozen=True, slots=True)
class Gaps:
    """The gaps of every account."""

    connection: Connection

    def count(self, gaps: Sequence[Gap], today: date) -> None:
        """Keep gaps that are counted today."""
        rows = [
            {
                "account_id": counted.account_id,
                "role": counted.role,
                "segment": counted.segment,
                "missing": counted.missing,
                "amount": counted.amount,
                "rep": counted.rep,
                "since": today,
                "seen_on": today,
                "closed_on": None,
                "source": None,
                "owner": None,
                "due": None,
            }
            for counted in gaps
        ]
        upsert(self.connection, GapRow, rows, _COUNTED)

    def close(self, today: date) -> int:
        """Close those that were not counted today; returns how many."""
        gone = update(gap).where(gap.c.closed_on.is_(None), gap.c.seen_on < today)
        return self.connection.execute(gone.values(closed_on=today, missing=0)).rowcount

    def open(self) -> Iterator[Gap]:
        """Those that are open, by account and role."""
        yield from self._read(gap.c.closed_on.is_(None))

    def of(self, account_id: str, role: str) -> Gap | None:
        """One of them, open or closed."""
        return next(self._read((gap.c.account_id == account_id) & (gap.c.role == role)), None)

    def say(self, said: Sequence[Said]) -> int:
        """Keep what people say; returns how many gaps it changed."""
        changed = 0
        for words in said:
            values: dict[str, Any] = {"source": words.source, "owner": words.owner, "due": words.due}
            this = (gap.c.account_id == words.account_id, gap.c.role == words.role, gap.c.closed_on.is_(None))
            differs = [gap.c[name].is_distinct_from(value) for name, value in values.items()]
            statement = update(gap).where(*this, differs[0] | differs[1] | differs[2]).values(values)
            changed += self.connection.execute(statement).rowcount
        return changed

    def closed_by_day(self, since: date, until: date) -> dict[date, int]:
        """How many gaps were closed on each day."""
        statement = select(gap.c.closed_on, func.count()).where(gap.c.closed_on.between(since, until))
        return {row[0]: row[1] for row in self.connection.execute(statement.group_by(gap.c.closed_on))}

    def _read(self, condition: Any) -> Iterator[Gap]:
        columns = (gap, account.c.name, account.c.domain, judgement.c.mqls, judgement.c.opportunities)
        statement = (
            select(*columns)
            .join(account, account.c.id == gap.c.account_id)
            .outerjoin(judgement, judgement.c.account_id == gap.c.account_id)
            .where(condition)
            .order_by(gap.c.account_id, gap.c.role)
        )
        for row in self.connection.execute(statement):
            yield Gap(
                account_id=row.account_id,
                role=row.role,
                account=row.name or row.domain or row.account_id,
                segment=row.segment,
                missing=row.missing,
                since=row.since,
                rep=row.rep,
                amount=row.amount,
                mqls=row.mqls or 0,
                opportunities=row.opportunities or 0,
                source=row.source,
                owner=row.owner,
                due=row.due,
                closed_on=row.closed_on,
            )
