"""Names, gaps and sums of an agreement: every problem at once, with file, line and what would mend it."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from syncd.agreement.check.offers import reachable_roles
from syncd.agreement.terms import RoleRule
from tests.rules.agreements import BANK_CODES, CONTENT, SHIPPED, SIZE, changed, complaints


def roles(*rules: dict[str, Any]) -> str:
    return changed(roles=[*CONTENT["roles"], *rules])


def offer(**terms: Any) -> str:
    return changed(offers=[{**CONTENT["offers"][0], **terms}])


BY_ASSETS = {"by": "total_assets"}

PROBLEMS: dict[str, tuple[str, list[str]]] = {
    "no time zone": (changed(time_zone="New York"), ["'New York' is no time zone"]),
    "a path as a time zone": (changed(time_zone="../etc/passwd"), ["is no time zone"]),
    "no currency": (changed(currency="usd"), ["'usd' is no ISO 4217 currency (did you mean USD?)"]),
    "no version": (changed(version=" "), ["the agreement has no version"]),
    "no segments": (changed(served_market={"segments": []}), ["the served market has no segment"]),
    "two segments of a name": (
        changed(served_market={"segments": [{"name": "a", "size": SIZE}, {"name": "A ", "size": SIZE}]}),
        ["there are two segments named 'A '"],
    ),
    "two offers of a name": (
        changed(offers=[CONTENT["offers"][0], {**CONTENT["offers"][0], "label": "Another"}]),
        ["there are two offers named 'fraud-detection'"],
    ),
    "an unknown function": (
        roles({"role": "Champion", "functions": ["lendng"], "levels": ["VP"]}),
        ["the function 'lendng' is not defined (did you mean lending?)"],
    ),
    "an unknown level": (
        roles({"role": "Champion", "levels": ["Director"]}),
        ["the level 'Director' is not defined (did you mean director?)"],
    ),
    "vp_is unknown": (
        changed(titles={"vp_is": "Manager"}),
        ["the level 'Manager' is not defined (did you mean manager?)"],
    ),
    "an offer with an unknown role": (
        offer(roles={"Economic buyer": 1}),
        ["the role 'Economic buyer' is not defined (did you mean Economic Buyer?)"],
    ),
    "a question for an unknown role": (offer(questions={"Boss": "Who?"}), ["the role 'Boss' is not defined"]),
    "a role that nobody gets": (
        changed(
            roles=[*CONTENT["roles"], {"role": "Latecomer", "functions": ["finance"], "levels": ["C-level"]}],
            offers=[{**CONTENT["offers"][0], "roles": {"Latecomer": 1}}],
        ),
        ["no title ever gives the role 'Latecomer'"],
    ),
    "no words": (offer(words=[" "]), ["no activity shows interest in fraud-detection"]),
    "no roles": (offer(roles={}), ["fraud-detection needs no roles"]),
    "no offers": (changed(offers=[]), ["there is nothing to sell"]),
    "no amount": (offer(amount={}), ["give an amount either fixed or by bands"]),
    "two amounts": (offer(amount={"fixed": 1, **BY_ASSETS, "bands": [{"amount": 1}]}), ["either fixed or by bands"]),
    "a zero amount": (offer(amount={"fixed": 0}), ["offers.0.amount.fixed: Input should be greater than 0"]),
    "bands without a measure": (offer(amount={"bands": [{"amount": 1}]}), ["bands need a measure"]),
    "a measure without bands": (offer(amount=BY_ASSETS), ["bands need a measure, and a measure bands"]),
    "bands that end too early": (
        offer(amount={**BY_ASSETS, "bands": [{"up_to": 1_000_000_000, "amount": 1}]}),
        ["served accounts above 1,000,000,000 have no amount"],
    ),
    "bands by another measure that end": (
        offer(amount={"by": "employees", "bands": [{"up_to": 1000, "amount": 1}]}),
        ["served accounts above 1,000 have no amount"],
    ),
    "bands that fall": (
        offer(amount={**BY_ASSETS, "bands": [{"up_to": 9, "amount": 1}, {"up_to": 5, "amount": 1}, {"amount": 2}]}),
        ["the bands do not rise, 5 follows 9"],
    ),
    "an open band first": (
        offer(amount={**BY_ASSETS, "bands": [{"amount": 1}, {"up_to": 9_000_000_000, "amount": 1}]}),
        ["a band without up_to takes everything"],
    ),
    "a probability above 20": (
        changed(forecast={**CONTENT["forecast"], "probability": {"min": 10, "max": 30}}),
        ["forecast.probability.max: Input should be less than or equal to 20"],
    ),
    "inverted probability": (
        changed(forecast={**CONTENT["forecast"], "probability": {"min": 20, "max": 10}}),
        ["the probability's bounds are inverted: 20 to 10"],
    ),
    "an unknown name field": (
        changed(forecast={**CONTENT["forecast"], "name": "{account} {product}"}),
        ["the name's {product} is not known"],
    ),
    "a broken name": (changed(forecast={**CONTENT["forecast"], "name": "{account"}), ["is not known"]),
    "no stage": (changed(forecast={**CONTENT["forecast"], "stage": ""}), ["the forecast names no stage"]),
    "a kind on two rungs": (
        changed(engagement={**CONTENT["engagement"], "explore": {"webinar": 3}}),
        ["'webinar' stands on two rungs"],
    ),
    "an unknown kind": (
        changed(engagement={**CONTENT["engagement"], "not_a_response": ["email_openend"]}),
        ["the activity kind 'email_openend' is not defined (did you mean email_opened?)"],
    ),
    "an unknown relation": (
        changed(mql={**CONTENT["mql"], "exclude": ["costumer"]}),
        ["the relation 'costumer' is not defined (did you mean customer?)"],
    ),
    "an e-mail address for a domain": (
        changed(mql={**CONTENT["mql"], "colleague_domains": ["a@b.example"]}),
        ["'a@b.example' is no domain"],
    ),
    "a territory after the rest": (
        changed(handover={"territories": [{"rep": "a@b.example"}, {"rep": "c@d.example", "states": ["NY"]}]}),
        ["this line takes the rest"],
    ),
    "a rep without address": (changed(handover={"territories": [{"rep": "Rae"}]}), ["'Rae' is no e-mail address"]),
    "an unknown term": (changed(capcity={"per_rep_per_week": 8}), ["there is no such term (did you mean capacity?)"]),
    "a missing section": (yaml.safe_dump({k: v for k, v in CONTENT.items() if k != "offers"}), ["offers is missing"]),
}


@pytest.mark.parametrize(("text", "expected"), PROBLEMS.values(), ids=PROBLEMS.keys())
def test_a_problem_is_named(text: str, expected: list[str]) -> None:
    problems = complaints(text)
    assert len(problems) == len(expected), problems
    for complaint, what in zip(problems, expected, strict=True):
        assert what in complaint


@pytest.mark.parametrize(
    "domain",
    ["bank.example", "mail.bank.example", "müller.de", "例子.公司", "xn--fsqu00a.xn--55qx5d", "xn--mller-kva.de"],
)
def test_a_domain_of_any_script_is_a_colleagues(domain: str) -> None:
    assert complaints(changed(mql={**CONTENT["mql"], "colleague_domains": [domain]})) == []


@pytest.mark.parametrize("domain", ["a@b.example", "example", "https://bank.example", "☃.example", "a..example", ""])
def test_what_is_no_domain_is_nobodys(domain: str) -> None:
    (complaint,) = complaints(changed(mql={**CONTENT["mql"], "colleague_domains": [domain]}))
    assert f"{domain!r} is no domain" in complaint


def test_every_complaint_names_file_line_and_what_mends_it() -> None:
    text = SHIPPED.replace("time_zone: America/New_York", "time_zone: Mars").replace("[US]", "[USA]", 1)
    line_of = {
        word: number for number, line in enumerate(text.splitlines(), 1) for word in ("Mars", "USA") if word in line
    }
    assert complaints(text) == [
        f"agreement.yaml:{line_of['Mars']}: 'Mars' is no time zone (an IANA name, such as America/New_York)",
        f"agreement.yaml:{line_of['USA']}: 'USA' is no ISO 3166 country code (did you mean US?)",
    ]


def test_all_problems_come_at_once_though_some_terms_cannot_be_read() -> None:
    text = changed(
        version=None,
        time_zone="Mars",
        served_market={
            "segments": [
                {
                    "name": "broken",
                    "size": {"measure": "heads", "min": "many"},
                    "industries": {**BANK_CODES, "codes": ["52211"]},
                },
                {"name": "everyone"},
            ]
        },
        roles=[{"functions": ["IT"]}, *CONTENT["roles"], {"role": "Champion", "functions": ["ITT"]}],
        forecast={"stage": "Qualification"},
    )
    problems = "\n".join(complaints(text))
    for what in (
        "version: Input should be a valid string",
        "'Mars' is no time zone",
        "segments.0.size.measure",
        "segments.0.size.min",
        "52211 is no SIC code; it is NAICS 52211, Commercial Banking",
        "'everyone' admits everyone",
        "roles.0.role is missing",
        "the function 'ITT' is not defined",
        "forecast.sales_cycle_days is missing",
    ):
        assert what in problems


def test_lines_stay_true_behind_a_broken_entry() -> None:
    text = SHIPPED.replace("roles:\n", "roles:\n  - 7\n", 1).replace(
        "functions: [marketing, sales, executive]", "functions: [sale]"
    )
    line = next(number for number, line in enumerate(text.splitlines(), 1) if "[sale]" in line)
    assert any(one.startswith(f"agreement.yaml:{line}: the function 'sale' is not defined") for one in complaints(text))


def test_what_is_broken_is_complained_of_once() -> None:
    """Nothing is said of terms that are only missing because they could not be read."""
    assert len(complaints(changed(functions="IT, finance"))) == 1
    assert len(complaints(changed(roles={"role": "Champion"}))) == 1
    assert len(complaints(changed(engagement=[]))) == 1


def test_a_rule_behind_others_that_take_everything_is_never_reached() -> None:
    rules = [
        RoleRule(role="a", functions=("IT",), levels=("VP",)),
        RoleRule(role="b", functions=("IT",)),
        RoleRule(role="c", functions=("IT",), levels=("VP", "manager")),
        RoleRule(role="d", levels=("VP",)),
        RoleRule(role="e"),
        RoleRule(role="f", functions=("HR",)),
    ]
    assert reachable_roles(rules, ["IT", "HR"], ["VP", "manager"]) == {"a", "b", "d", "e"}
