"""Reports: whom we touch too early, in vain, or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from difflib import get_close_matches
from typing import Any, Final

from syncd import rules
from syncd.errors import ConfigError
from syncd.planning.reports import REPORTS, Report
from syncd.planning.touches import TouchScene
from syncd.rules import Rulebook
from syncd.store import UnitOfWork

PAGE: Final = 200  # accounts
WINDOW: Final = timedelta(days=90)  # where no day is named
NAMES: Final = ", ".join(REPORTS)


def report_of(name: str) -> Report:
    """The report of that name. Raises ConfigError."""
    if name not in REPORTS:
        near = get_close_matches(name, REPORTS, n=1)
        meant = f"; did you mean {near[0]}?" if near else ""
        say = f"{meant}: say one of {NAMES}"
        raise ConfigError(f"no report {name!r}{say}", plain=f"no such report{say}")
    return REPORTS[name]


def titles() -> dict[str, str]:
    """Every report, and what it shows."""
    return {made.name: made.title for made in REPORTS.values()}


def rows_of(report: Report, unit: UnitOfWork, book: Rulebook, since: date, today: date) -> list[dict[str, Any]]:
    """A report's rows, by its columns."""
    rows = report.rows(scenes(unit, book, since, today))
    return [dict(zip(report.columns, row, strict=True)) for row in rows]


def scenes(unit: UnitOfWork, book: Rulebook, since: date, today: date) -> Iterator[TouchScene]:
    """Every account, and whoever belongs to none, as a report looks at them; in pages, so that size does not matter.

    Person accounts are left out: what is sold to them is nothing that this agreement is about.
    """
    users, corrected = unit.groups.users(), book.corrected(unit.titles.corrections())
    for ids in unit.groups.pages(PAGE):
        kept = unit.milestones.of(ids)
        for group in unit.groups.of(ids, users):
            if group.account.person:
                continue
            judgement = rules.judge(group, corrected, today)
            own = corrected.in_segment(judgement.segment)
            yield TouchScene(group, judgement, own, since, kept.get(group.account.id, ()))
    for group_of_one in unit.groups.strays():
        yield TouchScene(group_of_one, rules.judge(group_of_one, corrected, today), corrected, since)
