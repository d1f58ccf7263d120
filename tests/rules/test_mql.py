"""§5: the gates of a qualified lead in their order, three-valued, each with what would make it pass; points."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from syncd.agreement.lead_terms import Scoring
from syncd.model import Account, Contact, Gate, GateName, Ruling, Standing, TitleReading
from syncd.model.addresses import is_address
from syncd.rules.mql import behaviour, decide, gate_terms, market_gate, points, qualify
from tests.rules.builders import a_contact, a_gate, a_reading, an_account, an_agreement, an_interest

AGREEMENT = an_agreement()
BY = gate_terms(AGREEMENT)
CFO = a_reading("finance", level="C-level")
YES, NO, UNKNOWN = Ruling.YES, Ruling.NO, Ruling.UNKNOWN


def gates(
    contact: Contact | None = None,
    account: Account | None = None,
    reading: TitleReading = CFO,
    role: str | None = "Economic Buyer",
    market: Ruling = YES,
    **interest: Any,
) -> dict[str, Gate]:
    gates = qualify(
        contact or a_contact("ann"),
        account or an_account(),
        reading,
        role,
        an_interest(**interest),
        a_gate(GateName.MARKET, market),
        BY,
    )
    return {gate.name: gate for gate in gates}


def test_the_gates_stand_in_their_order() -> None:
    assert list(gates()) == ["market", "role", "reachable", "relation", "responded"]
    assert decide(gates().values()) is YES


RULINGS = {
    "all yes": ((YES, YES), YES),
    "one unknown": ((YES, UNKNOWN), UNKNOWN),
    "a no outweighs an unknown": ((UNKNOWN, NO), NO),
    "one no": ((NO, YES), NO),
}


@pytest.mark.parametrize(("rulings", "verdict"), RULINGS.values(), ids=RULINGS.keys())
def test_one_no_decides_and_one_unknown_leaves_it_open(rulings: tuple[Ruling, ...], verdict: Ruling) -> None:
    assert decide(a_gate(name, ruling) for name, ruling in zip(GateName, rulings, strict=False)) is verdict


# ---- role --------------------------------------------------------------------------------------------------------

ROLES = {
    "a required role": (a_contact("ann"), CFO, "Economic Buyer", YES),
    "no title": (a_contact("ann", title=None), a_reading(), None, UNKNOWN),
    "a blank title": (a_contact("ann", title="  "), a_reading(), None, UNKNOWN),
    "a title that says nothing": (a_contact("ann", title="Wizard"), a_reading(), None, UNKNOWN),
    "a level without a function": (a_contact("ann"), a_reading(level="VP"), None, UNKNOWN),
    "a level that never has a required role": (a_contact("ann"), a_reading(level="individual contributor"), None, NO),
    "a function without a level": (a_contact("ann"), a_reading("IT"), None, UNKNOWN),
    "a function that never has a required role": (a_contact("ann"), a_reading("HR"), None, NO),
    "both known, no buying role": (a_contact("ann"), a_reading("HR", level="manager"), None, NO),
    "a role that no offer requires": (a_contact("ann"), a_reading("marketing", level="VP"), "Influencer", NO),
    "former": (a_contact("ann"), a_reading("finance", level="C-level", former=True), None, NO),
}


@pytest.mark.parametrize(("contact", "reading", "role", "ruling"), ROLES.values(), ids=ROLES.keys())
def test_a_required_role_is_read_from_title_or_persona(
    contact: Contact, reading: TitleReading, role: str | None, ruling: Ruling
) -> None:
    gate = gates(contact, reading=reading, role=role)["role"]
    assert gate.ruling is ruling
    assert bool(gate.mend) is (ruling is not YES)
    assert gate.source == "hubspot contacts.jobtitle"


# ---- reachable ---------------------------------------------------------------------------------------------------

PHONE = "+1 217 555 0100"
REACHABLE = {
    "a valid address": ({}, YES),
    "it bounced": ({"bounced": True}, NO),
    "it bounced, the phone is left": ({"bounced": True, "phone": PHONE}, YES),
    "no system tells of bounces": ({"bounced": None}, YES),
    "another address bounced": ({"bounced": ("old@bank.example",)}, YES),
    "they opted out of mail": ({"opted_out": True}, NO),
    "they opted out of mail, the phone is left": ({"opted_out": True, "phone": PHONE}, YES),
    "nobody knows of an opt-out": ({"opted_out": None}, YES),
    "nobody may call, mail is left": ({"do_not_call": True, "phone": PHONE}, YES),
    "it bounced, and nobody may call": ({"bounced": True, "do_not_call": True, "phone": PHONE}, NO),
    "only a phone": ({"emails": (), "phone": PHONE}, YES),
    "neither": ({"emails": ()}, NO),
    "no address at all": ({"emails": ("ann at bank",)}, NO),
    "the second one is valid": ({"emails": ("ann@@bank", "ann@bank.example")}, YES),
    "a phone of three digits": ({"emails": (), "phone": "n/a 123"}, NO),
}


@pytest.mark.parametrize(("fields", "ruling"), REACHABLE.values(), ids=REACHABLE.keys())
def test_somebody_is_reachable_by_an_open_channel(fields: dict[str, Any], ruling: Ruling) -> None:
    gate = gates(a_contact("ann", **fields))["reachable"]
    assert gate.ruling is ruling
    assert bool(gate.mend) is (ruling is not YES)


def test_an_address_that_nobody_tried_yet_can_be_written_to() -> None:
    assert gates(a_contact("ann", bounced=None), last_at=None)["reachable"].ruling is YES


ADDRESSES = {
    "ann@bank.example": True,
    "ann.o'neill+news@mail.first-bank.example": True,
    "änn@bänk.example": True,
    "ann@xn--bnk-qla.xn--p1ai": True,
    "ann": False,
    "ann@bank": False,
    "@bank.example": False,
    "ann@bank..example": False,
    "ann@-bank.example": False,
    "ann b@bank.example": False,
    "ann@bank.example, bob@bank.example": False,
    "ann@bank.1": False,
    "": False,
    f"{'a' * 250}@bank.example": False,
    "ann@bank.invalid": True,
    "ann@bank.test": True,
    ".ann@bank.example": False,
    "ann.@bank.example": False,
    "ann@bank-.example": False,
    "ann@1.2.3.4": False,
    "ann@☃.example": False,
    '"ann b"@bank.example': False,
}


@pytest.mark.parametrize(("email", "valid"), ADDRESSES.items())
def test_an_address_is_valid_by_its_syntax(email: str, valid: bool) -> None:
    assert is_address(email) is valid


# ---- relation ----------------------------------------------------------------------------------------------------

RELATIONS = {
    "none on record": ({}, {}, YES),
    "a prospect": ({"relation": "prospect"}, {}, YES),
    "a partner may buy": ({"relation": "partner"}, {}, YES),
    "the account is a customer": ({"relation": "customer"}, {}, NO),
    "the account is a competitor": ({"relation": "competitor"}, {}, NO),
    "the person is a competitor's": ({}, {"relation": "competitor"}, NO),
    "their lifecycle says customer": ({}, {"lifecycle": "customer"}, NO),
    "their lifecycle says lead": ({}, {"lifecycle": "lead"}, YES),
    "a colleague by e-mail": ({}, {"emails": ("ann@syncd-demo.example",)}, NO),
    "by the second e-mail too": ({}, {"emails": ("ann@bank.example", "ann@hq.SYNCD-demo.example")}, NO),
    "not by a likeness": ({}, {"emails": ("ann@notsyncd-demo.example",)}, YES),
    "our own account": ({"domain": "syncd-demo.example"}, {}, NO),
    "they opted out, which closes a channel only": ({}, {"opted_out": True}, YES),
}


@pytest.mark.parametrize(("account", "contact", "ruling"), RELATIONS.values(), ids=RELATIONS.keys())
def test_customers_competitors_and_colleagues_are_excluded(
    account: dict[str, Any], contact: dict[str, Any], ruling: Ruling
) -> None:
    gate = gates(a_contact("ann", **contact), an_account(**account))["relation"]
    assert gate.ruling is ruling
    assert bool(gate.mend) is (ruling is NO)


def test_the_agreement_says_whom_to_exclude() -> None:
    by = gate_terms(an_agreement(mql={"exclude": ["partner"]}))
    contact, interest, market = a_contact("ann"), an_interest(), a_gate(GateName.MARKET)
    rulings = [
        qualify(contact, an_account(relation=relation), CFO, "Economic Buyer", interest, market, by)[3].ruling
        for relation in ("partner", "customer")
    ]
    assert rulings == [NO, YES]


# ---- responded ---------------------------------------------------------------------------------------------------


def test_a_response_opens_the_last_gate() -> None:
    assert gates()["responded"].ruling is YES


def test_the_last_gate_names_the_kinds_that_are_responses_and_no_others() -> None:
    both = {"email_opened": 3, "page_viewed": 1, "email_clicked": 1}
    assert gates(kinds=both, responses=("email_clicked",))["responded"].value == "email clicked"
    gate = gates(kinds={"page_viewed": 1}, responded=False)["responded"]
    assert (gate.ruling, gate.value) == (NO, "")
    assert "page viewed does not count as one, or is older" in gate.reason


def test_no_response_says_which_clicks_were_a_machines() -> None:
    gate = gates(responded=False, bots=3, signs={"agent curl": 2, "before the delivery": 1})["responded"]
    assert gate.ruling is NO
    assert "3 opens, clicks or replies were a machine's: agent curl ×2, before the delivery ×1" in gate.reason
    assert gate.mend


# ---- market ------------------------------------------------------------------------------------------------------


def test_the_market_gate_tells_the_criterion_that_decided() -> None:
    criteria = (
        Gate(
            GateName.SIZE,
            Ruling.UNKNOWN,
            "",
            "fdic institutions.ASSET",
            "total assets not known",
            "find the total assets",
        ),
        Gate(GateName.COUNTRY, Ruling.YES, "US", "fdic institutions", "in US"),
    )
    gate = market_gate(Standing.UNKNOWN, None, criteria)
    assert (gate.name, gate.ruling) == ("market", UNKNOWN)
    assert (gate.source, gate.reason, gate.mend) == (
        "fdic institutions.ASSET",
        "total assets not known",
        "find the total assets",
    )
    assert market_gate(Standing.IN, "banks", criteria).value == "banks"


# ---- points ------------------------------------------------------------------------------------------------------

SCORED = AGREEMENT.mql.scored
assert SCORED is not None


def test_fit_and_capped_behaviour() -> None:
    interest = an_interest(kinds={"webinar": 4, "email_clicked": 3})
    assert points(SCORED, CFO, "Economic Buyer", interest) == {"fit": 200, "behaviour": 46, "total": 246}
    interest = an_interest(kinds={"contact_sales": 9, "unheard_of": 9})
    assert points(SCORED, CFO, None, interest) == {"fit": 0, "behaviour": 49, "total": 49}


def test_levels_and_the_best_function_count_too() -> None:
    scored = SCORED.model_copy(
        update={"fit": SCORED.fit.model_copy(update={"level": {"VP": 100}, "function": {"IT": 100, "risk": 300}})}
    )
    assert points(scored, a_reading("IT", "risk", "HR", level="VP"), None, an_interest(kinds={}))["fit"] == 400


def test_a_post_that_is_no_longer_held_has_no_points() -> None:
    fit = SCORED.fit.model_copy(update={"level": {"C-level": 100}, "function": {"finance": 100}})
    scored = SCORED.model_copy(update={"fit": fit})
    held = a_reading("finance", level="C-level")
    assert points(scored, held, None, an_interest(kinds={}))["fit"] == 200
    assert points(scored, a_reading("finance", level="C-level", former=True), None, an_interest(kinds={}))["fit"] == 0


def test_without_a_cap_each_kind_counts_once() -> None:
    uncapped = SCORED.model_copy(update={"behaviour": SCORED.behaviour.model_copy(update={"cap": None})})
    assert behaviour(uncapped, {"webinar": 9, "whitepaper": 2}) == 18


def test_in_scored_mode_points_are_a_gate_behind_the_others() -> None:
    by = gate_terms(an_agreement(mql={"mode": "scored", "scored": {"threshold": 210}}))
    cold = qualify(
        a_contact("ann"), an_account(), CFO, "Economic Buyer", an_interest(kinds={}), a_gate(GateName.MARKET), by
    )
    assert [gate.name for gate in cold][-1] == "points"
    assert (cold[-1].ruling, cold[-1].mend) == (NO, "10 more points")
    warm = an_interest(kinds={"webinar": 1})
    assert (
        decide(qualify(a_contact("ann"), an_account(), CFO, "Economic Buyer", warm, a_gate(GateName.MARKET), by)) is YES
    )


@pytest.mark.parametrize("closed", ["market", "role"])
def test_nobody_outside_the_market_or_without_a_role_is_ever_an_mql_however_hot(closed: str) -> None:
    by = gate_terms(an_agreement(mql={"mode": "scored", "scored": {"threshold": 1}}))
    hot = an_interest(kinds=dict.fromkeys(SCORED.behaviour.points, 99), hand_raised=True)
    market = a_gate(GateName.MARKET, NO if closed == "market" else YES)
    role, reading = (None, a_reading("HR", level="VP")) if closed == "role" else ("Economic Buyer", CFO)
    assert decide(qualify(a_contact("ann"), an_account(), reading, role, hot, market, by)) is NO


FUNCTIONS, LEVELS, ROLE_NAMES, KINDS = ("IT", "risk"), ("VP", "director"), ("A", "B", "C"), ("click", "form", "event")


@st.composite
def valid_tables(draw: st.DrawFn) -> Scoring:
    """Tables that `agreement check` accepts: every step of fit exceeds all of behaviour, capped."""
    cap = draw(st.integers(0, 60))
    steps = st.integers(0, 8).map(lambda number: number * (cap + 1 + extra))
    extra = draw(st.integers(0, 20))
    return Scoring.model_validate(
        {
            "threshold": draw(st.integers(1, 500)),
            "fit": {
                "role": draw(st.dictionaries(st.sampled_from(ROLE_NAMES), steps)),
                "level": draw(st.dictionaries(st.sampled_from(LEVELS), steps)),
                "function": draw(st.dictionaries(st.sampled_from(FUNCTIONS), steps)),
            },
            "behaviour": {"cap": cap, "points": draw(st.dictionaries(st.sampled_from(KINDS), st.integers(0, 60)))},
        }
    )


PEOPLE = st.tuples(
    st.sampled_from((*ROLE_NAMES, None)),
    st.lists(st.sampled_from(FUNCTIONS), unique=True),
    st.sampled_from((*LEVELS, None)),
    st.dictionaries(st.sampled_from(KINDS), st.integers(0, 50)),
)


@given(valid_tables(), PEOPLE, PEOPLE)
def test_fit_outweighs_the_sum_of_all_behaviour(scored: Scoring, person: tuple, other: tuple) -> None:
    ranked = [
        points(scored, a_reading(*functions, level=level), role, an_interest(kinds=kinds))
        for role, functions, level, kinds in (person, other)
    ]
    better, worse = sorted(ranked, key=lambda person: person["fit"], reverse=True)
    assume(better["fit"] != worse["fit"])
    assert better["total"] > worse["total"]
