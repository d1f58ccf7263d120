"""A country or a state that cannot be read is unknown, and puts nobody out of the market."""

from typing import Any

import pytest

from syncd.agreement import load_industries
from syncd.mapping import load_all
from syncd.mapping.files import tables
from syncd.mapping.places import country
from syncd.model import Ruling
from syncd.rules.market import stand
from tests.faults.test_c_assumed import agreed
from tests.faults.test_c_values import account
from tests.rules.builders import an_account

YES, NO, UNKNOWN = Ruling.YES, Ruling.NO, Ruling.UNKNOWN
SPELLED = {name.lower(): code for name, code in tables(load_all()["hubspot"])["places:country"].items()}

PLACES: dict[str, tuple[dict[str, Any], dict[str, Any], Ruling]] = {
    "a country in words that name none": ({"countries": ["US"]}, {"country": "US of A"}, UNKNOWN),
    "two letters that are no country": ({"countries": ["US"]}, {"country": "XX"}, UNKNOWN),
    "another country": ({"countries": ["US"]}, {"country": "CA"}, NO),
    "a state that is misspelt": ({"states": ["TX"]}, {"country": "US", "state": "Texass"}, UNKNOWN),
    "a sales region": ({"states": ["TX"]}, {"country": None, "state": "SOUTH"}, UNKNOWN),
    "a state that is served, in a country that cannot be read": (
        {"states": ["TX"]},
        {"country": "US of A", "state": "TX"},
        YES,
    ),
    "another state": ({"states": ["TX"]}, {"country": "US", "state": "NY"}, NO),
    "a state of another country": ({"states": ["TX"]}, {"country": "CA", "state": "Ontario"}, NO),
}


@pytest.mark.parametrize(("segment", "facts", "right"), PLACES.values(), ids=PLACES)
def test_what_cannot_be_read_is_unknown_and_never_out(
    segment: dict[str, Any], facts: dict[str, Any], right: Ruling
) -> None:
    blank: dict[str, Any] = {"state": None, "domain": None}
    _, _, (gate, *_) = stand(an_account(**{**blank, **facts}), agreed(segment), load_industries())
    assert gate.ruling is right
    assert ("cannot be read as a" in gate.reason) is (right is UNKNOWN)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("DEU", "DE"),
        ("U.K.", "GB"),
        ("Korea, Republic of", "KR"),
        ("Saint Kitts and Nevis", "KN"),
        ("Aland Islands", "AX"),
        ("The Bahamas", "BS"),
        ("ÖSTERREICH", "AT"),
        ("US of A", "US of A"),
        ("XXX", "XXX"),
    ],
)
def test_a_country_is_read_by_its_codes_and_by_its_names_as_lists_write_them(words: str, code: str) -> None:
    assert country(words, SPELLED) == code


def test_a_country_that_can_be_read_comes_before_one_that_cannot(store: Any) -> None:
    known = account(store, {"BillingCountry": "US of A", "BillingState": "TX"}, {"country": "United States"})
    assert (known.country, known.sources["country"]) == ("US", "hubspot companies.country")
