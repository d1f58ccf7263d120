"""The acquisition list: the audit's gaps as a ranked to-do list, each with a source, an owner and a day; its burn-down.

Rank: first the accounts that already have an opportunity of ours or that we adopted, then those with most qualified
leads, then by what the account is worth by the agreement, then those that lack least. The proposed source is, of those
that the agreement lists for the role, the one of whose people the largest share sits in a required seat; of sources
alike, and of those nobody came from yet, the first in the agreement's order.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from syncd.agreement.terms import AcquisitionSource, Agreement
from syncd.model import User
from syncd.model.snapshots import Gap, Snapshot
from syncd.planning.headcount import missing_in_all
from syncd.rules.days import plus

_SOURCE = "source "


@dataclass(frozen=True, slots=True)
class Yield:
    """What a source has brought so far: people, those who fit a required role, those who sit in a seat."""

    brought: int = 0
    fitting: int = 0
    seated: int = 0

    @property
    def share(self) -> Fraction:
        """Of those whom it brought, who sits in a seat."""
        return Fraction(self.seated, self.brought) if self.brought else Fraction(0)


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the list: a gap with its rank, and who is to close it by when, from which source."""

    rank: int
    gap: Gap
    source: str | None
    so_far: Yield
    owner: str | None
    due: date


@dataclass(frozen=True, slots=True)
class Day:
    """How many people were missing on a day, and how many gaps were closed on it."""

    day: date
    missing: int
    closed: int


@dataclass(frozen=True, slots=True)
class BurnDown:
    """How the list has shrunk, and how it should: due → the people who are to be found by that day."""

    days: tuple[Day, ...]
    due: Mapping[date, int]


def to_do(
    gaps: Iterable[Gap], agreement: Agreement, yields: Mapping[str, Yield], users: Mapping[str, User]
) -> list[Item]:
    """The gaps as a ranked list; what people said of one wins over what is proposed."""
    order = {rule.role: number for number, rule in reversed([*enumerate(agreement.roles)])}
    ranked = sorted(gaps, key=lambda gap: _rank(gap, order))
    return [_item(number, gap, agreement, yields, users) for number, gap in enumerate(ranked, 1)]


def _rank(gap: Gap, order: Mapping[str, int]) -> tuple[int, int, Decimal, int, str, str, int, str]:
    worth = -(gap.amount or Decimal(0))
    at = order.get(gap.role, len(order))
    return -gap.opportunities, -gap.mqls, worth, gap.missing, gap.account, gap.account_id, at, gap.role


def _item(rank: int, gap: Gap, agreement: Agreement, yields: Mapping[str, Yield], users: Mapping[str, User]) -> Item:
    source = gap.source or proposed(gap.role, agreement.audit.sources, yields)
    rep = users.get(gap.rep or "")
    owner = gap.owner or (rep and (rep.email or rep.name)) or None
    due = gap.due or plus(gap.since, agreement.audit.due_days)
    return Item(rank, gap, source, yields.get(source or "", Yield()), owner, due)


def proposed(role: str, sources: Sequence[AcquisitionSource], yields: Mapping[str, Yield]) -> str | None:
    """From where people of a role are had best."""
    fitting = [source for source in sources if not source.roles or role in source.roles]
    best = max(fitting, key=lambda source: yields.get(source.name, Yield()).share, default=None)
    return best.name if best else None


def yields_of(counts: Mapping[str, int]) -> dict[str, Yield]:
    """The yield of each source, by a snapshot's counts."""
    names = {name.removeprefix(_SOURCE).removesuffix(" / brought") for name in counts if _is_brought(name)}
    return {
        name: Yield(*(counts.get(f"{_SOURCE}{name} / {what}", 0) for what in ("brought", "fitting", "seated")))
        for name in sorted(names)
    }


def _is_brought(name: str) -> bool:
    return name.startswith(_SOURCE) and name.endswith(" / brought")


def burn_down(snapshots: Iterable[Snapshot], closed: Mapping[date, int], items: Iterable[Item]) -> BurnDown:
    """How many were missing on each day that was kept, how many gaps were closed, and what falls due when."""
    days = (Day(kept.day, missing_in_all(kept.counts), closed.get(kept.day, 0)) for kept in snapshots)
    due: dict[date, int] = {}
    for item in sorted(items, key=lambda item: item.due):
        due[item.due] = due.get(item.due, 0) + item.gap.missing
    return BurnDown(tuple(days), due)
