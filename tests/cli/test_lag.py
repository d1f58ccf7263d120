"""`syncd lag`: of a store whose history is known."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest

from syncd.model.milestones import Milestone, Source, Stage
from syncd.store import Store
from tests.cli.conftest import Answer, Syncd, ask

Ask = Callable[..., Answer]
START = datetime(2026, 1, 5, 15, tzinfo=UTC)
DAYS = 200


@pytest.fixture(scope="module")
def lag(tmp_path_factory: pytest.TempPathFactory) -> Ask:
    """`syncd lag …` beside a store with 200 days of opportunities: half are won after 40 days, half lost after 20."""
    url = f"sqlite:///{tmp_path_factory.mktemp('lag') / 'syncd.db'}"
    assert ask({"SYNCD_DATABASE_URL": url}, "migrate").code == 0
    store = Store(url)
    with store.writing() as unit:
        unit.milestones.add(list(_opportunities()))
    store.close()
    as_of = f"{START + timedelta(days=DAYS):%Y-%m-%d}"
    return lambda *arguments: ask({"SYNCD_DATABASE_URL": url}, "lag", *arguments, "--as-of", as_of)


def _opportunities() -> Iterator[Milestone]:
    random = Random(3)
    for number in range(DAYS):
        for part in range(2 + 6 * (number // 7 % 7 < 2)):
            opened = START + timedelta(days=number)
            won = random.random() < 0.5
            closed = opened + timedelta(days=random.randint(30, 50) if won else random.randint(10, 30))
            fields = {"opportunity_id": f"o/{number}.{part}", "source": Source.HISTORY, "segment": f"s{part % 2}"}
            yield Milestone(Stage.SQO, opened, "a/1", **fields)
            if closed < START + timedelta(days=DAYS):
                yield Milestone(Stage.WON if won else Stage.LOST, closed, "a/1", **fields)


def test_the_share_that_gets_there_and_the_days_are_those_of_the_history(lag: Ask) -> None:
    (row,) = lag("--step", "sqo-won", "--json").json
    assert row["share"] == pytest.approx(0.5, abs=0.08)
    assert row["days"]["50%"] == pytest.approx(40, abs=3)
    assert row["days"]["80%"] == pytest.approx(46, abs=3)
    assert row["band"][0] < row["share"] < row["band"][1]
    shown = lag("--step", "sqo-won").out
    assert f"{row['share']:.1%}" in shown


def test_what_has_too_little_history_says_nothing(lag: Ask) -> None:
    rows = {row["step"]: row for row in lag("--json").json}
    assert rows["inquiry-mql"]["refusal"] == "0 of 0 got there within 365 days; fewer than 20 say nothing"
    assert "too few: nothing is said" in lag().out


def test_apart_by_segment_both_stand_in_it(lag: Ask) -> None:
    rows = lag("--step", "sqo-lost", "--by", "segment", "--json", "--curve").json
    assert [row["group"] for row in rows] == ["s0", "s1"]
    assert all(row["curve"][-1][0] <= 30 for row in rows)


def test_a_backtest_shows_what_was_said_and_what_came(lag: Ask) -> None:
    (row,) = lag("backtest", "--step", "sqo-won", "--horizon", "28", "--days", "3", "--json").json
    assert len(row["trials"]) == 3
    assert all({"as_of", "said", "band", "came", "plain"} <= set(trial) for trial in row["trials"])
    assert row["score"]["held"] >= 2
    assert row["score"]["error"] < row["score"]["plain_error"]
    assert row["today"]["band"]
    assert "the bands held" in lag("backtest", "--step", "sqo-won", "--days", "1").out


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("--step", "first-last"), "--step first-last: no such step; say one of inquiry-mql"),
        (("--by", "weather"), "--by weather: no such word; say one of segment, offer, campaign, rep"),
    ],
)
def test_a_word_that_is_none_is_answered_with_those_there_are(lag: Ask, arguments: tuple[str, ...], why: str) -> None:
    answer = lag(*arguments)
    assert answer.code == 2
    assert why in answer.err


def test_what_is_opened_closes_when_those_before_it_had_been_won_and_says_so(begun: Syncd) -> None:
    store, today = Store(begun.environment["SYNCD_DATABASE_URL"]), datetime.now(UTC)
    with store.writing() as unit:
        unit.milestones.add(list(_wins("digital-lending", today - timedelta(days=200))))
    store.close()
    begun.done("cycle")
    basis = {str(row["Syncd_Offer__c"]): (row["CloseDate"], row["Syncd_Close_Basis__c"]) for row in begun.place.ours()}
    day, why = basis["digital-lending"]
    agreed, other = basis["fraud-detection"]
    assert timedelta(days=40) <= date.fromisoformat(day) - today.date() + timedelta(days=1) <= timedelta(days=42)
    assert why.startswith("41 days: by then half of those have been won")
    assert date.fromisoformat(agreed) > date.fromisoformat(day)
    assert other.startswith("120 days, the agreement's sales cycle")


def _wins(offer: str, since: datetime) -> Iterator[Milestone]:
    """Thirty opportunities of an offer that were won after 41 days."""
    for number in range(30):
        fields = {"opportunity_id": f"o/{number}", "offer": offer, "segment": "mid-size US banks"}
        yield Milestone(Stage.SQO, since + timedelta(days=number), "a/1", **fields)
        yield Milestone(Stage.WON, since + timedelta(days=number + 41), "a/1", **fields)
