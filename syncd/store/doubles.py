"""Likely doubles: golden records that may be one, kept until people decide or they become one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any, NamedTuple

from sqlalchemy import Connection, delete, func, or_, select, update

from syncd.model import Double
from syncd.store.statements import OnConflict, among, chunks, upsert
from syncd.tables import LikelyDouble
from syncd.tables.core import contact, likely_double

APART = "apart"
_AS_DECIDED = OnConflict(keep=("since", "decision", "decided_at"))


class Proposal(NamedTuple):
    """Two golden records of a kind that may be one, with what speaks for it."""

    kind: str
    first_id: str
    second_id: str
    evidence: str

    def in_order(self) -> Proposal:
        """The same pair, whichever was met first."""
        ids = sorted((self.first_id, self.second_id))
        return self._replace(first_id=ids[0], second_id=ids[1])


@dataclass(frozen=True, slots=True)
class Doubles:
    """What may be one."""

    connection: Connection

    def propose(self, proposals: Iterable[Proposal], now: datetime) -> set[str]:
        """Keep pairs for people to decide; returns the golden ids of those that are new. What was decided stays so."""
        ordered = [proposal.in_order() for proposal in proposals]
        pairs = {pair[:3]: pair for pair in ordered if pair.first_id != pair.second_id}
        known = self._known(pairs)
        fresh = [pair for key, pair in pairs.items() if key not in known]
        upsert(
            self.connection,
            LikelyDouble,
            [{**pair._asdict(), "since": now, "decision": ""} for pair in fresh],
            _AS_DECIDED,
        )
        return {golden_id for pair in fresh for golden_id in (pair.first_id, pair.second_id)}

    def _known(self, pairs: Mapping[tuple[str, str, str], Proposal]) -> set[tuple[str, str, str]]:
        table = likely_double.c
        known: set[tuple[str, str, str]] = set()
        for kind in {kind for kind, _, _ in pairs}:
            for part in chunks(sorted({first_id for its_own, first_id, _ in pairs if its_own == kind})):
                these = among(table.first_id, part, (table.kind, kind))
                rows = self.connection.execute(select(table.kind, table.first_id, table.second_id).where(these))
                known.update((row[0], row[1], row[2]) for row in rows)
        return known

    def waiting(self, kind: str, ids: Iterable[str]) -> set[Proposal]:
        """The undecided pairs of these golden records."""
        table = likely_double
        undecided = select(table.c.kind, table.c.first_id, table.c.second_id, table.c.evidence).where(
            table.c.decision == ""
        )
        return {
            Proposal(*row)
            for part in chunks(sorted(ids))
            for side in (table.c.first_id, table.c.second_id)
            for row in self.connection.execute(undecided.where(among(side, part, (table.c.kind, kind))))
        }

    def withdraw(self, pairs: Iterable[Proposal]) -> None:
        """These may be one no more: nothing speaks for it. What people decided is not asked about here."""
        for pair in pairs:
            self.connection.execute(delete(likely_double).where(*self._is(pair), likely_double.c.decision == ""))

    def undecided(self) -> list[Any]:
        """The pairs that wait for people, the oldest first: kind, first_id, second_id, evidence, since."""
        table = likely_double
        return list(
            self.connection.execute(
                select(table).where(table.c.decision == "").order_by(table.c.since, table.c.kind, table.c.first_id)
            )
        )

    def count(self) -> int:
        """How many pairs wait for people."""
        waiting = select(func.count()).select_from(likely_double).where(likely_double.c.decision == "")
        return self.connection.scalar(waiting) or 0

    def count_by_kind(self) -> dict[str, int]:
        """How many pairs of each kind wait for people."""
        table = likely_double.c
        waiting = select(table.kind, func.count()).where(table.decision == "").group_by(table.kind).order_by(table.kind)
        return {row[0]: row[1] for row in self.connection.execute(waiting)}

    def decide(self, kind: str, first_id: str, second_id: str, decision: str, now: datetime) -> bool:
        """Write down what a person decided of a pair, proposed or not; returns whether it was."""
        if first_id == second_id:
            return False
        pair = Proposal(kind, first_id, second_id, "by hand").in_order()
        this = self._is(pair)
        known = self.connection.execute(update(likely_double).where(*this).values(decision=decision, decided_at=now))
        if known.rowcount:
            return True
        row = {**pair._asdict(), "since": now, "decision": decision, "decided_at": now}
        upsert(self.connection, LikelyDouble, [row])
        return False

    def of_accounts(self, ids: Sequence[str]) -> dict[str, list[Double]]:
        """What accounts, and contacts of theirs, may be: account id → the undecided pairs from that side."""
        table = likely_double
        waiting = select(table).where(table.c.decision == "")
        doubles: dict[str, list[Double]] = defaultdict(list)
        theirs = {
            row.id: row.account_id
            for part in chunks(ids)
            for row in self.connection.execute(
                select(contact.c.id, contact.c.account_id).where(among(contact.c.account_id, part))
            )
        }
        for kind, homes in (("account", {one: one for one in ids}), ("contact", theirs)):
            for part in chunks(sorted(homes)):
                for side, other in ((table.c.first_id, table.c.second_id), (table.c.second_id, table.c.first_id)):
                    pairs = self.connection.execute(waiting.where(among(side, part, (table.c.kind, kind))))
                    for row in sorted(pairs, key=attrgetter(other.name)):  # an ORDER BY would choose the other index
                        doubles[homes[getattr(row, side.name)]].append(_double(row, side.name, other.name))
        return doubles

    def rename(self, kind: str, loser: str, survivor: str) -> None:
        """What was one of the loser's pairs is the survivor's."""
        table = likely_double
        theirs = (table.c.kind == kind, or_(table.c.first_id == loser, table.c.second_id == loser))
        rows = [dict(row._mapping) for row in self.connection.execute(select(table).where(*theirs))]
        if not rows:
            return
        self.connection.execute(delete(table).where(*theirs))
        renamed = []
        for row in rows:
            names = sorted(survivor if row[side] == loser else row[side] for side in ("first_id", "second_id"))
            if names[0] != names[1]:
                renamed.append(row | {"first_id": names[0], "second_id": names[1]})
        upsert(self.connection, LikelyDouble, renamed, _AS_DECIDED)

    def forget(self, kind: str, ids: Sequence[str]) -> None:
        """These golden records are no more."""
        table = likely_double
        for part in chunks(ids):
            for side in (table.c.first_id, table.c.second_id):
                self.connection.execute(delete(table).where(among(side, part, (table.c.kind, kind))))

    def _is(self, pair: Proposal) -> tuple[Any, ...]:
        table = likely_double.c
        return table.kind == pair.kind, table.first_id == pair.first_id, table.second_id == pair.second_id


def _double(row: Any, side: str, other: str) -> Double:
    return Double(row.kind, getattr(row, side), getattr(row, other), row.evidence, row.since)
