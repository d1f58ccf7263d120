"""Snapshots: the audit's counts on one day; and gaps: the seats that were empty, with what people said of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The audit's counts on one calendar day in the agreement's time zone, by what was counted.

    terms: digest of the agreement's terms. before: where the snapshot before was counted by other terms, what those
    terms would have counted on this day; None where they were the same, or can be read no more.
    """

    day: date
    agreement: str
    terms: str
    counts: Mapping[str, int]
    before: Mapping[str, int] | None = None


@dataclass(frozen=True, slots=True)
class Gap:
    """People who are missing at one account for one role.

    since, closed_on: the days on which it was first and no more counted. rep: golden user id of whose account it is.
    amount: in the agreement's currency. mqls, opportunities: how the account stood when it was last judged.
    source, owner, due: what people said; None where they said nothing.
    """

    account_id: str
    role: str
    account: str
    segment: str
    missing: int
    since: date
    rep: str | None = None
    amount: Decimal | None = None
    mqls: int = 0
    opportunities: int = 0
    source: str | None = None
    owner: str | None = None
    due: date | None = None
    closed_on: date | None = None
