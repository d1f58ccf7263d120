"""§9: what becomes of an opportunity of ours whose close date passes, or whose group qualifies no more."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from syncd.model import Rung
from tests.rules.builders import TODAY, an_agreement
from tests.rules.test_forecast import OURS, call, supporter


@pytest.mark.parametrize("rung", [Rung.MOBILIZATION, Rung.MESSAGING], ids=["qualified", "not qualified"])
def test_a_close_date_that_has_passed_is_not_moved_on_but_shown(rung: Rung) -> None:
    passed = TODAY - timedelta(days=1)
    kept = call(supporter(rung=rung), opportunities=(replace(OURS, close_date=passed),))
    assert kept.close_date in (None, passed)
    assert kept.reasons[-1] == f"overdue: its close date, {passed}, has passed"
    assert not any("overdue" in reason for reason in call(opportunities=(replace(OURS, close_date=TODAY),)).reasons)


LAPSED = {"kept": None, "least": Decimal(10)}


@pytest.mark.parametrize(("agreed", "weight"), LAPSED.items())
def test_the_weight_of_one_that_stops_qualifying_follows_the_agreement(agreed: str, weight: Decimal | None) -> None:
    terms = an_agreement(forecast={"lapsed_weight": agreed})
    kept = call(supporter(rung=Rung.MESSAGING), opportunities=(OURS,), agreement=terms)
    assert (kept.probability, kept.amount, kept.qualified) == (weight, None, False)
    assert kept.reasons[0] == "supporters at mobilization or beyond: 0"
    assert (kept.reasons[-1] == "weight 10%: the least, until it qualifies") is (agreed == "least")
    back = call(opportunities=(OURS,), agreement=terms)
    assert back.probability == 12
