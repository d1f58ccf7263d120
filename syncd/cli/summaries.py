"""A run's summary in a few lines: what was pulled, matched, judged and written, what it cost, what went wrong."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

import typer

from syncd.cli.screen import show_json, show_line
from syncd.errors import Unavailable, UnsafePlan
from syncd.model.runs import RunOutcome
from syncd.sync.batch import FIELD
from syncd.sync.counts import Counts, WriteOutcome
from syncd.sync.release import running_dry
from syncd.sync.summary import Summary

CODES = {RunOutcome.INCOMPLETE: Unavailable.exit_code, RunOutcome.UNSAFE: UnsafePlan.exit_code}


def show_summary(summary: Summary, as_json: bool) -> None:
    """What a cycle did; exit code 3 where something must be tried again, 4 where a person must look at the plan."""
    if as_json:
        show_json(summary.plain())
    else:
        for line in lines(summary):
            show_line(line)
    if summary.outcome in CODES:
        raise typer.Exit(CODES[summary.outcome])


def show_counts(counts: Counts, as_json: bool, failures: Mapping[str, str] | None = None) -> None:
    """What one verb did, and what it failed at, by place."""
    if as_json:
        show_json({"counts": counts.plain()} | ({} if failures is None else {"failures": failures}))
        return
    for line in list(count_lines(counts)) or ["nothing to do"]:
        show_line(line)
    for where, why in (failures or {}).items():
        show_line(f"failed: {where}: {why}")


def lines(summary: Summary) -> Iterator[str]:
    """One line a step, then what is in quarantine, the cost, the notes and the failures."""
    yield from count_lines(summary.counts)
    steps = {step: number for step, number in summary.quarantined.items() if step != FIELD}
    if steps:
        yield f"in quarantine: {', '.join(f'{number:,} by {step}' for step, number in steps.items())}"
    if partial := summary.quarantined.get(FIELD):
        yield f"read in part: {partial:,} records, `syncd quarantine list` says without which field"
    calls = ", ".join(f"{system} {number:,}" for system, number in summary.calls.items() if number) or "none"
    spent = ", ".join(f"{verb} {seconds:.1f} s" for verb, seconds in summary.seconds.items())
    yield f"{summary.outcome}: {summary.written:,} remote records written; API calls: {calls}; {spent}"
    for system, again in summary.retries.items():
        causes = ", ".join(f"{number:,} for {cause}" for cause, number in sorted(again.items()))
        waited = f"; waited {summary.waited[system]:,.0f} s" if summary.waited.get(system) else ""
        yield f"repeated: {system} calls: {causes}{waited}"
    if summary.alerts:
        yield alerts_in_words(summary.alerts)
    if summary.left_out.accounts:
        yield left_out_in_words(*summary.left_out)
    yield from running_dry(summary.queue)
    yield from (f"note: {note}" for note in summary.notes)
    yield from _failures(summary.failures)


def _failures(failures: Mapping[str, str]) -> Iterator[str]:
    """One line a reason: what is wrong with a system is wrong with all of its streams."""
    streams_by_reason: dict[str, list[str]] = defaultdict(list)
    for where, why in failures.items():
        streams_by_reason[why].append(where)
    yield from (f"failed: {', '.join(where)}: {why}" for why, where in streams_by_reason.items())


def count_lines(counts: Counts) -> Iterator[str]:
    """What was done, in a line a step: `pulled   5,169 records of 25 streams, 5,160 new or changed`."""
    if counts.pulled:
        gone = counts.swept.total()
        news = f"{counts.changed.total():,} new or changed" + (f", {gone:,} gone" if gone else "")
        yield f"pulled   {counts.pulled.total():,} records of {len(counts.pulled):,} streams, {news}"
    if counts.golden.total():
        yield f"matched  {_listed(counts.golden)}"
    if counts.judged:
        yield f"judged   {len(counts.judged):,} accounts ({_listed(counts.standings)}), {counts.mqls:,} MQLs"
    for outcome in WriteOutcome:
        if objects := _listed(counts.by_object(outcome)):
            yield f"{outcome:<8} {objects}"
    if counts.touched:
        yield f"{counts.touched:,} fields touched by a person"


def alerts_in_words(number: int) -> str:
    """How many explore without a rep or without marketing, and where it is told of each."""
    who = "contact explores" if number == 1 else "contacts explore"
    return f"alert: {number:,} {who} without an owner or a marketing touch since: `syncd report explorers` lists them"


def left_out_in_words(accounts: int, asked: int) -> str:
    """How many accounts are left out as person accounts, and whether any of their people asked for sales."""
    what = "1 person account is" if accounts == 1 else f"{accounts:,} person accounts are"
    who = f"; {asked:,} of their people asked for sales or a price, and no rep is told" if asked else ""
    return f"left out: {what} no company and never written{who}"


def _listed(numbers: Mapping[str, int]) -> str:
    return ", ".join(f"{number:,} {name}" for name, number in sorted(numbers.items()) if number)


def notifications_in_words(numbers: Mapping[str, int]) -> str:
    """What became of notifications, see `syncd.store.status`; empty where there is none."""
    parts = [f"{numbers[name]:,} {words}" for name, words in _NOTIFICATIONS.items() if numbers[name]]
    return f"notifications of reps: {', '.join(parts)}" if parts else ""


_NOTIFICATIONS = {
    "by_day": "wait for their rep's day",
    "waiting": "wait to be sent",
    "sent": "sent in the last seven days",
    "unanswered": "without an answer, and not sent a second time",
    "refused": "refused: `syncd quarantine` says why",
}
