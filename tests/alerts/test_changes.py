"""What is told when: every change once, an unchanged state never again before its reminder."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from syncd.alerts.changes import SETTLE, Patience, grouped, tell
from syncd.model.alerts import FAILING, WARNING, Alert, Matter, News

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)
DAY = timedelta(days=1)
GRACE = timedelta(minutes=5)
PATIENCE = Patience({"late": GRACE}, otherwise=timedelta(), remind=DAY)


def matter(key: str = "late:hubspot", grade: str = WARNING, **values: object) -> Matter:
    known = {"where": (key.partition(":")[2],), "what": "it is late", "mend": "wait", "look": "syncd status"}
    return Matter(**{"key": key, "kind": key.partition(":")[0], "grade": grade, **known, **values})  # type: ignore[arg-type]


@dataclass
class Told:
    """A story: what stood at which moment, and what was told then."""

    alerts: dict[str, Alert] = field(default_factory=dict)
    news: list[tuple[str, str]] = field(default_factory=list)

    def at(self, minutes: float, *matters: Matter, anew: bool = False) -> list[str]:
        telling = tell(self.alerts, matters, NOON + timedelta(minutes=minutes), PATIENCE, anew=anew)
        self.alerts = {key: alert for key, alert in telling.alerts.items() if alert.over_at is None}
        return [f"{news.value} {each.key}" for news, each in telling.news]


def test_what_passes_within_its_grace_is_told_to_nobody() -> None:
    story = Told()
    assert story.at(0, matter()) == []
    assert story.at(4, matter()) == []
    assert story.at(4.5) == []
    assert story.alerts == {}
    assert story.at(5, matter()) == [], "its time begins anew"


def test_what_lasts_is_told_once_reminded_of_and_over_once() -> None:
    story = Told()
    assert [story.at(minutes, matter()) for minutes in (0, 5, 6, 60, 1444)] == [[], ["new late:hubspot"], [], [], []]
    assert story.at(5 + 1440, matter()) == ["still late:hubspot"]
    assert story.at(5 + 1441, matter()) == []
    assert story.at(1500) == [], "it may come back"
    assert story.at(1501, matter()) == []
    assert story.at(1510) == []
    assert story.at(1512) == ["over late:hubspot"]
    assert story.at(1513) == []
    assert story.at(1514, matter("premise:sf")) == ["new premise:sf"], "what waits for a person is told at once"


def test_a_grade_that_rises_is_told_and_one_that_falls_and_rises_is_not_told_again() -> None:
    story = Told()
    story.at(0, matter())
    assert story.at(5, matter()) == ["new late:hubspot"]
    assert story.at(6, matter(grade=FAILING)) == ["worse late:hubspot"]
    assert story.at(7, matter()) == []
    assert story.at(8, matter(grade=FAILING)) == []
    assert story.at(6 + 1440, matter()) == ["still late:hubspot"]
    assert story.at(7 + 1440, matter(grade=FAILING)) == ["worse late:hubspot"], "they were told of a warning"


def test_a_clock_that_was_set_back_delays_no_reminder_by_more_than_its_time() -> None:
    story = Told()
    story.at(0, matter("disk"))
    assert story.at(-10_000, matter("disk")) == []
    assert story.at(-10_000 + 1440, matter("disk")) == ["still disk"]


def test_a_start_gives_what_was_not_told_yet_its_whole_grace() -> None:
    story = Told()
    story.at(0, matter())
    assert story.at(600, matter(), anew=True) == [], "the daemon was down for ten hours, and the next cycle mends it"
    assert story.at(605, matter()) == ["new late:hubspot"]


def test_many_that_are_alike_are_one_entry() -> None:
    people = [
        matter(f"agreement:owner:{n}", where=(f"contact-{n}",), what="nobody owns the account") for n in range(40)
    ]
    news = [(News.NEW, one) for one in people]
    news += [(News.OVER, matter("disk")), (News.NEW, matter("premise:sf", FAILING, number=7))]
    entries = grouped(news)
    assert [(entry.news, entry.kind, entry.number, entry.records) for entry in entries] == [
        (News.NEW, "premise", 1, 7),
        (News.NEW, "agreement", 40, 0),
        (News.OVER, "disk", 1, 0),
    ]
    assert entries[1].places.endswith("contact-9 and 30 more")


KEYS = ("late:hubspot", "late:salesforce", "configuration:hubspot", "disk")
STEP = timedelta(seconds=30)


class Telling(RuleBasedStateMachine):
    """Findings come, go and grow worse in any order, time passes, and the process starts again."""

    @initialize()
    def begin(self) -> None:
        self.now = NOON
        self.standing: dict[str, str] = {}
        self.alerts: dict[str, Alert] = {}
        self.since: dict[str, datetime] = {}  # since when each stands, or is gone, without a break
        self.known: dict[str, tuple[str, datetime]] = {}  # what the world was told: gravest grade, when last
        self.anew = True

    @rule(key=st.sampled_from(KEYS), grade=st.sampled_from((WARNING, FAILING)))
    def comes(self, key: str, grade: str) -> None:
        if key not in self.standing:
            self.since[key] = self.now + STEP
        self.standing[key] = grade

    @rule(key=st.sampled_from(KEYS))
    def goes(self, key: str) -> None:
        if self.standing.pop(key, None):
            self.since[key] = self.now + STEP

    @rule()
    def starts_again(self) -> None:
        self.anew = True
        for key in self.standing.keys() - self.known.keys():
            self.since[key] = self.now + STEP

    @rule(minutes=st.sampled_from((1, 3, 10, 600, 2000)))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @invariant()
    def looks(self) -> None:
        self.now += STEP
        matters = [matter(key, grade) for key, grade in self.standing.items()]
        telling = tell(self.alerts, matters, self.now, PATIENCE, anew=self.anew)
        self.anew = False
        self.alerts = {key: alert for key, alert in telling.alerts.items() if alert.over_at is None}
        for news, each in telling.news:
            self._heard(news, each)
        for key, grade in self.standing.items():
            if self.now - self.since[key] >= PATIENCE.of(key.partition(":")[0]):
                assert key in self.known, "what lasts is told"
                gravest, at = self.known[key]
                assert (gravest == FAILING) >= (grade == FAILING), "that it grew worse is told"
                assert self.now - at < DAY, "what lasts is told again"
        for key in self.known.keys() - self.standing.keys():
            assert self.now - self.since[key] < SETTLE, "that it is over is told"

    def _heard(self, news: News, each: Matter) -> None:
        key, now = each.key, self.now
        if news is News.OVER:
            assert key not in self.standing
            del self.known[key]
            return
        assert self.standing[key] == each.grade
        assert (news is News.NEW) == (key not in self.known), "what is new is told once"
        gravest, at = self.known.get(key, (WARNING, now))
        if news is News.WORSE:
            assert (gravest, each.grade) == (WARNING, FAILING)
        if news is News.STILL:
            assert now - at >= DAY, "nothing is told again before its time"
        self.known[key] = (each.grade, now)


Telling.TestCase.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
test_every_change_is_told_once_whatever_happens = pytest.mark.timeout(120)(Telling.TestCase)
