"""What other terms would have made of the stored past, as the JSON that `syncd agreement diff` answers with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from syncd.agreement import Agreement
from syncd.agreement.changes import Change, changed_terms
from syncd.model.milestones import Stage
from syncd.planning.names import RepNames
from syncd.planning.rep_weeks import RepWeeks
from syncd.planning.replay import Reached, reasons
from syncd.rules import Rulebook
from syncd.sync.replay import Replayed

BASIS = (
    "past activities and outcomes are replayed on today's facts: titles, sizes, addresses and who belongs to whom are "
    "as they are now"
)
OUTCOMES = {
    Stage.REJECTED: ("rejected", "would not have been sent"),
    Stage.ACCEPTED: ("accepted", "would not have been sent"),
    Stage.WON: ("won", "would have been missed"),
}


class ReplayQuestion(NamedTuple):
    """What was asked: which terms against which, over which days."""

    old: Agreement
    new: Agreement
    file: str
    since: date
    today: date
    changes: Sequence[Change]

    @classmethod
    def of(cls, old: Rulebook, new: Rulebook, file: str, since: date, today: date) -> ReplayQuestion:
        """What is asked of two rulebooks."""
        changes = changed_terms(old.agreement, new.agreement) if old.terms != new.terms else ()
        return cls(old.agreement, new.agreement, file, since, today, changes)


def plain(asked: ReplayQuestion, replayed: Replayed) -> dict[str, Any]:
    """The same as JSON."""
    replay = replayed.replay
    return {
        "reproduced": _plain_reached(replay.reached[Stage.MQL]),
        "not_kept": replay.unkept,
        "of_histories": replay.of_before,
        "basis": BASIS,
        "in_force": asked.old.label,
        "new": asked.new.label,
        "since": asked.since,
        "today": asked.today,
        "accounts": replay.accounts,
        "empty": replayed.is_empty,
        "terms": [change._asdict() for change in asked.changes],
        "stages": {
            stage: {
                "before": move.before,
                "after": move.after,
                "enter": dict(reasons(move.entered)),
                "leave": dict(reasons(move.left)),
            }
            for stage, move in replay.moves.items()
        },
        "outcomes": {stage.value: _plain_reached(replay.reached[stage]) for stage in OUTCOMES},
        "weeks": [str(monday) for monday in replayed.mondays],
        "reps": [
            {"rep": rep, "in_force": _plain_weeks(before), "new": _plain_weeks(after)}
            for rep, before, after in weeks_of_reps(replayed)
        ],
        **({"names": [name._asdict() for name in replay.listed]} if replay.names else {}),
    }


def weeks_of_reps(replayed: Replayed) -> Iterator[tuple[str, RepWeeks, RepWeeks]]:
    """Every rep by name with the weeks by either terms."""
    weeks, names = len(replayed.mondays), RepNames(replayed.users)
    for rep in sorted({*replayed.before, *replayed.after}, key=names.__getitem__):
        idle = RepWeeks(rep, [0] * weeks, [0] * weeks, [0] * weeks)
        yield names[rep], replayed.before.get(rep, idle), replayed.after.get(rep, idle)


def _plain_weeks(weeks: RepWeeks) -> Mapping[str, Any]:
    lists = {name: getattr(weeks, name) for name in ("arrived", "handed", "waiting")}
    return {**lists, "over": weeks.over, "returned": weeks.returned}


def _plain_reached(reached: Reached) -> dict[str, Any]:
    return {
        "kept": reached.kept,
        "reproduced": reached.reproduced,
        "untold": dict(reasons(reached.untold)),
        "lost_by_the_new": reached.missed.total(),
        "why": dict(reasons(reached.missed)),
    }
