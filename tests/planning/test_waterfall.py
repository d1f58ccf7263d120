"""The waterfall counted by hand: volume, conversion, velocity, value, and its parts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from syncd.model.milestones import Milestone, Source, Stage
from syncd.planning.waterfall import DIMENSIONS, NONE, STAGES, CountDifference, Period, compare, priced, waterfall

FIRST = date(2026, 3, 2)  # a Monday
PERIOD = Period(FIRST, FIRST + timedelta(days=90), UTC)


def on(day: int) -> datetime:
    return datetime(2026, 3, 2, 12, tzinfo=UTC) + timedelta(days=day)


def came(who: str, **days: int) -> list[Milestone]:
    """What a contact reached, stage → day."""
    more: dict[str, Any] = {"segment": "banks", "offer": "fraud", "rep": "rae"}
    return [Milestone(Stage(stage), on(day), "bank", who, **more) for stage, day in days.items()]


def deal(name: str, *who: str, amount: int = 100, **days: int) -> list[Milestone]:
    return [
        Milestone(
            Stage(stage),
            on(day),
            "bank",
            offer="fraud",
            opportunity_id=name,
            evidence=who,
            segment="banks",
            rep="rae",
            amount=Decimal(amount),
            currency="USD",
        )
        for stage, day in days.items()
    ]


STORY = [
    *came("ann", inquiry=0, mql=2, released=3, accepted=5),
    *came("bob", inquiry=1, mql=9, released=10, rejected=12),
    *came("cem", inquiry=1),
    *came("dan", inquiry=-9, mql=-2, released=4, accepted=6),
    *deal("o1", "ann", "dan", sqo=15, won=40),
    *deal("o2", sqo=16, lost=20, amount=50),
    *deal("o3", won=30, amount=7),
]


def test_volume_is_what_was_reached_within_the_period() -> None:
    whole = waterfall(STORY, PERIOD).whole
    assert {level.stage.value: level.volume for level in whole.levels} == {
        "inquiry": 3,
        "mql": 2,
        "released": 3,
        "accepted": 2,
        "sqo": 2,
        "won": 2,
        "lost": 1,
    }
    assert {stage.value: count for stage, count in whole.beside.items()} == {"not_yet": 0, "rejected": 1, "recycled": 0}


def test_conversion_follows_those_who_reached_the_stage_before_within_the_period() -> None:
    whole = waterfall(STORY, PERIOD).whole
    steps = {level.stage.value: (level.came, level.entered) for level in whole.levels if level.before}
    assert steps == {
        "mql": (2, 3),
        "released": (2, 2),  # dan was an MQL before
        "accepted": (2, 3),
        "sqo": (2, 2),  # both stand behind one opportunity
        "won": (1, 2),
        "lost": (1, 2),
    }


def test_each_stage_is_also_told_as_a_share_of_the_mqls_whatever_lies_between() -> None:
    skipped = [*STORY, *came("eve", mql=3), *deal("o9", "eve", sqo=9, lost=12)]
    whole = waterfall(skipped, PERIOD).whole
    shares = {level.stage.value: (level.of_mqls, level.mqls) for level in whole.levels if level.before}
    assert shares["sqo"] == (2, 3), "ann by acceptance, eve without one; bob was rejected"
    assert (shares["won"], shares["lost"]) == ((1, 3), (1, 3))


def test_value_is_summed_by_currency_and_what_sales_won_alone_is_told_apart() -> None:
    result = waterfall(STORY, PERIOD)
    assert result.whole.level(Stage.WON).worth == {"USD": Decimal(107)}
    assert (result.sourced, result.unqualified) == (1, 1)


def test_velocity_says_how_long_a_step_takes_or_that_too_few_took_it() -> None:
    level = waterfall(STORY, PERIOD).whole.level(Stage.ACCEPTED)
    assert level.lag and level.lag.refusal and level.lag.days is None
    many = [milestone for n in range(30) for milestone in came(f"c{n}", released=n, accepted=n + 2 + n % 3)]
    lag = waterfall(many, PERIOD, since=on(-1)).whole.level(Stage.ACCEPTED).lag
    assert lag and lag.days == {0.5: 3, 0.8: 4} and lag.reached == 1


def test_what_lies_behind_the_period_is_not_known_yet() -> None:
    early = Period(FIRST, FIRST + timedelta(days=17), UTC)
    won = waterfall(STORY, early).whole.level(Stage.WON)
    assert (won.volume, won.came, won.entered) == (0, 0, 2)


def test_an_outcome_that_was_turned_counts_as_what_it_is_now() -> None:
    lost = Milestone(Stage.LOST, on(20), "bank", opportunity_id="o1")
    won = Milestone(Stage.WON, on(30), "bank", opportunity_id="o1", round=2)
    whole = waterfall([*deal("o1", sqo=15), lost, won], PERIOD).whole
    assert (whole.level(Stage.WON).volume, whole.level(Stage.LOST).volume) == (1, 0)


def test_the_parts_of_each_dimension_have_their_names() -> None:
    named = [
        Milestone(Stage.MQL, on(1), "bank", "ann", "fraud", segment="banks", campaign_id="c1", rep="rae"),
        Milestone(Stage.MQL, on(8), "bank", "bob", source=Source.HISTORY),
        *deal("o1", "ann", sqo=9),
    ]
    names = {by: [part.name for part in waterfall(named, PERIOD, by).parts] for by in DIMENSIONS}
    assert names == {
        "week": ["2026-03-02", "2026-03-09"],
        "segment": [NONE, "banks"],
        "campaign": [NONE, "c1"],
        "rep": [NONE, "rae"],
        "offer": [NONE, "fraud"],
    }
    by_campaign = waterfall(named, PERIOD, "campaign").parts[1]
    assert by_campaign.level(Stage.SQO).volume == 1, "an opportunity came by the campaign of its MQLs"


@given(
    st.lists(
        st.builds(
            lambda who, stage, day, round_, offer: Milestone(
                stage,
                on(day),
                "bank",
                who,
                offer,
                who if stage in (Stage.SQO, Stage.WON, Stage.LOST) else None,
                round=round_,
            ),
            st.sampled_from(["ann", "bob", "cem"]),
            st.sampled_from(list(Stage)),
            st.integers(-20, 100),
            st.integers(1, 2),
            st.sampled_from(["fraud", "loans", None]),
        ),
        max_size=30,
        unique_by=lambda milestone: milestone.key,
    ),
    st.sampled_from(DIMENSIONS),
    st.randoms(),
)
def test_parts_add_up_to_the_whole_in_whatever_order(milestones: list[Milestone], by: str, random: Any) -> None:
    result = waterfall(milestones, PERIOD, by)
    for stage in STAGES:
        assert sum(part.level(stage).volume for part in result.parts) == result.whole.level(stage).volume
    assert all(level.came <= level.entered for part in (result.whole, *result.parts) for level in part.levels)
    random.shuffle(milestones)
    assert waterfall(milestones, PERIOD, by) == result


def test_a_merge_moves_no_count() -> None:
    merged = [replace(one, contact_id="ann", key=one.key) for one in STORY if one.contact_id]
    rest = [one for one in STORY if not one.contact_id]
    assert waterfall([*merged, *rest], PERIOD) == waterfall(STORY, PERIOD)


def test_where_marketing_s_and_sales_counts_differ_it_says_who() -> None:
    qualified = [*deal("o1", sqo=1), *deal("o2", sqo=1, lost=2), *deal("o4", sqo=3)]
    standing = [("o1", None, False), ("o2", None, True), ("o3", None, False)]
    assert compare(qualified, standing) == CountDifference(1, ("o4",), ("o3",))
    ours = Milestone(Stage.SQO, on(1), "bank", opportunity_key="bank/fraud")
    assert compare([ours], [("o9", "bank/fraud", False)]) == CountDifference(1, (), ())
    reopened = [("o2", None, False)]
    assert compare(deal("o2", sqo=1, lost=2), reopened) == CountDifference(0, (), ()), (
        "lost for the counts, open for sales"
    )


def test_an_amount_without_a_currency_is_in_the_agreement_s() -> None:
    bare = [replace(one, currency=None, key=one.key) for one in deal("o1", sqo=1)]
    assert [one.currency for one in priced([*bare, *deal("o2", sqo=1), *came("ann", mql=1)], "EUR")] == [
        "EUR",
        "USD",
        None,
    ]
