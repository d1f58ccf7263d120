"""`syncd alert`: whether a message would be heard, and what was told when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from syncd.alerts import Teller
from syncd.alerts.changes import Patience
from syncd.alerts.slack import Slack
from syncd.store import Store
from tests.alerts.receivers import hook, relay
from tests.alerts.test_changes import matter
from tests.cli.conftest import Syncd
from tests.empty_stores import empty_sqlite

MAIL = {"SYNCD_ALERT_MAIL_TO": "ops@bank.example", "SYNCD_SMTP_URL": "smtp://127.0.0.1:1"}


@pytest.fixture
def syncd(tmp_path: Path) -> Syncd:
    environment = {"SYNCD_DATABASE_URL": empty_sqlite(tmp_path / "syncd.db"), "SYNCD_NAME": "production"}
    return Syncd(environment, place=None, database=tmp_path / "syncd.db")  # type: ignore[arg-type]


def test_every_channel_is_tried_and_what_became_of_it_is_told(syncd: Syncd) -> None:
    with hook() as slack, relay() as box:
        mail = {**MAIL, "SYNCD_SMTP_URL": f"smtp://127.0.0.1:{box.port}"}
        answer = syncd("alert", "test", SYNCD_ALERT_SLACK_URL=slack.url, **mail)
    assert (answer.code, answer.out) == (0, "slack    taken\nmail     taken\n")
    assert "nothing is wrong" in slack.got[0][1].decode()
    assert box.letters[0]["Subject"].startswith("[syncd production] 1 new")


def test_one_that_is_away_ends_with_three_and_one_that_refuses_with_two(syncd: Syncd) -> None:
    with hook() as slack:
        away = syncd("alert", "test", "--json", SYNCD_ALERT_SLACK_URL=slack.url, **MAIL)
    assert away.code == 3
    assert [(one["channel"], one["taken"]) for one in away.json] == [("slack", True), ("mail", False)]
    with hook(404) as slack:
        refused = syncd("alert", "test", SYNCD_ALERT_SLACK_URL=slack.url, **MAIL)
    assert refused.code == 2
    assert "slack    not taken: it answers 404" in refused.out
    assert "SYNCD_ALERT_SLACK_URL" in refused.out
    assert "secret-of-this-hook" not in refused.out + refused.err


def test_doctor_finds_half_a_channel(syncd: Syncd) -> None:
    answer = syncd("doctor", SYNCD_ALERT_MAIL_TO="ops@bank.example")
    assert answer.code == 2
    assert "alerts: SYNCD_ALERT_MAIL_TO and SYNCD_SMTP_URL go together" in answer.out


def test_without_a_channel_it_is_said_how_one_is_set(syncd: Syncd) -> None:
    answer = syncd("alert", "test")
    assert answer.code == 2
    assert "SYNCD_ALERT_SLACK_URL" in answer.err


def test_what_was_told_is_listed(syncd: Syncd) -> None:
    assert "nothing was told yet" in syncd.done("alert", "list").out
    store = Store(syncd.environment["SYNCD_DATABASE_URL"])
    with hook(503) as slack:
        channel = Slack(slack.url)
        at_once = Patience({}, otherwise=timedelta(), remind=None)
        teller = Teller(store, [channel], lambda: [matter("disk", where=("/data",))], at_once, "production")
        teller.look()
        teller.senders[0].send_next()
    store.close()
    shown = syncd.done("alert", "list", SYNCD_ALERT_SLACK_URL="http://127.0.0.1:1/x").out
    assert "stands" in shown
    assert "/data" in shown
    assert "slack did not take 1 messages" in shown
    (alert,) = syncd.done("alert", "list", "--json").json["alerts"]
    assert (alert["state"], alert["key"], alert["times"]) == ("stands", "disk", 1)
    assert datetime.fromisoformat(alert["told_at"]) <= datetime.now(UTC)
