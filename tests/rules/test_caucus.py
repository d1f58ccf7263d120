"""§8: the caucus after the Iowa procedure, in exact arithmetic, with every edge case."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from fractions import Fraction
from itertools import combinations_with_replacement
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.model import Tally
from syncd.rules.caucus import Voter, hold, threshold
from tests.rules.builders import NOON

OFFERS = ("fraud", "lending", "treasury")


def voter(id: str, last_at: dict[str, datetime] | None = None, **strengths: float) -> Voter:
    return Voter(id, strengths, last_at or {})


def crowd(**numbers: int) -> list[Voter]:
    """So many voters of each offer; `none` engages with no offer."""
    return [
        voter(f"{offer}{number:02}", **({} if offer == "none" else {offer: 1.0}))
        for offer, count in numbers.items()
        for number in range(count)
    ]


# ---- viability ---------------------------------------------------------------------------------------------------

THRESHOLDS = {0: 0, 1: 1, 6: 1, 7: 2, 13: 2, 14: 3, 20: 3, 21: 4, 100: 15, 101: 16}


@pytest.mark.parametrize(("present", "needed"), THRESHOLDS.items())
def test_an_offer_is_viable_with_fifteen_percent_of_those_present(present: int, needed: int) -> None:
    assert threshold(present, 15) == needed


@given(st.integers(0, 10**9), st.integers(1, 100))
def test_threshold_is_exact(present: int, percent: int) -> None:
    assert threshold(present, percent) == ceil(Fraction(percent * present, 100))


def test_exactly_at_the_threshold_is_viable_and_one_less_is_not() -> None:
    assert hold(crowd(fraud=17, lending=3), OFFERS, 15).viable == ("fraud", "lending")
    assert hold(crowd(fraud=18, lending=2), OFFERS, 15).viable == ("fraud",)


# ---- first alignment ---------------------------------------------------------------------------------------------

EARLIER, LATER = NOON - timedelta(days=2), NOON
FIRST = {
    "the strongest": (voter("ann", fraud=3, lending=2), "fraud"),
    "a tie goes to the latest": (voter("ann", {"fraud": EARLIER, "lending": LATER}, fraud=2, lending=2), "lending"),
    "then to the name": (voter("ann", {"treasury": NOON, "lending": NOON}, treasury=2, lending=2), "lending"),
    "recency does not beat strength": (voter("ann", {"fraud": EARLIER, "lending": LATER}, fraud=3, lending=2), "fraud"),
    "offers that nobody sells do not count": (voter("ann", golf=9, lending=1), "lending"),
    "no strength is no engagement": (voter("ann", fraud=0.0), None),
    "nothing": (voter("ann"), None),
}


@pytest.mark.parametrize(("voter", "offer"), FIRST.values(), ids=FIRST.keys())
def test_first_alignment_of_one_voter(voter: Voter, offer: str | None) -> None:
    tally = hold([voter], OFFERS, 15)
    assert tally.first == ({offer: ("ann",)} if offer else {})
    assert tally.final == tally.first
    assert tally.home == (() if offer else ("ann",))
    assert (tally.present, tally.threshold) == (1, 1)


# ---- realignment -------------------------------------------------------------------------------------------------


def test_supporters_of_a_group_that_is_not_viable_go_to_their_next_viable_offer() -> None:
    voters = [*crowd(fraud=10, treasury=9), voter("zoe", lending=3, treasury=2, fraud=1)]
    tally = hold(voters, OFFERS, 15)
    assert tally.first["lending"] == ("zoe",)
    assert tally.viable == ("fraud", "treasury")
    assert "zoe" in tally.final["treasury"]
    first_round, second_round = [move for move in tally.moves if move.contact_id == "zoe"]
    assert (first_round.round, first_round.start, first_round.to) == (1, None, "lending")
    assert (second_round.round, second_round.start, second_round.to) == (2, "lending", "treasury")
    assert "1 of 3 needed" in second_round.why


def test_each_move_is_told_in_the_offers_own_names() -> None:
    voters = [Voter(str(number), {"fraud": 1.0}) for number in range(7)] + [Voter("8", {"loans": 2.0, "fraud": 1.0})]
    moves = hold(voters, ["fraud", "loans"], 15, {"fraud": "Fraud detection", "loans": "Digital lending"}).moves
    words = " / ".join(move.why for move in moves if move.contact_id == "8")
    assert words == (
        "engages with Digital lending most, then Fraud detection / "
        "Digital lending is not viable (1 of 2 needed); Fraud detection is their next viable offer"
    )
    assert (moves[-1].start, moves[-1].to) == ("loans", "fraud"), "what a program reads stays as it is"


def test_who_engages_with_no_viable_offer_goes_home() -> None:
    tally = hold([*crowd(fraud=19), voter("zoe", lending=3)], OFFERS, 15)
    assert tally.home == ("zoe",)
    assert tally.moves[-1].to is None


def test_there_is_one_realignment_only() -> None:
    """Two small groups do not join into a viable one: nobody realigns to an offer that was not viable at first."""
    voters = [
        *crowd(fraud=18),
        voter("yan", lending=2, treasury=1),
        voter("zoe", treasury=2, lending=1),
    ]
    tally = hold(voters, OFFERS, 15)
    assert tally.viable == ("fraud",)
    assert tally.home == ("yan", "zoe")


def test_the_uncommitted_are_present_and_raise_the_threshold() -> None:
    assert hold(crowd(fraud=10, lending=2), OFFERS, 15).viable == ("fraud", "lending")
    tally = hold(crowd(fraud=10, lending=2, none=2), OFFERS, 15)
    assert (tally.present, tally.threshold, tally.viable) == (14, 3, ("fraud",))
    assert set(tally.home) == {"lending00", "lending01", "none00", "none01"}


def test_nobody_present() -> None:
    assert hold([], OFFERS, 15) == Tally(0, 0, {}, {}, (), ())


def test_none_viable_means_that_all_go_home() -> None:
    offers = [f"offer{number}" for number in range(7)]
    voters = [voter(f"v{number:02}", **{offers[number % 7]: 1.0}) for number in range(14)]
    tally = hold(voters, offers, 15)
    assert (tally.threshold, tally.viable, tally.final) == (3, (), {})
    assert len(tally.home) == 14


def test_everybody_uncommitted() -> None:
    tally = hold(crowd(none=3), OFFERS, 15)
    assert (tally.first, tally.final, len(tally.home)) == ({}, {}, 3)


def test_a_tie_between_offers_makes_both_viable() -> None:
    tally = hold(crowd(lending=2, fraud=2), OFFERS, 50)
    assert tally.viable == ("fraud", "lending")


def test_unanimity_is_viable_even_at_a_hundred_percent() -> None:
    assert hold(crowd(fraud=3), OFFERS, 100).viable == ("fraud",)
    assert hold(crowd(fraud=3, none=1), OFFERS, 100).viable == ()


def test_offers_are_told_in_the_agreements_order() -> None:
    tally = hold(crowd(fraud=1, lending=1, treasury=1), ("treasury", "fraud", "lending"), 15)
    assert list(tally.first) == list(tally.final) == list(tally.viable) == ["treasury", "fraud", "lending"]


# ---- every small caucus, and many large ones ---------------------------------------------------------------------


def holds(voters: list[Voter], offers: tuple[str, ...], percent: int) -> None:
    """What must be true of any caucus, counted again by hand."""
    tally = hold(voters, offers, percent)
    ids = sorted(one.contact_id for one in voters)
    likes = {one.contact_id: one.preferences(offers) for one in voters}
    assert tally.present == len(ids)

    seated = [contact_id for supporters in tally.final.values() for contact_id in supporters]
    assert sorted([*seated, *tally.home]) == ids  # everyone stands somewhere or goes home, once

    stood = Counter(liked[0] for liked in likes.values() if liked)
    assert {offer: len(supporters) for offer, supporters in tally.first.items()} == stood
    viable = [offer for offer in offers if stood[offer] * 100 >= percent * len(ids) and stood[offer]]
    assert list(tally.viable) == list(tally.final) == viable

    for offer, supporters in tally.final.items():
        assert set(tally.first[offer]) <= set(supporters)  # locked: nobody leaves a viable group
        assert all(offer in likes[contact_id] for contact_id in supporters)
    for contact_id, liked in likes.items():
        wanted = next((offer for offer in liked if offer in viable), None)
        assert (contact_id in tally.home) is (wanted is None)
        assert wanted is None or contact_id in tally.final[wanted]

    moves = Counter((move.contact_id, move.round) for move in tally.moves)
    assert max(moves.values(), default=1) == 1
    assert sorted(id for id, number in moves if number == 1) == ids
    moved = {id for id, number in moves if number == 2}
    assert moved == {id for id, liked in likes.items() if liked and liked[0] not in viable}
    for move in tally.moves:  # the moves alone lead to the final tally
        assert move.to is None or move.round == 1 or move.contact_id in tally.final[move.to]


RANKINGS = [{}, *({a: 3.0, **({b: 2.0} if b != a else {})} for a in OFFERS for b in OFFERS)]


@pytest.mark.parametrize("present", range(6))
@pytest.mark.parametrize("percent", [15, 34, 51, 100])
def test_every_caucus_of_up_to_five_voters(present: int, percent: int) -> None:
    for rankings in combinations_with_replacement(RANKINGS, present):
        holds([Voter(f"v{number}", ranking) for number, ranking in enumerate(rankings)], OFFERS, percent)


MANY = tuple(f"offer{number}" for number in range(9))
BALLOTS = st.lists(
    st.tuples(
        st.dictionaries(st.sampled_from(MANY), st.integers(0, 3).map(float), max_size=5),
        st.dictionaries(st.sampled_from(MANY), st.integers(0, 2).map(lambda days: NOON - timedelta(days=days))),
    ),
    max_size=45,
)


@given(BALLOTS, st.integers(1, 100))
def test_every_caucus(ballots: list[tuple[dict[str, float], dict[str, datetime]]], percent: int) -> None:
    holds([Voter(f"v{n:02}", strengths, last) for n, (strengths, last) in enumerate(ballots)], MANY, percent)


@given(BALLOTS, st.randoms())
def test_the_order_in_which_voters_come_makes_no_difference(ballots, random) -> None:
    voters = [Voter(f"v{n:02}", strengths, last) for n, (strengths, last) in enumerate(ballots)]
    assert hold(random.sample(voters, len(voters)), MANY, 15) == hold(voters, MANY, 15)
