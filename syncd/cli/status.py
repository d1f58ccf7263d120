"""`syncd status`: what stands in the store at a glance."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import humanize

from syncd.cli.context import settings
from syncd.cli.following import progress_of
from syncd.cli.installation import opened
from syncd.cli.options import Json
from syncd.cli.screen import show_json, show_line, show_numbers
from syncd.cli.summaries import NO_NOTIFICATION, alerts_in_words, left_out_in_words, notifications_in_words
from syncd.cli.table import show_table
from syncd.errors import shortened
from syncd.health import examine
from syncd.model.health import Finding, Health
from syncd.model.runs import PLACES, Cause
from syncd.store.sizes import kept_in_words
from syncd.sync.first_plan import LOOK, WAITS
from syncd.views.status import glance

LONGEST = 160  # characters of a cause in a table


def status(as_json: Json = False) -> None:
    """Show freshness per stream, what waits, what is quarantined, and the last runs.

    - `syncd status`

    - `syncd status --json` has every stamp in UTC
    """
    now = datetime.now(UTC)
    with opened() as store:
        state = examine(store, now)
        report = glance(store, state, settings().keep, now)
    if as_json:
        show_json(report)
        return
    show_health(state, now)
    streams = [
        (s["system"], s["stream"], s["records"], age(s["complete_at"], now), age(s["full_at"], now))
        for s in report["streams"]
    ]
    headings = ("system", "stream", "records", "read to its end", "read in full")
    show_table("streams", headings, streams, right=(2,), empty="nothing was pulled yet; `syncd cycle` starts")
    runs = [
        (run["run"], run["verb"], age(run["started_at"], now), progress_of(run) or run["state"], why_of(run))
        for run in report["runs"]
    ]
    show_table("last runs", ("run", "verb", "started", "outcome", "why"), runs)
    for cause in report["runs"][0]["causes"] if report["runs"] else ():
        show_line(f"{cause['kind']}: {', '.join(cause['where'])}: {cause['what']}; mend: {cause['mend']}")
    show_numbers("rows", report["rows"])
    show_numbers("served market", report["standings"])
    if report["alerts"]:
        show_line(alerts_in_words(report["alerts"]))
    if report["left_out"]["accounts"]:
        show_line(left_out_in_words(**report["left_out"]))
    pending = report["pending"].items()
    wishes = {f"{name} in {system}": number for system, objects in pending for name, number in objects.items()}
    show_numbers("pending wishes", wishes)
    show_line(notifications_in_words(report["notifications"]) or NO_NOTIFICATION)
    show_numbers("quarantined", {f"at {step}": number for step, number in report["quarantined"].items()})
    show_line(f"waiting: {report['unmatched']:,} records to match, {report['stale']:,} accounts to judge")
    for name, why in report["passed_over"].items():
        show_line(f"not read: {name}: {why}")
    if report["unread"]:
        show_line(
            f"not read: {report['unread']:,} activities that no word fits count nothing: `syncd doctor` names them"
        )
    if report["first_plan"] == "due":
        show_line(f"first plan: {WAITS}: {LOOK}")
    tables = [
        (name, of["rows"], *_size(of["bytes"]), of["oldest"] or "", kept_in_words(of))
        for name, of in report["tables"].items()
        if of["rows"]
    ]
    sized = any(of["bytes"] is not None for of in report["tables"].values())
    headings = ("table", "rows", *(("size",) if sized else ()), "oldest", "kept")
    show_table("the store", headings, tables, right=(1,))
    show_line(_store_in_words(report["store"]))
    if report["paused"]:
        show_line("paused: `syncd resume` lets the daemon go on")


def _size(number: int | None) -> tuple[str, ...]:
    return () if number is None else (humanize.naturalsize(number),)


def _store_in_words(whole: Mapping[str, int]) -> str:
    free = f", of which {humanize.naturalsize(whole['free'])} are free for what comes" if whole.get("free") else ""
    return f"the store takes {humanize.naturalsize(whole['bytes'])}{free}; `syncd prune` lets go of what is over"


def show_health(health: Health, now: datetime) -> None:
    """What is wrong, the worst first: since when, what mends it, where to look."""
    show_line(f"health: {health.state}")
    for finding in health.findings:
        since = f" since {age(finding.since.isoformat(), now).removesuffix(' ago')}" if finding.since else ""
        show_line(f"  {finding.grade.value}{since}: {_subject(finding)}{finding.what}")
        show_line(f"    mend: {finding.mend}; look: {finding.look}")


def _subject(finding: Finding) -> str:
    named = finding.where[:PLACES]
    more = f" and {len(finding.where) - len(named):,} more" if len(finding.where) > len(named) else ""
    return f"{', '.join(named)}{more}: " if named else ""


def why_of(run: Mapping[str, Any]) -> str:
    """Why a run did not end well: its first cause, and how many others there are."""
    if not run["causes"]:
        return run["error"] or ""
    first, others = Cause.read(run["causes"][0]), len(run["causes"]) - 1
    return shortened(str(first), LONGEST) + (f" (and {others:,} more)" if others else "")


def age(stamp: str | None, now: datetime) -> str:
    """How long ago that was, in words; `never` where it never was. A clock that runs ahead says now."""
    if stamp is None:
        return "never"
    passed = max(now - datetime.fromisoformat(stamp), timedelta())
    return humanize.naturaltime(passed, when=now)
