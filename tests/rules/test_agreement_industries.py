"""The industry tables: complete, consistent with one another, and what HubSpot's labels can mean."""

from __future__ import annotations

from collections import Counter
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.agreement.industries import CONCORDANCES, DIGITS, HUB, SCHEMES, SIC, load_industries
from syncd.document import read
from syncd.model import IndustryCode

TABLES = load_industries()
MAPPINGS = resources.files("mappings").joinpath("industries")
HUBSPOT = read(MAPPINGS.joinpath("hubspot.yaml").read_text(encoding="utf-8"), "hubspot.yaml").content


@pytest.mark.parametrize(
    ("scheme", "sizes"),
    [
        (("SIC", 1987), {2: 83, 4: 1005}),
        (("NAICS", 2012), {2: 20, 3: 99, 4: 312, 5: 713, 6: 1065}),
        (("NAICS", 2017), {2: 20, 3: 99, 4: 311, 5: 709, 6: 1057}),
        (("NAICS", 2022), {2: 20, 3: 96, 4: 308, 5: 689, 6: 1012}),
    ],
)
def test_the_tables_are_as_large_as_the_official_ones(scheme: tuple[str, int], sizes: dict[int, int]) -> None:
    assert Counter(len(code.partition("-")[0]) for code in TABLES.titles[scheme]) == sizes
    assert all(title == title.strip() and title for title in TABLES.titles[scheme].values())


@pytest.mark.parametrize(("old", "new"), CONCORDANCES)
def test_concordances_name_only_codes_of_their_tables(old: tuple[str, int], new: tuple[str, int]) -> None:
    for start, end in ((old, new), (new, old)):
        for code, others in TABLES.concordances[start, end].items():
            assert code in TABLES.titles[start]
            assert others
            assert others <= TABLES.titles[end].keys()


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_industry_has_a_counterpart(scheme: tuple[str, int]) -> None:
    """But SIC 9999, nonclassifiable establishments, and NAICS industries that SIC did not know."""
    leaves = [code for code in TABLES.titles[scheme] if len(code) == DIGITS[scheme[0]]]
    for other in SCHEMES:
        lost = [leaf for leaf in leaves if not TABLES.translate(IndustryCode(*scheme, leaf), other)]
        assert len(lost) <= (30 if SIC in (scheme, other) else 0), lost


CODE = IndustryCode


@pytest.mark.parametrize(
    ("code", "scheme", "expected"),
    [
        (CODE("SIC", 1987, "6021"), ("NAICS", 2017), {"522110", "522210"}),
        (CODE("SIC", 1987, "6035"), ("NAICS", 2022), {"522180"}),
        (CODE("NAICS", 2022, "522110"), SIC, {"6021", "6022", "6029", "6081"}),
        (CODE("NAICS", 2012, "511210"), ("NAICS", 2022), {"513210"}),
        (CODE("NAICS", 2022, "513210"), ("NAICS", 2012), {"511210"}),
        (CODE("NAICS", 2017, "325314"), ("NAICS", 2022), {"325314", "325315"}),
        (CODE("NAICS", 2017, "5221"), ("NAICS", 2017), {"522110", "522120", "522130", "522190"}),
        (CODE("SIC", 1987, "602"), SIC, {"6021", "6022", "6029"}),
        (CODE("SIC", 1987, "3589"), ("NAICS", 2022), {"333310"}),
        (CODE("SIC", 1987, "9999"), ("NAICS", 2017), set()),
        (CODE("SIC", 1987, "6666"), ("NAICS", 2017), set()),
        (CODE("NACE", 2008, "6419"), ("NAICS", 2017), set()),
        (CODE("SIC", 1987, "6021"), ("NAICS", 1997), set()),
    ],
)
def test_a_code_is_translated_to_every_branch_of_the_crosswalk(
    code: IndustryCode, scheme: tuple[str, int], expected: set[str]
) -> None:
    assert TABLES.translate(code, scheme) == expected


@pytest.mark.parametrize(
    ("code", "text"),
    [
        (CODE("SIC", 1987, " 6021 "), "6021"),
        (CODE("SIC", 1987, "60210000"), "6021"),
        (CODE("SIC", 1987, "111"), "0111"),
        (CODE("SIC", 1987, "602"), "602"),
        (CODE("NAICS", 2017, "52211000"), "522110"),
        (CODE("NAICS", 2022, "31-33"), "31-33"),
        (CODE("SIC", 1987, "banks"), None),
        (CODE("SIC", 1987, ""), None),
        (CODE("NAICS", 2017, "517111"), None),
    ],
)
def test_codes_as_systems_write_them(code: IndustryCode, text: str | None) -> None:
    assert TABLES.read(code) == text


def test_a_range_of_sectors_covers_each_of_them() -> None:
    assert {leaf[:2] for leaf in TABLES.leaves(HUB, "31-33")} == {"31", "32", "33"}


@given(st.sampled_from(SCHEMES), st.sampled_from(SCHEMES), st.data())
def test_there_and_back_again_leads_to_where_it_started(
    scheme: tuple[str, int], other: tuple[str, int], data: st.DataObject
) -> None:
    leaves = sorted(code for code in TABLES.titles[scheme] if len(code) == DIGITS[scheme[0]])
    leaf = data.draw(st.sampled_from(leaves))
    there = TABLES.translate(IndustryCode(*scheme, leaf), other)
    assert all(leaf in TABLES.translate(IndustryCode(*other, code), scheme) for code in there)


# ---- HubSpot's industries ----------------------------------------------------------------------------------------


def test_hubspots_industries_are_all_there() -> None:
    assert len(HUBSPOT) == 148
    assert all(isinstance(value, str) and value == value.upper() for value in HUBSPOT)


@pytest.mark.parametrize("value", sorted(HUBSPOT))
def test_what_a_hubspot_industry_can_mean(value: str) -> None:
    """Each code stands in its table, none covers another, and either both systems have codes or neither."""
    meanings = HUBSPOT[value]
    assert set(meanings) in (set(), {"SIC", "NAICS"})
    for system, codes in meanings.items():
        scheme = SIC if system == "SIC" else HUB
        assert all(isinstance(code, str) and TABLES.leaves(scheme, code) for code in codes)
        assert not any(one != other and other.startswith(one) for one in codes for other in codes)
        assert len(set(codes)) == len(codes)


def test_banking_can_be_served_and_not_served() -> None:
    served = {"6021", "6022", "6029", "6081"}
    possible = {leaf for code in HUBSPOT["BANKING"]["SIC"] for leaf in TABLES.leaves(SIC, code)}
    assert served < possible
