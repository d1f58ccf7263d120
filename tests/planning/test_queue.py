"""The queue: who is handed to which rep in which week. MONDAY is 2 November 2026; New York is at UTC−5."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syncd.model.queue import Candidate, How, QueueEntry, Release, Taken, TaskKind
from syncd.planning.queue import NOBODY, Handout, QueueTerms, hand_out
from syncd.planning.weeks import Calendar, places, week_of

MONDAY = date(2026, 11, 2)
NOW = datetime(2026, 11, 2, 15, tzinfo=UTC)
TERMS = QueueTerms(waiting_percent=25, longest_weeks=8, dry_weeks=1)
ANN, BOB, CAT = "user-ann", "user-bob", "user-cat"
TEAM = (ANN, BOB, CAT)
FULL = Calendar(cap=8)
WEEK = timedelta(days=7)


def an_entry(
    number: int, rep: str | None = ANN, *, waits: float = 0, rank: float | None = None, **fields
) -> QueueEntry:
    """Somebody whose rank falls with their number. waits: days since they entered."""
    entered = NOW - timedelta(days=waits)
    kind = TaskKind.EXPLORE if fields.get("at_once") else TaskKind.MQL
    candidate = Candidate(
        key=f"{kind}/c{number:04}",
        kind=kind,
        account_id=f"a{number:04}",
        contact_id=f"c{number:04}",
        rank=1_000.0 - number if rank is None else rank,
        since=entered,
        rep=rep,
    )
    return QueueEntry(replace(candidate, **fields), entered)


def handed(
    entries: Iterable[QueueEntry],
    crew: Mapping[str, Calendar] | None = None,
    taken: Iterable[Taken] = (),
    now: datetime = NOW,
    turns: Mapping | None = None,
) -> Handout:
    return hand_out(entries, taken, turns or {}, crew or {ANN: FULL}, TERMS, now)


def numbers(handout: Handout) -> list[int]:
    return sorted(int(release.contact_id[1:]) for release in handout.released)


# ---- rank, waiting time, places ----------------------------------------------------------------------------------


def test_the_strongest_come_first_and_a_quarter_of_the_places_goes_by_waiting_time() -> None:
    entries = [an_entry(number, waits=number / 10) for number in range(20)]
    handout = handed(entries)
    assert numbers(handout) == [0, 1, 2, 3, 4, 5, 18, 19]
    assert Counter(release.how for release in handout.released) == {How.RANK: 6, How.WAITING: 2}


def test_who_is_as_strong_comes_by_waiting_time() -> None:
    entries = [an_entry(number, waits=number, rank=1) for number in range(10)]
    assert numbers(handed(entries)) == [2, 3, 4, 5, 6, 7, 8, 9]


def test_who_waits_is_told_the_week_in_which_they_will_come() -> None:
    waits = {wait.key: wait for wait in handed([an_entry(number) for number in range(20)]).waiting}
    assert [waits[f"mql/c{number:04}"].week for number in (8, 15)] == [MONDAY + WEEK] * 2
    assert waits["mql/c0019"].week == MONDAY + 2 * WEEK
    assert [waits[f"mql/c{number:04}"].position for number in (8, 19)] == [1, 12]


def test_who_will_not_come_within_the_agreed_weeks_is_told_so() -> None:
    last = max(handed([an_entry(number) for number in range(100)]).waiting, key=lambda wait: wait.position)
    assert last.week is None
    assert "returns to marketing before" in last.why


def test_the_places_of_a_week_are_handed_out_once() -> None:
    half = [Taken(ANN, MONDAY, How.RANK, 4), Taken(ANN, MONDAY, How.WAITING, 1)]
    assert len(handed([an_entry(number) for number in range(20)], taken=half).released) == 3


def test_who_has_waited_too_long_returns_to_marketing_with_the_reason() -> None:
    handout = handed([an_entry(1, waits=57), an_entry(2, waits=56)])
    assert handout.returned == {"mql/c0001": "waited longer than 8 weeks for a rep's place"}
    assert numbers(handout) == [2]


def test_whom_nobody_can_take_waits_and_it_says_why() -> None:
    [wait] = handed([an_entry(1, rep=None)]).waiting
    assert (wait.week, wait.why) == (None, NOBODY)
    [wait] = handed([an_entry(1, rep=None, at_once=True)]).waiting
    assert (wait.week, wait.why) == (None, NOBODY)


# ---- hand-raises and booked demos --------------------------------------------------------------------------------


def test_a_hand_raise_takes_a_place_of_the_week() -> None:
    handout = handed([an_entry(number) for number in range(10)] + [an_entry(50, at_once=True)])
    assert Counter(release.how for release in handout.released) == {How.AT_ONCE: 1, How.RANK: 5, How.WAITING: 2}


def test_beyond_the_cap_they_are_owed_from_the_next_week() -> None:
    raised = handed([an_entry(number, at_once=True) for number in range(11)])
    assert Counter(release.how for release in raised.released) == {How.AT_ONCE: 8, How.OVER: 3}
    owing = [Taken(ANN, MONDAY, How.AT_ONCE, 8), Taken(ANN, MONDAY, How.OVER, 3)]
    assert len(handed([an_entry(n) for n in range(20)], taken=owing, now=NOW + WEEK).released) == 5
    assert len(handed([an_entry(n) for n in range(20)], taken=owing, now=NOW + 2 * WEEK).released) == 8


def test_what_is_owed_beyond_a_whole_week_is_owed_from_the_one_after() -> None:
    owing = [Taken(ANN, MONDAY, How.OVER, 11)]
    assert len(handed([an_entry(n) for n in range(20)], taken=owing, now=NOW + WEEK).released) == 0
    assert len(handed([an_entry(n) for n in range(20)], taken=owing, now=NOW + 2 * WEEK).released) == 5


def test_one_who_comes_when_the_week_is_full_goes_over_the_cap() -> None:
    [release] = handed([an_entry(1, at_once=True)], taken=[Taken(ANN, MONDAY, How.RANK, 8)]).released
    assert (release.how, release.rep) == (How.OVER, ANN)


def test_where_turns_chose_the_rep_a_teammate_with_a_free_place_gets_them() -> None:
    crew = {ANN: FULL, BOB: FULL}
    full = [Taken(ANN, MONDAY, How.RANK, 8)]
    entries = [an_entry(1, rep=None, team=(ANN, BOB), at_once=True)]
    [release] = handed(entries, crew, full).released
    assert (release.rep, release.how) == (BOB, How.AT_ONCE)
    [release] = handed(entries, crew, [*full, Taken(BOB, MONDAY, How.RANK, 8)]).released
    assert (release.rep, release.how) == (ANN, How.OVER)


def test_a_hand_raise_never_returns_for_having_waited() -> None:
    assert handed([an_entry(1, waits=100, at_once=True)]).returned == {}


# ---- turns -------------------------------------------------------------------------------------------------------


def test_a_team_takes_turns() -> None:
    crew = dict.fromkeys(TEAM, FULL)
    handout = handed([an_entry(number, rep=None, team=TEAM) for number in range(7)], crew)
    assert [release.rep for release in handout.released] == [ANN, BOB, CAT, ANN, BOB, CAT, ANN]


def test_a_missed_turn_is_owed() -> None:
    away = replace(FULL, absent=((MONDAY, MONDAY + timedelta(days=6)),))
    entries = [an_entry(number, rep=None, team=TEAM) for number in range(4)]
    while_away = handed(entries, {ANN: FULL, BOB: away, CAT: FULL})
    assert Counter(release.rep for release in while_away.released) == {ANN: 2, CAT: 2}
    back = handed(entries, dict.fromkeys(TEAM, FULL), now=NOW + WEEK, turns={(TEAM, ANN): 2, (TEAM, CAT): 2})
    assert Counter(release.rep for release in back.released) == {BOB: 3, ANN: 1}


def test_the_people_of_one_account_are_one_reps() -> None:
    crew = dict.fromkeys(TEAM, FULL)
    entries = [an_entry(number, rep=None, team=TEAM, account_id="bank") for number in range(3)]
    assert {release.rep for release in handed(entries, crew).released} == {ANN}


# ---- weeks -------------------------------------------------------------------------------------------------------

CALENDARS = {
    "a full week": (FULL, MONDAY, 8),
    "a holiday": (replace(FULL, country="US"), date(2026, 11, 23), 6),
    "one that only a state keeps": (replace(FULL, country="DE", subdivision="BE"), date(2026, 3, 2), 8),
    "absent for two days": (replace(FULL, absent=((date(2026, 11, 5), date(2026, 11, 8)),)), MONDAY, 4),
    "absent all week": (replace(FULL, absent=((date(2026, 10, 1), date(2026, 12, 1)),)), MONDAY, 0),
    "before they begin": (replace(FULL, started=date(2026, 11, 9)), MONDAY, 0),
    "their first week": (replace(FULL, started=MONDAY, ramp=(25, 50)), MONDAY, 2),
    "their second week": (replace(FULL, started=MONDAY, ramp=(25, 50)), MONDAY + WEEK, 4),
    "when the ramp is over": (replace(FULL, started=MONDAY, ramp=(25, 50)), MONDAY + 2 * WEEK, 8),
    "begun in the middle of a week": (replace(FULL, started=date(2026, 11, 5), ramp=(50,)), MONDAY, 1),
    "a country that nobody knows": (replace(FULL, country="XX"), MONDAY, 8),
}


@pytest.mark.parametrize(("calendar", "monday", "expected"), CALENDARS.values(), ids=CALENDARS.keys())
def test_a_weeks_places(calendar: Calendar, monday: date, expected: int) -> None:
    assert places(monday, calendar) == expected


def test_a_holiday_of_one_state_takes_places_there_alone() -> None:
    monday = date(2027, 3, 8)  # International Women's Day
    assert places(monday, replace(FULL, country="DE", subdivision="BE")) == 6
    assert places(monday, replace(FULL, country="DE", subdivision="HH")) == 8


def test_a_week_begins_where_the_rep_is() -> None:
    moment = datetime(2026, 11, 9, 3, tzinfo=UTC)  # still Sunday in New York, Monday noon in Tokyo
    assert week_of(moment, replace(FULL, time_zone="America/New_York")) == MONDAY
    assert week_of(moment, replace(FULL, time_zone="Asia/Tokyo")) == MONDAY + WEEK


def test_the_next_moment_at_which_time_alone_changes_something() -> None:
    new_york = replace(FULL, time_zone="America/New_York")
    assert handed([an_entry(1)], {ANN: new_york}).due == datetime(2026, 11, 9, 5, tzinfo=UTC)
    away = replace(new_york, absent=((MONDAY, MONDAY),))
    assert handed([an_entry(1)], {ANN: away}).due == datetime(2026, 11, 3, 5, tzinfo=UTC)


def test_who_is_away_gets_nobody_but_who_asked() -> None:
    away = replace(FULL, absent=((MONDAY, MONDAY),))
    assert numbers(handed([an_entry(1), an_entry(2, at_once=True)], {ANN: away})) == [2]


def test_who_runs_dry_is_told_before_it_happens() -> None:
    [dry] = handed([an_entry(number) for number in range(11)]).dry
    assert (dry.rep, dry.week, dry.places, dry.waiting) == (ANN, MONDAY + WEEK, 8, 3)
    assert handed([an_entry(number) for number in range(16)]).dry == ()


# ---- what always holds -------------------------------------------------------------------------------------------

CALENDAR = st.builds(
    Calendar,
    cap=st.integers(1, 9),
    time_zone=st.sampled_from(["UTC", "America/Los_Angeles", "Asia/Tokyo"]),
    country=st.sampled_from([None, "US"]),
    started=st.none() | st.dates(MONDAY - 3 * WEEK, MONDAY + WEEK),
    ramp=st.sampled_from([(), (25, 50, 75)]),
    absent=st.sampled_from([(), ((MONDAY, MONDAY + timedelta(days=2)),), ((MONDAY + WEEK, MONDAY + 2 * WEEK),)]),
)
CREW = st.fixed_dictionaries(dict.fromkeys(TEAM, CALENDAR))
ARRIVAL = st.tuples(
    st.sampled_from([ANN, ANN, BOB, CAT, None]),  # None: the team takes turns
    st.booleans() | st.just(False),
    st.integers(0, 5),  # rank
    st.integers(0, 4),  # account
)
ARRIVALS = st.lists(st.lists(ARRIVAL, max_size=12), min_size=1, max_size=5)  # half a week after half a week


def arrivals(drawn: Sequence[Sequence[tuple]]) -> list[list[QueueEntry]]:
    return [
        [
            an_entry(
                100 * turn + number,
                rep,
                rank=float(rank),
                at_once=at_once,
                account_id=f"a{account}" if rep is None else f"a{turn}-{number}",
                team=TEAM if rep is None else (),
            )
            for number, (rep, at_once, rank, account) in enumerate(batch)
        ]
        for turn, batch in enumerate(drawn)
    ]


def simulate(batches: Iterable[list[QueueEntry]], crew: Mapping[str, Calendar]) -> Iterable[tuple[datetime, Handout]]:
    waiting: dict[str, QueueEntry] = {}
    releases: list[Release] = []
    now = NOW
    for batch in batches:
        waiting |= {entry.candidate.key: replace(entry, entered=now) for entry in batch}
        turns = Counter((release.team, release.rep) for release in releases if release.team)
        handout = hand_out(waiting.values(), summed(releases), turns, crew, TERMS, now)
        releases += handout.released
        for key in [*(release.key for release in handout.released), *handout.returned]:
            del waiting[key]
        assert {wait.key for wait in handout.waiting} == set(waiting)
        yield now, handout
        now += timedelta(days=3.5)


def summed(releases: Iterable[Release]) -> list[Taken]:
    number = Counter((release.rep, release.week, release.how) for release in releases)
    return [Taken(*key, number=count) for key, count in number.items()]


@settings(max_examples=40, deadline=None)
@given(ARRIVALS, CREW)
def test_others_never_exceed_the_cap_less_hand_raises_and_places_owed(drawn, crew) -> None:
    releases: list[Release] = []
    for _, handout in simulate(arrivals(drawn), crew):
        releases += handout.released
    for rep, calendar in crew.items():
        theirs = Counter((r.week, r.how) for r in releases if r.rep == rep)
        owed, week = 0, MONDAY - WEEK  # in Los Angeles it is still the week before somewhere
        while week <= MONDAY + 4 * WEEK:
            cap, raised = places(week, calendar), theirs[week, How.AT_ONCE]
            assert theirs[week, How.RANK] + theirs[week, How.WAITING] <= max(0, cap - raised - owed)
            owed = max(0, owed - cap) + theirs[week, How.OVER]
            week += WEEK


@settings(max_examples=40, deadline=None)
@given(ARRIVALS, CREW, st.randoms(use_true_random=False))
def test_the_order_of_input_makes_no_difference(drawn, crew, random) -> None:
    entries = [entry for batch in arrivals(drawn) for entry in batch]
    shuffled = random.sample(entries, len(entries))
    turned = dict(random.sample(list(crew.items()), len(crew)))
    assert handed(shuffled, turned) == handed(entries, crew)


@settings(max_examples=40, deadline=None)
@given(ARRIVALS, CREW)
def test_who_asked_is_handed_over_at_once(drawn, crew) -> None:
    for _, handout in simulate(arrivals(drawn), crew):
        assert not any(wait.key.startswith("explore/") for wait in handout.waiting)


@settings(max_examples=15, deadline=None)
@given(ARRIVALS, CREW)
def test_nobody_waits_longer_than_the_agreed_weeks(drawn, crew) -> None:
    entered: dict[str, datetime] = {}
    batches = [*arrivals(drawn), *[[]] * 20]
    for now, handout in simulate(batches, crew):
        for wait in handout.waiting:
            assert now - entered.setdefault(wait.key, now) <= TERMS.longest_weeks * WEEK


def test_a_first_cycle_over_an_old_database_floods_nobody() -> None:
    """Six hundred people wait on the first day; for eight weeks nobody gets more than the cap on a day or in a week."""
    crew = {ANN: replace(FULL, time_zone="America/New_York", country="US"), BOB: FULL, CAT: replace(FULL, cap=5)}
    old = [
        an_entry(number, rep=[ANN, BOB, None][number % 3], team=TEAM if number % 3 == 2 else ())
        for number in range(600)
    ]
    days: Counter[tuple[str, date]] = Counter()
    weeks: Counter[tuple[str, date]] = Counter()
    waiting = {entry.candidate.key: entry for entry in old}
    releases: list[Release] = []
    for day in range(56):
        now = NOW + timedelta(days=day)
        turns = Counter((release.team, release.rep) for release in releases if release.team)
        handout = hand_out(waiting.values(), summed(releases), turns, crew, TERMS, now)
        releases += handout.released
        for release in handout.released:
            days[release.rep, now.date()] += 1
            weeks[release.rep, release.week] += 1
            del waiting[release.key]
    assert max(days.values()) <= 8
    assert all(number <= places(week, crew[rep]) for (rep, week), number in weeks.items())
    assert sum(weeks.values()) == sum(places(MONDAY + n * WEEK, crew[rep]) for n in range(8) for rep in crew)
