"""§1: a segment may have terms of its own; each stands in for the general one, and has the same effect there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from datetime import timedelta
from functools import cache
from typing import Any

import pytest

from syncd.agreement import Agreement, load_industries, summary_lines, title_words
from syncd.agreement.handing_over import SegmentCapacity
from syncd.agreement.terms import SegmentTerms
from syncd.document import Path
from syncd.model import TitleCorrection
from syncd.rules import rulebook_of
from tests.rules.a_sensitive_world import judged, one_person
from tests.rules.agreements import changed, complaints
from tests.rules.builders import DESTINATIONS, NOON, TODAY, exactly, judge, mobilized
from tests.rules.effects import GROUPS, Content, Effects, by_decision, differ
from tests.rules.terms import fields, get, leaves, pattern_of, put
from tests.rules.test_every_term_has_an_effect import CASES, LEFT_OUT, OF_SEGMENT, Case, base, unchanged

# What a segment may have of its own → where that stands in general: its terms have the same effect there.
OWN_TERMS: dict[str, str] = {
    "roles": "roles",
    "amounts.*": "offers.*.amount",
    "bar": "forecast.bar",
    "sales_cycle_days": "forecast.sales_cycle_days",
    "territories": "handover.territories",
    "capacity": "capacity",
}


def own_cases() -> Iterator[tuple[str, Case]]:
    for pattern, case in [*CASES.items(), *((name, case) for name, (_, _, case) in LEFT_OUT.items())]:
        for own, general in OWN_TERMS.items():
            if pattern == general or pattern.startswith(f"{general}."):
                yield f"{OF_SEGMENT}.{own}{pattern.removeprefix(general)}", case


OWN_CASES = dict(own_cases())


def with_own_terms() -> dict[str, Any]:
    """The shipped agreement, whose one segment repeats as its own whatever it may."""
    content = base({})
    content["served_market"]["segments"][0]["terms"] = deepcopy(
        {
            "roles": content["roles"],
            "offers": [offer["name"] for offer in content["offers"]],
            "amounts": {offer["name"]: offer["amount"] for offer in content["offers"]},
            "bar": content["forecast"]["bar"],
            "sales_cycle_days": content["forecast"]["sales_cycle_days"],
            "territories": content["handover"]["territories"],
            "capacity": {name: content["capacity"][name] for name in SegmentCapacity.model_fields},
        }
    )
    return content


OWN = with_own_terms()
OWN_LEAVES = {
    pattern_of(path, OWN_CASES) or path: path for path in leaves(OWN) if "terms" in path and "offers" not in path
}


@cache
def as_general(effects: Callable[[Content], Effects] = by_decision) -> list[Any]:
    return list(effects(OWN))


@pytest.mark.parametrize(("pattern", "path"), OWN_LEAVES.items(), ids=map(str, OWN_LEAVES))
def test_a_segments_own_term_that_is_changed_alone_changes_something(pattern: str, path: Path) -> None:
    assert pattern in OWN_CASES, "a term of a segment's own without a case: say which general term it stands in for"
    content, case = deepcopy(OWN), OWN_CASES[pattern]
    for place, value in case.beside.items():
        put(content, place, value)
    without = list(case.effects(content)) if case.beside else as_general(case.effects)
    put(content, path, case.value(get(content, path)))
    assert differ(without, case.effects(content))


def test_an_offer_that_is_not_sold_in_the_segment_has_no_part_there() -> None:
    content = deepcopy(OWN)
    content["served_market"]["segments"][0]["terms"] |= {"offers": ["fraud-detection"], "amounts": {}}
    assert {call.offer for one in judged(GROUPS, Agreement.model_validate(content)) for call in one.calls} == {
        "fraud-detection"
    }


def test_a_segments_terms_that_say_the_same_change_nothing() -> None:
    assert not differ(unchanged(by_decision, False), as_general())


def test_every_term_that_a_segment_can_have_is_tried_here() -> None:
    tried = {*OWN_CASES, f"{OF_SEGMENT}.offers"}
    missing = [
        pattern
        for pattern, _ in fields(SegmentTerms, tuple(OF_SEGMENT.split(".")))
        if not any(pattern == one or one.startswith(f"{pattern}.") for one in tried)
    ]
    assert missing == []


# ---- whose terms -------------------------------------------------------------------------------------------------

SMALL = {
    "name": "small banks",
    "size": {"measure": "total_assets", "currency": "USD", "min": 1_000, "max": 499_999_999},
    "industries": {"system": "SIC", "year": 1987, "codes": ["6021"]},
    "countries": ["US"],
}


def two_segments(**own: Any) -> dict[str, Any]:
    """The shipped market, and behind it small banks with these terms of their own."""
    content = base({})
    content["served_market"]["segments"].append({**SMALL, "terms": own})
    return content


def test_the_terms_of_a_segment_are_those_of_its_accounts_alone() -> None:
    agreement = Agreement.model_validate(two_segments(sales_cycle_days=7))
    closes = {
        size: judge(one_person(*mobilized("ann"), account={"total_assets": exactly(size)}), agreement, TODAY).calls[0]
        for size in (400_000_000, 500_000_000)
    }
    assert [call.close_date for call in closes.values()] == [TODAY + timedelta(7), TODAY + timedelta(120)]


def test_who_gives_no_role_there_is_no_lead_there() -> None:
    agreement = Agreement.model_validate(two_segments(roles=[{"role": "Champion", "functions": ["lending"]}]))
    for size, mql in ((400_000_000, "no"), (500_000_000, "yes")):
        judgement = judge(one_person(*mobilized("ann"), account={"total_assets": exactly(size)}), agreement, TODAY)
        assert [contact.mql for contact in judgement.contacts] == [mql]


def test_a_title_corrected_by_hand_is_read_by_the_roles_of_the_segment() -> None:
    agreement = Agreement.model_validate(two_segments(roles=[{"role": "Champion", "functions": ["lending"]}]))
    book = rulebook_of(agreement, title_words(), load_industries(), DESTINATIONS)
    correction = TitleCorrection("Chief Financial Officer", ("lending",), None, NOON)
    reading, role = book.corrected([correction]).in_segment("small banks").read("Chief Financial Officer")
    assert (reading.functions, role) == (("lending",), "Champion")
    assert book.in_segment(None) is book.in_segment("mid-size US banks") is book


def test_those_who_sign_are_told_of_them() -> None:
    agreement = Agreement.model_validate(two_segments(sales_cycle_days=7, offers=["digital-lending"]))
    assert "small banks has terms of its own: offers, sales cycle days" in [*summary_lines(agreement)]


WRONG = {
    "an offer that is not there": ({"offers": ["fraud"]}, "the offer 'fraud' is not defined"),
    "an amount of an offer that is not sold there": (
        {"offers": ["fraud-detection"], "amounts": {"digital-lending": {"fixed": 5}}},
        "the offer 'digital-lending' is not defined",
    ),
    "an amount without a rule": ({"amounts": {"fraud-detection": {}}}, "give an amount either fixed or by bands"),
    "roles that leave an offer without": (
        {"roles": [{"role": "Champion"}]},
        "segment 'small banks': the role 'Economic Buyer' is not defined (define it, or use one of Champion)",
    ),
    "a bar below zero": ({"bar": {"mqls_in_required_role": -1}}, "a bar below zero"),
    "a territory of nobody": ({"territories": [{"rep": "nobody"}]}, "'nobody' is no e-mail address"),
    "a capacity of nothing": ({"capacity": {}}, "segment 'small banks' has no capacity of its own"),
    "a capacity below one": ({"capacity": {"per_rep_per_week": 0}}, "capacity.per_rep_per_week"),
    "nothing": ({}, "has no terms of its own"),
}


@pytest.mark.parametrize(("own", "what"), WRONG.values(), ids=WRONG.keys())
def test_what_is_wrong_with_them_is_said_at_their_place(own: dict[str, Any], what: str) -> None:
    assert what in "".join(complaints(changed(**two_segments(**own))))
    assert complaints(changed(**two_segments(sales_cycle_days=7))) == []
