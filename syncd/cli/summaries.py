"""What a run did in a few lines: what was pulled, matched, judged and written, what it cost, what went wrong.

One that has just ended here and one that was kept are told in the same words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import typer

from syncd.cli.screen import show_json, show_line
from syncd.model.runs import Cause, CauseKind
from syncd.store.at_work import plain
from syncd.sync.batch import FIELD
from syncd.sync.counts import Counts, WriteOutcome
from syncd.sync.door import Ended
from syncd.sync.release import running_dry
from syncd.sync.summary import Summary

Json = Mapping[str, Any]


def show_summary(ended: Ended, as_json: bool) -> None:
    """What a run did; ends with its exit code."""
    if as_json:
        show_json({"run": ended.number} | ended.summary.plain() | _why(ended.ending.causes, ended.ending.exit_code))
    else:
        for line in lines(ended.summary):
            show_line(line)
    if ended.ending.exit_code:
        raise typer.Exit(ended.ending.exit_code)


def _why(causes: Iterable[Cause], exit_code: int) -> dict[str, Any]:
    return {"causes": [cause.plain() for cause in causes], "exit_code": exit_code}


def show_run(row: Json, as_json: bool) -> None:
    """A run as it was kept, whatever it is at."""
    if as_json:
        show_json(plain(row))
        return
    show_line(f"run {row['id']}: {in_words(row)}")
    for line in kept_lines(row):
        show_line(line)


def end_as(row: Json) -> None:
    """End the command with the exit code of a run."""
    if row["exit_code"]:
        raise typer.Exit(row["exit_code"])


def in_words(row: Json) -> str:
    """What a run is, who asked for it, and what it is at: `resync account=Endeavor Bank, by cli:ann: done`."""
    named = " ".join(
        f"--{name}" if value is True else f"{name}={value}" for name, value in row["scope"].items() if value
    )
    who = f", by {row['actor']}" if row["actor"] else ""
    taken = f", taken back by {row['cancel_by']}" if row["cancel_by"] else ""
    return f"{row['verb']}{' ' if named else ''}{named}{who}: {row['state']}{taken}"


def kept_lines(row: Json) -> Iterator[str]:
    """What a run did, as far as it is kept."""
    causes = [Cause.read(cause) for cause in row["causes"]]
    if row["counts"]:
        yield from _lines(row["counts"], row["outcome"] or row["state"], causes)
    else:
        yield from cause_lines(causes)
    if row["error"] and not causes:
        yield f"failed: {row['error']}"


def show_counts(counts: Counts, as_json: bool, failures: Mapping[str, str] | None = None) -> None:
    """What one verb did, and what it failed at, by place."""
    if as_json:
        show_json({"counts": counts.plain()} | ({} if failures is None else {"failures": failures}))
        return
    for line in list(count_lines(counts.plain())) or ["nothing to do"]:
        show_line(line)
    for where, why in (failures or {}).items():
        show_line(f"failed: {where}: {why}")


def lines(summary: Summary) -> Iterator[str]:
    """One line a step, then what is in quarantine, the cost, the notes and the causes of what was not done."""
    return _lines(summary.plain(), summary.outcome, summary.causes(), summary)


def _lines(content: Json, outcome: str, causes: Iterable[Cause], summary: Summary | None = None) -> Iterator[str]:
    yield from count_lines(content.get("counts", {}), content.get("quiet", {}))
    quarantined = content.get("quarantined", {})
    if steps := {step: number for step, number in quarantined.items() if step != FIELD}:
        yield f"in quarantine: {', '.join(f'{number:,} by {step}' for step, number in steps.items())}"
    if partial := quarantined.get(FIELD):
        yield f"read in part: {partial:,} records, `syncd quarantine list` says without which field"
    calls = ", ".join(f"{system} {n:,}" for system, n in content.get("calls", {}).items() if n) or "none"
    spent = ", ".join(f"{verb} {seconds:.1f} s" for verb, seconds in content.get("seconds", {}).items())
    cost = f"API calls: {calls}" + (f"; {spent}" if spent else "")
    yield f"{outcome}: {content.get('written', 0):,} remote records written; {cost}"
    for system, again in content.get("retries", {}).items():
        repeated = ", ".join(f"{number:,} for {cause}" for cause, number in sorted(again.items()))
        seconds = content.get("waited", {}).get(system)
        waited = f"; waited {seconds:,.0f} s" if seconds else ""
        yield f"repeated: {system} calls: {repeated}{waited}"
    if alerts := content.get("alerts"):
        yield alerts_in_words(alerts)
    if summary is not None:
        if summary.left_out.accounts:
            yield left_out_in_words(*summary.left_out)
        yield from running_dry(summary.queue)
    yield from (f"note: {note}" for note in content.get("notes", ()))
    yield from cause_lines(causes)


def cause_lines(causes: Iterable[Cause]) -> Iterator[str]:
    """One line a cause: what is wrong with a system is wrong with all of its streams."""
    for cause in causes:
        what = "set aside" if cause.kind is CauseKind.UNREADABLE else "failed"
        where = f"{', '.join(cause.where)}: " if cause.where else ""
        many = f"{cause.number:,} × " if cause.number > 1 else ""
        yield f"{what}: {where}{many}{cause.what}; mend: {cause.mend}"


def count_lines(counts: Json, quiet: Json | None = None) -> Iterator[str]:
    """What was done, in a line a step: `pulled   5,169 records of 25 streams, 5,160 new or changed`.

    quiet: how many streams without news there were beside those of the counts, and how many records of them.
    """
    streams, quiet = counts.get("streams", {}), quiet or {}
    total: Counter[str] = Counter()
    for steps in streams.values():
        total.update(steps)
    read = len([steps for steps in streams.values() if "pulled" in steps]) + quiet.get("streams", 0)
    if read:
        news = f"{total['changed']:,} new or changed" + (f", {total['swept']:,} gone" if total["swept"] else "")
        yield f"pulled   {total['pulled'] + quiet.get('pulled', 0):,} records of {read:,} streams, {news}"
    if sum(counts.get("golden", {}).values()):
        yield f"matched  {_listed(counts['golden'])}"
    judged = counts.get("judged", {})
    if judged.get("accounts"):
        standings, mqls = _listed(judged.get("standings", {})), judged.get("mqls", 0)
        yield f"judged   {judged['accounts']:,} accounts ({standings}), {mqls:,} MQLs"
    for outcome in WriteOutcome:
        objects: Counter[str] = Counter()
        for system in counts.get("writes", {}).values():
            objects.update({name: outcomes.get(outcome, 0) for name, outcomes in system.items()})
        if listed := _listed(objects):
            yield f"{outcome:<8} {listed}"
    if touched := counts.get("touched"):
        yield f"{touched:,} fields touched by a person"
    if pruned := counts.get("pruned"):
        yield f"let go of {_listed(pruned)}"


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


NO_NOTIFICATION = "notifications of reps: none sent in the last seven days, and none waits"
_NOTIFICATIONS = {
    "by_day": "wait for their rep's day",
    "waiting": "wait to be sent",
    "sent": "sent in the last seven days",
    "unanswered": "without an answer, and not sent a second time",
    "refused": "refused: `syncd quarantine` says why",
}
