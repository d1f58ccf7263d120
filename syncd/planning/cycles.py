"""The sales cycle of each offer in each segment, from the milestones of opportunities.

Only what was known at the end of last month counts, so that a close date moves with a new month and not by the day.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, date, timedelta, tzinfo

from syncd.model.milestones import Milestone, Stage
from syncd.planning.lag import HORIZON, MINIMUM, Passage, lag
from syncd.planning.passages import STEPS, compile_book, stretches
from syncd.rules.cycles import Cycle, Cycles

_WON = next(step for step in STEPS if (step.entry, step.exit) == (Stage.SQO, Stage.WON))
STAGES = (_WON.entry, _WON.exit, *_WON.others)  # the milestones that it learns from


def cycles_of(milestones: Iterable[Milestone], today: date, zone: tzinfo = UTC) -> Cycles:
    """By offer and segment; those of which nothing was opened are left out."""
    as_of = today.replace(day=1) - timedelta(days=1)
    groups: dict[tuple[str, str | None], list[Passage]] = defaultdict(list)
    for passage, began_with in stretches(compile_book(milestones, zone=zone), _WON, as_of).kept:
        if began_with.offer:
            groups[began_with.offer, began_with.segment].append(passage)
    return {group: _cycle(passages, as_of) for group, passages in groups.items()}


def _cycle(passages: list[Passage], as_of: date) -> Cycle:
    said = lag(passages, Stage.WON.value, as_of)
    days = max(said.days[0.5], 1) if said.days else None
    return Cycle(days, said.exits, said.entered, HORIZON, MINIMUM, as_of)
