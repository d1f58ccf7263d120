"""§9: a new opportunity closes when those before it did, where enough were won; else by the agreement's cycle."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from syncd.rules.cycles import Cycle, span_of
from tests.rules.builders import TODAY, an_opportunity
from tests.rules.test_forecast import FRAUD, LENDING, call, supporter

SEGMENT = "mid-size US banks"
KNOWN = Cycle(days=70, won=45, entered=130, within=365, least=20, as_of=date(2026, 10, 31))
FEW = replace(KNOWN, days=None, won=3)
CASES = {
    "enough were won": ({(FRAUD, SEGMENT): KNOWN}, 70, "70 days: by then half of those have been won"),
    "too few were won": ({(FRAUD, SEGMENT): FEW}, 120, "120 days, the agreement's sales cycle: 3 won so far"),
    "another offer was": ({(LENDING, SEGMENT): KNOWN}, 120, "120 days, the agreement's sales cycle: none was won"),
    "in another segment": ({(FRAUD, "savings"): KNOWN}, 120, "120 days, the agreement's sales cycle: none was won"),
    "nothing is known": ({}, 120, "120 days, the agreement's sales cycle: none was won"),
}


@pytest.mark.parametrize(("cycles", "days", "why"), CASES.values(), ids=CASES.keys())
def test_the_close_date_goes_by_the_history_or_by_the_agreement_and_says_which(
    cycles: dict[tuple[str, str | None], Cycle], days: int, why: str
) -> None:
    span = span_of(cycles, FRAUD, SEGMENT, 120)
    assert span.days == days
    assert span.basis.startswith(why)
    assert len(span.basis) <= 255  # what its field in Salesforce holds


def test_a_new_opportunity_takes_it_and_one_that_stands_keeps_its_date() -> None:
    opened = call(supporter(), cycles={(FRAUD, SEGMENT): KNOWN}, segment=SEGMENT)
    assert opened.close_date == TODAY + timedelta(days=70)
    assert opened.close_basis.startswith("70 days: ")
    ours = an_opportunity(id="opportunity-9", key=f"bank/{FRAUD}", offer=FRAUD, close_date=date(2027, 3, 1))
    kept = call(supporter(), cycles={(FRAUD, SEGMENT): KNOWN}, segment=SEGMENT, opportunities=(ours,))
    assert (kept.close_date, kept.close_basis) == (date(2027, 3, 1), "")
