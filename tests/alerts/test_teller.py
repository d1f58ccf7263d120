"""What is told reaches every channel, whatever breaks meanwhile: the store, the channel, the process."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import orjson
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
from sqlalchemy import text

from syncd.alerts import Channel, Teller, Undelivered
from syncd.alerts.changes import SETTLE, Patience
from syncd.alerts.mail import Mail
from syncd.alerts.sender import DELAYS
from syncd.alerts.slack import Slack
from syncd.alerts.webhook import Webhook
from syncd.health.waiting import unheard
from syncd.model.alerts import FAILING, WARNING, Matter, Message, News
from syncd.receivers import Relay
from syncd.store import Store
from tests.alerts.receivers import hook, relay
from tests.alerts.test_changes import matter
from tests.empty_stores import empty_sqlite

DAY = timedelta(days=1)
PATIENCE = Patience({}, otherwise=timedelta(), remind=DAY)
NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)
DISK = matter("disk", FAILING, where=("/data",), what="the disk is full", mend="free some of it")
AWAY = matter("database", FAILING, where=(), what="it does not answer")


@dataclass
class Inbox:
    """A channel that keeps what it takes. fails: of the next attempts, what becomes of each."""

    name: str = "webhook"
    setting: str = "SYNCD_ALERT_WEBHOOK_URL"
    messages: list[Message] = field(default_factory=list)
    fails: list[str] = field(default_factory=list)
    dislikes: str = ""  # the kind of what it refuses, whenever it comes

    def send(self, message: Message) -> None:
        if any(entry.kind == self.dislikes for entry in message.entries):
            raise Undelivered("it answers 400", "look", broken=True, refused=True)
        fault = self.fails.pop(0) if self.fails else ""
        if fault != "lost":
            self.messages.append(message)
        if fault:
            raise Undelivered("it answers 503", "wait")

    @property
    def news(self) -> list[list[str]]:
        """Of each message once, in their order, what it says."""
        once = {message.id: message for message in self.messages}
        return [[f"{entry.news.value} {entry.kind}" for entry in message.entries] for message in once.values()]


@dataclass
class Story:
    """An installation whose teller looks when it is told to; time passes by hand."""

    store: Store
    channels: Sequence[Channel]
    standing: list[Matter] = field(default_factory=list)
    now: datetime = NOON
    seconds: float = 1.0

    def __post_init__(self) -> None:
        self.start()

    def start(self) -> None:
        """Begin anew, as after a kill: whatever the teller had in mind is gone."""
        self.teller = Teller(
            self.store,
            self.channels,
            lambda: self.standing,
            PATIENCE,
            "production",
            clock=lambda: self.now,
            steady=lambda: self.seconds,
        )

    def look(self, *standing: Matter, seconds: float = 30.0) -> None:
        """Let time pass, look, and send what there is."""
        self.standing = list(standing)
        self.now += timedelta(seconds=seconds)
        self.seconds += seconds
        self.teller.look()
        for sender in self.teller.senders:
            while sender.send_next():
                pass


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


def test_a_change_is_told_once_and_survives_a_start(store: Store, inbox: Inbox) -> None:
    story = Story(store, [inbox])
    for _ in range(3):
        story.look(DISK, matter("premise:salesforce"))
    story.start()
    story.look(DISK, matter("premise:salesforce"))
    assert inbox.news == [["new disk", "new premise"]], "many at once are one message"
    story.look()
    story.look(seconds=200)
    story.start()
    story.look()
    assert inbox.news[1:] == [["over disk", "over premise"]]
    with store.reading() as unit:
        assert unit.alerts.standing() == {}
        assert [(alert.matter.key, alert.times) for alert in unit.alerts.last(9)] == [
            ("disk", 2),
            ("premise:salesforce", 2),
        ]


def test_what_a_channel_did_not_take_is_sent_again_under_the_same_id(store: Store, inbox: Inbox) -> None:
    inbox.fails = ["lost", "taken and not said so"]
    story = Story(store, [inbox])
    story.look(DISK)
    assert inbox.messages == []
    story.look(DISK, seconds=1)
    assert inbox.messages == [], "it is given time"
    story.look(DISK, seconds=DELAYS[0])
    story.start()
    story.look(DISK, seconds=1)
    assert [message.id for message in inbox.messages] == [inbox.messages[0].id] * 2, "after a start at once"
    assert inbox.news == [["new disk"]]
    with store.reading() as unit:
        assert unit.alerts.unheard() == []


def test_a_channel_that_takes_nothing_is_named_and_the_others_hear_all(store: Store) -> None:
    mail, slack = Inbox("mail"), Inbox("slack", fails=["lost"] * 9)
    story = Story(store, [mail, slack])
    story.look(DISK)
    story.look(DISK, AWAY._replace(key="clock", kind="clock"))
    assert mail.news == [["new disk"], ["new clock"]]
    with store.reading() as unit:
        (unheard,) = unit.alerts.unheard()
    assert (unheard.channel, unheard.number, unheard.error, unheard.mend) == ("slack", 2, "it answers 503", "wait")
    story.channels = [mail]
    story.start()
    story.look(DISK)
    with store.reading() as unit:
        assert unit.alerts.unheard() == [], "of a channel that is set no more"


def test_that_the_store_is_away_is_told_without_it(tmp_path: Path, inbox: Inbox) -> None:
    path = tmp_path / "syncd.db"
    store = Store(empty_sqlite(path))
    story = Story(store, [inbox])
    story.look(matter("premise:salesforce"))
    hide(store)
    for _ in range(3):
        story.look(AWAY)
    assert inbox.news == [["new premise"], ["new database"]], "what cannot be seen any more is not over"
    show(store)
    story.look(matter("premise:salesforce"))
    story.look(matter("premise:salesforce"), seconds=200)
    assert inbox.news[2:] == [["over database"]]
    story.start()
    story.look(matter("premise:salesforce"))
    assert len(inbox.news) == 3
    assert len(inbox.messages) == 3, "nothing is sent twice"
    with store.reading() as unit:
        unsent = unit.connection.scalar(text("SELECT count(*) FROM alert_message WHERE sent_at IS NULL"))
    assert unsent == 0
    store.close()


def test_what_was_taken_and_cannot_be_noted_is_not_sent_again(sqlite_store: Store, inbox: Inbox) -> None:
    with sqlite_store.writing() as unit:
        full = "CREATE TRIGGER full BEFORE UPDATE ON alert_message BEGIN SELECT RAISE(ABORT, 'the disk is full'); END"
        unit.connection.exec_driver_sql(full)
    story = Story(sqlite_store, [inbox])
    for _ in range(3):
        story.look(DISK)
    story.look(DISK, matter("clock"))
    assert inbox.news == [["new disk"], ["new clock"]]
    assert len(inbox.messages) == 2
    with sqlite_store.writing() as unit:
        unit.connection.exec_driver_sql("DROP TRIGGER full")
    story.look(DISK, matter("clock"))
    story.start()
    story.look(DISK, matter("clock"))
    assert len(inbox.messages) == 2, "it is noted as soon as it can be"


def test_a_message_that_is_refused_for_itself_keeps_no_other_from_its_way(store: Store) -> None:
    inbox = Inbox("slack", dislikes="disk")
    story = Story(store, [inbox])
    story.look(DISK)
    with store.reading() as unit:
        (waiting,) = unit.alerts.unheard()
    assert (waiting.number, dropped_of(store, story.now)) == (1, []), "who is to blame is not known yet"
    story.look(DISK, matter("clock"), seconds=DELAYS[0])
    assert inbox.news == [["new clock"]]
    with store.reading() as unit:
        assert unit.alerts.next("slack", "production") is None, "it is not told after what came later"
        (finding,) = unheard(unit, story.now)
    assert (finding.key, finding.what) == (
        "alerts:slack",
        "alerts by slack: it answers 400; 1 dropped; `syncd alert list` shows what stands",
    )
    inbox.dislikes = ""
    story.look(DISK, matter("clock"), seconds=DAY.total_seconds())
    assert inbox.news[1:] == [["still disk", "still clock"]], "the next reminder tells what stands"
    assert dropped_of(store, story.now + DAY) == [], "that it was is told for two days"


def dropped_of(store: Store, now: datetime) -> list[tuple[str, int]]:
    with store.reading() as unit:
        return [(each.channel, each.number) for each in unit.alerts.dropped(now)]


def test_a_receiver_that_refuses_everything_loses_nothing_and_is_given_time(store: Store, inbox: Inbox) -> None:
    inbox.dislikes = "disk"
    story = Story(store, [inbox])
    story.look(DISK)
    story.look(DISK._replace(grade=WARNING), DISK._replace(key="disk:2", where=("/tmp",)), seconds=DELAYS[0])
    (sender,) = story.teller.senders
    assert sender.failures == 3
    story.look(DISK, DISK._replace(key="disk:2", where=("/tmp",)), seconds=1)
    assert sender.failures == 3, "all were tried, and all wait"
    inbox.dislikes = ""
    story.look(DISK, DISK._replace(key="disk:2", where=("/tmp",)), seconds=DELAYS[-1])
    assert inbox.news == [["new disk"], ["new disk"]]
    assert dropped_of(store, story.now) == []


def test_a_message_of_a_week_ago_is_not_sent(store: Store, inbox: Inbox) -> None:
    inbox.fails = ["lost"] * 9
    story = Story(store, [inbox])
    story.look(DISK)
    story.look(DISK, seconds=DAY.total_seconds() * 6)
    inbox.fails = []
    story.look(DISK, matter("clock"), seconds=DAY.total_seconds() + 60)
    assert inbox.news == [["still disk"], ["new clock", "still disk"]]
    assert dropped_of(store, story.now) == [("webhook", 1)]


def hide(store: Store) -> None:
    """Take the tables away: what asks them fails as it does where the database is away."""
    with store.writing() as unit:
        for name in ("alert", "alert_message"):
            unit.connection.execute(text(f"ALTER TABLE {name} RENAME TO {name}_away"))


def show(store: Store) -> None:
    with store.writing() as unit:
        for name in ("alert", "alert_message"):
            unit.connection.execute(text(f"ALTER TABLE {name}_away RENAME TO {name}"))


def test_real_channels_hear_it_side_by_side_and_one_that_hangs_delays_nothing(sqlite_store: Store) -> None:
    standing: list[Matter] = [DISK]
    with hook() as slack, hook(hangs=True) as hanging, relay() as box:
        channels: list[Channel] = [
            Slack(slack.url),
            Webhook(hanging.url, bytes(32)),
            Mail(Relay("127.0.0.1", box.port, False), "syncd@bank.example", ("ops@bank.example",)),
        ]
        with Teller(sqlite_store, channels, lambda: standing, PATIENCE, "production", every=0.05):
            eventually(lambda: bool(slack.got and box.letters and hanging.got))
            ending = time.monotonic()
        assert time.monotonic() - ending < 3, "who hangs is not waited for"
        with sqlite_store.reading() as unit:
            unsent = unit.alerts.next("webhook", "production")
    assert "the disk is full" in orjson.loads(slack.got[0][1])["text"]
    assert "the disk is full" in box.letters[0].get_content()
    assert unsent is not None
    assert unsent.message.id == hanging.got[0][0]["webhook-id"], "after the next start it is sent again"


def eventually(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < end, "it never came"
        threading.Event().wait(0.02)


KEYS = ("late:hubspot", "configuration:hubspot", "disk")


class Delivery(RuleBasedStateMachine):
    """Findings come and go, channels fail before or after they took it, the store goes away, the process dies."""

    @initialize()
    def begin(self) -> None:
        self.folder = Path(self._folder)
        self.inbox = Inbox()
        self.store = Store(empty_sqlite(self.folder / f"{id(self)}.db"))
        self.story = Story(self.store, [self.inbox])
        self.standing: dict[str, str] = {}
        self.away = False
        self.story.look()  # a daemon starts with its store

    @rule(key=st.sampled_from(KEYS), grade=st.sampled_from((WARNING, FAILING)))
    def comes(self, key: str, grade: str) -> None:
        self.standing[key] = grade
        self._look()

    @rule(key=st.sampled_from(KEYS), seconds=st.sampled_from((30, 600)))
    def goes(self, key: str, seconds: int) -> None:
        self.standing.pop(key, None)
        self._look()
        self._look(seconds)

    @rule(faults=st.lists(st.sampled_from(("lost", "taken and not said so")), max_size=3))
    def fails(self, faults: list[str]) -> None:
        self.inbox.fails = faults

    @rule()
    def dies(self) -> None:
        if not self.away:  # without its store no process starts
            self.story.start()
            self._look()

    @rule(away=st.booleans())
    def store_goes_or_comes(self, away: bool) -> None:
        if away != self.away:
            (hide if away else show)(self.store)
            self.away = away
            self._look()

    @rule(hours=st.sampled_from((1, 23, 30)))
    def time_passes(self, hours: int) -> None:
        self._look(hours * 3600)

    def _look(self, seconds: float = 30.0) -> None:
        matters = [matter(key, grade) for key, grade in self.standing.items()]
        self.story.look(*([AWAY] if self.away else matters), seconds=seconds)

    def teardown(self) -> None:
        if not hasattr(self, "story"):
            return
        if self.away:
            show(self.store)
            self.away = False
        self.inbox.fails = []
        for seconds in (30, 4000, SETTLE.total_seconds(), 30, 4000):
            self._look(seconds)
        self._hold()
        self.store.close()

    def _hold(self) -> None:
        """Once all is well again, the world knows what stands, and was told of no state twice before its time."""
        known: dict[tuple[str, str], tuple[str, datetime]] = {}
        once = list({message.id: message for message in self.inbox.messages}.values())
        assert all(before.at <= after.at for before, after in pairwise(once))
        for message in once:
            for entry in message.entries:
                key = (entry.kind, entry.places)
                grade, at = known.get(key, ("", message.at))
                match entry.news:
                    case News.NEW:
                        assert key not in known
                    case News.WORSE:
                        assert (grade, entry.grade) == (WARNING, FAILING)
                    case News.STILL:
                        assert message.at - at >= DAY
                    case News.OVER:
                        del known[key]
                        continue
                known[key] = (entry.grade, message.at)
        named = {(each.kind, ", ".join(each.where)) for each in (matter(key) for key in self.standing)}
        assert known.keys() == named
        for each in (matter(key, grade) for key, grade in self.standing.items()):
            assert known[each.kind, ", ".join(each.where)][0] in (FAILING, each.grade)


Delivery.TestCase.settings = settings(max_examples=25, stateful_step_count=15, deadline=None)


class TestDelivery(Delivery.TestCase):
    @pytest.fixture(autouse=True)
    def in_a_folder(self, tmp_path: Path) -> None:
        Delivery._folder = str(tmp_path)  # type: ignore[attr-defined]
