"""The campaign calendar: what is expected where and when, and the waves that level it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.model import Campaign
from syncd.model.milestones import BEFORE, Milestone, Source, Stage
from syncd.planning.calendar import (
    HORIZON,
    Levelled,
    Response,
    Send,
    by_hand,
    level,
    loads,
    mondays,
    response_of,
    responses_of,
)
from syncd.planning.lag import Passage
from syncd.planning.sends import Members, sent_before

MONDAY = date(2027, 1, 4)
HALF = by_hand(0.1, 0.5, 3)  # one in twenty, three days after


def send(people: int, day: date = MONDAY, **reps: float) -> Send:
    return Send("Fraud week", day, people, reps or {"rae": 1.0}, HALF)


def test_what_is_sent_brings_mqls_to_each_rep_in_the_week_in_which_they_respond() -> None:
    late = send(400, MONDAY + timedelta(days=5), rae=0.75, cen=0.25)
    weeks = loads([late], ["cen", "rae"], mondays(MONDAY, 3), lambda *_: 8)
    assert [(load.rep, load.week.day, load.expected, load.over) for load in weeks] == [
        ("cen", 4, 0, -8),
        ("cen", 11, pytest.approx(5), pytest.approx(-3)),
        ("cen", 18, 0, -8),
        ("rae", 4, 0, -8),
        ("rae", 11, pytest.approx(15), pytest.approx(7)),
        ("rae", 18, 0, -8),
    ]


def test_a_send_that_fits_goes_out_at_once_and_a_larger_one_in_waves() -> None:
    (fits,) = level([send(160)], lambda *_: 8)
    assert not fits.changed and fits.waves == ((MONDAY, 160),)
    (large,) = level([send(400)], lambda *_: 8)
    assert large.changed and large.left == 0
    assert [size for _, size in large.waves] == [160, 160, 80]
    assert [day for day, _ in large.waves] == [MONDAY + timedelta(days=7 * n) for n in range(3)]


def test_whom_the_queue_has_a_place_for_comes_before_a_send() -> None:
    full = {("rae", MONDAY): 8.0, ("rae", MONDAY + timedelta(days=7)): 3.0}
    first, second, third = loads([send(160)], ["rae"], mondays(MONDAY, 3), lambda *_: 8, full)
    assert (first.over, second.over, third.over) == (pytest.approx(8), -5, -8)
    (moved,) = level([send(160)], lambda rep, week: 8 - full.get((rep, week), 0))
    assert moved.waves == ((MONDAY + timedelta(days=7), 100), (MONDAY + timedelta(days=14), 60))


def test_who_is_planned_first_takes_the_places_and_a_week_off_brings_no_wave() -> None:
    second = replace(send(160), campaign="Loans", day=MONDAY + timedelta(days=1))
    off = MONDAY + timedelta(days=7)
    first, moved = level([second, send(160)], lambda _, week: 0 if week == off else 8)
    assert (first.send.campaign, first.changed) == ("Fraud week", False)
    assert moved.waves == ((MONDAY + timedelta(days=15), 160),)


def test_without_any_place_everybody_is_left() -> None:
    (none,) = level([send(10)], lambda *_: 0)
    assert (none.waves, none.left) == ((), 10)


def test_history_teaches_which_share_comes_and_when_or_that_it_does_not() -> None:
    sent = [Passage(MONDAY, MONDAY + timedelta(days=n % 4), "mql") for n in range(40)] + [Passage(MONDAY)] * 60
    known = response_of(sent, MONDAY + timedelta(days=200))
    assert isinstance(known, Response) and "40 of 100" in known.source
    assert [known.within(day) for day in (0, 1, 3, HORIZON)] == pytest.approx([0.1, 0.2, 0.4, 0.4])
    assert "fewer than 20" in str(response_of(sent[35:], MONDAY + timedelta(days=200)))


def mqls(of: int, became: int) -> list[Passage]:
    return [Passage(MONDAY, MONDAY + timedelta(days=1), "mql")] * became + [Passage(MONDAY)] * (of - became)


TAUGHT = responses_of(
    {"Webinar": mqls(50, 30), "webinar": mqls(50, 20), "Mail": mqls(900, 10), None: mqls(100, 10)},
    MONDAY + timedelta(days=200),
)
BY_KIND = {
    "its own history, however it is spelled": ("WEBINAR", 0.5, "WEBINAR: 50 of 100 within 91 days"),
    "too little of its own": ("Mail", 70 / 1100, "all kinds: 70 of 1100 within 91 days"),
    "and why": ("Mail", 70 / 1100, "of Mail: 10 of 900"),
    "none of its own": ("Fair", 70 / 1100, "of Fair: none began yet"),
    "no kind": (None, 70 / 1100, "of this one: no kind is named"),
}


@pytest.mark.parametrize(("kind", "share", "words"), BY_KIND.values(), ids=BY_KIND.keys())
def test_a_kind_of_campaign_goes_by_its_own_history_else_by_all(kind: str | None, share: float, words: str) -> None:
    response = TAUGHT.of(kind)
    assert isinstance(response, Response)
    assert (response.within(HORIZON), words in response.source) == (pytest.approx(share), True), response.source


def test_without_enough_of_all_no_kind_says_anything() -> None:
    none = responses_of({"Mail": mqls(900, 10)}, MONDAY + timedelta(days=200))
    assert "fewer than 20" in str(none.of("Mail"))


def test_of_the_time_before_an_mql_belongs_to_the_last_campaign_that_had_begun() -> None:
    since = MONDAY + timedelta(days=100)
    campaigns = [Campaign(name, starts=MONDAY + timedelta(days=days)) for name, days in (("a", 0), ("b", 10))]
    everybody = [(contact, "bank") for contact in ("came", "late", "never", "early")]
    members = Members({"a": everybody, "b": everybody[:3]}, {})

    def mql(contact: str, days: int) -> Milestone:
        at = datetime.combine(MONDAY + timedelta(days=days), time(12), UTC)
        return Milestone(Stage.MQL, at, "bank", contact, round=BEFORE, source=Source.HISTORY)

    reached = [mql("came", 15), mql("late", 10 + HORIZON + 1), mql("early", -1)]
    passages = sent_before(campaigns, members, reached, lambda milestone: milestone.at.date(), since)[None]
    begun = [passage.began for passage in passages]
    assert begun == [MONDAY] * 4 + [MONDAY + timedelta(days=10)] * 3
    taken = [passage for passage in passages if passage.exit]
    assert taken == [Passage(MONDAY + timedelta(days=10), MONDAY + timedelta(days=15), "mql")]
    assert {passage.ended for passage in passages if not passage.exit} == {since}


SHARES = st.sampled_from([{"rae": 1.0}, {"rae": 0.5, "cen": 0.5}, {"rae": 0.9, "cen": 0.1}])
RESPONSES = st.builds(by_hand, st.floats(0, 1), st.floats(0, 1), st.integers(0, 120)) | st.builds(
    lambda share, pace: Response(lambda days: share * (1 - pace**days), "a curve"),
    st.floats(0, 1),
    st.floats(0.5, 0.99),
)
SENDS = st.builds(
    lambda number, day, people, reps, response: Send(
        f"c{number}", MONDAY + timedelta(days=day), people, reps, response
    ),
    st.sampled_from("abcdefghi"),
    st.integers(0, 40),
    st.integers(0, 5_000),
    SHARES,
    RESPONSES,
)


@given(st.lists(SENDS, max_size=4), st.integers(0, 12))
def test_no_wave_puts_a_week_above_capacity_and_nobody_is_lost(sends: Sequence[Send], cap: int) -> None:
    levelled = level(sends, lambda *_: cap)
    waves = [replace(one.send, day=day, people=size) for one in levelled for day, size in one.waves]
    weeks = loads(waves, ["rae", "cen"], mondays(MONDAY, 60), lambda *_: cap)
    assert all(load.over <= 1e-6 for load in weeks)
    assert all(sum(size for _, size in one.waves) + one.left == one.send.people for one in levelled)
    assert all(day >= one.send.day and size > 0 for one in levelled for day, size in one.waves)


@given(st.lists(SENDS, max_size=4), st.randoms())
def test_the_order_of_the_sends_makes_no_difference(sends: list[Send], random: st.DataObject) -> None:
    def sizes_of(levelled: Sequence[Levelled]) -> dict[str, int]:
        sizes: dict[str, int] = defaultdict(int)
        for wave_of in levelled:
            sizes[f"{wave_of.send.day} {wave_of.send.campaign}"] += sum(size for _, size in wave_of.waves)
        return sizes

    by_name = {(send.day, send.campaign): send for send in sends}
    shuffled = [*by_name.values()]
    before = sizes_of(level(shuffled, lambda *_: 5))
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert sizes_of(level(shuffled, lambda *_: 5)) == before
