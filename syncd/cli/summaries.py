"""A run's summary in a few lines: what was pulled, matched, judged and written, what it cost, what went wrong."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

import typer

from syncd.cli.screen import show_json, show_line
from syncd.sync.cycle import Summary

_TOLD_APART = ("pulled", "changed", "swept", "matched", "judged", "mqls", "standing")


def show_summary(summary: Summary, as_json: bool) -> None:
    """What a cycle did; exit code 3 where something must be tried again."""
    if as_json:
        show_json(summary.plain())
    else:
        for line in lines(summary):
            show_line(line)
    if summary.outcome == "incomplete":
        raise typer.Exit(3)


def show_counts(content: Mapping[str, Any], as_json: bool) -> None:
    """What one verb did: its `counts`, and its `failures` by place."""
    if as_json:
        show_json(content)
        return
    for line in list(count_lines(content["counts"])) or ["nothing to do"]:
        show_line(line)
    for where, why in content.get("failures", {}).items():
        show_line(f"failed: {where}: {why}")


def lines(summary: Summary) -> Iterator[str]:
    """One line a step, then the cost, the notes and the failures."""
    yield from count_lines(summary.counts)
    calls = ", ".join(f"{system} {number:,}" for system, number in summary.calls.items() if number) or "none"
    spent = ", ".join(f"{verb} {seconds:.1f} s" for verb, seconds in summary.seconds.items())
    yield f"{summary.outcome}: {summary.written:,} remote records written; API calls: {calls}; {spent}"
    for system, again in summary.retries.items():
        causes = ", ".join(f"{number:,} for {cause}" for cause, number in sorted(again.items()))
        waited = f"; waited {summary.waited[system]:,.0f} s" if summary.waited.get(system) else ""
        yield f"repeated: {system} calls: {causes}{waited}"
    yield from (f"note: {note}" for note in summary.notes)
    yield from (f"agreement: {term}" for term in summary.unread)
    yield from _failures(summary.failures)


def _failures(failures: Mapping[str, str]) -> Iterator[str]:
    """One line a reason: what is wrong with a system is wrong with all of its streams."""
    places: dict[str, list[str]] = defaultdict(list)
    for where, why in failures.items():
        places[why].append(where)
    yield from (f"failed: {', '.join(where)}: {why}" for why, where in places.items())


def count_lines(counts: Mapping[str, int]) -> Iterator[str]:
    """Named counters in a line a step: `pulled 5,169 records of 25 streams, 5,160 new or changed`."""
    pulled = _parts(counts, "pulled")
    seen = {name: number for name, number in _parts(counts, "changed").items() if "." in name}
    understood = {name: number for name, number in _parts(counts, "changed").items() if "." not in name and number}
    if pulled:
        gone = sum(_parts(counts, "swept").values())
        news = f"{sum(seen.values()):,} new or changed" + (f", {gone:,} gone" if gone else "")
        yield f"pulled   {sum(pulled.values()):,} records of {len(pulled):,} streams, {news}"
    if understood:
        yield f"matched  {_listed(understood)}"
    if counts.get("judged"):
        yield f"judged   {counts['judged']:,} accounts ({_listed(_parts(counts, 'standing'))}), {counts['mqls']:,} MQLs"
    for step, parts in _rest(counts).items():
        yield f"{step:<8} {_listed(parts)}".rstrip()


def _rest(counts: Mapping[str, int]) -> dict[str, dict[str, int]]:
    parts: dict[str, dict[str, int]] = defaultdict(dict)
    for name, number in counts.items():
        step, _, what = name.partition(" ")
        if number and step not in _TOLD_APART:
            parts[step if " " not in what else name][what if " " not in what else ""] = number
    return dict(sorted(parts.items()))


def _parts(counts: Mapping[str, int], step: str) -> dict[str, int]:
    return {
        name.removeprefix(f"{step} "): number for name, number in sorted(counts.items()) if name.startswith(f"{step} ")
    }


def _listed(parts: Mapping[str, int]) -> str:
    return ", ".join(f"{number:,} {name}".rstrip() for name, number in parts.items())
