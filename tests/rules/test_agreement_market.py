"""Statements of a served market: one that nobody can act on is refused, with what would mend it."""

from __future__ import annotations

from typing import Any

import pytest

from syncd.agreement import examine
from tests.rules.agreements import BANK_CODES, SHIPPED, SIZE, complaints, segment

STATEMENTS: dict[str, tuple[dict[str, Any], str]] = {
    "everyone": ({}, "admits everyone: it has neither size nor industry codes nor a register"),
    "a size without bounds": ({"size": {"measure": "employees"}}, "the bounds exclude nobody"),
    "a size from zero": ({"size": {"measure": "employees", "min": 0}}, "the bounds exclude nobody"),
    "a size up to zero": ({"size": {"measure": "employees", "max": 0}}, "the bounds admit nobody"),
    "inverted bounds": ({"size": {"measure": "employees", "min": 9, "max": 5}}, "the bounds are inverted: 9 to 5"),
    "money without currency": ({"size": {"measure": "total_assets", "min": 9}}, "total_assets without a currency"),
    "no currency": (
        {"size": {"measure": "total_assets", "min": 9, "currency": "DOLLAR"}},
        "'DOLLAR' is no ISO 4217 currency",
    ),
    "a rank list": ({"rank_list": "the Global 2000"}, "'the Global 2000' is a rank list without a register"),
    "a rank list in words": ({"size": SIZE, "statement": "The Fortune 500"}, "'Fortune 500' is a rank list without a"),
    "a country alone": ({"countries": ["DE"]}, "a country alone is no served market"),
    "states alone": ({"states": ["NY"]}, "a state alone is no served market"),
    "a language alone": ({"languages": ["German"]}, "a language alone is no served market"),
    "a language": ({"languages": ["German"], "size": SIZE}, "a language stands in no account's record"),
    "a sector in words": (
        {"size": SIZE, "statement": "US manufacturers above 100 people"},
        "'manufacturers' is a whole sector without codes",
    ),
    "a NAICS sector": ({"industries": {"system": "NAICS", "year": 2017, "codes": ["52"]}}, "52 is a whole sector"),
    "a NAICS range": (
        {"industries": {"system": "NAICS", "year": 2022, "codes": ["31-33"]}},
        "31-33 is a whole sector (Manufacturing)",
    ),
    "a SIC major group": (
        {"industries": {"system": "SIC", "year": 1987, "codes": ["60"]}},
        "60 is a whole sector (Depository Institutions)",
    ),
    "a SIC division": ({"industries": {"system": "SIC", "year": 1987, "codes": ["H"]}}, "H is a whole sector"),
    "no codes": ({"size": SIZE, "industries": {"system": "SIC", "year": 1987, "codes": []}}, "lists no industry codes"),
    "an unknown year": (
        {"industries": {"system": "NAICS", "year": 2007, "codes": ["522110"]}},
        "no table of NAICS 2007",
    ),
    "no country": ({"size": SIZE, "countries": ["USA"]}, "'USA' is no ISO 3166 country code (did you mean US?)"),
    "no state": ({"size": SIZE, "states": ["Ohio"]}, "'Ohio' is no USPS state code"),
    "states elsewhere": ({"size": SIZE, "states": ["NY"], "countries": ["DE"]}, "the states are American"),
    "an empty register": ({"register": {"name": "r", "count": 0}}, "the agreed count is not above zero"),
}


@pytest.mark.parametrize(("terms", "what"), STATEMENTS.values(), ids=STATEMENTS.keys())
def test_a_statement_that_nobody_can_act_on_is_refused(terms: dict[str, Any], what: str) -> None:
    problems = complaints(segment(**terms))
    assert len(problems) == 1, problems
    assert what in problems[0]


@pytest.mark.parametrize(
    "terms",
    [
        {"size": SIZE},
        {"industries": BANK_CODES},
        {"industries": BANK_CODES, "statement": "US banks, whatever their rank"},
        {"size": SIZE, "countries": ["NO", "DE"]},
        {"register": {"name": "fdic", "count": 4}},
        {"rank_list": "the Global 2000", "register": {"name": "g2000", "count": 2000}},
        {"industries": {"system": "NAICS", "year": 2022, "codes": ["5221", "513210"]}},
        {"industries": {"system": "NAICS", "year": 2012, "codes": ["511210"]}},
    ],
)
def test_a_statement_that_somebody_can_act_on_passes(terms: dict[str, Any]) -> None:
    assert complaints(segment(**terms)) == []


@pytest.mark.parametrize(
    ("industries", "what"),
    [
        (
            {"system": "NAICS", "year": 2017, "codes": ["6021"]},
            "6021 is no NAICS code; it is SIC 6021, National Commercial Banks; NAICS 522110",
        ),
        (
            {"system": "SIC", "year": 1987, "codes": ["522110"]},
            "522110 is no SIC code; it is NAICS 522110, Commercial Banking; SIC 6021, 6022, 6029, 6081",
        ),
        (
            {"system": "NAICS", "year": 2022, "codes": ["511210"]},
            "511210 is no NAICS 2022 code; it is NAICS 2017 511210, Software Publishers; NAICS 2022 513210",
        ),
        (
            {"system": "NAICS", "year": 2012, "codes": ["513210"]},
            "513210 is no NAICS 2012 code; it is NAICS 2022 513210, Software Publishers; NAICS 2012 511210",
        ),
        (
            {"system": "SIC", "year": 1987, "codes": ["111"]},
            "111 is no SIC code; it is SIC 0111, Wheat, without its zero",
        ),
        ({"system": "SIC", "year": 1987, "codes": ["0000"]}, "0000 is no SIC code, and no other table has it"),
        ({"system": "SIC", "year": 1987, "codes": ["banks"]}, "banks is no SIC code, and no other table has it"),
    ],
)
def test_a_code_of_another_system_is_refused_with_its_likely_meaning(industries: dict[str, Any], what: str) -> None:
    problems = complaints(segment(industries=industries))
    assert len(problems) == 1
    assert what in problems[0]


@pytest.mark.parametrize("code", ["0111", '"0111"', "'0111'"])
def test_codes_are_read_as_they_are_typed(code: str) -> None:
    """To YAML 1.1 an unquoted 0111 is an octal number."""
    text = SHIPPED.replace('codes: ["6021", "6022", "6029", "6081"]', f"codes: [{code}, 6021]")
    agreement, problems = examine(text, "agreement.yaml")
    assert problems == []
    assert agreement is not None
    industries = agreement.served_market.segments[0].industries
    assert industries is not None
    assert industries.codes == ("0111", "6021")
