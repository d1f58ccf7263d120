"""Names that are one and companies that are two: legal forms that exclude each other, two streets of one town."""

from collections.abc import Mapping
from typing import Any

import pytest

from syncd.matching import TOKENS
from syncd.matching.accounts import likely_accounts
from syncd.matching.places import street
from tests.benchmarks.pairs import known, merged, readers, sighting

READERS = readers()


def is_one(org: Mapping[str, Any], portal: Mapping[str, Any]) -> bool:
    """Whether an account of the org and a company of the portal become one, whichever comes first."""
    left = sighting(READERS, "salesforce.Account", "001", org)
    right = sighting(READERS, "hubspot.companies", "9", portal)
    answers = {merged("account", *order, READERS.customs) for order in ((left, right), (right, left))}
    assert len(answers) == 1, "the order must not matter"
    return answers.pop()


def likely(org: Mapping[str, Any], portal: Mapping[str, Any]) -> list[str]:
    """What speaks for their being one, where people decide."""
    candidate, tokens = known("account", sighting(READERS, "salesforce.Account", "001", org), READERS.customs)
    record = sighting(READERS, "hubspot.companies", "9", portal)
    met = {token: [candidate] for token in TOKENS["account"](record.row, READERS.customs) if token in tokens}
    return [evidence for _, evidence in likely_accounts(record, met, READERS.customs)]


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Rheinquell Brunnen AG", "Rheinquell Brunnen GmbH"),
        ("Rheinquell Brunnen GmbH", "Rheinquell Brunnen GmbH & Co. KG"),
        ("Ashgrove Realty Inc.", "Ashgrove Realty LLC"),
        ("Ashgrove Realty Corp.", "Ashgrove Realty L.P."),
        ("Southern Cross Wool Ltd", "Southern Cross Wool plc"),
        ("Menuiserie Vasseur SARL", "Menuiserie Vasseur SAS"),
        ("Officine Rossi S.p.A.", "Officine Rossi S.r.l."),
        ("Van Dijk Bloemen B.V.", "Van Dijk Bloemen N.V."),
        ("ООО Ромашка", "ПАО Ромашка"),
        ("Nørgaard Vinduer ApS", "Nørgaard Vinduer A/S"),
    ],
)
def test_legal_forms_that_exclude_each_other_are_a_likely_double_at_most(left: str, right: str) -> None:
    org = {"Name": left, "BillingCity": "Kiel", "BillingCountry": "Germany", "Website": "one.example"}
    portal = {"name": right, "city": "Kiel", "country": "Germany", "website": "one.example"}
    assert not is_one(org, portal)
    assert [evidence.rpartition(", ")[2] for evidence in likely(org, portal)] == ["in another legal form"]


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Rheinquell Brunnen AG", "Rheinquell Brunnen SA"),
        ("Northern Loon Ltd.", "Northern Loon Inc."),
        ("Van Dijk Bloemen N.V.", "Van Dijk Bloemen S.A."),
        ("Hansen Maschinenbau KG", "Hansen Maschinenbau GmbH & Co. KG"),
        ("Ashgrove Realty LLC", "Ashgrove Realty Co."),
        ("Ashgrove Realty LLC d/b/a Brightleaf Homes, Inc.", "Ashgrove Realty LLC"),
    ],
)
def test_forms_that_one_company_may_write_exclude_nothing(left: str, right: str) -> None:
    org = {"Name": left, "BillingCity": "Kiel", "BillingCountry": "Germany"}
    assert is_one(org, {"name": right, "city": "Kiel", "country": "Germany"})


@pytest.mark.parametrize(
    ("left", "right"),
    [("219 S Dearborn Street", "78 W Van Buren Street"), ("4217 W. 18th St.", "4216 W. 19th St.")],
)
def test_one_name_at_two_streets_is_two_sites_also_below_one_postal_code(left: str, right: str) -> None:
    place = {"BillingCity": "Keene", "BillingState": "NH", "BillingPostalCode": "03431", "BillingCountry": "US"}
    theirs = {"city": "Keene", "state": "NH", "zip": "03431", "country": "US"}
    org = {"Name": "Marcy Newberry Association", "BillingStreet": left, **place}
    assert not is_one(org, {"name": "Marcy Newberry Association", "address": right, **theirs})
    assert is_one(org, {"name": "Marcy Newberry Association", "address": left.upper(), **theirs})


def test_a_street_s_number_is_its_name_in_words_and_figures() -> None:
    assert street("25 Fifth Avenue") == street("25 5th Ave.") != street("25 6th Ave.")
