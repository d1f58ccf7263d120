"""What is assumed, and by which rates amounts count: shown as such, and contradicted by what a record says."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from connectors.base import Page, Record
from syncd.agreement import Agreement, load, load_industries, summary_lines
from syncd.agreement.terms import Rate
from syncd.doctor.terms import countries, shares
from syncd.mapping import load_all
from syncd.mapping.files import check, tables
from syncd.mapping.reading import reader
from syncd.model import Account, Band, Gate, Ruling, Standing
from syncd.rules.amounts import amount_of
from syncd.rules.market import stand
from syncd.store import Store
from syncd.sync.match import match
from syncd.sync.reader import Readers, load_customs
from syncd.sync.run import Run
from tests.ledger import save
from tests.rules.agreements import changed, complaints
from tests.rules.builders import a_group, an_account, judge

SHIPPED, INDUSTRIES, MAPPINGS = load(), load_industries(), load_all()
YES, NO, UNKNOWN = Ruling.YES, Ruling.NO, Ruling.UNKNOWN


def agreed(segment: Mapping[str, Any], assume: str | None = None, *rates: Rate) -> Agreement:
    content = {"segments": [{"name": "here", **segment}], "assume": {"country": assume}}
    market = type(SHIPPED.served_market).model_validate(content)
    return SHIPPED.model_copy(update={"served_market": market, "rates": rates})


def gate(account: Account, agreement: Agreement) -> Gate:
    _, _, (only, *_) = stand(account, agreement, INDUSTRIES)
    return only


def in_america(assume: str | None = None, country: str | None = None, **fields: Any) -> Gate:
    blank: dict[str, Any] = {"state": None, "domain": None, "country": country}
    return gate(an_account(**blank | fields), agreed({"countries": ["US"]}, assume))


# ---- a country ---------------------------------------------------------------------------------------------------


def test_a_country_that_the_agreement_assumes_counts_and_is_shown_as_assumed() -> None:
    assert in_america().ruling is UNKNOWN
    assumed = in_america("US")
    assert (assumed.ruling, assumed.source) == (YES, "assumed: US, by served_market.assume")
    assert assumed.reason == "the country is US, as assumed"
    assert in_america("DE").ruling is NO


def test_a_record_s_own_country_comes_before_what_is_assumed() -> None:
    assert in_america("US", "CA").ruling is NO


AGAINST = {
    "a state of another country": {"state": "ON"},
    "a postal code of another country": {"postal_code": "K1A 0B1"},
    "a telephone number of another country": {"phone": "+33 1 42 68 53 00"},
    "a domain of another country": {"domain": "banque.fr"},
    "a domain of the United Kingdom": {"domain": "bank.co.uk"},
}
FOR = {
    "a state": {"state": "NY"},
    "a postal code": {"postal_code": "10022-1234"},
    "a telephone number": {"phone": "+1 212 472 0142"},
    "a domain of everybody's": {"domain": "bank.io"},
}


@pytest.mark.parametrize("fields", AGAINST.values(), ids=AGAINST.keys())
def test_what_speaks_against_an_assumed_country_makes_it_unknown(fields: dict[str, Any]) -> None:
    doubtful = in_america("US", **fields)
    assert (doubtful.ruling, "only assumed" in doubtful.reason) == (UNKNOWN, True)
    assert in_america("US", "US", **fields).ruling is YES, "a record's own word is no assumption"


@pytest.mark.parametrize("fields", FOR.values(), ids=FOR.keys())
def test_what_goes_with_an_assumed_country_lets_it_count(fields: dict[str, Any]) -> None:
    assert in_america("US", **fields).ruling is YES


def test_a_country_that_a_mapping_supplies_is_assumed_as_well() -> None:
    text = (
        "system: hubspot\nstreams: {companies: {into: account, fields: "
        "{name: {from: n}, country: {from: c, as: country, default: US}}}}\n"
    )
    mapping, problems = check(text, "hubspot.yaml")
    assert mapping
    assert problems == []
    read = reader(mapping, "companies", tables(mapping))
    assert read({"n": "Bank"}) == {
        "name": "Bank",
        "country": "US",
        "assumed": {"country": "assumed: US, by hubspot.yaml"},
    }
    assert read({"n": "Bank", "c": "Canada"}) == {"name": "Bank", "country": "CA"}
    supplied = in_america(None, "US", assumed=("country",), sources={"country": "assumed: US, by hubspot.yaml"})
    assert (supplied.ruling, supplied.source) == (YES, "assumed: US, by hubspot.yaml")
    assert in_america(None, "US", assumed=("country",), domain="banque.fr").ruling is UNKNOWN


def test_a_country_that_is_none_cannot_be_assumed() -> None:
    market = {"segments": [{"name": "ours", "size": {"measure": "employees", "min": 10}}], "assume": {"country": "USA"}}
    (complaint,) = complaints(changed(served_market=market))
    assert "'USA' is no ISO 3166 country code" in complaint


# ---- rates -------------------------------------------------------------------------------------------------------

EUROS = Rate(currency="EUR", rate=Decimal("1.05"), on=date(2026, 1, 2), source="the central bank")
OLDER = Rate(currency="EUR", rate=Decimal("0.5"), on=date(2025, 1, 2))
POUNDS = Rate(currency="GBP", rate=Decimal("1.25"), on=date(2026, 1, 2))
SIZE = {"size": {"measure": "annual_revenue", "currency": "USD", "min": 100_000_000, "max": 200_000_000}}


def priced(amount: int, currency: str | None) -> Account:
    return an_account(annual_revenue=Band(Decimal(amount), Decimal(amount), currency))


def test_an_amount_in_another_currency_counts_by_a_dated_rate_alone() -> None:
    assert gate(priced(100_000_000, "EUR"), agreed(SIZE)).ruling is UNKNOWN
    known = gate(priced(100_000_000, "EUR"), agreed(SIZE, None, OLDER, EUROS))
    assert (known.ruling, known.value) == (YES, "100,000,000 EUR")
    assert known.reason.endswith("EUR at 1.05 USD (2026-01-02, the central bank)")
    assert gate(priced(90_000_000, "EUR"), agreed(SIZE, None, OLDER, EUROS)).ruling is NO
    assert gate(priced(100_000_000, "JPY"), agreed(SIZE, None, EUROS)).ruling is UNKNOWN


def test_a_segment_in_another_currency_than_the_agreement_s_is_reached_by_two_rates() -> None:
    pounds = {"size": {**SIZE["size"], "currency": "GBP"}}
    assert gate(priced(120_000_000, "EUR"), agreed(pounds, None, EUROS, POUNDS)).ruling is YES
    assert gate(priced(110_000_000, "EUR"), agreed(pounds, None, EUROS, POUNDS)).ruling is NO
    assert gate(priced(120_000_000, "EUR"), agreed(pounds, None, EUROS)).ruling is UNKNOWN


def test_an_opportunity_s_amount_goes_by_the_same_rates() -> None:
    rule, bank = SHIPPED.offers[0].amount, an_account("EUR")
    assert amount_of(bank, rule, "USD")[0] is None
    amount, why = amount_of(bank, rule, "USD", [EUROS])
    assert (amount, "EUR at 1.05 USD" in why) == (120_000, True)


def test_a_rate_of_a_day_to_come_does_not_count_before_it_and_changes_the_judgement_on_it() -> None:
    agreement = agreed(SIZE, None, OLDER, EUROS)
    group, before = a_group(account=priced(100_000_000, "EUR")), EUROS.on - timedelta(days=1)
    early = judge(group, agreement, before)
    assert (early.standing, early.review_on) == (Standing.OUT, EUROS.on)
    assert "EUR at 0.5 USD" in early.market[0].reason
    assert judge(group, agreement, EUROS.on).standing is Standing.IN
    alone = judge(group, agreed(SIZE, None, EUROS), before)
    assert alone.market[0].ruling is UNKNOWN
    assert any(line.startswith("counts EUR at 1.05 USD (from 2026-01-02") for line in summary_lines(agreement))


RATES = {
    "the agreement's own currency": ([{"currency": "USD", "rate": 1, "on": date(2026, 1, 2)}], "own currency"),
    "no currency": ([{"currency": "EURO", "rate": 1, "on": date(2026, 1, 2)}], "'EURO' is no ISO 4217 currency"),
    "without a day": ([{"currency": "EUR", "rate": 1}], "rates.0.on is missing"),
    "two on one day": (
        [{"currency": "EUR", "rate": at, "on": date(2026, 1, 2)} for at in (1, 2)],
        "a second rate of EUR",
    ),
}


@pytest.mark.parametrize(("rates", "what"), RATES.values(), ids=RATES.keys())
def test_a_rate_that_nobody_can_act_on_is_refused(rates: list[dict[str, Any]], what: str) -> None:
    assert what in "\n".join(complaints(changed(rates=rates)))


# ---- what people are told of it ----------------------------------------------------------------------------------


def bring(store: Store) -> None:
    """Two invented companies of the size and industry that is served: one names its country, one does not."""
    readers = Readers(MAPPINGS, load_customs(MAPPINGS.values()))
    for id, country in (("1", "United States"), ("2", "")):
        raw = {"name": f"Invented Bank {id}", "country": country, "numberofemployees": "90", "industry": "BANKING"}
        save(store, "hubspot", "companies", Page([Record(id, None, False, {"id": id, "properties": raw})], "x"))
    match(store, readers, Run())


def test_the_check_says_how_many_are_in_by_an_assumption_and_doctor_proposes_it(sqlite_store: Store) -> None:
    bring(sqlite_store)
    segment = {"size": {"measure": "employees", "min": 50}, "countries": ["US"]}
    (first, *_) = shares(sqlite_store, agreed(segment), INDUSTRIES)
    assert first == "here admits 1 of 2 known accounts (50%)"
    (proposal,) = countries(sqlite_store, agreed(segment), INDUSTRIES)
    assert proposal.what == "1 accounts would be in, but that no record names their country"
    assert "served_market: {assume: {country: US}}" in proposal.mend
    (first, *_) = shares(sqlite_store, agreed(segment, "US"), INDUSTRIES)
    assert first.startswith("here admits 2 of 2 known accounts (100%); 1 of them only by an assumed country")
    assert [*countries(sqlite_store, agreed(segment, "US"), INDUSTRIES)] == []


def test_the_check_warns_of_a_segment_that_admits_nobody(sqlite_store: Store) -> None:
    bring(sqlite_store)
    (first, *_) = shares(sqlite_store, agreed({"size": {"measure": "employees", "min": 5_000}}), INDUSTRIES)
    assert first.startswith("here admits 0 of 2 known accounts (0%); warning: nobody comes of it")


def test_the_check_counts_who_stands_in_two_segments(sqlite_store: Store) -> None:
    bring(sqlite_store)
    both = [{"name": name, "size": {"measure": "employees", "min": 50}} for name in ("first", "second")]
    market = SHIPPED.model_validate(
        SHIPPED.model_dump(by_alias=True, exclude_unset=True) | {"served_market": {"segments": both}}
    )
    assert "2 accounts stand in first and in second as well: first comes first" in [
        *shares(sqlite_store, market, INDUSTRIES)
    ]
