"""`syncd alert`: what was told to whom, and whether it would be heard."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from syncd.alerts import Undelivered, channels
from syncd.alerts.configured import installation
from syncd.cli.context import settings
from syncd.cli.installation import opened
from syncd.cli.options import Json
from syncd.cli.screen import show_json, show_line
from syncd.cli.status import age
from syncd.cli.table import show_aside, show_table
from syncd.errors import ConfigError, Unavailable
from syncd.model.alerts import WARNING, Alert, AlertEntry, Message, News
from syncd.store.alerts import Waiting

SHOWN = 40
PLACES = 3  # that a line names
HOW = (
    "set SYNCD_ALERT_WEBHOOK_URL, SYNCD_ALERT_SLACK_URL or SYNCD_ALERT_MAIL_TO: docs/how-to/be-told.md says how each is"
)

alert = typer.Typer(no_args_is_help=True, help="What changed, and who is told: by webhook, Slack or e-mail.")


@alert.command("list")
def list_alerts(
    last: Annotated[int, typer.Option("--last", min=1, max=1000, help="How many.")] = SHOWN, as_json: Json = False
) -> None:
    """Show what stands and what was told of it when, then what is over; and what a channel did not take.

    - `syncd alert list`
    """
    now = datetime.now(UTC)
    with opened() as store, store.reading() as unit:
        alerts, unheard, dropped = unit.alerts.last(last), unit.alerts.unheard(), unit.alerts.dropped(now)
    if as_json:
        shown, waiting = [_plain(one) for one in alerts], [_waiting(one) for one in unheard]
        show_json({"alerts": shown, "unheard": waiting, "dropped": [each._asdict() for each in dropped]})
        return
    rows = [_row(one, now) for one in alerts]
    headings = ("state", "grade", "kind", "where", "since", "told", "what")
    show_table("alerts", headings, rows, empty="nothing was told yet")
    for channel in unheard:
        since = _ago(channel.since, now)
        show_line(f"{channel.channel} did not take {channel.number:,} messages since {since}: {channel.error}")
        show_aside(f"  mend: {channel.mend}")
    for lost in dropped:
        since = _ago(lost.since, now)
        show_line(f"{lost.channel} never took {lost.number:,} messages since {since}, which were dropped: {lost.error}")
        show_aside(f"  mend: {lost.mend}")
    if not channels(settings()):
        show_line(f"nobody is told: {HOW}")


@alert.command("test")
def test(as_json: Json = False) -> None:
    """Send a message to every channel that is set, and say of each what became of it.

    Exit code 2: something must be mended, or no channel is set; 3: a receiver cannot be reached now.

    - `syncd alert test`
    """
    configured = settings()
    if not (receivers := channels(configured)):
        raise ConfigError(f"nobody is told: no channel is set; {HOW}")
    now = datetime.now(UTC)
    message = Message(f"msg_{uuid.uuid4().hex}", now, installation(configured), (_entry(now),))
    answers = {channel.name: _sent(channel.send, message) for channel in receivers}
    if as_json:
        show_json([{"channel": name, **answer} for name, answer in answers.items()])
    else:
        for name, answer in answers.items():
            show_line(f"{name:<7}  {'taken' if answer['taken'] else 'not taken'}" + _because(answer["what"]))
            if answer["mend"]:
                show_aside(f"{'':<7}  mend: {answer['mend']}")
    if any(answer["broken"] for answer in answers.values()):
        raise typer.Exit(ConfigError.exit_code)
    if not all(answer["taken"] for answer in answers.values()):
        raise typer.Exit(Unavailable.exit_code)


def _because(what: str) -> str:
    return f": {what}" if what else ""


def _sent(send: Any, message: Message) -> dict[str, Any]:
    try:
        what, mend = send(message) or ("", "")
    except Undelivered as error:
        return {"taken": False, "what": error.what, "mend": error.mend, "broken": error.broken}
    return {"taken": True, "what": what, "mend": mend, "broken": bool(what)}


def _entry(now: datetime) -> AlertEntry:
    what = "this is a test, by `syncd alert test`: nothing is wrong"
    return AlertEntry(News.NEW, "test", WARNING, (), what, "nothing: you hear it", "syncd alert list", now, 1)


def _row(kept: Alert, now: datetime) -> tuple[str, ...]:
    matter = kept.matter
    since, last = (_ago(stamp, now) for stamp in (matter.since or kept.first_at, kept.told_at))
    more = len(matter.where) - PLACES
    where = ", ".join(matter.where[:PLACES]) + (f" and {more:,} more" if more > 0 else "")
    return _state(kept), matter.grade, matter.kind, where, since, f"{last}{_times(kept)}", matter.what


def _state(kept: Alert) -> str:
    """over; standing; or waiting for its grace to pass."""
    if kept.over_at is not None:
        return "over"
    return "stands" if kept.told_at is not None else "not told yet"


def _times(kept: Alert) -> str:
    return f" ({kept.times:,} times)" if kept.times > 1 else ""


def _ago(at: datetime | None, now: datetime) -> str:
    return age(at.isoformat() if at else None, now) if at else ""


def _plain(kept: Alert) -> dict[str, Any]:
    stamps = {name: getattr(kept, name) for name in ("first_at", "told_at", "gone_at", "over_at")}
    return {
        "state": _state(kept),
        **kept.matter._asdict(),
        "times": kept.times,
        "told_grade": kept.told_grade,
        **stamps,
    }


def _waiting(channel: Waiting) -> dict[str, Any]:
    return channel._asdict()
