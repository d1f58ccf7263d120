"""`syncd runs`: what was done, is done now, and waits to be done."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from syncd.cli.following import follow, progress_of
from syncd.cli.installation import opened
from syncd.cli.options import Json
from syncd.cli.screen import show_json, show_line
from syncd.cli.status import age, why_of
from syncd.cli.summaries import end_as, show_run
from syncd.cli.table import show_table
from syncd.model.runs import RunOutcome
from syncd.signals import stop_on_signals
from syncd.store.at_work import plain, read_run, read_runs
from syncd.store.runs import WAITING

SHOWN = 20


def runs(
    number: Annotated[int | None, typer.Argument(min=1, help="One run, by its number.")] = None,
    to_its_end: Annotated[
        bool, typer.Option("--follow", help="Follow it to its end, and end with its exit code.")
    ] = False,
    last: Annotated[int | None, typer.Option("--last", min=1, max=1000, help=f"How many; else {SHOWN}.")] = None,
    as_json: Json = False,
) -> None:
    """Show what was done, is done now, and waits to be done: who asked, how far it is, how it ended and why.

    One run shows what it did, and each cause of what it did not do with what mends it. Exit code 6: no such run.

    - `syncd runs`

    - `syncd runs 12`

    - `syncd runs 12 --follow` tells its progress, and ends as it ends
    """
    if number is None:
        _list(last or SHOWN, as_json)
        return
    with opened() as store:
        if to_its_end:
            stop = threading.Event()
            stop_on_signals(stop)
            row = follow(store, number, stop)
        else:
            row = read_run(store, number)
    show_run(row, as_json)
    if not as_json and row["outcome"] is None:
        show_line(_hint(row))
    if to_its_end:
        end_as(row)


def _list(limit: int, as_json: bool) -> None:
    with opened() as store:
        rows = read_runs(store, limit)
    if as_json:
        show_json([plain(row) for row in rows])
        return
    now = datetime.now(UTC)
    shown = [
        (row["id"], row["verb"], row["actor"], _since(row, now), progress_of(row) or row["state"], why_of(row))
        for row in rows
    ]
    headings = ("run", "verb", "by", "begun", "state", "why")
    show_table("runs", headings, shown, right=(0,), empty="nothing was done yet; `syncd cycle` starts")


def _since(row: dict[str, Any], now: datetime) -> str:
    at = row["started_at"] or row["asked_at"]
    return age(at.isoformat() if at else None, now)


def _hint(row: dict[str, Any]) -> str:
    """What is to be done about a run that has not ended."""
    match row["state"]:
        case RunOutcome.BROKEN_OFF:
            return "its process ended before it did; what it did stands, and the next run does the rest"
        case state if state == WAITING:
            return "it waits for the daemon: `syncd run`"
        case _:
            number = row["id"]
            follows = f"`syncd runs {number} --follow` follows it, `syncd cancel {number}` ends it"
            return f"{progress_of(row) or 'it works'}; {follows}"
