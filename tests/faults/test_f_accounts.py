"""Names, websites and places of one company that systems write in different ways, and what makes two records one."""

from collections.abc import Mapping
from typing import Any

import pytest

from syncd.matching import TOKENS, recognise_account
from syncd.model import GateName, Ruling
from syncd.rules.mql import gate_terms, qualify
from tests.benchmarks.pairs import account_pairs, known, register_copies, sighting, verdicts
from tests.faults.who_is_who import READERS, TINY, hub, is_one
from tests.rules.builders import a_contact, a_gate, a_reading, an_account, an_agreement, an_interest

# ---- same name and website, another state; a holding at one website and town --------------------------------------


def test_the_website_is_weighed_where_only_the_states_differ() -> None:
    assert is_one(TINY | {"BillingState": "NY"}, hub(state="CT"))
    assert is_one(
        {"Name": "Tiny Bank", "Website": "tinybank.example", "BillingState": "NY"},
        {"name": "Tiny Bank", "domain": "tinybank.example", "state": "CT"},
    )


@pytest.mark.parametrize("holding", ["Tiny Bancorp, Inc.", "Tiny Bank Holding", "Tiny Financial Services"])
def test_a_holding_at_the_website_and_town_of_its_bank_is_not_merged_with_it(holding: str) -> None:
    assert not is_one(TINY | {"Name": holding}, hub())


@pytest.mark.parametrize(
    ("portal", "wanted"),
    [
        pytest.param({"name": "Tiny Bank", "city": "", "country": ""}, "1", id="the identical name"),
        pytest.param({"name": "Tiny Bank", "city": "Keene"}, "2", id="a name without the town that stands beside it"),
        pytest.param({"name": "Tiny Bank of Keene", "city": "Keene"}, "2", id="the same town"),
        pytest.param({"name": "Riverside Clinic"}, None, id="a stranger by name"),
    ],
)
def test_of_two_banks_that_share_a_website_the_one_that_fits_best_is_meant(
    portal: Mapping[str, str], wanted: str | None
) -> None:
    banks = [TINY, TINY | {"Name": "Tiny Bank of Keene", "BillingCity": "Keene"}]
    index: dict[Any, list[Any]] = {}
    for number, raw in enumerate(banks, 1):
        row = sighting(READERS, "salesforce.Account", str(number), raw | {"BillingState": "NH"})
        candidate, tokens = known("account", row, READERS.customs)
        for token in tokens:
            index.setdefault(token, []).append(candidate)
    record = sighting(READERS, "hubspot.companies", "9", hub(**portal))
    met = {token: index[token] for token in TOKENS["account"](record.row, READERS.customs) if token in index}
    account = recognise_account(record, met, READERS.customs)
    assert (account[0].id if account else None) == (wanted and f"salesforce.Account/{wanted}")


# ---- identical name and city in a country without states ----------------------------------------------------------


def test_the_country_stands_in_the_state_s_place_where_no_states_are_written() -> None:
    org = {"Name": "Rheinquell Brunnen GmbH", "BillingCity": "Andernach", "BillingCountry": "Germany"}
    assert is_one(org, {"name": "Rheinquell Brunnen", "city": "Andernach", "country": "Deutschland"})
    assert not is_one(org, {"name": "Rheinquell Brunnen", "city": "Andernach", "country": "Austria"})


def test_one_name_in_two_towns_of_one_name_is_two_banks() -> None:
    org = {"Name": "First Bank", "BillingCity": "Springfield", "BillingState": "IL", "BillingCountry": "US"}
    assert not is_one(org, {"name": "First Bank", "city": "Springfield", "state": "MO", "country": "US"})


# ---- legal forms, short forms, spellings --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Müller & Söhne GmbH", "Mueller und Soehne Gesellschaft mit beschränkter Haftung"),
        ("Hansen Maschinenbau GmbH & Co. KG", "Hansen Maschinenbau"),
        ("Cementos del Norte S.A. de C.V.", "Cementos del Norte"),
        ("Yamada Seiki K.K.", "Yamada Seiki"),
        ("Officine Rossi S.p.A.", "Officine Rossi"),
        ("Nordhavn Rederi A/S", "Nordhavn Rederi"),
        ("Kuusi Kauppa Oyj", "Kuusi Kauppa"),
        ("Wisła Meble Sp. z o.o.", "Wisla Meble"),
        ("Southern Cross Wool Pty Ltd", "Southern Cross Wool"),
        ("Smith Brothers & Co.", "Smith Bros"),
        ("State Bank of St. Jacob", "State Bank of Saint Jacob"),
        ("1st Natl Bank of Ely", "The First National Bank of Ely"),
        ("Tiny Bank N.A.", "Tiny Bank, National Association"),
        ("The Tiny Bank", "Tiny Bank, The"),
        ("Kovač Les d.o.o.", "Kovac Les"),
        ("Tisza Malom Kft.", "Tisza Malom"),
        ("Nørgaard Vinduer ApS", "Noergaard Vinduer"),
        ("Tan Trading Pte. Ltd.", "Tan Trading"),
        ("Menuiserie Vasseur EURL", "Menuiserie Vasseur"),
        ("Distribuidora Sol Ltda.", "Distribuidora Sol"),
        ("J. R. Tolliver Insurance Agency, Inc.", "JR Tolliver Insurance Agency"),
        ("Citizens B&T", "Citizens Bank and Trust"),
        ("Citizens B & T Co.", "Citizens Bank & Trust Company"),
        ("Elmtown S&L", "Elmtown Savings and Loan"),
        ("Bar mbH", "Bar GmbH"),
        ("Firma Iwanow ИП", "Firma Iwanow"),
        ("ИП Firma Iwanow", "Firma Iwanow"),
        ("Flughafen Köln/Bonn", "Flughafen KölnBonn"),
        ("Weinhaus Rhein-Mosel GmbH", "Weinhaus RheinMosel"),
        ("Hollis Ventures LLC d/b/a Brightleaf Laundry", "Brightleaf Laundry"),
    ],
)
def test_a_name_is_one_in_every_legal_form_short_form_and_spelling(left: str, right: str) -> None:
    org = {"Name": left, "BillingCity": "Wyk auf Föhr", "BillingCountry": "Germany"}
    assert is_one(org, {"name": right, "city": "Wyk auf Foehr", "country": "DE"})


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Halvorsen Electric Inc.", "Halvorsen Elevator Inc."),
        ("Ashgrove Realty Partners IV L.P.", "Ashgrove Realty Partners VI L.P."),
        ("Global", "Global Inc"),
        ("Unknown", "unknown"),
        ("Self-employed", "Self Employed"),
        ("Kestrel IP", "Kestrel"),
        ("B&T Metall", "Bank and Trust Metall"),
        ("FirstBank", "First Bank"),
    ],
)
def test_a_name_that_tells_less_makes_no_two_companies_one(left: str, right: str) -> None:
    org = {"Name": left, "BillingCity": "Kiel", "BillingCountry": "Germany"}
    assert not is_one(org, {"name": right, "city": "Kiel", "country": "Germany"})


# ---- websites -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("website", "others"),
    [
        pytest.param("HTTPS://WWW.TinyBank.example./about?utm_source=x#top", "", id="scheme, case, path"),
        pytest.param("http://https://www.tinybank.example", "", id="two schemes"),
        pytest.param("www:tinybank.example", "", id="a colon"),
        pytest.param("facebook.com/tiny; tinybank.example", "", id="two websites in one field"),
        pytest.param("mail.tinybank.example", "", id="a host below the domain"),
        pytest.param("tiny-old.example", "tinybank.example;tiny.example", id="an additional domain"),
    ],
)
def test_every_domain_of_a_company_counts(website: str, others: str) -> None:
    portal = {"name": "Tiny Bank", "website": website, "hs_additional_domains": others}
    assert is_one({"Name": "Tiny Bank", "Website": "tinybank.example"}, portal)


@pytest.mark.parametrize(
    "host",
    ["facebook.com", "linkedin.com/company/tiny", "sites.google.com/view/tiny", "gmail.com", "co.uk", "yahoo.co.uk"],
)
def test_a_shared_host_is_no_website_of_anybody(host: str) -> None:
    org = {"Name": "Tiny Bank", "BillingCity": "Salem", "Website": host}
    assert not is_one(org, {"name": "Tiny Bank", "city": "Keene", "website": host})
    assert TOKENS["account"](sighting(READERS, "salesforce.Account", "1", org).row, READERS.customs) == []


def test_two_firms_below_one_public_suffix_have_two_domains() -> None:
    org = {"Name": "Tiny Bank", "Website": "name-one.co.uk"}
    assert not is_one(org, {"name": "Tiny Bank", "website": "name-two.co.uk"})


# ---- what they are to us ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("type", ["Customer", "customer", " CUSTOMER ", "customer - direct"])
def test_case_and_blanks_of_a_type_do_not_matter(type: str) -> None:
    assert sighting(READERS, "salesforce.Account", "1", {"Name": "Tiny", "Type": type}).row["relation"] == "customer"


def test_a_type_that_no_table_knows_passes_no_gate_in_silence() -> None:
    row = sighting(READERS, "salesforce.Account", "1", {"Name": "Tiny", "Type": "Client"}).row
    assert row["relation"] == "unclear"
    account, market = an_account(relation="unclear"), a_gate(GateName.MARKET, Ruling.YES)
    reading, terms = a_reading("finance", level="C-level"), gate_terms(an_agreement())
    gates = qualify(a_contact("ida"), account, reading, "Economic Buyer", an_interest(), market, terms)
    assert {gate.name: gate.ruling for gate in gates}[GateName.RELATION] is Ruling.UNKNOWN


# ---- what the measuring sets show ---------------------------------------------------------------------------------


def test_no_two_accounts_of_the_measuring_set_are_merged_that_must_not_be() -> None:
    pairs = account_pairs()
    answers = verdicts("account", pairs, READERS)
    assert [pair.id for pair in pairs if pair.same != "yes" and any(answers[pair.id])] == []
    for level, floor in (("plain", 0.97), ("hard", 0.6)):
        of = [pair for pair in pairs if pair.same == "yes" and pair.level == level]
        assert sum(all(answers[pair.id]) for pair in of) >= floor * len(of), level


def test_a_spoiled_copy_of_a_register_s_row_is_never_taken_for_another_row() -> None:
    copies = register_copies(READERS)
    assert sum(counts["wrong"] for counts in copies.values()) == 0
    assert all(counts["right"] >= 0.9 * counts.total() for kind, counts in copies.items() if "swapped" not in kind)
