"""What `agreement check` says of territories, capacity and the reps' calendars."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from syncd.agreement import Agreement, terms_digest
from tests.rules.agreements import CONTENT, changed, complaints

A_REP = "rae@bank.example"


def territories(*lines: dict[str, Any]) -> str:
    return changed(handover={"territories": list(lines)})


def reps(**calendar: Any) -> str:
    return changed(reps=[{"rep": A_REP, **calendar}])


PROBLEMS = {
    "a line without anybody": (territories({"states": ["NY"]}), ["a line names nobody"]),
    "a rep and a team": (territories({"rep": A_REP, "team": [A_REP]}), ["a line names a rep and a team"]),
    "somebody twice in a team": (territories({"team": [A_REP, A_REP.upper()]}), ["stands twice in one team"]),
    "a team without address": (territories({"team": ["Rae"]}), ["'Rae' is no e-mail address"]),
    "a segment that is not": (
        territories({"segments": ["banks"], "rep": A_REP}),
        ["the segment 'banks' is not defined"],
    ),
    "an offer that is not": (
        territories({"offers": ["lending"], "rep": A_REP}),
        ["the offer 'lending' is not defined"],
    ),
    "a line behind a named account": (territories({"accounts": ["A Bank"], "rep": A_REP}, {"rep": A_REP}), []),
    "a line behind the rest": (territories({"team": [A_REP]}, {"rep": A_REP}), ["this line takes the rest"]),
    "a negative capacity": (changed(capacity={"per_rep_per_week": -1}), ["capacity.per_rep_per_week"]),
    "a share above all": (changed(capacity={"waiting_percent": 101}), ["capacity.waiting_percent"]),
    "a kind that nobody explores by": (changed(capacity={"at_once": ["demo"]}), ["the kind of exploring 'demo'"]),
    "a country without holidays": (
        changed(capacity={"holidays": {"country": "XX"}}),
        ["no holidays are known of 'XX'"],
    ),
    "a subdivision alone": (changed(capacity={"holidays": {"subdivision": "NY"}}), ["a subdivision without a country"]),
    "a subdivision that is not": (
        changed(capacity={"holidays": {"country": "US", "subdivision": "BY"}}),
        ["no holidays are known of 'BY' in US"],
    ),
    "a calendar of nobody": (changed(reps=[{"rep": "Rae"}]), ["'Rae' is no e-mail address"]),
    "a second calendar": (changed(reps=[{"rep": A_REP}, {"rep": A_REP}]), ["a second calendar of"]),
    "a zone that is not": (reps(time_zone="Eastern"), ["'Eastern' is no time zone"]),
    "an absence that ends first": (
        reps(absent=[{"first": date(2026, 5, 2), "last": date(2026, 5, 1)}]),
        ["an absence that ends before it begins"],
    ),
}


@pytest.mark.parametrize(("text", "expected"), PROBLEMS.values(), ids=PROBLEMS.keys())
def test_a_problem_is_named(text: str, expected: list[str]) -> None:
    problems = complaints(text)
    assert len(problems) == len(expected), problems
    for complaint, what in zip(problems, expected, strict=True):
        assert what in complaint


def test_no_signature_binds_a_calendar() -> None:
    signed = Agreement.model_validate(CONTENT)
    away = Agreement.model_validate(CONTENT | {"reps": [{"rep": A_REP, "per_week": 2}]})
    assert terms_digest(away) == terms_digest(signed)
    tighter = Agreement.model_validate(CONTENT | {"capacity": {"per_rep_per_week": 2}})
    assert terms_digest(tighter) != terms_digest(signed)
