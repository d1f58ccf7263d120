"""How `syncd agreement diff` shows what other terms would have made of the stored past: in words, and as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from syncd.agreement.changes import Change
from syncd.cli.screen import show_json, show_line
from syncd.cli.table import show_aside, show_table
from syncd.model.milestones import Stage
from syncd.planning.rep_weeks import RepWeeks
from syncd.planning.replay import MARKET, MQL, OPPORTUNITY, Line, Reached, StageMove, reasons
from syncd.planning.trial import GONE
from syncd.sync.replay import Replayed
from syncd.views.replayed import BASIS, OUTCOMES, ReplayQuestion, plain, weeks_of_reps

THINGS = {MARKET: "accounts in the served market", MQL: "MQLs of the period", OPPORTUNITY: "qualified opportunities"}
# What stands for a gate that is closed; the other reasons are words already.
WORDS = {
    "market": "the account is not in the served market",
    "size": "by their size",
    "industry": "by their industry",
    "country": "by their country",
    "state": "by their state",
    "register": "by the register",
    "segment": "by an earlier segment",
    "role": "no role that an offer requires",
    "reachable": "not reachable",
    "relation": "excluded by what they are to us",
    "responded": "no response within the window on that day",
    "points": "too few points on that day",
    "bar": "the group would not have met the bar",
    GONE: "nobody knows them any more",
}
NAMES_SHOWN = ("stage", "change", "account", "contact", "what", "why")


def show(asked: ReplayQuestion, replayed: Replayed, *, as_json: bool) -> None:
    """Show it, the kept MQLs that the terms in force reproduce first."""
    if as_json:
        show_json(plain(asked, replayed))
        return
    replay = replayed.replay
    mqls = replay.reached[Stage.MQL]
    show_line(_reproduced(asked, mqls))
    show_aside(f"  {BASIS}")
    if replay.unkept:
        show_aside(f"  {replay.unkept:,} are MQLs today and were never kept as such: `syncd judge` keeps them")
    if replay.of_before:
        show_aside(
            f"  {replay.of_before:,} MQLs more are of the systems' own histories, by terms that nobody can replay"
        )
    if not asked.changes:
        what = f"{asked.file} ({asked.new.label}): no term differs from those in force ({asked.old.label})"
        show_line(f"{what}; change one, then ask again")
        return
    show_line(f"{asked.file} ({asked.new.label}) against {asked.old.label}: {_differing(asked.changes)}")
    for change in asked.changes:
        show_line(f"  {change}")
    for stage, move in replay.moves.items():
        show_line(_moved(THINGS[stage], move))
    for stage, (word, missed) in OUTCOMES.items():
        show_line(_outcome(word, missed, replay.reached[stage]))
    _show_weeks(replayed)
    if replay.names:
        show_table("by name", NAMES_SHOWN, [_named(name) for name in replay.listed], empty="nobody moves")


# ---- in words ----------------------------------------------------------------------------------------------------


def _reproduced(asked: ReplayQuestion, mqls: Reached) -> str:
    kept = f"the terms in force ({asked.old.label}) reproduce {mqls.reproduced:,} of {mqls.kept:,} MQLs kept since"
    causes = f"; of the others: {_because(mqls.untold)}" if mqls.untold else ""
    return f"{kept} {asked.since}{causes}"


def _moved(things: str, move: StageMove) -> str:
    ways = [
        f"{number.total():,} {way} ({because}{_because(number)})"
        for way, because, number in (("enter", "before: ", move.entered), ("leave", "", move.left))
        if number
    ]
    return f"{things}: {move.before:,} → {move.after:,}; {'; '.join(ways) or 'nobody enters or leaves'}"


def _outcome(word: str, missed: str, reached: Reached) -> str:
    number = reached.missed.total()
    why = f" ({_because(reached.missed)})" if number else ""
    untold = f"; of {reached.untold.total():,} more nothing can be said" if reached.untold else ""
    return f"{word}: {number:,} of {reached.reproduced:,} {missed}{why}{untold}"


def _because(counted: Counter[str]) -> str:
    return ", ".join(f"{number:,} {_words(reason)}" for reason, number in reasons(counted))


def _words(reason: str) -> str:
    gate, comma, rest = reason.partition(", ")
    return f"{WORDS.get(gate, gate)}{comma}{rest}"


def _named(line: Line) -> tuple[str, ...]:
    return (*line[:-1], _words(line.why))


def _differing(changes: Sequence[Change]) -> str:
    return "1 term differs" if len(changes) == 1 else f"{len(changes):,} terms differ"


def _many(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


# ---- each rep's weeks --------------------------------------------------------------------------------------------


def _show_weeks(replayed: Replayed) -> None:
    rows = [
        (rep, *(f"{figure(before)} → {figure(after)}" for _, figure in FIGURES))
        for rep, before, after in weeks_of_reps(replayed)
    ]
    first, number = replayed.mondays[0], len(replayed.mondays)
    title = f"each rep's week, over the {_many(number, 'week')} since {first}, from an empty queue"
    show_table(title, ("rep", *(heading for heading, _ in FIGURES)), rows, empty="nobody was an MQL in them")


def _mean(numbers: Sequence[int]) -> str:
    return f"{sum(numbers) / len(numbers):.1f}" if numbers else "0"


FIGURES: tuple[tuple[str, Callable[[RepWeeks], str]], ...] = (
    ("MQLs a week", lambda weeks: _mean(weeks.arrived)),
    ("most in a week", lambda weeks: str(max(weeks.arrived, default=0))),
    ("handed over a week", lambda weeks: _mean(weeks.handed)),
    ("wait in the end", lambda weeks: str(weeks.waiting[-1] if weeks.waiting else 0)),
    ("over the cap", lambda weeks: str(weeks.over)),
    ("back to marketing", lambda weeks: str(weeks.returned)),
)
