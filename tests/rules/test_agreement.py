"""The agreement's check: every problem at once, with file, line and what would mend it."""

from __future__ import annotations

import re
from importlib import resources
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from syncd.agreement import check, load
from syncd.agreement.offers import reachable_roles
from syncd.agreement.scoring import fit_totals, largest_behaviour
from syncd.agreement.terms import RoleRule, Scored
from syncd.document import read
from syncd.errors import AgreementError

SHIPPED = resources.files("mappings").joinpath("agreement.yaml").read_text(encoding="utf-8")
CONTENT: dict[str, Any] = read(SHIPPED, "agreement.yaml").content


def complaints(text: str) -> list[str]:
    return [str(complaint) for complaint in check(text, "agreement.yaml")[1]]


def changed(**sections: Any) -> str:
    """The shipped agreement with some sections replaced."""
    return yaml.safe_dump({**CONTENT, **sections}, sort_keys=False, allow_unicode=True)


def segment(**terms: Any) -> str:
    return changed(served_market={"segments": [{"name": "ours", **terms}]})


def test_the_shipped_agreement_can_be_acted_on() -> None:
    agreement, found = check(SHIPPED, "agreement.yaml")
    assert found == []
    assert agreement == load()


# ---- statements that nobody can act on ---------------------------------------------------------------------------

SIZE = {"measure": "employees", "min": 100}
BANK_CODES = {"system": "SIC", "year": 1987, "codes": ["6021"]}

STATEMENTS: dict[str, tuple[dict[str, Any], str]] = {
    "everyone": ({}, "admits everyone: it has neither size nor industry codes nor a register"),
    "a size without bounds": ({"size": {"measure": "employees"}}, "the bounds exclude nobody"),
    "a size from zero": ({"size": {"measure": "employees", "min": 0}}, "the bounds exclude nobody"),
    "a size up to zero": ({"size": {"measure": "employees", "max": 0}}, "the bounds admit nobody"),
    "inverted bounds": ({"size": {"measure": "employees", "min": 9, "max": 5}}, "the bounds are inverted: 9 to 5"),
    "money without currency": ({"size": {"measure": "total_assets", "min": 9}}, "total_assets without a currency"),
    "no currency": (
        {"size": {"measure": "total_assets", "min": 9, "currency": "DOLLAR"}},
        "'DOLLAR' is no ISO 4217 currency",
    ),
    "a rank list": ({"rank_list": "the Global 2000"}, "'the Global 2000' is a rank list without a register"),
    "a rank list in words": ({"size": SIZE, "statement": "The Fortune 500"}, "'Fortune 500' is a rank list without a"),
    "a country alone": ({"countries": ["DE"]}, "a country alone is no served market"),
    "states alone": ({"states": ["NY"]}, "a state alone is no served market"),
    "a language alone": ({"languages": ["German"]}, "a language alone is no served market"),
    "a language": ({"languages": ["German"], "size": SIZE}, "a language stands in no account's record"),
    "a sector in words": (
        {"size": SIZE, "statement": "US manufacturers above 100 people"},
        "'manufacturers' is a whole sector without codes",
    ),
    "a NAICS sector": ({"industries": {"system": "NAICS", "year": 2017, "codes": ["52"]}}, "52 is a whole sector"),
    "a NAICS range": (
        {"industries": {"system": "NAICS", "year": 2022, "codes": ["31-33"]}},
        "31-33 is a whole sector (Manufacturing)",
    ),
    "a SIC major group": (
        {"industries": {"system": "SIC", "year": 1987, "codes": ["60"]}},
        "60 is a whole sector (Depository Institutions)",
    ),
    "a SIC division": ({"industries": {"system": "SIC", "year": 1987, "codes": ["H"]}}, "H is a whole sector"),
    "no codes": ({"size": SIZE, "industries": {"system": "SIC", "year": 1987, "codes": []}}, "lists no industry codes"),
    "an unknown year": (
        {"industries": {"system": "NAICS", "year": 2007, "codes": ["522110"]}},
        "no table of NAICS 2007",
    ),
    "no country": ({"size": SIZE, "countries": ["USA"]}, "'USA' is no ISO 3166 country code (did you mean US?)"),
    "no state": ({"size": SIZE, "states": ["Ohio"]}, "'Ohio' is no USPS state code"),
    "states elsewhere": ({"size": SIZE, "states": ["NY"], "countries": ["DE"]}, "the states are American"),
    "an empty register": ({"register": {"name": "r", "count": 0}}, "the agreed count is not above zero"),
}


@pytest.mark.parametrize(("terms", "what"), STATEMENTS.values(), ids=STATEMENTS.keys())
def test_a_statement_that_nobody_can_act_on_is_refused(terms: dict[str, Any], what: str) -> None:
    found = complaints(segment(**terms))
    assert len(found) == 1, found
    assert what in found[0]


@pytest.mark.parametrize(
    "terms",
    [
        {"size": SIZE},
        {"industries": BANK_CODES},
        {"industries": BANK_CODES, "statement": "US banks, whatever their rank"},
        {"size": SIZE, "countries": ["NO", "DE"]},
        {"register": {"name": "fdic", "count": 4}},
        {"rank_list": "the Global 2000", "register": {"name": "g2000", "count": 2000}},
        {"industries": {"system": "NAICS", "year": 2022, "codes": ["5221", "513210"]}},
        {"industries": {"system": "NAICS", "year": 2012, "codes": ["511210"]}},
    ],
)
def test_a_statement_that_somebody_can_act_on_passes(terms: dict[str, Any]) -> None:
    assert complaints(segment(**terms)) == []


@pytest.mark.parametrize(
    ("industries", "what"),
    [
        (
            {"system": "NAICS", "year": 2017, "codes": ["6021"]},
            "6021 is no NAICS code; it is SIC 6021, National Commercial Banks; NAICS 522110",
        ),
        (
            {"system": "SIC", "year": 1987, "codes": ["522110"]},
            "522110 is no SIC code; it is NAICS 522110, Commercial Banking; SIC 6021, 6022, 6029, 6081",
        ),
        (
            {"system": "NAICS", "year": 2022, "codes": ["511210"]},
            "511210 is no NAICS 2022 code; it is NAICS 2017 511210, Software Publishers; NAICS 2022 513210",
        ),
        (
            {"system": "NAICS", "year": 2012, "codes": ["513210"]},
            "513210 is no NAICS 2012 code; it is NAICS 2022 513210, Software Publishers; NAICS 2012 511210",
        ),
        (
            {"system": "SIC", "year": 1987, "codes": ["111"]},
            "111 is no SIC code; it is SIC 0111, Wheat, without its zero",
        ),
        ({"system": "SIC", "year": 1987, "codes": ["0000"]}, "0000 is no SIC code, and no other table has it"),
        ({"system": "SIC", "year": 1987, "codes": ["banks"]}, "banks is no SIC code, and no other table has it"),
    ],
)
def test_a_code_of_another_system_is_refused_with_its_likely_meaning(industries: dict[str, Any], what: str) -> None:
    found = complaints(segment(industries=industries))
    assert len(found) == 1
    assert what in found[0]


@pytest.mark.parametrize("code", ["0111", '"0111"', "'0111'"])
def test_codes_are_read_as_they_are_typed(code: str) -> None:
    """To YAML 1.1 an unquoted 0111 is an octal number."""
    text = SHIPPED.replace('codes: ["6021", "6022", "6029", "6081"]', f"codes: [{code}, 6021]")
    agreement, found = check(text, "agreement.yaml")
    assert found == []
    assert agreement is not None
    industries = agreement.served_market.segments[0].industries
    assert industries is not None
    assert industries.codes == ("0111", "6021")


def test_a_version_is_read_as_it_is_typed() -> None:
    agreement, _ = check(SHIPPED.replace('version: "2026.1"', "version: 2026.10"), "agreement.yaml")
    assert agreement is not None
    assert agreement.version == "2026.10"


# ---- names, gaps and sums ----------------------------------------------------------------------------------------


def roles(*rules: dict[str, Any]) -> str:
    return changed(roles=[*CONTENT["roles"], *rules])


def offer(**terms: Any) -> str:
    return changed(offers=[{**CONTENT["offers"][0], **terms}])


BY_ASSETS = {"by": "total_assets"}
SCORED = CONTENT["mql"]["scored"]

PROBLEMS: dict[str, tuple[str, list[str]]] = {
    "a party has not signed": (changed(signed=CONTENT["signed"][:1]), ["marketing has not signed"]),
    "nobody signed": (changed(signed=[]), ["marketing has not signed", "sales has not signed"]),
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
    found = complaints(text)
    assert len(found) == len(expected), found
    for complaint, what in zip(found, expected, strict=True):
        assert what in complaint


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
    found = "\n".join(complaints(text))
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
        assert what in found


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


# ---- mode: scored ------------------------------------------------------------------------------------------------


def scored(**terms: Any) -> str:
    return changed(mql={**CONTENT["mql"], "mode": "scored", "scored": {**SCORED, **terms}})


ROLE = SCORED["fit"]["role"]


@pytest.mark.parametrize(
    ("terms", "what"),
    [
        ({}, None),
        (
            {"behaviour": {"cap": 50, "points": {"webinar": 10}}},
            "from 100 to 150 points of fit is a step of 50, and behaviour can",
        ),
        ({"behaviour": {"points": {"webinar": 30, "whitepaper": 20}}}, "is a step of 50, and behaviour can give 50"),
        ({"behaviour": {"points": {"webinar": 30, "whitepaper": 19}}}, None),
        ({"behaviour": {"cap": 500, "points": {}}}, None),
        ({"fit": {"role": ROLE, "level": {"VP": 10}}}, "is a step of 10, and behaviour can give 49"),
        ({"fit": {"role": {**ROLE, "Champion": 199}}}, "from 199 to 200 points of fit is a step of 1"),
        ({"fit": {}}, "fit gives no points"),
        ({"threshold": 49}, "behaviour alone reaches the threshold: 49 of 49 points"),
        ({"threshold": 250}, "nobody reaches the threshold of 250: 249 points are the most"),
        ({"fit": {"role": {**ROLE, "Champion": -150}}}, "Champion takes points away"),
        ({"behaviour": {"cap": 49, "points": {"webinar": -1}}}, "webinar takes points away"),
        ({"behaviour": {"cap": -1, "points": {"webinar": 1}}}, "the cap is below zero"),
        (
            {"fit": {"role": {**ROLE, "Champignon": 100}}},
            "the role 'Champignon' is not defined (did you mean Champion?)",
        ),
        ({"behaviour": {"cap": 49, "points": {"webinars": 1}}}, "the activity kind 'webinars' is not defined"),
    ],
)
def test_fit_must_outweigh_behaviour(terms: dict[str, Any], what: str | None) -> None:
    found = complaints(scored(**terms))
    assert (what is None and found == []) or any(what is not None and what in one for one in found), found


def test_the_proof_is_asked_for_only_where_the_mode_is_scored() -> None:
    loose = {**SCORED, "behaviour": {"cap": 500, "points": {"webinar": 10}}}
    assert complaints(changed(mql={**CONTENT["mql"], "scored": loose})) == []
    without = {name: value for name, value in CONTENT["mql"].items() if name != "scored"}
    assert "mode: scored without its table" in complaints(changed(mql={**without, "mode": "scored"}))[0]


points = st.dictionaries(st.sampled_from(sorted(ROLE)), st.integers(0, 300), min_size=1)


@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    role=points,
    level=st.dictionaries(st.sampled_from(sorted(CONTENT["levels"])), st.integers(0, 300), max_size=2),
    cap=st.none() | st.integers(0, 80),
    behaviour=st.dictionaries(st.sampled_from(["webinar", "whitepaper", "contact_sales"]), st.integers(0, 40)),
    threshold=st.integers(1, 400),
)
def test_in_an_accepted_table_no_behaviour_makes_up_for_a_step_of_fit(
    role: dict[str, int], level: dict[str, int], cap: int | None, behaviour: dict[str, int], threshold: int
) -> None:
    terms = {
        "threshold": threshold,
        "fit": {"role": role, "level": level},
        "behaviour": {"cap": cap, "points": behaviour},
    }
    if complaints(scored(**terms)):
        return
    table = Scored.model_validate(terms)
    most = largest_behaviour(table)
    totals = fit_totals(table)
    assert all(low + most < high for low, high in pairwise(totals))
    assert most < threshold


# ---- roles that nobody gets --------------------------------------------------------------------------------------


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


# ---- files -------------------------------------------------------------------------------------------------------


def test_load_reads_a_file(tmp_path: Path) -> None:
    file = tmp_path / "ours.yaml"
    file.write_text(SHIPPED.replace('version: "2026.1"', 'version: "ours"'), encoding="utf-8")
    assert load(file).version == "ours"


def test_load_names_every_complaint(tmp_path: Path) -> None:
    file = tmp_path / "ours.yaml"
    file.write_text(
        SHIPPED.replace("America/New_York", "Mars").replace("currency: USD", "currency: XXX", 1), encoding="utf-8"
    )
    with pytest.raises(AgreementError) as caught:
        load(file)
    assert re.fullmatch(rf"{re.escape(str(file))}:\d+: .*\n{re.escape(str(file))}:\d+: .*", str(caught.value))


def test_load_says_when_there_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(AgreementError, match="cannot be read"):
        load(tmp_path / "none.yaml")
    (tmp_path / "latin.yaml").write_bytes("name: Müller".encode("latin-1"))
    with pytest.raises(AgreementError, match="no UTF-8 text"):
        load(tmp_path / "latin.yaml")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# nothing",
        "- a list",
        "7",
        "version: [",
        "version: a\nversion: b",
        "a: &x [*x]",
        "\x00",
        'version: !!int ""',
        "version: !!timestamp now",
        "version: !!bool perhaps",
        "version: !!python/object:os.system x",
        "? [a]\n: b",
        "1: one\ntrue: two\n2026-01-01: three",
        "2026-13-45: x\nversion: 2026-13-45",
        "name: !!binary aGk=",
        "functions: !!set {IT}",
    ],
)
def test_any_mistake_is_a_complaint_and_never_a_traceback(text: str) -> None:
    agreement, found = check(text, "agreement.yaml")
    assert agreement is None
    assert found
    assert all(complaint.file == "agreement.yaml" and complaint.line >= 1 for complaint in found)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_checked(text: str) -> None:
    assert check(text, "agreement.yaml")[1]


LINES = SHIPPED.splitlines()
SCALARS = st.sampled_from(
    ["", "~", "7", "-1", ".nan", "[]", "{}", "x", "true", "2026-01-01", "[1, {a: b}]", '"{"', "&a [*a]"]
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.integers(0, len(LINES) - 1), SCALARS), min_size=1, max_size=4))
def test_a_spoilt_agreement_is_checked(edits: list[tuple[int, str]]) -> None:
    """Values replaced at random lines: either it still holds, or there are complaints within the file."""
    lines = list(LINES)
    for at, scalar in edits:
        head, colon, _ = lines[at].partition(": ")
        lines[at] = f"{head}{colon}{scalar}" if colon else scalar
    agreement, found = check("\n".join(lines), "agreement.yaml")
    assert (agreement is None) == bool(found)
    assert all(1 <= complaint.line <= len(lines) for complaint in found)
