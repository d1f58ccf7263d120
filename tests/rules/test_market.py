"""The served market: in, out or unknown, with the criterion that decided."""

from __future__ import annotations

import csv
import gzip
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from importlib import resources
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from syncd.agreement import Agreement, load, load_industries
from syncd.model import Account, Band, Gate, IndustryCode, Ruling, Standing
from syncd.rules.market import admitting, stand
from tests.rules.builders import priced

INDUSTRIES = load_industries()
SHIPPED = load()
MAPPINGS = resources.files("mappings")


def served(*segments: dict[str, Any]) -> Agreement:
    """The shipped agreement with another served market."""
    market = type(SHIPPED.served_market).model_validate({"segments": segments})
    return SHIPPED.model_copy(update={"served_market": market})


def sic(*codes: str) -> tuple[IndustryCode, ...]:
    return tuple(IndustryCode("SIC", 1987, code) for code in codes)


def naics(year: int, *codes: str) -> tuple[IndustryCode, ...]:
    return tuple(IndustryCode("NAICS", year, code) for code in codes)


def band(low: int | None, high: int | None) -> Band:
    return Band(None if low is None else Decimal(low), None if high is None else Decimal(high))


def exactly(number: int) -> Band:
    return band(number, number)


def bank(currency: str | None = "USD", **facts: Any) -> Account:
    """A bank that the shipped agreement serves, but for what `facts` say."""
    known: dict[str, Any] = {
        "id": "a",
        "country": "US",
        "total_assets": exactly(900_000_000),
        "codes": sic("6022"),
        "registers": ("fdic",),
        "sources": {"total_assets": "fdic ASSET", "codes": "fdic BKCLASS"},
    }
    return Account(**priced(known | facts, currency))


def gate(gates: tuple[Gate, ...], name: str) -> Gate:
    return next(one for one in gates if one.name == name)


# ---- the FDIC list -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def institutions() -> list[tuple[dict[str, str], Account]]:
    """Every row of the shipped register, read with the classes of its mapping."""
    classes = yaml.safe_load(MAPPINGS.joinpath("fdic.yaml").read_text(encoding="utf-8"))["tables"]["bank_classes"]

    def read() -> Iterator[tuple[dict[str, str], Account]]:
        with gzip.open(str(MAPPINGS.joinpath("registers", "fdic.csv.gz")), "rt", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                assets = Decimal(row["ASSET"]) * 1000 if row["ASSET"] else None
                yield (
                    row,
                    Account(
                        id=row["CERT"],
                        name=row["NAME"],
                        country="US",
                        codes=sic(classes[row["BKCLASS"]]),
                        total_assets=None if assets is None else Band(assets, assets, "USD"),
                        registers=("fdic",),
                    ),
                )

    return list(read())


def test_the_fdic_list_counts_are_exact(institutions: list[tuple[dict[str, str], Account]]) -> None:
    standings = Counter(stand(account, SHIPPED, INDUSTRIES)[0] for _, account in institutions)
    register = SHIPPED.served_market.segments[0].register_
    assert register is not None
    assert standings == {Standing.IN: 1301, Standing.UNKNOWN: 5, Standing.OUT: 4339 - 1301 - 5}
    assert standings[Standing.IN] == register.count


def test_the_fdic_list_counts_by_class(institutions: list[tuple[dict[str, str], Account]]) -> None:
    served_classes = Counter(
        row["BKCLASS"] for row, account in institutions if stand(account, SHIPPED, INDUSTRIES)[0] is Standing.IN
    )
    assert served_classes["N"] == 244
    assert served_classes["NM"] + served_classes["SM"] == 1055
    assert served_classes["OI"] + served_classes["NC"] == 2
    assert set(served_classes) <= {"N", "NM", "SM", "OI", "NC"}


def test_institutions_without_assets_are_unknown(institutions: list[tuple[dict[str, str], Account]]) -> None:
    without = [account for row, account in institutions if not row["ASSET"]]
    assert len(without) == 5
    for account in without:
        standing, segment, gates = stand(account, SHIPPED, INDUSTRIES)
        assert (standing, segment) == (Standing.UNKNOWN, None)
        assert gate(gates, "size").ruling is Ruling.UNKNOWN
        assert gate(gates, "size").mend == "find out the total assets"


# ---- criterion by criterion --------------------------------------------------------------------------------------

CASES = {
    "a served bank": (bank(), Standing.IN),
    "at the lower bound": (bank(total_assets=exactly(500_000_000)), Standing.IN),
    "just below it": (bank(total_assets=exactly(499_999_999)), Standing.OUT),
    "at the upper bound": (bank(total_assets=exactly(5_000_000_000)), Standing.IN),
    "just above it": (bank(total_assets=exactly(5_000_000_001)), Standing.OUT),
    "a band inside": (bank(total_assets=band(500_000_000, 1_000_000_000)), Standing.IN),
    "a band outside": (bank(total_assets=band(100_000_000, 499_999_999)), Standing.OUT),
    "a band across a bound": (bank(total_assets=band(250_000_000, 500_000_000)), Standing.UNKNOWN),
    "a band around both": (bank(total_assets=band(0, 10_000_000_000)), Standing.UNKNOWN),
    "an open band above": (bank(total_assets=band(6_000_000_000, None)), Standing.OUT),
    "an open band from inside": (bank(total_assets=band(1_000_000_000, None)), Standing.UNKNOWN),
    "an open band below": (bank(total_assets=band(None, 100_000_000)), Standing.OUT),
    "a band of nothing": (bank(total_assets=band(None, None)), Standing.UNKNOWN),
    "no size": (bank(total_assets=None), Standing.UNKNOWN),
    "another size measure only": (bank(total_assets=None, employees=exactly(300)), Standing.UNKNOWN),
    "another currency": (bank(currency="EUR"), Standing.UNKNOWN),
    "no currency": (bank(currency=None), Standing.UNKNOWN),
    "no code": (bank(codes=()), Standing.UNKNOWN),
    "another code": (bank(codes=sic("6035")), Standing.OUT),
    "two codes, one served": (bank(codes=sic("7372", "6021")), Standing.IN),
    "two codes of which one holds, one served": (
        bank(codes=sic("6021", "6035"), codes_ambiguous=True),
        Standing.UNKNOWN,
    ),
    "two codes of which one holds, both served": (bank(codes=sic("6021", "6022"), codes_ambiguous=True), Standing.IN),
    "two codes of which one holds, none served": (bank(codes=sic("6035", "6036"), codes_ambiguous=True), Standing.OUT),
    "a short code with served industries only": (bank(codes=sic("602")), Standing.IN),
    "a short code with others too": (bank(codes=sic("60")), Standing.UNKNOWN),
    "a code of no table": (bank(codes=sic("6666")), Standing.UNKNOWN),
    "a code of no known year": (bank(codes=(IndustryCode("SIC", 1972, "6022"),)), Standing.UNKNOWN),
    "an eight-digit code": (bank(codes=sic("60220000")), Standing.IN),
    "commercial banking in NAICS": (bank(codes=naics(2017, "522110")), Standing.IN),
    "the same of 2022": (bank(codes=naics(2022, "522110")), Standing.IN),
    "savings in NAICS": (bank(codes=naics(2012, "522120")), Standing.OUT),
    "card issuing in NAICS": (bank(codes=naics(2017, "522210")), Standing.UNKNOWN),
    "no country": (bank(country=None), Standing.UNKNOWN),
    "another country": (bank(country="CA"), Standing.OUT),
    "missing size, but a definite no": (bank(total_assets=None, codes=sic("6035")), Standing.OUT),
    "missing code, but too large": (bank(codes=(), total_assets=exactly(9_000_000_000)), Standing.OUT),
    "not in the register": (bank(registers=()), Standing.IN),
    "nothing known": (Account(id="a"), Standing.UNKNOWN),
}


@pytest.mark.parametrize(("account", "standing"), CASES.values(), ids=CASES.keys())
def test_a_missing_fact_is_unknown_and_never_out(account: Account, standing: Standing) -> None:
    assert stand(account, SHIPPED, INDUSTRIES)[0] is standing


def test_every_gate_shows_value_and_source() -> None:
    _, _, gates = stand(bank(), SHIPPED, INDUSTRIES)
    assert [one.name for one in gates] == ["size", "industry", "country", "register"]
    size = gate(gates, "size")
    assert (size.value, size.source) == ("900,000,000 USD", "fdic ASSET")
    assert gate(gates, "industry").value == "SIC 1987 6022 State Commercial Banks"


def test_a_no_and_an_unknown_say_what_would_make_them_pass() -> None:
    _, _, gates = stand(bank(total_assets=exactly(1), codes=()), SHIPPED, INDUSTRIES)
    assert gate(gates, "size").mend == "total assets of USD 500,000,000 to 5,000,000,000"
    assert gate(gates, "industry").mend == "find out the SIC code"


def test_a_vendor_label_without_code_is_shown() -> None:
    _, _, gates = stand(bank(codes=(), industry="FINANCIAL_SERVICES"), SHIPPED, INDUSTRIES)
    assert gate(gates, "industry").value == "FINANCIAL_SERVICES"


def test_an_account_that_the_register_lacks_is_in_and_says_so() -> None:
    standing, _, gates = stand(bank(registers=()), SHIPPED, INDUSTRIES)
    assert standing is Standing.IN
    assert "lacks it" in gate(gates, "register").reason


def test_a_rank_list_is_decided_by_its_register() -> None:
    agreement = served({"name": "giants", "rank_list": "the Global 2000", "register": {"name": "g2000", "count": 2000}})
    listed = Account(id="a", registers=("g2000",))
    assert stand(listed, agreement, INDUSTRIES)[:2] == (Standing.IN, "giants")
    assert stand(Account(id="b"), agreement, INDUSTRIES)[0] is Standing.OUT


# ---- several segments --------------------------------------------------------------------------------------------

BANKS = {"name": "banks", "industries": {"system": "SIC", "year": 1987, "codes": ["602"]}}
BIG = {"name": "big", "size": {"measure": "employees", "min": 1000}}
WEST = {"name": "west", "states": ["CA", "OR"], "industries": {"system": "NAICS", "year": 2022, "codes": ["513210"]}}


@pytest.mark.parametrize(
    ("account", "standing", "segment"),
    [
        (Account(id="a", codes=sic("6021"), employees=exactly(10)), Standing.IN, "banks"),
        (Account(id="a", codes=sic("7372"), employees=exactly(1000)), Standing.IN, "big"),
        (Account(id="a", codes=sic("7372"), employees=exactly(999)), Standing.OUT, None),
        (Account(id="a", codes=sic("7372")), Standing.UNKNOWN, None),
        (Account(id="a", codes=sic("6021")), Standing.IN, "banks"),
    ],
)
def test_several_segments(account: Account, standing: Standing, segment: str | None) -> None:
    assert stand(account, served(BANKS, BIG), INDUSTRIES)[:2] == (standing, segment)


def test_the_gates_are_those_of_the_nearest_segment() -> None:
    account = Account(id="a", codes=sic("6035"), employees=None)
    standing, _, gates = stand(account, served(BANKS, BIG), INDUSTRIES)
    assert standing is Standing.UNKNOWN
    assert [one.name for one in gates] == ["size"]


@pytest.mark.parametrize(
    ("account", "standing"),
    [
        (Account(id="a", country="US", state="CA", codes=naics(2022, "513210")), Standing.IN),
        (Account(id="a", country="US", state="CA", codes=naics(2017, "511210")), Standing.IN),
        (Account(id="a", country="US", state="NY", codes=naics(2022, "513210")), Standing.OUT),
        (Account(id="a", country="DE", state="CA", codes=naics(2022, "513210")), Standing.OUT),
        (Account(id="a", country="US", codes=naics(2022, "513210")), Standing.UNKNOWN),
    ],
)
def test_a_segment_may_be_limited_to_states(account: Account, standing: Standing) -> None:
    assert stand(account, served(WEST), INDUSTRIES)[0] is standing


# ---- properties --------------------------------------------------------------------------------------------------

numbers = st.integers(0, 10_000_000_000)


@given(numbers, numbers, st.data())
def test_a_band_never_contradicts_what_is_inside_it(bound: int, other: int, data: st.DataObject) -> None:
    low, high = sorted((bound, other))
    truth = data.draw(st.integers(low, high))
    coarse = stand(bank(total_assets=band(low, high)), SHIPPED, INDUSTRIES)[0]
    exact = stand(bank(total_assets=exactly(truth)), SHIPPED, INDUSTRIES)[0]
    assert coarse in (exact, Standing.UNKNOWN)


@given(st.sampled_from(sorted(INDUSTRIES.leaves(("SIC", 1987), "60"))), st.sampled_from((2012, 2017, 2022)))
def test_a_translated_code_never_contradicts_the_code_it_came_from(code: str, year: int) -> None:
    truth = stand(bank(codes=sic(code)), SHIPPED, INDUSTRIES)[0]
    for translated in INDUSTRIES.translate(IndustryCode("SIC", 1987, code), ("NAICS", year)):
        assert stand(bank(codes=naics(year, translated)), SHIPPED, INDUSTRIES)[0] in (truth, Standing.UNKNOWN)


@given(
    st.builds(
        Account,
        id=st.just("a"),
        country=st.sampled_from((None, "US", "CA", "")),
        total_assets=st.none()
        | st.builds(Band, st.none() | numbers, st.none() | numbers, st.sampled_from((None, "USD", "EUR"))),
        codes=st.lists(
            st.builds(
                IndustryCode,
                st.sampled_from(("SIC", "NAICS", "NACE")),
                st.sampled_from((1987, 2017)),
                st.text(max_size=8),
            ),
            max_size=3,
        ).map(tuple),
        codes_ambiguous=st.booleans(),
    )
)
def test_any_account_has_a_standing_with_reasons(account: Account) -> None:
    standing, segment, gates = stand(account, SHIPPED, INDUSTRIES)
    rulings = {one.ruling for one in gates}
    assert (segment is not None) == (standing is Standing.IN)
    assert (Ruling.NO in rulings) == (standing is Standing.OUT)
    assert all(one.reason for one in gates)
    assert all(one.mend for one in gates if one.ruling is not Ruling.YES)


BY_HEADS = {"name": "by heads", "size": {"measure": "employees", "min": 50}}
BY_ASSETS = {"name": "by assets", "size": {"measure": "total_assets", "currency": "USD", "min": 500}}


def test_an_earlier_segment_that_is_unknown_is_shown_behind_the_one_that_admits() -> None:
    standing, segment, gates = stand(bank(), served(BY_HEADS, BY_ASSETS), INDUSTRIES)
    assert (standing, segment) == (Standing.IN, "by assets")
    assert gates[-1].name == "segment"
    assert gates[-1].reason == "by heads comes first, and may be theirs: the employees are not known"
    assert gates[-1].mend == "find out the employees"
    assert [gate.name for gate in stand(bank(), served(BY_ASSETS, BY_HEADS), INDUSTRIES)[2]] == ["size"]


def test_an_account_that_several_segments_admit_belongs_to_the_first() -> None:
    account, agreement = bank(employees=exactly(60)), served(BY_HEADS, BY_ASSETS)
    assert stand(account, agreement, INDUSTRIES)[1] == "by heads"
    assert admitting(account, agreement, INDUSTRIES) == ("by heads", "by assets")


# ---- whom it belongs to ------------------------------------------------------------------------------------------

HOLDING = bank(id="h", name="Invented Holding", total_assets=exactly(9_000))
GROUP = {"name": "groups", "size": {"measure": "total_assets", "currency": "USD", "min": 5_000, "of": "group"}}
OWNED = {
    "its own size counts by default": ({"size": {**GROUP["size"], "of": "company"}}, (HOLDING,), "no"),
    "the group's, where that was agreed": ({}, (HOLDING,), "yes"),
    "of the topmost one": ({}, (bank(id="m", total_assets=exactly(7)), HOLDING), "yes"),
    "which may be unknown": ({}, (bank(id="h", name="Invented Holding", total_assets=None),), "unknown"),
    "who belongs to nobody is its own group": ({}, (), "no"),
}


@pytest.mark.parametrize(("changes", "parents", "ruling"), OWNED.values(), ids=OWNED.keys())
def test_a_segment_says_whose_size_counts(changes: dict[str, Any], parents: tuple[Account, ...], ruling: str) -> None:
    account = bank(total_assets=exactly(100), parents=parents)
    _, _, (gate,) = stand(account, served(GROUP | changes), INDUSTRIES)
    assert gate.ruling == ruling
    by_owner = bool(parents) and not changes
    assert gate.reason.endswith(": those of Invented Holding, which owns it") is by_owner
