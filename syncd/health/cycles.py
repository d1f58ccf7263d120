"""Cycles: since when they do not end well, and why, by what the record of work says of the unbroken row of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple

from syncd.health.life import Life
from syncd.model.health import Finding, FindingKind, Grade
from syncd.model.runs import Cause, CauseKind, RunOutcome
from syncd.model.verbs import ENTIRE
from syncd.store.unit import UnitOfWork
from syncd.sync.causes import MENDS

PASSES = 3  # runs in a row, after which what was to pass by itself has not

# What is told elsewhere, by record and since when (`syncd.health.waiting`), or says nothing of the systems' step.
_ELSEWHERE: Final = frozenset({CauseKind.NOT_FOUND, CauseKind.RUNNING})
_BY_RECORD: Final = frozenset({CauseKind.REFUSED, CauseKind.UNREADABLE})
_FAILING: Final = frozenset(
    {CauseKind.CONFIGURATION, CauseKind.UNSAFE, CauseKind.REFUSED, CauseKind.DEFECT, CauseKind.BUDGET}
)
_REFUSES: Final = "see what the system refuses, and why: `syncd doctor` asks it for the same"
_RESTARTED: Final = (
    "look why the process ended (the container's log, memory, `kill`); what was not done is done after the next start"
)


class _Row(NamedTuple):
    """One run that did not end well."""

    number: int
    at: datetime
    findings: Mapping[str, Finding]


def of_cycles(unit: UnitOfWork, life: Life | None, now: datetime) -> Iterator[Finding]:
    """Yield why the last cycle did not end well, each cause since the run from which on every one has it.

    What somebody stopped or took back is no fault, and says nothing. An `UnsafePlan` may be the first one of all.
    """
    first_plan = unit.first_plan.waits()
    rows = (_read(run, first_plan=first_plan) for run in unit.runs.unwell(ENTIRE))
    newest = next(rows, None)
    if newest is None:
        return
    since, times = dict.fromkeys(newest.findings, newest.at), dict.fromkeys(newest.findings, 1)
    lasting = set(newest.findings)
    for row in rows:
        lasting &= row.findings.keys()
        if not lasting:
            break
        for key in lasting:
            since[key], times[key] = row.at, times[key] + 1
    for key, finding in newest.findings.items():
        yield _graded(finding._replace(since=since[key]), times[key], life, now)


def _graded(finding: Finding, times: int, life: Life | None, now: datetime) -> Finding:
    """What passes by itself is failing once it has not."""
    if finding.kind not in (FindingKind.UNAVAILABLE, FindingKind.BROKEN_OFF):
        return finding
    late = life is not None and finding.since is not None and life.age(finding.since, now) > life.target
    grade = Grade.FAILING if times >= PASSES or late else Grade.WARNING
    return finding._replace(
        grade=grade, what=f"{finding.what} ({times:,} runs in a row)" if times > 1 else finding.what
    )


def _read(run: Mapping[str, Any], *, first_plan: bool) -> _Row:
    number, at = int(run["id"]), run["finished_at"]
    causes = [Cause.read(content) for content in run["causes"]]
    if run["outcome"] == RunOutcome.BROKEN_OFF.value:
        what, look = run["error"] or "the process ended before the run did", f"syncd runs {number}"
        broken = Finding(FindingKind.BROKEN_OFF, (), what, _RESTARTED, Grade.WARNING, at, look)
        return _Row(number, at, {broken.key: broken})
    causes = [cause for cause in causes if cause.kind not in _ELSEWHERE and not _is_by_record(cause)]
    return _Row(number, at, _together(_finding(cause, number, at, first_plan=first_plan) for cause in causes))


def _is_by_record(cause: Cause) -> bool:
    return cause.kind in _BY_RECORD and cause.number > 0


def _finding(cause: Cause, number: int, at: datetime, *, first_plan: bool) -> Finding:
    """A cause as a finding, about the systems that it struck: which of their streams it was differs by the run."""
    kind, look = FindingKind(cause.kind.value), f"syncd runs {number}"
    about = ",".join(sorted({place.partition(".")[0].partition(" ")[0] for place in cause.where}))
    grade = Grade.FAILING if cause.kind in _FAILING else Grade.WARNING
    if cause.kind is CauseKind.PREMISE and len(cause.where) == 1:
        about = cause.where[0]
    elif cause.kind is CauseKind.UNSAFE and "push" in cause.where:
        kind, look = (FindingKind.FIRST_PLAN, "syncd plan") if first_plan else (kind, "syncd plan")
        about, grade = "", Grade.WARNING if first_plan else grade
    mend = _REFUSES if cause.kind is CauseKind.REFUSED else cause.mend or MENDS[cause.kind]
    return Finding(kind, cause.where, cause.what, mend, grade, at, look, cause.number, about)


def _together(findings: Iterable[Finding]) -> dict[str, Finding]:
    """One finding a key: what differs is told in one."""
    together: dict[str, Finding] = {}
    for finding in findings:
        known = together.get(finding.key)
        if known is None:
            together[finding.key] = finding
            continue
        where = tuple(dict.fromkeys((*known.where, *finding.where)))
        what = known.what if finding.what in known.what else f"{known.what}; {finding.what}"
        mend = known.mend if finding.mend in known.mend else f"{known.mend}; {finding.mend}"
        together[finding.key] = known._replace(where=where, what=what, mend=mend, number=known.number + finding.number)
    return together
