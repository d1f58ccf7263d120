"""Mode `scored`: an agreement is accepted only where fit outweighs the sum of all behaviour."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from syncd.agreement.check.scoring import fit_totals, largest_behaviour
from syncd.agreement.lead_terms import Scoring
from tests.rules.agreements import CONTENT, SCORED, changed, complaints


def scored(**terms: Any) -> str:
    return changed(mql={**CONTENT["mql"], "mode": "scored", "scored": {**SCORED, **terms}})


ROLE = SCORED["fit"]["role"]


@pytest.mark.parametrize(
    ("terms", "what"),
    [
        ({}, None),
        (
            {"behaviour": {"cap": 50, "points": {"webinar": 10}}},
            "from 100 to 150 points of fit is a step of 50, and behaviour can",
        ),
        ({"behaviour": {"points": {"webinar": 30, "whitepaper": 20}}}, "is a step of 50, and behaviour can give 50"),
        ({"behaviour": {"points": {"webinar": 30, "whitepaper": 19}}}, None),
        ({"behaviour": {"cap": 500, "points": {}}}, None),
        ({"fit": {"role": ROLE, "level": {"VP": 10}}}, "is a step of 10, and behaviour can give 49"),
        ({"fit": {"role": {**ROLE, "Champion": 199}}}, "from 199 to 200 points of fit is a step of 1"),
        ({"fit": {}}, "fit gives no points"),
        ({"threshold": 49}, "behaviour alone reaches the threshold: 49 of 49 points"),
        ({"threshold": 250}, "nobody reaches the threshold of 250: 249 points are the most"),
        ({"fit": {"role": {**ROLE, "Champion": -150}}}, "Champion takes points away"),
        ({"behaviour": {"cap": 49, "points": {"webinar": -1}}}, "webinar takes points away"),
        ({"behaviour": {"cap": -1, "points": {"webinar": 1}}}, "the cap is below zero"),
        (
            {"fit": {"role": {**ROLE, "Champignon": 100}}},
            "the role 'Champignon' is not defined (did you mean Champion?)",
        ),
        ({"behaviour": {"cap": 49, "points": {"webinars": 1}}}, "the activity kind 'webinars' is not defined"),
    ],
)
def test_fit_must_outweigh_behaviour(terms: dict[str, Any], what: str | None) -> None:
    problems = complaints(scored(**terms))
    assert (what is None and problems == []) or any(what is not None and what in one for one in problems), problems


def test_the_proof_is_asked_for_only_where_the_mode_is_scored() -> None:
    loose = {**SCORED, "behaviour": {"cap": 500, "points": {"webinar": 10}}}
    assert complaints(changed(mql={**CONTENT["mql"], "scored": loose})) == []
    without = {name: value for name, value in CONTENT["mql"].items() if name != "scored"}
    assert "mode: scored without its table" in complaints(changed(mql={**without, "mode": "scored"}))[0]


points = st.dictionaries(st.sampled_from(sorted(ROLE)), st.integers(0, 300), min_size=1)


@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    role=points,
    level=st.dictionaries(st.sampled_from(sorted(CONTENT["levels"])), st.integers(0, 300), max_size=2),
    cap=st.none() | st.integers(0, 80),
    behaviour=st.dictionaries(st.sampled_from(["webinar", "whitepaper", "contact_sales"]), st.integers(0, 40)),
    threshold=st.integers(1, 400),
)
def test_in_an_accepted_table_no_behaviour_makes_up_for_a_step_of_fit(
    role: dict[str, int], level: dict[str, int], cap: int | None, behaviour: dict[str, int], threshold: int
) -> None:
    terms = {
        "threshold": threshold,
        "fit": {"role": role, "level": level},
        "behaviour": {"cap": cap, "points": behaviour},
    }
    if complaints(scored(**terms)):
        return
    table = Scoring.model_validate(terms)
    most = largest_behaviour(table)
    totals = fit_totals(table)
    assert all(low + most < high for low, high in pairwise(totals))
    assert most < threshold
