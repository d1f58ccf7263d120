"""Each rep's weeks by other terms: who arrives, who is handed over, who waits. MONDAYS begin in New York."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from syncd.agreement import Agreement
from syncd.model.queue import Candidate, QueueEntry, TaskKind
from syncd.planning.queue import QueueTerms
from syncd.planning.rep_weeks import RepWeeks, arrivals, weeks_of
from syncd.planning.trial import Trial
from syncd.planning.weeks import Calendar
from syncd.rules import judge
from tests.planning.test_replay import IN_FORCE, SINCE, a_bank, a_book
from tests.rules.builders import NOON, REP, TODAY, did

MONDAYS = [date(2026, 2, 16) + timedelta(weeks=number) for number in range(3)]
TERMS = QueueTerms(waiting_percent=25, longest_weeks=8, dry_weeks=0)
CREW = {"ann": Calendar(2, "America/New_York")}
NEW_YORK = "America/New_York"


def an_entry(name: str, at: datetime, rep: str | None = "ann", at_once: bool = False) -> QueueEntry:
    return QueueEntry(Candidate(f"mql/{name}", TaskKind.MQL, name, name, 1.0, at, rep=rep, at_once=at_once), at)


def test_who_exceeds_the_places_waits_for_the_next_week() -> None:
    entries = [an_entry(str(number), datetime(2026, 2, 17, 15, tzinfo=UTC)) for number in range(5)]
    (ann,) = weeks_of(entries, CREW, TERMS, MONDAYS, NEW_YORK).values()
    assert ann == RepWeeks("ann", arrived=[5, 0, 0], handed=[2, 2, 1], waiting=[3, 1, 0])


def test_a_hand_raise_goes_over_the_cap_and_is_owed() -> None:
    entries = [an_entry(str(number), datetime(2026, 2, 17, 15, tzinfo=UTC), at_once=True) for number in range(3)]
    entries += [
        an_entry("later", datetime(2026, 2, 24, 15, tzinfo=UTC)),
        an_entry("last", datetime(2026, 2, 24, 16, tzinfo=UTC)),
    ]
    (ann,) = weeks_of(entries, CREW, TERMS, MONDAYS, NEW_YORK).values()
    assert (ann.handed, ann.over, ann.waiting) == ([3, 1, 1], 1, [0, 1, 0])


def test_who_waits_too_long_returns_and_who_has_no_rep_waits() -> None:
    entries = [an_entry(str(number), datetime(2026, 2, 17, 15, tzinfo=UTC)) for number in range(9)]
    entries.append(an_entry("nobody's", datetime(2026, 2, 17, 15, tzinfo=UTC), rep=None))
    weeks = weeks_of(entries, CREW, QueueTerms(25, 1, 0), MONDAYS, NEW_YORK)
    assert (weeks["ann"].handed, weeks["ann"].returned) == ([2, 2, 0], 5)
    assert weeks[""].waiting == [1, 1, 1]


def test_a_week_begins_where_the_agreement_is_at_home() -> None:
    sunday_night = datetime(2026, 2, 23, 4, 30, tzinfo=UTC)  # 23:30 of the 22nd in New York
    (ann,) = weeks_of([an_entry("1", sunday_night)], CREW, TERMS, MONDAYS, NEW_YORK).values()
    assert ann.arrived == [1, 0, 0]


def test_an_mql_arrives_at_the_accounts_rep_by_their_first_response_of_the_window() -> None:
    bank = a_bank(1, "Champion", None)
    trial = Trial(bank, IN_FORCE, judge(bank, IN_FORCE, TODAY), SINCE)
    (entry,) = arrivals(trial, NOON - timedelta(days=30))
    assert (entry.candidate.contact_id, entry.candidate.rep, entry.entered) == (
        "bank1-0",
        REP.id,
        NOON - timedelta(days=9),
    )
    assert not [*arrivals(trial, NOON - timedelta(days=8))], "they responded before"


def test_who_asked_for_sales_is_handed_over_at_once() -> None:
    bank = a_bank(1, "Champion")
    asking = replace(bank, activities=(*bank.activities, did("bank1-0", "contact_sales", 1)))
    (entry,) = arrivals(Trial(asking, IN_FORCE, judge(asking, IN_FORCE, TODAY), SINCE), NOON - timedelta(days=30))
    assert entry.candidate.at_once


def test_a_shorter_window_lets_nobody_arrive_later_or_a_second_time() -> None:
    bank = a_bank(1, "Champion")
    again = replace(bank, activities=(did("bank1-0", "webinar", 60), did("bank1-0", "webinar", 9)))
    narrow = a_book(changed_window(IN_FORCE.agreement, 20))
    first = NOON - timedelta(days=91)
    arrived = [
        [entry.entered for entry in arrivals(Trial(again, book, judge(again, book, TODAY), SINCE), first)]
        for book in (IN_FORCE, narrow)
    ]
    assert arrived == [[NOON - timedelta(days=60)]] * 2
    gone = replace(bank, activities=(did("bank1-0", "webinar", 60),))
    (entry,) = arrivals(Trial(gone, narrow, judge(gone, narrow, TODAY), SINCE), first)
    assert entry.entered == NOON - timedelta(days=60), "they were handed over then, though they are an MQL no more"


def changed_window(agreement: Agreement, days: int) -> Agreement:
    """The same terms by which a response counts for so many days."""
    return agreement.model_copy(update={"engagement": agreement.engagement.model_copy(update={"response_days": days})})
