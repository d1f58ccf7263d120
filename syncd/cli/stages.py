"""How a waterfall is shown: in words, as JSON, as rows of a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from syncd.cli.screen import show_line
from syncd.cli.table import show_aside, show_table
from syncd.model.milestones import Stage
from syncd.planning.lag import HORIZON, SHARES
from syncd.planning.waterfall import CountDifference, Level, Waterfall, WaterfallPart

COLUMNS = (
    *(
        "part",
        "stage",
        "reached",
        "of which history",
        "target",
        "stage before",
        "entered",
        "came",
        "conversion",
        "MQLs",
        "of MQLs",
    ),
    *("in the end", "half within days", "four fifths within days", "why not", "worth", "currency"),
)


def waterfall_rows(result: Waterfall, names: dict[str, str]) -> Iterator[Sequence[Any]]:
    """The waterfall as rows below COLUMNS."""
    for part in (result.whole, *result.parts):
        for level in part.levels:
            lag = level.lag
            days = [lag.days[share] if lag and lag.days else None for share in SHARES]
            worths: list[tuple[str, Decimal | None]] = [*sorted(level.worth.items())] or [("", None)]
            for currency, worth in worths:
                yield (
                    *(names.get(part.name, part.name), level.stage.words, level.volume, level.history, level.wanted),
                    *(level.before.words if level.before else None, level.entered, level.came, level.conversion),
                    *(level.mqls, level.of_mqls),
                    *(lag.reached if lag else None, *days, lag.refusal if lag else None, worth, currency),
                )


def plain(result: Waterfall, names: dict[str, str]) -> dict[str, Any]:
    """The waterfall as JSON."""
    return {
        "first": result.period.first,
        "last": result.period.last,
        "per": result.by or None,
        "whole": _plain_part(result.whole, names),
        "parts": [_plain_part(part, names) for part in result.parts],
        "won_with_an_mql": result.sourced,
        "closed_without_qualification": result.unqualified,
    }


def _plain_part(part: WaterfallPart, names: dict[str, str]) -> dict[str, Any]:
    beside = {str(stage): number for stage, number in part.beside.items()}
    called = {"id": part.name, "name": names[part.name]} if part.name in names else {"name": part.name}
    return {**called, "stages": [_plain_level(level) for level in part.levels], "beside": beside}


def _plain_level(level: Level) -> dict[str, Any]:
    lag = level.lag
    return {
        "stage": str(level.stage),
        "reached": level.volume,
        "of_which_history": level.history,
        "target": level.wanted,
        "of_target": level.of_wanted,
        "before": str(level.before) if level.before else None,
        "entered": level.entered,
        "came": level.came,
        "conversion": level.conversion,
        "mqls": level.mqls,
        "of_mqls": level.of_mqls,
        "lag": lag
        and {
            "n": lag.entered,
            "exits": lag.exits,
            "horizon": lag.horizon,
            "reached": lag.reached,
            "band": [lag.band.low, lag.band.high] if lag.band else None,
            "days": {str(share): days for share, days in (lag.days or {}).items()},
            "refusal": lag.refusal,
        },
        "worth": {currency: float(worth) for currency, worth in sorted(level.worth.items())},
    }


def show_words(result: Waterfall, names: dict[str, str]) -> None:
    """The waterfall as tables, part by part."""
    period = result.period
    show_line(f"waterfall from {period.first} to {period.last}")
    for part in (result.whole, *sorted(result.parts, key=lambda part: names.get(part.name, part.name))):
        _show_part(part, names.get(part.name, part.name))
    show_aside(
        f"in the end: the share that gets there within {HORIZON} days, with its 80 % band; "
        "half, four fifths: of those, the days by which so many have"
    )
    if any(level.wanted is not None for part in (result.whole, *result.parts) for level in part.levels):
        show_aside("target: what both parties signed, for the days shown; the share of it that was reached beside it")
    won = result.whole.level(Stage.WON).volume
    show_line(f"an MQL stands behind {result.sourced:,} of {won:,} won opportunities")
    if result.unqualified:
        show_line(f"{result.unqualified:,} opportunities were closed that never met the agreement's bar")


def show_difference(difference: CountDifference) -> None:
    """Where marketing's and sales' count of the same thing differ."""
    show_line(f"open qualified opportunities: {difference.both:,}, the same in both counts")
    if difference.kept_alone:
        show_line(f"kept here, and not open where sales works: {', '.join(difference.kept_alone)}")
    if difference.standing_alone:
        show_line(f"{len(difference.standing_alone):,} more are open that sales opened and that never met the bar")


def _show_part(part: WaterfallPart, name: str) -> None:
    aimed = any(level.wanted is not None for level in part.levels)
    headings = ("stage", "reached", *(("target",) if aimed else ()), *_HEADINGS)
    rows = [
        (level.stage.words, level.volume, *((_target(level),) if aimed else ()), *_cells(level))
        for level in part.levels
    ]
    show_table(name, headings, rows, right=(1, *((2,) if aimed else ()), *(5 + aimed, 6 + aimed, 7 + aimed)))
    if any(part.beside.values()):
        show_aside(", ".join(f"{number:,} {stage.words}" for stage, number in part.beside.items() if number))


_HEADINGS = ("of the stage before", "of MQLs", "in the end", "half", "four fifths", "worth")


def _target(level: Level) -> str:
    """What was to be reached, and which share of it was."""
    return "" if level.wanted is None else f"{level.wanted:,.1f} ({level.of_wanted or 0:.0%})"


def _cells(level: Level) -> Sequence[Any]:
    share = f"{level.came:,} of {level.entered:,} ({level.conversion:.0%})" if level.conversion is not None else ""
    worth = ", ".join(f"{worth:,.0f} {currency}".strip() for currency, worth in sorted(level.worth.items()))
    of_mqls = f"{level.of_mqls / level.mqls:.0%}" if level.mqls and level.stage is not Stage.MQL else ""
    lag = level.lag
    if lag is None or lag.days is None or lag.band is None or lag.reached is None:
        why = f"too few: {lag.exits:,} of {lag.entered:,}" if lag else ""
        return share, of_mqls, why, "", "", worth
    end = f"{lag.reached:.0%} ({lag.band.low:.0%}–{lag.band.high:.0%}), n {lag.entered:,}"
    return share, of_mqls, end, *(f"{lag.days[q]:,} days" for q in SHARES), worth
