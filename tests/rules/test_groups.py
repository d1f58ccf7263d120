"""§6: which required roles are covered and by whom, completeness, the ledger of unknowns, the next question."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.agreement.terms import Amount, Offer
from syncd.model import ContactJudgement, Coverage, GateName
from syncd.rules.groups import PROCESS, completeness, cover, next_question, seat
from tests.rules.builders import NOON, TODAY, a_reading, an_interest, judged

OFFER = Offer(
    name="fraud",
    label="Fraud detection",
    words=("fraud",),
    roles={"Economic Buyer": 1, "Technical Buyer": 1, "Champion": 2},
    amount=Amount(fixed=Decimal(1000)),
    questions={"Technical Buyer": "Who runs the core banking interface?"},
)
SINCE = TODAY - timedelta(days=180)
FULL = (
    judged("ann", "Economic Buyer"),
    judged("bob", "Technical Buyer"),
    judged("cat", "Champion"),
    judged("dan", "Champion"),
)


def covered(*contacts: ContactJudgement) -> Coverage:
    return cover(OFFER, seat(contacts), SINCE, UTC)


COVERAGES = {
    "nobody": ((), 0),
    "one of three roles": ((judged("ann", "Economic Buyer"),), Fraction(1, 3)),
    "a second one adds nothing": ((judged("ann", "Economic Buyer"), judged("eve", "Economic Buyer")), Fraction(1, 3)),
    "half a role": ((judged("cat", "Champion"),), Fraction(1, 6)),
    "the whole group": (FULL, 1),
    "a role that the offer does not need": ((judged("ida", "Influencer"),), 0),
    "no role": ((judged("ida", None),), 0),
    "whoever has left fills no seat": ((judged("ann", "Economic Buyer", reading=a_reading(former=True)),), 0),
    "nor who cannot be reached": ((judged("ann", "Economic Buyer", closed=[GateName.REACHABLE]),), 0),
    "nor who opted out": ((judged("ann", "Economic Buyer", closed=[GateName.RELATION]),), 0),
    "a seat needs no response": ((judged("ann", "Economic Buyer", closed=[GateName.RESPONDED]),), Fraction(1, 3)),
    "nor a served market": ((judged("ann", "Economic Buyer", closed=[GateName.MARKET]),), Fraction(1, 3)),
}


@pytest.mark.parametrize(("contacts", "share"), COVERAGES.values(), ids=COVERAGES.keys())
def test_completeness_is_the_mean_share_of_the_required_roles(
    contacts: tuple[ContactJudgement, ...], share: Fraction
) -> None:
    assert covered(*contacts).completeness == float(share)


ROLES = ("A", "B", "C", "D")


@given(st.dictionaries(st.sampled_from(ROLES), st.integers(1, 3)), st.lists(st.sampled_from((*ROLES, "E"))))
def test_completeness_is_a_share_that_grows_with_the_group(needed: dict[str, int], roles: list[str]) -> None:
    fewer, more = completeness(needed, Counter(roles[:-1])), completeness(needed, Counter(roles))
    assert 0 <= fewer <= more <= 1
    assert (more == 1) is (bool(needed) and all(roles.count(role) >= count for role, count in needed.items()))


def test_roles_tell_who_covers_them_and_how_strongly() -> None:
    coverage = covered(
        judged("cat", "Champion", interest=an_interest(strength=2.5)),
        judged("dan", "Champion", interest=an_interest(strength=4.0)),
    )
    champion = coverage.roles[-1]
    assert [role.role for role in coverage.roles] == ["Economic Buyer", "Technical Buyer", "Champion"]
    assert (champion.contacts, champion.needed, champion.strength) == (("cat", "dan"), 2, 6.5)


LONG_AGO = an_interest(responded=False, last_at=NOON - timedelta(days=200))
SILENT = an_interest(responded=False, last_at=None)
READS = an_interest(responded=False)
STATES = {
    "nobody": ((), "unknown"),
    "one who responds": ((judged("ann", "Economic Buyer"),), "known"),
    "one known by title only": ((judged("ann", "Economic Buyer", interest=SILENT),), "assumed"),
    "one who only reads": ((judged("ann", "Economic Buyer", interest=READS),), "assumed"),
    "one silent for long": ((judged("ann", "Economic Buyer", interest=LONG_AGO),), "stale"),
}


@pytest.mark.parametrize(("contacts", "state"), STATES.values(), ids=STATES.keys())
def test_the_ledger_says_how_we_know(contacts: tuple[ContactJudgement, ...], state: str) -> None:
    entry = covered(*contacts).unknowns[0]
    assert (entry.what, entry.state) == ("Economic Buyer", state)
    assert bool(entry.question) is (state != "known")


def test_the_ledger_asks_for_the_decision_process() -> None:
    entries = covered(*FULL).unknowns
    assert [entry.what for entry in entries[3:]] == list(PROCESS)
    assert {entry.state for entry in entries[3:]} == {"unknown"}


def test_a_half_filled_role_is_a_gap() -> None:
    entry = covered(judged("cat", "Champion")).unknowns[2]
    assert (entry.what, entry.state) == ("Champion (1 of 2)", "unknown")


QUESTIONS = {
    "a missing role first, in their order": (FULL[2:], "Who signs for Fraud detection, and from which budget?"),
    "in the agreement's words": (FULL[:1], "Who runs the core banking interface?"),
    "then the decision process": (FULL, "By which criteria will they choose?"),
    "before what is only assumed": (
        (judged("ann", "Economic Buyer", interest=SILENT), *FULL[1:]),
        "By which criteria will they choose?",
    ),
}


@pytest.mark.parametrize(("contacts", "question"), QUESTIONS.values(), ids=QUESTIONS.keys())
def test_next_question(contacts: tuple[ContactJudgement, ...], question: str) -> None:
    assert next_question(covered(*contacts)) == question


def test_no_question_where_all_is_known() -> None:
    assert next_question(Coverage("fraud", (), 1.0)) == ""
