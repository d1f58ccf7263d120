"""The acquisition list: rank, source, owner, day; and how it burns down."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from syncd.agreement.terms import AcquisitionSource
from syncd.model.snapshots import Gap, Snapshot
from syncd.planning.acquisition import Item, Yield, burn_down, proposed, to_do, yields_of
from syncd.planning.audit import source_of
from tests.rules.builders import REP, TODAY, an_agreement

SOURCES = (
    AcquisitionSource(name="lists", words=("purchased list",)),
    AcquisitionSource(name="fairs", words=("trade show",)),
    AcquisitionSource(name="partners", words=("partner",), roles=("Economic Buyer",)),
)
AGREEMENT = an_agreement(audit={"due_days": 10, "sources": [source.model_dump() for source in SOURCES]})


def gap(account: str = "Bank", role: str = "Champion", **fields: Any) -> Gap:
    known = {"account_id": account, "account": account, "segment": "banks", "missing": 1, "since": TODAY}
    return Gap(**known | {"role": role, **fields})


def listed(*gaps: Gap, yields: dict[str, Yield] | None = None) -> list[Item]:
    return to_do(gaps, AGREEMENT, yields or {}, {REP.id: REP})


def test_what_stands_nearest_to_business_comes_first() -> None:
    gaps = [
        gap("opportunity", opportunities=1),
        gap("two leads", mqls=2),
        gap("one lead", mqls=1),
        gap("large", amount=Decimal(240_000)),
        gap("small", amount=Decimal(60_000), missing=1),
        gap("small too", amount=Decimal(60_000), missing=2),
        gap("unknown worth"),
    ]
    shuffled = random.Random(1).sample(gaps, len(gaps))
    assert [item.gap.account for item in listed(*shuffled)] == [entry.account for entry in gaps]


def test_roles_of_an_account_come_in_the_agreements_order() -> None:
    roles = [item.gap.role for item in listed(gap(role="Champion"), gap(role="Economic Buyer"))]
    assert roles == ["Economic Buyer", "Champion"]


@pytest.mark.parametrize(
    ("role", "yields", "source"),
    [
        ("Champion", {}, "lists"),  # the first of the agreement
        ("Champion", {"fairs": Yield(10, 5, 4), "lists": Yield(100, 20, 10)}, "fairs"),
        ("Champion", {"partners": Yield(2, 2, 2)}, "lists"),  # partners are not used for champions
        ("Economic Buyer", {"partners": Yield(2, 2, 2), "fairs": Yield(10, 9, 9)}, "partners"),
    ],
)
def test_the_source_is_the_one_of_whose_people_most_sit_in_a_seat(
    role: str, yields: dict[str, Yield], source: str
) -> None:
    assert proposed(role, SOURCES, yields) == source


def test_what_people_say_wins_over_what_is_proposed() -> None:
    (item,) = listed(gap(source="fairs", owner="Mia", due=TODAY, rep=REP.id), yields={"fairs": Yield(4, 2, 1)})
    assert (item.source, item.owner, item.due, item.so_far.share) == ("fairs", "Mia", TODAY, Fraction(1, 4))


def test_else_the_accounts_rep_has_the_agreed_days() -> None:
    (item,) = listed(gap(rep=REP.id))
    assert (item.owner, item.due) == (REP.email, TODAY + timedelta(days=10))
    (item,) = listed(gap(rep="nobody"))
    assert item.owner is None


@pytest.mark.parametrize(
    ("origin", "source"),
    [
        ("Trade Show", "fairs"),
        ("TRADE_SHOW", "fairs"),
        ("Purchased List 2026", "lists"),
        ("Web", None),
        ("", None),
        (None, None),
    ],
)
def test_where_somebody_came_from_is_known_by_words(origin: str | None, source: str | None) -> None:
    assert source_of(origin, SOURCES) == source


def test_yields_are_read_back_from_a_snapshots_counts() -> None:
    counts = {"source fairs / brought": 4, "source fairs / fitting": 2, "source fairs / seated": 1, "accounts / in": 9}
    assert yields_of(counts) == {"fairs": Yield(4, 2, 1)}


def test_the_burn_down_has_what_was_missing_what_was_closed_and_what_falls_due() -> None:
    monday = date(2026, 3, 9)
    days = [
        Snapshot(monday + timedelta(n), "1", "a", {"banks / X / missing": 9 - n, "banks / people": 50}) for n in (0, 1)
    ]
    burnt = burn_down(days, {monday + timedelta(1): 1}, listed(gap(missing=5), gap("b", missing=3, due=monday)))
    assert [(day.missing, day.closed) for day in burnt.days] == [(9, 0), (8, 1)]
    assert burnt.due == {monday: 3, TODAY + timedelta(days=10): 5}
