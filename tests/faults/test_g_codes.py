"""Industry codes as records and agreements write them: read as what they name, else unknown."""

from __future__ import annotations

from typing import Any

import pytest

from syncd.agreement import load_industries
from syncd.mapping import values
from syncd.model import IndustryCode, Standing
from syncd.rules.market import stand
from tests.faults.test_c_values import served
from tests.rules.agreements import complaints, segment
from tests.rules.test_market import bank

INDUSTRIES = load_industries()


def standing(system: str, year: int, code: str, *wanted: str, scheme: tuple[str, int] | None = None) -> Standing:
    """Where a record with that code stands, whose agreement wants these codes."""
    name, of = scheme or (system, year)
    agreement = served(industries={"system": name, "year": of, "codes": list(wanted)})
    return stand(bank(codes=(IndustryCode(system, year, code),)), agreement, INDUSTRIES)[0]


ROUNDED = {
    "a major group, all served": ("1400", ("14",), Standing.IN),
    "a major group, one industry served": ("1400", ("1422",), Standing.UNKNOWN),
    "another major group": ("1400", ("6021",), Standing.OUT),
    "a group, all served": ("7370", ("737",), Standing.IN),
    "a group, one industry served": ("7370", ("7372",), Standing.UNKNOWN),
    "a group that is no leaf, by its industries": ("6020", ("6021", "6022", "6029"), Standing.IN),
    "a spreadsheet took the zero in front": ("111", ("0111",), Standing.IN),
    "five digits are another country's": ("64191", ("6021",), Standing.UNKNOWN),
    "five digits that begin like one of ours": ("60211", ("6021",), Standing.UNKNOWN),
    "another classification's": ("K64.19", ("6021",), Standing.UNKNOWN),
}


@pytest.mark.parametrize(("code", "wanted", "right"), ROUNDED.values(), ids=ROUNDED.keys())
def test_a_rounded_code_is_the_group_that_it_names(code: str, wanted: tuple[str, ...], right: Standing) -> None:
    assert standing("SIC", 1987, code, *wanted) is right


NAICS = ("NAICS", 2017)
COARSE: dict[str, tuple[tuple[Any, ...], Standing]] = {
    "a sector": ((*NAICS, "31-33", "3118"), Standing.UNKNOWN),
    "an industry in it": ((*NAICS, "311811", "3118"), Standing.IN),
    "a group, one industry of it wanted": ((*NAICS, "5221", "522110"), Standing.UNKNOWN),
    "a group that is wanted": ((*NAICS, "5221", "5221"), Standing.IN),
}


@pytest.mark.parametrize(("case", "right"), COARSE.values(), ids=COARSE.keys())
def test_a_coarse_code_is_in_only_where_all_of_it_is(case: tuple[Any, ...], right: Standing) -> None:
    assert standing(*case) is right


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("522110 - Commercial Banking", "522110"),
        ("522110.0", "522110"),
        (522110, "522110"),
        ("31-33", "31-33"),
        ("K64.19", "K64.19"),
        ("Commercial Banking", None),
    ],
)
def test_a_code_is_read_without_what_is_written_behind_it(words: Any, code: str | None) -> None:
    assert values.code(words) == code


def test_a_code_that_became_one_of_two_is_unknown_until_both_are_served() -> None:
    assert standing("NAICS", 2022, "212220", "212221", scheme=NAICS) is Standing.UNKNOWN
    assert standing("NAICS", 2022, "212220", "212221", "212222", scheme=NAICS) is Standing.IN
    assert standing("SIC", 1987, "7372", "511210", scheme=NAICS) is Standing.UNKNOWN
    assert standing("SIC", 1987, "7372", "511210", "334614", scheme=NAICS) is Standing.IN


def test_codes_without_quotes_keep_the_zero_in_front() -> None:
    text = segment(size={"measure": "employees", "min": 10}, industries={"system": "SIC", "year": 1987, "codes": []})
    assert complaints(text.replace("codes: []", "codes: [0111, 0831]")) == []


def test_a_code_of_an_earlier_edition_is_refused_with_what_it_is_now() -> None:
    text = segment(
        size={"measure": "employees", "min": 10}, industries={"system": "NAICS", "year": 2022, "codes": ["212221"]}
    )
    (complaint,) = complaints(text)
    assert "Gold Ore Mining" in complaint
    assert "212220" in complaint
