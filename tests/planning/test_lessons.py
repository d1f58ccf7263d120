"""What is learned from verdicts, wins and losses; which changes are suggested, with which effect."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from syncd.model.milestones import Milestone, Stage
from syncd.planning.journeys import journeys
from syncd.planning.lessons import (
    NO_REASON,
    ROLE,
    LessonCase,
    LessonVerdict,
    Opening,
    Precision,
    Share,
    Trait,
    cases_of,
    openings,
    precisions,
    ranked,
    unclear,
)
from syncd.planning.suggestions import alerts, suggestions

NOW = datetime(2026, 3, 11, 16, tzinfo=UTC)
TODAY, SINCE = NOW.date(), NOW.date() - timedelta(days=100)


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def round_of(name: str, *stages: Stage, number: int = 1, **fields: Any) -> list[Milestone]:
    """These stages of one contact, a day apart, the last one yesterday."""
    first = len(stages)
    return [
        Milestone(stage, ago(first - place), "bank", name, round=number, **fields) for place, stage in enumerate(stages)
    ]


def learned(milestones: Sequence[Milestone], **traits: tuple[Trait, ...]) -> dict[str, LessonCase]:
    whole = journeys(milestones)
    by_key = {one.key: traits.get(one.contact_id or "", ()) for one in milestones}
    return {case.contact_id: case for case in cases_of(whole, by_key, {"c1": "Fraud week"}, SINCE, UTC)}


# ---- cases -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stages", "verdict"),
    [
        ((Stage.MQL, Stage.RELEASED), LessonVerdict.OPEN),
        ((Stage.MQL, Stage.RELEASED, Stage.NOT_YET), LessonVerdict.OPEN),
        ((Stage.MQL, Stage.RELEASED, Stage.RECYCLED), LessonVerdict.SILENT),
        ((Stage.MQL, Stage.RELEASED, Stage.ACCEPTED), LessonVerdict.RIGHT),
        ((Stage.MQL, Stage.RELEASED, Stage.REJECTED), LessonVerdict.WRONG),
        ((Stage.MQL, Stage.RELEASED, Stage.ACCEPTED, Stage.REJECTED), LessonVerdict.WRONG),
        ((Stage.MQL, Stage.REJECTED, Stage.ACCEPTED), LessonVerdict.RIGHT),
    ],
)
def test_the_latest_word_counts(stages: tuple[Stage, ...], verdict: LessonVerdict) -> None:
    assert learned(round_of("ann", *stages))["ann"].verdict is verdict


def test_who_stands_on_a_won_opportunity_was_right_and_on_a_lost_one_not_wrong() -> None:
    milestones = [*round_of("ann", Stage.MQL, Stage.RELEASED), *round_of("bob", Stage.MQL, Stage.RELEASED)]
    for name, end in (("ann", Stage.WON), ("bob", Stage.LOST)):
        milestones.append(Milestone(Stage.SQO, ago(0), "bank", opportunity_id=name, evidence=(name,)))
        milestones.append(Milestone(end, ago(0), "bank", opportunity_id=name))
    cases = learned(milestones)
    assert [(cases[name].verdict, cases[name].ended) for name in ("ann", "bob")] == [
        (LessonVerdict.RIGHT, Stage.WON),
        (LessonVerdict.OPEN, Stage.LOST),
    ]


def test_who_waits_or_was_accepted_by_a_system_of_before_is_no_case() -> None:
    milestones = [*round_of("ann", Stage.MQL), *round_of("bob", Stage.MQL, Stage.ACCEPTED, number=0)]
    assert learned(milestones) == {}


def test_every_round_is_a_case_of_its_own_and_earlier_days_are_none() -> None:
    again = round_of("ann", Stage.MQL, Stage.REJECTED) + round_of("ann", Stage.MQL, Stage.ACCEPTED, number=2)
    assert len(cases_of(journeys(again), {}, {}, SINCE, UTC)) == 2
    assert cases_of(journeys(again), {}, {}, TODAY + timedelta(days=1), UTC) == []


def test_a_case_knows_its_campaign_by_name_segment_offer_and_what_is_told_of_it() -> None:
    known = Trait(ROLE, "Champion")
    case = learned(round_of("ann", Stage.MQL, Stage.RELEASED, campaign_id="c1", segment="banks"), ann=(known,))["ann"]
    assert case.traits == (
        Trait("campaign", "Fraud week"),
        Trait("segment", "banks"),
        Trait("offer", "(unknown)"),
        known,
    )


# ---- precision ---------------------------------------------------------------------------------------------------


def a_case(role: str, verdict: LessonVerdict, ended: Stage | None = None, closed: bool = False) -> LessonCase:
    return LessonCase("someone", verdict, ended, (Trait(ROLE, role, closed),))


def test_precision_is_right_of_those_with_a_word() -> None:
    cases = [
        a_case("Champion", verdict)
        for verdict in (LessonVerdict.RIGHT, LessonVerdict.RIGHT, LessonVerdict.WRONG, LessonVerdict.SILENT)
    ]
    cases += [a_case("Champion", LessonVerdict.OPEN, Stage.LOST), a_case("Champion", LessonVerdict.RIGHT, Stage.WON)]
    cases.append(a_case("User", LessonVerdict.WRONG, closed=True))
    whole, champion, user = precisions(cases)
    assert (whole.dimension, whole.right, whole.won) == ("all", Share(3, 5), Share(1, 2))
    assert (champion.value, champion.right, champion.silent, champion.open) == ("Champion", Share(3, 4), 1, 1)
    assert (user.right, user.closed_wrong) == (Share(0, 1), 1)


def test_bands_are_wilsons() -> None:
    """Newcombe 1998, Statistics in Medicine 17, 857-872, table I gives 0.2553 - 0.3662 for 81 of 263 at 95 %."""
    known = Share(81, 263).interval(0.95)
    assert known is not None and (known.low, known.high) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert Share(0, 0).band is None and Share(0, 0).share is None
    for part in (0, 10):
        edge = Share(part, 10).band
        assert edge is not None and 0 <= edge.low <= part / 10 <= edge.high <= 1


def test_reasons_are_ranked_whatever_their_case_and_those_that_say_nothing_are_counted() -> None:
    reasons = ranked(["No budget", "no  budget", "other", "", "wrong person"])
    assert reasons == [("no budget", 2), (NO_REASON, 1), ("other", 1), ("wrong person", 1)]
    assert unclear(reasons) == 0.4 and unclear([]) == 0


@pytest.mark.parametrize(("others", "alerted"), [(2, False), (3, True)])
def test_other_above_a_fifth_raises_an_alert(others: int, alerted: bool) -> None:
    reasons = ranked(["no budget"] * 8 + ["Other"] * others)
    assert bool(alerts(reasons)) is alerted
    assert not alerted or "27% of 11 rejections" in alerts(reasons)[0]


# ---- openings ----------------------------------------------------------------------------------------------------


def test_win_rates_stand_beside_those_without() -> None:
    milestones = []
    for number in range(40):
        name = f"o{number}"
        milestones.append(Milestone(Stage.SQO, ago(60), "bank", opportunity_id=name))
        if number < 30:
            end = Stage.WON if number < 22 else Stage.LOST
            milestones.append(Milestone(end, ago(50), "bank", opportunity_id=name))
    known = {f"o{number}": frozenset({"Champion"}) for number in range(21)}
    with_one, without = openings(journeys(milestones), known, SINCE, TODAY, UTC)
    assert (with_one.what, with_one.known, with_one.won, with_one.open) == ("Champion", True, Share(21, 21), 0)
    assert with_one.lag.days == {0.5: 10, 0.8: 10}
    assert (without.known, without.won, without.open) == (False, Share(1, 9), 10)
    assert without.lag.refusal is not None


# ---- suggestions -------------------------------------------------------------------------------------------------


def a_precision(value: str, right: int, judged: int, dimension: str = ROLE, won: int = 0) -> Precision:
    return Precision(dimension, value, Share(right, judged), Share(won, won))


def test_what_is_right_less_often_than_all_others_is_suggested_with_its_effect() -> None:
    whole = a_precision("all", 33, 60, "all")
    (said,) = suggestions([whole, a_precision("User", 3, 20, won=1), a_precision("Champion", 30, 40)], [], [])
    assert (said.about, said.term) == ("role User", "roles, or the roles that offers require")
    assert said.effect == "without it: 17 rejections fewer, and 3 accepted and 1 won fewer as well"
    assert said.because.startswith("3 of 20 (15%;") and "of all others 30 of 40 (75%;" in said.because


@pytest.mark.parametrize(
    ("right", "judged", "value"),
    [(0, 9, "User"), (10, 20, "User"), (3, 20, "(unknown)")],
    ids=["too few", "the bands meet", "nobody knows whom"],
)
def test_what_chance_may_do_is_not_suggested(right: int, judged: int, value: str) -> None:
    whole = a_precision("all", right + 24, judged + 40, "all")
    assert suggestions([whole, a_precision(value, right, judged), a_precision("Champion", 24, 40)], [], []) == ()


def test_a_frequent_reason_names_the_term_that_decides_it() -> None:
    (said,) = suggestions([], [("wrong person", 12), ("other", 11), ("no need", 4)], [])
    assert (said.about, said.term) == ("reason 'wrong person'", "roles, or the roles that offers require")
    assert said.effect == "at most 12 rejections fewer"


def test_a_role_whose_absence_loses_is_proposed_for_the_bar() -> None:
    none: Any = None
    pair = [Opening("Champion", True, Share(30, 40), 0, none), Opening("Champion", False, Share(5, 40), 0, none)]
    (said,) = suggestions([], [], pair)
    assert (said.term, said.effect) == (
        "forecast.bar.roles_known",
        "asked for: 35 lost opportunities fewer, and 5 won fewer as well, or later",
    )
