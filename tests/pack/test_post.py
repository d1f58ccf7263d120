"""The pack goes to whom the settings name, on the agreed day and hour, once a week at most, whatever is killed."""

import json
import logging
import signal
import time as clock_time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from syncd.errors import SyncdError
from syncd.in_force import load_rulebook
from syncd.pack.due import LATE, Moment, week_due
from syncd.pack.post import Arrival, PackPost
from syncd.settings import Settings
from syncd.store import Store
from syncd.store.notes import PACKS
from tests.alerts.receivers import hook, relay
from tests.cli.conftest import Syncd

LEADERS = "sales@bank.example,marketing@bank.example"
WHERE = ZoneInfo("America/New_York")


def monday_of(now: datetime) -> date:
    day = now.astimezone(WHERE).date()
    return day - timedelta(days=day.weekday())


@pytest.fixture
def mail(synced: Syncd) -> dict[str, str]:
    """Settings by which both leaders and one rep get their packs by mail."""
    return {"SYNCD_PACK_LEADERS": LEADERS, "SYNCD_PACK_REPS": address_of(synced)}


def address_of(syncd: Syncd) -> str:
    """The address of a rep to whom somebody came."""
    (row, *_) = syncd.done("pack", "--json").json["came"]["rows"]
    rows = syncd.place.rows("User")
    return str(next(user["Email"] for user in rows if row["rep"] in (user["Name"], user["Email"])))


@contextmanager
def posting(syncd: Syncd, clock: Callable[[], datetime], **environment: str) -> Iterator[PackPost]:
    named = {"SYNCD_DATABASE_URL": syncd.environment["SYNCD_DATABASE_URL"], **environment}
    settings = Settings(**{name.removeprefix("SYNCD_").lower(): value for name, value in named.items()})
    store = Store(settings.database_url)
    book = load_rulebook(settings)
    yield PackPost(store, lambda: book, settings, clock=clock)
    store.close()


# ---- when ----------------------------------------------------------------------------------------------------------

MONDAY = Moment.read("monday 07:00")
CASES = {
    "a minute before": ("2026-11-30T11:59:00", MONDAY, None),
    "at the hour": ("2026-11-30T12:00:00", MONDAY, "2026-11-30"),
    "late, for who was away": ("2026-12-02T11:59:00", MONDAY, "2026-11-30"),
    "too late": ("2026-12-02T12:00:00", MONDAY, None),
    "by summer time": ("2026-07-06T11:00:00", MONDAY, "2026-07-06"),
    "not by winter's hour in summer": ("2026-07-06T10:59:00", MONDAY, None),
    "of a sunday's evening still on monday": ("2026-12-01T00:30:00", Moment.read("sunday 19:00"), "2026-11-23"),
}


@pytest.mark.parametrize(("now", "moment", "week"), CASES.values(), ids=CASES)
def test_it_is_due_on_the_agreed_hour_where_its_receiver_is(now: str, moment: Moment, week: str | None) -> None:
    due = week_due(datetime.fromisoformat(now).replace(tzinfo=UTC), moment, WHERE)
    assert (due and due.isoformat()) == week


# ---- to whom -------------------------------------------------------------------------------------------------------


def test_leaders_get_the_whole_and_a_rep_their_own(synced: Syncd, mail: dict[str, str]) -> None:
    with relay() as box, hook() as slack:
        sent = synced.done(
            *("pack", "--send", "--json"),
            **mail,
            SYNCD_SMTP_URL=f"smtp://127.0.0.1:{box.port}",
            SYNCD_PACK_SLACK_URL=slack.url,
        ).json
    assert [one["state"] for one in sent] == ["sent"] * 3
    assert box.to == [LEADERS.split(","), [mail["SYNCD_PACK_REPS"]]]
    whole = synced.done("pack", "--json").json
    of_leaders, of_rep = (letter.get_body(("html",)).get_content() for letter in box.letters)  # type: ignore[attr-defined]
    assert all(week["rep"] in of_leaders for week in whole["weeks"])
    own = synced.done("pack", "--rep", mail["SYNCD_PACK_REPS"], "--json").json
    others = {row["contact"] for row in whole["came"]["rows"]} - {row["contact"] for row in own["came"]["rows"]}
    assert others and not [name for name in others if name in of_rep], "another rep's people stand in no rep's pack"
    assert all(row["contact"] in of_rep for row in own["came"]["rows"])
    ((_, body),) = slack.got
    message = json.loads(body)
    assert whole["title"] in message["blocks"][0]["text"]["text"]
    assert all(len(block["text"]["text"]) <= 3_000 for block in message["blocks"]) and len(message["blocks"]) <= 50


def test_nobody_gets_it_by_the_channels_of_alerts(synced: Syncd) -> None:
    with relay() as box, hook() as slack:
        answer = synced(
            *("pack", "--send"),
            SYNCD_ALERT_MAIL_TO="ops@bank.example",
            SYNCD_SMTP_URL=f"smtp://127.0.0.1:{box.port}",
            SYNCD_ALERT_SLACK_URL=slack.url,
        )
    assert answer.code == 2 and "SYNCD_PACK_LEADERS" in answer.err
    assert not box.letters and not slack.got


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"SYNCD_PACK_AT": "monday 07:00"}, "SYNCD_PACK_AT"),
        ({"SYNCD_PACK_LEADERS": "a@bank.example"}, "SYNCD_SMTP_URL"),
        ({"SYNCD_PACK_REPS": "a@bank.example"}, "SYNCD_PACK_REPS"),
        ({"SYNCD_PACK_AT": "mondays"}, "SYNCD_PACK_AT"),
        ({"SYNCD_PACK_AT": "monday 25:00"}, "SYNCD_PACK_AT"),
        ({"SYNCD_PACK_LEADERS": "nobody"}, "SYNCD_PACK_LEADERS"),
    ],
    ids=str,
)
@pytest.mark.parametrize("command", [("pack", "--send"), ("run",)], ids=" ".join)
def test_half_a_setting_is_refused_at_the_start(
    shared: Syncd, command: tuple[str, ...], wrong: dict[str, str], named: str
) -> None:
    answer = shared(*command, **wrong)
    assert (answer.code, answer.out) == (2, "")
    assert named in answer.err


# ---- once ----------------------------------------------------------------------------------------------------------


def test_the_daemon_sends_it_once_a_week_however_often_it_starts(synced: Syncd, mail: dict[str, str]) -> None:
    monday = monday_of(datetime.now(UTC))
    at = [datetime.combine(monday, datetime.min.time(), WHERE).replace(hour=6, minute=59).astimezone(UTC)]
    with relay() as box:
        environment = {**mail, "SYNCD_SMTP_URL": f"smtp://127.0.0.1:{box.port}", "SYNCD_PACK_AT": "Monday 07:00"}
        with posting(synced, lambda: at[0], **environment) as post:
            assert post.look() == []
            at[0] += timedelta(minutes=1)
            assert [delivery.receiver for delivery in post.look()] == ["leaders by mail"], "the rep's day begins later"
            at[0] += timedelta(hours=3)
            assert [delivery.receiver.startswith("rep ") for delivery in post.look()] == [True]
            assert len(box.letters) == 2
            assert post.look() == []
        with posting(synced, lambda: at[0] + timedelta(hours=5), **environment) as again:
            assert again.look() == []
        with posting(synced, lambda: at[0] + timedelta(days=7), **environment) as next_week:
            assert {delivery.state for delivery in next_week.look()} == {Arrival.SENT}
    assert len(box.letters) == 4
    assert box.letters[0]["Message-ID"] != box.letters[2]["Message-ID"]


def test_what_was_not_taken_is_tried_again_until_it_is_too_late(synced: Syncd) -> None:
    monday = monday_of(datetime.now(UTC))
    begin = datetime.combine(monday, datetime.min.time(), WHERE).replace(hour=7).astimezone(UTC)
    at = [begin]
    with hook(503, 503) as slack:
        environment = {"SYNCD_PACK_SLACK_URL": slack.url, "SYNCD_PACK_AT": "monday 07:00"}
        with posting(synced, lambda: at[0], **environment) as post:
            (delivery,) = post.look()
            assert (delivery.state, delivery.broken) == (Arrival.NOT_TAKEN, False)
            assert post.look() == [] and len(slack.got) == 1, "the receiver is given time"
            at[0] += timedelta(seconds=10)
            assert post.look()[0].state is Arrival.NOT_TAKEN
            at[0] = begin + LATE
            assert post.look() == [], "nobody needs it any more"
            at[0] = begin + timedelta(hours=1)
            assert post.look()[0].state is Arrival.SENT
    assert len(slack.got) == 3


def test_what_a_kill_left_on_its_way_is_not_sent_twice(synced: Syncd) -> None:
    """The receiver has it and hangs; the process is killed before it hears that; the next start sends nothing."""
    with hook(hangs=True) as slack, synced.started("pack", "--send", SYNCD_PACK_SLACK_URL=slack.url) as process:
        deadline = clock_time.monotonic() + 60
        while not slack.got and clock_time.monotonic() < deadline:
            clock_time.sleep(0.1)
        assert slack.got
        process.send_signal(signal.SIGKILL)
        process.wait()
    week = monday_of(datetime.now(UTC))
    begin = datetime.combine(week, datetime.min.time(), WHERE).replace(hour=7).astimezone(UTC)
    with hook() as healthy:
        environment = {"SYNCD_PACK_SLACK_URL": healthy.url, "SYNCD_PACK_AT": "monday 07:00"}
        with posting(synced, lambda: begin, **environment) as post:
            assert post.look() == [] and not healthy.got
        by_hand = synced.done("pack", "--send", "--json", SYNCD_PACK_SLACK_URL=healthy.url).json
    assert [one["state"] for one in by_hand] == ["sent"], "a person who asks for it gets it sent"
    assert len(healthy.got) == 1
    again = synced.done("pack", "--send", "--json", SYNCD_PACK_SLACK_URL=healthy.url).json
    assert [one["why"] for one in again] == ["had it before"]


def test_a_pack_that_could_not_be_made_is_sent_once_it_can(synced: Syncd) -> None:
    """Nothing left the house meanwhile: nothing is noted as on its way."""
    monday = monday_of(datetime.now(UTC))
    begin = datetime.combine(monday, datetime.min.time(), WHERE).replace(hour=7).astimezone(UTC)
    with hook() as slack:
        environment = {"SYNCD_PACK_SLACK_URL": slack.url, "SYNCD_PACK_AT": "monday 07:00"}
        with posting(synced, lambda: begin, **environment) as post:
            renamed(synced, "milestone", "milestone_away")
            with pytest.raises((SyncdError, DBAPIError)):
                post.look()
            renamed(synced, "milestone_away", "milestone")
            assert not slack.got
            assert [delivery.state for delivery in post.look()] == [Arrival.SENT]
    assert len(slack.got) == 1


def renamed(syncd: Syncd, before: str, after: str) -> None:
    store = Store(syncd.environment["SYNCD_DATABASE_URL"])
    with store.database.engine.begin() as connection:
        connection.execute(text(f"ALTER TABLE {before} RENAME TO {after}"))
    store.close()


def test_of_two_who_send_at_one_moment_one_does(store: Store) -> None:
    kind, begun = PACKS.of("2026-11-30/leaders by mail"), {"state": "on its way", "at": "x", "attempts": 0}
    with store.writing() as unit:
        assert unit.notes.turn(kind, None, begun)
        assert not unit.notes.turn(kind, None, begun)
        assert unit.notes.turn(kind, begun, {**begun, "state": "sent"})
        assert not unit.notes.turn(kind, begun, {**begun, "state": "not taken"})
        assert unit.notes.read(kind) == {**begun, "state": "sent"}


def test_weeks_that_are_long_over_are_forgotten(synced: Syncd) -> None:
    with hook() as slack:
        store = Store(synced.environment["SYNCD_DATABASE_URL"])
        with store.writing() as unit:
            unit.notes.keep(PACKS.of("2020-01-06/leaders by slack"), {"state": "sent"})
        synced.done("pack", "--send", SYNCD_PACK_SLACK_URL=slack.url)
        with store.reading() as unit:
            assert len(unit.notes.read_all(PACKS)) == 1
        store.close()


def test_a_refusal_names_no_address_and_the_log_nobody(
    synced: Syncd, mail: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    everybody = [*LEADERS.split(","), mail["SYNCD_PACK_REPS"]]
    with relay(refused=tuple(everybody)) as box, caplog.at_level(logging.DEBUG):
        answer = synced("pack", "--send", **mail, SYNCD_SMTP_URL=f"smtp://127.0.0.1:{box.port}")
    assert answer.code == 2
    assert "SYNCD_PACK_LEADERS" in answer.out and "SYNCD_PACK_REPS" in answer.out
    names: list[Any] = [row["contact"] for row in synced.done("pack", "--json").json["came"]["rows"]]
    shown = answer.out + answer.err + caplog.text
    assert not [word for word in (*everybody, *names) if word in shown]
