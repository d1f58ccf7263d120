"""Values with their unit and their source: a fact is what a record says, and what is supplied is shown as that."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from connectors.base import Page, Record
from syncd.agreement import Agreement, load, load_industries
from syncd.mapping import load_all
from syncd.mapping.files import check, tables
from syncd.mapping.reading import reader
from syncd.mapping.values import READERS as READERS_OF
from syncd.model import Account, Band, Gate, Ruling, Standing
from syncd.rules.market import stand
from syncd.store import Store
from syncd.store.notes import settings_of
from syncd.sync.cycle import Wiring
from syncd.sync.match import match
from syncd.sync.reader import Readers, load_customs
from syncd.sync.run import Run
from syncd.sync.summary import Summary
from tests.ledger import find, save
from tests.sync.conftest import Place

SHIPPED, INDUSTRIES = load(), load_industries()
MAPPINGS = load_all()
ORG = settings_of("salesforce").of("Organization.DefaultCurrencyIsoCode")
PORTAL = settings_of("hubspot").of("companyCurrency")
READERS = Readers(MAPPINGS, load_customs(MAPPINGS.values()))
Properties = Mapping[str, Any]


def bring(store: Store, system: str, stream: str, id: str, raw: Properties) -> None:
    save(store, system, stream, Page([Record(id, None, False, dict(raw))], "x"))


def account(
    store: Store,
    salesforce: Properties | None = None,
    hubspot: Properties | None = None,
    fdic: Properties | None = None,
    **settings: str,
) -> Account:
    """What one account is known as, by its records of these systems. org, portal: what they are set to."""
    readers = Readers(MAPPINGS, load_customs(MAPPINGS.values()))
    with store.writing() as unit:
        for name, note in (("org", ORG), ("portal", PORTAL)):
            if name in settings:
                unit.notes.keep(note, settings[name])
    if fdic:
        bring(store, "fdic", "institutions", "77", {"CERT": "77", "NAME": "Invented Bank", **fdic})
    if salesforce is not None:
        raw = {"Id": "001000000000001AAA", "Name": "Invented Bank", **salesforce}
        bring(store, "salesforce", "Account", "001000000000001AAA", raw)
    if hubspot is not None:
        known = {"name": "Invented Bank", "salesforceaccountid": "001000000000001", **hubspot}
        bring(store, "hubspot", "companies", "9", {"id": "9", "properties": known})
    match(store, readers, Run())
    name = "hubspot.companies/9" if hubspot is not None else "salesforce.Account/001000000000001AAA"
    with store.reading() as unit:
        group = unit.groups.of_account(find(store, "account", name)[0])
    assert group
    return group.account


def served(**segment: Any) -> Agreement:
    """The shipped agreement with one other segment."""
    market = type(SHIPPED.served_market).model_validate({"segments": [{"name": "here", **segment}]})
    return SHIPPED.model_copy(update={"served_market": market})


def gate(account: Account, agreement: Agreement) -> Gate:
    _, _, (only, *_) = stand(account, agreement, INDUSTRIES)
    return only


EUROS = served(size={"measure": "annual_revenue", "currency": "EUR", "min": 50_000_000})
DOLLARS = served(size={"measure": "annual_revenue", "currency": "USD", "min": 50_000_000})
AMERICA = served(countries=["US"])


# ---- an amount and its currency ----------------------------------------------------------------------------------


def test_our_own_write_does_not_put_the_org_s_currency_beside_another_record_s_amount(store: Store) -> None:
    firm = {"annualrevenue": "120000000"}
    before = account(store, hubspot=firm, portal="EUR", org="USD")
    after = account(store, {"Name": "Invented Bank"}, firm)
    assert before.annual_revenue == after.annual_revenue == Band(Decimal(120_000_000), Decimal(120_000_000), "EUR")
    assert gate(after, EUROS).ruling is Ruling.YES


def test_a_register_s_assets_stay_in_dollars_beside_a_record_in_euros(store: Store) -> None:
    known = account(
        store,
        {"CurrencyIsoCode": "EUR", "BillingCity": "Springfield", "BillingState": "IL"},
        fdic={"ASSET": "900000", "CITY": "Springfield", "STNAME": "Illinois", "BKCLASS": "NM"},
    )
    assert known.registers == ("fdic",)
    assert str(known.total_assets) == "900,000,000 USD"
    assert stand(known, SHIPPED, INDUSTRIES)[0] is Standing.IN


def test_a_record_s_own_currency_is_its_unit_whatever_the_org_says(store: Store) -> None:
    known = account(store, {"AnnualRevenue": 120_000_000, "CurrencyIsoCode": "JPY"}, org="USD")
    assert str(known.annual_revenue) == "120,000,000 JPY"
    assert known.assumed == ()
    assert gate(known, DOLLARS).ruling is Ruling.UNKNOWN


def test_a_pair_of_one_record_comes_before_an_amount_in_the_org_s_currency(store: Store) -> None:
    known = account(
        store,
        {"AnnualRevenue": 80_000_000},
        {"annualrevenue": "80000000", "hs_annual_revenue_currency_code": "EUR"},
        org="USD",
    )
    assert str(known.annual_revenue) == "80,000,000 EUR"
    assert known.sources["annual_revenue"] == "hubspot companies.annualrevenue"


def test_an_amount_in_the_org_s_currency_says_that_this_is_assumed(store: Store) -> None:
    known = account(store, {"AnnualRevenue": 80_000_000}, org="EUR")
    assert known.assumed == ("annual_revenue",)
    assert gate(known, EUROS).source == (
        "salesforce Account.AnnualRevenue; currency assumed: the org's currency, by Organization.DefaultCurrencyIsoCode"
    )


def test_an_amount_in_no_known_currency_is_unknown(store: Store) -> None:
    known = account(store, {"AnnualRevenue": 80_000_000})
    assert gate(known, DOLLARS).ruling is Ruling.UNKNOWN
    assert "currency" in gate(known, DOLLARS).reason


def test_an_org_that_changes_its_currency_is_read_anew(store: Store) -> None:
    account(store, {"AnnualRevenue": 80_000_000}, org="USD")
    assert str(account(store, {"AnnualRevenue": 80_000_000}, org="EUR").annual_revenue) == "80,000,000 EUR"


# ---- a place and its country -------------------------------------------------------------------------------------


def test_a_company_in_lyon_without_a_country_has_none(store: Store) -> None:
    known = account(store, hubspot={"city": "Lyon", "zip": "69001"})
    assert known.country is None
    assert gate(known, AMERICA).ruling is Ruling.UNKNOWN


def test_a_blank_country_does_not_stand_before_what_another_record_says(store: Store) -> None:
    known = account(store, {"BillingCountry": ""}, {"country": "Canada"})
    assert (known.country, known.sources["country"]) == ("CA", "hubspot companies.country")


def test_a_state_comes_with_the_country_of_its_own_record(store: Store) -> None:
    known = account(store, {"BillingState": "BC"}, {"state": "WA", "country": "United States", "city": "Seattle"})
    assert (known.state, known.country, known.sources["state"]) == ("WA", "US", "hubspot companies.state")


def test_a_street_comes_with_the_city_of_its_own_record(store: Store) -> None:
    known = account(
        store,
        {"BillingStreet": "1 Main Street", "BillingCity": "Boston"},
        {"address": "99 Elm Street", "city": "Springfield", "zip": "62701"},
    )
    assert (known.street, known.city, known.postal_code) == ("1 Main Street", "Boston", None)


def test_a_record_that_says_the_same_and_more_is_taken_whole(store: Store) -> None:
    known = account(store, {"BillingCity": "Boston"}, {"address": "99 Elm Street", "city": "Boston", "zip": "02110"})
    assert (known.street, known.city, known.postal_code) == ("99 Elm Street", "Boston", "02110")


@pytest.mark.parametrize(
    ("properties", "country"),
    [
        ({"state": "CA"}, None),
        ({"country": "Georgia", "city": "Tbilisi"}, "GE"),
    ],
    ids=["a state's letters alone are no country's", "a country that is called as a state is"],
)
def test_a_country_is_what_stands_there(store: Store, properties: Properties, country: str | None) -> None:
    known = account(store, hubspot=properties)
    assert known.country == country
    assert gate(known, AMERICA).ruling is (Ruling.NO if country else Ruling.UNKNOWN)


def test_the_shipped_mappings_supply_no_country() -> None:
    for system in ("hubspot", "salesforce"):
        for rule in MAPPINGS[system].streams.values():
            if country := rule.fields.get("country"):
                assert (country.default, country.value, country.setting) == (None, None, None)


# ---- numbers as texts --------------------------------------------------------------------------------------------

NUMBERS = {
    "German": ("1.234,50", "de-DE", "1234.5"),
    "a German range": ("1.000-5.000", "de-DE", "1000..5000"),
    "a decimal comma": ("1,5", "de-DE", "1.5"),
    "a Swiss apostrophe, as typed": ("1'234'567", "de-CH", "1234567"),
    "a Swiss apostrophe, as set": ("1\u2019234\u2019567", "de-CH", "1234567"),
    "Indian groups": ("12,34,567", "en-IN", "1234567"),
    "narrow French blanks": ("1\u202f234\u202f567,8", "fr-FR", "1234567.8"),
    "wide French blanks": ("1\u00a0234\u00a0567,8", "fr-FR", "1234567.8"),
    "a vendor's range": ("10,001+", None, "10001.."),
    "two and ten": ("2-10", None, "2..10"),
    "a machine's number": ("1234567.5", None, "1234567.5"),
    "with the euro's sign": ("\u20ac500", None, "500..500 EUR"),
}
REFUSED = {
    "German, undeclared": ("1.234,50", None),
    "a decimal comma, undeclared": ("1,5", None),
    "a German range, undeclared": ("1.000-5.000", None),
    "a Swiss number, undeclared": ("1'234'567", None),
    "Indian groups where there are none": ("12,34,567", "en-US"),
    "a range that a spreadsheet took for a date": ("2026-02-10", None),
    "the same, as it is shown": ("10-Feb", None),
    "a scale in a letter": ("$5M", None),
    "a scale in a word": ("5 Mio. \u20ac", None),
    "a scale in two letters": ("\u20ac1.2bn", None),
}


@pytest.mark.parametrize(("words", "locale", "number"), NUMBERS.values(), ids=NUMBERS.keys())
def test_a_number_is_read_by_its_declared_locale(words: str, locale: str | None, number: str) -> None:
    wanted = number if ".." in number else f"{number}..{number}"
    assert READERS_OF["band"](words, {"locale": locale}) == wanted


@pytest.mark.parametrize(("words", "locale"), REFUSED.values(), ids=REFUSED.keys())
def test_a_number_that_may_mean_several_is_refused_aloud(words: str, locale: str | None) -> None:
    with pytest.raises(ValueError, match=r"locale|a date where a number is wanted|scale|as en-US writes"):
        READERS_OF["band"](words, {"locale": locale})


def test_a_locale_that_is_none_is_named_with_its_line() -> None:
    mapping, complaints = check("system: own\nlocale: de_XX\nstreams: {}\n", "own.yaml")
    assert mapping is not None
    assert [str(one) for one in complaints] == ["own.yaml:2: 'de_XX' is no locale (such as en-US, de-DE or fr-CH)"]


# ---- ids that went through a spreadsheet -------------------------------------------------------------------------


@pytest.mark.parametrize("cross_id", ["284.0", 284.0, "284"])
def test_a_cross_id_from_a_number_field_leads_to_its_record(store: Store, cross_id: object) -> None:
    person = {"id": "284", "properties": {"lastname": "Invented", "email": "ida@bank.example"}}
    bring(store, "hubspot", "contacts", "284", person)
    raw = {"Id": "003000000000001AAA", "LastName": "Other", "HubSpot_Contact_ID__c": cross_id}
    bring(store, "salesforce", "Contact", "003000000000001AAA", raw)
    match(store, READERS, Run())
    assert find(store, "contact", "hubspot.contacts/284") == find(store, "contact", "003000000000001AAA")


def test_a_cross_id_that_a_spreadsheet_has_rounded_unites_nobody(store: Store) -> None:
    for number in ("1", "2"):
        id = f"00300000000000{number}AAA"
        raw = {"Id": id, "LastName": f"Invented {number}", "HubSpot_Contact_ID__c": "7.01E+17"}
        bring(store, "salesforce", "Contact", id, raw)
    match(store, READERS, Run())
    with store.reading() as unit:
        reasons = [row["reason"] for row in unit.quarantine.all()]
    assert len(reasons) == 2
    assert all("HubSpot_Contact_ID__c is no id any more" in fault for fault in reasons)


# ---- sizes in bands, days ----------------------------------------------------------------------------------------

SIZES = {
    "inside": ("11-50", {"min": 10}, Ruling.YES),
    "across the bound": ("11-50", {"min": 20}, Ruling.UNKNOWN),
    "below it": ("11-50", {"min": 51}, Ruling.NO),
    "open, above the upper bound": ("10,001+", {"max": 5_000}, Ruling.NO),
    "open, without an upper bound": ("10,001+", {"min": 5_000}, Ruling.YES),
    "open, across the upper bound": ("10,001+", {"min": 5_000, "max": 50_000}, Ruling.UNKNOWN),
}


@pytest.mark.parametrize(("words", "bounds", "ruling"), SIZES.values(), ids=SIZES.keys())
def test_a_vendor_s_band_is_in_only_where_all_of_it_is(
    store: Store, words: str, bounds: Mapping[str, int], ruling: Ruling
) -> None:
    known = account(store, hubspot={"numberofemployees": words})
    assert gate(known, served(size={"measure": "employees", **bounds})).ruling is ruling


def test_a_day_without_a_time_stays_that_day_on_both_coasts(store: Store) -> None:
    read = reader(MAPPINGS["salesforce"], "Task", tables(MAPPINGS["salesforce"]))
    at = read({"ActivityDate": "2026-12-01", "Subject": "Call", "IsClosed": True})["at"]
    days = {
        at.astimezone(ZoneInfo(zone)).date() for zone in ("America/Los_Angeles", "America/New_York", "Europe/Berlin")
    }
    assert days == {date(2026, 12, 1)}


# ---- through both systems ----------------------------------------------------------------------------------------


def test_in_a_whole_cycle_the_org_s_and_the_portal_s_currency_stand_in_as_assumed(
    place: Place, run: Callable[..., Summary], wiring: Wiring
) -> None:
    place.sandbox.salesforce.org.settings.currency = "EUR"
    run()
    with wiring.store.reading() as unit:
        ids = unit.groups.page(1_000, "")
        assumed = {
            account.sources["annual_revenue"].partition(".")[0]: str(account.annual_revenue)[-3:]
            for account in unit.groups.accounts(ids)
            if "annual_revenue" in account.assumed
        }
    assert assumed == {"salesforce Account": "EUR", "hubspot companies": "USD"}
