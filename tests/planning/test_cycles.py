"""The sales cycle of each offer in each segment: from what was known at the end of last month."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from syncd.model.milestones import Milestone, Stage
from syncd.planning.cycles import cycles_of

START = datetime(2026, 1, 5, 15, tzinfo=UTC)


def _won(offer: str, count: int, first: int = 0, segment: str = "banks") -> Iterator[Milestone]:
    """So many opportunities of an offer, opened day by day and won after 60 days."""
    for number in range(first, first + count):
        opened = START + timedelta(days=number)
        fields = {"opportunity_id": f"o/{offer}/{segment}/{number}", "offer": offer, "segment": segment}
        yield Milestone(Stage.SQO, opened, "a/1", **fields)
        yield Milestone(Stage.WON, opened + timedelta(days=60), "a/1", **fields)


def test_each_offer_and_segment_has_its_own_where_enough_were_won() -> None:
    cycles = cycles_of(
        [*_won("fraud", 30), *_won("lending", 10), *_won("fraud", 1, segment="savings")], date(2026, 7, 9)
    )
    assert cycles["fraud", "banks"].days == 60
    assert (cycles["fraud", "banks"].won, cycles["fraud", "banks"].as_of) == (30, date(2026, 6, 30))
    assert (cycles["lending", "banks"].days, cycles["lending", "banks"].won) == (None, 10)
    assert cycles["fraud", "savings"].days is None
    assert ("lending", "savings") not in cycles


def test_nothing_moves_by_the_day_only_with_a_new_month() -> None:
    milestones = [*_won("fraud", 90)]
    assert cycles_of(milestones, date(2026, 5, 1)) == cycles_of(milestones, date(2026, 5, 31))
    assert cycles_of(milestones, date(2026, 5, 31)) != cycles_of(milestones, date(2026, 6, 1))
